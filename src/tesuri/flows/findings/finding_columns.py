"""The findings of a scope as columns, so that a query asks each distinct value once and not each finding.

An *aspect* is what a test looks at. A column says which distinct value of an aspect each finding has; a test is tried on
one finding for each value, and what it says holds for all that share it.
"""

import unicodedata
from array import array
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import compress, count

from tesuri.flows.findings.finding_column import Column, Mask, either, short_codes
from tesuri.flows.findings.follow_column import Splice, follow_column
from tesuri.flows.findings.query_fields import Subject, Test
from tesuri.model.finding import Finding

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


def words_of(finding: Finding) -> tuple[str, ...]:
    """Give the texts that people read of what a finding is."""
    return (finding.title, finding.rule, finding.package, finding.path, *finding.advisories)


def places_of(finding: Finding) -> tuple[str, ...]:
    """Give the texts that people read of where a finding is."""
    return (finding.asset, finding.url, finding.resource, finding.service or "")


def folded(texts: Iterable[str]) -> str:
    """Give texts as a search compares them."""
    return unicodedata.normalize("NFKC", "\n".join(texts)).casefold()


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

    def after(self, splice: Splice) -> "FindingColumns":
        """Give the columns with some findings taken out and others put in; what cannot be followed is made when it is asked for."""
        followed = FindingColumns(splice.spliced(self.subjects, splice.fresh))
        for aspect, column in self._columns.items():
            # A value for each finding: as dear to follow as to make, and hardly asked for.
            found = None if aspect == "id" else follow_column(column, splice, ASPECTS[aspect])
            if found is None:
                continue
            followed._columns[aspect] = found.column
            if aspect in self._texts:
                texts = [*self._texts[aspect]]
                texts += [""] * (len(found.column.samples) - len(texts))
                for code in found.numbered:
                    texts[code] = _text(aspect, found.column.samples[code])
                followed._texts[aspect] = texts
        return followed

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
            self._texts[aspect] = [_text(aspect, sample) for sample in column.samples]
        return column.chosen(words in text for text in self._texts[aspect])

    @property
    def everything(self) -> Mask:
        """Give the mask of all."""
        return b"\1" * len(self.subjects)

    def findings(self, mask: Mask) -> Iterator[Finding]:
        """Give the findings of a mask, in order."""
        return (subject.finding for subject in compress(self.subjects, mask))


def _text(aspect: str, sample: Subject) -> str:
    texts = words_of if aspect == "words" else places_of
    return folded(texts(sample.finding))


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
    return Column(short_codes(codes, len(samples)), samples)


def _seconds(at: datetime | None) -> float:
    return 0.0 if at is None else at.timestamp()


_ORDERED: Mapping[str, Callable[[Subject], float]] = {
    "due": lambda subject: _seconds(subject.due_at),
    "opened": lambda subject: _seconds(subject.finding.opened_at),
    "late": lambda subject: _seconds(subject.late[0] if subject.late else None),
}
"""Aspects that are compared with < and >: their values are numbered in order."""
