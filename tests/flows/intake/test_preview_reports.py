"""A preview says what ingest would do, and does none of it."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.reports import A, B, Books, C, day, decision_table, grype, trivy
from tesuri.flows.intake.ingest_report import IngestOptions
from tesuri.flows.intake.preview_reports import Change, Preview, preview_reports
from tesuri.model.errors import BadInput


@pytest.fixture
def books(database_url: str) -> Iterator[Books]:
    books = Books(database_url)
    yield books
    books.store.close()


def preview(books: Books, *files: bytes, at: float = 0) -> Preview:
    return preview_reports(
        [(f"{number}.json", data) for number, data in enumerate(files)],
        store=books.store,
        workspace=books.workspace,
        table=decision_table(),
        now=day(at),
        options=IngestOptions(),
    )


def changes(preview: Preview) -> list[tuple[str, Change, int | None]]:
    return [(row.title.partition(":")[0], row.change, row.finding) for row in preview.rows]


def test_what_a_preview_counts_is_what_ingest_does(books: Books) -> None:
    """A life of a finding in reports: each is previewed first, then taken in."""
    scans = [(0, (A, B)), (1, (A, C)), (2, (A, C)), (3, (A, B, C)), (30, (A,)), (31, (A,))]
    for number, flaws in scans:
        data = trivy(*flaws, at=day(number))
        (expected,) = preview(books, data, at=number).reports
        assert books.ingest(data, now=day(number)).placement == expected.placement
    again = trivy(A, B, at=day(60))
    foreseen = preview(books, again, at=60)
    assert foreseen.reports[0].placement.regressed == 1
    assert [row.change for row in foreseen.rows] == [Change.COMES_BACK]
    assert foreseen.rows[0].finding is None
    assert foreseen.rows[0].regression_of is not None
    assert books.ingest(again, now=day(60)).placement == foreseen.reports[0].placement


def test_each_finding_that_would_change_is_a_line(books: Books) -> None:
    books.ingest(trivy(A, B, at=day(0)))
    first, second = books.finding(A).key, books.finding(B).key
    (missed, opened) = sorted(
        preview(books, trivy(A, C, at=day(1))).rows, key=lambda row: row.change
    )
    assert (missed.change, missed.finding) == (Change.MISSES, second)
    assert (opened.change, opened.finding, opened.asset) == (Change.OPENS, None, "shop/web")
    assert opened.outcome is not None
    assert changes(preview(books, grype(A, at=day(0)))) == [("openssl", Change.MERGES, first)]


def test_files_of_one_preview_see_each_other(books: Books) -> None:
    found = preview(books, trivy(A, at=day(0)), grype(A, at=day(0)))
    assert [(row.change, row.finding) for row in found.rows] == [
        (Change.OPENS, None),
        (Change.MERGES, None),
    ]
    assert found.reports[1].placement.seen_by_another == 1


def test_a_preview_leaves_every_cell_as_it_was(books: Books) -> None:
    books.ingest(trivy(A, B, at=day(0)))
    before, cells = books.everything(), books.every_cell()
    found = preview(books, trivy(C, at=day(1)), b"{}", trivy(A, at=day(2)), at=2)
    assert len(found.rows) > 2
    assert books.everything() == before
    assert books.every_cell() == cells


def test_a_preview_leaves_the_file_of_the_database_as_it_was_to_the_byte(tmp_path: Path) -> None:
    books = Books(tmp_path)
    books.ingest(trivy(A, B, at=day(0)))
    books.store.close()
    before = hashlib.sha256(books.path.read_bytes()).digest()
    assert preview(books, trivy(C, at=day(1)), at=1).rows
    books.store.close()
    assert hashlib.sha256(books.path.read_bytes()).digest() == before


def fail_in_a_rehearsal(books: Books) -> None:
    with books.store.rehearse(day(0)) as writer:
        writer.reserve_findings(5)
        raise BadInput("Something else was wrong.")


def test_a_preview_that_fails_leaves_nothing_and_the_store_goes_on(books: Books) -> None:
    before = books.everything()
    with pytest.raises(BadInput):
        fail_in_a_rehearsal(books)
    assert books.everything() == before
    assert books.ingest(trivy(A, at=day(0))).placement.new == 1
    assert books.finding(A).key == 1


def test_an_unreadable_file_is_said_and_the_others_are_previewed(books: Books) -> None:
    found = preview(books, b"\x00 no report", trivy(A, at=day(0)))
    assert len(found.refused) == 1
    assert found.refused[0].startswith("0.json: ")
    assert [row.change for row in found.rows] == [Change.OPENS]


def test_a_file_that_was_taken_in_changes_nothing(books: Books) -> None:
    data = trivy(A, at=day(0))
    books.ingest(data)
    found = preview(books, data)
    assert (found.reports[0].is_known, found.rows) == (True, ())
