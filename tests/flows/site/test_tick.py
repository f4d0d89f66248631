"""What time alone changes: staleness, verdicts whose change never came, policy states."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.flows.reports import (
    A,
    Books,
    a_waiver,
    day,
    decision_table,
    grype,
    plain_workspace,
    trivy,
)
from tesuri.flows.site.idle_tick import TickSummary
from tesuri.flows.site.tick import tick
from tesuri.model.estate import Asset, Service
from tesuri.model.event import EventKind
from tesuri.model.finding import State
from tesuri.model.identifiers import AssetId, ServiceId

SHOP = ServiceId("shop")


@pytest.fixture
def books(database_url: str) -> Iterator[Books]:
    books = Books(database_url)
    yield books
    books.store.close()


def test_nothing_to_do_writes_nothing(books: Books) -> None:
    books.ingest(trivy(A, at=day(0)))
    before = books.everything()
    assert books.tick(day(1)).changes == 0
    assert books.everything() == before


def test_quiet_for_twice_the_interval_is_stale_and_its_clock_runs_on(books: Books) -> None:
    for number in (0, 1, 2):
        books.ingest(trivy(A, at=day(number)))
    due_at = books.finding(A).due_at
    assert books.tick(day(4)).stale == 0
    assert books.tick(day(4) + timedelta(seconds=1)).stale == 1
    found = books.finding(A)
    assert (found.state, found.is_stale, found.due_at) == (State.OPEN, True, due_at)
    assert books.clocks()[found.key].overdue == ((due_at, None),)
    assert books.tick(day(40)).changes == 0


def test_scan_that_comes_again_makes_it_fresh(books: Books) -> None:
    books.ingest(trivy(A, at=day(0)))
    assert books.tick(day(3)).stale == 1
    books.ingest(trivy(A, at=day(4)))
    assert books.tick(day(4)).fresh == 1
    assert not books.finding(A).is_stale


def test_one_tool_that_still_comes_keeps_it_fresh(books: Books) -> None:
    books.ingest(trivy(A, at=day(0)))
    books.ingest(grype(A, at=day(0)))
    books.ingest(grype(A, at=day(9)))
    assert books.tick(day(10)).stale == 0


def test_declared_interval_decides_over_the_usual_gap(books: Books) -> None:
    weekly = Service(SHOP, "Shop", scan_interval_hours=168)
    asset = Asset(AssetId("web"), "web", SHOP, targets=("shop/web",))
    books.workspace = replace(plain_workspace(), services={SHOP: weekly}, assets=(asset,))
    for number in (0, 1, 2):
        books.ingest(trivy(A, at=day(number)))
    assert books.tick(day(16)).stale == 0
    assert books.tick(day(16.1)).stale == 1


def test_stale_finding_that_is_closed_is_stale_no_more(books: Books) -> None:
    books.ingest(trivy(A, at=day(0)))
    books.tick(day(5))
    books.ingest(trivy(at=day(6)))
    books.ingest(trivy(at=day(7)))
    assert (books.finding(A).state, books.finding(A).is_stale) == (State.FIXED, False)


def test_policy_state_is_written_once_for_each_change(books: Books) -> None:
    asset = Asset(AssetId("web"), "web", SHOP, targets=("shop/web",))
    books.workspace = replace(
        plain_workspace(), services={SHOP: Service(SHOP, "Shop")}, assets=(asset,)
    )
    assert books.tick(day(0)).policy_states == (("shop", "", "unknown"),)
    books.ingest(trivy(A, at=day(0)))
    assert books.tick(day(0.5)).policy_states == (("shop", "unknown", "ample"),)
    assert books.tick(day(0.5)).changes == 0
    for number in range(1, 60, 1):
        books.ingest(trivy(A, at=day(number)), now=day(number))
    assert books.tick(day(59)).policy_states == (("shop", "ample", "spent"),)
    written = [event for event in books.events() if event.kind is EventKind.POLICY_STATE_CHANGED]
    assert [event.payload["state"] for event in written] == ["unknown", "ample", "spent"]


def tick_of(books: Books, now: datetime, declared: str = "files") -> TickSummary:
    return tick(
        store=books.store,
        workspace=books.workspace,
        table=decision_table(),
        now=now,
        declared=declared,
    )


def test_what_only_time_changes_is_seen_five_minutes_later_at_most(books: Books) -> None:
    books.ingest(trivy(A, at=day(0)))
    tick_of(books, day(2))
    assert tick_of(books, day(2) + timedelta(minutes=4, seconds=59)).stale == 0
    assert tick_of(books, day(2) + timedelta(minutes=5)).stale == 1


def test_new_report_makes_the_next_tick_look(books: Books) -> None:
    books.ingest(trivy(A, at=day(0)))
    tick_of(books, day(3))
    books.ingest(trivy(A, at=day(3)))
    assert tick_of(books, day(3) + timedelta(seconds=1)).fresh == 1


def test_changed_files_make_the_next_tick_look(books: Books) -> None:
    books.ingest(trivy(A, at=day(0)))
    tick_of(books, day(1))
    books.workspace = replace(books.workspace, waivers=(a_waiver(),))
    at = day(1) + timedelta(seconds=1)
    assert tick_of(books, at).waived == 0
    assert tick_of(books, at, declared="other files").waived == 1


def test_waiver_ends_on_its_second_whenever_the_last_tick_was(books: Books) -> None:
    waiver = a_waiver()
    books.workspace = replace(books.workspace, waivers=(waiver,))
    books.ingest(trivy(A, at=day(0)))
    assert tick_of(books, waiver.expires_at - timedelta(seconds=3)).waived == 1
    assert tick_of(books, waiver.expires_at - timedelta(seconds=2)).unwaived == 0
    assert tick_of(books, waiver.expires_at).unwaived == 1
