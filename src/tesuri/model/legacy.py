"""The legacy budget: how much of what runs may be out of support, and for how long."""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from tesuri.model.identifiers import ServiceId
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


@dataclass(frozen=True, slots=True)
class Component:
    """Something that a service runs on, as declared, with the cycle that it belongs to."""

    declared: str
    cycle: Cycle | None
    """None: no known product or cycle has this name. That is no support."""


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
    """Services that declare no component: nothing is known of them."""
