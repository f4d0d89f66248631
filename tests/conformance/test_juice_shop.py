"""One application under six tools: how many records, how many findings, and what two tools agree on.

The figures beside each file were counted by hand of the file itself; what two tools share is counted here a second time,
straight from the documents and without any code of ours.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.flows.reports import day, fresh_books

RECORDS = {
    # 236 vulnerabilities and a private key
    "trivy/scb-juice-shop-v10.2.0.json": 237,
    "trivy/scb-juice-shop-v12.10.2-empty-results.json": 0,
    "semgrep/sample-juice-shop_semgrep_os.json": 66,
    # an inventory: components, and nothing found
    "cyclonedx-sbom/cdx-juice-shop-v11.1.2-bom.json": 840,
    "zap-xml/juicy2.xml": 6,
    "burp-api/many_vulns.json": 25,
    "snyk/snykcontainer_issue_epss.json": 13,
}
ALONE = {"trivy": 157, "semgrep": 66, "burp": 25, "zap": 6, "snyk": 3}
BOTH = 10
SAME_IN_TRIVY = 70
"""Records of one advisory in several versions or copies of one package."""


@pytest.mark.corpus
def test_what_several_tools_say_of_one_application_is_told_once(corpus: Path) -> None:
    reports = corpus / "reports"
    missing = [name for name in RECORDS if not (reports / name).is_file()]
    if missing:
        pytest.skip(f"the corpus lacks {missing}")
    with fresh_books() as books:
        taken = {
            name: books.ingest(
                (reports / name).read_bytes(), target="juice-shop", is_partial=True, now=day(0)
            )
            for name in RECORDS
        }
        found = books.findings()
    assert {name: each.records for name, each in taken.items()} == RECORDS
    assert all(
        each.findings + each.suppressed + each.informational + each.skipped == each.records
        for each in taken.values()
    )
    assert taken["trivy/scb-juice-shop-v10.2.0.json"].placement.merged == SAME_IN_TRIVY
    tools = Counter(each.tools for each in found)
    alone = {names[0]: count for names, count in tools.items() if len(names) == 1}
    assert (alone, tools["snyk", "trivy"]) == (ALONE, BOTH)
    assert len(found) == sum(ALONE.values()) + BOTH
    shared = {(each.rule, each.package) for each in found if len(each.tools) > 1}
    assert shared == _shared(reports)


def _shared(reports: Path) -> set[tuple[str, str]]:
    """Read CVE and package of what Trivy and Snyk have both, plainly."""
    trivy: Any = json.loads((reports / "trivy/scb-juice-shop-v10.2.0.json").read_bytes())
    results = trivy if isinstance(trivy, list) else trivy["Results"]
    one = {
        (each["VulnerabilityID"], each["PkgName"])
        for result in results
        for each in result.get("Vulnerabilities") or []
    }
    snyk: Any = json.loads((reports / "snyk/snykcontainer_issue_epss.json").read_bytes())
    other = {
        (cve, each.get("moduleName") or each["packageName"])
        for part in (snyk, *snyk.get("applications", ()))
        for each in part["vulnerabilities"]
        for cve in each["identifiers"].get("CVE", ())
    }
    return one & other
