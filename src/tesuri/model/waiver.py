"""Waivers: an approved departure that always ends."""

from dataclasses import dataclass
from datetime import datetime

from tesuri.model.estate import Exposure
from tesuri.model.identifiers import WaiverId
from tesuri.model.severity import Severity
from tesuri.model.violation import Violation


@dataclass(frozen=True, slots=True)
class Waiver:
    """Somebody other than the requester agreed that it may stay as it is, until a date."""

    id: WaiverId
    scope: str
    """CEL over `finding`: what it covers; empty where it lists violations."""
    reason: str
    requester: str
    approvers: tuple[str, ...]
    created_at: datetime
    approved_at: datetime
    expires_at: datetime
    review_on: datetime | None = None
    compensating_control: str = ""
    renewals: int = 0
    severity: Severity | None = None
    """Worst severity that it may cover; None: any whose longest life it stays within."""
    violations: tuple[Violation, ...] = ()
    """Exactly what it covers, where it has no scope."""
    exposure: Exposure | None = None
    """Widest exposure that it covers; None: that of when it was first applied, where that is known."""
    source: str = ""
    """File that declares it, relative to the workspace."""
