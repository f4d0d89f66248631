"""Statements are decisions on findings: what closes, what stays closed, and what is about nothing."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.flows.reports import A, B, Books, closing, day, grype, trivy
from tests.flows.statements import csaf, cyclonedx, openvex
from tesuri.flows.intake.apply_vex import VexSummary, apply_vex
from tesuri.flows.intake.judge_statements import VexEffect
from tesuri.model.errors import BadInput
from tesuri.model.event import EventKind
from tesuri.model.finding import State


@pytest.fixture
def books(database_url: str) -> Iterator[Books]:
    books = Books(database_url)
    books.ingest(trivy(A, B, at=day(0)))
    yield books
    books.store.close()


def apply(books: Books, data: bytes, *, on: float = 2, target: str = "") -> VexSummary:
    return apply_vex(
        data,
        where="vex.json",
        store=books.store,
        workspace=books.workspace,
        now=day(on),
        target=target,
    )


def effects(summary: VexSummary) -> list[VexEffect]:
    return [row.effect for row in summary.rows]


@pytest.mark.parametrize(
    "data", [openvex(), cyclonedx(), csaf()], ids=["openvex", "cyclonedx", "csaf"]
)
def test_not_affected_is_recorded_with_author_and_reason_in_each_format(
    books: Books, data: bytes
) -> None:
    summary = apply(books, data)
    assert (summary.statements, summary.matched, effects(summary)) == (1, 1, [VexEffect.CLOSED])
    assert books.states() == {A.cve: "not-affected", B.cve: "open"}
    event = books.events()[-1]
    assert (event.kind, event.actor, event.happened_at) == (
        EventKind.CLOSED,
        "vex:Sato Ltd",
        day(2),
    )
    assert event.reason == ("not affected: vulnerable code not in execute path. We never call it.")


@pytest.mark.parametrize(
    "data",
    [openvex("fixed"), cyclonedx("resolved"), csaf("fixed"), cyclonedx("false_positive")],
    ids=["openvex", "cyclonedx", "csaf", "false-positive"],
)
def test_what_a_supplier_has_settled_is_closed_too(books: Books, data: bytes) -> None:
    assert effects(apply(books, data)) == [VexEffect.CLOSED]
    assert books.finding(A).state is State.NOT_AFFECTED


@pytest.mark.parametrize(
    "data",
    [
        openvex("affected"),
        cyclonedx("exploitable"),
        csaf("known_affected"),
        csaf("under_investigation"),
    ],
    ids=["openvex", "cyclonedx", "csaf", "investigated"],
)
def test_what_is_not_settled_stays_open(books: Books, data: bytes) -> None:
    assert effects(apply(books, data)) == [VexEffect.UNCHANGED]
    assert books.finding(A).state is State.OPEN


def test_a_statement_sticks_when_scans_see_the_finding_again_and_in_another_version(
    books: Books,
) -> None:
    apply(books, openvex())
    newer = replace(A, version="3.0.5")
    for number in (3, 4, 40):
        books.ingest(trivy(newer, B, at=day(number)), now=day(number))
        books.ingest(grype(newer, B, at=day(number)), now=day(number))
        books.tick(day(number))
    assert books.states() == {A.cve: "not-affected", B.cve: "open"}
    assert books.finding(A).episode == 1


def test_a_statement_taken_in_twice_changes_nothing(books: Books) -> None:
    apply(books, openvex())
    before = books.everything()
    again = apply(books, openvex(), on=9)
    assert effects(again) == [VexEffect.UNCHANGED]
    assert books.everything() == before


def test_a_later_statement_reopens_and_an_older_one_no_longer_counts(books: Books) -> None:
    apply(books, openvex(at=day(1)), on=2)
    assert effects(apply(books, openvex("affected", at=day(3)), on=4)) == [VexEffect.REOPENED]
    assert books.finding(A).state is State.OPEN
    assert books.finding(A).closed_at is None
    assert effects(apply(books, openvex(at=day(1)), on=5)) == [VexEffect.OUTDATED]
    assert books.finding(A).state is State.OPEN
    assert effects(apply(books, openvex("fixed", at=day(6)), on=7)) == [VexEffect.CLOSED]


def test_an_affected_statement_that_changed_nothing_still_makes_older_ones_outdated(
    books: Books,
) -> None:
    apply(books, openvex("affected", at=day(3)), on=4)
    assert effects(apply(books, openvex(at=day(1)), on=5)) == [VexEffect.OUTDATED]
    before = books.everything()
    apply(books, openvex("affected", at=day(3)), on=6)
    assert books.everything() == before


def test_the_latest_statement_of_one_document_counts(books: Books) -> None:
    first, last = json.loads(openvex()), json.loads(openvex("affected"))
    entries = [
        {**last["statements"][0], "timestamp": day(2).isoformat()},
        {**first["statements"][0], "timestamp": day(1).isoformat()},
    ]
    data = json.dumps({**first, "statements": entries}).encode()
    summary = apply(books, data)
    assert (summary.matched, effects(summary)) == (2, [VexEffect.UNCHANGED])


def test_what_a_person_decided_stays(books: Books) -> None:
    books.append(closing(books.finding(A), State.FALSE_POSITIVE, day(1)))
    books.append(closing(books.finding(B), State.NOT_AFFECTED, day(1)))
    summary = apply(books, openvex("affected", A, B, at=day(2)))
    assert effects(summary) == [VexEffect.KEPT, VexEffect.KEPT]
    assert effects(apply(books, openvex(at=day(3)), on=4)) == [VexEffect.KEPT]
    assert books.states() == {A.cve: "false-positive", B.cve: "not-affected"}


def test_a_statement_matches_by_any_name_that_the_store_learned(books: Books) -> None:
    other = "GHSA-aaaa-bbbb-cccc"
    unknown = apply(books, openvex(name=other))
    assert (unknown.matched, len(unknown.unmatched)) == (0, 1)
    with books.store.write(day(1)) as writer:
        writer.learn_aliases([(A.cve, other)])
    assert effects(apply(books, openvex(name=other, at=day(2)))) == [VexEffect.CLOSED]


def test_a_statement_matches_by_any_name_that_it_gives_itself(books: Books) -> None:
    summary = apply(books, openvex(name="GHSA-aaaa-bbbb-cccc", aliases=(A.cve,)))
    assert [row.vulnerability for row in summary.rows] == ["GHSA-aaaa-bbbb-cccc"]


@pytest.mark.parametrize(
    ("changes", "is_match"),
    [
        ({"product": "shop/other"}, False),
        ({"product": "shop/web:2026-09"}, True),
        ({"product": "pkg:oci/web?repository_url=shop/web&tag=3"}, True),
        ({"product": "pkg:oci/web"}, False),
        ({"product": "urn:tesuri:asset:shop/web"}, True),
        ({"product": ""}, True),
        ({"version": "3.0.2"}, False),
        ({"version": ""}, True),
    ],
)
def test_package_version_and_product_must_be_those_of_the_finding(
    books: Books,
    changes: dict[str, str],
    is_match: bool,  # noqa: FBT001 - a case of the table
) -> None:
    summary = apply(books, openvex(**changes))  # type: ignore[arg-type]  # options by name
    assert (summary.matched == 1) is is_match
    assert (books.finding(A).state is State.NOT_AFFECTED) is is_match
    assert len(summary.unmatched) == (0 if is_match else 1)


def test_a_target_says_which_asset_a_document_is_about(books: Books) -> None:
    books.ingest(trivy(A, at=day(0), image="shop/api"))
    summary = apply(books, openvex(product="Our product 7"), target="shop/api")
    (row,) = summary.rows
    assert (row.asset, row.state) == ("shop/api", State.NOT_AFFECTED)


def test_statements_and_what_is_not_read_are_all_counted(books: Books) -> None:
    document = json.loads(openvex("not_affected", A, B, replace(A, cve="CVE-2020-9999")))
    document["statements"] += [{"vulnerability": {"name": "CVE-2026-0001"}, "status": "fine"}, 7]
    summary = apply(books, json.dumps(document).encode())
    assert (summary.statements, summary.matched, len(summary.unmatched)) == (3, 2, 1)
    assert [pointer for pointer, _ in summary.skipped] == ["/statements/3", "/statements/4"]


def test_an_inventory_without_analyses_states_nothing(books: Books) -> None:
    document = json.loads(cyclonedx())
    del document["vulnerabilities"][0]["analysis"]
    summary = apply(books, json.dumps(document).encode())
    assert (summary.statements, len(summary.skipped)) == (0, 1)


def test_a_range_of_versions_is_not_taken_as_every_version(books: Books) -> None:
    document = json.loads(cyclonedx())
    versions = [{"range": "vers:deb/<3", "status": "unaffected"}, {"version": "3.0.1"}]
    document["vulnerabilities"][0]["affects"][0]["versions"] = versions
    summary = apply(books, json.dumps(document).encode())
    assert (summary.matched, len(summary.skipped)) == (1, 1)


@pytest.mark.parametrize("make", [lambda: trivy(A), lambda: b'{"statements": 5}', lambda: b"\x00"])
def test_what_is_no_vex_document_is_refused_and_changes_nothing(
    books: Books, make: Callable[[], bytes]
) -> None:
    before = books.everything()
    with pytest.raises(BadInput):
        apply(books, make())
    assert books.everything() == before


def test_a_waived_finding_is_waived_again_when_it_is_reopened(books: Books) -> None:
    waived = {"set": {"state": "waived", "waiver": "WVR-1"}, "expires_at": int(day(60).timestamp())}
    event = replace(
        closing(books.finding(A), State.WAIVED, day(1)), kind=EventKind.WAIVED, payload=waived
    )
    books.append(event)
    assert effects(apply(books, openvex(at=day(1)))) == [VexEffect.CLOSED]
    assert effects(apply(books, openvex("affected", at=day(3)), on=4)) == [VexEffect.REOPENED]
    assert books.finding(A).state is State.WAIVED


def test_rows_rebuilt_from_the_journal_are_the_same(books: Books) -> None:
    apply(books, openvex())
    apply(books, openvex("affected", at=day(5)), on=6)
    before = books.everything()
    books.store.rebuild()
    assert books.everything() == before


def test_a_statement_of_a_clock_that_is_ahead_counts_as_stated_when_it_is_read(
    books: Books,
) -> None:
    assert effects(apply(books, openvex(at=day(200)), on=2)) == [VexEffect.CLOSED]
    assert effects(apply(books, openvex("affected", at=day(3)), on=4)) == [VexEffect.REOPENED]
