"""JSON values that stand one after the other, however they are laid out: what `tool >> report.json` leaves behind.

Only for documents that are no single value and no JSON Lines: finding where one value ends costs a second decoding.
"""

import json

import orjson

from tesuri.model.errors import BadInput
from tesuri.untrusted.json_pieces import MAX_DEPTH, refuse_depth
from tesuri.untrusted.json_text import loads

_DECODER = json.JSONDecoder()


def read_json_sequence(document: bytes, *, where: str) -> list[object]:
    """Give the values in order; none where the bytes are anything else than several whole values.

    **raises** BadInput for nesting that only an attacker writes.
    """
    try:
        text = document.decode("utf-8-sig")
        values: list[object] = []
        at = 0
        while rest := text[at : at + 1]:
            if rest.isspace():
                at += 1
                continue
            _, end = _DECODER.raw_decode(text, at)
            values.append(loads(text[at:end].encode()))
            at = end
    except RecursionError as error:
        raise BadInput("The JSON nests deeper than 1,000 levels.", where=where) from error
    except (ValueError, orjson.JSONDecodeError):
        return []
    if len(values) < 2:
        return []
    refuse_depth(values, MAX_DEPTH + 1, where)
    return values
