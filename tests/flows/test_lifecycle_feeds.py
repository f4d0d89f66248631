"""What a new copy of a feed does to findings that are open."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.flows.reports import A, B, Books, a_waiver, day, grype, kev, plain_workspace, trivy
from tesuri.model.decision import Decision, Outcome
from tesuri.model.event import EventKind
from tesuri.model.finding import State

WEEK = timedelta(days=7)
"""Built-in objective of *out-of-cycle*."""


@pytest.fixture
def books(database_url: str) -> Iterator[Books]:
    books = Books(database_url)
    yield books
    books.store.close()


def decisions(books: Books) -> list[Decision]:
    keys = {each.decision for each in books.findings() if each.decision is not None}
    with books.store.read() as reader:
        return list(reader.decisions(keys).values())


def test_listing_raises_the_outcome_and_is_due_so_long_after_the_listing(books: Books) -> None:
    books.load(kev(on=date(2026, 9, 1)), day(0))
    books.ingest(trivy(A, B, at=day(0)))
    before = books.finding(A)
    assert (before.outcome, before.due_at) == (Outcome.SCHEDULED, day(30))
    summary = books.load(kev(A, on=date(2026, 9, 4)), day(4))
    assert summary.decided == 1
    after = books.finding(A)
    assert (after.outcome, after.due_at) == (Outcome.OUT_OF_CYCLE, day(4) + WEEK)
    assert books.finding(B).due_at == day(30)
    last = books.events()[-1]
    assert (last.kind, last.happened_at, last.actor) == (EventKind.DECIDED, day(4), "feed:kev")


def test_listing_never_moves_an_earlier_due_date_back(books: Books) -> None:
    books.ingest(trivy(A, at=day(0)))
    books.load(kev(A, on=date(2026, 9, 29)), day(28))
    assert books.finding(A).due_at == day(30)


def test_what_is_late_already_stays_late_since_then(books: Books) -> None:
    books.ingest(trivy(A, at=day(0)))
    books.load(kev(A, on=date(2026, 10, 9)), day(38))
    assert books.finding(A).due_at == day(30)


def test_same_feed_again_changes_nothing(books: Books) -> None:
    books.ingest(trivy(A, at=day(0)))
    feed = kev(A, on=date(2026, 9, 4))
    books.load(feed, day(4))
    before = books.everything()
    again = books.load(feed, day(9))
    assert (again.is_known, again.decided) == (True, 0)
    assert books.everything() == before


def test_newer_copy_that_says_the_same_decides_nothing(books: Books) -> None:
    books.ingest(trivy(A, B, at=day(0)))
    books.load(kev(A, on=date(2026, 9, 4)), day(4))
    before = books.everything()
    listed = kev(A, on=date(2026, 9, 4)).replace(
        b'"dateReleased": "2026-09-04"', b'"dateReleased": "2026-09-05"'
    )
    assert books.load(listed, day(5)).decided == 0
    assert books.everything() == before


def test_older_copy_that_is_loaded_later_is_not_used(books: Books) -> None:
    books.ingest(trivy(A, B, at=day(0)))
    books.load(kev(A, on=date(2026, 9, 4)), day(4))
    before = books.store.snapshot()
    summary = books.load(kev(B, on=date(2026, 9, 2)), day(5))
    assert (summary.is_known, summary.decided) == (False, 0)
    assert books.store.snapshot() == before


def test_rows_of_a_replaced_copy_are_let_go_and_the_newest_are_kept(books: Books) -> None:
    for data in (
        kev(A, B, on=date(2026, 9, 2)),
        kev(A, on=date(2026, 9, 4)),
        kev(B, on=date(2026, 9, 1)),
    ):
        books.load(data, day(5))
    with books.store.read() as reader:
        told = reader.signals([(A.cve,), (B.cve,)])
        assert [header.as_of for header in reader.feeds()] == [date(2026, 9, 4)]
    assert [each.kev is not None for each in told] == [True, False]
    assert [len(books.rows(name)) for name in ("feed_entry", "feed")] == [1, 3]


def test_what_is_opened_after_the_listing_is_due_from_its_opening(books: Books) -> None:
    books.load(kev(A, on=date(2026, 9, 1)), day(1))
    books.ingest(trivy(A, at=day(2)), now=day(3))
    assert (books.finding(A).outcome, books.finding(A).due_at) == (
        Outcome.OUT_OF_CYCLE,
        day(2) + WEEK,
    )


def test_closed_findings_keep_their_last_decision(books: Books) -> None:
    books.ingest(trivy(A, at=day(0)))
    books.ingest(trivy(at=day(1)))
    books.ingest(trivy(at=day(2)))
    before = books.store.snapshot()
    assert books.load(kev(A, on=date(2026, 9, 4)), day(4)).decided == 0
    assert books.store.snapshot() == before


def test_what_came_back_is_decided_with_what_is_known_by_then(books: Books) -> None:
    books.ingest(trivy(A, at=day(0)))
    books.ingest(trivy(at=day(1)))
    books.ingest(trivy(at=day(2)))
    books.load(kev(A, on=date(2026, 9, 4)), day(4))
    books.ingest(trivy(A, at=day(5)), now=day(5))
    found = books.finding(A)
    assert (found.outcome, found.due_at) == (Outcome.OUT_OF_CYCLE, day(5) + WEEK)


def test_listing_voids_a_waiver(books: Books) -> None:
    books.workspace = replace(plain_workspace(), waivers=(a_waiver(),))
    books.ingest(trivy(A, at=day(0)))
    books.tick(day(2))
    books.load(kev(A, on=date(2026, 9, 4)), day(4))
    books.tick(day(4))
    found = books.finding(A)
    assert (found.state, found.waiver) == (State.OPEN, None)
    assert any("known to be exploited" in each.reason for each in books.events())


def test_equal_decisions_are_stored_once(books: Books) -> None:
    books.ingest(trivy(A, B, at=day(0)))
    books.ingest(trivy(A, B, at=day(0), image="shop/other"))
    assert len(books.findings()) == 4
    assert len(decisions(books)) == 1


def test_second_tool_that_says_the_same_moves_no_due_date(books: Books) -> None:
    books.ingest(trivy(A, at=day(0)))
    before = books.finding(A).due_at
    books.ingest(grype(A, at=day(1)), now=day(9))
    assert books.finding(A).due_at == before
