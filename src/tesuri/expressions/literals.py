"""Decoding of literals: escapes of strings, ranges of numbers."""

import re
from typing import Final

INT_MAX: Final = 2**63 - 1
INT_MIN: Final = -(2**63)

_ESCAPE: Final = re.compile(
    r"\\(?:(?P<plain>[abfnrtv\\?\"'`])|[xX](?P<hex>[0-9a-fA-F]{2})|u(?P<short>[0-9a-fA-F]{4})"
    r"|U(?P<long>[0-9a-fA-F]{8})|(?P<octal>[0-3][0-7]{2})|(?P<wrong>[\s\S]))"
)
_PLAIN: Final = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def decode_string(token: str) -> str:
    """Give the text of a string literal.

    **raises** ValueError with a sentence when an escape is wrong.
    """
    is_raw = token[0] in "rR"
    body = token[1:] if is_raw else token
    quotes = 3 if body[:3] in ('"""', "'''") else 1
    inner = body[quotes:-quotes].replace("\r\n", "\n")
    return inner if is_raw else _ESCAPE.sub(_unescape, inner)


def _unescape(match: re.Match[str]) -> str:
    kind, text = match.lastgroup, match.group(match.lastgroup or 0)
    if kind == "plain":
        return _PLAIN.get(text, text)
    if kind == "wrong":
        raise ValueError(f"\\{text} is no escape of a string")
    code = int(text, 8 if kind == "octal" else 16)
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        raise ValueError(f"\\{match.group(0)[1:]} is no Unicode character")
    return chr(code)


def decode_integer(token: str) -> int:
    """Give the number of an integer literal; the caller checks its range with its sign."""
    return int(token, 16) if token[:2] in ("0x", "0X") else int(token)
