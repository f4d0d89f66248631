"""Foreign spellings of a moment to aware UTC.

A time without a zone is taken as UTC and a bare date as its first second. A zone is applied where it means one offset;
a time in a zone whose name means several (IST, BST) or nothing, Go's zero time, empty words and what no rule
knows are None, never a guess: a wrong time would decide which scan is the newest.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

_CLOCK = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,12}))?)?(?![\d:])")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})Z?)?", re.IGNORECASE)
_EPOCH = re.compile(r"\d{9,19}(?:\.\d+)?")
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[TZ]|\s*,?)", re.IGNORECASE)
_YEAR_LAST = re.compile(r"(\d{1,2})([/.])(\d{1,2})\2(\d{4})(?:\s*,?(?:\s*at)?)", re.IGNORECASE)
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}[,.]?\s+)?"
_DAY_AND_MONTH = re.compile(
    rf"{_WEEKDAY}(\d{{1,2}})[\s-]([a-z]{{3,9}})\.?,?(?:[\s-](\d{{4}}))?(?:\s*,?(?:\s*at)?)",
    re.IGNORECASE,
)
_MONTH_AND_DAY = re.compile(
    rf"{_WEEKDAY}([a-z]{{3,9}})\.?\s+(\d{{1,2}})(?:,?\s+(\d{{4}}))?(?:\s*,?(?:\s*at)?)",
    re.IGNORECASE,
)
# What may follow a clock: half of the day, offset, zone, year (ctime), a remark, Go's own clock.
_AFTER = re.compile(
    r"\s*m=[+-][\d.]+|\s*\(?(?:(?P<half>[AP])\.?M\.?|(?:UTC|GMT)?\s?(?P<offset>[+-]\d{1,2}(?::?\d{2})?)"
    r"|(?P<zone>[A-Z]{1,5})|(?P<year>\d{4}))\)?(?![\w:+-])|\s*[(\[](?P<remark>[^()\[\]]*)[)\]]",
    re.IGNORECASE,
)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
# From: RFC 5322, section 4.3 (America), and zones whose names nobody else uses.
_HOURS = {
    **dict.fromkeys(["Z", "UT", "UTC", "GMT", "WET"], 0),
    "EDT": -4,
    "EST": -5,
    "CDT": -5,
    "CST": -6,
    "MDT": -6,
    "MST": -7,
    "PDT": -7,
    "PST": -8,
    "CET": 1,
    "WEST": 1,
    "CEST": 2,
    "EET": 2,
    "EEST": 3,
    "MSK": 3,
    "HKT": 8,
    "SGT": 8,
    "JST": 9,
    "KST": 9,
    "AEST": 10,
    "AEDT": 11,
    "NZST": 12,
    "NZDT": 13,
}
_USUAL = re.compile(r"\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,12})?Z", re.ASCII)
"""The spelling of most tools, which needs no second look at its parts."""
_SMALLEST_YEAR = 1970
_LONGEST = 100


def instant(value: object) -> datetime | None:
    """Give the moment that a text or a number means, as aware UTC; None when it means none.

    Numbers are seconds, milliseconds, microseconds or nanoseconds since 1970 by their size.
    """
    if isinstance(value, bool):
        return None
    word = str(value).strip() if isinstance(value, (str, int, float)) else ""
    return _instant_of(word) if 0 < len(word) <= _LONGEST else None


@lru_cache(maxsize=4096)  # A report repeats the dates of its advisories.
def _instant_of(word: str) -> datetime | None:
    try:
        found = _from_iso(word) or _from_digits(word) or _from_words(word)
    except (ValueError, OverflowError):
        return None
    return found if found is not None and found.year >= _SMALLEST_YEAR else None


def _from_iso(word: str) -> datetime | None:
    """Give what nearly every report writes, without asking the patterns of all the others."""
    if len(word) < 19 or word[4] != "-" or word[10] not in "T ":
        return None
    try:
        found = datetime.fromisoformat(word)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _from_digits(word: str) -> datetime | None:
    if match := _COMPACT.fullmatch(word):
        year, month, day, *clock = (int(part or 0) for part in match.groups())
        return datetime(year, month, day, clock[0], clock[1], clock[2], tzinfo=UTC)
    if not _EPOCH.fullmatch(word):
        return None
    seconds = float(word)
    while seconds >= 1e11:
        seconds /= 1000
    return datetime.fromtimestamp(seconds, tz=UTC)


def _from_words(word: str) -> datetime | None:
    clock = _CLOCK.search(word)
    if clock is None:
        day = _day(word, "")
        return day and datetime(*day, tzinfo=UTC)
    after = _after(word[clock.end() :])
    if after is None:
        return None
    half, offset, year = after
    day = _day(word[: clock.start()].rstrip(), year)
    if day is None:
        return None
    hour, minute, second, fraction = clock.groups()
    if half:
        # 12 AM is midnight and 12 PM is noon.
        hour = str(int(hour) % 12 + 12 * (half in "Pp"))
    # A leap second has no other spelling here.
    rest = min(int(second or 0), 59), int((fraction or "0")[:6].ljust(6, "0"))
    midnight = datetime(*day, tzinfo=UTC)
    return (
        midnight.replace(hour=int(hour), minute=int(minute), second=rest[0], microsecond=rest[1])
        - offset
    )


def _after(words: str) -> tuple[str, timedelta, str] | None:
    """Give half of the day, offset and year that stand behind a clock; None where a word means nothing."""
    half = year = ""
    offset: timedelta | None = None
    zones: list[str] = []
    at = 0
    while at < len(words):
        found = _AFTER.match(words, at)
        if found is None or found.end() == at:
            return None
        at = found.end()
        half = found["half"] or half
        year = found["year"] or year
        if found["offset"] and offset is None:
            offset = _offset(found["offset"])
        zones += [word.upper() for word in (found["zone"], found["remark"]) if word]
    if offset is None:
        if any(zone not in _HOURS for zone in zones):
            return None
        offset = timedelta(hours=_HOURS[zones[0]] if zones else 0)
    return half, offset, year


def _offset(zone: str) -> timedelta:
    digits = zone[1:].replace(":", "")
    hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
    size = timedelta(hours=int(hours), minutes=int(minutes))
    return -size if zone[0] == "-" else size


def _day(words: str, year: str) -> tuple[int, int, int] | None:
    if match := _YEAR_FIRST.fullmatch(words):
        return int(match[1]), int(match[2]), int(match[3])
    if match := _YEAR_LAST.fullmatch(words):
        # With slashes the order of DefectDojo's generic reports, unless a first part over 12 can only be the day.
        first, other = int(match[1]), int(match[3])
        is_day_first = match[2] == "." or first > 12
        month, day = (other, first) if is_day_first else (first, other)
        return int(match[4]), month, day
    if match := _DAY_AND_MONTH.fullmatch(words):
        return _named(match[3] or year, match[2], match[1])
    if match := _MONTH_AND_DAY.fullmatch(words):
        return _named(match[3] or year, match[1], match[2])
    return None


def _named(year: str, month: str, day: str) -> tuple[int, int, int] | None:
    name = month[:3].lower()
    if name not in _MONTHS or not year:
        return None
    return int(year), _MONTHS.index(name) + 1, int(day)
