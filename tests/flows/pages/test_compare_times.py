"""What is otherwise now than it was then, of everything and of one finding."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.flows.reports import A, B, Books, C, day, decision_table, kev, trivy
from tesuri.flows.pages.compare_times import Sight, compare_findings, compare_surveys
from tesuri.flows.pages.explain_finding import explain_finding
from tesuri.flows.site.survey import take_survey
from tesuri.model.decision import Outcome
from tesuri.model.finding import State
from tesuri.model.severity import Severity
from tesuri.model.signal import FeedName
from tesuri.model.views_changes import Changes, FeedChange, FindingChanges, Moved


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    books = Books(tmp_path)
    yield books
    books.store.close()


def changes(books: Books, then: datetime, now: datetime) -> Changes:
    past = books.store.past(then)
    with past.read() as before, books.store.read() as after:
        found = compare_surveys(
            Sight(take_survey(before, books.workspace, then), before),
            Sight(take_survey(after, books.workspace, now), after),
            team=None,
            since=then,
        )
    past.close()
    return found


def of_finding(books: Books, then: datetime, now: datetime) -> FindingChanges:
    key = books.finding(A).key
    past = books.store.past(then)
    with past.read() as old, books.store.read() as new:
        before = take_survey(old, books.workspace, then)
        after = take_survey(new, books.workspace, now)
        explained = explain_finding(after, new, key, table=decision_table())
        assert explained is not None
        found = compare_findings(
            explain_finding(before, old, key, table=decision_table()),
            explained,
            surveys=Moved(before, after),
            since=then,
        )
    past.close()
    return found


def test_where_nothing_happened_nothing_is_said(books: Books) -> None:
    books.ingest(trivy(A, B, at=day(0)), now=day(0))
    found = changes(books, day(1), day(1))
    assert found == Changes(since=day(1))


def test_opened_closed_reopened_and_decided_are_told_apart(books: Books) -> None:
    books.ingest(trivy(A, B, at=day(0)), now=day(0))
    books.ingest(trivy(A, C, at=day(1)), now=day(1))
    books.ingest(trivy(A, C, at=day(2)), now=day(2))
    keys = {each.rule: each.key for each in books.findings()}
    found = changes(books, day(0), day(2))
    assert (found.opened, found.closed, found.reopened) == ((keys[C.cve],), (keys[B.cve],), ())
    books.ingest(trivy(A, B, C, at=day(3)), now=day(3))
    books.load(kev(A, on=date(2026, 9, 4)), day(4))
    later = changes(books, day(2), day(4))
    assert later.reopened == (keys[B.cve],)
    assert later.feeds == (FeedChange(FeedName.KEV, None, date(2026, 9, 4)),)
    assert later.listed == (A.cve,)
    redecided = {each.finding: each for each in later.decided}
    assert redecided[keys[A.cve]].outcome == Moved(Outcome.SCHEDULED, Outcome.OUT_OF_CYCLE)
    assert redecided[keys[A.cve]].questions == ("exploitation",)


def test_what_a_finding_is_otherwise_is_named_with_both_values(books: Books) -> None:
    books.load(kev(on=date(2026, 8, 31)), day(0))
    books.ingest(trivy(A, at=day(0)), now=day(0))
    books.ingest(trivy(replace(A, severity="CRITICAL"), at=day(1)), now=day(1))
    books.load(kev(A, on=date(2026, 9, 2)), day(2))
    found = of_finding(books, day(0), day(3))
    assert found.severity == Moved(Severity.HIGH, Severity.CRITICAL)
    assert found.outcome == Moved(Outcome.SCHEDULED, Outcome.OUT_OF_CYCLE)
    assert found.state is None
    listing = next(each for each in found.inputs if each.name.value == "kev")
    assert (listing.before, listing.after) == ("", "2026-09-02")
    assert (listing.as_of_before, listing.as_of_after) == (date(2026, 8, 31), date(2026, 9, 2))
    assert [each.question for each in found.answers] == ["exploitation"]
    assert found.budget is not None
    assert found.budget.objective == books.finding(A).objective


def test_a_finding_that_came_later_is_new_and_a_fixed_one_changed_its_state(books: Books) -> None:
    books.ingest(trivy(A, at=day(1)), now=day(1))
    assert of_finding(books, day(0), day(2)) == FindingChanges(since=day(0), is_new=True)
    books.ingest(trivy(at=day(2)), now=day(2))
    books.ingest(trivy(at=day(3)), now=day(3))
    assert of_finding(books, day(1), day(3)).state == Moved(State.OPEN, State.FIXED)


def test_a_closing_that_was_dated_back_restates_the_figures_of_then(books: Books) -> None:
    """The second clean scan closes at the first: what was late in between was not."""
    books.ingest(trivy(A, at=day(0)), now=day(0))
    books.ingest(trivy(at=day(29)), now=day(29))
    known_then = changes(books, day(32), day(32))
    assert known_then.restated == ()
    books.ingest(trivy(at=day(33)), now=day(33))
    found = changes(books, day(32), day(33))
    restated = {each.objective: each for each in found.restated}
    change = restated[books.finding(A).objective or ""]  # type: ignore[index]  # it has one
    assert change.remaining_seconds.before < change.remaining_seconds.after
