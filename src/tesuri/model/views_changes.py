"""Views of what is otherwise now than it was at an earlier time: of one finding, and of everything."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

from tesuri.model.decision import Outcome
from tesuri.model.finding import State
from tesuri.model.identifiers import FindingKey, ObjectiveId, ServiceId
from tesuri.model.objective import PolicyState
from tesuri.model.severity import Severity
from tesuri.model.signal import FeedName
from tesuri.model.views_explanation import InputName
from tesuri.model.views_findings import PathAnswer

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Moved(Generic[T]):
    """A value that is not what it was."""

    before: T
    after: T


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """One question of a decision whose answer, reason or source is another now."""

    question: str
    before: PathAnswer | None
    """None where it was not asked then."""
    after: PathAnswer | None


@dataclass(frozen=True, slots=True)
class InputChange:
    """What a report or a feed says otherwise now."""

    name: InputName
    source: str
    before: str
    """As the source had it; empty where it said nothing, or was not loaded."""
    after: str
    as_of_before: date | None = None
    """Day of the feed's copy then; None for a report, or while no copy was loaded."""
    as_of_after: date | None = None


@dataclass(frozen=True, slots=True)
class BudgetChange:
    """One budget, then and now."""

    objective: ObjectiveId
    service: ServiceId | None
    state: Moved[PolicyState]
    remaining_seconds: Moved[int]
    """Rounded down."""
    allowance_seconds: Moved[int]


@dataclass(frozen=True, slots=True)
class FindingChanges:
    """What is otherwise about one finding; None stands where nothing is."""

    since: datetime
    is_new: bool = False
    """Nobody had recorded it by then; everything below is empty."""
    state: Moved[State] | None = None
    severity: Moved[Severity] | None = None
    outcome: Moved[Outcome | None] | None = None
    due_at: Moved[datetime | None] | None = None
    service: Moved[ServiceId | None] | None = None
    answers: tuple[AnswerChange, ...] = ()
    inputs: tuple[InputChange, ...] = ()
    budget: BudgetChange | None = None
    """Of the budget that it burns now, or else then; given whether or not it differs."""


@dataclass(frozen=True, slots=True)
class DecisionChange:
    """A finding that was decided otherwise since."""

    finding: FindingKey
    outcome: Moved[Outcome | None]
    questions: tuple[str, ...]
    """Questions whose answer or reason is another one; empty where only the table is."""


@dataclass(frozen=True, slots=True)
class FeedChange:
    """A newer copy of a feed."""

    name: FeedName
    before: date | None
    """None while no copy was loaded."""
    after: date


@dataclass(frozen=True, slots=True)
class StateChange:
    """A service whose gates follow another policy state."""

    service: ServiceId
    state: Moved[PolicyState]


@dataclass(frozen=True, slots=True)
class Changes:
    """What is otherwise now, in the scope of a team or of everybody."""

    since: datetime
    is_empty: bool = False
    """Nothing at all was recorded by then."""
    opened: tuple[FindingKey, ...] = ()
    reopened: tuple[FindingKey, ...] = ()
    closed: tuple[FindingKey, ...] = ()
    """Open then, and neither open nor waived now."""
    decided: tuple[DecisionChange, ...] = ()
    feeds: tuple[FeedChange, ...] = ()
    listed: tuple[str, ...] = ()
    """CVEs of findings that were open then, listed as exploited since."""
    rescored: int = 0
    """Findings that were open then and whose EPSS score is another one now."""
    services: tuple[StateChange, ...] = ()
    budgets: tuple[BudgetChange, ...] = ()
    """Those whose state, or what remains of them, is not what it was."""
    restated: tuple[BudgetChange, ...] = ()
    """Figures of then that are others with what was recorded since: as shown then, and as known now of then."""
