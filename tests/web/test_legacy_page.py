"""The page of a legacy budget, and that of an objective that counts from a fix, in both languages."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.flows.legacy.test_legacy_budgets import DJANGO_4, DJANGO_5, ENDS, LEFT_PAD, sbom
from tests.flows.reports import A, trivy
from tests.web.test_looking_back import Company
from tesuri.flows.intake.ingest_report import IngestOptions

LEGACY = "{id: legacy, title: What runs is supported, counts: components, target: 95%, window: 90d}"
PATCHED = (
    "{id: patched, title: Patched in time, outcome: immediate, within: 48h, target: 95%, window: 28d, "
    "clock: fix-available}"
)


@pytest.fixture
def company(tmp_path: Path) -> Company:
    made = Company(tmp_path)
    (tmp_path / "objectives").mkdir()
    declared = f"objectives: [{LEGACY}, {PATCHED}]"
    (tmp_path / "objectives" / "own.yaml").write_text(declared)
    assets = "[{id: web, service: a, targets: [shop/*]}]"
    (tmp_path / "assets.yaml").write_text(assets)
    made.site.load_feed(ENDS, where="ends.json", as_of=datetime(2026, 8, 22, tzinfo=UTC).date())
    listed = sbom(DJANGO_4, DJANGO_5, LEFT_PAD, at=made.now)
    made.site.ingest(listed, where="sbom.json", options=IngestOptions())
    report = json.loads(trivy(A, at=made.now))
    made.site.ingest(json.dumps(report).encode(), where="trivy.json", options=IngestOptions())
    return made


def test_the_page_lists_what_runs_with_its_end_of_support(company: Company) -> None:
    page = company.page("/slo/legacy?service=a")
    for words in ("Django 4.2.7", "Django 5.2.1", "1 more without a published end of support"):
        assert words in page
    assert "Out of support now" in page
    assert "Fixed on time" not in page
    assert "left-pad" not in page
    japanese = company.page("/slo/legacy?service=a&lang=ja")
    assert "稼働しているものとサポート期限" in japanese


def test_the_list_names_the_legacy_budget_among_the_others(company: Company) -> None:
    page = company.page("/slo")
    assert "What runs is supported" in page
    assert "Patched in time" in page


def test_the_page_of_an_objective_that_counts_from_a_fix_says_so(company: Company) -> None:
    page = company.page("/slo/patched?service=a")
    assert "calendar hours since there is a fix" in page
    assert "Known-vulnerable" in page
    assert "No fix yet" in page
