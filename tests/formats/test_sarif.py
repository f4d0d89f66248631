"""What the standard and the big scanners mean where SARIF leaves it open."""

from collections.abc import Mapping

import orjson
import pytest

from tesuri.flows.intake.inspect_reports import inspect, open_report
from tesuri.model.observation import Kind, Observation
from tesuri.model.severity import Severity

_SECRET = "AKIA" + "Q" * 16


def _log(
    result: Mapping[str, object], *, tool: str = "checker", rule: Mapping[str, object] | None = None
) -> bytes:
    driver = {"name": tool, "rules": [{"id": "R1", **(rule or {})}]}
    run = {
        "tool": {"driver": driver},
        "results": [{"ruleId": "R1", "message": {"text": "m"}, **result}],
    }
    return orjson.dumps({"version": "2.1.0", "runs": [run]})


def _only(data: bytes) -> Observation:
    (record,) = open_report(data, where="r").records
    assert isinstance(record, Observation)
    return record


@pytest.mark.parametrize(
    "suppression",
    [{"status": "rejected"}, {"status": "underReview"}],
)
def test_a_suppression_that_nobody_accepted_hides_nothing(suppression: dict[str, str]) -> None:
    both = {"suppressions": [{"kind": "external", **suppression}]}
    assert inspect(_log(both), where="r").findings == 1
    accepted = {"suppressions": [{"kind": "external", "status": "accepted"}]}
    assert inspect(_log(accepted), where="r").suppressed == 1


def test_level_comes_from_the_rule_where_the_result_has_none() -> None:
    rule = {"defaultConfiguration": {"level": "error"}}
    assert _only(_log({}, rule=rule)).severity is Severity.HIGH
    assert _only(_log({"level": "note"}, rule=rule)).severity is Severity.LOW
    assert _only(_log({})).severity is Severity.MEDIUM


def test_security_severity_wins_over_the_level() -> None:
    rule = {"properties": {"security-severity": "9.3"}}
    assert _only(_log({"level": "note"}, rule=rule)).severity is Severity.CRITICAL


@pytest.mark.parametrize(
    ("tool", "rule", "kind"),
    [
        ("gitleaks", {}, Kind.SECRET),
        ("Semgrep OSS", {"id": "generic.secrets.security.detected-token"}, Kind.SECRET),
        ("Semgrep OSS", {"id": "python.flask.debug"}, Kind.WEAKNESS),
        ("Trivy", {"id": "CVE-2024-12345"}, Kind.VULNERABILITY),
        ("Snyk Open Source", {"id": "SNYK-JS-LODASH-450202"}, Kind.VULNERABILITY),
        ("checkov", {"id": "CKV_AWS_24"}, Kind.MISCONFIGURATION),
        ("Trivy", {"id": "x", "properties": {"tags": ["misconfiguration"]}}, Kind.MISCONFIGURATION),
        ("ZAP", {"id": "10020"}, Kind.WEB),
    ],
)
def test_kind_is_told_by_tags_rule_or_tool(
    tool: str, rule: Mapping[str, object], kind: Kind
) -> None:
    result = {"ruleId": rule.get("id", "R1")}
    assert _only(_log(result, tool=tool, rule=rule)).kind is kind


@pytest.mark.parametrize("place", ["snippet", "offender", "quoted"])
def test_a_secret_never_stands_in_a_field_that_is_shown_or_kept(place: str) -> None:
    region = {"snippet": {"text": _SECRET}} if place == "snippet" else {}
    result = {
        "message": {"text": f"Found '{_SECRET}' in env.sh"},
        "properties": {"offender": _SECRET} if place == "offender" else {},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": "e"}, "region": region}}],
        "partialFingerprints": {"match": _SECRET},
    }
    seen = _only(_log(result, tool="gitleaks"))
    assert seen.secret == ("" if place == "quoted" else _SECRET)
    shown = (seen.title, seen.description, seen.context, seen.rule, seen.fingerprints, repr(seen))
    assert _SECRET not in str(shown)


def test_a_hard_coded_credential_is_masked_in_the_message_of_a_weakness() -> None:
    rule = {"properties": {"tags": ["CWE-798: Use of Hard-coded Credentials"]}}
    seen = _only(_log({"message": {"text": "Possible hardcoded password: 'hunter2'"}}, rule=rule))
    assert seen.kind is Kind.WEAKNESS
    assert "hunter2" not in seen.title + seen.description


def test_package_is_found_where_each_scanner_writes_it() -> None:
    rule = {"id": "CVE-2024-12345", "help": {"text": "Package: other\nType: deb\n"}}
    texts = {
        "Trivy": "Package: left-pad\nInstalled Version: 1.0\nFixed Version: 1.1\n",
        "osv-scanner": "Package 'left-pad@1.0' is vulnerable to 'CVE-2024-12345'.",
        "Grype": "A high vulnerability in npm package: left-pad, version 1.0 was found at: /a",
        "docker-scout": "Package: pkg:npm/left-pad@1.0\nFixed version: 1.1",
    }
    for tool, message in texts.items():
        result = {"ruleId": "CVE-2024-12345", "message": {"text": message}}
        package = _only(_log(result, tool=tool, rule=rule)).package
        assert package is not None
        assert (package.name, package.version) == ("left-pad", "1.0"), tool


def test_snyk_names_module_version_and_cve_in_the_rule() -> None:
    rule = {
        "id": "SNYK-JS-LEFTPAD-1",
        "fullDescription": {"text": "(CVE-2024-12345) left-pad@1.0"},
        "help": {"markdown": "* Package Manager: npm\n* Vulnerable module: left-pad\n"},
    }
    seen = _only(_log({"ruleId": "SNYK-JS-LEFTPAD-1"}, tool="Snyk Open Source", rule=rule))
    assert seen.advisories == ("SNYK-JS-LEFTPAD-1", "CVE-2024-12345")
    assert seen.package is not None
    found = (seen.package.ecosystem, seen.package.name, seen.package.version)
    assert found == ("npm", "left-pad", "1.0")


def test_an_old_version_of_sarif_is_refused_by_its_name() -> None:
    old = {"version": "1.0.0", "runs": [{"tool": {"name": "x"}, "results": []}]}
    assert "SARIF 1.0.0" in str(inspect(orjson.dumps(old), where="r").error)


def test_a_bulletin_of_several_cves_makes_no_aliases() -> None:
    rule = {"id": "GO-2024-0001", "properties": {"tags": ["CVE-2024-1111", "CVE-2024-2222"]}}
    seen = _only(_log({"ruleId": "GO-2024-0001"}, tool="govulncheck", rule=rule))
    assert seen.advisories == ("GO-2024-0001",)


def test_paths_do_not_depend_on_the_machine_that_scanned() -> None:
    def path(root: str) -> str:
        run = {
            "tool": {"driver": {"name": "x"}},
            "originalUriBaseIds": {"%SRCROOT%": {"uri": f"file://{root}/"}},
            "results": [
                {
                    "ruleId": "R",
                    "message": {"text": "m"},
                    "locations": [
                        {
                            "physicalLocation": {
                                "artifactLocation": {"uri": f"file://{root}/src/a%20b.c"}
                            }
                        }
                    ],
                }
            ],
        }
        return _only(orjson.dumps({"version": "2.1.0", "runs": [run]})).place.path

    assert path("/home/ci/7") == path("/builds/9") == "src/a b.c"


def test_a_run_that_failed_proves_no_absence() -> None:
    run = {
        "tool": {"driver": {"name": "x"}},
        "results": [],
        "invocations": [{"executionSuccessful": False}],
    }
    data = orjson.dumps({"version": "2.1.0", "runs": [run]})
    assert not open_report(data, where="r").is_complete


@pytest.mark.parametrize(
    "rule",
    [
        {"id": "B105", "name": "hardcoded_password_string"},
        {"id": "R1", "name": "HardCodedCredentials"},
        {"id": "R1", "properties": {"tags": ["external/cwe/cwe-798"]}},
        {"id": "R1"},
    ],
)
@pytest.mark.parametrize("size", [1, 40])
def test_a_password_that_a_code_scanner_quotes_stands_in_no_text(
    rule: dict[str, object], size: int
) -> None:
    words = (
        "Possible hardcoded password: 's3cr3t-words'"
        if rule == {"id": "R1"}
        else "Is 's3cr3t-words'"
    )
    place = {
        "artifactLocation": {"uri": "a.py"},
        "region": {"startLine": 2, "snippet": {"text": "PASSWORD = 's3cr3t-words'"}},
    }
    result = {
        "ruleId": rule["id"],
        "message": {"text": words},
        "locations": [{"physicalLocation": place}],
    }
    driver = {"name": "checker", "rules": [rule]}
    run = {"tool": {"driver": driver}, "results": [result] * size}
    report = open_report(orjson.dumps({"version": "2.1.0", "runs": [run]}), where="r")
    for record in report.records:
        assert "s3cr3t" not in str(record)
        assert "***" in str(record)


def test_a_title_that_tells_only_the_rule_gives_way_to_what_the_tool_says() -> None:
    rule = {"shortDescription": {"text": "Semgrep Finding: R1"}, "fullDescription": {"text": "f"}}
    assert _only(_log({"message": {"text": "eval of x"}}, rule=rule)).title == "eval of x"
    escaped = {"shortDescription": {"text": "&#39;:latest&#39; tag &amp; more"}}
    assert _only(_log({}, rule=escaped)).title == "':latest' tag & more"
