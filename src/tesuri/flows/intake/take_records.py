"""Take the records of a report in, batch by batch, and only those that are not remembered.

One of three ways, the next one only where a batch turns out to need it: what is remembered is left out; everything is
read; everything is read three times, because batches have to know of each other.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import islice

from tesuri.flows.intake.follow_names import superseding
from tesuri.flows.intake.inspect_reports import open_report
from tesuri.flows.intake.match_forms import MOST_TO_MATCH, comes_in_other_forms
from tesuri.flows.intake.place_findings import MOST_RECORDS, Judges, Placement, Placing
from tesuri.flows.intake.read_records import (
    SKIPPED_EXAMPLES,
    ReadBatch,
    batches_of,
    read_ahead,
    sliced_batches,
)
from tesuri.flows.intake.recognise_findings import (
    Arrival,
    Foreknowledge,
    NeedsForeknowledge,
    Recognition,
)
from tesuri.flows.intake.remember_records import MemoryFails, Remembered, Remembering, memory_mark
from tesuri.model.inventory import SeenComponent
from tesuri.model.observation import Observation, Record, Report
from tesuri.model.record_memory import RecordKind
from tesuri.model.report_slices import Slices
from tesuri.model.workspace import Workspace
from tesuri.triage.gist import Gists, outlines_of
from tesuri.untrusted.byte_source import Document


@dataclass(slots=True)
class Tally:
    """Counts of a report while its records stream by."""

    findings: int = 0
    suppressed: int = 0
    informational: int = 0
    skipped: int = 0
    components: list[SeenComponent] = field(default_factory=list)
    skipped_examples: list[tuple[str, str]] = field(default_factory=list)

    def add(self, batch: ReadBatch) -> None:
        """Count the records of a batch."""
        self.findings += len(batch.findings.each)
        self.suppressed += batch.suppressed
        self.informational += batch.informational
        self.skipped += batch.skipped
        self.components += batch.components
        room = SKIPPED_EXAMPLES - len(self.skipped_examples)
        self.skipped_examples += batch.skipped_examples[:room]

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

    def tally(self, secret_key: bytes) -> Tally:
        """Count its records. **raises** BadInput."""
        tally = Tally()
        for batch in batches_of(self.open(), MOST_RECORDS, secret_key):
            tally.add(batch)
        return tally

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
    place = superseding(arrival, writer, judges.workspace)
    arrival = replace(arrival, place=place)
    if place.superseded or comes_in_other_forms(
        writer.report_forms(arrival.place.scope), arrival.form
    ):
        # What another form or name shows can change what a record comes to, so none is remembered.
        writer.forget_memory(arrival.place)
        memory, judges = None, replace(judges, batch=max(judges.batch, MOST_TO_MATCH))
    else:
        memory = _Memory.of(report.slices, arrival, judges)
    try:
        with writer.attempt():
            return _take(report, Placing(arrival, judges), judges, memory)
    except MemoryFails:
        report = reopen()
        memory = _Memory(memory.mark, None) if memory else None
    except NeedsForeknowledge:
        return _take_knowingly(reopen, arrival, judges)
    try:
        with writer.attempt():
            return _take(report, Placing(arrival, judges), judges, memory)
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


def _take(
    report: Report, placing: Placing, judges: Judges, memory: _Memory | None
) -> tuple[Tally, Placement]:
    tally, collected = Tally(), Remembering()
    remembered = memory.remembered if memory is not None else None
    with closing(_read(report, judges, memory)) as batches:
        for batch in batches:
            identities = placing.take(batch.findings)
            tally.add(batch)
            collected.add(batch.digests, batch.kinds, identities)
            collected.is_possible = collected.is_possible and batch.speaks_for_itself
            if remembered is not None and not collected.is_possible:
                raise MemoryFails
    placement = placing.finish(remembered)
    if memory is not None:
        placing.remember(memory.mark, collected, remembered)
    if remembered is not None:
        tally.add_met(remembered.met)
    return tally, placement


def _read(report: Report, judges: Judges, memory: _Memory | None) -> Generator[ReadBatch]:
    """Give what has to be read; a large report that is read from its beginning to its end by another process."""
    key = judges.writer.secret_key()
    if report.slices is None or memory is None:
        batches = batches_of(report, judges.batch, key)
    else:
        batches = sliced_batches(report.slices, memory.remembered, judges.batch, key)
    is_whole = memory is None or memory.remembered is None
    return read_ahead(batches, judges.ahead) if judges.ahead and is_whole else batches


def _take_knowingly(
    reopen: Callable[[], Report], arrival: Arrival, judges: Judges
) -> tuple[Tally, Placement]:
    """Read everything twice to know, and once more to take it in."""
    known = Foreknowledge()
    recognition = Recognition(arrival, judges.writer, judges.workspace)
    for some in _outlines(reopen(), judges):
        recognition.foresee(some, known)
    recognition = Recognition(arrival, judges.writer, judges.workspace, known)
    for some in _outlines(reopen(), judges):
        recognition.foresee_worst(some, known)
    return _take(reopen(), Placing(arrival, judges, known), judges, None)


def _outlines(report: Report, judges: Judges) -> Iterator[Gists]:
    key = judges.writer.secret_key()
    while some := list(islice(report.records, judges.batch)):
        yield outlines_of((each for each in some if isinstance(each, Observation)), key)
