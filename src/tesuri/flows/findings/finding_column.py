"""One column over the findings of a scope: which distinct value of an aspect each of them has, and masks of them.

A mask is a byte for each finding, 0 or 1, in the order of lists. Masks are joined as whole numbers, in no time.
"""

import sys
from array import array
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress

from tesuri.flows.findings.query_fields import Subject, Test

Mask = bytes

_FLIP = bytes((1, 0)) + bytes(254)
_LEFT_OUT = bytes((255, 0)) + bytes(254)
_MOST_BYTE_CODES = 256
_MOST_SHORT_CODES = 65_536
_MOST_PARTED = 8
"""Up to so many blocks of codes are looked at one after the other; beyond, each finding is."""
_MOST_COUNTED_APART = 16
"""Up to so many values are counted one after the other, which takes a tenth of counting all at once."""


@dataclass(frozen=True, slots=True)
class Codebook:
    """What a column needs to be followed, and not to be read."""

    numbers: Mapping[Hashable, int]
    """Value → its number, of those that some finding has."""
    counts: Sequence[int]
    """How many findings have each value, by its number."""


@dataclass(frozen=True, slots=True)
class Column:
    """Which value of an aspect each finding has."""

    codes: "bytes | array[int]"
    """The number of its value; bytes where they are enough."""
    samples: Sequence[Subject]
    """One finding for each value, by its number."""
    unused: frozenset[int] = frozenset()
    """Numbers of values that no finding has any more."""
    book: Codebook | None = field(default=None, compare=False, repr=False)
    """Kept since it was followed first."""

    @property
    def present(self) -> Sequence[Subject]:
        """Give one finding for each value that some finding has."""
        if not self.unused:
            return self.samples
        return [each for code, each in enumerate(self.samples) if code not in self.unused]

    def mask(self, test: Test) -> Mask:
        """Give the findings of which a test holds that looks at this aspect alone."""
        return self.chosen(test(sample) for sample in self.samples)

    def chosen(self, answers: Iterable[bool]) -> Mask:
        """Give the findings whose value was chosen; there is an answer for each value."""
        table = bytes(answers)
        if isinstance(self.codes, bytes):
            return self.codes.translate(table.ljust(_MOST_BYTE_CODES, b"\0"))
        mask = _by_blocks(self.codes, table) if self.codes.typecode == "H" else None
        return bytes(map(table.__getitem__, self.codes)) if mask is None else mask

    def counts(self, mask: Mask) -> Sequence[int]:
        """Give how many findings of the mask have each value."""
        if isinstance(self.codes, bytes) and len(self.samples) <= _MOST_COUNTED_APART:
            kept_codes = either(self.codes, mask.translate(_LEFT_OUT))
            return [kept_codes.count(code) for code in range(len(self.samples))]
        kept: Iterable[int] = compress(self.codes, mask)
        counted = Counter(kept)
        return [counted[code] for code in range(len(self.samples))]

    def part(self, mask: Mask) -> "Column":
        """Give the column of the findings of a mask alone; a sample may be of another one with the same value."""
        kept: Iterable[int] = compress(self.codes, mask)
        codes = array("I", kept)
        numbers = {code: number for number, code in enumerate(dict.fromkeys(codes))}
        samples = [self.samples[code] for code in numbers]
        return Column(
            short_codes(array("I", map(numbers.__getitem__, codes)), len(samples)), samples
        )


def _by_blocks(codes: "array[int]", table: bytes) -> Mask | None:
    """Choose by blocks of 256 codes, many at once; None where too many blocks are chosen in part.

    Of few chosen values, and of a range of values that are numbered in order, nearly every block is chosen whole or not at all.
    """
    size = _MOST_BYTE_CODES
    blocks = [table[start : start + size] for start in range(0, len(table), size)]
    parted = [place for place, block in enumerate(blocks) if 0 < block.count(1) < len(block)]
    if len(parted) > _MOST_PARTED:
        return None
    raw = codes.tobytes()
    low, high = (raw[::2], raw[1::2]) if sys.byteorder == "little" else (raw[1::2], raw[::2])
    whole = bytes(len(block) > 0 and block.count(1) == len(block) for block in blocks)
    mask = high.translate(whole.ljust(size, b"\0"))
    for place in parted:
        here = high.translate(bytes(place) + b"\1" + bytes(size - place - 1))
        mask = either(mask, both(here, low.translate(blocks[place].ljust(size, b"\0"))))
    return mask


def places(mask: Mask, start: int, most: int) -> list[int]:
    """Give the first places of a mask from `start` on, at most so many."""
    found: list[int] = []
    place = mask.find(1, start)
    while place >= 0 and len(found) < most:
        found.append(place)
        place = mask.find(1, place + 1)
    return found


def both(one: Mask, other: Mask) -> Mask:
    """Give what is in both masks."""
    joined = int.from_bytes(one, "little") & int.from_bytes(other, "little")
    return joined.to_bytes(len(one), "little")


def either(one: Mask, other: Mask) -> Mask:
    """Give what is in one of the masks."""
    joined = int.from_bytes(one, "little") | int.from_bytes(other, "little")
    return joined.to_bytes(len(one), "little")


def flipped(mask: Mask) -> Mask:
    """Give what is not in a mask."""
    return mask.translate(_FLIP)


def short_codes(codes: "array[int]", values: int) -> "bytes | array[int]":
    """Give the codes of so many values in the fewest bytes."""
    if values <= _MOST_BYTE_CODES:
        return bytes(codes.tolist())
    return array("H", codes) if values <= _MOST_SHORT_CODES else codes


def fits_codes(codes: "bytes | array[int]", values: int) -> "bytes | array[int]":
    """Give the codes as they are kept where there are so many values."""
    if isinstance(codes, bytes):
        if values <= _MOST_BYTE_CODES:
            return codes
        return array("H" if values <= _MOST_SHORT_CODES else "I", list(codes))
    return array("I", codes) if codes.typecode == "H" and values > _MOST_SHORT_CODES else codes
