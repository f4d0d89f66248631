from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.flows.sample_survey import (
    CHECKOUT,
    DAY,
    HOUR,
    LEDGER,
    NOW,
    PAYMENTS,
    SEARCH,
    Journal,
    workspace,
)
from tesuri.flows.pages.show_shell import show_shell
from tesuri.flows.pages.show_week import DEFAULT_CAPACITY_MINUTES, show_week
from tesuri.model.decision import Outcome
from tesuri.model.observation import Kind
from tesuri.model.views import CapacitySource, WhyKind


def test_late_immediate_work_comes_first_and_the_line_is_drawn_at_the_capacity() -> None:
    journal = Journal()
    journal.find(1, outcome=Outcome.OUT_OF_CYCLE)
    journal.find(2, outcome=Outcome.IMMEDIATE, age=HOUR)
    journal.find(3, outcome=Outcome.IMMEDIATE, age=3 * DAY)
    journal.find(4, outcome=Outcome.OUT_OF_CYCLE, age=6 * DAY)
    week = show_week(journal.survey(), journal, team=PAYMENTS)
    assert [row.group for row in week.planned] == [3, 2]
    assert [row.group for row in week.later] == [4, 1]
    assert [row.rank for row in (*week.planned, *week.later)] == [1, 2, 3, 4]
    assert (week.planned_minutes, week.capacity.minutes) == (120, 120)
    assert week.later_total == 2
    assert week.carried_risk is not None
    assert 0 < week.carried_risk < 1


def test_the_week_begins_on_monday_in_the_zone_of_the_workspace() -> None:
    journal = Journal()
    sunday_evening = NOW.replace(day=22, hour=16)
    tokyo = show_week(journal.survey(now=sunday_evening), journal, team=None)
    space = replace(workspace(), time_zone="UTC")
    utc = show_week(journal.survey(space, now=sunday_evening), journal, team=None)
    assert (tokyo.starts_on, tokyo.ends_on) == (date(2026, 11, 23), date(2026, 11, 29))
    assert utc.starts_on == date(2026, 11, 16)


def test_a_late_group_says_since_when_and_what_a_day_costs() -> None:
    journal = Journal()
    journal.find(1, outcome=Outcome.IMMEDIATE, age=3 * DAY)
    journal.find(2, outcome=Outcome.IMMEDIATE, age=3 * DAY + HOUR, service=LEDGER, group=1)
    journal.find(3, outcome=Outcome.IMMEDIATE, age=HOUR)
    week = show_week(journal.survey(), journal, team=None)
    late = week.planned[0]
    assert late.late_seconds == 25 * 3600
    assert next(why.seconds for why in late.why if why.kind is WhyKind.LATE) == 2 * 86_400
    assert (week.late.findings, week.late.groups, week.late.longest_seconds) == (2, 1, 25 * 3600)
    assert week.late.cost_seconds_a_day == 2 * 86_400
    assert week.late.services == (LEDGER, CHECKOUT)


def test_closing_now_restores_the_overdue_time_of_the_next_seven_days_once_a_budget() -> None:
    journal = Journal()
    journal.find(1, age=5 * DAY)
    journal.find(2, age=4 * DAY, group=1)
    journal.find(3, age=4 * DAY, group=1, service=LEDGER)
    week = show_week(journal.survey(), journal, team=None)
    in_checkout, in_ledger = 5 * 86_400, 4 * 86_400
    assert week.planned[0].restored_seconds == in_checkout + in_ledger


def test_reasons_name_the_attack_before_the_clock() -> None:
    journal = Journal()
    found = journal.find(1, age=6 * DAY)
    journal.answer(found, exploitation="active", exposure="open", automatable="yes")
    journal.exploited("CVE-2026-1001", date(2026, 11, 21))
    row = show_week(journal.survey(), journal, team=None).planned[0]
    assert [why.kind for why in row.why] == [
        WhyKind.EXPLOITED,
        WhyKind.OPEN_TO_INTERNET,
        WhyKind.DUE_THIS_WEEK,
    ]
    assert (row.why[1].count, row.why[1].total) == (1, 1)


def test_an_exposure_that_nobody_declared_is_no_reason() -> None:
    journal = Journal()
    found = journal.find(1, finding={"kind": Kind.SECRET})
    journal.answer(found, exploitation="none")
    row = show_week(journal.survey(), journal, team=None).planned[0]
    kinds = [why.kind for why in row.why]
    assert kinds[0] is WhyKind.LEAKED
    assert WhyKind.OPEN_TO_INTERNET not in kinds


def test_work_that_decides_over_a_budget_says_so() -> None:
    journal = Journal()
    # 28 d at 95 % allow 33.6 h: one finding alone uses them up within the week
    journal.find(1, age=8 * DAY)
    row = show_week(journal.survey(), journal, team=None).planned[0]
    kept = [why for why in row.why if why.kind is WhyKind.KEEPS_BUDGET]
    assert [(why.name, why.seconds) for why in kept] == [("checkout", 7 * 86_400)]


def test_hours_are_added_where_declared_and_assumed_where_nobody_did() -> None:
    journal = Journal()
    declared = show_week(journal.survey(), journal, team=None).capacity
    assert (declared.minutes, declared.teams) == (120, 1)
    assert declared.source is CapacitySource.DECLARED
    bare = replace(workspace(), teams={})
    assumed = show_week(journal.survey(bare), journal, team=None).capacity
    assert assumed.minutes == DEFAULT_CAPACITY_MINUTES
    assert assumed.source is CapacitySource.DEFAULT


def test_unowned_work_waits_for_a_person_and_is_in_no_teams_week() -> None:
    journal = Journal()
    journal.find(1, service=None)
    journal.find(2, service=SEARCH)
    survey = journal.survey()
    everything = show_week(survey, journal, team=None)
    assert everything.waiting.unowned_findings == 1
    assert everything.waiting.unowned_assets == 1
    assert everything.waiting.unlabelled_services == 1
    assert everything.waiting.skipped_records == 3
    assert show_week(survey, journal, team=PAYMENTS).planned == ()


def test_budgets_stand_least_first_and_unseen_assets_make_them_unknown() -> None:
    journal = Journal()
    journal.find(1, outcome=Outcome.IMMEDIATE, age=9 * DAY)
    journal.find(2, age=DAY, service=None)
    week = show_week(journal.survey(), journal, team=None)
    assert [(row.service, row.objective, row.state.value) for row in week.budgets] == [
        ("checkout", "immediate-48h", "spent"),
        (None, "immediate-48h", "unknown"),
        ("ledger", "immediate-48h", "ample"),
        ("search", "immediate-48h", "ample"),
    ], "the least budget of each service"
    assert (week.coverage.seen, week.coverage.total) == (3, 4)


def test_due_weeks_count_what_is_open_by_the_week_of_its_due_date() -> None:
    journal = Journal()
    journal.find(1, age=6 * DAY)
    journal.find(2, age=timedelta(0))
    journal.close(journal.find(3), NOW)
    weeks = show_week(journal.survey(), journal, team=None).due_weeks
    assert len(weeks) == 13
    assert [week.count for week in weeks[:3]] == [1, 1, 0]


@pytest.mark.parametrize("findings", [1, 40])
def test_the_store_is_asked_as_often_for_many_findings_as_for_one(findings: int) -> None:
    journal = Journal()
    for key in range(1, findings + 1):
        journal.find(key)
    show_week(journal.survey(), journal, team=None)
    assert sorted(journal.questions) == ["decisions", "decisions", "events", "signals"]


def test_the_shell_counts_the_scope_and_names_quiet_tools() -> None:
    journal = Journal()
    journal.find(1)
    journal.find(2, service=SEARCH)
    journal.close(journal.find(3), NOW - HOUR)
    survey = journal.survey()
    shell = show_shell(survey, team=PAYMENTS)
    assert (shell.counts.findings, shell.counts.services, shell.counts.objectives) == (1, 2, 2)
    assert shell.stale_sources == ()
    assert shell.data_as_of == NOW - 2 * HOUR
    everything = show_shell(survey, team=None)
    assert [(each.tool, each.assets) for each in everything.stale_sources] == [("trivy", 1)]


def test_an_empty_installation_has_an_empty_week_and_no_data() -> None:
    journal = Journal()
    survey = replace(journal.survey(), sights=(), sources=())
    week = show_week(survey, journal, team=None)
    assert (week.planned, week.later, week.carried_risk, week.due_weeks) == ((), (), None, ())
    assert show_shell(survey, team=None).data_as_of is None


def test_an_effort_is_learnt_from_three_past_fixes_of_its_kind() -> None:
    journal = Journal()
    for key, minutes in ((1, 30), (2, 90), (3, 50)):
        fixed = journal.find(key, age=3 * DAY)
        journal.take(fixed, NOW - 2 * DAY)
        journal.close(fixed, NOW - 2 * DAY + timedelta(minutes=minutes))
    waited = journal.find(4, age=9 * DAY)
    journal.take(waited, NOW - 8 * DAY)
    journal.close(waited, NOW - 5 * DAY)
    journal.find(5)
    (row,) = show_week(journal.survey(), journal, team=None).planned
    assert (row.effort.minutes, row.effort.source) == (50, "median of 3 past fixes of its kind")
