"""Whatever file is given, the summary names its format or says in a sentence why it cannot."""

from dataclasses import asdict, fields

import orjson
import pytest
import yaml

from tesuri.flows.intake.inspect_reports import InspectSummary, detect, inspect, open_report
from tesuri.model.errors import BadInput
from tesuri.model.observation import Observation

_GRYPE = orjson.dumps({"matches": [], "descriptor": {"name": "grype"}, "source": {}})


def test_summary_has_exactly_the_published_fields() -> None:
    assert [part.name for part in fields(InspectSummary)] == [
        "file",
        "format",
        "version",
        "tool",
        "target",
        "records",
        "findings",
        "suppressed",
        "informational",
        "skipped",
        "error",
        "detection",
        "suppressed_by",
        "informational_by",
    ]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty (0 bytes)"),
        (b" \n\t", "only white space"),
        (b"null", "holds null and no report"),
        (b"[]", "holds an empty list and no report"),
        (b"{}", "holds an empty mapping and no report"),
        (b"3", "holds a number and no report"),
        (b'{"error": "database is locked"}', "error message instead of a report: 'database is loc"),
        (b'{"message": "Bad credentials", "status": "401"}', "'Bad credentials'"),
        (b'{"SchemaVersion": 2, "ArtifactName": "a", "Resu', "cut off"),
        (b'{"a": 1} {"b": 2}', "a list of 2 lines of JSON, the first with keys a"),
        (b'{"a": 1} {"b": 2', "More text follows"),
        (b'{"a": NaN}', "NaN at line 1, column 7"),
        (b"<!DOCTYPE html><title>502 Bad Gateway</title>", "HTML page with the title '502 Bad"),
        (b"<?xml version='1.0'?><!-- x --><report/>", "XML with the root element 'report'"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "binary"),
        (b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", "binary"),
        (b"[" * 100_000, "nests deeper"),
        (b"[" * 300 + b"]" * 300, "nests deeper than 200"),
        (b"scan failed: no such image\n", "plain text"),
        (b"a,b\n1,2\n", "a table with the columns a, b"),
        (b'[{"colour": 1}]', "a list of 1 items, the first with keys colour"),
        (b'{"colour": [1]}', "a JSON mapping with the keys colour"),
        (b'{"findings": []}', "nearest known format is Generic findings JSON"),
    ],
)
def test_what_is_no_report_gets_its_own_sentence(data: bytes, words: str) -> None:
    summary = inspect(data, where="in.json")
    assert summary.error is not None
    assert words in summary.error
    assert summary.error.startswith("in.json")
    assert asdict(summary) == {
        "file": "in.json",
        "format": None,
        "version": "",
        "tool": "",
        "target": "",
        "records": 0,
        "findings": 0,
        "suppressed": 0,
        "informational": 0,
        "skipped": (),
        "error": summary.error,
        "detection": None,
        "suppressed_by": {},
        "informational_by": {},
    }
    with pytest.raises(BadInput):
        open_report(data, where="in.json")


def test_an_empty_report_that_names_its_tool_is_no_error() -> None:
    summary = inspect(_GRYPE, where="-")
    assert (summary.format, summary.records, summary.error) == ("grype", 0, None)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_the_encoding_that_a_shell_chose_does_not_matter(encoding: str) -> None:
    assert inspect(_GRYPE.decode().encode(encoding), where="-").format == "grype"


def test_a_bad_record_is_counted_and_its_neighbours_are_kept() -> None:
    good = {"vulnerability": {"id": "CVE-2024-1234"}, "artifact": {"name": "a", "type": "npm"}}
    data = orjson.dumps({"matches": [good, None, good], "descriptor": {"name": "grype"}})
    summary = inspect(data, where="-")
    assert (summary.records, summary.findings) == (3, 2)
    assert [skip.pointer for skip in summary.skipped] == ["/matches/1"]


def test_two_formats_that_fit_equally_well_are_refused() -> None:
    both = {
        "matches": [],
        "descriptor": {"name": "grype"},
        "SchemaVersion": 2,
        "ArtifactName": "a",
        "Results": [],
    }
    with pytest.raises(BadInput, match="equally well"):
        detect(orjson.dumps(both), where="-")


def test_json_lines_are_one_report() -> None:
    line = orjson.dumps(
        {
            "class_uid": 2004,
            "metadata": {"event_code": "c", "product": {"name": "Prowler"}},
            "status_code": "FAIL",
            "finding_info": {"title": "t"},
        }
    )
    assert detect(line + b"\n\n" + line + b"\n", where="-").kind == "jsonl"
    assert inspect(line + b"\n" + line, where="-").findings == 2
    assert inspect(line, where="-").findings == 1
    with pytest.raises(BadInput, match="line 2"):
        detect(line + b"\n{", where="-")


def test_a_declared_mapping_reads_a_table_that_nobody_knows() -> None:
    data = b"Nr;Was;Wie schlimm;Wo\n1;Offener Port;high;web-1\n"
    assert inspect(data, where="-").format is None
    mapping = {"title": "Was", "severity": "Wie schlimm", "target": "Wo", "tool": "=audit"}
    report = open_report(data, where="-", mappings={"house-audit": mapping})
    (record,) = report.records
    assert (report.format, report.tool) == ("house-audit", "audit")
    assert isinstance(record, Observation)
    assert (record.title, record.severity, record.target) == ("Offener Port", "high", "web-1")


def test_a_declared_mapping_reads_json_by_paths() -> None:
    data = orjson.dumps({"scan": {"hits": [{"check": {"name": "Open port"}, "level": "low"}]}})
    mapping = {"records": "scan.hits", "title": "check.name", "severity": "/level"}
    report = open_report(data, where="-", mappings={"house": mapping})
    (record,) = report.records
    assert report.tool == "house"
    assert isinstance(record, Observation)
    assert (record.title, record.severity) == ("Open port", "low")
    assert inspect(b'{"other": [1]}', where="-", mappings={"house": mapping}).format is None


def test_reasons_say_what_the_other_counts_are_made_of() -> None:
    checks = [
        {"check_id": "CKV_A_1", "check_result": {"result": result}, "file_path": "/a.tf"}
        for result in ("PASSED", "PASSED", "PASSED")
    ]
    skipped = {"check_id": "CKV_A_2", "check_result": {"suppress_comment": "ours"}}
    results = {"passed_checks": checks, "skipped_checks": [skipped]}
    report = {"check_type": "terraform", "results": results, "summary": {"failed": 0}}
    seen = inspect(orjson.dumps(report), where="a.json")
    assert (seen.findings, seen.suppressed, seen.informational) == (0, 1, 3)
    assert sum(seen.informational_by.values()) == seen.informational
    assert seen.informational_by == {"passed": 3}
    assert list(seen.suppressed_by.values()) == [1]


def test_reasons_beyond_twenty_kinds_are_one() -> None:
    suppressed = [
        {
            "ruleId": f"R{number}",
            "message": {"text": "x"},
            "suppressions": [{"kind": "inSource", "justification": f"reason {number}"}],
        }
        for number in range(30)
    ]
    log = {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": suppressed}]}
    seen = inspect(orjson.dumps(log), where="a.sarif")
    assert seen.suppressed == sum(seen.suppressed_by.values()) == 30
    assert len(seen.suppressed_by) <= 21


@pytest.mark.parametrize("data", [b"[]", b"null", b"", b"\n"])
@pytest.mark.parametrize(
    "name",
    [
        "checkov",
        "cloudsploit",
        "falco",
        "gitleaks",
        "kubeaudit",
        "osv-scanner",
        "pip-audit",
        "prowler-ocsf",
        "prowler-v2-json",
        "prowler-v3-json",
        "snyk",
    ],
)
def test_nothing_at_all_is_an_empty_report_of_the_named_tool(name: str, data: bytes) -> None:
    report = open_report(data, where="a.json", named=name)
    assert (report.format, list(report.records)) == (name, [])
    # A tool that stopped before it wrote leaves no bytes, too: then nothing is proven.
    assert report.is_complete <= bool(data.strip())


def test_nothing_is_no_report_of_a_tool_that_always_writes_more() -> None:
    for data in (b"", b"[]"):
        with pytest.raises(BadInput):
            open_report(data, where="a.json", named="sarif")


def test_the_list_of_a_tool_may_have_been_made_into_lines() -> None:
    lint = [
        {
            "line": number,
            "code": "DL3008",
            "message": "Pin",
            "column": 1,
            "file": "D",
            "level": "info",
        }
        for number in range(3)
    ]
    lines = b"\n".join(orjson.dumps(each) for each in lint)
    assert inspect(lines, where="a.jsonl").format == "hadolint"
    assert inspect(lines, where="a.jsonl").findings == 3


def test_a_document_that_holds_nothing_says_how_to_name_its_tool() -> None:
    assert "--as" in str(inspect(b'{"results": []}', where="a.json").error)


_OBJECT = """apiVersion: aquasecurity.github.io/v1alpha1
kind: VulnerabilityReport
metadata:
  name: web
  namespace: shop
report:
  scanner: {name: Trivy, version: "0.50"}
  vulnerabilities:
  - {vulnerabilityID: CVE-2030-1008, resource: left-pad, installedVersion: "1.20", severity: HIGH}
"""


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (_OBJECT, 1),
        (f"---\n{_OBJECT}", 1),
        (f"{_OBJECT}---\n{_OBJECT}", 2),
        ("apiVersion: v1\nkind: List\nitems:\n- " + _OBJECT.replace("\n", "\n  ").rstrip(), 1),
    ],
)
def test_reports_that_are_objects_of_kubernetes_may_be_yaml(text: str, count: int) -> None:
    report = open_report(text.encode(), where="reports.yaml")
    found = [record for record in report.records if isinstance(record, Observation)]
    assert (report.format, len(found)) == ("trivy-operator", count)
    assert {seen.package and seen.package.version for seen in found} == {"1.20"}


def test_yaml_that_is_broken_or_no_report_is_refused_in_a_sentence() -> None:
    assert "keys apiVersion, kind" in str(inspect(b"apiVersion: v1\nkind: Pod\n", where="p").error)
    assert inspect(b"apiVersion: [v1\nkind: Pod\n", where="p").format is None


@pytest.mark.parametrize(
    ("data", "suggested"),
    [
        (
            b"Name,Risk Level,Host\nweak cipher,High,a\n",
            "title: Name, severity: Risk Level, target: Host",
        ),
        (b"Vuln: name;Risk;X\nweak cipher;High;a\n", 'title: "Vuln: name", severity: Risk'),
        (
            b'{"by": "us", "issues": [{"name": "weak cipher", "risk": "High", "host": "a"}]}',
            "records: issues, title: name, severity: risk, target: host",
        ),
    ],
)
def test_refusal_of_a_home_made_report_says_a_mapping_that_reads_it(
    data: bytes, suggested: str
) -> None:
    error = inspect(data, where="a").error or ""
    assert f"such as {{{suggested}}}; " in error
    mapping = yaml.safe_load(error[error.index("{") : error.index("}") + 1])
    summary = inspect(data, where="a", mappings={"ours": mapping})
    assert (summary.format, summary.findings, summary.error) == ("ours", 1, None)
