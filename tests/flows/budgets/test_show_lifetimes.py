"""How long findings live, from reports to the lines of the report."""

from fractions import Fraction
from pathlib import Path

from tests.flows.reports import A, B, Books, C, closing, day, trivy
from tesuri.flows.budgets.show_lifetimes import show_lifetimes
from tesuri.flows.site.survey import take_survey
from tesuri.model.finding import State
from tesuri.model.views_lifetimes import LifetimeRow, LifetimesBy, LifetimesView

_DAY = 86_400


def report(books: Books, number: float, by: LifetimesBy) -> LifetimesView:
    with books.store.read() as reader:
        survey = take_survey(reader, books.workspace, day(number))
    return show_lifetimes(survey, by=by, team=None)


def only(view: LifetimesView) -> LifetimeRow:
    (row,) = view.rows
    return row


def test_what_is_open_lived_at_least_so_long(tmp_path: Path) -> None:
    books = Books(tmp_path)
    books.ingest(trivy(A, B, at=day(0)), now=day(0))
    books.append(closing(books.finding(A), State.FIXED, day(4)), now=day(4))
    row = only(report(books, 10, LifetimesBy.KIND))
    assert (row.name, row.findings, row.closed, row.open) == ("vulnerability", 2, 1, 1)
    assert row.half_seconds == 4 * _DAY
    assert row.most_seconds is None, "a mean of closed ones would say four days"
    books.store.close()


def test_what_went_with_its_asset_is_neither_closed_nor_open(tmp_path: Path) -> None:
    books = Books(tmp_path)
    books.ingest(trivy(A, B, C, at=day(0)), now=day(0))
    books.append(closing(books.finding(A), State.GONE, day(1)), now=day(1))
    books.append(closing(books.finding(B), State.FIXED, day(2)), now=day(2))
    books.append(closing(books.finding(C), State.FALSE_POSITIVE, day(2)), now=day(2))
    view = report(books, 3, LifetimesBy.KIND)
    row = only(view)
    assert (row.findings, row.closed, row.gone, row.open, view.left_out) == (2, 1, 1, 0, 1)
    assert row.half_seconds == 2 * _DAY
    books.store.close()


def test_line_of_an_objective_tells_the_share_in_its_time(tmp_path: Path) -> None:
    books = Books(tmp_path)
    books.ingest(trivy(A, B, at=day(0)), now=day(0))
    found = books.finding(A)
    books.append(closing(found, State.FIXED, day(1)), now=day(1))
    row = next(
        each
        for each in report(books, 200, LifetimesBy.OBJECTIVE).rows
        if each.name == found.objective
    )
    assert row.within_seconds is not None
    assert row.closed_in_time == Fraction(row.closed, row.findings)
    books.store.close()


def test_report_of_nothing_has_no_lines(tmp_path: Path) -> None:
    books = Books(tmp_path)
    assert report(books, 1, LifetimesBy.TEAM).rows == ()
    books.store.close()
