"""Time that counts from a fix, out of reports as they come in."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from tests.flows.chronicle import Chronicle
from tests.flows.reports import (
    DAY,
    A,
    B,
    Books,
    Flaw,
    day,
    decision_table,
    grype,
    plain_workspace,
    trivy,
)
from tesuri.flows.budgets.show_slo import show_slo
from tesuri.flows.budgets.simulate_budget import simulate_budget
from tesuri.flows.pages.explain_finding import explain_finding
from tesuri.flows.site.survey import Survey, take_survey
from tesuri.model.clock import Clock
from tesuri.model.event import EventKind
from tesuri.model.objective import ClockStart
from tesuri.model.simulation import Change
from tesuri.model.views_explanation import DueReason


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    plain = plain_workspace()
    from_fix = tuple(replace(each, clock=ClockStart.FIX_AVAILABLE) for each in plain.objectives)
    made = Books(tmp_path, replace(plain, objectives=from_fix))
    yield made
    made.store.close()


def changed(report: bytes, **values: object) -> bytes:
    """Give a Trivy report whose vulnerabilities say something else."""
    document = json.loads(report)
    for entry in document["Results"][0]["Vulnerabilities"]:
        entry.update(values)
    return json.dumps(document).encode()


def unfixed(*flaws: Flaw, at: datetime) -> bytes:
    return changed(trivy(*flaws, at=at), FixedVersion="", Status="affected")


def dated(flaw: Flaw, *, at: datetime, fixed_on: str) -> bytes:
    """Give a Grype report that says when the fix came."""
    document = json.loads(grype(flaw, at=at))
    fix = document["matches"][0]["vulnerability"]["fix"]
    fix["available"] = [{"version": "3.0.9", "date": fixed_on, "kind": "first-observed"}]
    return json.dumps(document).encode()


def survey_of(books: Books, now: datetime) -> Survey:
    with books.store.read() as reader:
        return take_survey(reader, books.workspace, now)


def clock_of(books: Books, flaw: Flaw = A) -> Clock:
    return survey_of(books, day(200)).clocks[books.finding(flaw).key]


def within(books: Books, flaw: Flaw = A) -> int:
    seconds = clock_of(books, flaw).objective_seconds
    assert seconds is not None
    return seconds


def test_a_report_that_shows_a_fix_dates_it_by_its_scan(books: Books) -> None:
    books.ingest(trivy(A, at=day(1)), now=day(1))
    found = clock_of(books)
    assert (found.fix_at, found.is_waiting_for_fix) == (day(1), False)
    assert found.due_at == books.finding().due_at
    assert found.due_at is not None
    assert (found.due_at - day(1)).total_seconds() == within(books)


def test_a_report_without_a_fix_gives_no_due_date_until_one_shows_it(books: Books) -> None:
    books.ingest(unfixed(A, at=day(1)), now=day(1))
    assert books.finding().due_at is None
    assert clock_of(books).is_waiting_for_fix
    books.ingest(trivy(A, at=day(40)), now=day(41))
    found = clock_of(books)
    assert (found.started_at, found.fix_at) == (day(1), day(40))
    assert found.due_at == books.finding().due_at == day(40) + (within(books) // 86_400) * DAY


def test_a_date_that_the_report_tells_counts(books: Books) -> None:
    books.ingest(dated(A, at=day(3), fixed_on="2026-08-20"), now=day(3))
    assert clock_of(books).fix_at == datetime.fromisoformat("2026-08-20T00:00:00Z")


def test_a_tool_that_is_silent_leaves_the_clock_to_the_opening(books: Books) -> None:
    """Status "unknown to us" is neither a fix nor the word that there is none."""
    books.ingest(changed(trivy(A, at=day(1)), FixedVersion="", Status="unknown"), now=day(1))
    found = clock_of(books)
    assert (found.fix_at, found.is_waiting_for_fix) == (None, False)
    assert found.due_at is not None


def test_a_tick_after_the_fix_says_nothing_more(books: Books) -> None:
    books.ingest(unfixed(A, at=day(1)), now=day(1))
    books.ingest(trivy(A, at=day(2)), now=day(2))
    books.tick(day(3))
    assert books.tick(day(3)).decided == 0


def test_what_was_known_of_fixes_is_told_again_later(books: Books) -> None:
    chronicle = Chronicle(books)
    books.ingest(unfixed(A, B, at=day(1)), now=day(1))
    chronicle.look(day(2))
    books.ingest(dated(A, at=day(5), fixed_on="2026-09-04"), now=day(5))
    chronicle.look(day(6))
    books.ingest(trivy(A, B, at=day(50)), now=day(50))
    chronicle.look(day(120))
    chronicle.prove()


def due_reason(books: Books) -> DueReason:
    with books.store.read() as reader:
        survey = take_survey(reader, books.workspace, day(60))
        explained = explain_finding(survey, reader, books.finding().key, table=decision_table())
    assert explained is not None
    assert explained.due is not None
    return explained.due


def test_explain_says_from_when_it_counts(books: Books) -> None:
    books.ingest(unfixed(A, at=day(1)), now=day(1))
    assert (due_reason(books).is_waiting_for_fix, due_reason(books).due_at) == (True, None)
    books.ingest(trivy(A, at=day(40)), now=day(40))
    told = due_reason(books)
    assert (told.is_waiting_for_fix, told.clock_started_at) == (False, day(40))
    assert told.clock is ClockStart.FIX_AVAILABLE


def test_the_page_counts_what_waits_and_the_known_vulnerable_time(books: Books) -> None:
    books.ingest(trivy(A, at=day(1)), now=day(1))
    books.ingest(unfixed(A, B, at=day(2)), now=day(2))
    objective = books.finding(B).objective
    assert objective is not None
    with books.store.read() as reader:
        survey = take_survey(reader, books.workspace, day(11))
        view = show_slo(survey, reader, objective, team=None, service=None, controls=())
    assert view is not None
    assert view.not_counted.without_fix == 1
    assert view.exposed_seconds == 10 * 86_400


def test_a_simulation_may_count_from_detection_instead(books: Books) -> None:
    books.ingest(unfixed(A, at=day(1)), now=day(1))
    objective = books.finding().objective
    with books.store.read() as reader:
        survey = take_survey(reader, books.workspace, day(1) + 120 * DAY)
        found = simulate_budget(survey, reader, Change(objective=objective, clock="detected"))
    (row,) = found.rows
    assert row.now.overdue_now == 0
    assert row.then.overdue_now == 1


def test_the_clock_stands_in_the_journal_only_where_it_is_another(
    books: Books, tmp_path: Path
) -> None:
    books.ingest(trivy(A, at=day(1)), now=day(1))
    decided = [each for each in books.events() if each.kind is EventKind.DECIDED]
    assert [each.payload["clock"] for each in decided] == ["fix-available"]
    place = tmp_path / "plain"
    place.mkdir()
    plain = Books(place)
    plain.ingest(trivy(A, at=day(1)), now=day(1))
    assert not any("clock" in each.payload for each in plain.events())
    plain.store.close()
