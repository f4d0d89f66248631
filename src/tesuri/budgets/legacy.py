"""Supported components against all components, hour by hour: the legacy budget.

Ends of support are known ahead, so the day on which nothing is left is exact. A component whose product or cycle
nobody knows counts neither way; too many of them, and the budget is *unknown*.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction
from itertools import pairwise

from tesuri.budgets.indicator import DenseCurves, DenseShare, Entity, dense_curves, dense_of
from tesuri.budgets.instants import instant, seconds_of
from tesuri.budgets.policy import (
    AMPLE_ABOVE,
    COVERAGE_AT_LEAST,
    LEAVE_SPENT_AFTER_SECONDS,
    PolicyReading,
    SpentMark,
    is_held_spent,
    percent,
    spent_marks,
)
from tesuri.model.budget import Series
from tesuri.model.clock import Interval
from tesuri.model.identifiers import ServiceId
from tesuri.model.legacy import Component, Cycle, LegacyRow
from tesuri.model.objective import PolicyState

ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for: before anybody looked."""

_MOST_STEPS = 400


def ends_at(cycle: Cycle) -> datetime | None:
    """Give the first instant without support, after its last day in UTC; None while none is known."""
    if cycle.is_ended:
        return ALWAYS
    if cycle.ends_on is None:
        return None
    return datetime.combine(cycle.ends_on, time(), UTC) + timedelta(days=1)


def is_there(component: Component, now: datetime) -> bool:
    """Whether it runs now; what a service declares always does."""
    return component.presence is None or any(
        since <= now and (until is None or now < until) for since, until in component.presence
    )


def is_ended(component: Component, now: datetime) -> bool:
    """Whether it is known to be out of support now."""
    end = ends_at(component.cycle) if component.cycle is not None else None
    return end is not None and end <= now


def legacy_row(
    service: ServiceId | None,
    components: Sequence[Component],
    *,
    now: datetime,
    window_seconds: int,
    target: Fraction,
) -> LegacyRow:
    """Give the legacy budget of components; those without presence ran through the whole window."""
    dense = dense_of(curves_of(components), now=now, window_seconds=window_seconds, target=target)
    here = [each for each in components if is_there(each, now)]
    ends = [(ends_at(each.cycle), each) for each in here if each.cycle is not None]
    coming = [(end, each) for end, each in ends if end is not None and end > now]
    unknown = sum(each.cycle is None for each in here)
    return LegacyRow(
        service=service,
        state=legacy_reading(dense, unknown, len(here)).state,
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


def curves_of(components: Sequence[Component]) -> DenseCurves:
    """Give how many known components ran, and how many of them were supported, over time."""
    return dense_curves(
        [
            Entity(presence_of(each), ((ALWAYS, ends_at(each.cycle)),))
            for each in components
            if each.cycle is not None
        ]
    )


def presence_of(component: Component) -> tuple[Interval, ...]:
    """Give when it ran."""
    return ((ALWAYS, None),) if component.presence is None else component.presence


def legacy_reading(
    dense: DenseShare, unknown: int, count: int, *, is_held: bool = False
) -> PolicyReading:
    """Give the policy state of `count` components, of which so many are unknown; `is_held`: not yet out of *spent*."""
    left = dense.remaining
    if left is not None and left <= 0:
        return PolicyReading(PolicyState.SPENT, f"{percent(left)} of the allowance is left.")
    if left is not None and is_held:
        why = f"{percent(left)} is left; it was spent, and 10% for 24 h have not been left since."
        return PolicyReading(PolicyState.SPENT, why)
    if count == 0:
        return PolicyReading(PolicyState.UNKNOWN, "Nobody knows what it runs on.")
    known = Fraction(count - unknown, count)
    if left is None or known < COVERAGE_AT_LEAST:
        why = f"Only of {percent(known)} of the components is it known how long they are supported; 90% are needed."
        return PolicyReading(PolicyState.UNKNOWN, why)
    state = PolicyState.AMPLE if left > AMPLE_ABOVE else PolicyState.LOW
    return PolicyReading(state, f"{percent(left)} of the allowance is left.")


def left_series(
    curves: DenseCurves, since: int, until: int, *, window_seconds: int, target: Fraction
) -> Series:
    """Give what was or will be left at every change between two instants, or at 400 even steps."""
    points = [since, *_bends(curves, since, until, window_seconds), until]
    if len(points) > _MOST_STEPS:
        points = [since + (until - since) * n // (_MOST_STEPS - 1) for n in range(_MOST_STEPS)]
    return tuple(
        (instant(at), curves.left(at, window_seconds=window_seconds, target=target))
        for at in points
    )


def is_not_yet_out_of_spent(
    curves: DenseCurves, now: datetime, *, window_seconds: int, target: Fraction
) -> bool:
    """Whether it was spent and has not had 10% left for 24 h in a row since."""
    marks = _marks_going_back(curves, seconds_of(now), window_seconds, target)
    return is_held_spent(marks, seconds_of(now))


def _marks_going_back(
    curves: DenseCurves, now: int, window_seconds: int, target: Fraction
) -> Iterator[SpentMark]:
    changes = (at for at in (*curves.present.instants, *curves.compliant.instants) if at > 0)
    since = min(changes, default=now) - 2 * LEAVE_SPENT_AFTER_SECONDS
    if since >= now:
        return
    points = [since, *_bends(curves, since, now, window_seconds), now]
    for begin, end in reversed(list(pairwise(points))):
        ends = (
            curves.units(at, window_seconds=window_seconds, target=target) for at in (begin, end)
        )
        at_begin, at_end = ends
        yield from spent_marks(begin, end, at_begin, at_end)


def _bends(curves: DenseCurves, since: int, until: int, window_seconds: int) -> list[int]:
    edges = {*curves.present.instants, *curves.compliant.instants}
    shifted = {at + shift for at in edges for shift in (0, window_seconds)}
    return sorted(at for at in shifted if since < at < until)
