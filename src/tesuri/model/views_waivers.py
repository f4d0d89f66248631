"""View of the waivers: what each covers, whether it still holds, and what is accepted by them all."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tesuri.model.estate import Exposure
from tesuri.model.event import Event
from tesuri.model.finding import Finding
from tesuri.model.identifiers import ServiceId, WaiverId
from tesuri.model.severity import Severity
from tesuri.model.violation import Violation


class WaiverState(StrEnum):
    """Whether a waiver holds, what needs a look first."""

    VOID = "void"
    """It would still run, and holds nothing of what it was for."""
    UNUSED = "unused"
    """It holds, and for a day nothing has needed it."""
    ACTIVE = "active"
    UPCOMING = "upcoming"
    EXPIRED = "expired"


class WaiverFlaw(StrEnum):
    """What somebody should look at."""

    VOID = "void"
    UNUSED = "unused"
    RENEWED_OFTEN = "renewed-often"
    REVIEW_DUE = "review-due"
    ENDS_SOON = "ends-soon"
    EXPIRED = "expired"
    COVERS_ALL = "covers-all"
    """Its scope reads nothing of a finding."""
    UNKNOWN_CONTROL = "unknown-control"
    """It lists a control that is not there."""


@dataclass(frozen=True, slots=True)
class WaiverRow:
    """One waiver in one line."""

    id: WaiverId
    state: WaiverState
    state_reason: str
    """Why it is void; empty otherwise."""
    scope: str
    """Its expression; empty where it lists violations."""
    violations: tuple[Violation, ...]
    reason: str
    requester: str
    approvers: tuple[str, ...]
    created_at: datetime
    approved_at: datetime
    expires_at: datetime
    review_on: datetime | None
    days_left: int
    """Whole days, rounded up; 0 when it ended."""
    life_days: int
    """From approval to end, rounded up."""
    longest_days: int
    """The longest life of its worst severity."""
    renewals: int
    severity: Severity | None
    exposure: Exposure | None
    compensating_control: str
    flaws: tuple[WaiverFlaw, ...]
    findings: int
    """Findings that it hides now: accepted exposure."""
    voided: int
    """Open findings that it no longer hides, since it is void for them."""
    services: tuple[ServiceId, ...]
    """Of the findings that it hides, and of the violations that it lists."""
    used_at: datetime | None
    """When a gate last let something pass by it; None when none is remembered."""
    source: str
    """File that declares it."""


@dataclass(frozen=True, slots=True)
class WaiversView:
    """Every waiver: void and unused ones first, then by end; expired ones last, the newest first."""

    rows: tuple[WaiverRow, ...]
    accepted_findings: int
    """Findings that waivers hide now: accepted exposure, a figure of its own."""
    accepted_before_deployment: int
    """Those of them that no budget counts, since they are not deployed."""
    is_use_known: bool
    """False without a store: then nobody knows what is unused, void for a finding, or accepted."""


@dataclass(frozen=True, slots=True)
class WaiverView:
    """One waiver with all that it hides."""

    row: WaiverRow
    findings: tuple[Finding, ...]
    """What it hides now, by key."""
    voided: tuple[tuple[Finding, str], ...]
    """What it no longer hides since it is void for it, with the reason."""
    history: tuple[Event, ...]
    """What it did to findings, oldest first."""
