"""Coming back: the same episode within seven days, a new one later; and what sticks meanwhile."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.flows.reports import (
    A,
    B,
    Books,
    a_waiver,
    closing,
    day,
    fresh_books,
    grype,
    kev,
    plain_workspace,
    trivy,
)
from tesuri.model.clock import Clock
from tesuri.model.event import EventKind
from tesuri.model.finding import State, Work
from tesuri.model.identifiers import FindingKey

FIRST_CLEAN = 10


@pytest.fixture
def books(database_url: str) -> Iterator[Books]:
    books = Books(database_url)
    yield books
    books.store.close()


def clock_of(books: Books, key: FindingKey) -> Clock:
    return books.clocks()[key]


def fix(books: Books) -> None:
    """See A on day 0 and miss it twice from day 10 on."""
    books.ingest(trivy(A, B, at=day(0)))
    books.ingest(trivy(B, at=day(FIRST_CLEAN)))
    books.ingest(trivy(B, at=day(FIRST_CLEAN + 1)))
    assert books.finding(A).state is State.FIXED


@pytest.mark.parametrize("after", [1.5, 7])
def test_seen_again_within_seven_days_is_the_same_episode_with_its_old_due_date(
    books: Books, after: float
) -> None:
    fix(books)
    due_at = books.finding(A).due_at
    summary = books.ingest(trivy(A, B, at=day(FIRST_CLEAN + after)), now=day(20))
    assert summary.placement.reopened == 1
    found = books.finding(A)
    assert (found.state, found.episode, found.closed_at) == (State.OPEN, 1, None)
    assert (found.due_at, found.work) == (due_at, Work.TRIAGED)


def test_good_verdict_is_revoked_and_the_time_away_is_not_counted(books: Books) -> None:
    fix(books)
    found = books.finding(A)
    assert found.due_at is not None
    assert found.due_at > day(FIRST_CLEAN)
    assert clock_of(books, found.key).overdue == ()
    books.ingest(trivy(A, B, at=day(FIRST_CLEAN + 3)))
    overdue = clock_of(books, found.key).overdue
    assert overdue == ((found.due_at, None),)


def test_seen_again_later_is_the_next_episode_linked_to_the_one_before(books: Books) -> None:
    fix(books)
    first = books.finding(A)
    late = day(FIRST_CLEAN + 7) + timedelta(seconds=1)
    summary = books.ingest(trivy(A, B, at=late), now=day(20))
    assert summary.placement.regressed == 1
    second = books.finding(A)
    assert (second.episode, second.regression_of, second.opened_at) == (2, first.key, late)
    assert second.due_at is not None
    assert second.due_at > late
    past = next(each for each in books.findings() if each.key == first.key)
    assert (past.state, past.is_current) == (State.FIXED, False)


def test_third_episode_follows_the_second(books: Books) -> None:
    for start in (0, 30, 60):
        books.ingest(trivy(A, at=day(start)))
        books.ingest(trivy(at=day(start + 1)))
        books.ingest(trivy(at=day(start + 2)))
    found = books.finding(A)
    assert (found.episode, found.closed_at) == (3, day(61))
    assert [each.episode for each in books.findings()] == [1, 2, 3]


def test_what_left_the_inventory_and_is_seen_again_is_open_again(books: Books) -> None:
    books.ingest(trivy(A, at=day(0)))
    books.append(closing(books.finding(A), State.GONE, day(1)))
    books.ingest(trivy(A, at=day(2)))
    assert books.finding(A).state is State.OPEN


@pytest.mark.parametrize("state", [State.FALSE_POSITIVE, State.NOT_AFFECTED, State.MITIGATED])
def test_what_people_decided_sticks_when_it_is_seen_again(books: Books, state: State) -> None:
    books.ingest(trivy(A, at=day(0)))
    books.append(closing(books.finding(A), state, day(1)))
    for number in (2, 20):
        summary = books.ingest(trivy(A, at=day(number)), now=day(number))
        assert (summary.placement.known, summary.placement.new) == (1, 0)
    summary = books.ingest(grype(replace(A, severity="CRITICAL"), at=day(21)), now=day(21))
    assert summary.placement.known == 1
    books.tick(day(22))
    assert (books.finding(A).state, books.finding(A).closed_at) == (state, day(1))


def test_waiver_sticks_when_it_is_seen_again_and_when_it_comes_back(books: Books) -> None:
    books.workspace = replace(plain_workspace(), waivers=(a_waiver(),))
    books.ingest(trivy(A, B, at=day(0)))
    books.tick(day(2))
    books.ingest(trivy(A, B, at=day(3)))
    assert books.states() == {A.cve: "waived", B.cve: "open"}
    books.ingest(trivy(B, at=day(4)))
    books.ingest(trivy(B, at=day(5)))
    assert books.finding(A).state is State.FIXED
    books.ingest(trivy(A, B, at=day(6)))
    assert books.finding(A).state is State.WAIVED
    books.workspace = plain_workspace()
    books.tick(day(7))
    assert books.finding(A).state is State.OPEN


def seen(books: Books, now: datetime) -> None:
    books.ingest(trivy(A, B, at=now), now=now)


def clean(books: Books, now: datetime) -> None:
    books.ingest(trivy(B, at=now), now=now)


def seen_by_grype(books: Books, now: datetime) -> None:
    books.ingest(grype(A, at=now), now=now)


def worse(books: Books, now: datetime) -> None:
    books.ingest(trivy(replace(A, severity="CRITICAL", score=9.8), B, at=now), now=now)


def exploited(books: Books, now: datetime) -> None:
    books.load(kev(A, on=now.date()), now)


def not_exploited(books: Books, now: datetime) -> None:
    books.load(kev(B, on=now.date()), now)


def waive(books: Books, now: datetime) -> None:
    given = a_waiver(approved_at=now, expires_at=now + timedelta(days=6))
    books.workspace = replace(plain_workspace(), waivers=(given,))
    settle(books, now)


def renew(books: Books, now: datetime) -> None:
    longer = [
        replace(each, expires_at=each.expires_at + timedelta(days=4))
        for each in books.workspace.waivers
    ]
    books.workspace = replace(books.workspace, waivers=tuple(longer))
    settle(books, now)


def unwaive(books: Books, now: datetime) -> None:
    books.workspace = plain_workspace()
    settle(books, now)


def settle(books: Books, now: datetime) -> None:
    books.tick(now)
    assert books.tick(now).changes == 0, "the second tick of an instant changes nothing"


HAPPENINGS = (
    seen,
    clean,
    clean,
    seen_by_grype,
    worse,
    exploited,
    not_exploited,
    waive,
    renew,
    unwaive,
    settle,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(HAPPENINGS), st.integers(1, 9)), max_size=12))
def test_cached_due_date_and_closing_are_those_of_the_clock_whatever_happened(
    steps: list[tuple[Callable[[Books, datetime], None], int]],
) -> None:
    with fresh_books() as books:
        now = day(0)
        seen(books, now)
        for happen, days in steps:
            now += timedelta(days=days)
            happen(books, now)
            check_cache(books)
        before = books.everything()
        books.store.rebuild()
        assert books.everything() == before


def check_cache(books: Books) -> None:
    clocks = books.clocks()
    for each in books.findings():
        clock = clocks[each.key]
        assert each.due_at == clock.due_at
        assert each.closed_at == clock.closed_at


def test_journal_says_which_scan_reopened_it(books: Books) -> None:
    fix(books)
    books.ingest(trivy(A, B, at=day(12)))
    event = next(each for each in books.events() if each.kind is EventKind.REOPENED)
    assert (event.happened_at, event.actor) == (day(12), "scan:trivy")
