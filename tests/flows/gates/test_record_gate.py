"""Verdicts before deployment: known by control, service and address; neutral; gone after 14 days."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest

from tests.flows.reports import Books, day, decision_table
from tesuri.flows.gates.record_gate import record_gate
from tesuri.model.control import GateAnswer, GateReport, Point, Ruling, Verdict, VerdictKind
from tesuri.model.event import EventKind
from tesuri.model.finding import Finding, State
from tesuri.model.identifiers import ControlId, ServiceId
from tesuri.model.objective import PolicyState
from tesuri.model.severity import Severity

CONTROL = ControlId("aws-security-group-open")
FAILING = Ruling(
    Verdict(
        CONTROL,
        "1",
        "aws_security_group",
        "aws_security_group.web",
        VerdictKind.FAIL,
        Severity.HIGH,
    ),
    GateAnswer.WARN,
    ServiceId("shop"),
    None,
    "tag service=shop",
    PolicyState.UNKNOWN,
    "no budget",
    message="Port 22 is open to everyone.",
)
UNKNOWN = replace(FAILING, verdict=replace(FAILING.verdict, kind=VerdictKind.UNKNOWN, address="b"))


@pytest.fixture
def books(database_url: str) -> Iterator[Books]:
    books = Books(database_url)
    yield books
    books.store.close()


def record(books: Books, now: datetime, *rulings: Ruling, subject: str = "plan.json") -> None:
    answer = max(
        (each.answer for each in rulings), key=lambda each: each.rank, default=GateAnswer.ALLOW
    )
    record_gate(
        GateReport(Point.PLAN, subject, answer, rulings),
        store=books.store,
        workspace=books.workspace,
        table=decision_table(),
        now=now,
    )


def only(books: Books) -> Finding:
    (found,) = books.findings()
    return found


def test_failing_verdict_is_a_finding_that_counts_in_no_budget(books: Books) -> None:
    record(books, day(0), FAILING, UNKNOWN)
    found = only(books)
    assert (found.rule, found.resource) == (CONTROL, "aws_security_group.web")
    assert (found.service, found.is_neutral, found.state) == ("shop", True, State.OPEN)
    clock = books.clocks()[found.key]
    assert (clock.is_counted, clock.overdue) == (False, ())


def test_answer_is_written_down_even_when_nothing_fails(books: Books) -> None:
    record(books, day(0))
    (event,) = books.events()
    assert (event.kind, event.payload["answer"]) == (EventKind.GATE_ANSWERED, "allow")


def test_same_address_in_another_file_is_the_same_finding(books: Books) -> None:
    record(books, day(0), FAILING)
    record(books, day(1), FAILING, subject="other.json")
    assert only(books).opened_at == day(0)


def test_it_is_gone_14_days_after_the_last_run_that_showed_it(books: Books) -> None:
    record(books, day(0), FAILING)
    record(books, day(10), FAILING)
    record(books, day(20), FAILING)
    assert books.tick(day(33.9)).gone == 0
    assert books.tick(day(40)).gone == 1
    assert (only(books).state, only(books).closed_at) == (State.GONE, day(34))
    assert books.tick(day(41)).changes == 0


def test_message_that_changed_is_a_run_that_showed_it_too(books: Books) -> None:
    record(books, day(0), FAILING)
    worse = replace(FAILING, verdict=replace(FAILING.verdict, severity=Severity.CRITICAL))
    record(books, day(10), worse)
    assert books.tick(day(20)).gone == 0
    assert books.tick(day(24)).gone == 1


def test_it_comes_back_within_seven_days_as_the_same_episode(books: Books) -> None:
    record(books, day(0), FAILING)
    books.tick(day(15))
    record(books, day(16), FAILING)
    assert (only(books).state, only(books).episode) == (State.OPEN, 1)
    books.tick(day(31))
    record(books, day(60), FAILING)
    assert [(each.episode, each.is_neutral) for each in books.findings()] == [(1, True), (2, True)]


def test_run_that_does_not_show_it_closes_nothing(books: Books) -> None:
    record(books, day(0), FAILING)
    for number in (1, 2, 3):
        record(books, day(number))
    assert only(books).state is State.OPEN


def test_rebuild_is_equal_after_runs_of_a_gate(books: Books) -> None:
    record(books, day(0), FAILING, UNKNOWN)
    record(books, day(3), FAILING)
    books.tick(day(30))
    before = books.everything()
    books.store.rebuild()
    assert books.everything() == before
