"""What a person is shown, as exact values: the seam between the flows and both faces.

A flow fills these records from the store, the web and the command line render them. Times are aware
UTC, shares are Fractions, spans are seconds; no sentence is made here, so both languages and both
faces say the same. Findings and groups are in `views_findings`, budgets in `views_slo`, services in
`views_services`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

from tesuri.model.decision import Outcome
from tesuri.model.effort import Effort
from tesuri.model.estate import Team
from tesuri.model.identifiers import GroupKey, ObjectiveId, ServiceId, TeamId
from tesuri.model.objective import Counted, PolicyState
from tesuri.model.severity import Severity


@dataclass(frozen=True, slots=True)
class StaleSource:
    """A tool that has not reported in time, so what it watches is unknown."""

    tool: str
    last_scanned_at: datetime | None
    """None when it never completed a scan."""
    assets: int
    """Assets that are unknown because of it."""


@dataclass(frozen=True, slots=True)
class NavCounts:
    """Numbers beside the entries of the navigation."""

    findings: int
    """Open findings of the scope."""
    services: int
    objectives: int
    controls: int = 0
    waivers: int = 0


@dataclass(frozen=True, slots=True)
class Shell:
    """What surrounds every page."""

    company: str
    company_ja: str
    data_as_of: datetime | None
    """Newest scan or event that was taken in; None on an empty installation."""
    counts: NavCounts
    teams: tuple[Team, ...]
    team: TeamId | None = None
    """Scope of the page; None means every team."""
    stale_sources: tuple[StaleSource, ...] = ()
    workspace_problem: str = ""
    """Why changed files of the workspace are not taken over; empty where all are."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of what we run a scan has seen in time."""

    seen: int
    total: int
    unknown: int
    """Assets nobody can say anything about now; `seen + unknown` is `total`."""
    window_seconds: int = 86_400

    @property
    def share(self) -> Fraction | None:
        """Seen of total; None when there is nothing to see."""
        return Fraction(self.seen, self.total) if self.total else None


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """One budget (an objective at a service, or over the whole scope) in one line."""

    objective: ObjectiveId
    title: str
    title_ja: str
    service: ServiceId | None
    """None for the sum over the scope."""
    state: PolicyState
    remaining_seconds: int
    """May be below zero: that much was overspent."""
    allowance_seconds: int
    miss_seconds: int
    """One whole miss: a finding that is late by its whole objective."""
    outcome: Outcome | None = None
    owner: str = ""
    """Team title as declared; empty when nobody owns it."""
    owner_ja: str = ""
    late_now: int = 0
    open_now: int = 0
    zero_at: datetime | None = None
    """When it reaches zero if nothing is closed; None when it does not within the window."""
    coverage: Coverage | None = None
    counts: Counted = Counted.FINDINGS

    @property
    def misses_left(self) -> Fraction:
        """Whole and partial misses that are left, never below zero."""
        return Fraction(max(0, self.remaining_seconds), self.miss_seconds)

    @property
    def misses_allowed(self) -> Fraction:
        """Whole and partial misses that the allowance has room for."""
        return Fraction(self.allowance_seconds, self.miss_seconds)


class WhyKind(StrEnum):
    """A reason to do it now; each has its sentence in `wording`."""

    EXPLOITED = "exploited"
    """In a list of exploited vulnerabilities since `at`."""
    PUBLIC_EXPLOIT = "public-exploit"
    LIKELY_EXPLOITED = "likely-exploited"
    """EPSS `share` within 30 days."""
    OPEN_TO_INTERNET = "open-to-internet"
    """`count` of `total` resources."""
    LEAKED = "leaked"
    """A secret that was found where others can read it."""
    LATE = "late"
    """Overdue, and each day costs `seconds` of budget."""
    KEEPS_BUDGET = "keeps-budget"
    """Closing it now keeps the budget of `name` above zero."""
    SPENDS_BUDGET = "spends-budget"
    """Left open, the budget of `name` is gone on `at`."""
    DUE_THIS_WEEK = "due-this-week"
    CAME_BACK = "came-back"
    """Fixed before, seen again `at`."""
    FIX_EXISTS = "fix-exists"
    NO_FIX = "no-fix"
    CRITICAL_SERVICE = "critical-service"
    """`name` is a service of tier 0 or 1."""
    UNOWNED = "unowned"
    """Nobody owns it since `at`."""
    UNKNOWN_INPUT = "unknown-input"
    """`count` answers of its decision are defaults."""


@dataclass(frozen=True, slots=True)
class Why:
    """One reason with the values that its sentence needs."""

    kind: WhyKind
    count: int = 0
    total: int = 0
    seconds: int = 0
    share: Fraction | None = None
    at: datetime | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Do:
    """A unit of work as an order to a person: Upgrade openssl to 3.0.16."""

    title: str
    title_ja: str = ""
    """Empty when the source has no Japanese title."""


@dataclass(frozen=True, slots=True)
class WeekRow:
    """One unit of work in the ranked list."""

    rank: int
    """1-based over both parts of the list."""
    group: GroupKey
    do: Do
    severity: Severity
    why: tuple[Why, ...]
    effort: Effort
    due_at: datetime | None
    late_seconds: int = 0
    """0 while it is on time."""
    services: tuple[ServiceId, ...] = ()
    owner: str = ""
    owner_ja: str = ""
    person: str = ""
    restored_seconds: int = 0
    """Budget that closing it now would save until the window ends."""
    outcome: Outcome | None = None
    findings: int = 1


class CapacitySource(StrEnum):
    """Where the hours of the week come from."""

    DECLARED = "declared"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Capacity:
    """Hours that the scope has for this work in this week."""

    minutes: int
    source: CapacitySource
    teams: int = 1
    """Teams whose hours were added."""


@dataclass(frozen=True, slots=True)
class LateNow:
    """What is overdue at this moment."""

    findings: int
    groups: int
    longest_seconds: int
    cost_seconds_a_day: int
    """Budget that a day costs while nothing is closed."""
    services: tuple[ServiceId, ...] = ()
    """Worst first."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a person has to say before the machine can judge."""

    unowned_findings: int = 0
    unowned_assets: int = 0
    unlabelled_services: int = 0
    """Services without tier or exposure: triage takes SSVC's default for them."""
    skipped_records: int = 0
    """Records of reports that could not be read."""


@dataclass(frozen=True, slots=True)
class DueWeek:
    """How many open findings fall due in one week."""

    starts_on: date
    count: int


@dataclass(frozen=True, slots=True)
class WeekView:
    """This week: what fits the capacity, what does not, and what budgets are left."""

    starts_on: date
    ends_on: date
    """Last day of the week, inclusive."""
    capacity: Capacity
    planned_minutes: int
    planned: tuple[WeekRow, ...]
    later: tuple[WeekRow, ...]
    """The first rows below the line, in order."""
    later_total: int
    carried_risk: Fraction | None
    """Share of all open risk that stays below the line; None when there is none."""
    late: LateNow
    coverage: Coverage
    waiting: Waiting
    budgets: tuple[BudgetRow, ...]
    """The least budget of each service, least first; the first one is the page's first number."""
    budgets_total: int
    last_scan_at: datetime | None = None
    due_weeks: tuple[DueWeek, ...] = ()
    """This week and the next twelve; empty leaves the strip out."""
