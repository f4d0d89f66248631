"""Foreign JSON and JSON Lines to plain Python values.

It refuses what is not one complete document, numbers that JSON does not have (NaN, Infinity) and nesting
that only an attacker writes. A key given twice keeps its last value, as every common reader does.
"""

import orjson

from tesuri.model.errors import BadInput
from tesuri.untrusted.text_document import MAX_BYTES, read_text, read_utf8

MAX_DEPTH = 200
"""Deepest nesting that is accepted; real reports stay under 30. orjson itself stops at 1,024."""

_CONTAINERS = frozenset({dict, list})
"""Exactly these are what the decoder makes: a look at the type is half the price of isinstance."""


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
    _refuse_depth(value, where, max_depth)
    return value


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
    _refuse_depth(values, where, max_depth + 1)
    return values


def _parse(document: bytes, where: str) -> object:
    try:
        value: object = orjson.loads(document)
    except orjson.JSONDecodeError as error:
        raise _refusal(document, error, where) from error
    return value


def _refusal(document: bytes, error: orjson.JSONDecodeError, where: str) -> BadInput:
    message = error.msg.lower()
    if "utf-8" in message:
        # The text reader names the first wrong byte.
        read_text(document, where=where)
    if "depth" in message or "recursion" in message:
        return BadInput("The JSON nests deeper than 1,000 levels.", where=where)
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
    if "after document" in error.msg:
        return f"More text follows the JSON value at {place}."
    if document.lstrip()[:1] == b"<":
        return "This is HTML or XML, not JSON."
    return f"This is not JSON at {place}: {error.msg}."


def _refuse_depth(value: object, where: str, max_depth: int) -> None:
    level = [value]
    for _ in range(max_depth):
        deeper: list[object] = []
        for part in level:
            if isinstance(part, dict):
                deeper += [child for child in part.values() if type(child) in _CONTAINERS]
            elif isinstance(part, list):
                deeper += [child for child in part if type(child) in _CONTAINERS]
        if not deeper:
            return
        level = deeper
    raise BadInput(f"The JSON nests deeper than {max_depth} levels.", where=where)
