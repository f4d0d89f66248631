"""One budget in one line: an objective at a service, or added up over the services of a scope.

Hours add, percentages do not; what gates follow is the least healthy member, so lists show that one.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from math import ceil, floor

from tesuri.flows.budgets.budget_lines import summed, zero_of
from tesuri.flows.site.coverage import coverage_of
from tesuri.flows.site.owner_budgets import BudgetKey
from tesuri.flows.site.scope import Scope, owner_titles, scope_of, team_titles
from tesuri.flows.site.survey import Survey, coverage_at, derive
from tesuri.model.budget import Budget
from tesuri.model.estate import Journey
from tesuri.model.identifiers import ObjectiveId, ServiceId
from tesuri.model.objective import Objective, PolicyState, worst_policy_state
from tesuri.model.views import BudgetRow, Coverage

DAY_SECONDS = 86_400
# Words: low from a quarter of the allowance down; unknown under nine tenths of coverage.
_LOW_PART = 4
_FINE = 32
_LEAST_COVERAGE = Fraction(9, 10)


def members_of(scope: Scope, objective: ObjectiveId) -> dict[ServiceId | None, Budget]:
    """Give the budgets of one objective in the scope, by service (None: what nobody owns)."""
    survey = scope.survey
    known = derive(survey, "members", lambda: _by_objective(survey)).get(objective, {})
    if len(scope.services) < len(known):
        own = sorted(scope.services & known.keys(), key=lambda service: service or "")
        return {service: known[service] for service in own}
    return {service: budget for service, budget in known.items() if service in scope.services}


def _by_objective(survey: Survey) -> Mapping[ObjectiveId, Mapping[ServiceId | None, Budget]]:
    found: dict[ObjectiveId, dict[ServiceId | None, Budget]] = defaultdict(dict)
    for (objective, service), budget in survey.budgets.items():
        found[objective][service] = budget
    return found


def member_row(
    survey: Survey, objective: Objective, service: ServiceId | None, *, coverage: Coverage | None
) -> BudgetRow:
    """Give the line of one objective at one service; it must have a budget."""
    made: dict[BudgetKey, BudgetRow] = derive(survey, "member rows", dict)
    known = made.get((objective.id, service))
    if known is not None and known.coverage == coverage:
        return known
    budget = survey.budgets[objective.id, service]
    titles = owner_titles(survey.workspace, service)
    row = made[objective.id, service] = _row(
        objective, [budget], service, titles, coverage=coverage
    )
    return row


def sum_row(scope: Scope, objective: Objective) -> BudgetRow:
    """Give the line of one objective added up over the scope; *unknown* when it has no budget of it.

    Its state says how the hours of the whole scope stand; no gate follows it.
    """
    budgets = list(members_of(scope, objective.id).values())
    titles = team_titles(scope.survey.workspace, scope.team)
    row = _row(objective, budgets, None, titles, coverage=scope.coverage)
    return replace(row, state=_state_of_sum(budgets, row)) if budgets else row


def _state_of_sum(budgets: Sequence[Budget], row: BudgetRow) -> PolicyState:
    if any(each.state is PolicyState.BREACHED for each in budgets):
        return PolicyState.BREACHED
    share = row.coverage.share if row.coverage else None
    if row.remaining_seconds <= 0:
        return PolicyState.SPENT
    if share is None or share < _LEAST_COVERAGE:
        return PolicyState.UNKNOWN
    is_low = row.remaining_seconds * _LOW_PART <= row.allowance_seconds
    return PolicyState.LOW if is_low else PolicyState.AMPLE


def deciding_rows(scope: Scope) -> tuple[BudgetRow, ...]:
    """Give one line an objective: its least healthy member in the scope, which gates follow. Least first."""
    objectives = scope.survey.workspace.objectives
    return least_first(deciding_row(scope, each) for each in objectives)


def least_of_services(scope: Scope) -> tuple[BudgetRow, ...]:
    """Give each service's least budget, which decides for it; least first."""
    worst: dict[ServiceId | None, BudgetRow] = {}
    for objective in scope.survey.workspace.objectives:
        for service in members_of(scope, objective.id):
            coverage = coverage_at(scope.survey, service)
            row = member_row(scope.survey, objective, service, coverage=coverage)
            known = worst.get(service)
            worst[service] = row if known is None else least_first((known, row))[0]
    return least_first(worst.values())


def journey_rows(survey: Survey, journey: Journey) -> tuple[BudgetRow, ...]:
    """Give one line an objective over the services of a journey: hours add, and the least healthy of them decides."""
    scope = scope_of(survey, None)
    own = replace(scope, services=frozenset(journey.services))
    sights = tuple(each for each in survey.sights if each.service in own.services)
    coverage = coverage_of(sights, survey.now)
    rows = (
        _row(
            objective,
            list(members_of(own, objective.id).values()),
            None,
            (journey.name, journey.name_ja),
            coverage=coverage,
        )
        for objective in survey.workspace.objectives
    )
    return least_first(rows)


def deciding_row(scope: Scope, objective: Objective) -> BudgetRow:
    """Give the line of the member that decides; of the empty sum when the scope has no budget of it."""
    worst = least_first(
        member_row(scope.survey, objective, service, coverage=coverage_at(scope.survey, service))
        for service in members_of(scope, objective.id)
    )
    return worst[0] if worst else sum_row(scope, objective)


def objective_of(survey: Survey, key: ObjectiveId) -> Objective | None:
    """Give a declared objective; None when there is none of that id."""
    return next((each for each in survey.workspace.objectives if each.id == key), None)


def least_first(rows: Iterable[BudgetRow]) -> tuple[BudgetRow, ...]:
    """Sort budgets: worst state first, then the least share that is left."""
    return tuple(
        sorted(
            rows,
            key=lambda row: (
                -row.state.rank,
                # Nearly always enough, and compared much faster than fractions.
                (row.remaining_seconds << _FINE) // max(1, row.allowance_seconds),
                Fraction(row.remaining_seconds, max(1, row.allowance_seconds)),
                row.objective,
                row.service or "",
            ),
        )
    )


def cost_a_day(objective: Objective, budget: Budget) -> int:
    """Give the seconds of budget that a day costs while nothing is closed and nothing more is due."""
    counted = max(0, budget.overdue_now - objective.tolerance)
    if objective.cap is not None:
        counted = min(objective.cap, counted)
    return counted * DAY_SECONDS


def _row(
    objective: Objective,
    budgets: Sequence[Budget],
    service: ServiceId | None,
    titles: tuple[str, str],
    *,
    coverage: Coverage | None,
) -> BudgetRow:
    """Round so that nobody is shown more than there is: remaining down, allowance up."""
    left, allowance = _totals(budgets)
    return BudgetRow(
        objective=objective.id,
        title=objective.title,
        title_ja=objective.title_ja,
        service=service,
        state=worst_policy_state(tuple(each.state for each in budgets)) if budgets else _NOTHING,
        remaining_seconds=floor(left),
        allowance_seconds=ceil(allowance),
        miss_seconds=objective.objective_seconds,
        outcome=objective.outcome,
        owner=titles[0],
        owner_ja=titles[1],
        late_now=sum(each.overdue_now for each in budgets),
        open_now=sum(each.overdue_now + each.open_not_due for each in budgets),
        zero_at=_zero(budgets),
        coverage=coverage,
        counts=objective.counts,
    )


def _totals(budgets: Sequence[Budget]) -> tuple[Fraction, Fraction]:
    """Give what is left, and what is allowed."""
    if len(budgets) == 1:
        return budgets[0].remaining_seconds, budgets[0].allowance_seconds
    allowance = sum((each.allowance_seconds for each in budgets), Fraction(0))
    return allowance - sum((each.consumed_seconds for each in budgets), Fraction(0)), allowance


_NOTHING = PolicyState.UNKNOWN


def _zero(budgets: Sequence[Budget]) -> datetime | None:
    if len(budgets) == 1:
        zero = budgets[0].forecast.zero_if_nothing_closed
        limit = budgets[0].as_of + timedelta(seconds=budgets[0].window_seconds)
        return zero if zero and zero <= limit else None
    return zero_of(summed([each.forecast.if_nothing_closed for each in budgets]))
