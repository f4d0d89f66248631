"""What a name or a state means in the reports of code hosts and code scanners, and how look-alikes are told apart."""

from collections.abc import Mapping

import orjson
import pytest

from tesuri.flows.intake.inspect_reports import InspectSummary, inspect, open_report
from tesuri.model.observation import Observation


def _summary(document: object) -> InspectSummary:
    return inspect(orjson.dumps(document), where="r")


def _only(document: object) -> Observation:
    (record,) = open_report(orjson.dumps(document), where="r").records
    assert isinstance(record, Observation)
    return record


def _is_complete(document: object) -> bool:
    return open_report(orjson.dumps(document), where="r").is_complete


_FOUND = {"reason": "key", "stringsFound": ["abcdef"], "path": "a"}
_LEAK = {"RuleID": "key", "Secret": "abcdef", "File": "a"}
_AT_FILE = {"identifiers": [], "name": "n", "location": {"file": "a.py", "start_line": 1}}
_PACKAGE = {"package": {"name": "p"}, "version": "1"}
_NAMED = {"identifiers": [{"type": "cve", "value": "CVE-2030-1001"}]}
_IN_LOCK = {**_NAMED, "location": {"file": "go.sum", "dependency": _PACKAGE}}
_IN_IMAGE = {**_NAMED, "location": {"image": "shop:1", "dependency": _PACKAGE}}


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("trufflehog", [{**_FOUND, "diff": "", "printDiff": ""}]),
        ("trufflehog3", [_FOUND]),
        ("gitleaks", {"findings": [_LEAK]}),
        ("gitlab-sast", {"version": "14", "vulnerabilities": [_AT_FILE]}),
        ("gitlab-dependency", {"version": "14", "vulnerabilities": [_IN_LOCK]}),
        ("gitlab-container", {"version": "14", "vulnerabilities": [_IN_IMAGE]}),
        (
            "gitlab-container",
            {"version": "15", "vulnerabilities": [], "scan": {"type": "container_scanning"}},
        ),
        ("semgrep", {"results": [], "errors": []}),
        ("bandit", {"results": [], "errors": [], "generated_at": "", "metrics": {"_totals": {}}}),
    ],
)
def test_look_alikes_are_told_apart_by_their_content(name: str, document: object) -> None:
    assert _summary(document).format == name


@pytest.mark.parametrize("document", [{"findings": []}, {"vulnerabilities": []}, {"results": []}])
def test_an_empty_list_under_a_common_name_is_of_nobody(document: object) -> None:
    assert _summary(document).format is None


def _alert(state: str, **more: object) -> dict[str, object]:
    rule = {"id": "py/x", "description": "x", "severity": "error"}
    return {"state": state, "rule": rule, "tool": {}, "most_recent_instance": {}, **more}


@pytest.mark.parametrize(
    ("state", "counts"),
    [("open", (1, 0, 0)), ("dismissed", (0, 1, 0)), ("fixed", (0, 0, 1)), ("new word", (1, 0, 0))],
)
def test_the_state_of_an_alert_decides_what_it_is(state: str, counts: tuple[int, int, int]) -> None:
    seen = _summary([_alert(state)])
    assert (seen.findings, seen.suppressed, seen.informational) == counts


@pytest.mark.parametrize(
    ("resolution", "counts"),
    [("false_positive", (0, 1, 0)), ("used_in_tests", (0, 1, 0)), ("revoked", (0, 0, 1))],
)
def test_a_revoked_secret_is_done_and_a_dismissed_one_is_waived(
    resolution: str, counts: tuple[int, int, int]
) -> None:
    alert = {"number": 1, "state": "resolved", "resolution": resolution, "secret_type": "key"}
    seen = _summary([alert])
    assert (seen.findings, seen.suppressed, seen.informational) == counts


def test_alerts_of_several_repositories_each_name_theirs() -> None:
    alerts = [_alert("open", repository={"full_name": name}) for name in ("a/b", "a/c")]
    records = open_report(orjson.dumps(alerts), where="r").records
    assert [record.target for record in records if isinstance(record, Observation)] == [
        "a/b",
        "a/c",
    ]


@pytest.mark.parametrize(
    "document",
    [
        {"issues": [], "components": [], "paging": {"total": 3}},
        {"version": "2.3", "vulnerabilities": [], "remediations": []},
        {"version": "15", "vulnerabilities": [], "scan": {"type": "sast", "status": "failure"}},
        {
            "data": {
                "repository": {
                    "vulnerabilityAlerts": {"nodes": [], "pageInfo": {"hasNextPage": True}}
                }
            }
        },
        {"issue_events": [], "scan_status": "auditing"},
        {"results": [], "errors": [{"level": "error"}]},
    ],
)
def test_a_report_that_does_not_hold_all_proves_no_absence(document: object) -> None:
    assert not _is_complete(document)


@pytest.mark.parametrize(
    ("solution", "versions"),
    [
        ("Upgrade busybox from 1.34.1-r4 to 1.34.1-r5", ("1.34.1-r5",)),
        ("Upgrade to versions 1.2.3, 2.0.1 or above.", ("1.2.3", "2.0.1")),
        ("Upgrade to version v0.0.0-20201216 or above.", ("v0.0.0-20201216",)),
        ("Unfortunately, there is no solution available yet.", ()),
    ],
)
def test_the_sentence_of_a_solution_names_the_fixed_versions(
    solution: str, versions: tuple[str, ...]
) -> None:
    seen = _only({"version": "15", "vulnerabilities": [{**_IN_LOCK, "solution": solution}]})
    assert seen.package is not None
    assert seen.package.fixed_versions == versions
    assert seen.has_fix is bool(versions)


@pytest.mark.parametrize(
    "code", ["8 \n9 call(words)\n10 end()\n", "3 \n4 call(words)\n5 other()\n", "call(words)"]
)
def test_a_weakness_keeps_its_context_when_lines_move(code: str) -> None:
    line = next((row.split()[0] for row in code.splitlines() if "call" in row), "")
    result = {"test_id": "B1", "issue_severity": "LOW", "code": code, "line_number": line}
    assert _only({"results": [result]}).context == "call(words)"


def test_semgrep_has_the_same_fingerprint_as_json_and_as_sarif() -> None:
    extra: Mapping[str, object] = {"message": "m", "fingerprint": "ab_0"}
    result = {"check_id": "r", "path": "a.py", "extra": extra}
    assert _only({"results": [result], "errors": []}).fingerprints == (("matchBasedId/v1", "ab_0"),)
