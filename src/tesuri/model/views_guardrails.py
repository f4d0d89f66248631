"""Views of controls: what stands against each, and which requirements of a framework they answer to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tesuri.model.control import Point
from tesuri.model.identifiers import ControlId


@dataclass(frozen=True, slots=True)
class ControlStanding:
    """What the store knows of one control: findings of our own gates and of every tool that says the same."""

    open: int = 0
    undeployed: int = 0
    """Those of the open ones that were seen before deployment only."""
    waived: int = 0
    observed_at: datetime | None = None
    """When something last spoke of it: a scan that still sees it, or a gate; None when nothing ever did."""


@dataclass(frozen=True, slots=True)
class SeenBy:
    """One control that answers to a requirement."""

    control: ControlId
    title: Mapping[str, str]
    points: tuple[Point, ...]
    """Where it acts."""
    standing: ControlStanding | None = None
    """None without a store."""


@dataclass(frozen=True, slots=True)
class RequirementRow:
    """One requirement with the controls that answer to it."""

    requirement: str
    title: Mapping[str, str]
    group: str
    group_title: Mapping[str, str]
    framework: str
    """Where it stands: the framework itself, or one that it includes."""
    controls: tuple[SeenBy, ...]
    unseen: Mapping[str, str]
    """By language: why no control sees it; empty where one does, and where the file gives no reason."""

    @property
    def is_seen(self) -> bool:
        """Whether some control answers to it."""
        return bool(self.controls)


@dataclass(frozen=True, slots=True)
class FrameworkView:
    """One framework: every requirement, seen or not, in its order."""

    id: str
    aliases: tuple[str, ...]
    title: Mapping[str, str]
    source: str
    rows: tuple[RequirementRow, ...]
    answered_at: Mapping[Point, datetime] = field(default_factory=dict)
    """When each gate last answered a change; without those that never did."""

    @property
    def seen(self) -> int:
        """Requirements that some control answers to."""
        return sum(row.is_seen for row in self.rows)
