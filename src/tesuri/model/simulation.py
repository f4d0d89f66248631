"""A simulation: what the budgets would say if an objective, the capacity or the arrival were otherwise."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from tesuri.model.identifiers import ObjectiveId, ServiceId
from tesuri.model.objective import PolicyState


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be otherwise; what is left out stays as it is."""

    objective: ObjectiveId | None = None
    """Only this one is shown; needed to change `within`, `target` or `window`."""
    within: str = ""
    """D as files write it: 24h."""
    target: str = ""
    window: str = ""
    clock: str = ""
    """detected or fix-available."""
    capacity_minutes: int | None = None
    """A week, of the team that is asked about."""
    arrival_factor: Fraction = Fraction(1)

    @property
    def objective_texts(self) -> dict[str, str]:
        """Give what changes of the objective itself, by key of its file."""
        texts = {
            "within": self.within,
            "target": self.target,
            "window": self.window,
            "clock": self.clock,
        }
        return {key: text for key, text in texts.items() if text}


@dataclass(frozen=True, slots=True)
class Throughput:
    """Work that comes and goes, in groups."""

    open_now: int
    arrivals_per_week: Fraction
    closings_per_week: Fraction
    objective_seconds: int

    @property
    def growth_per_week(self) -> Fraction:
        """Give how much the backlog grows a week; negative while it shrinks."""
        return self.arrivals_per_week - self.closings_per_week

    @property
    def open_at_most(self) -> Fraction:
        """Give how many may be open at once, on average, if all close in time: λ · D (Little's law)."""
        return self.arrivals_per_week * self.objective_seconds / WEEK_SECONDS

    @property
    def usual_seconds_open(self) -> Fraction | None:
        """Give how long one is open on average, L / λ (Little's law); None when nothing arrives."""
        if self.arrivals_per_week == 0:
            return None
        return self.open_now * WEEK_SECONDS / self.arrivals_per_week


WEEK_SECONDS = 604_800


@dataclass(frozen=True, slots=True)
class Case:
    """One budget under one set of assumptions."""

    state: PolicyState
    remaining: Fraction
    remaining_seconds: Fraction
    allowance_seconds: Fraction
    overdue_now: int
    zero_if_nothing_closed: datetime | None
    """None when it does not come within one window."""
    zero_at_pace: datetime | None
    """When what comes and goes at these rates uses it up; None when not within one window."""
    throughput: Throughput


@dataclass(frozen=True, slots=True)
class SimulatedRow:
    """One objective at one service, as it is and as it would be."""

    objective: ObjectiveId
    title: str
    title_ja: str
    service: ServiceId | None
    now: Case
    then: Case


@dataclass(frozen=True, slots=True)
class Simulation:
    """Every budget that was asked about, worst afterwards first."""

    rows: tuple[SimulatedRow, ...]
    capacity_minutes: int | None
    """Declared, a week, of the team that was asked about; None where nobody asked or declared."""
    new_capacity_minutes: int | None
    arrival_factor: Fraction
    observed_seconds: int
    """The longest stretch that the rates were counted over."""
