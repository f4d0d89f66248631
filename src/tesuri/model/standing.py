"""What the store knows of a finding when a new scan arrives: the input of the lifecycle."""

from dataclasses import dataclass
from datetime import datetime

from tesuri.model.finding import State, Work
from tesuri.model.identifiers import FindingKey, Identity
from tesuri.model.severity import Severity


@dataclass(frozen=True, slots=True)
class Standing:
    """The current episode of one identity, and what the scanned scope knew of it."""

    key: FindingKey
    identity: Identity
    episode: int
    state: State
    work: Work
    opened_at: datetime
    closed_at: datetime | None
    severity: Severity
    detail: str
    """The finding's stored detail (JSON text)."""
    detail_here: str | None
    """What this scope said last; None when it never saw the finding."""
    is_missed_here: bool = False
    """This scope did not see it in its last scan, or for longer."""
    missed_scan: int | None = None
    """The first complete scan of this scope without it, while it is missed here."""
    absent_scan: int | None = None
    """The second one, on which this scope was taken as clean; None while it is not."""
    is_waived: bool = False
    """A waiver was given to it and has not been ended."""
    is_neutral: bool = False
    """It is from before deployment, and its resource was not seen live."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """A finding that this scope saw before and the new scan does not contain."""

    key: FindingKey
    state: State
    work: Work
    missed_at: datetime | None
    """Time of the first complete scan without it; None when this one is the first."""
    missed_scan: int | None
    is_visible_elsewhere: bool
    """Some other scope still sees it (or has missed it once only)."""
    clean_elsewhere_at: datetime | None
    """Latest first-clean time among the other scopes that saw it."""
    scope: int
    """The one that saw it: the scan's own, or one that it supersedes."""
    told: str = ""
    """What this scope said of it, as it is stored."""


@dataclass(frozen=True, slots=True)
class ScanPlace:
    """Where a report belongs: its scope, its scan, and whether that is news."""

    scope: int
    scan: int
    scanned_at: datetime
    is_new_scan: bool
    is_newest: bool
    """No later scan of this scope was recorded."""
    is_complete: bool = True
    """Every part of the scan so far is complete."""
    clean_after: tuple[tuple[int, datetime], ...] = ()
    """Later complete scans of the scope, the first two; what only this scan contains is clean in them."""
    superseded: frozenset[int] = frozenset()
    """Scopes of the same tool under names that the target had before: what they saw last says nothing any more."""


@dataclass(frozen=True, slots=True)
class ReportFigures:
    """What is kept of a report beside its findings."""

    digest: str
    file: str
    format: str
    format_version: str
    tool_version: str
    findings: int
    suppressed: int
    informational: int
    skipped: int
    skipped_examples: tuple[tuple[str, str], ...] = ()
    """Pointer and reason, the first hundred."""
