"""Timestamps and durations of CEL: RFC 3339 text, Go-like durations, and what can be asked of them.

Precision is a microsecond (the specification allows nanoseconds: further digits are cut off). Time zones are UTC and
fixed offsets; names would need a database, which an expression may not read.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from tesuri.expressions.ir import Operator
from tesuri.expressions.values import NoValue, kind_of

_DURATION: Final = re.compile(r"(-?)((?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h))+")
_PART: Final = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)")
_MICROSECONDS: Final = {
    "ns": 0.001, "us": 1.0, "µs": 1.0, "ms": 1e3, "s": 1e6, "m": 6e7, "h": 3.6e9,
}  # fmt: skip
_RFC3339: Final = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)", re.ASCII
)
_OFFSET: Final = re.compile(r"([+-]?)(\d\d):(\d\d)", re.ASCII)
_LONGEST: Final = timedelta(microseconds=2**63 // 1000)
"""What fits into 64 bits of nanoseconds, about 292 years."""


def timestamp_of(text: str) -> datetime:
    """Read an RFC 3339 instant."""
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise NoValue(f"'{text[:40]}' is no timestamp")
    fraction = ((match[2] or "") + "000000")[:6]
    try:
        return datetime.fromisoformat(f"{match[1]}.{fraction}{match[3]}").astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise NoValue(f"'{text[:40]}' is no timestamp") from error


def duration_of(text: str) -> timedelta:
    """Read a duration such as 1h30m or -1.5s."""
    if not _DURATION.fullmatch(text):
        raise NoValue(f"'{text[:40]}' is no duration")
    total = sum(float(number) * _MICROSECONDS[unit] for number, unit in _PART.findall(text))
    try:
        length = timedelta(microseconds=total)
    except OverflowError as error:
        raise NoValue("duration out of range") from error
    return bounded_duration(-length if text.startswith("-") else length)


def bounded_duration(length: timedelta) -> timedelta:
    """Give a duration back when it is in the range of the specification."""
    if abs(length) > _LONGEST:
        raise NoValue("duration out of range")
    return length


def calculated_time(operator: Operator, left: object, right: object) -> object:
    """Add or subtract instants and durations; raises NoValue for anything else."""
    try:
        found = (
            _sum(left, right) if operator is Operator.ADD else _difference(operator, left, right)
        )
    except OverflowError as error:
        raise NoValue("time out of range") from error
    if found is None:
        raise NoValue(f"'{operator}' does not take {kind_of(left)} and {kind_of(right)}")
    return bounded_duration(found) if isinstance(found, timedelta) else found


def _sum(left: object, right: object) -> datetime | timedelta | None:
    if isinstance(left, timedelta) and isinstance(right, datetime):
        left, right = right, left
    if isinstance(left, datetime | timedelta) and isinstance(right, timedelta):
        return left + right
    return None


def _difference(operator: Operator, left: object, right: object) -> datetime | timedelta | None:
    if operator is not Operator.SUBTRACT:
        return None
    if isinstance(left, datetime) and isinstance(right, datetime):
        return left - right
    if isinstance(left, datetime | timedelta) and isinstance(right, timedelta):
        return left - right
    return None


def timestamp_text(instant: datetime) -> str:
    """Write an instant as RFC 3339 in UTC."""
    fraction = f".{instant.microsecond:06d}".rstrip("0") if instant.microsecond else ""
    return f"{instant:%Y-%m-%dT%H:%M:%S}".rjust(19, "0") + f"{fraction}Z"


def duration_text(length: timedelta) -> str:
    """Write a duration in seconds: 3600s."""
    seconds = f"{length / timedelta(seconds=1):.6f}".rstrip("0").rstrip(".")
    return f"{seconds}s"


def _zone(name: str) -> timezone:
    if name in ("UTC", ""):
        return UTC
    match = _OFFSET.fullmatch(name)
    if match is None:
        raise NoValue(
            f"the time zone '{name[:40]}' is not known here; use an offset such as +09:00"
        )
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return timezone(-offset if match[1] == "-" else offset)


_OF_INSTANT: Final[dict[str, Callable[[datetime], int]]] = {
    "getFullYear": lambda at: at.year,
    "getMonth": lambda at: at.month - 1,
    "getDate": lambda at: at.day,
    "getDayOfMonth": lambda at: at.day - 1,
    "getDayOfWeek": lambda at: at.isoweekday() % 7,
    "getDayOfYear": lambda at: at.timetuple().tm_yday - 1,
    "getHours": lambda at: at.hour,
    "getMinutes": lambda at: at.minute,
    "getSeconds": lambda at: at.second,
    "getMilliseconds": lambda at: at.microsecond // 1000,
}
_OF_DURATION: Final[dict[str, Callable[[timedelta], int]]] = {
    "getHours": lambda length: int(length / timedelta(hours=1)),
    "getMinutes": lambda length: int(length / timedelta(minutes=1)),
    "getSeconds": lambda length: int(length / timedelta(seconds=1)),
    "getMilliseconds": lambda length: int(length / timedelta(milliseconds=1)) % 1000,
}
GETTERS: Final = tuple(_OF_INSTANT)


def part_of_time(getter: str, value: object, zone: object) -> int:
    """Answer a getter such as getHours, for an instant in a zone or for a duration."""
    if isinstance(value, timedelta) and getter in _OF_DURATION and zone is None:
        return _OF_DURATION[getter](value)
    if isinstance(value, datetime) and isinstance(zone, str | None):
        return _OF_INSTANT[getter](value.astimezone(_zone(zone or "UTC")))
    raise NoValue(f"{getter}() does not take these values")
