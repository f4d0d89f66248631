"""The line of one budget, or of several together: what was left, and where it goes."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from math import ceil

from tesuri.flows.budgets.budget_lines import as_points, cut_line, past_line, summed, zero_of
from tesuri.flows.site.scope import Scope
from tesuri.model.budget import Budget
from tesuri.model.finding import Finding
from tesuri.model.identifiers import WaiverId
from tesuri.model.objective import Objective
from tesuri.model.views_slo import BudgetPoint, BurnDown, LaneKind, LaneMark


def burn_down_of(
    scope: Scope, objective: Objective, budgets: Sequence[Budget], findings: Sequence[Finding]
) -> BurnDown:
    """Give the chart of these budgets, with `findings` those under the objective.

    The future reaches half a window ahead, or a little past the zero of the forecast when that comes later.
    The even pace stays empty: a rolling window has no beginning from which it could be drawn.
    """
    survey = scope.survey
    now = survey.now
    window = timedelta(seconds=objective.window_seconds)
    ahead = summed([budget.forecast.if_nothing_closed for budget in budgets])
    zero = zero_of(ahead) if len(budgets) > 1 else _own_zero(budgets, now + window)
    ends_at = now + window / 2
    if zero is not None:
        ends_at = min(now + window, max(ends_at, zero + window / 20))
    ends_at = ends_at.replace(microsecond=0)
    starts_at = now - window
    pace = summed([budget.forecast.at_usual_pace for budget in budgets])
    has_pace = any(budget.forecast.closings_per_window for budget in budgets)
    return BurnDown(
        starts_at=starts_at,
        now=now,
        ends_at=ends_at,
        allowance_seconds=ceil(sum(budget.allowance_seconds for budget in budgets)),
        miss_seconds=objective.objective_seconds,
        points=as_points(past_line(budgets)),
        if_nothing_closed=_until_zero(as_points(cut_line(ahead, zero or ends_at)), zero),
        usual_pace=as_points(cut_line(pace, ends_at)) if has_pace else (),
        zero_at=zero,
        marks=tuple(_marks(scope, findings, starts_at, ends_at)),
    )


def _own_zero(budgets: Sequence[Budget], horizon: datetime) -> datetime | None:
    """Give the exact zero of a single budget, where the chart can reach it."""
    zero = budgets[0].forecast.zero_if_nothing_closed if budgets else None
    return zero if zero is not None and zero <= horizon else None


def _until_zero(points: tuple[BudgetPoint, ...], zero: datetime | None) -> tuple[BudgetPoint, ...]:
    """End the line at zero itself: the second of the crossing leaves a rest below one."""
    if zero is None or not points or points[-1].remaining_seconds < 0:
        return points
    return (*points[:-1], BudgetPoint(points[-1].at, 0))


def _marks(
    scope: Scope, findings: Sequence[Finding], starts_at: datetime, ends_at: datetime
) -> Iterator[LaneMark]:
    workspace, now = scope.survey.workspace, scope.survey.now
    for incident in workspace.incidents:
        edges = (incident.declared_at, incident.closed_at or incident.declared_at)
        if incident.service in scope.services and edges[0] < ends_at and edges[1] > starts_at:
            yield LaneMark(
                LaneKind.INCIDENT, incident.id, edges[0], incident.closed_at, incident.title
            )
    concerned: set[WaiverId | None] = {each.waiver for each in findings}
    for waiver in workspace.waivers:
        if waiver.id in concerned and starts_at < waiver.expires_at < ends_at:
            lapsed = waiver.expires_at <= now
            kind = LaneKind.WAIVER_LAPSED if lapsed else LaneKind.WAIVER_LAPSES
            yield LaneMark(kind, waiver.id, waiver.expires_at, title=waiver.reason)
