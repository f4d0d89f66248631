"""Lines of JSON with words between them: what a program logs before and among the alerts that it writes.

A line that is no JSON becomes a text, so that whoever reads the lines counts and shows it. One that begins like a mapping and
is none makes the whole file none: it may have been cut off.
"""

from typing import Final

import orjson

from tesuri.model.errors import BadInput
from tesuri.untrusted.json_document import read_json

_LONGEST_WORDS: Final = 200


def with_words_as_texts(plain: bytes) -> bytes:
    """Give the lines with every line of words as a JSON text; nothing where no line is a JSON mapping."""
    lines = [line.strip() for line in plain.splitlines()]
    if not any(line.startswith(b"{") and _is_json(line) for line in lines):
        return b""
    is_value = [line.startswith(b"{") or _is_json(line) for line in lines]
    written = (
        line if kept else orjson.dumps(_words(line))
        for line, kept in zip(lines, is_value, strict=True)
        if line
    )
    return b"\n".join(written)


def _words(line: bytes) -> str:
    return line.decode("utf-8", "replace")[:_LONGEST_WORDS]


def _is_json(line: bytes) -> bool:
    try:
        read_json(line, where="")
    except BadInput:
        return False
    return True
