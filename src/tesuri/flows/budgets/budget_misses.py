"""What used a budget: groups that were late in the window, lettered in the order of their due dates."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from heapq import nsmallest
from itertools import takewhile
from string import ascii_uppercase

from tesuri.flows.findings.finding_rows import do_of, due_of
from tesuri.flows.site.owner_budgets import BudgetKey
from tesuri.flows.site.survey import Survey, findings_by_group
from tesuri.model.budget import Budget
from tesuri.model.finding import Finding, State
from tesuri.model.identifiers import GroupKey, ServiceId
from tesuri.model.objective import Counted
from tesuri.model.views_slo import Miss

MISS_ROWS = 50
"""Misses that are listed, those that used most; all are counted."""

_Unit = tuple[BudgetKey, GroupKey]


def misses_of(
    survey: Survey, budgets: Mapping[ServiceId | None, Budget]
) -> tuple[tuple[Miss, ...], int]:
    """Give the misses that used most, in the order of due dates, and how many there are.

    A unit of budget is a group: its finding that was due first stands for it, under the group's name.
    """
    legacy = {each.id for each in survey.workspace.objectives if each.counts is Counted.COMPONENTS}
    # What a legacy budget counts are components, which stand in a table of their own.
    counted = {
        service: budget.contributions
        for service, budget in budgets.items()
        if budget.objective not in legacy
    }
    used = nsmallest(
        MISS_ROWS,
        (
            (-seconds, ((budgets[service].objective, service), GroupKey(int(unit))))
            for service, units in counted.items()
            for unit, seconds in _that_used_most(units)
        ),
        key=lambda entry: (entry[0], entry[1][1], entry[1][0][1] or ""),
    )
    found = [
        miss
        for seconds, unit in used
        if (miss := _miss(survey, unit, _members(survey, unit), -seconds)) is not None
    ]
    ordered = sorted(found, key=lambda miss: (miss.due_at, miss.finding))
    lettered = (replace(miss, letter=_letter(number)) for number, miss in enumerate(ordered))
    return tuple(lettered), sum(map(len, counted.values()))


def _that_used_most(units: Sequence[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """Give the first units, and those after them that used as much as the last of those."""
    least = units[MISS_ROWS - 1][1] if len(units) > MISS_ROWS else 0
    return takewhile(lambda unit: unit[1] >= least, units)


def _letter(number: int) -> str:
    return ascii_uppercase[number] if number < len(ascii_uppercase) else ""


def _members(survey: Survey, unit: _Unit) -> Sequence[Finding]:
    """Give the findings of a group that count in this budget, past episodes too."""
    (objective, service), group = unit
    return [
        each
        for each in findings_by_group(survey).get(group, ())
        if each.objective == objective and each.service == service
    ]


def _miss(survey: Survey, unit: _Unit, members: Sequence[Finding], seconds: int) -> Miss | None:
    dated = [(due, each.key, each) for each in members if (due := due_of(survey, each)) is not None]
    if not dated:
        return None
    due_at, _, first = min(dated, key=lambda entry: entry[:2])
    states = [each.state for each in members]
    closings = [each.closed_at for each in members if each.closed_at is not None]
    is_open = State.OPEN in states
    do = do_of(survey, unit[1], first.title)
    return Miss(
        letter="",
        finding=first.key,
        title=do.title,
        severity=min((each.severity for each in members), key=lambda each: each.rank),
        service=first.service,
        due_at=due_at,
        late_seconds=seconds,
        state=State.OPEN if is_open else first.state,
        closed_at=None if is_open or len(closings) < len(members) else max(closings),
        title_ja=do.title_ja,
    )
