"""Say what taking reports in would change, by taking them in for real and taking it all back.

The files see each other, in their order, as they would when taken in. Nothing is judged here: the counts are
those of `ingest_report`, the lines are the events that it would have written.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tesuri.flows.intake.ingest_report import IngestOptions, IngestSummary, ingest_report
from tesuri.model.errors import BadInput
from tesuri.model.event import Event, EventKind
from tesuri.model.finding import Finding
from tesuri.model.identifiers import FindingKey
from tesuri.model.workspace import Workspace
from tesuri.ports import Reader, Rehearsal, Store, Writer
from tesuri.triage.table import DecisionTable
from tesuri.untrusted.byte_source import Document


class Change(StrEnum):
    """What a report would do to one finding."""

    OPENS = "opens"
    COMES_BACK = "comes-back"
    REOPENS = "reopens"
    MERGES = "merges"
    """Another tool reported it before: one finding, two observations."""
    JOINS = "joins"
    """Two findings of the store turn out to be one."""
    CHANGES = "changes"
    """Known, and the report tells something new of it."""
    MISSES = "misses"
    CLOSES = "closes"


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One finding that a report would change."""

    file: str
    change: Change
    finding: FindingKey | None
    """None for a finding that the store does not have yet."""
    regression_of: FindingKey | None
    joined: FindingKey | None
    """The finding that would be merged into this one."""
    severity: str
    title: str
    asset: str
    service: str | None
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What the reports would do, in their order; a file that cannot be read is in `refused`."""

    reports: tuple[IngestSummary, ...]
    rows: tuple[ChangeRow, ...]
    refused: tuple[str, ...]
    """One sentence for each file that nobody could read; it would change nothing."""


@dataclass(frozen=True, slots=True)
class _Rehearsing:
    """A store of which every transaction is a part of one rehearsal."""

    rehearsal: Rehearsal

    def read(self) -> AbstractContextManager[Reader]:
        """Give the rehearsal: it sees what it has written."""
        return nullcontext(self.rehearsal)

    def write(
        self,
        recorded_at: datetime,  # noqa: ARG002 - the rehearsal has its own time
        *,
        in_bulk: bool = False,  # noqa: ARG002 - nothing is kept
    ) -> AbstractContextManager[Writer]:
        """Give the rehearsal to write to."""
        return nullcontext(self.rehearsal)

    def rehearse(self, recorded_at: datetime) -> AbstractContextManager[Rehearsal]:  # noqa: ARG002 - as above
        """Give the rehearsal itself."""
        return nullcontext(self.rehearsal)


def preview_reports(
    files: Iterable[tuple[str, Document]],
    *,
    store: Store,
    workspace: Workspace,
    table: DecisionTable,
    now: datetime,
    options: IngestOptions,
) -> Preview:
    """Give what taking these files in, one after the other, would change; nothing is stored.

    **raises** Unavailable when the store is.
    """
    reports: list[IngestSummary] = []
    rows: list[ChangeRow] = []
    refused: list[str] = []
    with store.rehearse(now) as rehearsal:
        known = _Known()
        for name, data in files:
            start = len(rehearsal.appended)
            try:
                summary = ingest_report(
                    data,
                    where=name,
                    store=_Rehearsing(rehearsal),
                    workspace=workspace,
                    table=table,
                    now=now,
                    options=options,
                )
            except BadInput as error:
                refused.append(str(error))
                continue
            reports.append(summary)
            rows += known.rows(name, rehearsal.appended[start:], rehearsal)
    return Preview(tuple(reports), tuple(rows), tuple(refused))


class _Known:
    """Tells findings that the store has from those that only this rehearsal has."""

    def __init__(self) -> None:
        """Begin with none that are new."""
        self._made: set[FindingKey] = set()

    def rows(self, name: str, events: Sequence[Event], reader: Reader) -> list[ChangeRow]:
        """Give the lines of one file, in the order of its events; one for each finding."""
        changes: dict[FindingKey, tuple[Change, Event]] = {}
        for event in events:
            change = _change_of(event)
            if event.finding is None or change is None:
                continue
            if event.kind is EventKind.OPENED:
                self._made.add(event.finding)
            # What was opened, and is at once known to be clean since, is a line of its opening.
            if change is Change.JOINS and event.finding in changes:
                changes.pop(event.finding)
            changes.setdefault(event.finding, (change, event))
        found = {each.key: each for each in reader.findings_by_key(changes)}
        return [
            self._row(name, change, event, found[key])
            for key, (change, event) in changes.items()
            if key in found
        ]

    def _row(self, name: str, change: Change, event: Event, finding: Finding) -> ChangeRow:
        previous, joined = event.payload.get("regression_of"), event.payload.get("merged")
        return ChangeRow(
            file=name,
            change=change,
            finding=None if finding.key in self._made else finding.key,
            regression_of=FindingKey(previous) if isinstance(previous, int) else None,
            joined=FindingKey(joined) if isinstance(joined, int) else None,
            severity=finding.severity.value,
            title=finding.title,
            asset=finding.asset,
            service=finding.service,
            outcome=finding.outcome.value if finding.outcome else None,
        )


_PLAIN = {
    EventKind.REOPENED: Change.REOPENS,
    EventKind.MISSED: Change.MISSES,
    EventKind.CLOSED: Change.CLOSES,
    EventKind.CHANGED: Change.CHANGES,
}


def _change_of(event: Event) -> Change | None:
    if event.kind is EventKind.OPENED:
        return Change.COMES_BACK if "regression_of" in event.payload else Change.OPENS
    if event.kind is EventKind.SEEN_BY:
        seen = event.payload.get("seen")
        is_new = isinstance(seen, Mapping) and bool(seen.get("is_new"))
        return Change.MERGES if is_new else Change.CHANGES
    if event.kind is EventKind.MERGED:
        return Change.JOINS if "merged" in event.payload else None
    return _PLAIN.get(event.kind)
