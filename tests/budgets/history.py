"""Short ways to write down what happened, in hours after one fixed instant."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

from tesuri.budgets.clock import run_clock
from tesuri.budgets.evaluate import evaluate_budget
from tesuri.model.budget import Budget, Exclusion, Owner, OwnerKind
from tesuri.model.clock import Clock, ClockFact, Closed, Decided, Opened
from tesuri.model.decision import Outcome
from tesuri.model.finding import State
from tesuri.model.identifiers import ObjectiveId
from tesuri.model.objective import Incident, IncidentGrade, Objective

HOUR = 3600
START = datetime(2026, 1, 1, tzinfo=UTC)
IMMEDIATE = Objective(
    id=ObjectiveId("immediate-48h"),
    title="Immediate findings are closed within 48 hours",
    title_ja="",
    outcome=Outcome.IMMEDIATE,
    objective_seconds=48 * HOUR,
    target=Fraction(95, 100),
    window_seconds=28 * 24 * HOUR,
)
NOW = 672
EXAMPLE: dict[str, tuple[float, float | None]] = {
    "A": (10, 30),
    "B": (100, 140),
    "C": (200, 254),
    "D": (300, 320),
    "E": (380, 425),
    "F": (500, 560),
    "G": (640, None),
    "H": (560, 600),
}
"""The example of docs/budgets.md: opened at, closed at."""


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def in_hours(moment: datetime | None) -> float | None:
    return None if moment is None else (moment - START) / timedelta(hours=1)


def late_hours(clock: Clock) -> list[tuple[float | None, float | None]]:
    return [(in_hours(start), in_hours(end)) for start, end in clock.overdue]


def decided(hours: float, objective_hours: int | None = 48) -> Decided:
    return Decided(at(hours), None if objective_hours is None else objective_hours * HOUR)


def closed(hours: float, state: State = State.FIXED) -> Closed:
    return Closed(at(hours), state)


def clock_with(*facts: ClockFact) -> Clock:
    """A finding that is opened and decided on (48 h) at hour 0."""
    return run_clock([Opened(at(0)), decided(0), *facts])


def lived(opened: float, ended: float | None, objective_hours: int = 48) -> Clock:
    facts: list[ClockFact] = [Opened(at(opened)), decided(opened, objective_hours)]
    return run_clock(facts if ended is None else [*facts, closed(ended)])


def example() -> list[tuple[str, Clock]]:
    return [(unit, lived(*life)) for unit, life in EXAMPLE.items()]


def late_for(hours: float, *, until: float = NOW) -> Clock:
    """One finding that is late since that long and still open."""
    return lived(until - hours - 48, None)


def incident(grade: IncidentGrade, declared: float, ended: float | None = None) -> Incident:
    end = None if ended is None else at(ended)
    return Incident("INC-1", grade, "checkout", at(declared), closed_at=end)


def budget(
    clocks: list[tuple[str, Clock]],
    *,
    now: float = NOW,
    objective: Objective = IMMEDIATE,
    coverage: Fraction | None = Fraction(1),
    incidents: tuple[Incident, ...] = (),
    exclusions: tuple[Exclusion, ...] = (),
    scan_hours: int = 1,
) -> Budget:
    return evaluate_budget(
        objective,
        clocks,
        now=at(now),
        owner=Owner(OwnerKind.SERVICE, "checkout"),
        coverage=coverage,
        incidents=incidents,
        exclusions=exclusions,
        scan_interval_seconds=scan_hours * HOUR,
    )
