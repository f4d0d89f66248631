"""Waivers: what they hide, for how long, and what the clock makes of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest

from tests.flows.reports import A, B, Books, a_waiver, day, plain_workspace, trivy
from tesuri.model.clock import Clock
from tesuri.model.event import EventKind
from tesuri.model.finding import State
from tesuri.model.identifiers import WaiverId
from tesuri.model.severity import Severity
from tesuri.model.waiver import Waiver


@pytest.fixture
def books(database_url: str) -> Iterator[Books]:
    books = Books(database_url)
    books.ingest(trivy(A, B, at=day(0)))
    assert books.finding(A).due_at == day(30)
    yield books
    books.store.close()


def declare(books: Books, now: datetime, *waivers: Waiver) -> None:
    """Put these waivers into the workspace, and let time come to `now`."""
    books.workspace = replace(plain_workspace(), waivers=waivers)
    books.tick(now)
    assert books.tick(now).changes == 0, "the second tick of an instant changes nothing"


def clock(books: Books) -> Clock:
    return books.clocks()[books.finding(A).key]


def test_waiver_hides_what_its_scope_covers_and_nothing_else(books: Books) -> None:
    declare(books, day(2), a_waiver())
    found = books.finding(A)
    assert (found.state, found.waiver) == (State.WAIVED, "WVR-1")
    assert books.finding(B).state is State.OPEN


def test_waiver_counts_from_its_approval_not_from_when_it_was_read(books: Books) -> None:
    declare(books, day(40), a_waiver(approved_at=day(29)))
    assert clock(books).overdue == ((day(61), None),)


def test_waiver_approved_late_stops_further_lateness_and_refunds_nothing(books: Books) -> None:
    declare(books, day(41), a_waiver(approved_at=day(40)))
    assert clock(books).overdue == ((day(30), day(40)), (day(61), None))


def test_expired_waiver_stops_hiding_the_finding_which_is_due_at_once(books: Books) -> None:
    declare(books, day(2), a_waiver())
    declare(books, day(70), a_waiver())
    found = books.finding(A)
    assert (found.state, found.waiver, found.due_at) == (State.OPEN, None, day(61))
    assert clock(books).overdue == ((day(61), None),)


def test_waiver_that_was_never_in_force_hides_nothing(books: Books) -> None:
    declare(books, day(2), a_waiver(approved_at=day(3)))
    declare(books, day(62), a_waiver())
    assert books.finding(A).state is State.OPEN


@pytest.mark.parametrize(
    ("waiver", "state"),
    [
        (a_waiver(), State.WAIVED),
        (a_waiver(severity=Severity.HIGH), State.WAIVED),
        (a_waiver(severity=Severity.CRITICAL), State.WAIVED),
        (a_waiver(severity=Severity.MEDIUM), State.OPEN),
        (a_waiver(expires_at=day(91)), State.WAIVED),
        (a_waiver(expires_at=day(181)), State.OPEN),
    ],
    ids=["any", "high", "critical", "medium", "90 days", "180 days"],
)
def test_waiver_covers_no_worse_severity_and_none_for_longer_than_allowed(
    books: Books, waiver: Waiver, state: State
) -> None:
    declare(books, day(2), waiver)
    assert books.finding(A).state is state


def test_waiver_ends_when_the_finding_becomes_worse_than_it_covers(books: Books) -> None:
    waiver = a_waiver(severity=Severity.HIGH)
    declare(books, day(2), waiver)
    books.ingest(trivy(replace(A, severity="CRITICAL"), B, at=day(3)), now=day(3))
    declare(books, day(3), waiver)
    assert books.finding(A).state is State.OPEN
    ended = [event for event in books.events() if event.kind is EventKind.WAIVER_ENDED]
    assert [event.reason for event in ended] == [
        "WVR-1 does not cover critical, or not for so long."
    ]


def test_renewed_waiver_holds_on_without_a_gap(books: Books) -> None:
    declare(books, day(2), a_waiver())
    declare(books, day(50), a_waiver(approved_at=day(50), expires_at=day(99), renewals=1))
    declare(books, day(70), a_waiver(approved_at=day(50), expires_at=day(99), renewals=1))
    assert (books.finding(A).state, books.finding(A).due_at) == (State.WAIVED, day(99))
    assert clock(books).overdue == ((day(99), None),)


def test_another_waiver_takes_over_when_the_one_that_lasts_longest_is_withdrawn(
    books: Books,
) -> None:
    longer = a_waiver(id=WaiverId("WVR-2"), expires_at=day(80))
    declare(books, day(2), a_waiver(), longer)
    assert books.finding(A).waiver == "WVR-2"
    declare(books, day(3), a_waiver())
    assert (books.finding(A).waiver, books.finding(A).due_at) == ("WVR-1", day(61))


def test_a_waiver_that_is_shortened_ends_when_it_says_now(books: Books) -> None:
    declare(books, day(2), a_waiver())
    declare(books, day(3), a_waiver(expires_at=day(20)))
    assert (books.finding(A).state, books.finding(A).due_at) == (State.WAIVED, day(20))
    declare(books, day(21), a_waiver(expires_at=day(20)))
    assert (books.finding(A).state, books.finding(A).due_at) == (State.OPEN, day(20))


def test_the_waiver_that_holds_goes_on_holding_when_a_longer_one_comes(books: Books) -> None:
    declare(books, day(2), a_waiver())
    declare(books, day(3), a_waiver(), a_waiver(id=WaiverId("WVR-2"), expires_at=day(80)))
    assert books.finding(A).waiver == "WVR-1"


def test_withdrawn_waiver_lets_the_clock_run_with_the_time_it_had_left(books: Books) -> None:
    declare(books, day(2), a_waiver())
    declare(books, day(11))
    found = books.finding(A)
    assert (found.state, found.due_at) == (State.OPEN, day(40))


def test_waiver_that_covers_again_counts_from_when_it_was_ended(books: Books) -> None:
    declare(books, day(2), a_waiver())
    declare(books, day(11))
    declare(books, day(12), a_waiver())
    assert (books.finding(A).state, books.finding(A).due_at) == (State.WAIVED, day(61))
    assert clock(books).overdue == ((day(61), None),)


def test_scope_that_cannot_be_answered_covers_nothing(books: Books) -> None:
    declare(books, day(2), a_waiver(scope="finding.nothing == 'x'"))
    assert books.finding(A).state is State.OPEN
