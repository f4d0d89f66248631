"""Real reports of the corpus: each format finds what the native structure holds, and gets no worse.

A report whose count differs on purpose is listed with the reason; anything else that differs fails the test.
"""

import csv
from collections import Counter
from pathlib import Path

import pytest

from tesuri.flows.inspect_reports import InspectSummary, inspect
from tesuri.formats import FORMATS

_EXPECTED = Path(__file__).with_name("reports.expected.tsv")
_NAMES = {form.name for form in FORMATS}

# The manifest counts every record of the native list; these are read by their meaning instead.
_ON_PURPOSE = {
    "generic-json/generic_empty.json": "a record without any field is skipped, not found",
    "prowler-ocsf/many_vuln_after_4_5_0.ocsf.json": "one of three is muted in the tool",
    "prowler-ocsf/no_vuln.ocsf.json": "an empty list does not say which tool ran",
    "sarif/appendix_k.sarif": "the only result is suppressed",
    "sarif/secobserve-kics.sarif": "one of three has kind pass",
    "sarif/suppression_test.sarif": "three of five are suppressed",
    "trivy/legacy_no_vuln.json": "null does not say which tool ran",
}


def _rows(corpus: Path) -> list[dict[str, str]]:
    manifest = corpus / "reports" / "MANIFEST.tsv"
    if not manifest.exists():
        pytest.skip("the corpus has no reports")
    with manifest.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def _summary(corpus: Path, row: dict[str, str]) -> InspectSummary:
    return inspect((corpus / "reports" / row["path"]).read_bytes(), where=row["path"])


@pytest.mark.corpus
def test_findings_are_those_of_the_manifest(corpus: Path) -> None:
    rows = [row for row in _rows(corpus) if row["format"] in _NAMES]
    tally = {name: Counter[str]() for name in sorted(_NAMES)}
    different = []
    for row in rows:
        summary = _summary(corpus, row)
        count = tally[row["format"]]
        is_read = summary.format == row["format"]
        is_equal = is_read and summary.findings == int(row["finding_count"])
        count.update(files=1, read=is_read, refused=not is_read, equal=is_equal)
        if not is_equal and row["path"] not in _ON_PURPOSE:
            different.append(f"{row['path']}: {summary.findings} of {row['finding_count']}")
    columns = ("files", "read", "equal", "refused")
    lines = ["\t".join(("format", *columns))]
    lines += ["\t".join((name, *(str(n[key]) for key in columns))) for name, n in tally.items()]
    print("\n".join(lines))  # noqa: T201 # shown with -s and when the test fails
    assert not different
    known = {path for row in rows if (path := row["path"]) in _ON_PURPOSE}
    if known == _ON_PURPOSE.keys():
        assert "\n".join(lines) + "\n" == _EXPECTED.read_text(encoding="utf-8")


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
