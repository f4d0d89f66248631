"""Take one report into the store: identity, merging, lifecycle, triage, all in one transaction.

The same file twice changes nothing. Absence is judged only for complete scans that are the newest of
their scope; a report that does not say what was scanned is taken as partial unless a target is given.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tesuri.flows.intake.place_findings import Judges, Placement
from tesuri.flows.intake.recognise_findings import Arrival
from tesuri.flows.intake.take_records import ReportFile, Tally, take_records
from tesuri.flows.lifecycle.merge_findings import merge_named
from tesuri.flows.lifecycle.relink_rules import relink_rules
from tesuri.flows.pause_collection import paused_collection
from tesuri.model.observation import Report
from tesuri.model.standing import ReportFigures, ScanPlace
from tesuri.model.workspace import Workspace
from tesuri.ports import Ahead, Store, Writer
from tesuri.triage.masking import mask
from tesuri.triage.table import DecisionTable
from tesuri.untrusted.byte_source import Document, is_large, sha256_of

_UNNAMED = (
    "The report does not say what was scanned, so nothing is closed by absence; "
    "name it with --target."
)
_UNFINISHED = "The tool says that its scan did not finish, so nothing is closed by absence."
_INVENTORY = (
    "An inventory without vulnerabilities says nothing of their absence, so it closes no finding."
)
_USUAL_SKEW: Final = timedelta(minutes=1)
"""Clocks of two machines differ by so much without anybody's fault."""


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """What the caller knows beyond the report itself."""

    target: str = ""
    is_partial: bool = False
    scanned_at: datetime | None = None
    format: str = ""
    """Name of the report's format where its content does not tell it; empty to detect it."""


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
    joined: int = 0
    """Stored findings that turned out to be others, and were merged into them."""
    relinked: int = 0
    """Stored findings that are known by another name as well from now on."""
    notes: tuple[str, ...] = ()
    skipped_examples: tuple[tuple[str, str], ...] = ()


@paused_collection()
def ingest_report(
    data: Document,
    *,
    where: str,
    store: Store,
    workspace: Workspace,
    table: DecisionTable,
    now: datetime,
    options: IngestOptions = IngestOptions(),
    ahead: Ahead | None = None,
) -> IngestSummary:
    """Take one report in and say what it changed; `ahead` reads a large one beside writing what was read.

    **raises** BadInput when the file cannot be read as a report; nothing is stored then.
    """
    file = ReportFile(data, where, workspace, options.format)
    report = file.open()
    named = mask(options.target or report.target)
    target = named or f"file://{where.rpartition('/')[2]}"
    is_partial = options.is_partial or not named or not report.is_complete
    digest = sha256_of(data)
    with store.write(now, in_bulk=is_large(data)) as writer, writer.attempt():
        joined = relink_rules(writer, workspace=workspace, table=table, now=now)
        place = writer.place_scan(
            tool=report.tool,
            target=target,
            configuration=report.configuration,
            scanned_at=_scan_time(report, options),
            content=digest,
            is_complete=not is_partial,
        )
        if is_known := writer.has_report(place.scan, digest):
            tally = file.tally(writer.secret_key())
            placement = Placement(known=tally.findings)
        else:
            arrival = _arrival(report, target, place, is_whole=not is_partial)
            judges = Judges(writer, workspace, table, now, ahead=ahead if is_large(data) else None)
            tally, placement = take_records(report, arrival, judges, reopen=file.open)
            joined += merge_named(writer, workspace=workspace, table=table, now=now)
            writer.add_report(place.scan, _figures(digest, where, report, tally))
            _record_inventory(report, tally, writer, place, options)
    return IngestSummary(
        file=where,
        format=report.format,
        tool=report.tool,
        target=target,
        scanned_at=place.scanned_at,
        is_known=is_known,
        is_partial=is_partial,
        records=tally.records,
        findings=tally.findings,
        suppressed=tally.suppressed,
        informational=tally.informational,
        skipped=tally.skipped,
        placement=placement,
        joined=joined.merged + placement.joined,
        relinked=joined.relinked + placement.relinked,
        notes=(*_notes(named, report, options, now), *_narrowed(placement)),
        skipped_examples=tuple(tally.skipped_examples),
    )


def _arrival(report: Report, target: str, place: ScanPlace, *, is_whole: bool) -> Arrival:
    rules = frozenset(map(mask, report.rules))
    return Arrival((), report.tool, target, place, is_whole, rules=rules, form=report.format)


def _record_inventory(
    report: Report, tally: Tally, writer: Writer, place: ScanPlace, options: IngestOptions
) -> None:
    is_whole = report.is_inventory and not options.is_partial
    listed = [*report.components, *tally.components]
    writer.record_inventory(place, listed, is_whole=is_whole)


def _scan_time(report: Report, options: IngestOptions) -> datetime | None:
    return report.scanned_at or options.scanned_at


def _ahead(told: datetime | None, now: datetime) -> tuple[str, ...]:
    """Say that a report's time lies in the future, and what it counts as."""
    if told is None or told <= now + _USUAL_SKEW:
        return ()
    sentence = (
        f"The report says that it was made at {told:%Y-%m-%dT%H:%M:%SZ}, which has not come yet; it counts as made now. "
        "Correct the clock of the machine that scans."
    )
    return (sentence,)


def _narrowed(placement: Placement) -> tuple[str, ...]:
    if not (count := placement.uncovered):
        return ()
    who = "1 finding stays as it is" if count == 1 else f"{count:,} findings stay as they are"
    return (f"{who}: the report lists the rules that ran, and theirs is not among them.",)


def _notes(named: str, report: Report, options: IngestOptions, now: datetime) -> tuple[str, ...]:
    return (*_ahead(_scan_time(report, options), now), *_closes_nothing(named, report, options))


def _closes_nothing(named: str, report: Report, options: IngestOptions) -> tuple[str, ...]:
    """Say why a report that nobody called partial closes nothing by absence."""
    if options.is_partial:
        return ()
    unnamed = () if named else (_UNNAMED,)
    if report.is_complete:
        return unnamed
    return (*unnamed, _INVENTORY if report.is_inventory else _UNFINISHED)


def _figures(digest: str, where: str, report: Report, tally: Tally) -> ReportFigures:
    return ReportFigures(
        digest=digest,
        file=where,
        format=report.format,
        format_version=report.version,
        tool_version=report.tool_version,
        findings=tally.findings,
        suppressed=tally.suppressed,
        informational=tally.informational,
        skipped=tally.skipped,
        skipped_examples=tuple(tally.skipped_examples),
    )
