"""Supported components against all components, hour by hour: the legacy budget.

Ends of support are known ahead, so the day on which nothing is left is exact. A component whose product or cycle
nobody knows counts neither way; too many of them, and the budget is *unknown*.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction

from tesuri.budgets.indicator import DenseShare, Entity, dense_share
from tesuri.budgets.policy import AMPLE_ABOVE, COVERAGE_AT_LEAST
from tesuri.model.identifiers import ServiceId
from tesuri.model.legacy import Component, Cycle, LegacyRow, Product
from tesuri.model.objective import PolicyState

_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


def component_of(declared: str, products: Iterable[Product]) -> Component:
    """Give the component that `python 3.9.18` means: product, then version; the longest cycle wins."""
    name, _, version = declared.strip().rpartition(" ")
    wanted = name.strip().casefold()
    for product in products:
        if wanted in product.names:
            return Component(declared, _cycle_of(version, product.cycles))
    return Component(declared, None)


def _cycle_of(version: str, cycles: Sequence[Cycle]) -> Cycle | None:
    fitting = [each for each in cycles if f"{version}.".startswith(f"{each.name}.")]
    return max(fitting, key=lambda each: len(each.name), default=None)


def ends_at(cycle: Cycle) -> datetime | None:
    """Give the first instant without support, after its last day in UTC; None while none is known."""
    if cycle.is_ended:
        return _ALWAYS
    if cycle.ends_on is None:
        return None
    return datetime.combine(cycle.ends_on, time(), UTC) + timedelta(days=1)


def legacy_row(
    service: ServiceId | None,
    components: Sequence[Component],
    *,
    now: datetime,
    window_seconds: int,
    target: Fraction,
) -> LegacyRow:
    """Give the legacy budget of components that are taken to have run through the whole window."""
    known = [(each, each.cycle) for each in components if each.cycle is not None]
    since = now - timedelta(seconds=window_seconds)
    entities = [Entity(((since, None),), ((_ALWAYS, ends_at(cycle)),)) for _, cycle in known]
    dense = dense_share(entities, now=now, window_seconds=window_seconds, target=target)
    ends = [(ends_at(cycle), each) for each, cycle in known]
    coming = [(end, each) for end, each in ends if end is not None and end > now]
    unknown = len(components) - len(known)
    return LegacyRow(
        service=service,
        state=_state(dense, unknown, len(components)),
        components=tuple(components),
        ended=sum(end is not None and end <= now for end, _ in ends),
        unknown=unknown,
        share=dense.share,
        remaining=dense.remaining,
        remaining_seconds=dense.allowance_seconds - dense.consumed_seconds,
        allowance_seconds=dense.allowance_seconds,
        zero_at=dense.zero_at,
        next_end=min(coming, key=lambda pair: pair[0])[1] if coming else None,
    )


def _state(dense: DenseShare, unknown: int, count: int) -> PolicyState:
    left = dense.remaining
    if left is not None and left <= 0:
        return PolicyState.SPENT
    if left is None or Fraction(count - unknown, count) < COVERAGE_AT_LEAST:
        return PolicyState.UNKNOWN
    return PolicyState.AMPLE if left > AMPLE_ABOVE else PolicyState.LOW
