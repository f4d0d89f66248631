"""Controls and their answers: rule, verdict on one resource, answer of a gate."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Final, overload

from tesuri.model.identifiers import ControlId, ServiceId, TeamId, WaiverId
from tesuri.model.objective import PolicyState
from tesuri.model.resource import KUBERNETES_PREFIX, Origin
from tesuri.model.severity import Severity


class Point(StrEnum):
    """Where a control acts; these seven ids everywhere."""

    COMMIT = "commit"
    PLAN = "plan"
    TEMPLATE = "template"
    ADMISSION = "admission"
    SCP = "scp"
    LIVE = "live"
    EVENT = "event"


class GateAnswer(StrEnum):
    """What a gate says to a change, mildest first."""

    ALLOW = "allow"
    WARN = "warn"
    BLOCK = "block"

    @property
    def rank(self) -> int:
        """Order: the highest decides the change."""
        return _RANKS[self]


_RANKS: Final = {answer: rank for rank, answer in enumerate(GateAnswer)}


class VerdictKind(StrEnum):
    """A control's answer about one resource."""

    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not-applicable"


DEFAULT_STRICTNESS: Mapping[PolicyState, GateAnswer] = {
    PolicyState.AMPLE: GateAnswer.WARN,
    PolicyState.LOW: GateAnswer.WARN,
    PolicyState.SPENT: GateAnswer.BLOCK,
    PolicyState.BREACHED: GateAnswer.BLOCK,
    PolicyState.UNKNOWN: GateAnswer.WARN,
}

_HELD_BY_A_COMMIT: Final = (Point.PLAN, Point.TEMPLATE, Point.ADMISSION)
_SAME_OBJECT: Final = (Point.PLAN, Point.LIVE, Point.EVENT)


@dataclass(frozen=True, slots=True)
class Control:
    """A rule written once, as its YAML file declares it."""

    id: ControlId
    version: str
    """First 12 hex digits of the SHA-256 of its file: what was evaluated."""
    title: Mapping[str, str]
    """By language: en, ja."""
    statement: Mapping[str, str]
    severity: Severity
    resource: str
    """Resource type that it looks at; others are not applicable."""
    require: str
    """CEL over `resource`; true means that the resource complies."""
    message: str
    """CEL over `resource` that gives the sentence for a person."""
    points: Mapping[Point, Mapping[str, object]]
    """Declared points; a point that cannot see it is declared as {not: reason}."""
    strictness: Mapping[PolicyState, GateAnswer] = field(default_factory=lambda: DEFAULT_STRICTNESS)
    is_always_blocking: bool = False
    """`must: block`: no policy state and no waiver opens it."""
    maps: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Framework or tool → ids."""
    answerable: str = ""
    remedy: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Where one mends it (console, cli, terraform, kubernetes) → language → how."""
    catalogue: str = ""

    def text(self, language: str) -> str:
        """Give the title in the reader's language."""
        return self.title.get(language) or self.title["en"]

    def acts_at(self, point: Point) -> bool:
        """Whether it judges what is seen at a point.

        Commit follows from the points whose files a commit holds. A Kubernetes object is the same in a plan, in a request,
        in the cluster, and in its audit log: what holds at admission holds there, unless the control says that it cannot.
        """
        declared = self.points.get(point)
        if declared is not None:
            return "not" not in declared
        if point is Point.COMMIT:
            return any(self.acts_at(other) for other in _HELD_BY_A_COMMIT)
        is_object = self.resource.startswith(KUBERNETES_PREFIX)
        return is_object and point in _SAME_OBJECT and self.acts_at(Point.ADMISSION)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one control says of one resource."""

    control: ControlId
    control_version: str
    resource_type: str
    address: str
    kind: VerdictKind
    severity: Severity
    reason: str = ""
    """Why it fails, or why nobody can tell; empty for a pass."""
    at: Origin = Origin()
    parts: tuple[str, ...] = ()
    """Every part that violates: its path without positions, and a digest of what the control reads of it."""
    account: str = ""
    """The cloud account of what runs; empty before deployment."""
    arn: str = ""
    """Of what runs, where one can be told."""
    names: tuple[str, ...] = ()
    """Of a failing one: what its resource is certain to be known by, before deployment and live."""
    seen_at: datetime | None = None
    """When a recording says that it was so; None: when the gate looked."""
    is_broken: bool = False
    """Of an unknown one: whether the input has a shape there that its format does not have."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """One verdict with what the gate makes of it, and everything that led there."""

    verdict: Verdict
    answer: GateAnswer
    service: ServiceId | None
    owner: TeamId | None
    owner_source: str
    """tag service=checkout, module map, repository, default; "nobody" when none matched."""
    policy_state: PolicyState
    policy_state_reason: str
    """Which budget decided: "immediate-48h of checkout: −12 % left"."""
    waiver: WaiverId | None = None
    message: str = ""
    waivers_considered: tuple[tuple[WaiverId, str], ...] = ()
    """Each waiver whose scope met or may have met it, with what became of it: "expired on 2026-03-01"."""


class Rulings(Sequence[Ruling]):
    """The rulings on one change, in order; those on passes are made when somebody goes over all of them."""

    def __init__(
        self,
        departing: Sequence[Ruling],
        passes: int,
        make: Callable[[], Iterable[Ruling]],
        *,
        is_flowing: bool = False,
    ) -> None:
        self.is_flowing = is_flowing
        """Whether they are made anew each time, one after the other, because all of them would fill the memory."""
        self.departing = departing
        """Those that are no pass."""
        self._length = len(departing) + passes
        self._make = make

    @cached_property
    def _all(self) -> Sequence[Ruling]:
        return list(self._make())

    def __len__(self) -> int:
        return self._length

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]  # a sequence that is compared by what it holds, as a list

    def __iter__(self) -> Iterator[Ruling]:
        return iter(self._make()) if self.is_flowing else iter(self._all)

    @overload
    def __getitem__(self, index: int) -> Ruling: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Ruling]: ...
    def __getitem__(self, index: int | slice) -> Ruling | Sequence[Ruling]:
        return self._all[index]


@dataclass(frozen=True, slots=True)
class GateReport:
    """All that a gate says of one change."""

    point: Point
    subject: str
    """File or change that was looked at."""
    answer: GateAnswer
    rulings: Sequence[Ruling]
    unread: tuple[tuple[str, str], ...] = ()
    """Address and reason of what no control could look at."""
    broken: tuple[str, ...] = ()
    """Parts of the input with a shape that its format does not have, as sentences with their places: never a pass."""
    counts: Mapping[VerdictKind, int] = field(default_factory=dict)
    resources: int = 0
    controls: int = 0
    not_evaluated: Mapping[str, int] = field(default_factory=dict)
    """What no control looks at on purpose, counted: resources that are deleted, data sources."""
    is_whole: bool = False
    """Whether renderings list passes, too, because somebody asked for all verdicts."""
    target: str = ""
    """What was recorded, where the recording names no account: a cluster."""
    existing: tuple[Ruling, ...] = ()
    """What was there before the change: it decides nothing, and is still there."""

    @property
    def departing(self) -> Sequence[Ruling]:
        """Give the rulings that are no pass."""
        if isinstance(self.rulings, Rulings):
            return self.rulings.departing
        return [one for one in self.rulings if one.verdict.kind is not VerdictKind.PASS]
