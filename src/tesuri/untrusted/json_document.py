"""Foreign JSON and JSON Lines to plain Python values.

It refuses what is not one complete document, numbers that JSON does not have (NaN, Infinity) and nesting
that only an attacker writes. A key given twice keeps its last value, as every common reader does.
Wrong escapes inside a text are forgiven, see `json_text`.
"""

from collections.abc import Mapping
from contextlib import suppress

import msgspec
import orjson

from tesuri.model.errors import BadInput
from tesuri.untrusted.json_depth import is_shallow
from tesuri.untrusted.json_pieces import (
    MAX_DEPTH,
    SPLIT_BYTES,
    RecordList,
    open_json,
    refuse_depth,
)
from tesuri.untrusted.json_text import loads
from tesuri.untrusted.text_document import MAX_BYTES, read_text, read_utf8

_RAW = msgspec.json.Decoder(msgspec.Raw)
_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_LARGE = 64 * 1024
"""Bytes from which the depth of a document is told from its text."""
_BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, BadInput)
"""What shows that a document is wrong; reading it whole then says where."""


def read_json(
    data: bytes, *, where: str, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH
) -> object:
    """Give the one JSON value that the bytes hold.

    **raises** BadInput with line and column when they hold none, more than one, or a monster.
    """
    document = read_utf8(data, where=where, max_bytes=max_bytes)
    if not document.strip():
        raise BadInput("The file holds only white space, no JSON value.", where=where)
    value = _parse(document, where)
    if len(document) < _LARGE or not is_shallow(document, max_depth):
        refuse_depth(value, max_depth, where)
    return value


def read_json_without(
    data: bytes, passed_over: Mapping[str, str], *, where: str, max_bytes: int = MAX_BYTES
) -> object:
    """Give the same as `read_json`, except that a member that repeats another one is left empty.

    `passed_over` is the name of a member → of the one that makes it needless; where that one is missing or null, both
    are read. **raises** BadInput as `read_json` does; of what is passed over, only the syntax is looked at.
    """
    document = read_utf8(data, where=where, max_bytes=max_bytes)
    try:
        _check_letters(document)
        members = _MEMBERS.decode(document)
        return {
            name: _EMPTY[bytes(raw)[:1]]()
            if bytes(raw)[:1] in _EMPTY and _is_told(members, passed_over.get(name))
            else open_json(raw, room=MAX_DEPTH - 1, split=len(document) + 1)
            for name, raw in members.items()
        }
    except _BROKEN:
        return read_json(document, where=where, max_bytes=max_bytes)


_EMPTY: Mapping[bytes, type[list[object] | dict[str, object]]] = {b"{": dict, b"[": list}


def _is_told(members: Mapping[str, msgspec.Raw], name: str | None) -> bool:
    found = members.get(name or "")
    return found is not None and bytes(found) != b"null"


def read_json_lines(
    data: bytes, *, where: str, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH
) -> list[object]:
    """Give the JSON values of a file with one value on each line; empty lines are passed over.

    **raises** BadInput that names the first line that is not a JSON value.
    """
    document = read_utf8(data, where=where, max_bytes=max_bytes)
    values: list[object] = []
    for number, line in enumerate(document.splitlines(), start=1):
        if line.strip():
            place = f"{where}: line {number}" if where else f"line {number}"
            values.append(_parse(line, place))
    if not values:
        raise BadInput("The file holds only white space, no JSON value.", where=where)
    refuse_depth(values, max_depth + 1, where)
    return values


def read_json_or_lines(data: bytes, *, where: str) -> object:
    """Give one JSON value, or the list of the values where each line is an object of its own.

    **raises** BadInput about the document as a whole when it is neither.
    """
    if data.lstrip()[:1] == b"{" and b"\n{" in data:
        with suppress(BadInput):
            return read_json_lines(data, where=where)
    return read_json(data, where=where)


def split_json(
    data: bytes, *, where: str, max_bytes: int = MAX_BYTES, split: int = SPLIT_BYTES
) -> object:
    """Give the same value as `read_json`, its lists of `split` bytes and more not yet decoded.

    **raises** BadInput as `read_json` does. **cost** A tenth of decoding; no memory besides the bytes.
    """
    document = read_utf8(data, where=where, max_bytes=max_bytes)
    try:
        _check_letters(document)
        return open_json(_RAW.decode(document), split=split)
    except _BROKEN:
        return read_json(document, where=where, max_bytes=max_bytes)


def split_json_lines(
    data: bytes, *, where: str, max_bytes: int = MAX_BYTES, split: int = SPLIT_BYTES
) -> list[object]:
    """Give the same values as `read_json_lines`, not yet decoded.

    **raises** BadInput as `read_json_lines` does.
    """
    document = read_utf8(data, where=where, max_bytes=max_bytes)
    try:
        _check_letters(document)
        raws = [_RAW.decode(line) for line in document.splitlines() if line.strip()]
    except _BROKEN:
        raws = []
    if not raws:
        return read_json_lines(document, where=where, max_bytes=max_bytes)
    return RecordList(lambda _start: iter(((0, raws),)), len(raws), room=MAX_DEPTH, split=split)


def _check_letters(document: bytes) -> None:
    """Look for bytes that are not UTF-8, which taking a document apart would pass over."""
    if not document.isascii():
        document.decode()


def _parse(document: bytes, where: str) -> object:
    try:
        return loads(document)
    except orjson.JSONDecodeError as error:
        raise _refusal(document, error, where) from error


def _refusal(document: bytes, error: orjson.JSONDecodeError, where: str) -> BadInput:
    message = error.msg.lower()
    if "utf-8" in message:
        # The text reader names the first wrong byte.
        read_text(document, where=where)
    if "depth" in message or "recursion" in message:
        return BadInput(
            "The JSON nests deeper than 1,000 levels.",
            where=where,
            remedy="No report does; give the tool's own report.",
        )
    place = f"line {error.lineno}, column {error.colno}"
    if error.pos >= len(document.decode(errors="replace").rstrip()) or "end of" in message:
        return BadInput(
            f"The JSON ends before it is complete ({place}): the file was cut off.",
            where=where,
            remedy="Write it again with the tool that made it.",
        )
    return BadInput(_what_is_wrong(document, error, place), where=where)


def _what_is_wrong(document: bytes, error: orjson.JSONDecodeError, place: str) -> str:
    found = document.decode(errors="replace")[error.pos : error.pos + 80]
    for word in ("NaN", "Infinity"):
        if found.lstrip("-").startswith(word):
            return f"{word} at {place} is not a JSON number."
    if "infinity" in error.msg:
        return f"The number at {place} is larger than any that is read."
    if "after document" in error.msg:
        return f"More text follows the JSON value at {place}."
    if document.lstrip()[:1] == b"<":
        return "This is HTML or XML, not JSON."
    return f"This is not JSON at {place}: {error.msg}."
