"""Foreign spellings of a moment to aware UTC.

A time without a zone is taken as UTC and a bare date as its first second; Go's zero time, empty words and
what no rule knows are None, never a guess of today.
"""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache

_ISO = re.compile(
    r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})"
    r"(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,12}))?)?)?"
    r"\s*(Z|UTC|GMT|JST|[+-]\d{2}:?\d{2})?(?:\s+[A-Z]{2,5})?",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{4})"
    r"(?:,?\s+(?:at\s+)?(\d{1,2}):(\d{2})(?::(\d{2}))?)?"
    r"(?:\s*\(?(?:Z|UTC|GMT)\)?)?",
    re.IGNORECASE,
)
_HALF_DAY = re.compile(r"(.*?\d{1,2}:\d{2}(?::\d{2})?)\s*([AP])M\b(.*)", re.IGNORECASE)
_EPOCH = re.compile(r"\d{9,19}(?:\.\d+)?")
_SMALLEST_YEAR = 1970
_LONGEST = 100
_NAMED_MONTHS = ("%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%Y%m%dT%H%M%SZ")


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
        found = _from_number(word) if _EPOCH.fullmatch(word) else _from_words(word)
    except (ValueError, OverflowError):
        return None
    return found if found is not None and found.year >= _SMALLEST_YEAR else None


def _from_number(word: str) -> datetime:
    seconds = float(word)
    while seconds >= 1e11:
        seconds /= 1000
    return datetime.fromtimestamp(seconds, tz=UTC)


def _from_words(word: str) -> datetime | None:
    if half := _HALF_DAY.fullmatch(word):
        found = _from_words(half[1] + half[3])
        # 12 AM is midnight and 12 PM is noon.
        return found and found + timedelta(hours=12 * (half[2] in "Pp") - 12 * _is_twelve(half[1]))
    if match := _ISO.fullmatch(word):
        return _from_iso(match)
    if match := _MONTH_FIRST.fullmatch(word):
        # The order of DefectDojo's generic reports; a first part over 12 can only be the day.
        first, other, year, *clock = (int(part or 0) for part in match.groups())
        month, day = (other, first) if first > 12 else (first, other)
        hour, minute, second = clock
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    for pattern in _NAMED_MONTHS:
        try:
            return datetime.strptime(word, pattern).replace(tzinfo=UTC)
        except ValueError:
            continue
    return _from_mail(word)


def _is_twelve(words: str) -> bool:
    return re.search(r"(?<!\d)12:\d{2}(?::\d{2})?\Z", words) is not None


def _from_iso(match: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    local = datetime(
        int(year),
        int(month),
        int(day),
        int(hour or 0),
        int(minute or 0),
        min(int(second or 0), 59),  # A leap second has no other spelling here.
        int((fraction or "0")[:6].ljust(6, "0")),
        tzinfo=UTC,
    )
    return local - _offset(zone or "Z")


def _offset(zone: str) -> timedelta:
    if zone.upper() == "JST":
        return timedelta(hours=9)
    if zone[0] not in "+-":
        return timedelta(0)
    digits = zone[1:].replace(":", "")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -size if zone[0] == "-" else size


def _from_mail(word: str) -> datetime | None:
    if ":" not in word:
        return None
    found = parsedate_to_datetime(word)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
