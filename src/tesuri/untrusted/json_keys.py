"""Keys that a JSON document gives twice in one object: every reader keeps the last and says nothing.

For small documents only (policies): the text is read once more, by the slower decoder that shows each pair.
"""

import json

from tesuri.model.errors import BadInput
from tesuri.untrusted.json_document import read_json
from tesuri.untrusted.shape import join_pointer
from tesuri.untrusted.text_document import read_text


class _Repeating(dict[str, object]):
    """An object of which a key was given twice."""

    repeated: tuple[str, ...] = ()


def repeated_keys(data: bytes, *, where: str, max_bytes: int) -> tuple[str, ...]:
    """Give the JSON pointer of each key that is given more than once in its object, in order.

    **raises** BadInput when the bytes are no JSON, as `read_json` does.
    """
    read_json(data, where=where, max_bytes=max_bytes)
    document = _decoded(read_text(data, where=where, max_bytes=max_bytes), where)
    found: list[str] = []
    pending = [("", document)]
    while pending:
        pointer, value = pending.pop()
        if isinstance(value, dict):
            repeated = value.repeated if isinstance(value, _Repeating) else ()
            found += [join_pointer(pointer, key) for key in repeated]
            pending += [(join_pointer(pointer, key), part) for key, part in value.items()]
        elif isinstance(value, list):
            pending += [(join_pointer(pointer, index), part) for index, part in enumerate(value)]
    return tuple(sorted(found))


def _decoded(words: str, where: str) -> object:
    try:
        value: object = json.loads(words, object_pairs_hook=_object)
    except ValueError as error:
        # NOTE: the two decoders differ about a few escapes and very long numbers.
        raise BadInput(f"This is not JSON: {error}.", where=where) from error
    return value


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    names = [name for name, _ in pairs]
    if len(set(names)) == len(names):
        return dict(pairs)
    found = _Repeating(pairs)
    found.repeated = tuple(dict.fromkeys(name for name in names if names.count(name) > 1))
    return found
