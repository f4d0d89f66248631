"""Take the records of a report in, batch by batch, and only those that are not remembered.

One of three ways, the next one only where a batch turns out to need it: what is remembered is left out; everything is
read; everything is read three times, because batches have to know of each other.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from tesuri.flows.inspect_reports import open_report
from tesuri.flows.place_findings import MOST_RECORDS, Judges, Placement, Placing
from tesuri.flows.recognise_findings import (
    Arrival,
    Foreknowledge,
    NeedsForeknowledge,
    Recognition,
)
from tesuri.flows.remember_records import MemoryFails, Remembered, Remembering, memory_mark
from tesuri.model.inventory import SeenComponent
from tesuri.model.observation import Informational, Observation, Record, Report, Skipped, Suppressed
from tesuri.model.record_memory import RecordKind
from tesuri.model.report_slices import Slices
from tesuri.model.workspace import Workspace
from tesuri.triage.masking import mask
from tesuri.untrusted.byte_source import Document

_SKIPPED_EXAMPLES = 100


@dataclass(slots=True)
class Tally:
    """Counts of a report while its records stream by."""

    findings: int = 0
    suppressed: int = 0
    informational: int = 0
    skipped: int = 0
    components: list[SeenComponent] = field(default_factory=list)
    skipped_examples: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def of(cls, report: Report) -> "Tally":
        """Count a report that is not taken in."""
        tally = cls()
        for some in _batches(report, MOST_RECORDS):
            tally.observations(some)
        return tally

    def observations(self, records: Iterable[Record]) -> list[Observation]:
        """Count these records and give those that are findings."""
        found: list[Observation] = []
        for record in records:
            match record:
                case Observation():
                    found.append(record)
                case Suppressed():
                    self.suppressed += 1
                case Informational(component=component):
                    self.informational += 1
                    if component is not None:
                        self.components.append(component)
                case Skipped():
                    self.skipped += 1
                    if self.skipped <= _SKIPPED_EXAMPLES:
                        self.skipped_examples.append((record.pointer, mask(record.reason)))
        self.findings += len(found)
        return found

    def add_met(self, met: Sequence[int]) -> None:
        """Count the records that were remembered, by kind."""
        self.findings += met[RecordKind.FINDING]
        self.suppressed += met[RecordKind.SUPPRESSED]
        self.informational += met[RecordKind.INFORMATIONAL]

    @property
    def records(self) -> int:
        """Every record, whatever became of it."""
        return self.findings + self.suppressed + self.informational + self.skipped


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A report that can be read more than once."""

    data: Document
    where: str
    workspace: Workspace
    format: str

    def open(self) -> Report:
        """Open it. **raises** BadInput."""
        mappings = self.workspace.mappings
        return open_report(self.data, where=self.where, mappings=mappings, named=self.format)


def take_records(
    report: Report, arrival: Arrival, judges: Judges, *, reopen: Callable[[], Report]
) -> tuple[Tally, Placement]:
    """Bring the store into line with every record; `reopen` gives the report from its beginning again.

    **raises** BadInput where the report turns out to be broken.
    """
    writer = judges.writer
    memory = _Memory.of(report.slices, arrival, judges)
    try:
        with writer.attempt():
            return _take(report, Placing(arrival, judges), memory)
    except MemoryFails:
        report = reopen()
        memory = _Memory(memory.mark, None) if memory else None
    except NeedsForeknowledge:
        return _take_knowingly(reopen, arrival, judges)
    try:
        with writer.attempt():
            return _take(report, Placing(arrival, judges), memory)
    except NeedsForeknowledge:
        return _take_knowingly(reopen, arrival, judges)


@dataclass(frozen=True, slots=True)
class _Memory:
    """What this scan may remember, and what is remembered for it."""

    mark: str
    remembered: Remembered | None

    @classmethod
    def of(
        cls, slices: Slices[Record] | None, arrival: Arrival, judges: Judges
    ) -> "_Memory | None":
        """Look for the memory of the scan before; None where this scan is nothing to remember."""
        place, writer = arrival.place, judges.writer
        if not place.is_new_scan:
            writer.forget_memory(place)
        is_whole = arrival.is_complete and place.is_complete
        is_newest = place.is_new_scan and place.is_newest and not place.clean_after
        if slices is None or not (is_whole and is_newest):
            return None
        mark = memory_mark(slices.reader, judges.workspace)
        parts = writer.memory(place, mark)
        if not parts:
            return cls(mark, None)
        return cls(mark, Remembered(parts, writer.unsettled(place.scope)))


def _take(report: Report, placing: Placing, memory: _Memory | None) -> tuple[Tally, Placement]:
    tally = Tally()
    if report.slices is None or memory is None:
        for some in _batches(report, placing.batch):
            placing.take(tally.observations(some))
        return tally, placing.finish()
    return _take_slices(report.slices, placing, memory, tally)


def _take_slices(
    slices: Slices[Record], placing: Placing, memory: _Memory, tally: Tally
) -> tuple[Tally, Placement]:
    """Read the records that are not remembered, and remember them for the next scan."""
    remembered, collected = memory.remembered, Remembering()
    for batch in slices.batches():
        every = range(len(batch.digests))
        unknown = remembered.unknown(batch.digests) if remembered else every
        for start in range(0, len(unknown), placing.batch):
            positions = unknown[start : start + placing.batch]
            records = batch.read(positions)
            identities = placing.take(tally.observations(records))
            collected.add(records, [batch.digests[each] for each in positions], iter(identities))
        if batch.others:
            placing.take(tally.observations(batch.others))
            collected.meet(batch.others)
        if remembered is not None and not collected.is_possible:
            raise MemoryFails
    placement = placing.finish(remembered)
    placing.remember(memory.mark, collected, remembered)
    if remembered is not None:
        tally.add_met(remembered.met)
    return tally, placement


def _take_knowingly(
    reopen: Callable[[], Report], arrival: Arrival, judges: Judges
) -> tuple[Tally, Placement]:
    """Read everything twice to know, and once more to take it in."""
    known, tally = Foreknowledge(), Tally()
    recognition = Recognition(arrival, judges.writer, judges.workspace)
    for some in _batches(reopen(), judges.batch):
        recognition.foresee(tally.observations(some), known)
    recognition = Recognition(arrival, judges.writer, judges.workspace, known)
    for some in _batches(reopen(), judges.batch):
        recognition.foresee_worst(tally.observations(some), known)
    return _take(reopen(), Placing(arrival, judges, known), None)


def _batches(report: Report, most: int) -> Iterator[Sequence[Record]]:
    while some := list(islice(report.records, most)):
        yield some
