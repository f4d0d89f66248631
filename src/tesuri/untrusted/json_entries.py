"""A JSON document, or one value on each line, whose long lists are not decoded yet: in memory or read in parts.

For readers that look at each entry of a list before they decode it. What is given holds `RecordList` in place of lists
that are longer than a few words; `whole_value` decodes one where it is read as any other list.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from typing import Final

from msgspec import Raw

from tesuri.model.errors import BadInput
from tesuri.untrusted.byte_source import STREAM_BYTES, ByteSource, Document
from tesuri.untrusted.json_document import read_json, split_json, split_json_lines
from tesuri.untrusted.json_pieces import Piece, pieces, plain_value, value_of
from tesuri.untrusted.json_stream import stream_json, stream_json_lines
from tesuri.untrusted.shape import join_pointer

_SPLIT: Final = 64
"""Bytes from which a list stays undecoded: entries are looked at first, however few there are."""
_FIRST_LINE: Final = 4 * 1024 * 1024
"""Bytes in which the first of many lines of JSON ends."""
_MARK: Final = b"\xef\xbb\xbf"


def open_entries(document: Document, *, where: str) -> object:
    """Give one JSON value, or the list of the values where each line is an object of its own.

    **raises** BadInput about the document as a whole when it is neither.
    """
    if not isinstance(document, bytes):
        if document.size > STREAM_BYTES:
            return _streamed(document, where)
        document = document.read(0, document.size)
    if document.lstrip()[:1] == b"{" and b"\n{" in document:
        with suppress(BadInput):
            return split_json_lines(document, where=where, split=_SPLIT)
    return split_json(document, where=where, split=_SPLIT)


def entries_of(
    value: object, lists: Sequence[str], is_entry: Callable[[object], bool]
) -> Iterator[tuple[str, Piece, int]]:
    """Give what may be an entry: its pointer, its value, and how many levels of the document are around it.

    A document is an entry itself, a list of them, or a mapping that has such a list under one of some names.
    """
    if isinstance(value, dict) and not is_entry(value):
        for key in lists:
            if isinstance(value.get(key), list):
                yield from _numbered(value[key], join_pointer("", key))
                return
    if isinstance(value, list):
        yield from _numbered(value, "")
    else:
        yield "", value, 0


def _numbered(listed: object, pointer: str) -> Iterator[tuple[str, Piece, int]]:
    every = chain.from_iterable(batch for _, batch in pieces(listed))
    for number, piece in enumerate(every):
        yield f"{pointer}/{number}", piece, 1


def whole_value(piece: Piece, *, where: str) -> object:
    """Give the value of an entry, decoded in full. **raises** BadInput that says where it is wrong."""
    if not isinstance(piece, Raw):
        return plain_value(piece)
    try:
        return value_of(piece)
    except BadInput:
        return read_json(bytes(piece), where=where)


def _streamed(source: ByteSource, where: str) -> object:
    head = source.read(0, _FIRST_LINE).removeprefix(_MARK).lstrip()
    line, newline, _ = head.partition(b"\n")
    if newline and line[:1] == b"{" and _is_json(line):
        return stream_json_lines(source, where=where)
    return stream_json(source, where=where)


def _is_json(line: bytes) -> bool:
    try:
        split_json(line, where="")
    except BadInput:
        return False
    return True
