"""The findings of a scope as columns, so that a query asks each distinct value once and not each finding.

An *aspect* is what a test looks at. A column says which distinct value of an aspect each finding has; a test is tried on
one finding for each value, and what it says holds for all that share it. Which findings match is a *mask*: a byte for
each, 0 or 1, in the order of lists. Masks are joined as whole numbers, in no time.
"""

import sys
import unicodedata
from array import array
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import compress, count

from tesuri.flows.findings.query_fields import Subject, Test
from tesuri.model.finding import Finding

Mask = bytes

ASPECTS: Mapping[str, Callable[[Subject], Hashable]] = {
    "severity": lambda subject: subject.finding.severity.value,
    "outcome": lambda subject: subject.finding.outcome,
    "state": lambda subject: subject.finding.state.value,
    "work": lambda subject: subject.finding.work.value,
    "kind": lambda subject: subject.finding.kind.value,
    "team": lambda subject: subject.team,
    "service": lambda subject: subject.finding.service,
    "tools": lambda subject: subject.finding.tools,
    "objective": lambda subject: subject.finding.objective,
    "waiver": lambda subject: subject.finding.waiver,
    "package": lambda subject: (subject.finding.package, subject.finding.package_namespace),
    "rule": lambda subject: subject.finding.rule,
    "id": lambda subject: subject.finding.key,
    "group": lambda subject: subject.finding.group,
    "asset": lambda subject: subject.finding.asset,
    "advisories": lambda subject: (subject.finding.advisories, subject.finding.rule),
    "due": lambda subject: subject.due_at,
    "opened": lambda subject: subject.finding.opened_at,
    "late": lambda subject: subject.late,
    "marks": lambda subject: (
        subject.finding.is_stale,
        subject.finding.is_neutral,
        subject.finding.regression_of is not None,
    ),
    "fix": lambda subject: bool(subject.finding.has_fix or subject.finding.fixed_versions),
    "words": lambda subject: words_of(subject.finding),
    "places": lambda subject: places_of(subject.finding),
}

_FLIP = bytes((1, 0)) + bytes(254)
_LEFT_OUT = bytes((255, 0)) + bytes(254)
_MOST_BYTE_CODES = 256
_MOST_SHORT_CODES = 65_536
_MOST_PARTED = 8
"""Up to so many blocks of codes are looked at one after the other; beyond, each finding is."""
_MOST_COUNTED_APART = 16
"""Up to so many values are counted one after the other, which takes a tenth of counting all at once."""


def words_of(finding: Finding) -> tuple[str, ...]:
    """Give the texts that people read of what a finding is."""
    return (finding.title, finding.rule, finding.package, finding.path, *finding.advisories)


def places_of(finding: Finding) -> tuple[str, ...]:
    """Give the texts that people read of where a finding is."""
    return (finding.asset, finding.url, finding.resource, finding.service or "")


def folded(texts: Iterable[str]) -> str:
    """Give texts as a search compares them."""
    return unicodedata.normalize("NFKC", "\n".join(texts)).casefold()


@dataclass(frozen=True, slots=True)
class Column:
    """Which value of an aspect each finding has."""

    codes: "bytes | array[int]"
    """The number of its value; bytes where they are enough."""
    samples: Sequence[Subject]
    """One finding for each value, by its number."""

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
        return Column(_short(array("I", map(numbers.__getitem__, codes)), len(samples)), samples)


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


@dataclass(slots=True)
class FindingColumns:
    """The findings of a scope, most urgent first; a column is made when somebody first asks for it."""

    subjects: Sequence[Subject]
    _columns: dict[str, Column] = field(default_factory=dict, repr=False)
    _texts: dict[str, Sequence[str]] = field(default_factory=dict, repr=False)
    _whole: "tuple[FindingColumns, Mask] | None" = field(default=None, repr=False)
    """Where this is a part: of what, and which."""

    def column(self, aspect: str) -> Column:
        """Give the column of an aspect."""
        if aspect not in self._columns:
            if self._whole is None:
                made = _column(self.subjects, ASPECTS[aspect], _ORDERED.get(aspect))
            else:
                whole, mask = self._whole
                made = whole.column(aspect).part(mask)
            self._columns[aspect] = made
        return self._columns[aspect]

    def part(self, mask: Mask) -> "FindingColumns":
        """Give the columns of the findings of a mask alone, taken out of these ones."""
        return FindingColumns(list(compress(self.subjects, mask)), _whole=(self, mask))

    def mask(self, aspect: str, test: Test) -> Mask:
        """Give the findings of which a test holds that looks at one aspect."""
        return self.column(aspect).mask(test)

    def make_all(self) -> None:
        """Make every column but the one of ids, which has a value for each finding."""
        for aspect in ASPECTS:
            if aspect != "id":
                self.column(aspect)
        self.containing("")

    def with_column(self, aspect: str, column: Column) -> "FindingColumns":
        """Give the same findings with another column; all others stay shared."""
        return FindingColumns(self.subjects, {**self._columns, aspect: column}, self._texts)

    def containing(self, words: str) -> Mask:
        """Give the findings of which some text contains these folded words."""
        return either(self._containing("words", words), self._containing("places", words))

    def _containing(self, aspect: str, words: str) -> Mask:
        column = self.column(aspect)
        if aspect not in self._texts:
            texts = words_of if aspect == "words" else places_of
            self._texts[aspect] = [folded(texts(sample.finding)) for sample in column.samples]
        return column.chosen(words in text for text in self._texts[aspect])

    @property
    def everything(self) -> Mask:
        """Give the mask of all."""
        return b"\1" * len(self.subjects)

    def findings(self, mask: Mask) -> Iterator[Finding]:
        """Give the findings of a mask, in order."""
        return (subject.finding for subject in compress(self.subjects, mask))


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


def _column(
    subjects: Sequence[Subject],
    read: Callable[[Subject], Hashable],
    order: Callable[[Subject], float] | None,
) -> Column:
    values = list(map(read, subjects))
    numbers = {value: number for number, value in enumerate(dict.fromkeys(values))}
    # From the last to the first, so that the first one of each value stays.
    first = dict(zip(reversed(values), reversed(subjects), strict=True))
    samples = [first[value] for value in numbers]
    codes = array("I", map(numbers.__getitem__, values))
    if order is not None:
        ranked = sorted(range(len(samples)), key=[order(each) for each in samples].__getitem__)
        ranks = dict(zip(ranked, count(), strict=False))
        codes = array("I", map(ranks.__getitem__, codes))
        samples = [samples[number] for number in ranked]
    return Column(_short(codes, len(samples)), samples)


def _short(codes: "array[int]", values: int) -> "bytes | array[int]":
    if values <= _MOST_BYTE_CODES:
        return bytes(codes.tolist())
    return array("H", codes) if values <= _MOST_SHORT_CODES else codes


def _seconds(at: datetime | None) -> float:
    return 0.0 if at is None else at.timestamp()


_ORDERED: Mapping[str, Callable[[Subject], float]] = {
    "due": lambda subject: _seconds(subject.due_at),
    "opened": lambda subject: _seconds(subject.finding.opened_at),
    "late": lambda subject: _seconds(subject.late[0] if subject.late else None),
}
"""Aspects that are compared with < and >: their values are numbered in order."""
