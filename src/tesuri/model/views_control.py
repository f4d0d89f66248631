"""Views of one control: its entry in the catalogue, and what stands against it now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tesuri.model.control import Point, VerdictKind
from tesuri.model.finding import State
from tesuri.model.identifiers import ControlId, FindingKey, ServiceId, WaiverId
from tesuri.model.objective import PolicyState
from tesuri.model.severity import Severity
from tesuri.model.views_guardrails import Area, Cell, ControlStanding
from tesuri.model.views_slo import GateRow


@dataclass(frozen=True, slots=True)
class Example:
    """One of the control's cases: an input with the verdict that it gets."""

    point: Point
    name: str
    verdict: VerdictKind
    address: str
    message: str
    text: str
    """The input in its own words, as YAML."""


@dataclass(frozen=True, slots=True)
class AnsweredRequirement:
    """One requirement that the control answers to."""

    framework: str
    framework_title: Mapping[str, str]
    requirement: str
    title: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """What the catalogue says of one control; the same for everybody."""

    control: ControlId
    version: str
    title: Mapping[str, str]
    statement: Mapping[str, str]
    severity: Severity
    resource: str
    area: Area
    require: str
    answerable: str
    is_always_blocking: bool
    points: Mapping[PolicyState, Mapping[Point, Cell]]
    """What it does at each policy state."""
    remedy: Mapping[str, Mapping[str, str]]
    """Where one mends it (console, cli, terraform, kubernetes) → language → how."""
    answers_to: tuple[AnsweredRequirement, ...]
    same_as: Mapping[str, tuple[str, ...]]
    """Tool, or a list of others → its ids that say the same."""
    good: tuple[Example, ...]
    """One for each point that has one."""
    bad: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class AgainstControl:
    """One finding of a control."""

    finding: FindingKey
    title: str
    resource: str
    service: ServiceId | None
    state: State
    waiver: WaiverId | None
    is_undeployed: bool
    opened_at: datetime
    due_at: datetime | None
    late_seconds: int


@dataclass(frozen=True, slots=True)
class ControlView:
    """One control with what stands against it in a scope."""

    entry: CatalogueEntry
    current: PolicyState
    standing: ControlStanding
    findings: tuple[AgainstControl, ...]
    """Open ones first, then waived ones; the first of them."""
    findings_total: int
    """Open and waived ones."""
    waivers: tuple[tuple[WaiverId, datetime], ...]
    """Those that hide one of its findings or name it, with their ends."""
    answers: tuple[GateRow, ...]
    """Last answers of gates that it decided, newest first."""
