"""One report at a time: what it says it changed, and that it changed just that."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.flows.reports import A, B, Books, C, Flaw, day, fresh_books, grype, sarif, trivy
from tesuri.flows.intake.ingest_report import IngestSummary
from tesuri.model.errors import BadInput
from tesuri.model.event import EventKind
from tesuri.model.finding import State

AWS_ID = "AKIA" + "Q3EGRT5HNPZ7XW2K"
AWS_SECRET = "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYzT4Q9sLmA2"
PASSPHRASE = "tangerine-otter-waltz"
KEY_BODY = "MIIEpAIBAAKCAQEAx7Q2vK9dTzF1" * 20
PRIVATE_KEY = f"-----BEGIN RSA PRIVATE KEY-----\n{KEY_BODY}\n-----END RSA PRIVATE KEY-----"


@pytest.fixture
def books(database_url: str) -> Iterator[Books]:
    books = Books(database_url)
    yield books
    books.store.close()


def adds_up(summary: IngestSummary) -> bool:
    done = summary.placement
    parts = (done.new, done.reopened, done.regressed, done.known, done.merged, done.predating)
    return sum(parts) == summary.findings


def test_same_file_twice_changes_nothing(books: Books) -> None:
    data = trivy(A, B, at=day(0))
    first = books.ingest(data)
    before = books.everything()
    second = books.ingest(data, now=day(1))
    assert (first.is_known, first.placement.new) == (False, 2)
    assert (second.is_known, second.placement.new, second.placement.known) == (True, 0, 2)
    assert books.everything() == before


def test_same_file_without_a_time_is_the_same_scan_whenever_it_is_taken_in(books: Books) -> None:
    data = trivy(A)
    first = books.ingest(data, now=day(0))
    second = books.ingest(data, now=day(5))
    assert second.is_known
    assert second.scanned_at == first.scanned_at == day(0)


def test_time_given_by_hand_counts_only_where_the_report_has_none(books: Books) -> None:
    assert books.ingest(trivy(A), scanned_at=day(-3)).scanned_at == day(-3)
    assert books.ingest(trivy(A, at=day(-2)), scanned_at=day(-3)).scanned_at == day(-2)


def test_trivy_and_grype_of_one_image_give_one_finding_with_two_observations(books: Books) -> None:
    books.ingest(trivy(A, at=day(0)))
    summary = books.ingest(grype(A, at=day(0)))
    assert (summary.placement.known, summary.placement.seen_by_another) == (1, 1)
    assert books.finding(A).tools == ("grype", "trivy")
    _, sightings = books.store.snapshot()
    assert len(sightings) == 2


def test_worst_severity_of_two_tools_counts(books: Books) -> None:
    books.ingest(trivy(replace(A, severity="MEDIUM"), at=day(0)))
    books.ingest(grype(replace(A, severity="CRITICAL"), at=day(0)))
    assert books.finding(A).severity.value == "critical"


def test_two_records_that_are_one_finding_are_merged_and_the_worse_one_speaks(books: Books) -> None:
    summary = books.ingest(trivy(replace(A, severity="LOW"), A, B, at=day(0)))
    assert (summary.placement.new, summary.placement.merged) == (2, 1)
    assert adds_up(summary)
    assert books.finding(A).severity.value == "high"


def test_report_without_target_closes_nothing_and_says_so(books: Books) -> None:
    for number, flaws in enumerate(((A, B), (A,), (A,), (A,))):
        summary = books.ingest(trivy(*flaws, at=day(number), image=""))
        assert summary.is_partial
        assert "--target" in " ".join(summary.notes)
    assert books.states() == {A.cve: "open", B.cve: "open"}


def test_scan_that_did_not_run_to_its_end_closes_nothing_and_says_so(books: Books) -> None:
    flaw = {"ruleId": "sql", "message": {"text": "Injection."}, "level": "error"}
    books.ingest(sarif(flaw, tool="codeql"), target="shop", scanned_at=day(0))
    for number in (1, 2, 3):
        log = json.loads(sarif(tool="codeql"))
        log["runs"][0]["invocations"] = [{"executionSuccessful": False}]
        log["runs"][0]["properties"] = {"number": number}
        summary = books.ingest(json.dumps(log).encode(), target="shop", scanned_at=day(number))
        assert summary.is_partial
        assert "did not finish" in " ".join(summary.notes)
    assert books.states() == {"sql": "open"}


def test_unreadable_file_leaves_no_trace(books: Books) -> None:
    before = books.everything()
    with pytest.raises(BadInput):
        books.ingest(b"\x00\x01 no report")
    assert books.everything() == before


def test_events_tell_when_it_happened_and_the_transaction_when_it_was_written(books: Books) -> None:
    books.ingest(trivy(A, at=day(-30)), now=day(0))
    opened, decided = books.events()
    assert (opened.kind, decided.kind) == (EventKind.OPENED, EventKind.DECIDED)
    assert opened.happened_at == decided.happened_at == day(-30)
    with books.store.read() as reader:
        assert reader.recorded_at() == day(0)


def test_no_byte_of_a_secret_reaches_the_database(tmp_path: Path, books: Books) -> None:
    """Message, snippet, secret field, title, path, address, target: the file and its log are searched."""
    place = {"physicalLocation": {"artifactLocation": {"uri": "a/settings.py"}}}
    snippet = {"startLine": 3, "snippet": {"text": f"key = '{AWS_SECRET}'"}}
    located = {"physicalLocation": {**place["physicalLocation"], "region": snippet}}
    results = [
        {
            "ruleId": "aws-access-token",
            "message": {"text": f"{AWS_ID} and aws_secret_access_key={AWS_SECRET} are here"},
            "locations": [located],
            "partialFingerprints": {"secret": AWS_SECRET},
        },
        {
            "ruleId": "private-key",
            "message": {"text": f"Found {PRIVATE_KEY}"},
            "locations": [place],
            "properties": {"secret": PRIVATE_KEY},
        },
        {
            "ruleId": "generic-api-key",
            "message": {"text": f"Somebody wrote {PASSPHRASE} into the file"},
            "locations": [place],
            "properties": {"secret": PASSPHRASE},
        },
        {
            "ruleId": "py/clear-text",
            "message": {
                "text": f"connects to https://shop:{PASSPHRASE}@db.example/x?token={AWS_SECRET}"
            },
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": "b.py"}}}],
        },
    ]
    summary = books.ingest(sarif(*results), target=f"https://ci:{PASSPHRASE}@git.example/shop")
    assert summary.placement.new == 4
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    stored = files + books.every_cell().encode()
    for secret in (AWS_ID, AWS_SECRET, PASSPHRASE, KEY_BODY[:40], KEY_BODY[-40:]):
        assert secret.encode() not in stored
        assert json.dumps(secret)[1:-1].encode() not in stored


def test_same_secret_is_found_again_by_its_keyed_hash(books: Books) -> None:
    result = {
        "ruleId": "generic-api-key",
        "message": {"text": "A key"},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": "a.py"}}}],
        "properties": {"secret": PASSPHRASE},
    }
    books.ingest(sarif(result), target="shop", scanned_at=day(0))
    again = books.ingest(sarif(result, tool="trufflehog"), target="shop", scanned_at=day(1))
    assert (again.placement.new, again.placement.seen_by_another) == (0, 1)


FLAWS = st.lists(st.sampled_from([A, B, C, replace(A, severity="LOW"), Flaw(package="zlib")]))
SCANS = st.tuples(
    st.sampled_from([trivy, grype]), FLAWS, st.integers(0, 40), st.booleans(), st.booleans()
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(SCANS, min_size=1, max_size=8))
def test_counters_add_up_and_a_rebuild_is_equal_after_any_sequence_of_reports(
    scans: list[tuple[object, list[Flaw], int, bool, bool]],
) -> None:
    with fresh_books() as books:
        for write, flaws, at, is_partial, is_ticking in scans:
            assert callable(write)
            data = write(*flaws, at=day(at))
            summary = books.ingest(data, now=day(41), is_partial=is_partial)
            assert adds_up(summary)
            if is_ticking:
                books.tick(day(41))
        before = books.everything()
        books.store.rebuild()
        assert books.everything() == before
        for each in books.findings():
            assert (each.closed_at is None) == (each.state is not State.FIXED)
            assert each.opened_at.tzinfo is UTC
            assert isinstance(each.opened_at, datetime)


def test_an_id_that_is_known_by_a_name_which_the_report_does_not_give_is_taken_in(
    books: Books,
) -> None:
    """The store knows the GHSA by its CVE; the next report joins it with another id and is silent about the CVE."""
    with books.store.write(day(0)) as writer:
        writer.learn_aliases([("GHSA-aaaa-bbbb-cccc", "CVE-2026-0001")])
    with books.store.write(day(1)) as writer:
        table = writer.learn_aliases([("GHSA-aaaa-bbbb-cccc", "PYSEC-2026-1")])
    assert table.canonical("PYSEC-2026-1", ("PYSEC-2026-1",)) == "CVE-2026-0001"
