"""View of one finding's priority: everything that led to it, each with its source and its age."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

from tesuri.model.identifiers import GroupKey, ObjectiveId
from tesuri.model.objective import ClockStart, PolicyState
from tesuri.model.observation import Kind
from tesuri.model.views import Do
from tesuri.model.views_findings import DecisionPath, FindingRow, HistoryLine


class InputName(StrEnum):
    """What a decision is made of besides its answers."""

    SEVERITY = "severity"
    CVSS = "cvss"
    KEV = "kev"
    EPSS = "epss"
    EXPLOIT = "exploit"


@dataclass(frozen=True, slots=True)
class ExplainedInput:
    """One thing that a report or a feed says of the finding."""

    name: InputName
    value: str
    """As the source has it: high, 9.8 with its vector, 0.42, a date, names of sources; empty: says nothing."""
    source: str
    """Tools of the report, or the feed."""
    as_of: date | None = None
    """Day of the feed's copy; its age is computed when rendering. None for a report."""


@dataclass(frozen=True, slots=True)
class DueReason:
    """When it is due, and why then."""

    objective: ObjectiveId
    title: str
    title_ja: str
    objective_seconds: int
    clock_started_at: datetime
    due_at: datetime | None
    """None while the clock does not run: deferred, or not deployed yet."""
    paused_seconds: int = 0
    """How long waivers held the clock still."""
    late_seconds: int = 0
    agreed_by: str = ""
    agreed_on: date | None = None
    source: str = ""
    """File of the objective, or built-in."""
    clock: ClockStart = ClockStart.DETECTED
    is_waiting_for_fix: bool = False
    """There is no fix, and time counts from one: it is not due and uses no budget."""


@dataclass(frozen=True, slots=True)
class Burning:
    """Which budget it burns, and how much it burnt so far."""

    objective: ObjectiveId
    state: PolicyState
    remaining_seconds: int
    """Of the budget, after everything; rounded down."""
    used_seconds: int
    """By the finding's group in the current window; a group counts once."""
    share: Fraction
    """Of the allowance."""
    is_neutral: bool = False
    """It counts in no budget until it is seen live."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why this finding has this priority, and what would change it."""

    now: datetime
    finding: FindingRow
    kind: Kind
    group: GroupKey
    do: Do
    owner_source: str
    """services/checkout.yaml, tag, default …; "nobody" when no rule gave one."""
    inputs: tuple[ExplainedInput, ...]
    decision: DecisionPath | None = None
    """None while it is not triaged."""
    due: DueReason | None = None
    """None when no objective covers it."""
    burning: Burning | None = None
    history: tuple[HistoryLine, ...] = ()
