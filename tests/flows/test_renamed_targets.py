"""An asset that gets another name: what was found under the old one stays the same finding, with its clock."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from tests.flows.reports import A as FLAW
from tests.flows.reports import Books, day, decision_table, sarif, trivy
from tests.flows.two_forms import Spot, checkov_json
from tesuri.flows.intake.ingest_report import IngestSummary
from tesuri.flows.lifecycle.unmerge_finding import merges, unmerge
from tesuri.model.estate import Asset
from tesuri.model.finding import Finding, State
from tesuri.model.identifiers import AssetId

OLD, NEW, LAST = "example/old-shop", "example/shop", "example/store"


@pytest.fixture
def books(empty_url: str) -> Iterator[Books]:
    """Give a store, once of each kind."""
    made = Books(empty_url)
    yield made
    made.store.close()


def declare(books: Books, *assets: Asset) -> None:
    books.workspace = replace(books.workspace, assets=assets)


def an_asset(name: str, *, formerly: Sequence[str] = (), targets: Sequence[str] = ()) -> Asset:
    identifier = AssetId(name)
    return Asset(id=identifier, name=name, formerly=tuple(formerly), targets=tuple(targets))


def weakness(rule: str, code: str, line: int, path: str = "app.py") -> dict[str, object]:
    region = {"startLine": line, "snippet": {"text": code}}
    physical = {"artifactLocation": {"uri": path}, "region": region}
    message = {"text": "Something is wrong here."}
    return {"ruleId": rule, "message": message, "locations": [{"physicalLocation": physical}]}


ONE, TWO = weakness("eval", "eval(a)", 5), weakness("eval", "eval(b)", 9)
EQUAL = [weakness("eval", "eval(c)", line, "equal.py") for line in (3, 30, 7)]
SECRET = weakness("key", "", 4, "keys.txt")
SECRET["properties"] = {"secret": "not-a-real-one-0123456789"}


def code(*results: dict[str, object]) -> bytes:
    return sarif(*results, tool="semgrep")


def take(books: Books, report: bytes, target: str, on: float) -> IngestSummary:
    return books.ingest(report, now=day(on), target=target, scanned_at=day(on))


def standing(books: Books) -> list[Finding]:
    return [each for each in books.findings() if each.is_current]


@pytest.mark.parametrize("is_ticked", [True, False])
def test_a_declared_new_name_keeps_findings_and_clocks(books: Books, *, is_ticked: bool) -> None:
    take(books, code(ONE, TWO, *EQUAL), OLD, 0)
    take(books, sarif(SECRET, tool="gitleaks"), OLD, 0)
    take(books, checkov_json([Spot()]), OLD, 0)
    before = {each.key: (each.opened_at, each.due_at) for each in standing(books)}
    declare(books, an_asset(NEW, formerly=[OLD]))
    if is_ticked:
        books.tick(day(1))
    moved = [replace_line(each, 11) for each in (ONE, TWO, *EQUAL)]
    summary = take(books, code(*moved), NEW, 2)
    assert (summary.placement.new, summary.placement.known) == (0, 5)
    take(books, sarif(SECRET, tool="gitleaks"), NEW, 2)
    take(books, checkov_json([Spot(line=21)]), NEW, 2)
    books.tick(day(3))
    assert {each.key: (each.opened_at, each.due_at) for each in standing(books)} == before
    assert {each.asset for each in standing(books)} == {NEW}


def replace_line(result: dict[str, object], more: int) -> dict[str, object]:
    """Give a result some lines further down."""
    copied: dict[str, object] = json.loads(json.dumps(result))
    locations = copied["locations"]
    assert isinstance(locations, list)
    locations[0]["physicalLocation"]["region"]["startLine"] += more
    return copied


def test_an_undeclared_new_name_is_another_asset(books: Books) -> None:
    take(books, code(ONE), OLD, 0)
    summary = take(books, code(ONE), NEW, 1)
    assert summary.placement.new == 1
    assert {each.asset for each in standing(books)} == {OLD, NEW}


def test_an_undeclared_new_name_is_noticed(books: Books) -> None:
    """The inventory names others, and neither the old name nor the new one."""
    declare(books, an_asset("something-else"))
    take(books, code(ONE, TWO), OLD, 0)
    take(books, code(weakness("eval", "other", 3)), "example/other", 0)
    likeness = take(books, code(ONE, TWO), NEW, 1).placement.likeness
    assert likeness is not None
    assert (likeness.asset, likeness.count) == (OLD, 2)
    assert take(books, code(ONE, TWO), NEW, 2).placement.likeness is None


def test_what_the_inventory_still_names_was_not_renamed(books: Books) -> None:
    declare(books, an_asset(OLD))
    take(books, code(ONE, TWO), OLD, 0)
    assert take(books, code(ONE, TWO), NEW, 1).placement.likeness is None


def test_a_few_like_findings_are_no_likeness(books: Books) -> None:
    take(books, code(ONE), OLD, 0)
    others = [weakness("eval", f"other({number})", 20 + number) for number in range(3)]
    assert take(books, code(ONE, *others), NEW, 1).placement.likeness is None


def test_a_name_that_is_declared_late_merges_what_was_opened_anew(books: Books) -> None:
    take(books, code(ONE, TWO), OLD, 0)
    take(books, code(ONE, TWO), NEW, 1)
    declare(books, an_asset(NEW, formerly=[OLD]))
    books.tick(day(2))
    assert take(books, code(ONE, TWO), NEW, 3).joined == 2
    assert [(each.key, each.opened_at) for each in standing(books)] == [(1, day(0)), (2, day(0))]


def test_such_a_merge_that_is_undone_stays_undone(books: Books) -> None:
    take(books, code(ONE), OLD, 0)
    take(books, code(ONE), NEW, 1)
    declare(books, an_asset(NEW, formerly=[OLD]))
    take(books, code(ONE), NEW, 2)
    with books.store.read() as reader:
        [merge] = merges(reader)
    unmerge(
        merge.finding,
        by="sato",
        reason="Two shops.",
        store=books.store,
        workspace=books.workspace,
        table=decision_table(),
        now=day(3),
    )
    take(books, code(ONE, TWO), NEW, 4)
    assert [each.key for each in standing(books)] == [1, 2, 3]


def test_what_is_fixed_under_the_new_name_is_closed(books: Books) -> None:
    """The old name is scanned no more: what it saw last keeps nothing open."""
    take(books, code(ONE, TWO), OLD, 0)
    take(books, trivy(FLAW, at=day(0)), OLD, 0)
    declare(books, an_asset(NEW, formerly=[OLD]))
    books.tick(day(1))
    for on in (2, 3, 4):
        take(books, code(ONE), NEW, on)
        take(books, trivy(*([FLAW] if on == 2 else []), at=day(on)), NEW, on)
    states = {each.key: (each.state, each.closed_at) for each in standing(books)}
    assert states == {
        1: (State.OPEN, None),
        2: (State.FIXED, day(2)),
        3: (State.FIXED, day(3)),
    }


def test_a_second_change_of_the_name_finds_everything_again(books: Books) -> None:
    take(books, code(ONE), OLD, 0)
    declare(books, an_asset(NEW, formerly=[OLD]))
    take(books, code(ONE, TWO), NEW, 1)
    books.tick(day(1))
    declare(books, an_asset(LAST, formerly=[OLD, NEW]))
    books.tick(day(2))
    summary = take(books, code(ONE, TWO), LAST, 3)
    assert (summary.placement.new, summary.placement.known) == (0, 2)
    assert {each.opened_at for each in standing(books)} == {day(0), day(1)}


def test_a_pipeline_that_still_says_the_old_name_is_of_the_same_asset(books: Books) -> None:
    take(books, code(ONE), OLD, 0)
    declare(books, an_asset(NEW, formerly=[OLD]))
    take(books, code(ONE), NEW, 1)
    take(books, code(ONE), OLD, 2)
    [found] = standing(books)
    assert found.opened_at == day(0)


def test_an_asset_that_is_declared_late_keeps_its_code_weaknesses(books: Books) -> None:
    """A target that nobody declared was an asset of its own, by the name that scans give it."""
    take(books, code(ONE), NEW, 0)
    declare(books, an_asset("shop", targets=["example/*"]))
    books.tick(day(1))
    assert take(books, code(ONE), NEW, 2).placement.new == 0
    [found] = standing(books)
    assert (found.asset, found.opened_at) == ("shop", day(0))


def test_rows_can_be_made_again_from_the_journal(books: Books) -> None:
    take(books, code(ONE, TWO), OLD, 0)
    take(books, code(ONE), NEW, 1)
    declare(books, an_asset(NEW, formerly=[OLD]))
    take(books, code(ONE, TWO), NEW, 2)
    before = books.store.snapshot()
    books.store.rebuild()
    assert books.store.snapshot() == before
