"""Other shapes in which the same tools write the same thing: each is told by its content and read by its meaning."""

import json
from collections.abc import Mapping, Sequence

import pytest

from tesuri.flows.intake.inspect_reports import inspect, open_report
from tesuri.model.observation import Observation, Skipped, Suppressed

_JsonObject = Mapping[str, object]


def _lines(*values: object) -> str:
    return "\n".join(json.dumps(value) for value in values)


def _sarif(*results: _JsonObject) -> _JsonObject:
    run = {"tool": {"driver": {"name": "Example"}}, "results": list(results)}
    return {"version": "2.1.0", "runs": [run]}


def _trivy(target: str = "shop:1") -> _JsonObject:
    flaw = {"VulnerabilityID": "CVE-2026-1001", "PkgName": "tar", "Severity": "HIGH"}
    result = {"Target": target, "Class": "os-pkgs", "Type": "debian", "Vulnerabilities": [flaw]}
    return {"SchemaVersion": 2, "ArtifactName": target, "Results": [result]}


_STATEMENT = {"_type": "https://in-toto.io/Statement/v1", "subject": [{"name": "shop"}]}
_BOM = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.5",
    "vulnerabilities": [{"id": "CVE-2026-1001", "affects": [{"ref": "a"}]}],
}
_SUPPLY = {
    "title": "Flaw in liba",
    "advisory": {
        "ruleId": "ssc-1",
        "severity": "HIGH",
        "ecosystem": "pypi",
        "vulnerableDependencies": [{"name": "liba"}],
        "references": {"cveIds": ["CVE-2026-1001"], "cweIds": ["CWE-617: Assertion"]},
    },
    "matchedDependency": {"name": "liba", "versionSpecifier": "1.0"},
    "closestSafeDependency": {"name": "liba", "versionSpecifier": "1.1"},
    "dependencyFileLocation": {"path": "requirements.txt", "startLine": "3"},
    "repositoryName": "shop/web",
    "triage": {"status": "NEW"},
}
_HOSTED = {
    "rule_name": "python.exec-used",
    "rule_message": "exec runs code",
    "severity": "high",
    "location": {"file_path": "a.py", "line": 3},
    "repository": {"name": "shop/web"},
    "status": "open",
    "match_based_id": "abc_0",
}
_FLAW = {
    "id": "SNYK-JS-LIBA-1",
    "title": "A flaw",
    "severity": "high",
    "package": "liba",
    "version": "1.0",
    "identifiers": {"CVE": ["CVE-2026-1001"]},
}
_ISSUE = {
    "id": "SNYK-JS-LIBA-1",
    "issueType": "vuln",
    "pkgName": "liba",
    "pkgVersions": ["1.0"],
    "issueData": {
        "id": "SNYK-JS-LIBA-1",
        "title": "A flaw",
        "severity": "high",
        "identifiers": {"CVE": ["CVE-2026-1001"]},
    },
    "fixInfo": {"fixedIn": ["1.1"]},
}
_LAYER = {
    "Name": "sha256:1",
    "Features": [
        {
            "Name": "tar",
            "Version": "1.34",
            "Vulnerabilities": [
                {"Name": "CVE-2026-1001", "NamespaceName": "debian:12", "Severity": "High"}
            ],
        },
        {"Name": "zip", "Version": "3.0"},
    ],
}
_ADVISORY = {
    "id": 7,
    "module_name": "liba",
    "severity": "high",
    "title": "A flaw",
    "cves": ["CVE-2026-1001"],
    "findings": [{"version": "1.0", "paths": ["app>liba"]}],
    "vulnerable_versions": "<1.1",
    "patched_versions": ">=1.1",
}
_ADVISED = {
    "ID": 7,
    "Issue": "A flaw",
    "URL": "https://github.com/advisories/GHSA-aaaa-bbbb-cccc",
    "Severity": "high",
    "Vulnerable Versions": "<1.1",
    "Tree Versions": ["1.0"],
    "Dependents": ["app@workspace:."],
}
_EVALUATED = {
    "metadata": {"registry": "r", "repository": "shop", "tag": "1", "imageDigest": "sha256:1"},
    "securityEvaluation": [
        {
            "vulnerabilityId": "GHSA-aaaa-bbbb-cccc",
            "cves": "CVE-2026-1001",
            "severity": "High",
            "packageType": "Java",
            "path": "/app/lib-core-9.0.97.jar",
            "package": "lib-core-9.0.97",
            "fixAvailable": "9.0.98",
            "nvdCvssBaseScore": "N/A",
        }
    ],
}
_OCSF = {
    "class_uid": 2002,
    "metadata": {"product": {"name": "Security Hub"}, "version": "1.1.0"},
    "severity": "High",
    "status": "New",
    "finding_info": {"uid": "arn:aws:x", "title": "CVE-2026-1001 in tar"},
    "resources": [{"uid": "arn:aws:ec2:::instance/i-1", "type": "AwsEc2Instance"}],
    "cloud": {"account": {"uid": "111111111111"}},
    "vulnerabilities": [
        {
            "cve": {"uid": "CVE-2026-1001", "cvss": [{"base_score": 9.8, "version": "3.1"}]},
            "affected_packages": [{"name": "tar", "version": "1.34", "fixed_in_version": "1.35"}],
        }
    ],
}
_PCI = (
    "IP,HOSTNAME,LAST SCAN,QID,VULN TITLE,TYPE,SEVERITY,PORT,PROTOCOL,OPERATING SYSTEM,IS_PCI,"
    "FALSE POSITIVE STATUS,CVSS_BASE,Q_SEVERITY,THREAT,IMPACT,SOLUTION,CATEGORY,RESULT,BUGTRAQID,CVEID\n"
)
_CENTRE = (
    '"Plugin","Plugin Name","Family","Severity","IP Address","Protocol","Port","Repository","Plugin Output",'
    '"Synopsis","CVSS V2 Base Score","CVSS V3 Base Score","CVSS V2 Vector","CVSS V3 Vector","CVE"\n'
)

_IN_YAML = (
    "errors: []\ngenerated_at: '2026-03-09T22:29:30Z'\nmetrics:\n  _totals:\n    loc: 5\nresults:\n"
    "- code: |\n    7     a\n    8     yaml.load(a)\n  filename: load.py\n  issue_severity: MEDIUM\n"
    "  issue_text: Use of unsafe yaml load.\n  line_number: 8\n  test_id: B506\n"
)

# Name → document, format, findings, suppressed.
_VARIANTS: Mapping[str, tuple[object, str, int, int]] = {
    "a list of reports": ([_trivy(), _trivy("shop:2")], "trivy", 2, 0),
    "a report on each line": (_lines(_trivy(), _trivy("shop:2")), "trivy", 2, 0),
    "reports one after the other": (
        json.dumps(_trivy(), indent=1) + "\n" + json.dumps(_trivy(), indent=1),
        "trivy",
        2,
        0,
    ),
    "a list of SARIF logs": (
        [_sarif({"ruleId": "a", "message": {"text": "A"}})] * 2,
        "sarif",
        2,
        0,
    ),
    "a statement about vulnerabilities": (
        {
            **_STATEMENT,
            "predicateType": "cosign/vuln",
            "predicate": {"scanner": {"result": _trivy()}},
        },
        "trivy",
        1,
        0,
    ),
    "a statement with an inventory": (
        {**_STATEMENT, "predicateType": "https://cyclonedx.org/bom", "predicate": _BOM},
        "cyclonedx",
        1,
        0,
    ),
    "Semgrep's list of dependencies": ({"vulns": [_SUPPLY]}, "semgrep", 1, 0),
    "Semgrep's list of code": ({"findings": [_HOSTED]}, "semgrep", 1, 0),
    "Semgrep's ignored ones": (
        {"findings": [{**_HOSTED, "status": "ignored"}, {**_HOSTED, "status": "fixed"}]},
        "semgrep",
        0,
        1,
    ),
    "Yarn 1": (
        _lines(
            {"type": "auditAdvisory", "data": {"resolution": {"id": 7}, "advisory": _ADVISORY}},
            {"type": "auditAdvisory", "data": {"resolution": {"id": 7}, "advisory": _ADVISORY}},
            {"type": "auditSummary", "data": {"vulnerabilities": {"high": 1}}},
        ),
        "npm-audit-6",
        1,
        0,
    ),
    "Yarn 1 without findings": (
        {"type": "auditSummary", "data": {"vulnerabilities": {"high": 0}}},
        "npm-audit-6",
        0,
        0,
    ),
    "Yarn 4": (
        _lines({"value": "liba", "children": _ADVISED}, {"value": "libb", "children": _ADVISED}),
        "npm-audit-6",
        2,
        0,
    ),
    "Clair 2 by way of Quay": ({"status": "scanned", "data": {"Layer": _LAYER}}, "clair", 1, 0),
    "Snyk's test of a manifest": (
        {"ok": False, "issues": {"vulnerabilities": [_FLAW], "licenses": []}},
        "snyk",
        1,
        0,
    ),
    "Snyk's issues of a project": (
        {"issues": [_ISSUE, {**_ISSUE, "isIgnored": True}]},
        "snyk",
        1,
        1,
    ),
    "AnchoreCTL 5.14": (_EVALUATED, "anchorectl", 1, 0),
    "Dependency-Track without findings": (
        {"version": "1.2", "meta": {"application": "Dependency-Track"}, "project": {"name": "a"}},
        "dependency-track",
        0,
        0,
    ),
    "an OCSF vulnerability": ([_OCSF, {**_OCSF, "status": "Suppressed"}], "prowler-ocsf", 1, 1),
    "Qualys' table of PCI scans": (
        _PCI
        + "10.0.0.1,a.example,22/09/2026 13:01,86476,Stopped,POTENTIAL,Medium,80,tcp,Linux,Fail,Requested,6.4,3,T,I,S,W,R,-,\n"
        + "10.0.0.1,a.example,22/09/2026 13:01,86477,Gone,CONFIRMED,High,80,tcp,Linux,Fail,Approved,6.4,4,T,I,S,W,R,-,\n",
        "qualys-csv",
        1,
        1,
    ),
    "Tenable.sc": (
        _CENTRE
        + '"73756","Old database","Databases","Critical","10.0.0.1","TCP","1433","all","out","syn",'
        + '"10.0","9.8","AV:N/AC:L/Au:N/C:C/I:C/A:C","AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",""\n',
        "nessus-csv",
        1,
        0,
    ),
    "Bandit's YAML": (
        _IN_YAML,
        "bandit",
        1,
        0,
    ),
    "the counts of kube-bench": (
        {"Totals": {"total_pass": 3, "total_fail": 0, "total_warn": 0}},
        "kube-bench",
        0,
        0,
    ),
    "a result of the first Nuclei": (
        {
            "template": "tech-detect",
            "type": "http",
            "matched": "https://a.example/",
            "name": "Wappalyzer",
            "severity": "info",
        },
        "nuclei",
        1,
        0,
    ),
    "CloudSploit's table with plug-ins": (
        "plugin,category,title,resource,region,status,message\nopenSSH,EC2,Open SSH,arn:a,eu,FAIL,open\n",
        "cloudsploit",
        1,
        0,
    ),
    "a generic list with keys of its own": (
        {
            "findings": [
                {"title": "A", "severity": "Low", "description": "a", "squad": "pay", "sla": "x"}
            ]
        },
        "generic-json",
        1,
        0,
    ),
    "a generic table with columns of its own": (
        "Title,Description,Severity,Date,Url,Our column,Another one\nA,b,High,28/02/2026,a.example,1,2\n",
        "generic-csv",
        1,
        0,
    ),
}


def _bytes(document: object) -> bytes:
    return (document if isinstance(document, str) else json.dumps(document)).encode()


@pytest.mark.parametrize("name", _VARIANTS)
def test_a_variant_is_told_and_read(name: str) -> None:
    document, form, findings, suppressed = _VARIANTS[name]
    seen = inspect(_bytes(document), where="r")
    assert seen.error is None
    assert (seen.format, seen.findings, seen.suppressed) == (form, findings, suppressed)
    assert not seen.skipped


def _first(document: object) -> Observation:
    found = next(open_report(_bytes(document), where="r").records)
    assert isinstance(found, Observation)
    return found


def test_joined_reports_say_which_target_each_record_belongs_to() -> None:
    report = open_report(_bytes([_trivy(), _trivy("shop:2")]), where="r")
    found = [record for record in report.records if isinstance(record, Observation)]
    assert report.target == ""
    assert [each.target for each in found] == ["shop:1", "shop:2"]
    assert [each.pointer[:2] for each in found] == ["/0", "/1"]


def test_joined_reports_of_one_target_keep_it() -> None:
    report = open_report(_bytes([_trivy(), _trivy()]), where="r")
    assert report.target == "shop:1"
    assert {record.target for record in report.records if isinstance(record, Observation)} == {""}


@pytest.mark.parametrize(
    "documents",
    [
        [_trivy(), _sarif()],
        [_trivy(), {"weather": "fine"}],
        [_trivy(), None],
    ],
)
def test_a_list_of_unlike_documents_is_not_joined(documents: Sequence[object]) -> None:
    assert inspect(_bytes(documents), where="r").format is None


def test_a_second_report_that_was_cut_off_refuses_the_file() -> None:
    text = json.dumps(_trivy(), indent=1)
    seen = inspect(f"{text}\n{text[:-9]}".encode(), where="r")
    assert seen.format is None
    assert "More text follows" in (seen.error or "")


def test_a_dependency_of_the_platform_keeps_its_package_and_advisory() -> None:
    found = _first({"vulns": [_SUPPLY]})
    assert found.package is not None
    assert (found.package.ecosystem, found.package.name) == ("pypi", "liba")
    assert found.package.fixed_versions == ("1.1",)
    assert found.advisories == ("CVE-2026-1001",)
    assert found.weaknesses == ("CWE-617",)


@pytest.mark.parametrize("name", ["Snyk's test of a manifest", "Snyk's issues of a project"])
def test_an_answer_of_snyk_keeps_its_package_and_advisory(name: str) -> None:
    document, *_ = _VARIANTS[name]
    found = _first(document)
    assert found.package is not None
    assert (found.package.name, found.package.version) == ("liba", "1.0")
    assert "CVE-2026-1001" in found.advisories


def test_a_name_with_its_version_is_divided_by_the_kind_of_package() -> None:
    java = _first(_EVALUATED)
    evaluation = [
        {
            "vulnerabilityId": "CVE-2026-1002",
            "package": "openssl-1:1.1.1k-14.el8",
            "packageType": "RPM",
        }
    ]
    system = _first({**_EVALUATED, "securityEvaluation": evaluation})
    assert java.package is not None
    assert system.package is not None
    assert (java.package.name, java.package.version) == ("lib-core", "9.0.97")
    assert (system.package.name, system.package.version) == ("openssl", "1:1.1.1k-14.el8")


@pytest.mark.parametrize(
    "text",
    [
        "summary:\n  - all good\n",
        "Error:\n  could not connect: [\n",
        "a:\n\tb\n",
        f"errors:{' ' * 60_000}x\n",
    ],
)
def test_words_that_begin_like_yaml_are_no_report(text: str) -> None:
    assert inspect(text.encode(), where="r").format is None


def test_failed_checks_that_are_only_counted_are_said_and_prove_no_absence() -> None:
    totals = {"total_pass": 3, "total_fail": 2, "total_warn": 0}
    report = open_report(json.dumps({"Totals": totals}).encode(), where="r")
    assert not report.is_complete
    (record,) = report.records
    assert record == Skipped("/Totals", "2 checks failed, which it does not list")


def test_a_generic_record_keeps_every_name_of_its_vulnerability() -> None:
    names = {"cve": "CVE-2026-1001", "vulnerability_ids": ["GHSA-aaaa-bbbb-cccc"]}
    found = {"title": "A", "severity": "High", "description": "a", **names}
    report = open_report(json.dumps({"findings": [found]}).encode(), where="r")
    (record,) = report.records
    assert isinstance(record, Observation)
    assert record.advisories == ("CVE-2026-1001", "GHSA-aaaa-bbbb-cccc")


def test_a_vector_without_its_version_is_taken_for_what_its_metrics_say() -> None:
    document, *_ = _VARIANTS["Tenable.sc"]
    found = _first(document)
    assert found.cvss is not None
    assert (found.cvss.version, found.cvss.score) == ("3.1", 9.8)


def test_a_component_in_the_properties_of_a_sarif_result_is_its_package() -> None:
    about = {"component": "liba", "componentVersion": "1.0", "componentOrigin": "npm"}
    result = {
        "ruleId": "BDSA-2026-1 (CVE-2026-1001)",
        "message": {"text": "flaw"},
        "properties": about,
    }
    found = _first(_sarif(result))
    assert found.package is not None
    assert (found.package.ecosystem, found.package.name) == ("npm", "liba")
    assert found.advisories == ("CVE-2026-1001",)


def test_an_error_of_npm_is_said_as_an_error() -> None:
    answer = {"error": {"code": "ENOAUDIT", "summary": "No audit there.", "detail": ""}}
    seen = inspect(_bytes(answer), where="r")
    assert "an error message instead of a report: 'No audit there.'" in (seen.error or "")
    about = {"method": "POST", "headers": {"allow": ["GET"]}, "body": ""}
    empty = {"message": "405 Method Not Allowed", **about, "error": {"summary": "", "detail": ""}}
    seen = inspect(_bytes(empty), where="r")
    assert "instead of a report: '405 Method Not Allowed'" in (seen.error or "")


def test_a_mistake_deep_in_a_large_report_is_said_and_nothing_of_it_is_counted() -> None:
    flaws = [{"VulnerabilityID": f"CVE-2026-{n}", "PkgName": "a"} for n in range(1000, 3000)]
    text = json.dumps({**_trivy(), "Results": [{"Target": "t", "Vulnerabilities": flaws}]})
    broken = text.replace('"CVE-2026-2500"', "1e999")
    seen = inspect(broken.encode(), where="r")
    assert (seen.format, seen.records) == (None, 0)
    assert seen.error
    assert seen.error.startswith("r")


@pytest.mark.parametrize(
    ("name", "data"),
    [("gitleaks", b"[]"), ("trufflehog", b""), ("aws-inspector2", b'{"findings": []}')],
)
def test_a_named_format_makes_an_empty_file_a_scan_without_findings(name: str, data: bytes) -> None:
    assert inspect(data, where="r").format is None
    seen = inspect(data, where="r", named=name)
    assert (seen.format, seen.records, seen.error) == (name, 0, None)


def test_a_file_of_no_bytes_is_never_a_complete_scan() -> None:
    assert open_report(b"[]", where="r", named="trufflehog").is_complete
    assert not open_report(b"", where="r", named="trufflehog").is_complete
    assert "0 bytes" in (inspect(b"", where="r", named="sarif").error or "")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("gitleaks", "nothing of Gitleaks"),
        ("nessus-csv", "is not written as JSON"),
        ("nobody", "Known"),
    ],
)
def test_a_name_that_the_content_contradicts_is_refused(name: str, sentence: str) -> None:
    assert sentence in (inspect(_bytes(_trivy()), where="r", named=name).error or "")


def test_what_is_suppressed_in_a_joined_report_stays_so() -> None:
    quiet = {
        "ruleId": "a",
        "message": {"text": "A"},
        "suppressions": [{"kind": "inSource"}],
    }
    report = open_report(_bytes([_sarif(quiet), _sarif()]), where="r")
    assert [type(record) for record in report.records] == [Suppressed]


def test_what_else_a_report_looked_like_is_told_with_its_score() -> None:
    seen = inspect(_bytes(_sarif({"ruleId": "a", "message": {"text": "A"}})), where="r")
    assert seen.detection is not None
    assert seen.detection.score == 100
    assert seen.detection.signs == ("runs", "version")
    titled = {"findings": [{"title": "t", "severity": "Low", "description": "d"}]}
    alike = inspect(_bytes(titled), where="r").detection
    assert alike is not None
    assert all(score < alike.score for _, score in alike.others)


def test_a_check_of_trivy_that_has_only_its_public_id_is_titled_with_it() -> None:
    check = {"AVDID": "AVD-KSV-0012", "Status": "FAIL", "Severity": "HIGH"}
    result = {"Target": "pod.yaml", "Class": "config", "Misconfigurations": [check]}
    found = _first({**_trivy(), "Results": [result]})
    assert (found.rule, found.title) == ("AVD-KSV-0012", "AVD-KSV-0012")
