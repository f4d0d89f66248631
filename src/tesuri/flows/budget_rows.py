"""One budget in one line: an objective at a service, or added up over the services of a scope.

Hours add, percentages do not, and the least healthy member gives the state of the sum.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from fractions import Fraction
from math import ceil, floor

from tesuri.flows.budget_lines import summed, zero_of
from tesuri.flows.scope import Scope, owner_titles, team_titles
from tesuri.flows.survey import Survey, coverage_at
from tesuri.model.budget import Budget
from tesuri.model.identifiers import ObjectiveId, ServiceId
from tesuri.model.objective import Objective, PolicyState, worst_policy_state
from tesuri.model.views import BudgetRow, Coverage

DAY_SECONDS = 86_400


def members_of(scope: Scope, objective: ObjectiveId) -> dict[ServiceId | None, Budget]:
    """Give the budgets of one objective in the scope, by service (None: what nobody owns)."""
    return {
        service: budget
        for (its_objective, service), budget in scope.survey.budgets.items()
        if its_objective == objective and service in scope.services
    }


def member_row(
    survey: Survey, objective: Objective, service: ServiceId | None, *, coverage: Coverage | None
) -> BudgetRow:
    """Give the line of one objective at one service; it must have a budget."""
    budget = survey.budgets[objective.id, service]
    return _row(
        objective, [budget], service, owner_titles(survey.workspace, service), coverage=coverage
    )


def sum_row(scope: Scope, objective: Objective) -> BudgetRow:
    """Give the line of one objective over the scope; *unknown* when the scope has no budget of it."""
    budgets = list(members_of(scope, objective.id).values())
    titles = team_titles(scope.survey.workspace, scope.team)
    return _row(objective, budgets, None, titles, coverage=scope.coverage)


def sum_rows(scope: Scope) -> tuple[BudgetRow, ...]:
    """Give one line an objective over the scope, least first."""
    return least_first(sum_row(scope, each) for each in scope.survey.workspace.objectives)


def service_row(survey: Survey, budget: Budget, service: ServiceId | None) -> BudgetRow | None:
    """Give the line of a service's budget; None when its objective is not declared any more."""
    objective = objective_of(survey, budget.objective)
    if objective is None:
        return None
    coverage = coverage_at(survey, service)
    return member_row(survey, objective, service, coverage=coverage)


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
    left = sum(budget.remaining_seconds for budget in budgets)
    return BudgetRow(
        objective=objective.id,
        title=objective.title,
        title_ja=objective.title_ja,
        service=service,
        state=worst_policy_state(tuple(each.state for each in budgets)) if budgets else _NOTHING,
        remaining_seconds=floor(left),
        allowance_seconds=ceil(sum(each.allowance_seconds for each in budgets)),
        miss_seconds=objective.objective_seconds,
        outcome=objective.outcome,
        owner=titles[0],
        owner_ja=titles[1],
        late_now=sum(each.overdue_now for each in budgets),
        open_now=sum(each.overdue_now + each.open_not_due for each in budgets),
        zero_at=_zero(budgets),
        coverage=coverage,
    )


_NOTHING = PolicyState.UNKNOWN


def _zero(budgets: Sequence[Budget]) -> datetime | None:
    if len(budgets) == 1:
        zero = budgets[0].forecast.zero_if_nothing_closed
        limit = budgets[0].forecast.if_nothing_closed
        return zero if zero and limit and zero <= limit[-1][0] else None
    return zero_of(summed([each.forecast.if_nothing_closed for each in budgets]))
