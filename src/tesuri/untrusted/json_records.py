"""The entries of one list of a JSON document as bytes, so that a reader can look before it decodes.

A log of a hundred thousand events, of which ten matter, costs a scan instead of a hundred thousand mappings.
"""

from collections.abc import Collection

import msgspec
from msgspec import Raw

_MEMBERS = msgspec.json.Decoder(dict[str, Raw])
_ITEMS = msgspec.json.Decoder(list[Raw])


def split_records(data: bytes, key: str, *, unless: Collection[str] = ()) -> list[Raw] | None:
    """Give the entries of the list under a key, undecoded; None when the document is something else.

    It is something else, too, when it has all the keys of `unless`.

    What is given is well-formed JSON, entry by entry; nothing of the document is lost, for other keys are only read
    when it is None.
    """
    if data.lstrip()[:1] != b"{":
        return None
    try:
        members = _MEMBERS.decode(data)
        held = members.get(key)
        is_other = bool(unless) and all(name in members for name in unless)
        return None if is_other or held is None else _ITEMS.decode(held)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # Whoever decodes it says what is wrong and where.
        return None
