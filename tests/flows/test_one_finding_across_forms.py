"""One tool's report as JSON and as SARIF: one finding, whichever comes first and however long both come."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import permutations

import pytest

from tests.flows.reports import Books, closing, day, decision_table, fresh_books
from tests.flows.two_forms import Spot, checkov_json, checkov_sarif
from tesuri.flows.intake.ingest_report import IngestOptions, IngestSummary
from tesuri.flows.intake.preview_reports import Change, preview_reports
from tesuri.flows.lifecycle.unmerge_finding import merges, unmerge
from tesuri.model.finding import Finding, State
from tesuri.model.identifiers import FindingKey

A, B, C = Spot("logs", 10), Spot("backups", 30), Spot("exports", 50)
Form = Callable[[Sequence[Spot]], bytes]
FORMS: tuple[Form, Form] = (checkov_json, checkov_sarif)
NUMBERED: tuple[Form, Form] = (
    checkov_json,
    lambda spots: checkov_sarif(spots, has_code=False),
)


@pytest.fixture
def books(empty_url: str) -> Iterator[Books]:
    """Give a store, once of each kind."""
    made = Books(empty_url)
    yield made
    made.store.close()


def take(books: Books, report: bytes, on: float) -> IngestSummary:
    return books.ingest(report, now=day(on), target="shop", scanned_at=day(on))


def standing(books: Books) -> list[Finding]:
    return [each for each in books.findings() if each.is_current]


def opened(books: Books) -> list[Finding]:
    return [each for each in standing(books) if each.state is State.OPEN]


@pytest.mark.parametrize("forms", [*permutations(FORMS), *permutations(NUMBERED)])
def test_both_forms_of_a_run_are_one_finding_each(books: Books, forms: Sequence[Form]) -> None:
    first, second = forms
    take(books, first([A, B, Spot("logs", 10, "CKV_AWS_18")]), 0)
    summary = take(books, second([A, B, Spot("logs", 10, "CKV_AWS_18")]), 0.1)
    assert len(books.findings()) == 3
    assert (summary.placement.new, summary.placement.known, summary.relinked) == (0, 3, 3)


@pytest.mark.parametrize("forms", list(permutations(FORMS)))
def test_both_forms_in_turn_stay_one_finding_while_lines_move(
    books: Books, forms: Sequence[Form]
) -> None:
    """The clock begins with the first report of either form."""
    for week in range(6):
        moved = [replace(each, line=each.line + 7 * week) for each in (A, B)]
        for part, form in enumerate(forms):
            take(books, form(moved), 7 * week + part / 10)
    found = standing(books)
    assert [each.opened_at for each in found] == [day(0), day(0)]
    assert {each.state for each in found} == {State.OPEN}
    assert [each.line for each in found] == [45, 65]


def test_an_unchanged_report_in_another_form_writes_nothing(books: Books) -> None:
    """Once both forms are known, the words of one are no news to the other."""
    for form in FORMS:
        take(books, form([A, B]), 0)
    before = len(books.events())
    for week in (1, 2):
        for part, form in enumerate(FORMS):
            take(books, form([A, B]), week + part / 10)
    assert len(books.events()) == before


def test_two_places_of_one_rule_stay_two(books: Books) -> None:
    take(books, checkov_json([A]), 0)
    take(books, checkov_sarif([replace(A, line=200, code="other\n")]), 1)
    assert len(opened(books)) == 2
    for form in FORMS:
        take(books, form([A, replace(A, resource="other", line=200, code="other\n")]), 2)
    assert len(opened(books)) == 2


def test_what_moved_between_the_forms_is_one_as_soon_as_both_show_the_same_lines(
    books: Books,
) -> None:
    take(books, checkov_json([A]), 0)
    take(books, checkov_sarif([replace(A, line=15)]), 1)
    assert len(opened(books)) == 2
    summary = take(books, checkov_json([replace(A, line=15)]), 2)
    assert summary.joined == 1
    [found] = opened(books)
    assert (found.key, found.opened_at) == (1, day(0))


def test_a_block_that_takes_the_place_of_a_removed_one_is_not_taken_for_it(books: Books) -> None:
    """Both forms know both blocks: the second one moves to the very line of the first."""
    for form in FORMS:
        take(books, form([A, B]), 0)
    for run in (1, 2):
        for part, form in enumerate(FORMS):
            take(books, form([replace(B, line=A.line)]), run + part / 10)
    states = {each.resource: each.state for each in standing(books)}
    assert states == {"aws_s3_bucket.logs": State.FIXED, "aws_s3_bucket.backups": State.OPEN}


def test_a_removed_block_gives_its_place_to_nobody_in_a_form_that_is_new(books: Books) -> None:
    """Only the other form knows both blocks, and the lines of the rule in the file differ."""
    take(books, checkov_json([A, B]), 0)
    take(books, checkov_sarif([replace(B, line=A.line)]), 1)
    take(books, checkov_json([replace(B, line=A.line)]), 2)
    take(books, checkov_sarif([replace(B, line=A.line)]), 2.1)
    take(books, checkov_json([replace(B, line=A.line)]), 3)
    states = {each.resource: (each.state, each.opened_at) for each in standing(books)}
    assert states == {
        "aws_s3_bucket.logs": (State.FIXED, day(0)),
        "aws_s3_bucket.backups": (State.OPEN, day(0)),
    }


def test_numbers_in_a_file_follow_the_form_that_names_resources(books: Books) -> None:
    """SARIF without code knows three of one rule by their order; the first one is fixed."""
    for form in NUMBERED:
        take(books, form([A, B, C]), 0)
    rest = [replace(B, line=25), replace(C, line=45)]
    for run in (1, 2, 3):
        for part, form in enumerate(NUMBERED):
            take(books, form(rest), run + part / 10)
    states = {each.resource: each.state for each in standing(books)}
    assert states == {
        "aws_s3_bucket.logs": State.FIXED,
        "aws_s3_bucket.backups": State.OPEN,
        "aws_s3_bucket.exports": State.OPEN,
    }


def test_one_more_above_does_not_push_numbers_onto_others(books: Books) -> None:
    for form in NUMBERED:
        take(books, form([B, C]), 0)
    for form in NUMBERED:
        take(books, form([A, B, C]), 1)
    found = {each.resource: each.opened_at for each in opened(books)}
    assert found == {
        "aws_s3_bucket.logs": day(1),
        "aws_s3_bucket.backups": day(0),
        "aws_s3_bucket.exports": day(0),
    }


def test_several_resources_at_one_line_are_known_by_their_order(books: Books) -> None:
    """A block that stands for several resources: the forms list them in the same order."""
    two = [replace(A, resource='logs["a"]', code="one\n"), replace(A, resource="x", code="two\n")]
    for form in FORMS:
        take(books, form(two), 0)
    assert len(books.findings()) == 2


def test_a_form_that_lists_one_of_several_at_a_line_misses_none_of_them(books: Books) -> None:
    two = [replace(A, resource='logs["a"]'), replace(A, resource='logs["b"]')]
    for run in range(4):
        for form in FORMS:
            take(books, form(two), run)
    assert [each.state for each in standing(books)] == [State.OPEN, State.OPEN]


@pytest.mark.parametrize("folder", ["infra/", "infra/shop/"])
@pytest.mark.parametrize("is_sarif_first", [True, False])
def test_paths_may_begin_at_different_folders(
    books: Books, folder: str, *, is_sarif_first: bool
) -> None:
    """Checkov's JSON names files below the folder that was scanned, its SARIF below where it was started."""
    spots = [
        replace(A, path=f"{folder}main.tf"),
        replace(A, path=f"{folder}modules/net/main.tf", resource="net"),
        replace(B, path=f"{folder}modules/net/rules.tf"),
    ]
    reports = [checkov_json(spots, folder=folder), checkov_sarif(spots)]
    for report in reversed(reports) if is_sarif_first else reports:
        take(books, report, 0)
    assert len(books.findings()) == 3


def test_two_rules_that_one_control_speaks_for_are_one_in_either_order() -> None:
    """JSON names the resource, so two rules of one control are one finding; SARIF has two results."""
    spots = [A, replace(A, rule="CKV_AWS_18")]
    same = {"CKV_AWS_21": "a-control", "CKV_AWS_18": "a-control"}
    for forms in permutations(FORMS):
        with fresh_books() as books:
            books.workspace = replace(books.workspace, rule_controls=same)
            for form in forms:
                take(books, form(spots), 0)
            assert len(opened(books)) == 1


def test_absence_in_one_form_says_nothing_of_what_only_the_other_shows(books: Books) -> None:
    """SARIF leaves one out every week, as forms do that need a line for everything."""
    extra = Spot("account", 0, "CKV_AWS_19", "")
    for week in range(4):
        take(books, checkov_json([A, extra]), 7 * week)
        take(books, checkov_sarif([A]), 7 * week + 1)
    assert [each.work.value for each in standing(books)] == ["new", "new"]
    assert [each.state for each in standing(books)] == [State.OPEN, State.OPEN]


def test_both_forms_of_one_run_are_not_two_clean_scans(books: Books) -> None:
    for run in (0, 1):
        for part, form in enumerate(FORMS):
            take(books, form([A] if run else [A, B]), run + part / 10)
    assert {each.state for each in standing(books)} == {State.OPEN}
    take(books, checkov_json([A]), 2)
    [closed] = [each for each in standing(books) if each.state is State.FIXED]
    assert (closed.resource, closed.closed_at) == ("aws_s3_bucket.backups", day(1))


def test_who_changes_the_form_for_good_closes_by_the_new_one(books: Books) -> None:
    """The first report in the new form still waits for the old one; the next two are two clean scans.

    What could not be told from the removed one at first is known again once that one is missed.
    """
    take(books, checkov_json([A, B]), 0)
    for run in (1, 2):
        take(books, checkov_sarif([A]), run)
    assert len(opened(books)) == 3
    take(books, checkov_sarif([A]), 3)
    states = {each.resource: (each.state, each.closed_at) for each in standing(books)}
    assert states == {
        "aws_s3_bucket.logs": (State.OPEN, None),
        "aws_s3_bucket.backups": (State.FIXED, day(2)),
    }
    assert [each.opened_at for each in standing(books)] == [day(0), day(0)]


def test_a_decision_of_a_person_holds_in_the_other_form(books: Books) -> None:
    take(books, checkov_json([A]), 0)
    books.append(closing(books.findings()[0], State.FALSE_POSITIVE, day(1)))
    take(books, checkov_sarif([A]), 2)
    assert [each.state for each in standing(books)] == [State.FALSE_POSITIVE]


def test_parts_of_one_scan_in_two_forms_are_united(books: Books) -> None:
    for run in range(3):
        take(books, checkov_json([A, B]), run)
        take(books, checkov_sarif([A]), run)
    assert [each.state for each in standing(books)] == [State.OPEN, State.OPEN]


def test_a_merge_of_two_forms_that_is_undone_stays_undone(books: Books) -> None:
    take(books, checkov_json([A]), 0)
    take(books, checkov_sarif([replace(A, line=15)]), 1)
    take(books, checkov_json([replace(A, line=15)]), 2)
    with books.store.read() as reader:
        [merge] = merges(reader)
    unmerge(
        merge.finding,
        by="sato",
        reason="Two things.",
        store=books.store,
        workspace=books.workspace,
        table=decision_table(),
        now=day(3),
    )
    for form in (*FORMS, *FORMS):
        take(books, form([replace(A, line=15)]), 4)
    assert [each.key for each in standing(books)] == [1, 2]


def test_the_preview_says_what_would_be_joined_and_opens_nothing_twice(books: Books) -> None:
    take(books, checkov_json([A, B]), 0)
    before = books.everything()
    preview = preview_reports(
        [("results.sarif", checkov_sarif([A, B, replace(C, rule="CKV_AWS_18")]))],
        store=books.store,
        workspace=books.workspace,
        table=decision_table(),
        now=day(1),
        options=IngestOptions(target="shop"),
    )
    changes = sorted(each.change for each in preview.rows)
    assert changes == [Change.CHANGES, Change.CHANGES, Change.OPENS]
    assert preview.reports[0].relinked == 2
    assert books.everything() == before


def test_rows_can_be_made_again_from_the_journal(books: Books) -> None:
    for week in range(3):
        for form in FORMS:
            take(books, form([A, replace(B, line=30 + week)]), week)
    before = books.store.snapshot()
    books.store.rebuild()
    assert books.store.snapshot() == before
    assert json.dumps([each.key for each in standing(books)]) == "[1, 2]"
    assert FindingKey(1) in {each.key for each in books.findings()}
