"""Views of controls: what stands against each, and which requirements of a framework they answer to."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from tesuri.model.control import Point
from tesuri.model.identifiers import ControlId, WaiverId
from tesuri.model.objective import PolicyState
from tesuri.model.severity import Severity


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


class Sight(StrEnum):
    """What is known of a requirement, worst first."""

    OPEN = "open"
    """A finding stands open against one of its controls."""
    UNOBSERVED = "unobserved"
    """Nothing ever spoke of one of its controls: that is no proof that it is met."""
    UNSEEN = "unseen"
    """No control can see it."""
    CLEAR = "clear"
    """All of its controls were spoken of, and nothing stands open."""


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

    @property
    def sight(self) -> Sight:
        """Give what is known of it: the worst that stands against its controls, never a pass without a look."""
        if not self.controls:
            return Sight.UNSEEN
        standings = [each.standing or ControlStanding() for each in self.controls]
        if any(each.open for each in standings):
            return Sight.OPEN
        if any(each.observed_at is None for each in standings):
            return Sight.UNOBSERVED
        return Sight.CLEAR

    @property
    def open(self) -> int:
        """Give how many findings stand open against its controls."""
        return sum(each.standing.open for each in self.controls if each.standing)

    @property
    def observed_at(self) -> datetime | None:
        """Give when something last spoke of one of its controls."""
        told = (each.standing.observed_at for each in self.controls if each.standing)
        return max((at for at in told if at is not None), default=None)

    @property
    def points(self) -> tuple[Point, ...]:
        """Give where its controls act, in the order of points."""
        acting = {point for each in self.controls for point in each.points}
        return tuple(point for point in Point if point in acting)


@dataclass(frozen=True, slots=True)
class FrameworkView:
    """One framework: every requirement, seen or not, in its order."""

    id: str
    aliases: tuple[str, ...]
    title: Mapping[str, str]
    source: Mapping[str, str]
    rows: tuple[RequirementRow, ...]
    answered_at: Mapping[Point, datetime] = field(default_factory=dict)
    """When each gate last answered a change; without those that never did."""

    @property
    def seen(self) -> int:
        """Requirements that some control answers to."""
        return sum(row.is_seen for row in self.rows)

    @property
    def by_sight(self) -> Mapping[Sight, int]:
        """Give how many requirements are known how."""
        counts = Counter(row.sight for row in self.rows)
        return {sight: counts[sight] for sight in Sight}


class Effect(StrEnum):
    """What a failing control does at a point."""

    BLOCKS = "blocks"
    WARNS = "warns"
    OBSERVES = "observes"
    CANNOT = "cannot"


class Area(StrEnum):
    """What a control is about; the headings of the matrix, in their order."""

    IDENTITY = "identity"
    NETWORK = "network"
    DATA = "data"
    WORKLOAD = "workload"
    DETECTION = "detection"
    OTHER = "other"


class Strength(StrEnum):
    """The most that a control does to a change before it is real, at a policy state."""

    STOPS = "stops"
    WARNS = "warns"
    WATCHES = "watches"
    """It is observed after the fact only."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One control at one point."""

    effect: Effect
    reason: str = ""
    """Why it cannot; empty where it can."""
    is_stricter: bool = False
    """Whether the chosen policy state makes it stricter than an ample budget does."""


@dataclass(frozen=True, slots=True)
class GuardrailFilter:
    """What the matrix is narrowed to; an empty word narrows nothing."""

    severity: str = ""
    area: str = ""
    framework: str = ""
    point: str = ""
    strength: str = ""
    text: str = ""
    """Part of an id, a title or a resource type, in any case."""


@dataclass(frozen=True, slots=True)
class GuardrailRow:
    """One control at every point."""

    control: ControlId
    title: Mapping[str, str]
    severity: Severity
    resource: str
    area: Area
    strength: Strength
    cells: Mapping[Point, Cell]
    share: Fraction | None
    """Of the assets, those whose service put a change through a gate that it stands in; None before any answer."""
    standing: ControlStanding
    waivers: tuple[WaiverId, ...]
    """Waivers that hide one of its findings, or name it."""

    @property
    def rail(self) -> tuple[Point, ...]:
        """Give the points from the first that blocks to the last where it acts; empty where none blocks."""
        points = list(self.cells)
        effects = [self.cells[point].effect for point in points]
        if Effect.BLOCKS not in effects:
            return ()
        last = max(place for place, effect in enumerate(effects) if effect is not Effect.CANNOT)
        return tuple(points[effects.index(Effect.BLOCKS) : last + 1])


@dataclass(frozen=True, slots=True)
class FacetWord:
    """One word that would narrow the matrix, with how many controls would remain."""

    word: str
    count: int
    title: Mapping[str, str] = field(default_factory=dict)
    """By language, for words that carry a title of their own (frameworks); empty for fixed words."""


@dataclass(frozen=True, slots=True)
class GuardrailsView:
    """The matrix at one policy state."""

    state: PolicyState
    current: PolicyState
    """The worst state of the scope's services: what its gates follow now."""
    counts: Mapping[Strength, int]
    """Of every control, whatever the matrix is narrowed to."""
    rows: tuple[GuardrailRow, ...]
    """All that match, by area, severity and id."""
    facets: Mapping[str, tuple[FacetWord, ...]]
    """By field of the filter; counted over what every other field leaves."""
    point_shares: Mapping[Point, Fraction]
    """Share of the assets whose service put a change through this gate; without those that never answered."""
    asked: GuardrailFilter = GuardrailFilter()

    @property
    def total(self) -> int:
        """Every control."""
        return sum(self.counts.values())
