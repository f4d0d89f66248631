"""JSON that is decoded only as far as somebody looks: large lists hand out their items one by one.

A small value becomes plain Python values at once. A large list becomes a `RecordList`, which passes for a list
wherever it is read and keeps its items as undecoded bytes, so that a reader with types of its own decodes them straight
into these (`pieces`). Nothing is read that is not JSON; what is never looked at is checked for its syntax only.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Final, SupportsIndex

import msgspec
import orjson
from msgspec import Raw

from tesuri.model.errors import BadInput
from tesuri.untrusted.json_depth import is_shallow
from tesuri.untrusted.json_text import loads

SPLIT_BYTES: Final = 8 * 1024
"""Bytes from which a list stays undecoded; below, decoding at once is cheaper than taking it apart."""

MAX_DEPTH: Final = 200
"""Deepest nesting that is accepted; real reports stay under 30. orjson itself stops at 1,024."""

_HEAD: Final = 50
"""Items at the beginning that are kept once decoded: every format looks at as many to recognise its own."""

_TOO_DEEP: Final = "The JSON nests deeper than {} levels."
_CONTAINERS = frozenset({dict, list})
"""Exactly these are what the decoder makes: a look at the type is half the price of isinstance."""

OTHER_SHAPE = (msgspec.DecodeError, UnicodeDecodeError)
"""What a typed decoder raises where a piece has another shape: its value is then read field by field."""

Piece = Raw | object
"""One item of a list: its bytes, or the value where it was decoded already."""

_MEMBERS = msgspec.json.Decoder(dict[str, Raw])
_ITEMS = msgspec.json.Decoder(list[Raw])


class RecordList(list[object]):
    """A list whose items are decoded when they are asked for, each time anew except the first fifty.

    It is a list by its type only, because readers tell shapes by `isinstance`; the items stand elsewhere.
    **cost** Counting and iterating read the list once; an item far inside costs the decoding of its batch.
    """

    __hash__ = None

    def __init__(
        self,
        batches: Callable[[int], Iterator[tuple[int, Sequence[Piece]]]],
        count: int,
        *,
        room: int,
        split: int,
        is_held: bool = True,
    ) -> None:
        super().__init__()
        self.is_held = is_held
        """Whether the bytes of all items are in memory."""
        self._batches = batches
        self._count = count
        self._room = room
        self._split = split
        self._head: list[object] | None = None
        self._last: tuple[int, object] = (-1, None)

    def batches(self, start: int = 0) -> Iterator[tuple[int, Sequence[Piece]]]:
        """Give the items from the batch on that holds `start`, undecoded: the first one's index, and some thousand."""
        return self._batches(start)

    def opened(self, piece: Piece) -> object:
        """Give the value of one of the pieces."""
        return open_json(piece, room=self._room, split=self._split) if type(piece) is Raw else piece

    def __len__(self) -> int:
        return self._count

    def __bool__(self) -> bool:
        return self._count > 0

    def __iter__(self) -> Iterator[object]:
        head = self._first()
        return chain(head, self._from(len(head)))

    def __reversed__(self) -> Iterator[object]:
        return (self[index] for index in range(self._count - 1, -1, -1))

    def __contains__(self, value: object) -> bool:
        return any(value == item for item in self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, list) or len(other) != self._count:
            return False
        return all(mine == theirs for mine, theirs in zip(self, other, strict=True))

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __repr__(self) -> str:
        return f"RecordList of {self._count:,}"

    def __getitem__(self, index: SupportsIndex | slice) -> object:  # type: ignore[override] # both in one
        if isinstance(index, slice):
            start, stop, step = index.indices(self._count)
            if step == 1:
                return list(islice(self._from(start), max(0, stop - start)))
            return [self[number] for number in range(start, stop, step)]
        number = int(index)
        number += self._count if number < 0 else 0
        if not 0 <= number < self._count:
            raise IndexError(index)
        head = self._first()
        if number < len(head):
            return head[number]
        if self._last[0] != number:
            self._last = (number, next(self._from(number)))
        return self._last[1]

    def _first(self) -> list[object]:
        if self._head is None:
            self._head = list(islice(self._decoded(0), _HEAD))
        return self._head

    def _from(self, start: int) -> Iterator[object]:
        head = self._head or []
        return chain(head[start:], self._decoded(max(start, len(head))))

    def _decoded(self, start: int) -> Iterator[object]:
        for first, batch in self._batches(start):
            for piece in islice(batch, max(0, start - first), None):
                yield self.opened(piece)


def open_json(
    value: Raw | bytes | memoryview, *, room: int = MAX_DEPTH, split: int = SPLIT_BYTES
) -> object:
    """Give the value of one JSON text whose syntax was checked; lists of `split` bytes and more stay undecoded.

    `room` is how many levels it may nest. **raises** BadInput for what only decoding shows to be wrong.
    """
    view = memoryview(value)
    if len(view) < split:
        return _plain(view, room)
    if room <= 0:
        raise BadInput(_TOO_DEEP.format(MAX_DEPTH))
    first = view[0]
    if first == ord("{"):
        members = _MEMBERS.decode(view)
        return {key: open_json(part, room=room - 1, split=split) for key, part in members.items()}
    return _record_list(view, room, split) if first == ord("[") else _plain(view, room)


def _record_list(view: memoryview, room: int, split: int) -> RecordList:
    items = _ITEMS.decode(view)
    return RecordList(lambda _start: iter(((0, items),)), len(items), room=room - 1, split=split)


def pieces(value: object) -> Iterator[tuple[int, Sequence[Piece]]]:
    """Give the items of a list in batches, each with the index of its first one; nothing for what is no list."""
    if isinstance(value, RecordList):
        return value.batches()
    return iter(((0, value),)) if isinstance(value, list) else iter(())


def holds_only_lists(value: list[object]) -> bool:
    """Whether every item of a list is a list itself; of those that stand elsewhere only the first sign is looked at."""
    return all(
        memoryview(piece)[0] == ord("[") if type(piece) is Raw else isinstance(piece, list)
        for _, batch in pieces(value)
        for piece in batch
    )


def split_members(piece: Piece) -> Mapping[str, object] | None:
    """Give a mapping with each of its lists undecoded, however small; None for what is no mapping."""
    if type(piece) is not Raw:
        return piece if isinstance(piece, dict) else None
    view = memoryview(piece)
    if view[0] != ord("{"):
        return None
    members = _MEMBERS.decode(view)
    return {
        key: _record_list(memoryview(part), MAX_DEPTH, SPLIT_BYTES)
        if memoryview(part)[0] == ord("[")
        else open_json(part)
        for key, part in members.items()
    }


def value_of(piece: Piece) -> object:
    """Give the value of a piece, decoded in full."""
    return _plain(memoryview(piece), MAX_DEPTH) if type(piece) is Raw else piece


def plain_value(value: object) -> object:
    """Give a value with all of its lists decoded, for tables that are looked into again and again."""
    if isinstance(value, dict):
        return {key: plain_value(part) for key, part in value.items()}
    return [plain_value(part) for part in value] if isinstance(value, list) else value


def refuse_depth(value: object, room: int, where: str = "") -> None:
    """Refuse a value that nests deeper than so many levels. **raises** BadInput."""
    level = [value]
    for _ in range(room):
        deeper: list[object] = []
        for part in level:
            if isinstance(part, dict):
                deeper += [child for child in part.values() if type(child) in _CONTAINERS]
            elif isinstance(part, list):
                deeper += [child for child in part if type(child) in _CONTAINERS]
        if not deeper:
            return
        level = deeper
    raise BadInput(_TOO_DEEP.format(room), where=where)


def _plain(view: memoryview, room: int) -> object:
    try:
        value = loads(view)
    except orjson.JSONDecodeError as error:
        raise BadInput(f"This is not JSON: {error.msg}.") from error
    # Each level takes two bytes, so that what is short cannot be deep.
    if len(view) > 2 * room and not is_shallow(view.tobytes(), room):
        refuse_depth(value, room)
    return value
