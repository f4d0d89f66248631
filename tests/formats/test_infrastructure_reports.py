"""Reports about code of infrastructure, images and clusters, read by what their words mean."""

import orjson
import pytest

from tesuri.flows.intake.inspect_reports import inspect, open_report
from tesuri.model.observation import Kind, Observation
from tesuri.model.severity import Severity


def _only(document: object) -> Observation:
    (record,) = open_report(orjson.dumps(document), where="r").records
    assert isinstance(record, Observation)
    return record


def _checkov(kind: str, **check: object) -> dict[str, object]:
    entry = {"check_id": "CKV_1", "check_name": "n", "resource": "aws_s3_bucket.logs", **check}
    return {"check_type": kind, "results": {"failed_checks": [entry], "passed_checks": []}}


def test_checkov_of_one_framework_and_of_many_count_the_same() -> None:
    one = _checkov("terraform")
    assert inspect(orjson.dumps(one), where="r").findings == 1
    assert inspect(orjson.dumps([one, one]), where="r").findings == 2


def test_checkov_without_any_result_is_known_by_its_version() -> None:
    empty = {"passed": 0, "failed": 0, "skipped": 0, "parsing_errors": 0, "checkov_version": "3"}
    assert inspect(orjson.dumps(empty), where="r").format == "checkov"


def test_the_hash_of_a_secret_is_kept_like_the_secret() -> None:
    digest = "0123456789abcdef" * 2
    seen = _only(_checkov("secrets", check_id="CKV_SECRET_6", resource=digest))
    assert (seen.kind, seen.secret) == (Kind.SECRET, digest)
    assert digest not in repr(seen)


def test_kubernetes_objects_have_one_spelling_in_all_tools() -> None:
    checkov = _checkov("kubernetes", resource="Deployment.shop.web")
    kubeaudit = {
        "AuditResultName": "X",
        "ResourceKind": "Pod",
        "ResourceNamespace": "shop",
        "ResourceName": "web-6d4cf56db6-x7k2p",
        "level": "error",
        "msg": "m",
    }
    kubescape = {
        "results": [
            {
                "resourceID": "apps/v1/shop/ReplicaSet/web-6d4cf56db6",
                "controls": [
                    {"controlID": "C-1", "name": "n", "rules": [{"status": "failed"}]},
                ],
            }
        ]
    }
    assert {_only(each).resource for each in (checkov, kubeaudit, kubescape)} == {
        "shop/Deployment/web"
    }


@pytest.mark.parametrize(
    ("exceptions", "findings"), [([["x"], ["x"]], 0), ([["x"], None], 1), ([None, None], 1)]
)
def test_kubescape_excepts_a_control_only_when_every_failed_rule_is(
    exceptions: list[list[str] | None], findings: int
) -> None:
    rules = [{"status": "failed", "exception": each} for each in exceptions]
    control = {"controlID": "C-1", "name": "n", "rules": [*rules, {"status": "passed"}]}
    document = {"results": [{"resourceID": "a/b/c", "controls": [control]}]}
    summary = inspect(orjson.dumps(document), where="r")
    assert (summary.findings, summary.suppressed) == (findings, 1 - findings)


def test_kubescape_takes_the_severity_of_the_control_where_the_result_has_none() -> None:
    control = {"controlID": "C-1", "name": "n", "rules": [{"status": "failed"}]}
    document = {
        "results": [{"resourceID": "a/b/c", "controls": [control]}],
        "summaryDetails": {"controls": {"C-1": {"scoreFactor": 7}}},
    }
    assert _only(document).severity is Severity.HIGH


@pytest.mark.parametrize("status", ["WARN", "PASS", "INFO"])
def test_only_a_failed_benchmark_check_is_a_finding(status: str) -> None:
    check = {"test_number": "1.1.1", "test_desc": "d", "status": status}
    control = {"id": "1", "node_type": "node", "tests": [{"results": [check]}]}
    for document in (control, [control], {"Controls": [control], "Totals": {"total_fail": 0}}):
        summary = inspect(orjson.dumps(document), where="r")
        assert (summary.format, summary.informational) == ("kube-bench", 1)


def test_a_log_line_of_kubeaudit_is_no_finding_and_its_error_proves_no_absence() -> None:
    result = {"AuditResultName": "X", "ResourceKind": "Pod", "level": "error", "msg": "m"}
    lines = [result, {"level": "info", "msg": "hello"}, {"level": "fatal", "msg": "no access"}]
    data = b"\n".join(orjson.dumps(line) for line in lines)
    summary = inspect(data, where="r")
    assert (summary.findings, summary.informational, len(summary.skipped)) == (1, 1, 1)
    assert not open_report(data, where="r").is_complete


def test_a_password_that_kics_shows_stays_out_of_every_field() -> None:
    place = {"file_name": "a.tf", "search_key": "password=hunter22", "actual_value": "hunter22"}
    query = {"query_id": "q", "query_name": "Passwords And Secrets - Generic", "files": [place]}
    seen = _only({"queries": [query], "queries_total": 1})
    assert seen.kind is Kind.SECRET
    assert "hunter22" not in repr(seen)


def test_what_dockle_ignores_is_suppressed() -> None:
    counts = dict.fromkeys(("fatal", "warn", "info", "skip", "pass"), 0)
    details = [{"code": "CIS-DI-0005", "title": "t", "level": "IGNORE", "alerts": []}]
    summary = inspect(orjson.dumps({"summary": counts, "details": details}), where="r")
    assert (summary.format, summary.suppressed) == ("dockle", 1)


def test_a_list_of_the_operator_names_the_workload_of_each_report() -> None:
    def report(name: str) -> dict[str, object]:
        labels = {
            "trivy-operator.resource.kind": "ReplicaSet",
            "trivy-operator.resource.name": name,
            "trivy-operator.resource.namespace": "shop",
        }
        check = {"checkID": "KSV001", "title": "t", "severity": "LOW", "success": False}
        return {
            "apiVersion": "aquasecurity.github.io/v1alpha1",
            "kind": "ConfigAuditReport",
            "metadata": {"labels": labels},
            "report": {"checks": [check]},
        }

    both = {"kind": "List", "items": [report("web-6d4cf56db6"), report("db-77b9c8f6d5")]}
    records = list(open_report(orjson.dumps(both), where="r").records)
    targets = [record.target for record in records if isinstance(record, Observation)]
    assert targets == ["shop/Deployment/web", "shop/Deployment/db"]
    assert _only(report("web-6d4cf56db6")).target == ""


def test_alerts_of_falco_never_prove_an_absence() -> None:
    alert = {"rule": "r", "priority": "Notice", "output": "o", "time": "2024-03-01T10:00:00Z"}
    report = open_report(orjson.dumps(alert), where="r")
    assert (report.format, report.is_complete) == ("falco", False)
