"""Follow a column of findings: the new state of some findings in place of the old, without looking at the others."""

from array import array
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from tesuri.flows.findings.finding_column import Codebook, Column, fits_codes
from tesuri.flows.findings.query_fields import Subject

ValueT = TypeVar("ValueT")

_MOST_UNUSED = 256
"""Unused values that a column may have beside a used one for each; beyond that it is made anew."""


@dataclass(frozen=True, slots=True)
class Splice:
    """Which places of a sequence are left out, and where others are put in."""

    gone: Sequence[int]
    """Old places that are left out, rising."""
    kept: Sequence[tuple[int, int]]
    """Old places that stay, from and up to, rising."""
    added: Sequence[int]
    """How many are put in behind each stretch that stays."""
    fresh: Sequence[Subject]
    """Those that are put in, in order."""

    def spliced(self, old: Sequence[ValueT], fresh: Sequence[ValueT]) -> list[ValueT]:
        """Give a sequence with the new values in place."""
        found: list[ValueT] = []
        coming = iter(fresh)
        for (start, end), count in zip(self.kept, self.added, strict=True):
            found += old[start:end]
            found += islice(coming, count)
        return found

    def spliced_codes(
        self, old: "bytes | array[int]", fresh: Sequence[int]
    ) -> "bytes | array[int]":
        """Give the same of codes, which fit."""
        pieces, place = [], 0
        for (start, end), count in zip(self.kept, self.added, strict=True):
            pieces.append(old[start:end])
            pieces.append(_like(old, fresh[place : place + count]))
            place += count
        if isinstance(old, bytes):
            return b"".join(bytes(piece) for piece in pieces if isinstance(piece, bytes))
        found = array(old.typecode)
        for piece in pieces:
            if isinstance(piece, array):
                found.extend(piece)
        return found


def _like(old: "bytes | array[int]", codes: Sequence[int]) -> "bytes | array[int]":
    return bytes(codes) if isinstance(old, bytes) else array(old.typecode, codes)


def splice_of(size: int, gone: Sequence[int], fresh: Sequence[tuple[int, Subject]]) -> Splice:
    """Give how a sequence of this size changes; `fresh` are (old place before which it stands, what), in order."""
    before: dict[int, int] = {}
    for place, _ in fresh:
        before[place] = before.get(place, 0) + 1
    left_out = set(gone)
    kept: list[tuple[int, int]] = []
    added: list[int] = []
    start = 0
    for place in sorted(left_out | before.keys()):
        kept.append((start, place))
        added.append(before.get(place, 0))
        start = place + (place in left_out)
    return Splice(
        gone=sorted(left_out),
        kept=[*kept, (start, size)],
        added=[*added, 0],
        fresh=[subject for _, subject in fresh],
    )


@dataclass(frozen=True, slots=True)
class Followed:
    """A column after a splice."""

    column: Column
    numbered: Sequence[int]
    """Numbers that were given to new values."""


def follow_column(
    column: Column, splice: Splice, read: Callable[[Subject], Hashable]
) -> Followed | None:
    """Give the column after a splice; None where it is better made anew."""
    known = column.book or _book(column, read)
    numbers, counts = dict(known.numbers), list(known.counts)
    samples, unused = list(column.samples), set(column.unused)
    numbered: list[int] = []
    codes: list[int] = []
    for subject in splice.fresh:
        value = read(subject)
        code = numbers.get(value)
        if code is None:
            # Numbers are not given again: those of values that are compared stay nearly in order.
            code = numbers[value] = len(samples)
            samples.append(subject)
            counts.append(0)
            numbered.append(code)
        counts[code] += 1
        codes.append(code)
    for place in splice.gone:
        code = column.codes[place]
        counts[code] -= 1
        if counts[code] == 0:
            unused.add(code)
            del numbers[read(samples[code])]
    if len(unused) > _MOST_UNUSED + len(numbers):
        return None
    spliced = splice.spliced_codes(fits_codes(column.codes, len(samples)), codes)
    made = Column(spliced, samples, frozenset(unused), Codebook(numbers, counts))
    return Followed(made, numbered)


def _book(column: Column, read: Callable[[Subject], Hashable]) -> Codebook:
    everything = b"\1" * len(column.codes)
    return Codebook(
        {read(each): code for code, each in enumerate(column.samples)}, column.counts(everything)
    )
