from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise

import pytest

from tests.flows.sample_survey import (
    CHECKOUT,
    DAY,
    HOUR,
    IMMEDIATE,
    LEDGER,
    NOW,
    PAYMENTS,
    SEARCH,
    URGENT,
    Journal,
    workspace,
)
from tesuri.flows.budgets.show_slo import show_slo
from tesuri.flows.budgets.show_slos import show_slos
from tesuri.flows.pages.show_services import show_services
from tesuri.model.control import Control, GateAnswer
from tesuri.model.decision import Outcome
from tesuri.model.finding import State
from tesuri.model.identifiers import ControlId, ObjectiveId, ServiceId
from tesuri.model.objective import Incident, IncidentGrade, PolicyState
from tesuri.model.severity import Severity
from tesuri.model.views_slo import AlertKind, LaneKind, SloView

ALLOWANCE = 28 * 86_400 // 20


def control(name: str, *, always: bool = False) -> Control:
    return Control(
        id=ControlId(name),
        version="0",
        title={"en": name},
        statement={"en": name},
        severity=Severity.HIGH,
        resource="aws_s3_bucket",
        require="true",
        message="''",
        points={},
        is_always_blocking=always,
    )


CONTROLS = (control("ports"), control("root-key", always=True))


def slo(
    journal: Journal, *, service: ServiceId | None = None, key: ObjectiveId = URGENT
) -> SloView:
    view = show_slo(journal.survey(), journal, key, team=None, service=service, controls=CONTROLS)
    assert view is not None
    return view


def gate(control_id: str | None, answer: str, service: str | None) -> Mapping[str, object]:
    return {
        "change": "plan.json",
        "point": "plan",
        "answer": answer,
        "policy_state": "ample",
        "failed": 1 if control_id else 0,
        "unknown": 0,
        "control": control_id,
        "service": service,
    }


def test_misses_are_lettered_in_the_order_of_due_dates() -> None:
    journal = Journal()
    journal.find(1, age=8 * DAY)
    journal.close(journal.find(2, age=20 * DAY), NOW - 12 * DAY)
    journal.find(3, age=2 * DAY)
    journal.close(journal.find(4, age=15 * DAY, service=LEDGER), NOW - 5 * DAY)
    view = slo(journal)
    assert [(miss.letter, miss.finding, miss.late_seconds) for miss in view.misses] == [
        ("A", 2, 86_400),
        ("B", 4, 3 * 86_400),
        ("C", 1, 86_400),
    ]
    assert [miss.state for miss in view.misses] == [State.FIXED, State.FIXED, State.OPEN]
    assert view.misses[0].closed_at == NOW - 12 * DAY
    assert view.misses[2].closed_at is None
    assert view.misses_total == 3
    assert view.used_seconds == 5 * 86_400
    assert (view.on_time.on_time, view.on_time.due) == (0, 3)


def test_letters_end_with_the_alphabet() -> None:
    journal = Journal()
    for key in range(1, 31):
        journal.find(key, age=8 * DAY)
    view = slo(journal)
    assert [miss.letter for miss in view.misses][24:28] == ["Y", "Z", "", ""]
    assert view.misses_total == 30


def test_over_services_hours_add_and_the_least_healthy_member_decides() -> None:
    journal = Journal()
    journal.find(1, age=7 * DAY + 40 * HOUR)
    journal.find(2, age=7 * DAY + 2 * HOUR, service=LEDGER)
    view = slo(journal)
    assert view.budget.allowance_seconds == 3 * ALLOWANCE
    assert view.budget.remaining_seconds == 3 * ALLOWANCE - 42 * 3600
    assert view.budget.state is PolicyState.UNKNOWN, "3 of 4 assets of the whole scope were seen"
    assert view.deciding is not None
    assert (view.deciding.service, view.deciding.state) == (CHECKOUT, PolicyState.SPENT)
    assert [gate.state for gate in view.gates if gate.is_current] == [PolicyState.SPENT]
    assert (view.budget.late_now, view.cost_seconds_a_day) == (2, 2 * 86_400)
    assert [(row.service, row.state.value) for row in view.members] == [
        ("checkout", "spent"),
        ("ledger", "ample"),
        ("search", "ample"),
    ]
    assert view.state_reason.startswith("−")
    only = slo(journal, service=LEDGER)
    assert only.budget.remaining_seconds == ALLOWANCE - 2 * 3600
    assert only.budget.state is PolicyState.AMPLE
    assert only.members == ()


@pytest.mark.parametrize("service", [None, CHECKOUT])
def test_the_line_falls_only_while_something_is_late(service: ServiceId | None) -> None:
    journal = Journal()
    journal.close(journal.find(1, age=17 * DAY), NOW - 9 * DAY)
    chart = slo(journal, service=service).burn_down
    whole = chart.allowance_seconds
    assert chart.points[0].at == NOW - 28 * DAY
    assert chart.points[-1].at == NOW
    for point in chart.points:
        late = min(max(point.at - (NOW - 10 * DAY), timedelta(0)), DAY)
        assert point.remaining_seconds == whole - int(late.total_seconds())
    widest = max(after.at - before.at for before, after in pairwise(chart.points))
    assert widest <= 28 * DAY / 160
    assert chart.zero_at is None
    assert chart.even_pace == ()


def test_the_forecast_ends_in_zero_at_the_second_when_nothing_is_left() -> None:
    journal = Journal()
    journal.find(1, age=7 * DAY - 10 * HOUR)
    chart = slo(journal, service=CHECKOUT).burn_down
    zero = NOW + 10 * HOUR + timedelta(seconds=ALLOWANCE)
    assert chart.zero_at == zero
    assert (chart.if_nothing_closed[-1].at, chart.if_nothing_closed[-1].remaining_seconds) == (
        zero,
        0,
    )
    assert chart.if_nothing_closed[0].at == NOW
    assert chart.usual_pace == ()
    assert chart.ends_at > zero


def test_the_sum_of_services_reaches_zero_later_than_its_worst_member() -> None:
    journal = Journal()
    journal.find(1, age=8 * DAY)
    worst = slo(journal, service=CHECKOUT).burn_down.zero_at
    whole = slo(journal).burn_down.zero_at
    assert worst is not None
    assert whole is not None
    assert worst == NOW + timedelta(seconds=ALLOWANCE - 86_400)
    assert abs(whole - (NOW + timedelta(seconds=3 * ALLOWANCE - 86_400))) <= timedelta(seconds=1)


def test_an_incident_is_a_jump_of_the_line_and_a_mark_under_it() -> None:
    journal = Journal()
    journal.find(1)
    incident = Incident(
        "INC-44", IncidentGrade.INCIDENT, CHECKOUT, NOW - 3 * DAY, "Identity outage"
    )
    space = replace(workspace(), incidents=(incident,))
    view = show_slo(
        journal.survey(space), journal, URGENT, team=None, service=CHECKOUT, controls=()
    )
    assert view is not None
    levels = {point.remaining_seconds for point in view.burn_down.points}
    assert levels == {ALLOWANCE, ALLOWANCE // 2}
    assert [(mark.kind, mark.name) for mark in view.burn_down.marks] == [
        (LaneKind.INCIDENT, "INC-44")
    ]
    elsewhere = show_slo(
        journal.survey(space), journal, URGENT, team=None, service=LEDGER, controls=()
    )
    assert elsewhere is not None
    assert elsewhere.burn_down.marks == ()


def test_alerts_are_the_four_burn_rates_the_forecast_and_the_trend() -> None:
    journal = Journal()
    journal.find(1, age=8 * DAY)
    alerts = slo(journal).alerts
    assert [alert.kind for alert in alerts] == [AlertKind.BURN] * 4 + [
        AlertKind.FORECAST,
        AlertKind.BINOMIAL,
    ]
    fast = alerts[0]
    assert (fast.long_seconds, fast.short_seconds) == (6 * 3600, 3600)
    assert (fast.burn_long, fast.burn_short) == (Fraction(20), Fraction(20))
    assert fast.is_firing
    assert alerts[4].seconds_to_zero == ALLOWANCE - 86_400
    assert alerts[4].is_firing


def test_what_is_neutral_is_counted_beside_the_budget() -> None:
    journal = Journal()
    journal.find(1, finding={"is_stale": True})
    journal.find(2)
    journal.waive(journal.find(3), NOW + 9 * DAY, "WVR-70")
    view = slo(journal)
    assert view.not_counted.waived == 1
    assert view.not_counted.waivers == ("WVR-70",)
    assert view.not_counted.unknown == 1
    assert view.due_in_window == 2
    assert view.next_due is not None
    assert view.next_due.due_at == NOW + 6 * DAY


def test_each_state_says_what_gates_answer_and_what_it_would_have_stopped() -> None:
    journal = Journal()
    journal.gate(gate("ports", "warn", "checkout"), NOW - 3 * HOUR)
    journal.gate(gate("root-key", "block", "checkout"), NOW - 2 * HOUR)
    journal.gate(gate(None, "allow", "checkout"), NOW - HOUR)
    journal.gate(gate("ports", "warn", "search"), NOW - HOUR)
    view = slo(journal, service=CHECKOUT)
    assert [row.answer for row in view.answers] == [
        GateAnswer.ALLOW,
        GateAnswer.BLOCK,
        GateAnswer.WARN,
    ]
    gates = {each.state: each for each in view.gates}
    assert view.gates[0].state is PolicyState.AMPLE
    assert [each.state for each in view.gates if each.is_current] == [PolicyState.AMPLE]
    ample, spent = gates[PolicyState.AMPLE], gates[PolicyState.SPENT]
    assert (ample.warns, ample.blocks, ample.blocking) == (1, 1, ("root-key",))
    assert (spent.warns, spent.blocks) == (0, 2)
    assert (ample.changes, ample.would_stop, spent.would_stop) == (3, 1, 2)


def test_without_a_recorded_change_nobody_says_what_would_have_been_stopped() -> None:
    journal = Journal()
    journal.find(1)
    assert {(each.changes, each.would_stop) for each in slo(journal).gates} == {(None, None)}


def test_an_event_of_unknown_words_is_passed_over() -> None:
    journal = Journal()
    journal.gate({**gate("ports", "warn", "checkout"), "answer": "perhaps"}, NOW - HOUR)
    assert slo(journal).answers == ()


def test_there_is_no_page_for_what_does_not_exist() -> None:
    journal = Journal()
    survey = journal.survey()
    nothing = ObjectiveId("nothing")
    assert show_slo(survey, journal, nothing, team=None, service=None, controls=()) is None
    stray = ServiceId("stray")
    assert show_slo(survey, journal, URGENT, team=None, service=stray, controls=()) is None


def test_a_scope_without_services_has_an_unknown_budget_and_no_line() -> None:
    journal = Journal()
    survey = journal.survey(replace(workspace(), services={}, teams={}, assets=()))
    view = show_slo(survey, journal, URGENT, team=None, service=None, controls=CONTROLS)
    assert view is not None
    assert view.budget.state is PolicyState.UNKNOWN
    assert (view.burn_down.points, view.alerts, view.misses) == ((), (), ())


def test_the_list_has_one_line_an_objective_and_one_a_member() -> None:
    journal = Journal()
    journal.find(1, outcome=Outcome.IMMEDIATE, age=5 * DAY)
    journal.find(2, service=SEARCH)
    view = show_slos(journal.survey(), team=PAYMENTS)
    assert [(row.objective, row.service) for row in view.rows] == [
        (IMMEDIATE, CHECKOUT),
        (URGENT, CHECKOUT),
    ], "the least healthy member stands for the objective"
    assert view.rows[0].owner == "Payments"
    assert {(row.objective, row.service) for row in view.members} == {
        (IMMEDIATE, CHECKOUT),
        (IMMEDIATE, LEDGER),
        (URGENT, CHECKOUT),
        (URGENT, LEDGER),
    }
    assert view.members[0].service == CHECKOUT


def test_services_stand_worst_first_with_what_nobody_claimed_or_labelled() -> None:
    journal = Journal()
    journal.find(1, outcome=Outcome.IMMEDIATE, age=5 * DAY, service=LEDGER)
    journal.find(2, service=None)
    journal.find(3)
    survey = journal.survey()
    view = show_services(survey, team=None)
    assert [(row.id, row.open_findings, row.late_findings) for row in view.rows] == [
        ("ledger", 1, 1),
        ("checkout", 1, 0),
        ("search", 0, 0),
    ]
    assert view.rows[0].worst is not None
    assert view.rows[0].worst.objective == IMMEDIATE
    assert [(each.asset, each.open_findings) for each in view.unowned] == [("stray-host", 1)]
    assert view.unowned_total == 1
    assert [(each.id, each.missing) for each in view.unlabelled] == [
        ("search", ("tier", "exposure", "data_class"))
    ]
    of_team = show_services(survey, team=PAYMENTS)
    assert ([row.id for row in of_team.rows], of_team.unowned) == (["ledger", "checkout"], ())


def test_a_budget_of_a_service_that_is_not_declared_any_more_still_counts() -> None:
    journal = Journal()
    journal.find(1, age=8 * DAY, service=LEDGER)
    services = workspace().services
    space = replace(workspace(), services={CHECKOUT: services[CHECKOUT]}, assets=())
    view = show_slo(journal.survey(space), journal, URGENT, team=None, service=None, controls=())
    assert view is not None
    assert view.used_seconds == 86_400
    assert {row.service for row in view.members} == {CHECKOUT, LEDGER}
    assert [row.id for row in show_services(journal.survey(space), team=None).rows] == [CHECKOUT]
