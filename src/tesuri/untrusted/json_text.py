"""One JSON text to its value, with the two mistakes forgiven that tools make when they quote foreign bytes.

A backslash that begins no escape is taken for itself, and half of an escaped character (a lone surrogate) is read as
U+FFFD. Both are mistakes inside one string: nothing else of the document can mean something else because of them.
"""

import re

import orjson

# Right escapes and whole pairs are passed over, so that what is left is wrong.
_ESCAPE = re.compile(
    rb"\\(?:[\"\\/bfnrt]|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(?P<half>u[dD][89a-fA-F][0-9a-fA-F]{2})|u[0-9a-fA-F]{4}|(?P<wrong>))"
)
_FORGIVEN = ("surrogate", "escape")
"""Words of the decoder for these two mistakes."""


def loads(document: bytes | memoryview) -> object:
    """Give the value. **raises** orjson.JSONDecodeError for every other mistake, about the bytes as they are."""
    try:
        value: object = orjson.loads(document)
    except orjson.JSONDecodeError as error:
        if not any(word in error.msg for word in _FORGIVEN):
            raise
        mended = _ESCAPE.sub(_right, bytes(document))
        try:
            return orjson.loads(mended)
        except orjson.JSONDecodeError:
            raise error from None
    return value


def _right(found: re.Match[bytes]) -> bytes:
    if found["half"]:
        return b"\\ufffd"
    return b"\\\\" if found["wrong"] is not None else found[0]
