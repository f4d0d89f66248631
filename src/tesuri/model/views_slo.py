"""Views of budgets: the list of objectives, and the page of one with its burn-down."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from tesuri.model.budget import AlertAction
from tesuri.model.control import GateAnswer, Point
from tesuri.model.finding import State
from tesuri.model.identifiers import ControlId, FindingKey, ObjectiveId, ServiceId, WaiverId
from tesuri.model.objective import Objective, PolicyState
from tesuri.model.severity import Severity
from tesuri.model.views import BudgetRow, Coverage


@dataclass(frozen=True, slots=True)
class SloListView:
    """Every budget of the scope, least first."""

    rows: tuple[BudgetRow, ...]
    """One row an objective: its least healthy member, which gates follow. Worst first."""
    members: tuple[BudgetRow, ...] = ()
    """One row an objective and service, worst first."""


@dataclass(frozen=True, slots=True)
class BudgetPoint:
    """What was, or will be, left at an instant."""

    at: datetime
    remaining_seconds: int


@dataclass(frozen=True, slots=True)
class Miss:
    """A finding that used budget; its letter stands on the line and in the table."""

    letter: str
    """A, B, C … in the order of due dates; empty beyond Z."""
    finding: FindingKey
    title: str
    severity: Severity
    service: ServiceId | None
    due_at: datetime
    late_seconds: int
    """Inside the window."""
    state: State
    closed_at: datetime | None = None
    title_ja: str = ""


class LaneKind(StrEnum):
    """What stands on the lane under the axis."""

    INCIDENT = "incident"
    WAIVER_LAPSED = "waiver-lapsed"
    WAIVER_LAPSES = "waiver-lapses"


@dataclass(frozen=True, slots=True)
class LaneMark:
    """An event beside the line."""

    kind: LaneKind
    name: str
    """INC-44, WVR-66."""
    starts_at: datetime
    ends_at: datetime | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class BurnDown:
    """The line of one budget: what was left, and where it goes."""

    starts_at: datetime
    now: datetime
    ends_at: datetime
    """Right edge: as far as the forecast reaches."""
    allowance_seconds: int
    miss_seconds: int
    points: tuple[BudgetPoint, ...]
    """In time order from `starts_at` to `now`; each value holds until the next point."""
    if_nothing_closed: tuple[BudgetPoint, ...] = ()
    """From `now`; straight between points; ends where it reaches zero or at `ends_at`."""
    usual_pace: tuple[BudgetPoint, ...] = ()
    """From `now` to `ends_at`; empty when there were too few fixes to say."""
    even_pace: tuple[BudgetPoint, ...] = ()
    """Two points, or none when it means nothing for the window."""
    zero_at: datetime | None = None
    marks: tuple[LaneMark, ...] = ()


@dataclass(frozen=True, slots=True)
class OnTime:
    """How many that fell due in the window were closed in time, with what that can mean."""

    on_time: int
    due: int
    low: Fraction | None = None
    """Interval of the share (Jeffreys, 95 %); None with nothing due."""
    high: Fraction | None = None

    @property
    def share(self) -> Fraction | None:
        """On time of due; None with nothing due."""
        return Fraction(self.on_time, self.due) if self.due else None


class AlertKind(StrEnum):
    """What an alert looks at."""

    BURN = "burn"
    FORECAST = "forecast"
    BINOMIAL = "binomial"


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One alert as a sentence with what it sees now."""

    kind: AlertKind
    action: AlertAction
    long_seconds: int
    """Long window of a burn alert, horizon of a forecast."""
    short_seconds: int = 0
    threshold: Fraction | None = None
    findings: int = 0
    """Findings that have to be late all through the long window for it to fire."""
    burn_long: Fraction | None = None
    """None when nobody can tell."""
    burn_short: Fraction | None = None
    seconds_to_zero: int | None = None
    """Of the forecast; None when it does not reach zero."""
    is_firing: bool = False
    delay_seconds: int = 0
    """Late by up to one scan; 0 when scans are frequent enough."""
    last_fired_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StateGates:
    """What the gates answer at one policy state when a control fails."""

    state: PolicyState
    is_current: bool
    warns: int
    """Controls that warn."""
    blocks: int
    blocking: tuple[ControlId, ...] = ()
    """Controls that block here, of `blocks`; may be shortened."""
    changes: int | None = None
    """Last changes that were replayed against it, with …"""
    would_stop: int | None = None
    """… how many it would have stopped; None when no change was recorded."""


@dataclass(frozen=True, slots=True)
class GateRow:
    """A change that a gate answered."""

    answered_at: datetime
    change: str
    """File, pull request or resource that was looked at."""
    point: Point
    answer: GateAnswer
    state: PolicyState
    failed: int = 0
    unknown: int = 0
    control: ControlId | None = None
    """The control that decided; None for allow."""


@dataclass(frozen=True, slots=True)
class NotCounted:
    """What is neutral in this budget, counted so that nobody wonders."""

    waived: int = 0
    unknown: int = 0
    """Their source is stale."""
    not_yet_due: int = 0
    waivers: tuple[WaiverId, ...] = ()
    without_fix: int = 0
    """Groups that wait for a fix, where time counts from one."""


@dataclass(frozen=True, slots=True)
class NextDue:
    """The finding that is due next under the objective."""

    finding: FindingKey
    due_at: datetime


@dataclass(frozen=True, slots=True)
class ComponentRow:
    """Something that runs, as its legacy budget sees it."""

    name: str
    """Product and version."""
    service: ServiceId | None
    asset: str
    """Where it was seen; empty where the service declares it."""
    is_known: bool
    """It is known until when it is supported, or that no end is."""
    supported_until: datetime | None
    """First instant without support; None where no end is known."""
    seconds_out: int
    """How long it ran out of support within the window."""
    is_there: bool = True
    """It runs now; else it was there in the window."""


@dataclass(frozen=True, slots=True)
class RunningView:
    """What a scope runs on, or did within the window."""

    rows: tuple[ComponentRow, ...]
    """Those that used most first, then those whose support ends first."""
    untracked: int
    """Listed components of products of which no end of support is published."""


@dataclass(frozen=True, slots=True)
class SloView:
    """The page of one objective, over the scope or at one service."""

    objective: Objective
    budget: BudgetRow
    state_reason: str
    """Why the state is what it is, as `budgets` wrote it; see `Phrases.said`."""
    on_time: OnTime
    burn_down: BurnDown
    misses: tuple[Miss, ...] = ()
    """Those that used most of the budget, in the order of due dates."""
    misses_total: int = 0
    used_seconds: int = 0
    cost_seconds_a_day: int = 0
    due_in_window: int = 0
    """Open findings that fall due before the chart ends."""
    next_due: NextDue | None = None
    alerts: tuple[AlertRow, ...] = ()
    gates: tuple[StateGates, ...] = ()
    """Best state first."""
    answers: tuple[GateRow, ...] = ()
    """Newest first."""
    not_counted: NotCounted = field(default_factory=NotCounted)
    coverage: Coverage | None = None
    members: tuple[BudgetRow, ...] = ()
    """The same objective at each service of the scope, worst first."""
    deciding: BudgetRow | None = None
    """The member that gates follow, where `budget` is a sum."""
    service: ServiceId | None = None
    exposed_seconds: int | None = None
    """Known-vulnerable time in the window; None where time does not count from a fix."""
    running: RunningView | None = None
    """Of a legacy budget."""


@dataclass(frozen=True, slots=True)
class SloKey:
    """Which budget is meant."""

    objective: ObjectiveId
    service: ServiceId | None = None
