"""What if: the present clocks under another objective, another capacity or another arrival.

Nothing is stored. A changed D, T or W is judged as if it had always been so; the pace is what was seen in the past
window, times what changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from tesuri.budgets.load import changed_objective
from tesuri.budgets.queue import clocks_at_pace
from tesuri.flows.budgets.budget_rows import objective_of
from tesuri.flows.clocks.clock_facts import read_clocks
from tesuri.flows.site.coverage import by_service
from tesuri.flows.site.owner_budgets import UnitClock, circumstances_of, owner_budget, unit_clocks
from tesuri.flows.site.scope import scope_of
from tesuri.flows.site.survey import Survey
from tesuri.model.budget import Budget
from tesuri.model.errors import BadInput
from tesuri.model.identifiers import ServiceId, TeamId
from tesuri.model.objective import Counted, Objective
from tesuri.model.simulation import (
    WEEK_SECONDS,
    Case,
    Change,
    SimulatedRow,
    Simulation,
    Throughput,
)
from tesuri.ports import Reader

_LONGEST_ARRIVAL_FACTOR = 100


@dataclass(frozen=True, slots=True)
class _Assumptions:
    """One objective as it is taken, with the clocks that it gives and what multiplies the rates."""

    objective: Objective
    clocks: Sequence[UnitClock]
    arrival_factor: Fraction = Fraction(1)
    closing_factor: Fraction = Fraction(1)


def simulate_budget(
    survey: Survey,
    reader: Reader,
    change: Change,
    *,
    team: TeamId | None = None,
    service: ServiceId | None = None,
) -> Simulation:
    """Give every budget of the scope as it is and as it would be, worst afterwards first.

    **raises** `BadInput` for what cannot be asked, and with the arithmetic for an objective that cannot work.
    **cost** evaluates every budget of the scope four times.
    """
    if service is not None and service not in survey.workspace.services:
        raise BadInput(
            f"There is no service {service!r}.", where="--service", remedy="See: tesuri services"
        )
    objectives = _objectives(survey, change)
    capacity = _capacity(survey, change, team)
    factor = _closing_factor(change, capacity)
    changed = {each.id: _changed(each, change) for each in objectives}
    before = unit_clocks(survey.findings, survey.clocks)
    after = before
    if change.within or change.clock:
        retimed = read_clocks(reader, changed=changed)
        after = unit_clocks(survey.findings, retimed)
    services = {service} if service else scope_of(survey, team).services
    rows = [
        _row(
            survey,
            key[1],
            _Assumptions(objective, before.get(key, ())),
            _Assumptions(changed[objective.id], after.get(key, ()), change.arrival_factor, factor),
        )
        for objective in objectives
        for key in survey.budgets
        if key[0] == objective.id and key[1] in services
    ]
    return Simulation(
        rows=tuple(sorted(rows, key=_worst_first)),
        capacity_minutes=capacity,
        new_capacity_minutes=change.capacity_minutes,
        arrival_factor=change.arrival_factor,
        observed_seconds=max((_observed_seconds(survey, each) for each in objectives), default=0),
    )


def _objectives(survey: Survey, change: Change) -> Sequence[Objective]:
    """Give the objectives that are asked about. **raises** BadInput for none or an unknown one."""
    if not 0 <= change.arrival_factor <= _LONGEST_ARRIVAL_FACTOR:
        raise BadInput(
            f"An arrival of {float(change.arrival_factor):g} times what was seen cannot be simulated.",
            where="--arrival",
            remedy="Write a change between -100% and +9900%.",
        )
    if change.objective is None:
        if change.objective_texts:
            raise BadInput(
                "This changes one objective, and none is named.",
                where=f"--{next(iter(change.objective_texts))}",
                remedy="Name it with --objective; see: tesuri budget",
            )
        return [each for each in survey.workspace.objectives if each.counts is Counted.FINDINGS]
    found = objective_of(survey, change.objective)
    if found is None:
        raise BadInput(
            f"There is no objective {change.objective!r}.",
            where="--objective",
            remedy="See: tesuri budget",
        )
    if found.counts is Counted.COMPONENTS:
        raise BadInput(
            f"The objective {found.id!r} counts components: nothing arrives and nothing is closed there.",
            where="--objective",
            remedy="Its future is exact already; see: tesuri budget legacy",
        )
    return (found,)


def _changed(objective: Objective, change: Change) -> Objective:
    return changed_objective(objective, change.objective_texts, where=objective.id)


def _capacity(survey: Survey, change: Change, team: TeamId | None) -> int | None:
    """Give the declared minutes a week of the team. **raises** BadInput where there is nothing to compare."""
    workspace = survey.workspace
    if change.capacity_minutes is None:
        return None
    if team is None and len(workspace.teams) == 1:
        team = next(iter(workspace.teams))
    if team is None:
        raise BadInput(
            "A capacity is that of one team, and none is named.",
            where="--capacity",
            remedy="Name it with --team.",
        )
    declared = workspace.teams[team].capacity_minutes or workspace.default_capacity_minutes
    if not declared:
        raise BadInput(
            f"The team {team} declares no capacity, so there is nothing to compare another one with.",
            where="--capacity",
            remedy="Declare it in teams.yaml, as capacity: 16 h.",
        )
    return declared


def _closing_factor(change: Change, capacity: int | None) -> Fraction:
    if change.capacity_minutes is None or not capacity:
        return Fraction(1)
    return Fraction(change.capacity_minutes, capacity)


def _row(
    survey: Survey, service: ServiceId | None, before: _Assumptions, after: _Assumptions
) -> SimulatedRow:
    objective = before.objective
    present = survey.budgets[objective.id, service]
    return SimulatedRow(
        objective=objective.id,
        title=objective.title,
        title_ja=objective.title_ja,
        service=service,
        now=_case(survey, service, before, before, present),
        then=_case(
            survey, service, before, after, _evaluated(survey, service, after, after.clocks)
        ),
    )


def _case(
    survey: Survey,
    service: ServiceId | None,
    seen: _Assumptions,
    taken: _Assumptions,
    budget: Budget,
) -> Case:
    """Give the budget under `taken`; the rates are those that were `seen`, times its factors."""
    throughput = _throughput(survey, seen, taken, budget)
    flowing = clocks_at_pace(
        taken.objective,
        taken.clocks,
        now=survey.now,
        arrival_gap=_gap(throughput.arrivals_per_week),
        closing_gap=_gap(throughput.closings_per_week),
    )
    at_pace = _evaluated(survey, service, taken, flowing).forecast.zero_if_nothing_closed
    until = survey.now + timedelta(seconds=taken.objective.window_seconds)
    return Case(
        state=budget.state,
        remaining=budget.remaining,
        remaining_seconds=budget.remaining_seconds,
        allowance_seconds=budget.allowance_seconds,
        overdue_now=budget.overdue_now,
        zero_if_nothing_closed=_not_after(budget.forecast.zero_if_nothing_closed, until),
        zero_at_pace=_not_after(at_pace, until),
        throughput=throughput,
    )


def _evaluated(
    survey: Survey,
    service: ServiceId | None,
    taken: _Assumptions,
    clocks: Sequence[UnitClock],
) -> Budget:
    sights = by_service(survey.sights).get(service, ())
    around = circumstances_of(service, sights, survey.workspace, survey.now)
    return owner_budget(taken.objective, service, clocks, around, now=survey.now)


def _throughput(
    survey: Survey, seen: _Assumptions, taken: _Assumptions, budget: Budget
) -> Throughput:
    """Give the rates over the past window of the objective as it is, or over as much as is known."""
    seconds = _observed_seconds(survey, seen.objective)
    since = survey.now - timedelta(seconds=seconds)
    counted = [clock for _, clock in seen.clocks if clock.is_counted]
    opened = sum(since < each.started_at <= survey.now for each in counted)
    closed = sum(
        each.closed_at is not None and since < each.closed_at <= survey.now for each in counted
    )
    weekly = Fraction(WEEK_SECONDS, seconds)
    return Throughput(
        open_now=budget.overdue_now + budget.open_not_due,
        arrivals_per_week=opened * weekly * taken.arrival_factor,
        closings_per_week=closed * weekly * taken.closing_factor,
        objective_seconds=taken.objective.objective_seconds,
    )


def _observed_seconds(survey: Survey, objective: Objective) -> int:
    """Give the past window, or as much of it as is known, but a week at least."""
    first = min((each.started_at for each in survey.clocks.values()), default=survey.now)
    known = int((survey.now - first).total_seconds()) + 1
    return max(WEEK_SECONDS, min(objective.window_seconds, known))


def _gap(per_week: Fraction) -> Fraction | None:
    return WEEK_SECONDS / per_week if per_week else None


def _not_after(at: datetime | None, until: datetime) -> datetime | None:
    return at if at is not None and at <= until else None


def _worst_first(row: SimulatedRow) -> tuple[int, Fraction, str, str]:
    return (-row.then.state.rank, row.then.remaining, row.objective, row.service or "")
