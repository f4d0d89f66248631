"""One tool's reports in several forms, JSON and SARIF say: what the store knows of them and of what they show."""

from dataclasses import dataclass
from datetime import datetime

from tesuri.model.identifiers import FindingKey, Identity
from tesuri.model.observation import Kind


@dataclass(frozen=True, slots=True)
class FormReport:
    """One report that was taken in, by its scan and by the name of its format."""

    scan: int
    scanned_at: datetime
    form: str


@dataclass(frozen=True, slots=True)
class StandingPlace:
    """Where a finding that is not closed stands, as the tool told it last."""

    key: FindingKey
    identity: Identity
    kind: Kind
    asset: str
    rule: str
    """As the tool calls it."""
    path: str
    line: int
    first_scan: int
    """The scan that showed it first."""
    is_missed: bool
    """The newest scan lacks it, or several do."""
