"""A budget: all that a page, a command or a gate says of one objective of one owner at one time.

Amounts are exact: whole seconds or `Fraction`. Rounding is for whoever renders.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from tesuri.model.identifiers import ObjectiveId
from tesuri.model.later import Later
from tesuri.model.objective import IncidentGrade, PolicyState


class OwnerKind(StrEnum):
    """Whose budget it is."""

    SERVICE = "service"
    TEAM = "team"
    JOURNEY = "journey"


class AlertAction(StrEnum):
    """What an alert does when it fires."""

    PAGE = "page"
    TICKET = "ticket"


@dataclass(frozen=True, slots=True)
class Owner:
    """Who has the budget."""

    kind: OwnerKind
    id: str


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Agreed time, as it concerns one owner, that counts neither as late nor as part of the window."""

    start_at: datetime
    end_at: datetime
    reason: str
    approved_by: str


@dataclass(frozen=True, slots=True)
class Debit:
    """What an incident took from the allowance, while it does."""

    incident: str
    grade: IncidentGrade
    start_at: datetime
    end_at: datetime
    """After the window, or when two people closed it."""
    seconds: Fraction


@dataclass(frozen=True, slots=True)
class AlertRule:
    """Fires when the burn rate of a long and of a short window both exceed a factor."""

    name: str
    action: AlertAction
    long_seconds: int
    short_seconds: int
    factor: Fraction


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert rule with what it sees now."""

    rule: AlertRule
    long_burn: Fraction
    short_burn: Fraction
    is_firing: bool
    late_at_once: int
    """How many findings that are late during the whole long window make it fire."""
    late_by_seconds: int = 0
    """The scan interval where it is too long for the short window: late by up to one scan; else 0."""


@dataclass(frozen=True, slots=True)
class ForecastAlert:
    """A ticket when the budget will be gone soon if nothing is closed."""

    within_seconds: int
    zero_at: datetime | None
    is_firing: bool


@dataclass(frozen=True, slots=True)
class TrendAlert:
    """A ticket when more findings of a week were late than the target lets chance explain."""

    due: int
    late: int
    probability: Fraction | None
    """Of so many or more among those due, on target; None under 20 due: too few to say."""
    is_firing: bool


Series = Sequence[tuple[datetime, Fraction]]
"""(Instant, seconds left), in order; it may be made at the first look."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What comes of closing as usual."""

    closings_per_window: Fraction
    """The usual pace: median of the four quarters of the past window, times four."""
    line: Series


@dataclass(frozen=True, slots=True)
class Forecast:
    """When the budget reaches zero, and the way there."""

    zero_if_nothing_closed: datetime | None
    """None when it never does: what is late rolls out of the window in time."""
    if_nothing_closed: Series
    pace: Later[Pace]

    @property
    def closings_per_window(self) -> Fraction:
        """The usual pace: median of the four quarters of the past window, times four."""
        return self.pace.value.closings_per_window

    @property
    def at_usual_pace(self) -> Series:
        """What is left on the way of closing as usual."""
        return self.pace.value.line


@dataclass(frozen=True, slots=True)
class BudgetDetails:
    """What only the page of a budget shows of it."""

    burn_rates: Mapping[int, Fraction]
    due: int
    on_time: int
    alerts: tuple[Alert, ...]
    forecast_alert: ForecastAlert
    trend_alert: TrendAlert
    contributions: tuple[tuple[str, int], ...]
    waiting_for_fix: int = 0
    exposed_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """One objective of one owner, as of one instant."""

    objective: ObjectiveId
    owner: Owner
    as_of: datetime
    window_seconds: int
    objective_seconds: int
    target: Fraction
    allowance_seconds: Fraction
    """A: how late everything together may be in one window."""
    consumed_seconds: Fraction
    """Overdue seconds in the window, plus debits."""
    remaining: Fraction
    """1 − consumed / allowance; below 0 when more was used than there was."""
    state: PolicyState
    reason: str
    """Why this state, in English: "12% of the allowance is left"."""
    misses_allowed: int
    """Whole findings that may each be a full objective late."""
    misses_used: int
    misses_left: int
    overdue_now: int
    open_not_due: int
    coverage: Fraction | None
    debits: tuple[Debit, ...]
    forecast: Forecast
    series: Series
    """Budget left over the past window, at every change or at 400 even steps."""
    details: Later[BudgetDetails]
    """Made at the first look."""

    @property
    def burn_rates(self) -> Mapping[int, Fraction]:
        """Window in seconds → burn rate; 1 uses the allowance up in exactly one window."""
        return self.details.value.burn_rates

    @property
    def due(self) -> int:
        """Findings that fell due in the window."""
        return self.details.value.due

    @property
    def on_time(self) -> int:
        """Those of them that were never late."""
        return self.details.value.on_time

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """The burn alerts with what they see now."""
        return self.details.value.alerts

    @property
    def forecast_alert(self) -> ForecastAlert:
        """The ticket that it will be gone soon."""
        return self.details.value.forecast_alert

    @property
    def trend_alert(self) -> TrendAlert:
        """The ticket that more were late than chance explains."""
        return self.details.value.trend_alert

    @property
    def contributions(self) -> tuple[tuple[str, int], ...]:
        """(Unit, overdue seconds in the window), most first; units that were never late are left out."""
        return self.details.value.contributions

    @property
    def waiting_for_fix(self) -> int:
        """Open ones that cannot be late, because there is no fix and time counts from one."""
        return self.details.value.waiting_for_fix

    @property
    def exposed_seconds(self) -> int | None:
        """Known-vulnerable time in the window, in units times seconds: open while there was a fix.

        None where the objective does not count from a fix.
        """
        return self.details.value.exposed_seconds

    @property
    def remaining_seconds(self) -> Fraction:
        """What is left, in seconds of lateness."""
        return self.allowance_seconds - self.consumed_seconds

    @property
    def misses_left_exact(self) -> Fraction:
        """What is left, in misses with their part: 1.48 of 3."""
        return self.remaining_seconds / self.objective_seconds


@dataclass(frozen=True, slots=True)
class RollUp:
    """Several budgets together: hours add up, percentages do not; the worst member decides."""

    consumed_seconds: Fraction
    allowance_seconds: Fraction
    remaining: Fraction | None
    """None without any member."""
    state: PolicyState
    worst: Budget | None
    """The member that decides: worst state, then least remaining."""
    members: int
