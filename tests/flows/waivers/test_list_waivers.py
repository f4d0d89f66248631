"""The list of waivers: what each does, and which of them somebody should look at."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest

from tests.flows.reports import A, B, Books, a_waiver, day, kev, plain_workspace, trivy
from tesuri.flows.site.survey import take_survey
from tesuri.flows.waivers.list_waivers import list_waivers, show_waiver
from tesuri.model.estate import Exposure
from tesuri.model.event import Event, EventKind
from tesuri.model.finding import State
from tesuri.model.identifiers import WaiverId
from tesuri.model.views_waivers import WaiverFlaw, WaiverRow, WaiverState, WaiversView
from tesuri.model.violation import Violation
from tesuri.model.waiver import Waiver


@pytest.fixture
def books(database_url: str) -> Iterator[Books]:
    books = Books(database_url)
    books.ingest(trivy(A, B, at=day(0)))
    yield books
    books.store.close()


def listed(
    books: Books, now: datetime, *waivers: Waiver, controls: set[str] | None = None
) -> WaiversView:
    """Declare these waivers, let time come to `now`, and list them."""
    books.workspace = replace(plain_workspace(), waivers=waivers)
    books.tick(now)
    with books.store.read() as reader:
        survey = take_survey(reader, books.workspace, now)
        return list_waivers(survey, reader, controls=controls or ())


def only(view: WaiversView) -> WaiverRow:
    assert len(view.rows) == 1
    return view.rows[0]


def test_what_a_waiver_hides_is_accepted_exposure(books: Books) -> None:
    view = listed(books, day(3), a_waiver())
    row = only(view)
    assert (row.state, row.findings, row.days_left, row.life_days) == (
        WaiverState.ACTIVE,
        1,
        58,
        60,
    )
    assert (view.accepted_findings, view.accepted_before_deployment) == (1, 0)


def test_a_waiver_that_nothing_needs_is_unused_after_a_day(books: Books) -> None:
    idle = a_waiver(scope="finding.rule == 'CVE-1999-0001'", approved_at=day(2))
    assert only(listed(books, day(2.5), idle)).state is WaiverState.ACTIVE
    row = only(listed(books, day(3), idle))
    assert (row.state, row.flaws) == (WaiverState.UNUSED, (WaiverFlaw.UNUSED,))


def test_a_waiver_that_a_gate_used_is_not_unused(books: Books) -> None:
    idle = a_waiver(scope="finding.rule == 'aws-x'")
    payload = {"waivers": ["WVR-1"], "point": "plan"}
    books.append(Event(EventKind.GATE_ANSWERED, day(2), "gate:plan", payload=payload), now=day(2))
    row = only(listed(books, day(4), idle))
    assert (row.state, row.used_at) == (WaiverState.ACTIVE, day(2))


def test_an_expired_waiver_is_said_and_its_finding_is_due_at_once(books: Books) -> None:
    listed(books, day(2), a_waiver())
    view = listed(books, day(70), a_waiver())
    row = only(view)
    assert (row.state, row.findings, row.days_left) == (WaiverState.EXPIRED, 0, 0)
    assert view.accepted_findings == 0
    assert (books.finding(A).state, books.finding(A).due_at) == (State.OPEN, day(61))


def test_a_waiver_is_void_once_its_finding_is_known_to_be_exploited(books: Books) -> None:
    assert only(listed(books, day(2), a_waiver())).findings == 1
    books.load(kev(A, on=day(3).date()), day(3))
    row = only(listed(books, day(3), a_waiver()))
    assert (row.state, row.findings, row.voided) == (WaiverState.VOID, 0, 1)
    assert row.state_reason == "WVR-1 is void: the finding is known to be exploited."
    assert WaiverFlaw.VOID in row.flaws


def test_a_waiver_for_a_smaller_exposure_than_that_of_now_is_void(books: Books) -> None:
    row = only(listed(books, day(2), a_waiver(exposure=Exposure.CONTROLLED)))
    assert (books.finding(A).state, row.findings) == (State.OPEN, 0)


def test_renewals_reviews_and_near_ends_are_said(books: Books) -> None:
    waiver = a_waiver(renewals=2, review_on=day(50))
    assert only(listed(books, day(3), waiver)).flaws == (WaiverFlaw.RENEWED_OFTEN,)
    assert only(listed(books, day(55), waiver)).flaws == (
        WaiverFlaw.RENEWED_OFTEN,
        WaiverFlaw.REVIEW_DUE,
        WaiverFlaw.ENDS_SOON,
    )


def test_a_scope_that_reads_no_finding_and_a_control_that_is_not_there_are_said(
    books: Books,
) -> None:
    everything = a_waiver(scope="true")
    listing = a_waiver(scope="", violations=(Violation("aws-gone", "a", ("A 1",)),))
    assert WaiverFlaw.COVERS_ALL in only(listed(books, day(2), everything)).flaws
    assert WaiverFlaw.UNKNOWN_CONTROL in only(listed(books, day(2), listing, controls={"x"})).flaws
    assert (
        WaiverFlaw.UNKNOWN_CONTROL
        not in only(listed(books, day(2), listing, controls={"aws-gone"})).flaws
    )


def test_what_needs_a_look_stands_first_and_what_ended_last(books: Books) -> None:
    ended = a_waiver(id=WaiverId("WVR-0"), expires_at=day(2))
    idle = a_waiver(id=WaiverId("WVR-9"), scope="finding.rule == 'x'")
    view = listed(books, day(5), ended, a_waiver(), idle)
    assert [row.id for row in view.rows] == ["WVR-9", "WVR-1", "WVR-0"]


def test_one_waiver_shows_what_it_hides_and_did(books: Books) -> None:
    listed(books, day(2), a_waiver())
    with books.store.read() as reader:
        survey = take_survey(reader, books.workspace, day(2))
        view = show_waiver(survey, reader, WaiverId("WVR-1"))
        assert show_waiver(survey, reader, WaiverId("WVR-2")) is None
    assert view is not None
    assert [each.rule for each in view.findings] == [A.cve]
    assert [event.kind for event in view.history] == [EventKind.WAIVED]
