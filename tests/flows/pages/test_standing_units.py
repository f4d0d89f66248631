"""What is kept from one instant to the next answers like what is made anew, and like the findings themselves."""

import random
from collections import Counter
from datetime import timedelta

import pytest

from tests.flows.sample_survey import (
    CHECKOUT,
    DAY,
    HOUR,
    LEDGER,
    NOW,
    PAYMENTS,
    PLATFORM,
    SEARCH,
    Journal,
    workspace,
)
from tesuri.flows.budgets.show_slo import slo_sum
from tesuri.flows.budgets.show_slos import show_slos
from tesuri.flows.findings.finding_rows import due_of, in_order
from tesuri.flows.findings.show_findings import show_findings
from tesuri.flows.pages.questions import warm
from tesuri.flows.pages.show_services import show_services
from tesuri.flows.pages.show_week import show_week
from tesuri.flows.pages.standing_units import standing_units
from tesuri.flows.pages.work_units import work_units
from tesuri.flows.site.lasting import Lasting
from tesuri.flows.site.register import read_register
from tesuri.flows.site.scope import scope_of, zone_of
from tesuri.flows.site.survey import Survey, late_seconds, survey_of
from tesuri.model.decision import Outcome
from tesuri.model.finding import State
from tesuri.model.identifiers import FindingKey, TeamId
from tesuri.model.views import WeekView

TEAMS = (None, PAYMENTS, PLATFORM)
INSTANTS = (NOW, NOW + HOUR, NOW + 3 * DAY, NOW + 40 * DAY)


def fleet(seed: int) -> Journal:
    draw, journal = random.Random(seed), Journal()
    for key in range(1, 60):
        found = journal.find(
            key,
            outcome=draw.choice(list(Outcome)),
            age=draw.choice((HOUR, DAY, 6 * DAY, 9 * DAY, 30 * DAY)),
            service=draw.choice((None, CHECKOUT, LEDGER, SEARCH)),
            group=draw.randrange(1, 9),
            finding={"regression_of": draw.choice((None, FindingKey(1)))},
        )
        match draw.randrange(6):
            case 0:
                journal.close(found, NOW - HOUR)
            case 1:
                journal.waive(found, NOW + draw.choice((HOUR, 2 * DAY)), "WVR-1")
            case 2:
                journal.answer(found, exposure=draw.choice(("open", "small")), exploitation="poc")
            case 3:
                journal.answer(found, exploitation="active", in_kev="yes")
    return journal


def at_each_instant(journal: Journal) -> list[Survey]:
    """Give the surveys of one register, which share what no instant changes."""
    register, lasting = read_register(journal), Lasting()
    return [survey_of(register, journal, workspace(), now, lasting=lasting) for now in INSTANTS]


@pytest.mark.parametrize("seed", range(4))
def test_ranking_sees_a_unit_as_its_findings_are(seed: int) -> None:
    journal = fleet(seed)
    for survey in at_each_instant(journal):
        for team in TEAMS:
            scope = scope_of(survey, team)
            standing = standing_units(scope, journal)
            groups = Counter(each.group for each in scope.open_findings)
            assert {key: len(unit.findings) for key, unit in standing.items()} == groups
            units = work_units(survey, journal, [each.findings for each in standing.values()])
            for own, unit in zip(standing.values(), units, strict=True):
                seen = own.candidate_at(survey.now)
                assert list(own.findings) == in_order(survey, own.findings)
                assert seen.overdue_seconds == unit.late_seconds
                assert seen.restored_seconds == unit.restored_seconds
                assert seen.due_at == unit.due_at
                assert seen.outcome == (unit.outcome or Outcome.IMMEDIATE)


@pytest.mark.parametrize("seed", range(4))
def test_pages_of_a_later_instant_are_those_of_a_survey_of_its_own(seed: int) -> None:
    journal = fleet(seed)
    for survey in at_each_instant(journal):
        fresh = journal.survey(survey.workspace, survey.now)
        assert survey == fresh
        warm(survey, journal)
        for team in TEAMS:
            _same_pages(journal, survey, fresh, team)
        for objective in survey.workspace.objectives:
            assert slo_sum(scope_of(survey, None), objective) == slo_sum(
                scope_of(fresh, None), objective
            )


def _same_pages(journal: Journal, survey: Survey, fresh: Survey, team: TeamId | None) -> None:
    assert show_week(survey, journal, team=team) == show_week(fresh, journal, team=team)
    assert show_services(survey, team=team) == show_services(fresh, team=team)
    assert show_slos(survey, team=team) == show_slos(fresh, team=team)
    for query in ("", "is:late", "late:>2d", "due:<7d", "age:>1d -is:late state:open"):
        one, other = (
            show_findings(each, journal, team=team, query=query) for each in (survey, fresh)
        )
        assert one == other


@pytest.mark.parametrize("seed", range(4))
def test_what_is_late_is_counted_as_the_findings_say(seed: int) -> None:
    journal = fleet(seed)
    for survey in at_each_instant(journal):
        for team in TEAMS:
            scope = scope_of(survey, team)
            late = {each: late_seconds(survey, each.key) for each in scope.open_findings}
            late = {each: seconds for each, seconds in late.items() if seconds}
            by_service: Counter[str] = Counter()
            for each, seconds in late.items():
                by_service[each.service or ""] += seconds
            view = show_week(survey, journal, team=team)
            assert view.late.findings == len(late)
            assert view.late.groups == len({each.group for each in late})
            assert view.late.longest_seconds == max(late.values(), default=0)
            assert set(view.late.services) == by_service.keys() - {""}
            assert [by_service[each] for each in view.late.services] == sorted(
                (by_service[each] for each in view.late.services), reverse=True
            )
            unowned = [each for each in scope.open_findings if each.service is None]
            assert view.waiting.unowned_findings == len(unowned)
            assert sum(week.count for week in view.due_weeks) == _due_within(survey, team, view)


def _due_within(survey: Survey, team: TeamId | None, view: WeekView) -> int:
    starts = {week.starts_on for week in view.due_weeks}
    days = [
        due.astimezone(zone_of(survey.workspace)).date()
        for each in scope_of(survey, team).open_findings
        if each.state is State.OPEN and (due := due_of(survey, each)) is not None
    ]
    return sum(day - timedelta(days=day.weekday()) in starts for day in days)
