"""Views of findings: the list, and the page of one group with the path of its decision."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from tesuri.model.decision import Outcome
from tesuri.model.effort import Effort
from tesuri.model.event import EventKind
from tesuri.model.finding import State, Work
from tesuri.model.identifiers import (
    AssetId,
    ControlId,
    FindingKey,
    GroupKey,
    ObjectiveId,
    ServiceId,
    WaiverId,
)
from tesuri.model.objective import PolicyState
from tesuri.model.severity import Severity
from tesuri.model.views import Do


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One finding in one line."""

    key: FindingKey
    group: GroupKey
    title: str
    severity: Severity
    state: State
    work: Work
    asset: AssetId
    first_seen_at: datetime
    title_ja: str = ""
    service: ServiceId | None = None
    owner: str = ""
    owner_ja: str = ""
    outcome: Outcome | None = None
    due_at: datetime | None = None
    late_seconds: int = 0
    is_stale: bool = False
    is_exploited: bool = False
    """In the list of known exploited vulnerabilities."""
    came_back: bool = False
    advisories: tuple[str, ...] = ()
    package: str = ""
    place: str = ""
    """Path with line, resource or URL: where to look inside the asset."""
    tools: tuple[str, ...] = ()
    waiver: WaiverId | None = None


class HiddenReason(StrEnum):
    """Why a row that matches is not shown."""

    WAIVED = "waived"
    NOT_AFFECTED = "not-affected"
    FALSE_POSITIVE = "false-positive"
    MITIGATED = "mitigated"
    CLOSED = "closed"
    """Fixed or gone."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """Rows that are left out, counted."""

    reason: HiddenReason
    count: int
    query: str
    """Query that shows them."""
    waivers: tuple[WaiverId, ...] = ()


@dataclass(frozen=True, slots=True)
class QueryError:
    """A part of the query that nobody can follow; the rows ignore it."""

    text: str
    """The part as it was typed."""
    what: str
    """One sentence, as BadInput says it."""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value that the rows have, with how many of them."""

    value: str
    count: int
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """A field of the query language with the values that would narrow the rows."""

    field: str
    """severity, state, outcome, service, kind, tool …: the word of the query language."""
    values: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True)
class FindingsView:
    """A page of findings that match a query."""

    query: str
    rows: tuple[FindingRow, ...]
    total: int
    """All rows that match, on every page."""
    first: int = 1
    """1-based number of the first row of this page."""
    groups: int = 0
    hidden: tuple[Hidden, ...] = ()
    errors: tuple[QueryError, ...] = ()
    next_cursor: str = ""
    """Keyset cursor of the next page; empty on the last."""
    facets: tuple[Facet, ...] = ()
    all_findings: int = 0
    """Rows without any query: tells "nothing matches" from "nothing was ever imported"."""
    last_scan_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PathAnswer:
    """One question of a decision with every answer that it could have had."""

    question: str
    """exploitation, exposure, automatable, human_impact …"""
    options: tuple[str, ...]
    """As the table names them, most urgent first."""
    value: str
    """The chosen one of `options`."""
    reason: str
    """English sentence as triage wrote it, and below its Japanese; empty where triage has none."""
    source: str
    reason_ja: str = ""
    observed_at: datetime | None = None
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class NextStep:
    """One answer that would lead to another outcome."""

    question: str
    value: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class DecisionPath:
    """Why this priority: what was asked, what was answered, what came out, what would change it."""

    table: str
    row: int
    """0-based, shown as row + 1 of `rows`."""
    rows: int
    outcome: Outcome
    answers: tuple[PathAnswer, ...]
    decided_at: datetime | None = None
    would_change: tuple[NextStep, ...] = ()
    """Single answers that raise or lower the outcome, most urgent first."""


@dataclass(frozen=True, slots=True)
class LateEffect:
    """What lateness of the group costs."""

    objective: ObjectiveId
    title: str
    title_ja: str
    objective_seconds: int
    cost_seconds_a_day: int
    """24 h for each service that the group is late in: budget that a late day takes."""
    state: PolicyState
    remaining_seconds: int
    late_others: int = 0
    """Other findings that are late under the same budget now."""
    service: ServiceId | None = None


class HistoryKind(StrEnum):
    """Lines of a history that no single journal event says."""

    NEXT_SCAN = "next-scan"


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One thing that happened, newest last, or that is to come."""

    kind: EventKind | HistoryKind
    at: datetime
    actor: str = ""
    """A person, `scan:<tool>`, `feed:<name>`, `policy` or `gate:<point>`."""
    reason: str = ""
    """As the journal has it."""
    count: int = 1
    """Findings of the group that it happened to at once."""
    is_to_come: bool = False


@dataclass(frozen=True, slots=True)
class Remedy:
    """How to fix it, as far as the sources say."""

    package: str = ""
    installed_versions: tuple[str, ...] = ()
    fixed_versions: tuple[str, ...] = ()
    text: str = ""
    """The source's or the control's own words; never translated."""
    text_ja: str = ""
    links: tuple[str, ...] = ()
    """http and https only."""


@dataclass(frozen=True, slots=True)
class GuardedBy:
    """A control that could have stopped it."""

    control: ControlId
    title: str
    title_ja: str = ""


@dataclass(frozen=True, slots=True)
class GroupView:
    """The page of one group: one fix, N resources."""

    key: GroupKey
    do: Do
    title: str
    severity: Severity
    work: Work
    """Least advanced of its open findings."""
    state: State
    """`open` while any finding is."""
    rows: tuple[FindingRow, ...]
    """Findings that are shown, most urgent first."""
    total: int
    """Findings of the group that are not hidden."""
    first_seen_at: datetime
    title_ja: str = ""
    owner: str = ""
    owner_ja: str = ""
    owner_source: str = ""
    """services/checkout.yaml, CODEOWNERS, tag, default …; empty with no owner."""
    outcome: Outcome | None = None
    due_at: datetime | None = None
    late_seconds: int = 0
    closed_at: datetime | None = None
    advisories: tuple[str, ...] = ()
    services: tuple[ServiceId, ...] = ()
    open_to_internet: int = 0
    """Of `total`."""
    tools: tuple[str, ...] = ()
    cvss_score: float | None = None
    cvss_vector: str = ""
    epss: Fraction | None = None
    exploited_since: datetime | None = None
    decision: DecisionPath | None = None
    hidden: tuple[Hidden, ...] = ()
    effort: Effort | None = None
    effect: LateEffect | None = None
    """None when no objective covers it."""
    remedy: Remedy = field(default_factory=Remedy)
    guarded_by: tuple[GuardedBy, ...] = ()
    history: tuple[HistoryLine, ...] = ()
