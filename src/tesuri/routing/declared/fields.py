"""What a declared file may hold: fields as a table, checked so that every fault is found at once.

One table serves three readers: the loader checks documents against it, `schema` writes the published JSON
Schema from it, and the reference of docs/workspace.md lists it. Checking never stops at the first fault.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from difflib import get_close_matches

from tesuri.untrusted.shape import join_pointer, shape_name

DURATION = re.compile(r"([1-9][0-9]{0,4}) ?(min|h|d|w)")
MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:?[0-9]{2}))?"
)
SLUG = r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}"
"""Ids go into addresses and file names."""

_DATE_LENGTH = len("2026-11-22")
_UNIT_SECONDS = {"min": 60, "h": 3_600, "d": 86_400, "w": 604_800}


@dataclass(frozen=True, slots=True)
class Text:
    """One line or paragraph; not empty."""

    pattern: str = ""
    """Must match as a whole."""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number between two bounds, both allowed."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Duration:
    """A number with its unit: 30 min, 8 h, 14 d, 2 w."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A date, or a date and time with its offset."""


@dataclass(frozen=True, slots=True)
class Texts:
    """A list of texts, each not empty."""

    pattern: str = ""


@dataclass(frozen=True, slots=True)
class TextMap:
    """Free keys with values of one type."""

    value: "Text | Duration | TextMap"
    keys: tuple[str, ...] = ()
    """Accepted keys; empty accepts any."""


@dataclass(frozen=True, slots=True)
class Record:
    """Fixed keys; any other key is a fault."""

    fields: Mapping[str, "Field"]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Records:
    """A list of records."""

    record: Record


FieldType = Text | Whole | Duration | Moment | Texts | TextMap | Record | Records


@dataclass(frozen=True, slots=True)
class Field:
    """One key of a record."""

    type: FieldType
    meaning: str
    """One line for the reference and the schema."""
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in a declared file."""

    pointer: str
    """JSON pointer in the document; empty for the whole document."""
    what: str
    remedy: str = ""


def faults_in(value: object, expected: FieldType, pointer: str = "") -> Iterator[Fault]:
    """Give everything that is wrong with a decoded value, in the order of the document."""
    match expected:
        case Record():
            yield from _record_faults(value, expected, pointer)
        case Records() | Texts():
            yield from _list_faults(value, expected, pointer)
        case TextMap():
            yield from _map_faults(value, expected, pointer)
        case _:
            yield from _scalar_faults(value, expected, pointer)


def _record_faults(value: object, expected: Record, pointer: str) -> Iterator[Fault]:
    if not isinstance(value, Mapping):
        yield Fault(pointer, f"A mapping is expected, not {shape_name(value)}.")
        return
    for key, inner in value.items():
        name = str(key)
        if name not in expected.fields:
            yield _unknown_key(name, expected.fields, pointer)
        else:
            yield from faults_in(inner, expected.fields[name].type, join_pointer(pointer, name))
    for name, declared in expected.fields.items():
        if declared.is_required and name not in value:
            yield Fault(pointer, f"The key {name!r} is missing.", f"Add it: {declared.meaning}")


def _unknown_key(name: str, known: Iterable[str], pointer: str) -> Fault:
    """Say that a key is unknown, with the one that was probably meant."""
    words = list(known)
    meant = get_close_matches(name, words, n=1)
    remedy = f"Did you mean {meant[0]}? " if meant else ""
    listed = ", ".join(words)
    return Fault(
        join_pointer(pointer, name),
        f"The key {name!r} is unknown.",
        f"{remedy}Known keys: {listed}.",
    )


def _list_faults(value: object, expected: Records | Texts, pointer: str) -> Iterator[Fault]:
    if not isinstance(value, list):
        yield Fault(pointer, f"A list is expected, not {shape_name(value)}.")
        return
    inner = Text(pattern=expected.pattern) if isinstance(expected, Texts) else expected.record
    for position, item in enumerate(value):
        yield from faults_in(item, inner, f"{pointer}/{position}")


def _map_faults(value: object, expected: TextMap, pointer: str) -> Iterator[Fault]:
    if not isinstance(value, Mapping):
        yield Fault(pointer, f"A mapping is expected, not {shape_name(value)}.")
        return
    for key, inner in value.items():
        name = str(key)
        if expected.keys and name not in expected.keys:
            yield _unknown_key(name, expected.keys, pointer)
        else:
            yield from faults_in(inner, expected.value, join_pointer(pointer, name))


def _scalar_faults(
    value: object, expected: Text | Whole | Duration | Moment, pointer: str
) -> Iterator[Fault]:
    match expected:
        case Text():
            yield from _text_faults(value, expected, pointer)
        case Whole(low, high):
            if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
                yield Fault(
                    pointer, f"A whole number from {low} to {high} is expected, not {value!r}."
                )
        case Duration():
            if not isinstance(value, str) or DURATION.fullmatch(value) is None:
                yield Fault(
                    pointer,
                    f"A duration is expected, not {value!r}.",
                    "Write a number with its unit: 30 min, 8 h, 14 d or 2 w.",
                )
        case Moment():
            if not isinstance(value, str) or _moment_or_none(value, UTC) is None:
                yield Fault(
                    pointer,
                    f"A date or a time with its offset is expected, not {value!r}.",
                    "Write 2026-11-22 or 2026-11-22T09:00:00+09:00.",
                )


def _text_faults(value: object, expected: Text, pointer: str) -> Iterator[Fault]:
    if not isinstance(value, str):
        remedy = "Put it in quotes." if isinstance(value, int | float) else ""
        yield Fault(pointer, f"Text is expected, not {shape_name(value)}.", remedy)
    elif not value.strip():
        yield Fault(pointer, "The text is empty.", "Fill it in or remove the key.")
    elif expected.choices and value not in expected.choices:
        choices = ", ".join(expected.choices)
        yield Fault(
            pointer, f"{value!r} is not one of the accepted words.", f"Use one of: {choices}."
        )
    elif expected.pattern and re.fullmatch(expected.pattern, value) is None:
        yield Fault(pointer, f"{value!r} does not have the form {expected.pattern}.")


def duration_seconds(written: str) -> int:
    """Give the seconds of a checked duration."""
    match = DURATION.fullmatch(written)
    if match is None:
        msg = f"{written!r} was not checked as a duration"
        raise ValueError(msg)
    return int(match.group(1)) * _UNIT_SECONDS[match.group(2)]


def moment_utc(written: str, zone: tzinfo, *, is_end: bool = False) -> datetime:
    """Give the UTC instant of a checked moment; a date is its first second in `zone`, as an end its last."""
    instant = _moment_or_none(written, zone)
    if instant is None:
        msg = f"{written!r} was not checked as a moment"
        raise ValueError(msg)
    if is_end and len(written) == _DATE_LENGTH:
        return end_utc(written, zone) - timedelta(seconds=1)
    return instant


def end_utc(written: str, zone: tzinfo) -> datetime:
    """Give the UTC instant up to which a checked moment reaches, not included: a date to the end of its day."""
    if len(written) != _DATE_LENGTH:
        return moment_utc(written, zone)
    # The next midnight of the zone: where clocks are set, a day is no 24 hours.
    following = date.fromisoformat(written) + timedelta(days=1)
    return datetime.combine(following, time(), tzinfo=zone).astimezone(UTC)


def _moment_or_none(written: str, zone: tzinfo) -> datetime | None:
    if MOMENT.fullmatch(written) is None:
        return None
    try:
        if len(written) == _DATE_LENGTH:
            midnight = datetime.combine(date.fromisoformat(written), time(), tzinfo=zone)
            return midnight.astimezone(UTC)
        return datetime.fromisoformat(written).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
