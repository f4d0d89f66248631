"""How deep JSON nests, told from its text: what has few brackets cannot be deep, and large texts fall into parts.

Looking at the decoded value costs as much as decoding it; most documents are told to be shallow by counting alone.
"""

from typing import Final

import msgspec
from msgspec import Raw

_MEMBERS = msgspec.json.Decoder(dict[str, Raw])
_ITEMS = msgspec.json.Decoder(list[Raw])
_SPLITS: Final = 12
"""Levels that are taken apart; real documents have few brackets below them, and each level costs as much as the text is long."""
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def is_shallow(text: bytes, room: int, *, splits: int = _SPLITS) -> bool:
    """Whether a JSON text certainly nests no deeper than so many levels; False where only its value can tell."""
    # Each level takes two bytes, so that what is short cannot be deep.
    if len(text) <= 2 * room or text.count(b"[") + text.count(b"{") <= room:
        return True
    first = text.lstrip()[:1]
    if first not in (b"{", b"["):
        return True
    if not splits or not room:
        return False
    try:
        parts = _MEMBERS.decode(text).values() if first == b"{" else _ITEMS.decode(text)
    except _UNREADABLE:
        return False
    return all(
        is_shallow(memoryview(part).tobytes(), room - 1, splits=splits - 1) for part in parts
    )
