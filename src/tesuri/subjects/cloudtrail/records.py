"""CloudTrail in any wrapping → its records: log file, single record, list, EventBridge envelope, lookup-events, JSON Lines.

So are the results of CloudTrail Lake (`eventJson`), messages of queues, topics and streams, and what CloudWatch Logs
delivers or exports. What is no record (a Config item, a health event, a digest file) is counted with its place, never
passed over in silence.
"""

import binascii
import re
import zlib
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tesuri.model.errors import BadInput
from tesuri.model.observation import Skipped
from tesuri.untrusted.byte_source import Document, source_of
from tesuri.untrusted.json_document import read_json, read_json_or_lines
from tesuri.untrusted.json_entries import whole_value
from tesuri.untrusted.json_pieces import Piece
from tesuri.untrusted.json_texts import piece_of, table_of, texts_of
from tesuri.untrusted.shape import join_pointer, shape_name, text, texts

LISTS: Final = (
    *("Records", "Events", "events", "logEvents", "QueryResultRows", "results", "Messages"),
)
"""Under which names a document lists many records."""
INSIGHT: Final = "it is an Insights event, which tells how often something is called"
"""Why a record of CloudTrail Insights is passed over."""

_WRAPPERS: Final = (
    *("detail", "CloudTrailEvent", "data", "event", "eventJson", "@message", "message"),
    *("Message", "Sns", "body", "Body", "kinesis", "awslogs"),
)
_DEEPEST: Final = 8
_LARGEST: Final = 64 * 1024 * 1024
"""Bytes of a message that was packed."""
_COLUMN: Final = "eventjson"
_BASE64: Final = re.compile(r"[A-Za-z0-9+/\s]++={0,2}\s*+")
_OF_COLUMNS: Final = "its row has no column eventJson, and other columns do not tell a whole record"
_NO_RECORD: Final = "The file holds no CloudTrail record."


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """One CloudTrail record."""

    pointer: str
    fields: Mapping[str, object]


def read_records(data: bytes, *, where: str) -> tuple[RecordedEvent | Skipped, ...]:
    """Give the records of a document in order, and what in it is none.

    **raises** BadInput when the bytes are no JSON, or nothing in them is a CloudTrail record.
    """
    opened = opened_texts(data, where=where)
    if opened is not None:
        document: object = None
        found = tuple(
            each
            for pointer, piece in opened
            for each in _records(whole_value(piece, where=where), pointer, 1)
        )
    else:
        document = read_json_or_lines(data, where=where)
        found = tuple(_records(document, "", 0))
    # A log without records is one of a quiet hour; a bare list of nothing is what a failed export leaves behind.
    is_nothing = not found and isinstance(document, list)
    if is_nothing or (found and not any(isinstance(each, RecordedEvent) for each in found)):
        raise no_record(found, where)
    return found


def no_record(found: tuple[RecordedEvent | Skipped, ...], where: str) -> BadInput:
    """Give the sentence for a file in which nothing is a record."""
    if any(isinstance(each, Skipped) and each.reason == _OF_COLUMNS for each in found):
        return _no_column(where)
    return BadInput(_NO_RECORD, where=where, remedy="A record has eventSource and eventName.")


def opened_texts(document: Document, *, where: str) -> Iterator[tuple[str, Piece]] | None:
    """Give what may be records of a table, or of JSON that is no single document; None for every other one.

    **raises** BadInput for a table of events whose records are not in it.
    """
    table = table_of(document, where=where) if _is_of_events(document) else None
    if table is not None:
        column = next((name for name in table.columns if name.casefold() == _COLUMN), None)
        if column is None:
            raise _no_column(where)
        return (
            (f"/{row.line}", piece_of(row.cells.get(column, "").encode())) for row in table.rows
        )
    found = texts_of(document, where=where)
    return None if found is None else found()


def _is_of_events(document: Document) -> bool:
    line = source_of(document).read(0, 16_384).lstrip(b"\xef\xbb\xbf \r\n").partition(b"\n")[0]
    folded = line.lower()
    return b"{" not in line and (
        _COLUMN.encode() in folded or (b"eventname" in folded and b"eventsource" in folded)
    )


def _no_column(where: str) -> BadInput:
    return BadInput(
        "This is a table of CloudTrail events whose columns do not tell whole records, as Athena prints it.",
        where=where,
        remedy="Select the column eventJson of a CloudTrail Lake event data store, or give the log files.",
    )


def records_in(value: object, pointer: str, *, depth: int = 1) -> Iterator[RecordedEvent | Skipped]:
    """Give the records in a value: itself, or what it wraps. An entry of a log file is wrapped once, a document never."""
    return _records(value, pointer, depth)


def is_record(value: object) -> bool:
    """Whether a value is a record itself; messages of other services name their sources otherwise (`aws:s3`)."""
    return bool(text(value, "eventName")) and is_source(text(value, "eventSource"))


def is_source(source: str) -> bool:
    """Whether a word is what CloudTrail calls a service."""
    return bool(source) and not source.startswith("aws:")


def _records(value: object, pointer: str, depth: int) -> Iterator[RecordedEvent | Skipped]:
    if depth > _DEEPEST:
        yield Skipped(pointer, "the record is wrapped too deep")
    elif isinstance(value, list):
        row = _row(value)
        if row:
            is_told = any(key.casefold() in (_COLUMN, "@message") for key in row)
            yield from (
                _unwrapped(row, pointer, depth) if is_told else [Skipped(pointer, _OF_COLUMNS)]
            )
            return
        for index, part in enumerate(value):
            yield from _records(part, join_pointer(pointer, index), depth + 1)
    elif not isinstance(value, dict):
        yield Skipped(pointer, f"the record is {shape_name(value)}, not a mapping")
    elif is_record(value):
        yield RecordedEvent(pointer, value)
    else:
        yield from _unwrapped(value, pointer, depth)


def _row(cells: list[object]) -> dict[str, object]:
    """Give the row that a query's result lists cell by cell: {column: text}, or {field, value}."""
    found: dict[str, object] = {}
    for cell in cells:
        if not isinstance(cell, dict):
            return {}
        if cell.keys() == {"field", "value"}:
            found[text(cell, "field")] = cell["value"]
        elif len(cell) == 1 and _is_cell(*next(iter(cell.items()))):
            found.update(cell)
        else:
            return {}
    return found


def _is_cell(column: str, value: object) -> bool:
    """Whether a member is a cell of a table, and no message that stands alone."""
    is_message = column in _WRAPPERS and column.casefold() != _COLUMN
    return isinstance(value, str) and not is_message


def _unwrapped(
    value: Mapping[str, object], pointer: str, depth: int
) -> Iterator[RecordedEvent | Skipped]:
    if isinstance(value.get("insightDetails"), dict):
        yield Skipped(pointer, INSIGHT)
        return
    column = next((key for key in value if key.casefold() == _COLUMN), "")
    for key in (*LISTS, column, *_WRAPPERS):
        inner = value.get(key)
        here = join_pointer(pointer, key)
        if key in LISTS and isinstance(inner, list):
            yield from _records(inner, here, depth)
            return
        if isinstance(inner, dict):
            yield from _records(inner, here, depth + 1)
            return
        packed = _unpacked(inner) if isinstance(inner, str) else ""
        if packed:
            try:
                parsed = read_json(packed.encode(), where=here)
            except BadInput as problem:
                yield Skipped(here, problem.what)
                return
            yield from _records(parsed, here, depth + 1)
            return
    yield Skipped(pointer, _why_none(value))


def _unpacked(said: str) -> str:
    """Give the JSON that a text is, also as streams and subscriptions pack it; empty for any other text."""
    start = said.lstrip()[:1]
    if start in ("{", "["):
        return said
    if len(said) < 16 or not _BASE64.fullmatch(said):
        return ""
    try:
        data = b64decode(said, validate=False)
        if data[:2] == b"\x1f\x8b":
            data = zlib.decompressobj(wbits=31).decompress(data, _LARGEST)
        found = data.decode()
    except (binascii.Error, zlib.error, UnicodeDecodeError):
        return ""
    return found if found.lstrip()[:1] in ("{", "[") else ""


def _why_none(value: Mapping[str, object]) -> str:
    if texts(value, "s3ObjectKey") or isinstance(value.get("s3"), dict):
        return "it tells where a log file is, and holds no event"
    return "it has no eventSource and eventName"
