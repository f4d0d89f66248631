"""The legacy budget: how much of what runs may be out of support, and for how long."""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from tesuri.model.clock import Interval
from tesuri.model.identifiers import ObjectiveId, ServiceId
from tesuri.model.objective import PolicyState


@dataclass(frozen=True, slots=True)
class Cycle:
    """One line of releases of a product, and when its makers stop supporting it."""

    name: str
    ends_on: date | None = None
    """Last day of support; None when no day is known."""
    is_ended: bool = False
    """Ended on a day that nobody told."""


@dataclass(frozen=True, slots=True)
class Product:
    """A product with its cycles; `names` are what people may call it, in small letters."""

    names: frozenset[str]
    title: str
    cycles: tuple[Cycle, ...]
    purls: frozenset[str] = frozenset()
    """Package URLs without version that mean it: npm/react, maven/org.apache.logging.log4j/log4j-core."""

    @property
    def key(self) -> str:
        """Give the name that stands for it."""
        return min(self.names)


@dataclass(frozen=True, slots=True)
class Component:
    """Something that a service runs on, as declared, with the cycle that it belongs to."""

    declared: str
    """Product and version: python 3.11."""
    cycle: Cycle | None
    """None: no known product or cycle has this name. That is no support."""
    asset: str = ""
    """Scan target in which it was seen; empty where a service declares it."""
    presence: tuple[Interval, ...] | None = None
    """When it was there; None: all the time."""


@dataclass(frozen=True, slots=True)
class LegacyRow:
    """The legacy budget of one service, or of all."""

    service: ServiceId | None
    """None: all services together."""
    state: PolicyState
    components: tuple[Component, ...]
    ended: int
    unknown: int
    share: Fraction | None
    """Supported component-hours of all known ones in the window; None when none is known."""
    remaining: Fraction | None
    remaining_seconds: Fraction
    allowance_seconds: Fraction
    zero_at: datetime | None
    """When nothing is left if nothing is upgraded; None for never, as far as ends are known."""
    next_end: Component | None
    """The supported component whose support ends first."""


@dataclass(frozen=True, slots=True)
class LegacyView:
    """Every service with components, worst first, and all of them together."""

    rows: tuple[LegacyRow, ...]
    whole: LegacyRow
    target: Fraction
    window_seconds: int
    undeclared: tuple[ServiceId, ...]
    """Services of which neither a declaration nor a scan says what they run on."""
    objective: ObjectiveId | None = None
    """The one that is kept; None where none is declared, so that no gate follows it."""
    as_of: date | None = None
    """Day of the loaded copy of endoflife.date; None where products were given."""
    untracked: int = 0
    """Listed components of products of which no end of support is published."""
