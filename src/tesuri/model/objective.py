"""Objectives: how soon, for which share, over which window; and how much may go wrong."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

from tesuri.model.decision import Outcome
from tesuri.model.identifiers import ObjectiveId


class Counted(StrEnum):
    """What a budget counts the hours of."""

    FINDINGS = "findings"
    """Overdue hours of findings of one triage outcome."""
    COMPONENTS = "components"
    """Hours of components out of support among all: the legacy budget."""


class ClockStart(StrEnum):
    """From when on the objective's time counts."""

    DETECTED = "detected"
    """From when the finding was opened."""
    FIX_AVAILABLE = "fix-available"
    """From when there was a fix for the vulnerability; never late before it was opened."""


@dataclass(frozen=True, slots=True)
class Objective:
    """A deadline rule that people agreed on."""

    id: ObjectiveId
    title: str
    title_ja: str
    outcome: Outcome | None
    """Findings with this triage outcome fall under it, unless `where` says no; None where it counts components."""
    objective_seconds: int
    """D: from the clock's start to the due date; a day where components are counted, to tell hours in."""
    target: Fraction
    """T: share that is to be on time, below 1."""
    window_seconds: int
    """W: rolling window."""
    where: str = ""
    """CEL over `finding`; empty means every finding of the outcome."""
    agreed_by: str = ""
    agreed_on: date | None = None
    review_on: date | None = None
    tolerance: int = 0
    """k: findings that may be overdue at once without consuming budget."""
    cap: int | None = None
    """Most findings counted at once; None counts all (overdue hours), 1 gives time slices."""
    source: str = "built-in"
    clock: ClockStart = ClockStart.DETECTED
    counts: Counted = Counted.FINDINGS

    def text(self, language: str) -> str:
        """Give the objective as a sentence in the reader's language."""
        return self.title_ja if language == "ja" and self.title_ja else self.title


class PolicyState(StrEnum):
    """How much an owner may still get wrong, best first."""

    AMPLE = "ample"
    LOW = "low"
    UNKNOWN = "unknown"
    SPENT = "spent"
    BREACHED = "breached"

    @property
    def rank(self) -> int:
        """Order: the highest is the worst and decides (words: breached, spent, unknown, low, ample)."""
        return _RANKS[self]


_RANKS = {state: rank for rank, state in enumerate(PolicyState)}


def worst_policy_state(states: "tuple[PolicyState, ...]") -> PolicyState:
    """Give the state that decides among several budgets; no budget at all is *unknown*."""
    return max(states, key=lambda state: state.rank, default=PolicyState.UNKNOWN)


class IncidentGrade(StrEnum):
    """What an incident debits: a breach the whole allowance, others part of it."""

    BREACH = "breach"
    INCIDENT = "incident"
    NEAR_MISS = "near-miss"

    @property
    def debit(self) -> Fraction:
        """Share of the allowance that it consumes (words: Breach)."""
        return {
            IncidentGrade.BREACH: Fraction(1),
            IncidentGrade.INCIDENT: Fraction(1, 2),
            IncidentGrade.NEAR_MISS: Fraction(1, 10),
        }[self]


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that went wrong and debits the budgets of a service."""

    id: str
    grade: IncidentGrade
    service: str
    declared_at: datetime
    title: str = ""
    closed_at: datetime | None = None
    """When its debit ends early: first actions done and two people agreed; else None."""
    actions_done_at: datetime | None = None
    """When the first actions of its postmortem were done; without it nothing ends early."""
