"""Real reports of the corpus: each format finds what the native structure holds, and gets no worse.

A report whose count differs on purpose is listed with the reason; anything else that differs fails the test.
`make conformance` prints the figures of every format: files, read, counts equal, refused, seconds.
"""

import csv
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from tesuri.flows.intake.inspect_reports import InspectSummary, inspect
from tesuri.formats import FORMATS

_EXPECTED = Path(__file__).with_name("reports.expected.tsv")
_COLUMNS = ("files", "read", "equal", "refused")
_NAMES = {form.name for form in FORMATS}
# Words of the manifest for what is one format by its meaning.
_SAME = {
    "cyclonedx-sbom": "cyclonedx",
    "cyclonedx-vex": "cyclonedx",
    "cyclonedx-vuln": "cyclonedx",
    "guardduty-asff": "asff",
}

# The manifest counts every record of the native list; these are read by their meaning instead.
_ON_PURPOSE = {
    "anchorectl/no_vuln.json": "an empty list does not say which tool ran",
    "asff/config_many_findings.json": "all three passed",
    "aws-inspector2/aws_inspector2_many_vul.json": "one of eight is closed",
    "aws-inspector2/aws_inspector2_zero_vul.json": "an empty findings list does not say which tool ran",
    "cloudsploit/cloudsploit_many_vul.json": "one of six is OK",
    "cloudsploit/cloudsploit_zero_vul.json": "an empty list does not say which tool ran",
    "cyclonedx-sbom/cdx-juice-shop-v11.1.2-bom.json": "components are inventory",
    "cyclonedx-sbom/cdx-laravel-7.12.0-bom.1.4.json": "components are inventory",
    "cyclonedx-sbom/cdx-proton-bridge-proton-bridge-v1.8.0.bom.json": "components are inventory",
    "cyclonedx-sbom/dt-bom-issue4455.json": "components are inventory",
    "cyclonedx-sbom/dt-valid-bom-1.5.json": "components are inventory",
    "cyclonedx-vex/cdx-CISA-Use-Cases-Case-1-vex-fixed.json": "the only statement says fixed",
    "cyclonedx-vex/cdx-CISA-Use-Cases-Case-1-vex-not_affected.json": "the only statement says not affected",
    "cyclonedx-vex/cdx-vex.json": "the only statement says not affected",
    "cyclonedx-vuln/valid-vulnerability-1.4.json": "the only vulnerability is marked not affected",
    "detect-secrets/many_findings.json": "one of four is marked as no secret",
    "dockle/many_findings.json": "one of four is ignored in the tool",
    "generic-json/generic_empty.json": "a record without any field is skipped, not found",
    "github-code-scanning/github_sast_zero_vul.json": "an empty list does not say which tool ran",
    "github-dependabot/github_issue2984.json": "all four are dismissed",
    "github-secret-scanning/github_secrets_detection_report_many_vul.json": "one is a false positive, one is revoked",
    "github-secret-scanning/github_secrets_detection_report_zero_vul.json": "an empty list does not say which tool ran",
    "gitleaks/no_findings.json": "null does not say which tool ran",
    "gitleaks/secobserve-gitleaks.empty.json": "an empty findings list does not say which tool ran",
    "kubescape/many_findings.json": "sixty are excepted in the tool",
    "nmap/issue4406.xml": "open ports are inventory",
    "nuclei/no_findings.json": "the file has 0 bytes",
    "openvex/openvex_many_vuln.json": "four statements say not affected or fixed",
    "openvex/openvex_not_a_document.json": "it is no OpenVEX document",
    "osv-scanner/no_findings.json": "the file has 0 bytes",
    "pip-audit/empty.json": "an empty list does not say which tool ran",
    "prowler-ocsf/many_vuln_after_4_5_0.ocsf.json": "one of three is muted in the tool",
    "prowler-ocsf/no_vuln.ocsf.json": "an empty list does not say which tool ran",
    "prowler-v2-json/no_vuln.json": "the file has 0 bytes",
    "qualys-vmdr/many_vulns_qid.csv": "one row only gathers information",
    "sarif/appendix_k.sarif": "the only result is suppressed",
    "sarif/secobserve-kics.sarif": "one of three has kind pass",
    "sarif/suppression_test.sarif": "three of five are suppressed",
    "trivy/legacy_no_vuln.json": "null does not say which tool ran",
    "trufflehog3/zero_vulns.json": "an empty list does not say which tool ran",
}


def _rows(corpus: Path) -> list[dict[str, str]]:
    manifest = corpus / "reports" / "MANIFEST.tsv"
    if not manifest.exists():
        pytest.skip("the corpus has no reports")
    with manifest.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    return [{**row, "format": _SAME.get(row["format"], row["format"])} for row in rows]


def _count(row: dict[str, str]) -> int:
    """Give the manifest's count; -1 for a file that it calls unreadable."""
    return int(row["finding_count"]) if row["finding_count"].isdigit() else -1


def _summary(corpus: Path, row: dict[str, str]) -> InspectSummary:
    return inspect((corpus / "reports" / row["path"]).read_bytes(), where=row["path"])


@pytest.mark.corpus
def test_findings_are_those_of_the_manifest(corpus: Path) -> None:
    rows = [row for row in _rows(corpus) if row["format"] in _NAMES]
    tally = {name: Counter[str]() for name in sorted(_NAMES)}
    seconds = dict.fromkeys(tally, 0.0)
    different = []
    for row in rows:
        before = time.process_time()
        summary = _summary(corpus, row)
        seconds[row["format"]] += time.process_time() - before
        is_read = summary.format == row["format"]
        is_equal = is_read and summary.findings == _count(row)
        count = {"files": 1, "read": is_read, "equal": is_equal, "refused": not is_read}
        tally[row["format"]].update({key: int(value) for key, value in count.items()})
        if not is_equal and row["path"] not in _ON_PURPOSE:
            different.append(f"{row['path']}: {summary.findings} of {row['finding_count']}")
    tally["all"] = sum(tally.values(), Counter())
    seconds["all"] = sum(seconds.values())
    lines = [_line("format", _COLUMNS)]
    lines += [_line(name, (str(n[key]) for key in _COLUMNS)) for name, n in tally.items()]
    timed = [f"{lines[0]}\tseconds"]
    timed += [f"{line}\t{used:.2f}" for line, used in zip(lines[1:], seconds.values(), strict=True)]
    print("", *timed, sep="\n")  # noqa: T201 # what `make conformance` is for
    assert not different
    known = {path for row in rows if (path := row["path"]) in _ON_PURPOSE}
    if known == _ON_PURPOSE.keys():
        assert "\n".join(lines) + "\n" == _EXPECTED.read_text(encoding="utf-8")


def _line(name: str, cells: Iterable[str]) -> str:
    return "\t".join((name, *cells))


@pytest.mark.corpus
def test_no_report_of_another_format_is_taken_by_mistake(corpus: Path) -> None:
    others = [row for row in _rows(corpus) if row["format"] not in _NAMES]
    taken = {row["path"]: found for row in others if (found := _summary(corpus, row).format)}
    assert not taken


@pytest.mark.corpus
def test_every_report_adds_up_or_says_why_not(corpus: Path) -> None:
    for row in _rows(corpus):
        seen = _summary(corpus, row)
        counted = seen.findings + seen.suppressed + seen.informational + len(seen.skipped)
        assert seen.records == counted, row["path"]
        assert bool(seen.error) == (seen.format is None), row["path"]


@pytest.mark.corpus
def test_a_count_that_differs_on_purpose_is_still_shown(corpus: Path) -> None:
    """Whoever counts otherwise finds each of their numbers, or the sum of some, in the answer."""
    for row in _rows(corpus):
        seen = _summary(corpus, row)
        if row["path"] not in _ON_PURPOSE or seen.format is None:
            continue
        kinds = [*seen.suppressed_by.values(), *seen.informational_by.values()]
        sums = {0}
        for count in (seen.findings, len(seen.skipped), *kinds):
            sums |= {count + other for other in sums}
        assert _count(row) in sums, row["path"]
