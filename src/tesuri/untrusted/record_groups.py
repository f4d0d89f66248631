"""Records of one list that are read alike, so that a report can be read as a stream or asked for single records.

A reader says once how its lists are read; `records_of` streams all of them, `GroupedSlices` gives the digest of each
record's bytes and reads only those that are asked for.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from msgspec import Raw

from tesuri.model.report_slices import SLICE_DIGEST_BYTES, SliceBatch
from tesuri.untrusted.json_pieces import Piece, pieces

R = TypeVar("R")
_BATCH = 10_000


@dataclass(frozen=True, slots=True)
class RecordGroup(Generic[R]):
    """Some records of one list."""

    pieces: Sequence[Piece]
    first: int
    """Index in the list of the first one."""
    read: Callable[[Piece, int], R]
    """Reads one piece at its index in the list; never raises but BadInput."""
    context: bytes = b""
    """Everything outside a piece that its record is made of; never a time, nor where it stands."""
    essence: Callable[[Raw], bytes] | None = None
    """Takes out of a piece what differs from scan to scan and no record is made of, such as the scan's time."""


Groups = Callable[[], Iterator[RecordGroup[R] | R]]
"""Gives the groups of a report, and between them records that have no piece of their own."""


def grouped(
    value: object,
    pointer: str,
    read: Callable[[Piece, str], R],
    context: bytes = b"",
    *,
    essence: Callable[[Raw], bytes] | None = None,
) -> Iterator[RecordGroup[R]]:
    """Give the groups of a list that stands at a pointer; nothing for what is no list."""
    prefix = f"{pointer}/"

    def read_at(piece: Piece, index: int) -> R:
        return read(piece, f"{prefix}{index}")

    for first, batch in pieces(value):
        yield RecordGroup(batch, first, read_at, context, essence)


def records_of(groups: Groups[R]) -> Iterator[R]:
    """Give the records of all groups in their order."""
    for group in groups():
        if isinstance(group, RecordGroup):
            yield from map(
                group.read, group.pieces, range(group.first, group.first + _count(group))
            )
        else:
            yield group


@dataclass(frozen=True, slots=True)
class GroupedSlices(Generic[R]):
    """The groups of a report as slices (`tesuri.model.report_slices.Slices`)."""

    reader: str
    groups: Groups[R]

    def batches(self) -> Iterator[SliceBatch[R]]:
        """Give the batches of the whole report."""
        batch = _Batch[R]()
        for group in self.groups():
            if not isinstance(group, RecordGroup):
                batch.others.append(group)
                continue
            for start in range(0, _count(group), _BATCH):
                batch.add(group, start)
                if len(batch.digests) >= _BATCH:
                    yield batch.sliced()
                    batch = _Batch[R]()
        yield batch.sliced()


@dataclass(slots=True)
class _Batch(Generic[R]):
    """Slices of some groups, until they are enough."""

    digests: list[bytes] = field(default_factory=list)
    slices: list[tuple[RecordGroup[R], int]] = field(default_factory=list)
    """For each digest its group and its position among the group's pieces."""
    others: list[R] = field(default_factory=list)

    def add(self, group: RecordGroup[R], start: int) -> None:
        """Take in so many pieces of a group; what was decoded already has no bytes and is read."""
        prefix = hashlib.blake2b(group.context, digest_size=SLICE_DIGEST_BYTES)
        for position, piece in enumerate(group.pieces[start : start + _BATCH], start):
            if type(piece) is Raw:
                digest = prefix.copy()
                digest.update(piece if group.essence is None else group.essence(piece))
                self.digests.append(digest.digest())
                self.slices.append((group, position))
            else:
                self.others.append(group.read(piece, group.first + position))

    def sliced(self) -> SliceBatch[R]:
        """Give the batch as the store wants it."""
        slices = self.slices

        def read(positions: Sequence[int]) -> Sequence[R]:
            chosen = (slices[position] for position in positions)
            return [group.read(group.pieces[place], group.first + place) for group, place in chosen]

        return SliceBatch(self.digests, read, self.others)


def _count(group: RecordGroup[R]) -> int:
    return len(group.pieces)
