"""Findings that turn out to be one: merged when it becomes known, and two again when somebody says so."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.flows.reports import (
    IMAGE,
    Books,
    Flaw,
    a_waiver,
    closing,
    day,
    decision_table,
    fresh_books,
    grype,
    plain_workspace,
    trivy,
)
from tests.flows.statements import openvex
from tests.flows.test_one_finding_across_tools import CONTROL, prowler, security_hub
from tesuri.flows.intake.apply_vex import apply_vex
from tesuri.flows.intake.ingest_report import IngestOptions
from tesuri.flows.intake.preview_reports import Change, preview_reports
from tesuri.flows.lifecycle.unmerge_finding import Merge, merges, unmerge
from tesuri.flows.site.survey import take_survey
from tesuri.model.errors import BadInput
from tesuri.model.event import EventKind
from tesuri.model.finding import State
from tesuri.model.identifiers import FindingKey

CVE, GHSA = Flaw("CVE-2026-0001"), Flaw("GHSA-aaaa-bbbb-cccc", severity="CRITICAL")
OTHER = Flaw("CVE-2026-0002")


@pytest.fixture
def books(empty_url: str) -> Iterator[Books]:
    """Give a store, once of each kind."""
    made = Books(empty_url)
    yield made
    made.store.close()


def naming_both(at: datetime, *flaws: Flaw, image: str = "shop/other") -> bytes:
    """Give a Grype report of another image that names the CVE of a GHSA."""
    report = json.loads(grype(*(flaws or (GHSA,)), at=at, image=image))
    for match in report["matches"]:
        match["relatedVulnerabilities"] = [{"id": CVE.cve}]
    return json.dumps(report).encode()


def shown(books: Books) -> dict[FindingKey, tuple[str, str, tuple[str, ...]]]:
    return {
        each.key: (each.asset, each.state.value, each.tools)
        for each in books.findings()
        if each.is_current
    }


def two_names(books: Books) -> None:
    """Take one flaw in under two names: FND-1 by its GHSA, FND-2 by its CVE a day later."""
    books.ingest(grype(GHSA, at=day(0)), now=day(0), target=IMAGE)
    books.ingest(trivy(CVE, at=day(1)), now=day(1), target=IMAGE)
    assert len(books.findings()) == 2


def standing(books: Books) -> list[Merge]:
    with books.store.read() as reader:
        return list(merges(reader))


def undo(books: Books, key: int, *, now: datetime) -> Merge:
    return unmerge(
        FindingKey(key),
        by="sato",
        reason="They are two.",
        store=books.store,
        workspace=books.workspace,
        table=decision_table(),
        now=now,
    )


def test_alias_published_later_merges_two_findings_into_the_older(books: Books) -> None:
    two_names(books)
    told = books.ingest(naming_both(day(2)), now=day(2))

    assert told.joined == 1
    (found,) = [each for each in books.findings() if each.asset == IMAGE]
    assert found.key == 1
    assert (found.tools, found.severity.value) == (("grype", "trivy"), "critical")
    assert found.advisories == (CVE.cve, GHSA.cve)
    assert standing(books) == [
        Merge(FindingKey(2), FindingKey(1), day(2), standing(books)[0].reason)
    ]
    with books.store.read() as reader:
        other = reader.finding(FindingKey(2))
    assert other == found, "the other name leads to the one that stays"


def test_merged_finding_counts_from_its_first_detection_and_once(books: Books) -> None:
    two_names(books)
    books.ingest(naming_both(day(2)), now=day(2))

    clocks = books.clocks()
    assert FindingKey(2) not in clocks
    clock = clocks[FindingKey(1)]
    assert clock.started_at == day(0)
    assert clock.due_at == day(2 + 30), "the vector that only the other told makes it due sooner"
    with books.store.read() as reader:
        survey = take_survey(reader, books.workspace, day(200))
    (found,) = [each for each in survey.findings if each.asset == IMAGE]
    assert found.objective is not None
    budget = survey.budgets[found.objective, None]
    late = int((day(200) - clock.due_at).total_seconds())
    assert dict(budget.contributions) == {str(found.group): min(late, 90 * 86_400)}


def test_both_names_are_one_finding_in_every_later_scan(books: Books) -> None:
    two_names(books)
    books.ingest(naming_both(day(2)), now=day(2))
    for number in (3, 4, 5):
        books.ingest(grype(GHSA, at=day(number)), now=day(number), target=IMAGE)
        books.ingest(trivy(CVE, at=day(number)), now=day(number), target=IMAGE)
    (found,) = [each for each in books.findings() if each.asset == IMAGE]
    assert (found.key, found.state) == (1, State.OPEN)

    for number in (6, 7):
        books.ingest(trivy(OTHER, at=day(number)), now=day(number), target=IMAGE)
    assert books.store.snapshot()[0][0]["state"] == "open", "the other tool still sees it"
    for number in (6, 7):
        books.ingest(grype(OTHER, at=day(number)), now=day(number), target=IMAGE)
    states = {each.key: each.state for each in books.findings() if each.asset == IMAGE}
    assert states[FindingKey(1)] is State.FIXED


def test_names_that_are_one_meet_on_an_asset_that_is_scanned_later(books: Books) -> None:
    two_names(books)
    books.ingest(naming_both(day(2)), now=day(2))
    before = len(books.findings())
    books.ingest(grype(GHSA, at=day(3), image="shop/late"), now=day(3))
    told = books.ingest(trivy(CVE, at=day(3), image="shop/late"), now=day(3))
    assert len(books.findings()) == before + 1
    assert (told.placement.new, told.placement.seen_by_another, told.joined) == (0, 1, 0)


def groups(books: Books) -> dict[str, set[int]]:
    """Give the groups of the current findings of each asset."""
    found: dict[str, set[int]] = {}
    for each in books.findings():
        if each.is_current:
            found.setdefault(each.asset, set()).add(int(each.group))
    return found


def test_one_fix_is_one_group_on_assets_that_nobody_named_alike(books: Books) -> None:
    books.ingest(grype(GHSA, at=day(0), image="shop/first"), now=day(0), target="shop/first")
    books.ingest(trivy(CVE, at=day(1), image="shop/second"), now=day(1), target="shop/second")
    apart = groups(books)
    assert apart["shop/first"] != apart["shop/second"]

    books.ingest(naming_both(day(2), image="shop/third"), now=day(2), target="shop/third")
    (together,) = {frozenset(each) for each in groups(books).values()}
    assert together == apart["shop/second"], "the group that has the name already stays"
    before = books.everything()
    books.store.rebuild()
    assert books.everything() == before


def test_group_keeps_its_number_when_only_its_name_is_another(books: Books) -> None:
    books.ingest(grype(GHSA, at=day(0), image="shop/first"), now=day(0), target="shop/first")
    books.ingest(naming_both(day(1), image="shop/third"), now=day(1), target="shop/third")
    found = groups(books)
    assert found["shop/first"] == found["shop/third"] == {1}


def test_two_cves_never_become_one(books: Books) -> None:
    books.ingest(trivy(CVE, OTHER, at=day(0)), now=day(0))
    books.ingest(grype(GHSA, at=day(0)), now=day(0), target=IMAGE)
    books.ingest(naming_both(day(1)), now=day(1))
    second = json.loads(naming_both(day(2), image="shop/third"))
    second["matches"][0]["relatedVulnerabilities"] = [{"id": OTHER.cve}]
    told = books.ingest(json.dumps(second).encode(), now=day(2))
    assert told.joined == 0
    assert sorted(each.rule for each in books.findings() if each.asset == IMAGE) == [
        CVE.cve,
        OTHER.cve,
    ]


def test_waiver_and_decision_of_the_merged_finding_carry_over(books: Books) -> None:
    two_names(books)
    books.workspace = replace(plain_workspace(), waivers=(a_waiver(expires_at=day(10)),))
    books.tick(day(1))
    books.ingest(naming_both(day(2)), now=day(2))
    (found,) = [each for each in books.findings() if each.asset == IMAGE]
    assert (found.rule, found.state, found.waiver) == (GHSA.cve, State.WAIVED, "WVR-1")
    assert books.tick(day(3)).unwaived == 0, "its scope names the rule of the other one"


def test_statement_about_either_name_is_about_the_merged_finding(books: Books) -> None:
    two_names(books)
    books.ingest(naming_both(day(2)), now=day(2))
    for flaw in (CVE, GHSA):
        told = apply_vex(
            openvex("not_affected", flaw, at=day(3), product=IMAGE),
            where="vex.json",
            store=books.store,
            workspace=books.workspace,
            now=day(3),
        )
        assert [row.finding for row in told.rows] == [1]


def test_what_people_said_of_one_name_holds_for_both(books: Books) -> None:
    two_names(books)
    second = next(each for each in books.findings() if each.key == 2)
    books.append(closing(second, State.NOT_AFFECTED, day(1)), now=day(1))
    books.ingest(naming_both(day(2)), now=day(2))
    (found,) = [each for each in books.findings() if each.asset == IMAGE]
    assert (found.key, found.state, found.closed_at) == (1, State.NOT_AFFECTED, day(1))
    assert books.clocks()[FindingKey(1)].is_removed


def test_finding_fixed_long_before_stays_an_episode_of_its_own(books: Books) -> None:
    books.ingest(grype(GHSA, at=day(0)), now=day(0), target=IMAGE)
    for number in (1, 2):
        books.ingest(grype(at=day(number)), now=day(number), target=IMAGE)
    books.ingest(trivy(CVE, at=day(20)), now=day(20), target=IMAGE)
    told = books.ingest(naming_both(day(21)), now=day(21))
    assert told.joined == 0
    assert {key: state for key, (asset, state, _) in shown(books).items() if asset == IMAGE} == {
        1: "fixed",
        2: "open",
    }
    books.ingest(grype(GHSA, at=day(22)), now=day(22), target=IMAGE)
    assert {key: tools for key, (asset, _, tools) in shown(books).items() if asset == IMAGE} == {
        1: ("grype",),
        2: ("grype", "trivy"),
    }


def test_merge_is_undone_and_no_later_import_makes_it_again(books: Books) -> None:
    two_names(books)
    books.ingest(naming_both(day(2)), now=day(2))
    undone = undo(books, 2, now=day(3))
    assert (undone.finding, undone.into, standing(books)) == (2, 1, [])

    books.ingest(naming_both(day(4)), now=day(4))
    for number in (4, 5):
        books.ingest(grype(GHSA, at=day(number)), now=day(number), target=IMAGE)
        told = books.ingest(trivy(CVE, at=day(number)), now=day(number), target=IMAGE)
        assert told.joined == 0
    assert {key: told for key, told in shown(books).items() if told[0] == IMAGE} == {
        1: (IMAGE, "open", ("grype",)),
        2: (IMAGE, "open", ("trivy",)),
    }
    again = books.store.snapshot()
    books.store.rebuild()
    assert books.store.snapshot() == again


def test_finding_that_is_not_merged_is_refused_in_one_sentence(books: Books) -> None:
    two_names(books)
    with pytest.raises(BadInput, match="FND-2 is not merged into another finding"):
        undo(books, 2, now=day(2))


def test_inner_merge_cannot_be_undone_before_the_outer_one(books: Books) -> None:
    two_names(books)
    third = Flaw("PYSEC-2026-7")
    books.ingest(grype(third, at=day(1)), now=day(1), target=IMAGE, is_partial=True)
    books.ingest(naming_both(day(2)), now=day(2))
    report = json.loads(grype(third, at=day(3), image="shop/third"))
    report["matches"][0]["relatedVulnerabilities"] = [{"id": CVE.cve}]
    books.ingest(json.dumps(report).encode(), now=day(3))
    assert [(each.finding, each.into) for each in standing(books)] == [(2, 1), (3, 1)]

    undo(books, 2, now=day(4))
    (kept,) = [each for each in books.findings() if each.key == 1]
    assert kept.tools == ("grype",)
    assert [(each.finding, each.into) for each in standing(books)] == [(3, 1)]


def test_preview_shows_what_would_merge_and_keeps_nothing(books: Books) -> None:
    two_names(books)
    before = books.everything()
    preview = preview_reports(
        [("new.json", naming_both(day(2)))],
        store=books.store,
        workspace=books.workspace,
        table=decision_table(),
        now=day(2),
        options=IngestOptions(),
    )
    joins = [row for row in preview.rows if row.change is Change.JOINS]
    assert [(row.finding, row.joined, row.asset) for row in joins] == [(1, 2, IMAGE)]
    assert preview.reports[0].joined == 1
    assert books.everything() == before


def test_as_of_before_the_merge_shows_two(books: Books) -> None:
    two_names(books)
    before = books.store.snapshot()
    books.ingest(naming_both(day(2)), now=day(2))
    past = books.store.past(day(1))
    assert past.snapshot() == before
    past.close()
    merged = books.store.snapshot()
    past = books.store.past(day(2))
    assert past.snapshot() == merged
    past.close()


def test_rule_that_a_control_says_later_merges_and_closes_nothing(books: Books) -> None:
    early, late = "s3_bucket_level_public_access_block", "S3.8"
    books.workspace = replace(plain_workspace(), rule_controls={early: CONTROL})
    books.ingest(prowler(early), now=day(0), target="111122223333")
    books.ingest(security_hub(late), now=day(0), target="111122223333")
    assert len(books.findings()) == 2

    books.workspace = replace(plain_workspace(), rule_controls={early: CONTROL, late: CONTROL})
    ticked = books.tick(day(1))
    assert (ticked.joined, books.tick(day(1)).changes) == (1, 0)
    (found,) = books.findings()
    assert (found.key, len(found.tools)) == (1, 2)


def test_rule_that_moves_to_another_control_is_the_same_finding(books: Books) -> None:
    rule = "s3_bucket_level_public_access_block"
    books.ingest(prowler(rule), now=day(0), target="111122223333")
    books.workspace = replace(plain_workspace(), rule_controls={rule: CONTROL})
    report = json.loads(prowler(rule))
    report[0]["time_dt"] = day(1).isoformat()
    told = books.ingest(json.dumps(report).encode(), now=day(1), target="111122223333")
    assert (told.relinked, told.placement.new, told.placement.known) == (1, 0, 1)
    assert [(each.key, each.state) for each in books.findings()] == [(1, State.OPEN)]


STEPS = {
    "ghsa": grype(GHSA, at=day(0)),
    "cve": trivy(CVE, at=day(0)),
    "both": naming_both(day(0.5), image=IMAGE),
}


@pytest.mark.parametrize("order", list(permutations(STEPS)), ids="-".join)
def test_order_of_imports_does_not_change_which_findings_exist(order: tuple[str, ...]) -> None:
    with fresh_books() as books:
        for step in order:
            books.ingest(STEPS[step], now=day(3), target=IMAGE, is_partial=True)
        (found,) = [each for each in books.findings() if each.is_current]
        assert (found.state, found.tools) == (State.OPEN, ("grype", "trivy"))
        assert books.clocks()[found.key].started_at == found.opened_at


SCANS = st.lists(
    st.tuples(st.sampled_from(["grype", "trivy"]), st.booleans(), st.booleans(), st.integers(1, 3)),
    max_size=6,
)


@given(scans=SCANS, is_waived=st.booleans())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_merging_and_undoing_leaves_everything_as_it_was(
    *, scans: list[tuple[str, bool, bool, int]], is_waived: bool
) -> None:
    with fresh_books() as books:
        if is_waived:
            books.workspace = replace(plain_workspace(), waivers=(a_waiver(),))
        books.ingest(trivy(at=day(0), image="shop/other"), now=day(0))
        at = 0.0
        for tool, has_flaw, has_other, later in (("grype", True, True, 1), *scans):
            at += later
            names = GHSA if tool == "grype" else CVE
            flaws = [flaw for flaw, is_in in ((names, has_flaw), (OTHER, has_other)) if is_in]
            make = grype if tool == "grype" else trivy
            books.ingest(make(*flaws, at=day(at)), now=day(at), target=IMAGE)
        books.tick(day(at))
        before = books.store.snapshot()
        clocks = books.clocks()
        told = books.ingest(naming_both(day(at + 1)), now=day(at + 1))
        for each in reversed(standing(books)):
            undo(books, each.finding, now=day(at + 1))

        new = {each.key for each in books.findings() if each.asset == "shop/other"}
        assert len(new) == 1
        (apart,) = new
        findings, sightings = books.store.snapshot()
        kept = [_without_names(row) for row in findings if row["id"] != apart]
        assert kept == [_without_names(row) for row in before[0]]
        assert [row for row in sightings if row["finding"] != apart] == before[1]
        assert {key: clock for key, clock in books.clocks().items() if key != apart} == clocks
        assert told.joined <= 1
        books.store.rebuild()
        assert books.store.snapshot() == (findings, sightings)


def _without_names(row: Mapping[str, object]) -> Mapping[str, object]:
    """Leave out what goes by the names of a flaw, which stay one when two findings become two again."""
    return {**row, "links": [], "work_group": 0}


def test_merge_is_told_in_the_journal_of_both(books: Books) -> None:
    two_names(books)
    books.ingest(naming_both(day(2)), now=day(2))
    told = [event for event in books.events() if event.kind is EventKind.MERGED]
    assert [(event.finding, event.actor, event.reason) for event in told] == [
        (1, "policy", "Two names of one vulnerability."),
        (2, "policy", "Two names of one vulnerability."),
    ]
