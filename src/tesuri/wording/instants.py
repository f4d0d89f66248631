"""Instants and days as people of each language write them; the zone is always an argument."""

from datetime import date, datetime, timedelta, timezone, tzinfo

from tesuri.wording.catalogue import Language

JAPAN = timezone(timedelta(hours=9), "JST")
"""Japan keeps no summer time, so no zone database is needed."""

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAYS_JA = "月火水木金土日"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS_LONG = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def clock_time(at: datetime, zone: tzinfo) -> str:
    """Give hours and minutes: 18:00."""
    return at.astimezone(zone).strftime("%H:%M")


def short_day(day: date, language: Language, *, year: int | None = None) -> str:
    """Give a day without its weekday: 2 Dec, 12/2; with the year when it is not `year`."""
    other_year = year is not None and day.year != year
    if language is Language.JA:
        return f"{day.year}/{day.month}/{day.day}" if other_year else f"{day.month}/{day.day}"
    return f"{day.day} {_MONTHS[day.month - 1]}" + (f" {day.year}" if other_year else "")


def weekday(day: date, language: Language) -> str:
    """Give the weekday: Thu, 木."""
    return _DAYS_JA[day.weekday()] if language is Language.JA else _DAYS[day.weekday()]


def long_day(day: date, language: Language, *, year: int | None = None) -> str:
    """Give a day with its weekday: Thu 26 Nov, 11/26（木）."""
    plain = short_day(day, language, year=year)
    name = weekday(day, language)
    return f"{plain}（{name}）" if language is Language.JA else f"{name} {plain}"


def instant(at: datetime, language: Language, *, zone: tzinfo, now: datetime | None = None) -> str:
    """Give a deadline in full: Thu 26 Nov 18:00, 11/26（木）18:00."""
    local = at.astimezone(zone)
    year = now.astimezone(zone).year if now else None
    day = long_day(local.date(), language, year=year)
    return day + ("" if language is Language.JA else " ") + clock_time(at, zone)


def day_range(start: date, end: date, language: Language) -> str:
    """Give a run of days, inclusive: 23 to 29 November, 11月23日〜29日."""
    if language is Language.JA:
        tail = f"{end.day}日" if start.month == end.month else f"{end.month}月{end.day}日"
        return f"{start.month}月{start.day}日〜{tail}"
    head = f"{start.day}"
    if start.month != end.month:
        head += f" {_MONTHS_LONG[start.month - 1]}"
    return f"{head} to {end.day} {_MONTHS_LONG[end.month - 1]}"
