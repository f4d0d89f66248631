"""What each budget was at the end of each day: from its books, or from all of them at once where there are many."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from tesuri.budgets.days import budget_days, why_not_in_bulk
from tesuri.flows.site.owner_budgets import (
    UnitClock,
    exclusions_of,
    incidents_of,
    unit_clocks,
)
from tesuri.flows.site.scope import scope_of
from tesuri.flows.site.survey import Survey
from tesuri.model.budget import Exclusion
from tesuri.model.budget_day import BudgetDay
from tesuri.model.errors import BadInput
from tesuri.model.identifiers import ObjectiveId, ServiceId, TeamId
from tesuri.model.objective import Counted, Objective
from tesuri.model.views_history import BudgetCourse, HistoryView

BULK_CLOCKS: Final = 20_000
"""With fewer, the books answer before another engine has started."""


@dataclass(frozen=True, slots=True)
class Counting:
    """One budget with what it counts."""

    objective: Objective
    service: ServiceId | None
    clocks: Sequence[UnitClock]


InBulk = Callable[[Sequence[Counting], datetime, int, Sequence[Exclusion]], Sequence[BudgetDay]]
"""Gives the same days of budgets that columns can say, all with the same exclusions."""


def show_history(
    survey: Survey,
    *,
    days: int,
    team: TeamId | None,
    service: ServiceId | None = None,
    objective: ObjectiveId | None = None,
    in_bulk: InBulk | None = None,
    bulk_from: int = BULK_CLOCKS,
) -> HistoryView:
    """Give the days of every budget of findings in the scope. **raises** BadInput for an unknown service or objective.

    **cost** some 20 µs a finding and 10 µs a day of each budget; less in bulk.
    """
    asked = _asked(survey, team, service, objective)
    is_many = sum(len(each.clocks) for each in asked) >= bulk_from
    found = _days(survey, asked, days, in_bulk if is_many else None)
    titles = {each.id: (each.title, each.title_ja) for each in survey.workspace.objectives}
    courses = [
        BudgetCourse(*titles[each.objective.id], found[each.objective.id, each.service or ""])
        for each in asked
    ]
    ordered = sorted(courses, key=lambda course: (course.days[-1].remaining, course.days[-1].at))
    least = ordered[0].days[-1].remaining if ordered else None
    return HistoryView(tuple(ordered), survey.now, days, least)


def _asked(
    survey: Survey, team: TeamId | None, service: ServiceId | None, objective: ObjectiveId | None
) -> Sequence[Counting]:
    counted = [each for each in survey.workspace.objectives if each.counts is Counted.FINDINGS]
    if objective is not None and objective not in {each.id for each in counted}:
        known = ", ".join(each.id for each in counted)
        raise BadInput(
            f"There is no objective {objective!r} that counts findings.",
            where="--objective",
            remedy=f"Known: {known}.",
        )
    owners = scope_of(survey, team).services if service is None else frozenset({service})
    if service is not None and service not in survey.workspace.services:
        raise BadInput(
            f"There is no service {service!r}.", where="--service", remedy="See: tesuri services"
        )
    clocks = unit_clocks(survey.findings, survey.clocks)
    return [
        Counting(each, owner, clocks.get((each.id, owner), ()))
        for each in counted
        if objective in (None, each.id)
        for owner in sorted(owners, key=str)
        if (each.id, owner) in survey.budgets
    ]


def _days(
    survey: Survey, asked: Sequence[Counting], days: int, in_bulk: InBulk | None
) -> Mapping[tuple[str, str], tuple[BudgetDay, ...]]:
    found: list[BudgetDay] = []
    one_by_one = list(asked)
    if in_bulk is not None:
        together, one_by_one = _parted(survey, asked)
        for exclusions, some in together.items():
            found += in_bulk(some, survey.now, days, exclusions)
    for each in one_by_one:
        found += budget_days(
            each.objective,
            each.clocks,
            service=each.service or "",
            now=survey.now,
            days=days,
            incidents=incidents_of(survey.workspace, each.service),
            exclusions=exclusions_of(survey.workspace, each.service),
        )
    found.sort(key=lambda day: (day.objective, day.service, day.at))
    grouped = groupby(found, key=lambda day: (str(day.objective), day.service))
    return {key: tuple(held) for key, held in grouped}


def _parted(
    survey: Survey, asked: Sequence[Counting]
) -> tuple[Mapping[tuple[Exclusion, ...], list[Counting]], list[Counting]]:
    """Give what columns can say, by what is excluded, and what the books must."""
    together: dict[tuple[Exclusion, ...], list[Counting]] = {}
    alone: list[Counting] = []
    for each in asked:
        if why_not_in_bulk(each.objective, incidents_of(survey.workspace, each.service)):
            alone.append(each)
        else:
            excluded = tuple(exclusions_of(survey.workspace, each.service))
            together.setdefault(excluded, []).append(each)
    return together, alone
