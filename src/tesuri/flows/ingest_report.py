"""Take one report into the store: identity, merging, lifecycle, triage, all in one transaction.

The same file twice changes nothing. Absence is judged only for complete scans that are the newest of
their scope; a report that does not say what was scanned is taken as partial unless a target is given.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from tesuri.flows.inspect_reports import open_report
from tesuri.flows.pause_collection import paused_collection
from tesuri.flows.place_findings import Placement, place_arrivals
from tesuri.flows.recognise_findings import Arrival
from tesuri.model.observation import Informational, Observation, Report, Skipped, Suppressed
from tesuri.model.standing import ReportFigures
from tesuri.model.workspace import Workspace
from tesuri.ports import Store
from tesuri.triage.masking import mask
from tesuri.triage.table import DecisionTable

_SKIPPED_EXAMPLES = 100
_UNNAMED = (
    "The report does not say what was scanned, so nothing is closed by absence; "
    "name it with --target."
)
_UNFINISHED = "The tool says that its scan did not finish, so nothing is closed by absence."


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """What the caller knows beyond the report itself."""

    target: str = ""
    is_partial: bool = False
    scanned_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class IngestSummary:
    """What one report changed; `records` is findings + suppressed + informational + skipped."""

    file: str
    format: str
    tool: str
    target: str
    scanned_at: datetime
    is_known: bool
    """This very file was taken in before; nothing changed."""
    is_partial: bool
    records: int
    findings: int
    suppressed: int
    informational: int
    skipped: int
    placement: Placement
    notes: tuple[str, ...] = ()
    skipped_examples: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class _Tally:
    """Counts of a report while its records stream by."""

    observations: list[Observation] = field(default_factory=list)
    suppressed: int = 0
    informational: int = 0
    skipped: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def of(cls, report: Report) -> "_Tally":
        """Read every record of the report."""
        tally = cls()
        for record in report.records:
            match record:
                case Observation():
                    tally.observations.append(record)
                case Suppressed():
                    tally.suppressed += 1
                case Informational():
                    tally.informational += 1
                case Skipped():
                    tally.skipped.append((record.pointer, mask(record.reason)))
        return tally

    @property
    def records(self) -> int:
        """Every record, whatever became of it."""
        return len(self.observations) + self.suppressed + self.informational + len(self.skipped)


@paused_collection()
def ingest_report(
    data: bytes,
    *,
    where: str,
    store: Store,
    workspace: Workspace,
    table: DecisionTable,
    now: datetime,
    options: IngestOptions = IngestOptions(),
) -> IngestSummary:
    """Take one report in and say what it changed.

    **raises** BadInput when the file cannot be read as a report; nothing is stored then.
    """
    report = open_report(data, where=where, mappings=workspace.mappings)
    tally = _Tally.of(report)
    named = mask(options.target or report.target)
    target = named or f"file://{where.rpartition('/')[2]}"
    is_partial = options.is_partial or not named or not report.is_complete
    digest = hashlib.sha256(data).hexdigest()
    with store.write(now) as writer:
        place = writer.place_scan(
            tool=report.tool,
            target=target,
            configuration=report.configuration,
            scanned_at=report.scanned_at or options.scanned_at,
            content=digest,
            is_complete=not is_partial,
        )
        is_known = writer.has_report(place.scan, digest)
        placement = Placement(known=len(tally.observations))
        if not is_known:
            writer.add_report(place.scan, _figures(digest, where, report, tally))
            arrival = Arrival(tally.observations, report.tool, target, place, not is_partial)
            placement = place_arrivals(
                arrival, writer=writer, workspace=workspace, table=table, now=now
            )
    return IngestSummary(
        file=where,
        format=report.format,
        tool=report.tool,
        target=target,
        scanned_at=place.scanned_at,
        is_known=is_known,
        is_partial=is_partial,
        records=tally.records,
        findings=len(tally.observations),
        suppressed=tally.suppressed,
        informational=tally.informational,
        skipped=len(tally.skipped),
        placement=placement,
        notes=_notes(named, report, options),
        skipped_examples=tuple(tally.skipped[:_SKIPPED_EXAMPLES]),
    )


def _notes(named: str, report: Report, options: IngestOptions) -> tuple[str, ...]:
    if options.is_partial:
        return ()
    unnamed = () if named else (_UNNAMED,)
    return unnamed if report.is_complete else (*unnamed, _UNFINISHED)


def _figures(digest: str, where: str, report: Report, tally: _Tally) -> ReportFigures:
    return ReportFigures(
        digest=digest,
        file=where,
        format=report.format,
        format_version=report.version,
        tool_version=report.tool_version,
        findings=len(tally.observations),
        suppressed=tally.suppressed,
        informational=tally.informational,
        skipped=len(tally.skipped),
        skipped_examples=tuple(tally.skipped[:_SKIPPED_EXAMPLES]),
    )
