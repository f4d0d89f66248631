"""CloudTrail in any wrapping → its records: log file, single record, list, EventBridge envelope, lookup-events, JSON Lines.

What is no record (a Config item, a health event, a digest file) is counted with its place, never passed over in silence.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tesuri.model.errors import BadInput
from tesuri.model.observation import Skipped
from tesuri.untrusted.json_document import read_json, read_json_or_lines
from tesuri.untrusted.shape import join_pointer, shape_name, text

LISTS: Final = ("Records", "Events", "events")
"""Under which names a document lists many records."""
_WRAPPERS: Final = ("detail", "CloudTrailEvent", "data", "event")
_DEEPEST: Final = 6


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """One CloudTrail record."""

    pointer: str
    fields: Mapping[str, object]


def read_records(data: bytes, *, where: str) -> tuple[RecordedEvent | Skipped, ...]:
    """Give the records of a document in order, and what in it is none.

    **raises** BadInput when the bytes are no JSON, or nothing in them is a CloudTrail record.
    """
    document = read_json_or_lines(data, where=where)
    found = tuple(_records(document, "", 0))
    # A log without records is one of a quiet hour; a bare list of nothing is what a failed export leaves behind.
    is_nothing = not found and isinstance(document, list)
    if is_nothing or (found and not any(isinstance(each, RecordedEvent) for each in found)):
        raise BadInput(
            "The file holds no CloudTrail record.",
            where=where,
            remedy="A record has eventSource and eventName.",
        )
    return found


def records_in(value: object, pointer: str, *, depth: int = 1) -> Iterator[RecordedEvent | Skipped]:
    """Give the records in a value: itself, or what it wraps. An entry of a log file is wrapped once, a document never."""
    return _records(value, pointer, depth)


def is_record(value: object) -> bool:
    """Whether a value is a record itself."""
    return bool(text(value, "eventName") and text(value, "eventSource"))


def _records(value: object, pointer: str, depth: int) -> Iterator[RecordedEvent | Skipped]:
    if depth > _DEEPEST:
        yield Skipped(pointer, "the record is wrapped too deep")
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _records(part, join_pointer(pointer, index), depth + 1)
    elif not isinstance(value, dict):
        yield Skipped(pointer, f"the record is {shape_name(value)}, not a mapping")
    elif is_record(value):
        yield RecordedEvent(pointer, value)
    else:
        yield from _unwrapped(value, pointer, depth)


def _unwrapped(
    value: Mapping[str, object], pointer: str, depth: int
) -> Iterator[RecordedEvent | Skipped]:
    for key in (*LISTS, *_WRAPPERS):
        inner = value.get(key)
        here = join_pointer(pointer, key)
        if key in LISTS and isinstance(inner, list):
            yield from _records(inner, here, depth)
            return
        if key in _WRAPPERS and isinstance(inner, dict):
            yield from _records(inner, here, depth + 1)
            return
        if key in _WRAPPERS and isinstance(inner, str) and inner.lstrip()[:1] == "{":
            try:
                parsed = read_json(inner.encode(), where=here)
            except BadInput as problem:
                yield Skipped(here, problem.what)
                return
            yield from _records(parsed, here, depth + 1)
            return
    yield Skipped(pointer, "it has no eventSource and eventName")
