"""JSON values that stand in a text in other ways than as one value or one on each line, given one after the other.

They follow each other without a break (as Amazon Data Firehose writes them), behind a time on each line (as CloudWatch
Logs exports them), or in the cells of a table. Large documents are read in parts.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

import msgspec
from msgspec import Raw

from tesuri.model.errors import BadInput
from tesuri.untrusted.byte_source import (
    CHUNK_BYTES,
    STREAM_BYTES,
    ByteSource,
    Document,
    source_of,
)
from tesuri.untrusted.csv_document import Table, read_csv
from tesuri.untrusted.csv_stream import stream_csv
from tesuri.untrusted.json_pieces import Piece

Texts = Callable[[], Iterator[tuple[str, Piece]]]
"""Gives each value with where it stands, each time anew."""

_HEAD: Final = 4 * 1024 * 1024
"""Bytes in which the first of several values ends."""
_TRIES: Final = 20
_LARGEST: Final = 64 * 1024 * 1024
"""Bytes of the largest single value."""
_MARK: Final = b"\xef\xbb\xbf"
_JOINT: Final = re.compile(rb"\}\s*\{")
_TEXT_OR_JOINT: Final = re.compile(
    rb'"(?:[^"\\]++|\\.)*+(?:"|(?P<open>\\?\Z))|\}\s*+(?P<joint>\{)', re.DOTALL
)
"""Between a brace and the next stands nothing only where one value ends and another begins, but in texts."""
_STAMP: Final = re.compile(rb"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)?[ \t]+(?=\S)")
_RAW: Final = msgspec.json.Decoder(Raw)
_NO_VALUE: Final = (msgspec.DecodeError, UnicodeDecodeError)


def texts_of(document: Document, *, where: str) -> Texts | None:
    """Give the values of a document that holds them in such a way; None for every other document."""
    source = source_of(document)
    head = source.read(0, _HEAD).removeprefix(_MARK).lstrip()
    if _STAMP.match(head):
        return lambda: _stamped(source)
    return (lambda: _joined(source, where)) if _is_joined(head) else None


def table_of(document: Document, *, where: str) -> Table | None:
    """Give the table that a document is; None when it begins as JSON does, or has no cells. **raises** BadInput."""
    source = source_of(document)
    head = source.read(0, _HEAD).removeprefix(_MARK).lstrip()
    if head[:1] in (b"{", b"[", b"") or b"," not in head.partition(b"\n")[0]:
        return None
    if source.size > STREAM_BYTES:
        return stream_csv(source, where=where)
    return read_csv(source.read(0, source.size), where=where)


def piece_of(text: bytes) -> Piece:
    """Give a text as the JSON value that it is, not yet decoded; else as words."""
    return Raw(text) if _is_value(text) else text.decode(errors="replace")


def _is_joined(head: bytes) -> bool:
    """Whether a first object ends where another one begins, and is not alone on its line."""
    if head[:1] != b"{":
        return False
    for tried, joint in enumerate(_JOINT.finditer(head)):
        if tried == _TRIES:
            break
        first = head[: joint.start() + 1]
        if _is_value(first):
            return b"\n" not in joint[0] or b"\n" in first
    return False


def _is_value(text: bytes) -> bool:
    try:
        _RAW.decode(text)
    except _NO_VALUE:
        return False
    return True


def _joined(source: ByteSource, where: str) -> Iterator[tuple[str, Piece]]:
    held, seen, number = b"", 0, 0
    for chunk in _chunks(source):
        held += chunk
        begin = 0
        for found in _TEXT_OR_JOINT.finditer(held, seen):
            if found["joint"] is not None:
                yield f"/{number}", Raw(_whole(held[begin : found.start() + 1], number, where))
                number += 1
                begin = found.end() - 1
            elif found["open"] is not None:
                # The text goes on in the next part of the file.
                seen = found.start()
                break
            seen = found.end()
        held, seen = held[begin:], max(0, seen - begin)
        if len(held) > _LARGEST:
            raise BadInput(f"A value has more than {_LARGEST:,} bytes.", where=where)
    if rest := held.strip():
        if not _is_value(rest):
            raise BadInput(
                f"The JSON ends before it is complete (value {number + 1}): the file was cut off.",
                where=where,
                remedy="Write it again with the tool that made it.",
            )
        yield f"/{number}", Raw(rest)


def _whole(text: bytes, number: int, where: str) -> bytes:
    """Give a text that is one value. **raises** BadInput for another one."""
    if not _is_value(text):
        raise BadInput(
            f"Value {number + 1} of the file is not JSON.",
            where=where,
            remedy="Write it again with the tool that made it.",
        )
    return text


def _stamped(source: ByteSource) -> Iterator[tuple[str, Piece]]:
    for number, line in enumerate(_lines(source)):
        stamp = _STAMP.match(line)
        yield f"/{number}", piece_of(line[stamp.end() :] if stamp else line)


def _lines(source: ByteSource) -> Iterator[bytes]:
    held = b""
    for chunk in _chunks(source):
        *lines, held = (held + chunk).split(b"\n")
        yield from (line.strip() for line in lines if line.strip())
    if held.strip():
        yield held.strip()


def _chunks(source: ByteSource) -> Iterator[bytes]:
    for start in range(0, source.size, CHUNK_BYTES):
        chunk = source.read(start, CHUNK_BYTES)
        yield chunk if start else chunk.removeprefix(_MARK)
