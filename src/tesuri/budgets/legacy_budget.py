"""The legacy budget in the shape of every other one, so that lists, pages and gates treat it alike.

A miss is a component that was out of support for a day. Incidents and exclusion windows do not touch it: what is out of
support stays so whatever else happens.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction

from tesuri.budgets.alerts import forecast_alert
from tesuri.budgets.forecast import as_instant
from tesuri.budgets.indicator import DenseCurves, dense_of
from tesuri.budgets.instants import instant, seconds_of
from tesuri.budgets.legacy import (
    ALWAYS,
    curves_of,
    ends_at,
    is_ended,
    is_not_yet_out_of_spent,
    is_there,
    left_series,
    legacy_reading,
    presence_of,
)
from tesuri.model.budget import Budget, BudgetDetails, Forecast, Owner, Pace, TrendAlert
from tesuri.model.later import Later
from tesuri.model.legacy import Component
from tesuri.model.objective import Objective


def legacy_budget(
    objective: Objective, components: Sequence[Component], *, owner: Owner, now: datetime
) -> Budget:
    """Give the budget of what an owner runs, as of `now`; *unknown* where nobody knows what that is.

    Without a single known component there is no allowance, and nothing remains of it.
    """
    at = seconds_of(now)
    window, target = objective.window_seconds, objective.target
    curves = curves_of(components)
    dense = dense_of(curves, now=now, window_seconds=window, target=target)
    here = [each for each in components if is_there(each, now)]
    ended = sum(is_ended(each, now) for each in here)
    unknown = sum(each.cycle is None for each in here)
    is_held = is_not_yet_out_of_spent(curves, now, window_seconds=window, target=target)
    reading = legacy_reading(dense, unknown, len(here), is_held=is_held)
    left = dense.allowance_seconds - dense.consumed_seconds
    zero = None if dense.zero_at is None else seconds_of(dense.zero_at)
    return Budget(
        objective=objective.id,
        owner=owner,
        as_of=instant(at),
        window_seconds=window,
        objective_seconds=objective.objective_seconds,
        target=target,
        allowance_seconds=dense.allowance_seconds,
        consumed_seconds=Fraction(dense.consumed_seconds),
        remaining=dense.remaining or Fraction(0),
        state=reading.state,
        reason=reading.reason,
        misses_allowed=_days(dense.allowance_seconds, objective),
        misses_used=max(0, _days(dense.allowance_seconds, objective) - _days(left, objective)),
        misses_left=_days(left, objective),
        overdue_now=ended,
        open_not_due=len(here) - ended - unknown,
        coverage=Fraction(len(here) - unknown, len(here)) if here else None,
        debits=(),
        forecast=_forecast(curves, objective, at, zero),
        series=left_series(curves, at - window, at, window_seconds=window, target=target),
        details=Later(
            lambda: BudgetDetails(
                burn_rates={},
                due=0,
                on_time=0,
                alerts=(),
                forecast_alert=forecast_alert(zero, at),
                trend_alert=TrendAlert(due=0, late=0, probability=None, is_firing=False),
                contributions=exceedances(components, now=now, window_seconds=window),
            )
        ),
    )


def _forecast(curves: DenseCurves, objective: Objective, now: int, zero: int | None) -> Forecast:
    """Give the way ahead if nothing is upgraded; nobody can say how usual an upgrade is."""
    window = objective.window_seconds
    until = now + window if zero is None or zero == now else min(zero, now + window)
    ahead = left_series(curves, now, until, window_seconds=window, target=objective.target)
    zero_at = as_instant(zero)
    return Forecast(
        zero_if_nothing_closed=zero_at,
        if_nothing_closed=ahead,
        pace=Later(lambda: Pace(Fraction(0), ahead)),
    )


def exceedances(
    components: Sequence[Component], *, now: datetime, window_seconds: int
) -> tuple[tuple[str, int], ...]:
    """Give (component, seconds that it ran out of support in the window), most first; none where it is supported."""
    used = ((label_of(each), seconds_out(each, now, window_seconds)) for each in components)
    return tuple(sorted((pair for pair in used if pair[1]), key=lambda pair: (-pair[1], pair[0])))


def seconds_out(component: Component, now: datetime, window_seconds: int) -> int:
    """Give how long a component ran out of support within the window that ends now."""
    end = ends_at(component.cycle) if component.cycle is not None else None
    if end is None:
        return 0
    begin = max(end, now - timedelta(seconds=window_seconds), ALWAYS)
    total = timedelta()
    for since, until in presence_of(component):
        stop = now if until is None else min(until, now)
        total += max(timedelta(), stop - max(since, begin))
    return int(total.total_seconds())


def label_of(component: Component) -> str:
    """Give product and version, and where it was seen."""
    return f"{component.declared} ({component.asset})" if component.asset else component.declared


def _days(seconds: Fraction, objective: Objective) -> int:
    return max(0, int(seconds // objective.objective_seconds))
