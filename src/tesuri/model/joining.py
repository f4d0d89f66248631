"""What the store keeps of findings that may turn out to be one: rows and sightings as they are stored.

Flows decide what becomes of two of them (`flows.merge_findings`); see words.md for what one finding is.
"""

from dataclasses import dataclass

from tesuri.model.identifiers import FindingKey, Identity


@dataclass(frozen=True, slots=True)
class KeptSighting:
    """What one scope says of a finding, as stored."""

    scope: int
    first_scan: int
    missed_scan: int | None
    absent_scan: int | None
    detail: str
    """JSON text: rule, severity and version as this tool gives them."""


@dataclass(frozen=True, slots=True)
class StoredFinding:
    """The row of one episode, past and merged ones too; instants are whole seconds since 1970."""

    key: FindingKey
    identity: Identity
    is_current: bool
    kind: str
    rule: str
    severity: str
    state: str
    work: str
    group: str
    """Text key of its group, which names the vulnerability."""
    asset: str
    opened_at: int
    closed_at: int | None
    due_at: int | None
    outcome: str | None
    objective: str | None
    decision: int | None
    is_stale: bool
    is_neutral: bool
    waiver: str | None
    score: float | None
    detail: str
    merged_into: FindingKey | None
    sightings: tuple[KeptSighting, ...]
    """By scope."""
