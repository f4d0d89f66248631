"""The page of one objective: what is left and why, its burn-down, its misses, alerts, and what gates do about it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil

from tesuri.budgets.indicator import event_ratio
from tesuri.budgets.policy import roll_up
from tesuri.flows.budgets.budget_alerts import alert_rows
from tesuri.flows.budgets.budget_misses import misses_of
from tesuri.flows.budgets.budget_rows import (
    cost_a_day,
    least_first,
    member_row,
    members_of,
    objective_of,
    sum_row,
)
from tesuri.flows.budgets.burn_downs import burn_down_of
from tesuri.flows.budgets.running_rows import running_rows
from tesuri.flows.findings.finding_rows import due_of
from tesuri.flows.gates.gate_states import ANSWER_ROWS, gate_rows, state_gates
from tesuri.flows.site.scope import Scope, narrowed, scope_of
from tesuri.flows.site.survey import Survey, coverage_at, derive
from tesuri.model.budget import Budget
from tesuri.model.control import Control
from tesuri.model.finding import Finding, State
from tesuri.model.identifiers import ObjectiveId, ServiceId, TeamId
from tesuri.model.objective import Objective, PolicyState, worst_policy_state
from tesuri.model.views import BudgetRow
from tesuri.model.views_slo import NextDue, NotCounted, OnTime, SloView
from tesuri.ports import Reader

_CONFIDENCE = Fraction(95, 100)


def show_slo(
    survey: Survey,
    reader: Reader,
    objective_id: ObjectiveId,
    *,
    team: TeamId | None,
    service: ServiceId | None,
    controls: Sequence[Control],
) -> SloView | None:
    """Give one budget: of a service, or added up over the scope without one.

    None when there is no such objective, or no such service. In a sum hours add and the least healthy
    member gives state, reason and alerts. Amounts are whole seconds: what is left is rounded down, allowance
    and use are rounded up.
    """
    objective = objective_of(survey, objective_id)
    scope = scope_of(survey, team)
    if service is not None:
        scope = narrowed(survey, None, service)
    budgets = members_of(scope, objective_id)
    if objective is None or (service is not None and not budgets):
        return None
    counted = _counted(scope, objective, service, budgets) if service else slo_sum(scope, objective)
    answered = gate_rows(reader, scope.services)
    return replace(
        counted,
        gates=state_gates(controls, answered, _worst_state(counted, budgets)),
        answers=answered[:ANSWER_ROWS],
        running=running_rows(reader, survey, scope.services, objective),
    )


def slo_sum(scope: Scope, objective: Objective) -> SloView:
    """Give what budgets and findings of a scope say of an objective; gates and answers are left empty.

    **cost** O(n log n) in the findings under the objective, once for each survey and team.
    """
    return derive(
        scope.survey,
        ("slo sum", scope.team, objective.id),
        lambda: _counted(scope, objective, None, members_of(scope, objective.id)),
    )


def _counted(
    scope: Scope,
    objective: Objective,
    service: ServiceId | None,
    budgets: Mapping[ServiceId | None, Budget],
) -> SloView:
    survey = scope.survey
    findings = [each for each in scope.findings if each.objective == objective.id]
    row = (
        sum_row(scope, objective)
        if service is None
        else member_row(survey, objective, service, coverage=coverage_at(survey, service))
    )
    every = list(budgets.values())
    worst = roll_up(every).worst
    burn_down = burn_down_of(scope, objective, every, findings)
    open_due = _dues(survey, findings)
    misses, misses_total = misses_of(survey, budgets)
    members = () if service is not None else _member_rows(scope, objective, budgets)
    return SloView(
        objective=objective,
        budget=row,
        state_reason=worst.reason if worst else "",
        on_time=_on_time(objective, every),
        burn_down=burn_down,
        misses=misses,
        misses_total=misses_total,
        used_seconds=ceil(sum(each.consumed_seconds for each in every)),
        cost_seconds_a_day=sum(cost_a_day(objective, each) for each in every),
        due_in_window=sum(due.due_at <= burn_down.ends_at for due in open_due),
        next_due=open_due[0] if open_due else None,
        alerts=alert_rows(every),
        not_counted=_not_counted(findings, every),
        coverage=row.coverage,
        members=members,
        deciding=members[0] if members else None,
        service=service,
        exposed_seconds=_exposed(every),
    )


def _worst_state(view: SloView, budgets: Mapping[ServiceId | None, Budget]) -> PolicyState:
    states = tuple(each.state for each in budgets.values())
    return worst_policy_state(states) if states else view.budget.state


def _exposed(budgets: Sequence[Budget]) -> int | None:
    told = [each.exposed_seconds for each in budgets if each.exposed_seconds is not None]
    return sum(told) if told else None


def _member_rows(
    scope: Scope, objective: Objective, budgets: Mapping[ServiceId | None, Budget]
) -> tuple[BudgetRow, ...]:
    return least_first(
        member_row(
            scope.survey,
            objective,
            service,
            coverage=coverage_at(scope.survey, service),
        )
        for service in budgets
    )


def _on_time(objective: Objective, budgets: Sequence[Budget]) -> OnTime:
    due = sum(each.due for each in budgets)
    on_time = sum(each.on_time for each in budgets)
    if due == 0:
        return OnTime(on_time=0, due=0)
    ratio = event_ratio(due, on_time, target=objective.target, confidence=_CONFIDENCE)
    return OnTime(on_time=on_time, due=due, low=ratio.low, high=ratio.high)


def _dues(survey: Survey, findings: Sequence[Finding]) -> list[NextDue]:
    """Give what is open and not yet due, next first."""
    dues = [
        NextDue(each.key, due)
        for each in findings
        if each.state is State.OPEN
        and (due := due_of(survey, each)) is not None
        and due > survey.now
    ]
    return sorted(dues, key=lambda each: (each.due_at, each.finding))


def _not_counted(findings: Sequence[Finding], budgets: Sequence[Budget]) -> NotCounted:
    waived = [each for each in findings if each.state is State.WAIVED]
    return NotCounted(
        waived=len(waived),
        unknown=sum(each.is_stale and each.state is State.OPEN for each in findings),
        not_yet_due=sum(each.open_not_due for each in budgets),
        waivers=tuple(sorted({each.waiver for each in waived if each.waiver is not None})),
        without_fix=sum(each.waiting_for_fix for each in budgets),
    )
