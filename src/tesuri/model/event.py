"""The journal's vocabulary: one event for each change that happened, with who and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tesuri.model.identifiers import FindingKey


class EventKind(StrEnum):
    """What changed. Ids are permanent: a journal is read years later."""

    OPENED = "opened"
    REOPENED = "reopened"
    CLOSED = "closed"
    DECIDED = "decided"
    WORK_CHANGED = "work-changed"
    OWNER_CHANGED = "owner-changed"
    SEEN_BY = "seen-by"
    MISSED = "missed"
    CHANGED = "changed"
    WAIVED = "waived"
    WAIVER_ENDED = "waiver-ended"
    STALE = "stale"
    FRESH = "fresh"
    LINKED = "linked"
    INCIDENT_DECLARED = "incident-declared"
    POLICY_STATE_CHANGED = "policy-state-changed"
    GATE_ANSWERED = "gate-answered"
    COMMENTED = "commented"
    GROUP_RENAMED = "group-renamed"
    MERGED = "merged"
    """Two findings turned out to be one: told of both, the one that stays and the one that it takes up."""
    UNMERGED = "unmerged"
    RELINKED = "relinked"
    """A finding goes by another identity as well."""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the journal."""

    kind: EventKind
    happened_at: datetime
    """When it was true; budgets count by it."""
    actor: str
    """A person, `scan:<tool>`, `feed:<name>`, `policy` or `gate:<point>`."""
    finding: FindingKey | None = None
    """None for events of an owner or of the whole workspace."""
    reason: str = ""
    payload: Mapping[str, object] = field(default_factory=dict)
    """What changed, JSON types only."""
