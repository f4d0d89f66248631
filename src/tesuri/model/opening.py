"""Findings that a scan opens, with their first decision: what most of a first import consists of.

The same as an OPENED event and a DECIDED event each; the store writes many of them at once, and the current row with
the decision in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from tesuri.model.decision import Outcome
from tesuri.model.identifiers import FindingKey, GroupKey, Identity, ObjectiveId


@dataclass(frozen=True, slots=True, eq=False)
class FirstDecision:
    """A decision as it stands at an opening; findings of equal facts share one record."""

    outcome: Outcome
    decision: int
    objective: ObjectiveId | None
    objective_seconds: int | None
    due_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class SharedFacts:
    """What findings of one rule and place have in common in their rows; one record for all of them."""

    kind: str
    rule: str
    severity: str
    group: GroupKey
    asset: str
    service: str | None
    owner_source: str
    score: float | None
    decision: FirstDecision | None
    """None where triage has to look at more than the observation."""


class Opening(NamedTuple):
    """One finding that is opened; a tuple, because there are a million of them."""

    key: FindingKey
    identity: Identity
    title: str
    detail: str
    """JSON text, as the finding keeps it."""
    here: str
    """JSON text, what the scope's tool says."""
    shared: SharedFacts


@dataclass(frozen=True, slots=True)
class Openings:
    """Some findings that one scan opens, each for the first time."""

    scope: int
    scan: int
    opened_at: datetime
    actor: str
    is_neutral: bool
    findings: Sequence[Opening]
