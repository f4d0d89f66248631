"""A large JSON document as values whose lists and mappings are read from the source while somebody iterates.

Formats read them like any other lists and mappings. Only what `json_index` found is kept: some bytes for each chunk.
"""

import re
from collections.abc import ItemsView, Iterator, KeysView, Sequence, ValuesView
from dataclasses import dataclass
from typing import Final

import msgspec
from msgspec import Raw

from tesuri.model.errors import BadInput
from tesuri.untrusted.byte_source import CHUNK_BYTES, MAX_STREAM_BYTES, ByteSource, refuse_size
from tesuri.untrusted.json_index import MAX_VALUE, Container, Run, index_json
from tesuri.untrusted.json_pieces import (
    MAX_DEPTH,
    SPLIT_BYTES,
    Piece,
    RecordList,
    open_json,
)
from tesuri.untrusted.script_assignment import assignment_end

_RAW = msgspec.json.Decoder(Raw)
_ITEMS = msgspec.json.Decoder(list[Raw])
_MEMBERS = msgspec.json.Decoder(dict[str, Raw])
_MARK: Final = b"\xef\xbb\xbf"
_END = re.compile(rb"[ \t\r\n]*;?[ \t\r\n]*")
_HEAD: Final = 4096
_CHANGED: Final = "The file changed while it was read."


class RecordMap(dict[str, object]):
    """A mapping whose values are decoded when they are asked for, each time anew.

    It is a dict by its type only, because readers tell shapes by `isinstance`; the members stand in the source.
    **cost** Iterating reads it once; the first look-up by key reads it once more, to remember where each key stands.
    """

    __hash__ = None

    def __init__(self, document: "_Document", index: Container, room: int) -> None:
        super().__init__()
        self._document = document
        self._index = index
        self._room = room
        self._part_of: dict[str, int] | None = None
        self._last: tuple[int, dict[str, object]] = (-1, {})

    def __len__(self) -> int:
        return len(self._parts())

    def __bool__(self) -> bool:
        return self._index.count > 0

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts())

    def __contains__(self, key: object) -> bool:
        return key in self._parts()

    def __getitem__(self, key: str) -> object:
        number = self._parts()[key]
        if self._last[0] != number:
            self._last = (number, self._opened(number))
        return self._last[1][key]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, dict) or len(other) != len(self):
            return False
        return all(key in other and other[key] == self[key] for key in self)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __repr__(self) -> str:
        return f"RecordMap of {self._index.count:,}"

    def get(self, key: str, default: object = None) -> object:
        """Give the value of a key, or what stands for none."""
        return self[key] if key in self._parts() else default

    def keys(self) -> KeysView[str]:  # type: ignore[override] # dict's own looks into the empty dict
        """Give the keys."""
        return KeysView(self)

    def values(self) -> ValuesView[object]:  # type: ignore[override] # as keys
        """Give the values."""
        return ValuesView(self)

    def items(self) -> ItemsView[str, object]:  # type: ignore[override] # as keys
        """Give the members."""
        return ItemsView(self)

    def _parts(self) -> dict[str, int]:
        if self._part_of is None:
            found: dict[str, int] = {}
            for number, (key, part) in enumerate(self._index.parts):
                names = self._document.members(part) if isinstance(part, Run) else (key,)
                for name in names:
                    # The last one of a name counts, at its first place.
                    found[name] = number
            self._part_of = found
        return self._part_of

    def _opened(self, number: int) -> dict[str, object]:
        key, part = self._index.parts[number]
        if isinstance(part, Container):
            return {key: self._document.opened(part, self._room)}
        return self._document.small(part, self._room)


def stream_json(
    source: ByteSource, *, where: str, chunk: int = CHUNK_BYTES, split: int = SPLIT_BYTES
) -> object:
    """Give the one JSON value that a source holds, after a byte order mark or an assignment to a name.

    **raises** BadInput with the offset of what is not JSON. **cost** One pass; memory of a few chunks.
    """
    refuse_size(source.size, where, MAX_STREAM_BYTES)
    head = source.read(0, _HEAD)
    start = len(_MARK) if head.startswith(_MARK) else 0
    assigned = assignment_end(head[start:])
    index, end = index_json(source, where=where, start=start + assigned, chunk=chunk)
    _refuse_more(source, end, where, is_script=assigned > 0)
    if isinstance(index, Run):
        raw = source.read(index.start, index.end - index.start)
        return open_json(raw, split=split)
    return _Document(source, chunk, split).opened(index, MAX_DEPTH)


def stream_json_lines(source: ByteSource, *, where: str, chunk: int = CHUNK_BYTES) -> list[object]:
    """Give the values of a source with one JSON value on each line.

    **raises** BadInput that names the first line that is not a JSON value. **cost** As `stream_json`.
    """
    refuse_size(source.size, where, MAX_STREAM_BYTES)
    parts: list[Run] = []
    start = len(_MARK) if source.read(0, len(_MARK)) == _MARK else 0
    line = 1
    while start < source.size:
        lines = _whole_lines(source, start, chunk, where, line)
        count = sum(1 for _ in _raws(lines, where, line))
        if count:
            parts.append(Run(start, start + len(lines), count))
        start += len(lines)
        line += len(lines.splitlines())
    if not parts:
        raise BadInput("The file holds only white space, no JSON value.", where=where)

    def batches(first: int) -> Iterator[tuple[int, Sequence[Piece]]]:
        index = 0
        for part in parts:
            if index + part.count > first:
                held = source.read(part.start, part.end - part.start)
                yield index, list(_raws(held, where, 0))
            index += part.count

    total = sum(part.count for part in parts)
    return RecordList(batches, total, room=MAX_DEPTH, split=SPLIT_BYTES, is_held=False)


def _whole_lines(source: ByteSource, start: int, chunk: int, where: str, line: int) -> bytes:
    size = chunk
    while True:
        held = source.read(start, size)
        if start + len(held) >= source.size:
            return held
        end = held.rfind(b"\n") + 1
        if end:
            return held[:end]
        if size > MAX_VALUE:
            raise BadInput(
                f"Line {line:,} has more than {MAX_VALUE:,} bytes.", where=where, remedy="Split it."
            )
        size *= 2


def _raws(lines: bytes, where: str, first: int) -> Iterator[Raw]:
    """Give the value of each line that is not empty. **raises** BadInput with its number."""
    for number, line in enumerate(lines.splitlines(), start=first):
        if not line.strip():
            continue
        try:
            if not line.isascii():
                line.decode()
            yield _RAW.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            words = str(error).removeprefix("JSON is malformed: ")
            raise BadInput(
                f"This is not JSON: {words}.", where=f"{where}: line {number}"
            ) from error


def _refuse_more(source: ByteSource, end: int, where: str, *, is_script: bool) -> None:
    rest = source.read(end, _HEAD)
    is_end = _END.fullmatch(rest) if is_script else not rest.strip()
    if not is_end or end + len(rest) < source.size:
        raise BadInput(f"More text follows the JSON value at byte {end:,}.", where=where)


@dataclass(frozen=True, slots=True)
class _Document:
    """A source with how its parts are opened."""

    source: ByteSource
    chunk: int
    split: int

    def opened(self, index: Container, room: int) -> object:
        """Give the value of a large list or mapping."""
        if index.is_list:
            return self.listed(index, room - 1)
        runs = [part for _, part in index.parts if isinstance(part, Run)]
        if sum(part.end - part.start for part in runs) > self.chunk:
            return RecordMap(self, index, room - 1)
        found: dict[str, object] = {}
        for key, part in index.parts:
            if isinstance(part, Container):
                found[key] = self.opened(part, room - 1)
            else:
                found |= self.small(part, room - 1)
        return found

    def listed(self, index: Container, room: int) -> RecordList:
        """Give a large list; `room` is that of its items."""

        def batches(start: int) -> Iterator[tuple[int, Sequence[Piece]]]:
            first = 0
            for _, part in index.parts:
                count = part.count if isinstance(part, Run) else 1
                if first + count > start:
                    yield first, self.pieces(part, room)
                first += count

        return RecordList(batches, index.count, room=room, split=self.split, is_held=False)

    def pieces(self, part: Run | Container, room: int) -> Sequence[Piece]:
        """Give the items of a part of a list."""
        if isinstance(part, Container):
            return (self.opened(part, room),)
        try:
            return _ITEMS.decode(b"[" + self.text(part) + b"]")
        except msgspec.DecodeError as error:
            raise BadInput(_CHANGED) from error

    def small(self, part: Run, room: int) -> dict[str, object]:
        """Give the members of a part of a mapping."""
        return {
            name: open_json(value, room=room, split=self.split)
            for name, value in self.members(part).items()
        }

    def members(self, part: Run) -> dict[str, Raw]:
        """Give the members of a part of a mapping, undecoded."""
        try:
            return _MEMBERS.decode(b"{" + self.text(part) + b"}")
        except msgspec.DecodeError as error:
            raise BadInput(_CHANGED) from error

    def text(self, part: Run) -> bytes:
        """Give the bytes of a part."""
        return self.source.read(part.start, part.end - part.start)
