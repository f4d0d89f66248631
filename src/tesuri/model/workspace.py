"""The workspace: everything that people declare as files in Git, as one frozen record.

A workspace without any file is valid: every field has the built-in default. Looking something up in it
is the work of `routing.ownership`, `routing.effort` and the flows; this record only holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tesuri.model.effort import DeclaredEffort
from tesuri.model.estate import Asset, Journey, Service, Team
from tesuri.model.identifiers import JourneyId, ServiceId, TeamId
from tesuri.model.objective import Incident, Objective, PolicyState
from tesuri.model.severity import Severity
from tesuri.model.waiver import Waiver

_DAY_SECONDS = 86_400

# From: design budgets.md (defer = waiver of at most 180 d); shorter for what hurts more.
LONGEST_WAIVER_SECONDS: Mapping[Severity, int] = {
    Severity.CRITICAL: 30 * _DAY_SECONDS,
    Severity.HIGH: 90 * _DAY_SECONDS,
    Severity.MEDIUM: 180 * _DAY_SECONDS,
    Severity.UNKNOWN: 180 * _DAY_SECONDS,
    Severity.LOW: 180 * _DAY_SECONDS,
}


@dataclass(frozen=True, slots=True)
class OwnershipRules:
    """How a thing finds its service when neither inventory nor service files name it."""

    service_tags: tuple[str, ...] = ("service",)
    """Keys of tags, labels and annotations whose value is a service id; the first present decides."""
    team_tags: tuple[str, ...] = ("owner", "team")
    """Keys whose value is a team id; used when no service is found through a tag."""
    tag_values: Mapping[str, ServiceId] = field(default_factory=dict)
    """`key=value` (or `key=prefix*`) → service, where the company's tags are not service ids."""
    namespaces: Mapping[str, ServiceId] = field(default_factory=dict)
    """Kubernetes namespace (globs allowed) → service."""
    paths: Mapping[str, ServiceId] = field(default_factory=dict)
    """Prefix of a Terraform module path or of a file path → service; the longest wins."""
    repositories: Mapping[str, ServiceId] = field(default_factory=dict)
    """Repository (globs allowed) → service."""
    default: ServiceId | None = None


@dataclass(frozen=True, slots=True)
class ExclusionWindow:
    """Agreed time that counts neither as overdue nor as window (at most 5 % of a window)."""

    starts_at: datetime
    ends_at: datetime
    reason: str
    approver: str
    services: tuple[ServiceId, ...] = ()
    """Empty: every service."""


@dataclass(frozen=True, slots=True, eq=False)
class Workspace:
    """What people declared, checked: references resolve and ids are unique.

    Equal only to itself, so that lookups can keep an index for each loaded workspace.
    """

    name: str = ""
    """Of the company; empty when nobody declared it."""
    name_ja: str = ""
    language: str = "en"
    """Of texts that have no single reader (reports, tickets): en or ja."""
    time_zone: str = ""
    """IANA name; empty: Asia/Tokyo for readers of Japanese, UTC for others."""
    services: Mapping[ServiceId, Service] = field(default_factory=dict)
    teams: Mapping[TeamId, Team] = field(default_factory=dict)
    journeys: Mapping[JourneyId, Journey] = field(default_factory=dict)
    assets: tuple[Asset, ...] = ()
    """The inventory, in order of id."""
    objectives: tuple[Objective, ...] = ()
    """Declared ones; empty means that the built-in ones hold (the loader has put them in)."""
    preset: str = ""
    """Name of the chosen set of objectives; they stand after the own ones."""
    triage_table: str = ""
    """Name of the decision table, own or built-in; empty: the built-in default."""
    triage_files: tuple[tuple[str, bytes], ...] = ()
    """Own decision tables as (path, content); the triage loader reads them."""
    control_files: tuple[tuple[str, bytes], ...] = ()
    """Own controls as (path, content); the control loader reads them."""
    framework_files: tuple[tuple[str, bytes], ...] = ()
    """Own frameworks as (path, content); the framework loader reads them."""
    waivers: tuple[Waiver, ...] = ()
    incidents: tuple[Incident, ...] = ()
    default_policy_state: PolicyState = PolicyState.UNKNOWN
    """Of an owner that nobody knows or that has no budget."""
    fail_on_unknown: bool = False
    """Whether an unknown verdict blocks at the gates before deployment."""
    default_capacity_minutes: int | None = None
    """Minutes a week of a team that declared none."""
    efforts: tuple[DeclaredEffort, ...] = ()
    ownership: OwnershipRules = OwnershipRules()
    exclusions: tuple[ExclusionWindow, ...] = ()
    longest_waiver_seconds: Mapping[Severity, int] = field(
        default_factory=lambda: LONGEST_WAIVER_SECONDS
    )
    mappings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Name of a home-made report format → our field → its column or path."""
    rule_controls: Mapping[str, str] = field(default_factory=dict)
    """Rule of a tool → the control that says the same; not declared, it comes along."""
    rego: Mapping[str, str] = field(default_factory=dict)
    """Rule of a policy in Rego (main.deny_public) → the control that it speaks for."""
    feeds: Mapping[str, str] = field(default_factory=dict)
    """Feed (kev, epss …) → file, relative to the workspace."""
    warnings: tuple[str, ...] = ()
    """What the loader met and did not use, one sentence each."""
