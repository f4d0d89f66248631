"""A finding: something that somebody has to do, with its states and its episode."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from tesuri.model.decision import Outcome
from tesuri.model.identifiers import (
    AssetId,
    FindingKey,
    GroupKey,
    Identity,
    ObjectiveId,
    ServiceId,
    WaiverId,
)
from tesuri.model.observation import Kind
from tesuri.model.severity import Severity


class State(StrEnum):
    """Whether it still is there; changed by evidence or by a recorded decision only."""

    OPEN = "open"
    FIXED = "fixed"
    WAIVED = "waived"
    NOT_AFFECTED = "not-affected"
    FALSE_POSITIVE = "false-positive"
    MITIGATED = "mitigated"
    GONE = "gone"


class Work(StrEnum):
    """How far the people who do it are."""

    NEW = "new"
    TRIAGED = "triaged"
    IN_PROGRESS = "in-progress"
    AWAITING_VERIFICATION = "awaiting-verification"


@dataclass(frozen=True, slots=True)
class Finding:
    """The current row of one finding (one identity, one episode): a cache of the journal."""

    key: FindingKey
    identity: Identity
    episode: int
    kind: Kind
    rule: str
    title: str
    severity: Severity
    """The worst that any tool says of it."""
    state: State
    work: Work
    group: GroupKey
    opened_at: datetime
    asset: AssetId
    """The target as scans name it when no asset is declared for it."""
    is_current: bool = True
    """False for an episode that a later one replaced."""
    service: ServiceId | None = None
    owner_source: str = ""
    closed_at: datetime | None = None
    due_at: datetime | None = None
    outcome: Outcome | None = None
    objective: ObjectiveId | None = None
    decision: int | None = None
    is_stale: bool = False
    is_neutral: bool = False
    """True for a verdict before deployment: it counts in no budget."""
    regression_of: FindingKey | None = None
    waiver: WaiverId | None = None
    description: str = ""
    remedy: str = ""
    advisories: tuple[str, ...] = ()
    weaknesses: tuple[str, ...] = ()
    package: str = ""
    package_ecosystem: str = ""
    package_namespace: str = ""
    installed_version: str = ""
    fixed_versions: tuple[str, ...] = ()
    path: str = ""
    line: int = 0
    method: str = ""
    url: str = ""
    parameter: str = ""
    resource: str = ""
    resource_type: str = ""
    cvss_score: float | None = None
    cvss_vector: str = ""
    has_fix: bool | None = None
    links: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    """Every part of the resource that violates, of a gate's own verdict."""


class CountedFinding(NamedTuple):
    """What budgets need of a finding beside its clock: a million of these fit where findings do not."""

    key: FindingKey
    objective: ObjectiveId | None
    service: ServiceId | None
    group: GroupKey
