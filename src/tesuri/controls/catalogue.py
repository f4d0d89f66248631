"""Controls ready to run, made one by one when somebody asks: an index in front, each control behind it.

A catalogue is kept as bytes, compiled once: metadata and IR of every control, plain JSON that is checked while it is
read. It runs nothing and needs neither YAML nor the parser. Whoever keeps it says by a stamp what it was made of.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final, overload

import msgspec

from tesuri.controls.compiled import CompiledControl
from tesuri.expressions import ir
from tesuri.expressions.compiled import ready
from tesuri.model.control import Control, Point
from tesuri.model.errors import BadInput
from tesuri.model.identifiers import ControlId

VERSION: Final = 2
"""Raised when a kept control or a node of the IR changes its fields."""


class _Row(msgspec.Struct, frozen=True, array_like=True):
    """What the index says of one control."""

    id: ControlId
    resource: str
    points: tuple[Point, ...]
    """Where it acts."""


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    """One control as it is kept."""

    control: Control
    require: ir.Node
    message: ir.Node
    where: str
    are_paths_checked: bool


class _File(msgspec.Struct, frozen=True, array_like=True):
    version: int
    stamp: str
    rows: tuple[_Row, ...]
    controls: tuple[msgspec.Raw, ...]


class Entry:
    """One control of a catalogue, made when first asked for."""

    __slots__ = ("_made", "_make", "id", "points", "resource")

    def __init__(self, row: _Row, make: Callable[[], CompiledControl]) -> None:
        self.id = row.id
        self.resource = row.resource
        self.points = row.points
        self._make = make
        self._made: CompiledControl | None = None

    @property
    def compiled(self) -> CompiledControl:
        """Give the control. **raises** BadInput when what was kept is damaged."""
        if self._made is None:
            self._made = self._make()
        return self._made


class ActingControls(Mapping[str, tuple[CompiledControl, ...]]):
    """The controls that act at one point, by the resource type that they look at."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries: dict[str, list[Entry]] = {}
        for entry in entries:
            self._entries.setdefault(entry.resource, []).append(entry)
        self._made: dict[str, tuple[CompiledControl, ...]] = {}

    def __getitem__(self, kind: str) -> tuple[CompiledControl, ...]:
        found = self._made.get(kind)
        if found is None:
            found = self._made[kind] = tuple(each.compiled for each in self._entries[kind])
        return found

    def __contains__(self, kind: object) -> bool:
        return kind in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    @cached_property
    def count(self) -> int:
        """Give how many controls act here."""
        return sum(map(len, self._entries.values()))

    def named(self, identity: str) -> CompiledControl | None:
        """Give one of them."""
        for some in self._entries.values():
            for entry in some:
                if entry.id == identity:
                    return entry.compiled
        return None


class Catalogue(Sequence[CompiledControl]):
    """Controls in order of their ids, which are unique."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = {entry.id: entry for entry in sorted(entries, key=lambda one: one.id)}

    @classmethod
    def of(cls, controls: Iterable[CompiledControl]) -> "Catalogue":
        """Give the catalogue of controls that are ready; of two with one id **raises** BadInput."""
        entries: dict[ControlId, Entry] = {}
        for compiled in controls:
            row = _row(compiled)
            if row.id in entries:
                raise _twice(row.id, compiled.require.where)
            entries[row.id] = Entry(row, lambda one=compiled: one)  # type: ignore[misc]  # binds each control
        return cls(entries.values())

    @overload
    def __getitem__(self, index: int) -> CompiledControl: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[CompiledControl]: ...
    def __getitem__(self, index: int | slice) -> CompiledControl | Sequence[CompiledControl]:
        if isinstance(index, slice):
            return [entry.compiled for entry in tuple(self.entries.values())[index]]
        return tuple(self.entries.values())[index].compiled

    def __iter__(self) -> Iterator[CompiledControl]:
        return (entry.compiled for entry in self.entries.values())

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def ids(self) -> Iterable[ControlId]:
        """Give every id, in order."""
        return self.entries.keys()

    def named(self, identity: str) -> CompiledControl | None:
        """Give one control."""
        entry = self.entries.get(ControlId(identity))
        return entry.compiled if entry else None

    def at(self, point: Point) -> ActingControls:
        """Give the controls that act at a point."""
        return ActingControls(one for one in self.entries.values() if point in one.points)

    def with_own(self, own: "Catalogue") -> "Catalogue":
        """Give this catalogue and a workspace's own. **raises** BadInput for an id that both have."""
        for identity in own.ids:
            if identity in self.entries:
                raise _twice(identity, own.entries[identity].compiled.require.where)
        return Catalogue([*self.entries.values(), *own.entries.values()])


def dump_catalogue(controls: Iterable[CompiledControl], *, stamp: str) -> bytes:
    """Write controls as bytes that `load_catalogue` reads."""
    encode = msgspec.json.Encoder().encode
    chosen = sorted(controls, key=lambda one: one.control.id)
    kept = (
        _Kept(
            one.control,
            one.require.tree,
            one.message.tree,
            _file_of(one),
            one.are_paths_checked,
        )
        for one in chosen
    )
    return encode(
        _File(
            VERSION,
            stamp,
            tuple(map(_row, chosen)),
            tuple(msgspec.Raw(encode(one)) for one in kept),
        )
    )


def load_catalogue(data: bytes, *, stamps: Sequence[str]) -> Catalogue | None:
    """Read what `dump_catalogue` wrote; None when it was made of something else, or is damaged.

    **cost** the index; a control is read when it is asked for.
    """
    try:
        file = msgspec.json.Decoder(_File).decode(data)
    except msgspec.MsgspecError:
        return None
    is_whole = len(file.rows) == len(file.controls)
    if file.version != VERSION or file.stamp not in stamps or not is_whole:
        return None
    decode = msgspec.json.Decoder(_Kept).decode
    return Catalogue(
        Entry(row, lambda raw=raw, row=row: _made(raw, row, decode))  # type: ignore[misc]  # binds each control
        for row, raw in zip(file.rows, file.controls, strict=True)
    )


def _made(raw: msgspec.Raw, row: _Row, decode: Callable[[msgspec.Raw], _Kept]) -> CompiledControl:
    try:
        kept = decode(raw)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise BadInput(
            f"The compiled control {row.id} is damaged: {error}.",
            remedy="Compile the controls again: in a checkout with make install, else remove the cache.",
        ) from error
    control, where = kept.control, kept.where
    return CompiledControl(
        control,
        ready(kept.require, source=control.require, where=f"{where}#/require"),
        ready(kept.message, source=control.message, where=f"{where}#/message"),
        are_paths_checked=kept.are_paths_checked,
    )


def _row(compiled: CompiledControl) -> _Row:
    control = compiled.control
    acting = (point for point in Point if control.acts_at(point))
    return _Row(control.id, control.resource, tuple(acting))


def _file_of(compiled: CompiledControl) -> str:
    return compiled.require.where.partition("#")[0]


def _twice(identity: str, where: str) -> BadInput:
    return BadInput(
        f"There is already a control {identity!r}.",
        where=where.partition("#")[0],
        remedy="Give this one an id of its own; ids are never used twice.",
    )
