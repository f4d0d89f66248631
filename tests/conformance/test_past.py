"""Two real copies of the KEV list, ten months apart, prove that the earlier decision can be shown again.

No report of the corpus names a CVE that was listed between the two, so one advisory of a real report takes the name
of one that was.
"""

import csv
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.flows.reports import Books, decision_table
from tesuri.feeds.read import recognise_feed
from tesuri.flows.lifecycle.load_feeds import load_feed
from tesuri.flows.pages.compare_times import Sight, compare_findings, compare_surveys
from tesuri.flows.pages.explain_finding import explain_finding
from tesuri.flows.site.survey import take_survey
from tesuri.model.identifiers import FindingKey
from tesuri.model.views_changes import Changes, FindingChanges, Moved
from tesuri.model.views_explanation import InputName

_OLD = "known_exploited_vulnerabilities-2025-08-25.json"
_NEW = "known_exploited_vulnerabilities-2026-07-16.csv"
_THEN = datetime(2025, 8, 26, tzinfo=UTC)
_NOW = datetime(2026, 7, 17, tzinfo=UTC)


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    books = Books(tmp_path)
    yield books
    books.store.close()


def load(books: Books, path: Path, now: datetime, as_of: date | None = None) -> int:
    return load_feed(
        recognise_feed(path.read_bytes(), where=path.name, as_of=as_of),
        store=books.store,
        workspace=books.workspace,
        table=decision_table(),
        now=now,
    ).decided


def newly_listed(feeds: Path) -> str:
    """Give the first CVE that only the newer list has."""
    old = json.loads((feeds / _OLD).read_bytes())["vulnerabilities"]
    known = {each["cveID"] for each in old}
    with (feeds / _NEW).open(encoding="utf-8", newline="") as lines:
        return next(row["cveID"] for row in csv.DictReader(lines) if row["cveID"] not in known)


def compared(books: Books, key: FindingKey) -> tuple[FindingChanges, Changes]:
    past = books.store.past(_THEN)
    with past.read() as old, books.store.read() as new:
        before = take_survey(old, books.workspace, _THEN)
        after = take_survey(new, books.workspace, _NOW)
        then, now = (
            explain_finding(survey, reader, key, table=decision_table())
            for survey, reader in ((before, old), (after, new))
        )
        assert now is not None
        return (
            compare_findings(then, now, surveys=Moved(before, after), since=_THEN),
            compare_surveys(Sight(before, old), Sight(after, new), team=None, since=_THEN),
        )


@pytest.mark.corpus
def test_the_decision_before_the_listing_is_shown_again_and_the_difference_names_the_listing(
    corpus: Path, books: Books
) -> None:
    feeds, report = corpus / "feeds", corpus / "reports" / "trivy" / "trivy-it-centos-7.json"
    if not (feeds / _NEW).exists() or not report.exists():
        pytest.skip("the corpus has no feeds or no such report")
    cve = newly_listed(feeds)
    data = report.read_bytes()
    named = sorted({word for word in data.decode().split('"') if word.startswith("CVE-")})
    load(books, feeds / _OLD, _THEN)
    books.ingest(data.replace(named[0].encode(), cve.encode()), now=_THEN)
    (key,) = {each.key for each in books.findings() if cve in each.advisories}
    before = books.store.snapshot()
    assert load(books, feeds / _NEW, _NOW, date(2026, 7, 16)) >= 1
    past = books.store.past(_THEN)
    assert past.snapshot() == before
    past.close()
    finding, everything = compared(books, key)
    (answer,) = [each for each in finding.answers if each.question == "exploitation"]
    assert answer.before is not None
    assert answer.after is not None
    assert (answer.before.value, answer.after.value) == ("none", "active")
    assert (answer.before.source, answer.after.source) == ("KEV 2025-08-25", "KEV 2026-07-16")
    assert cve in answer.after.reason
    listing = next(each for each in finding.inputs if each.name is InputName.KEV)
    assert (listing.before, listing.as_of_before) == ("", date(2025, 8, 25))
    assert listing.after > "2025-08-25"
    assert everything.listed == (cve,)
    assert [each.after for each in everything.feeds] == [date(2026, 7, 16)]
