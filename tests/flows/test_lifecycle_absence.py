"""When a finding is closed because scans no longer show it, and when it is not."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.flows.reports import A, B, Books, C, Flaw, closing, day, fresh_books, grype, trivy
from tesuri.budgets.assignment import FINDING_FIELDS, finding_subject
from tesuri.flows.intake.ingest_report import IngestSummary
from tesuri.model.event import EventKind
from tesuri.model.finding import State, Work


@pytest.fixture
def books(database_url: str) -> Iterator[Books]:
    books = Books(database_url)
    yield books
    books.store.close()


def scan(books: Books, number: float, *flaws: Flaw, mark: str = "", partial: bool = False) -> None:
    """Take in a Trivy scan of that day, on that day."""
    books.ingest(trivy(*flaws, at=day(number), mark=mark), now=day(number), is_partial=partial)


def test_second_clean_scan_closes_dated_at_the_first(books: Books) -> None:
    scan(books, 0, A, B)
    scan(books, 1, B)
    once = books.finding(A)
    assert (once.state, once.work) == (State.OPEN, Work.AWAITING_VERIFICATION)
    scan(books, 2, B)
    twice = books.finding(A)
    assert (twice.state, twice.closed_at) == (State.FIXED, day(1))
    assert books.finding(B).state is State.OPEN


def test_partial_scans_never_close(books: Books) -> None:
    scan(books, 0, A)
    for number in (1, 2, 3):
        scan(books, number, partial=True)
    assert books.finding(A).work is Work.NEW


def test_partial_scan_that_shows_it_breaks_the_row_of_clean_ones(books: Books) -> None:
    scan(books, 0, A)
    scan(books, 1)
    scan(books, 2, A, partial=True)
    scan(books, 3)
    assert books.finding(A).state is State.OPEN
    scan(books, 4)
    assert books.finding(A).closed_at == day(3)


def test_clean_scans_of_another_target_or_configuration_do_not_count(books: Books) -> None:
    scan(books, 0, A)
    for number in (1, 2, 3):
        books.ingest(trivy(at=day(number), image="shop/other"))
    assert books.finding(A).work is Work.NEW


def test_tool_that_still_sees_it_keeps_it_open(books: Books) -> None:
    scan(books, 0, A)
    books.ingest(grype(A, at=day(0)))
    scan(books, 1)
    scan(books, 2)
    assert (books.finding(A).state, books.finding(A).work) == (State.OPEN, Work.NEW)
    books.ingest(grype(at=day(3)))
    assert books.finding(A).state is State.OPEN
    books.ingest(grype(at=day(4)))
    assert (books.finding(A).state, books.finding(A).closed_at) == (State.FIXED, day(3))


def test_same_clean_scan_taken_in_twice_counts_once(books: Books) -> None:
    scan(books, 0, A)
    scan(books, 1)
    scan(books, 1)
    assert books.finding(A).state is State.OPEN


def test_report_without_a_time_is_told_from_the_next_by_its_content(books: Books) -> None:
    books.ingest(trivy(A), now=day(0))
    books.ingest(trivy(mark="first clean"), now=day(1))
    books.ingest(trivy(mark="first clean"), now=day(2))
    assert books.finding(A).state is State.OPEN
    books.ingest(trivy(mark="second clean"), now=day(3))
    assert books.finding(A).closed_at == day(1)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_parts_of_one_scan_are_united_in_any_order(books: Books, order: tuple[int, ...]) -> None:
    for number in (0, 1, 2, 3):
        for part in order:
            scan(books, number, (A, B, C)[part], mark=f"part {part}")
    assert books.states() == {A.cve: "open", B.cve: "open", C.cve: "open"}
    assert all(each.opened_at == day(0) and each.episode == 1 for each in books.findings())
    scan(books, 4, mark="only part")
    scan(books, 5, mark="only part")
    assert {each.closed_at for each in books.findings()} == {day(4)}


@pytest.mark.parametrize("gap", [1, 30])
def test_part_that_would_have_closed_closes_nothing_that_a_later_part_contains(
    books: Books, gap: int
) -> None:
    """The second clean scan comes in two files; the second of them still has the finding."""
    scan(books, 0, A, B)
    scan(books, gap, B)
    scan(books, 2 * gap, B, mark="part 1")
    scan(books, 2 * gap, A, mark="part 2")
    found = books.finding(A)
    assert (found.state, found.episode, found.closed_at) == (State.OPEN, 1, None)
    taken_back = [event for event in books.events() if event.kind is EventKind.REOPENED]
    assert [event.happened_at for event in taken_back] == [day(gap)]
    scan(books, 3 * gap, B)
    scan(books, 4 * gap, B)
    assert books.finding(A).closed_at == day(3 * gap)


def test_older_scan_taken_in_later_neither_closes_nor_reopens(books: Books) -> None:
    scan(books, 10, A, B)
    scan(books, 12, B)
    scan(books, 13, B)
    before = books.store.snapshot()
    for number, flaws in ((5, (A,)), (11, (A,)), (12.5, (A,)), (6, ()), (7, ())):
        summary = books.ingest(trivy(*flaws, at=day(number)), now=day(14))
        assert summary.placement.predating == len(flaws)
        assert summary.placement.closed == 0
    assert books.store.snapshot() == before


def test_older_scan_does_not_overwrite_what_the_newest_says(books: Books) -> None:
    scan(books, 10, replace(A, version="3.0.2"))
    scan(books, 9, A)
    assert books.finding(A).installed_version == "3.0.2"


def test_older_scan_does_not_call_back_what_the_newest_misses(books: Books) -> None:
    scan(books, 0, A)
    scan(books, 10)
    scan(books, 5, A)
    assert books.finding(A).work is Work.AWAITING_VERIFICATION
    scan(books, 11)
    assert books.finding(A).closed_at == day(10)


@pytest.mark.parametrize(
    ("clean", "state", "closed"),
    [
        ((), "open", None),
        ((10,), "open", None),
        ((10, 11), "fixed", 10),
        ((11, 10, 12), "fixed", 10),
    ],
)
def test_finding_of_an_older_scan_only_is_what_it_would_be_in_order(
    books: Books, clean: tuple[int, ...], state: str, closed: int | None
) -> None:
    for number in clean:
        scan(books, number, B)
    summary = books.ingest(trivy(A, at=day(5)), now=day(20))
    assert summary.placement.new == 1
    found = books.finding(A)
    assert (found.state.value, found.opened_at) == (state, day(5))
    assert found.closed_at == (None if closed is None else day(closed))
    assert found.outcome is not None


def test_finding_that_one_newer_scan_lacks_is_closed_by_the_next(books: Books) -> None:
    scan(books, 10, B)
    books.ingest(trivy(A, at=day(5)), now=day(11))
    assert books.finding(A).work is Work.AWAITING_VERIFICATION
    scan(books, 12, B)
    assert (books.finding(A).state, books.finding(A).closed_at) == (State.FIXED, day(10))


def test_older_scan_of_a_second_tool_is_clean_since_as_far_as_that_tool_goes(books: Books) -> None:
    scan(books, 0, A)
    books.ingest(grype(at=day(3)))
    books.ingest(grype(at=day(4)))
    books.ingest(grype(A, at=day(1)))
    assert books.finding(A).state is State.OPEN
    scan(books, 5)
    scan(books, 6)
    assert (books.finding(A).state, books.finding(A).closed_at) == (State.FIXED, day(5))


def test_scan_is_complete_only_when_every_part_is(books: Books) -> None:
    scan(books, 0, A)
    scan(books, 1)
    scan(books, 2, mark="a", partial=True)
    scan(books, 2, mark="b")
    assert books.finding(A).state is State.OPEN


ROW_OF_SCANS = st.lists(st.booleans(), min_size=1, max_size=5).flatmap(
    lambda shown: st.tuples(st.just(shown), st.permutations(range(len(shown))))
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ROW_OF_SCANS)
def test_in_any_order_it_is_plainly_open_exactly_when_the_newest_scan_shows_it(
    given_scans: tuple[list[bool], list[int]],
) -> None:
    shown, order = given_scans
    with fresh_books() as books:
        for number in order:
            flaws = (A, B) if shown[number] else (B,)
            books.ingest(trivy(*flaws, at=day(number)), now=day(9))
        found = [each for each in books.findings() if each.rule == A.cve and each.is_current]
        is_plainly_open = [
            each.state is State.OPEN and each.work is not Work.AWAITING_VERIFICATION
            for each in found
        ]
        assert is_plainly_open == ([shown[-1]] if any(shown) else [])
        assert books.finding(B).state is State.OPEN


def test_absence_of_what_people_decided_changes_no_decision(books: Books) -> None:
    scan(books, 0, A)
    found = books.finding(A)
    books.append(closing(found, State.FALSE_POSITIVE, day(0) + timedelta(hours=1)))
    scan(books, 1)
    scan(books, 2)
    scan(books, 3, A)
    assert books.finding(A).state is State.FALSE_POSITIVE


def test_scan_of_a_clock_that_is_ahead_counts_as_made_now_and_says_so(books: Books) -> None:
    told = books.ingest(trivy(A, at=day(200)), now=day(0))
    assert told.scanned_at == day(0)
    assert told.notes[0].startswith("The report says that it was made at ")
    assert books.finding(A).opened_at == day(0)


def test_scan_of_a_clock_that_is_ahead_keeps_no_later_one_from_closing(books: Books) -> None:
    books.ingest(trivy(A, B, at=day(200)), now=day(0))
    scan(books, 1, B)
    scan(books, 2, B)
    assert (books.finding(A).state, books.finding(A).closed_at) == (State.FIXED, day(1))


def test_same_scan_of_a_clock_that_is_ahead_is_one_whenever_it_comes(books: Books) -> None:
    scan(books, 0, A, B)
    ahead = day(1) + timedelta(minutes=5)
    parts = [trivy(B, at=ahead), trivy(B, at=ahead, mark="another part")]
    first, again, part = (
        books.ingest(data, now=now)
        for data, now in ((parts[0], day(1)), (parts[0], day(3)), (parts[1], day(3)))
    )
    assert (first.is_known, again.is_known, part.is_known) == (False, True, False)
    assert first.scanned_at == again.scanned_at == part.scanned_at == day(1)
    assert books.finding(A).state is State.OPEN


def code_scan(books: Books, number: float, rules: str, found: str, **more: object) -> IngestSummary:
    """Take in a SARIF log of that day: a letter is a rule that ran, or one that found something."""
    results = [
        {
            "ruleId": f"rule-{each}",
            "message": {"text": f"flaw {each}"},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": f"{each}.py"}}}],
        }
        for each in found
    ]
    driver = {"name": "codeql", "rules": [{"id": f"rule-{each}", **more} for each in rules]}
    at = {"executionSuccessful": True, "endTimeUtc": day(number).isoformat()}
    run = {"tool": {"driver": driver}, "results": results, "invocations": [at]}
    data = json.dumps({"version": "2.1.0", "runs": [run]}).encode()
    return books.ingest(data, target="shop/web", now=day(number))


def states(books: Books) -> dict[str, State]:
    return {each.rule[-1]: each.state for each in books.findings()}


def test_narrowed_configuration_does_not_close_what_it_no_longer_looks_for(books: Books) -> None:
    code_scan(books, 0, "abcd", "ab")
    narrowed = [code_scan(books, number, "bcd", "b") for number in (1, 2, 3)]
    assert states(books) == {"a": State.OPEN, "b": State.OPEN}
    assert [each.placement.uncovered for each in narrowed] == [1, 1, 1]
    assert narrowed[0].notes == (
        "1 finding stays as it is: the report lists the rules that ran, and theirs is not among them.",
    )
    code_scan(books, 4, "abcd", "b")
    assert states(books)["a"] is State.OPEN
    code_scan(books, 5, "abcd", "b")
    assert states(books) == {"a": State.FIXED, "b": State.OPEN}


def test_list_of_only_the_rules_that_found_something_narrows_nothing(books: Books) -> None:
    code_scan(books, 0, "ab", "ab")
    for number in (1, 2):
        code_scan(books, number, "b", "b")
    assert states(books) == {"a": State.FIXED, "b": State.OPEN}


def test_rule_that_goes_by_a_new_name_still_speaks_for_its_old_one(books: Books) -> None:
    code_scan(books, 0, "abc", "a")
    for number in (1, 2):
        code_scan(books, number, "xbc", "", deprecatedIds=["rule-a"])
    assert states(books) == {"a": State.FIXED}


def test_conditions_of_objectives_may_name_every_field_of_a_finding_and_no_other(
    books: Books,
) -> None:
    scan(books, 0, A)
    assert finding_subject(books.finding(A), None).keys() == FINDING_FIELDS
