"""Reports about clouds: told apart however much they look alike, and read by what their words mean."""

from collections.abc import Mapping

import orjson
import pytest

from tesuri.flows.intake.inspect_reports import inspect, open_report
from tesuri.model.observation import Kind, Observation, Suppressed
from tesuri.model.severity import Severity

_BUCKET = {"Type": "AwsS3Bucket", "Id": "arn:aws:s3:::example"}
_ASFF = {
    "SchemaVersion": "2018-10-08",
    "Id": "x",
    "ProductArn": "arn:aws:securityhub:eu-west-1::product/aws/securityhub",
    "GeneratorId": "security-control/S3.8",
    "AwsAccountId": "111122223333",
    "Severity": {"Label": "HIGH"},
    "Title": "t",
    "Resources": [_BUCKET],
}
_GUARDDUTY = {
    "schemaVersion": "2.0",
    "accountId": "111122223333",
    "arn": "arn:aws:guardduty:eu-west-1:111122223333:detector/d/finding/f",
    "type": "Recon:EC2/Portscan",
    "resource": {"resourceType": "Instance"},
    "service": {"detectorId": "d"},
    "severity": 8,
}
_INSPECTOR = {
    "findingArn": "arn:aws:inspector2:eu-west-1:111122223333:finding/1",
    "awsAccountId": "111122223333",
    "type": "PACKAGE_VULNERABILITY",
    "packageVulnerabilityDetails": {"vulnerabilityId": "CVE-2024-10001"},
}
_PROWLER_2 = {"Account Number": "1", "Control": "[check11] x", "Status": "FAIL"}
_PROWLER_3 = {"CheckID": "c", "Status": "FAIL", "AssessmentStartTime": "2024-03-01T10:00:00"}
_OCSF = {"class_uid": 2004, "metadata": {"product": {"name": "Prowler"}}, "status_code": "FAIL"}


def _only(document: object) -> Observation:
    (record,) = open_report(orjson.dumps(document), where="r").records
    assert isinstance(record, Observation)
    return record


@pytest.mark.parametrize(
    ("record", "name"),
    [
        (_ASFF, "asff"),
        (_GUARDDUTY, "guardduty"),
        (_INSPECTOR, "aws-inspector2"),
        (_PROWLER_2, "prowler-v2-json"),
        (_PROWLER_3, "prowler-v3-json"),
        (_OCSF, "prowler-ocsf"),
    ],
)
def test_look_alikes_are_told_apart_alone_in_lists_and_on_lines(
    record: Mapping[str, object], name: str
) -> None:
    line = orjson.dumps(record)
    for data in (line, b"[" + line + b"]", line + b"\n" + line + b"\n"):
        assert inspect(data, where="r").format == name


@pytest.mark.parametrize(
    ("record", "name"),
    [(_ASFF, "asff"), (_GUARDDUTY, "guardduty"), (_INSPECTOR, "aws-inspector2")],
)
def test_answers_of_the_api_and_events_hold_the_same_findings(
    record: Mapping[str, object], name: str
) -> None:
    wrappers: list[dict[str, object]] = [
        {"Findings": [record]},
        {"findings": [record], "nextToken": "x"},
        {"detail-type": "x", "detail": record},
        {"detail-type": "x", "detail": {"findings": [record]}},
    ]
    for wrapper in wrappers:
        summary = inspect(orjson.dumps(wrapper), where="r")
        assert (summary.format, summary.findings) == (name, 1)


@pytest.mark.parametrize("document", [{"findings": []}, {"Findings": []}, [], {}])
def test_an_empty_answer_that_names_no_service_is_refused(document: object) -> None:
    assert inspect(orjson.dumps(document), where="r").format is None


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"Workflow": {"Status": "SUPPRESSED"}}, "suppressed"),
        ({"Workflow": {"Status": "NEW"}, "RecordState": "ARCHIVED"}, "suppressed"),
        ({"Compliance": {"Status": "PASSED"}}, "informational"),
        ({"Compliance": {"Status": "FAILED"}}, "findings"),
        ({}, "findings"),
    ],
)
def test_security_hub_says_itself_what_is_open(change: Mapping[str, object], kind: str) -> None:
    summary = inspect(orjson.dumps([{**_ASFF, **change}]), where="r")
    assert getattr(summary, kind) == summary.records == 1


def test_a_finding_about_several_resources_names_each_of_them() -> None:
    others = [{"Id": "arn:aws:s3:::second"}, {"Id": "arn:aws:s3:::third"}]
    found = _only({**_ASFF, "Description": "d", "Resources": [_BUCKET, *others]})
    assert found.resource == "arn:aws:s3:::example"
    assert found.description == "d\n\nAlso concerns arn:aws:s3:::second, arn:aws:s3:::third."


def test_a_check_that_could_not_run_is_shown_and_is_no_pass() -> None:
    summary = inspect(
        orjson.dumps([{**_ASFF, "Compliance": {"Status": "NOT_AVAILABLE"}}]), where="r"
    )
    assert len(summary.skipped) == 1


def test_an_image_has_one_name_in_inspector_and_in_security_hub() -> None:
    arn = "arn:aws:ecr:eu-west-1:111122223333:repository/shop/web/sha256:" + "ab" * 32
    native = {
        **_INSPECTOR,
        "resources": [
            {"id": arn, "details": {"awsEcrContainerImage": {"imageTags": ["1"], "platform": "X"}}}
        ],
    }
    copied = {
        **_ASFF,
        "Vulnerabilities": [{"Id": "CVE-2024-10001"}],
        "Resources": [{"Id": arn, "Details": {"AwsEcrContainerImage": {"ImageTags": ["1"]}}}],
    }
    assert _only(native).target == _only(copied).target
    assert _only(native).target.endswith(".amazonaws.com/shop/web:1")
    assert _only(native).advisories == _only(copied).advisories == ("CVE-2024-10001",)


def test_guardduty_names_its_types_alike_in_both_forms() -> None:
    copied = {
        **_ASFF,
        "ProductArn": "arn:aws:securityhub:eu-west-1::product/aws/guardduty",
        "Types": ["TTPs/Discovery/Recon:EC2-Portscan"],
    }
    assert _only(copied).rule == _only(_GUARDDUTY).rule == "Recon:EC2/Portscan"
    assert _only(copied).kind is Kind.OTHER


@pytest.mark.parametrize("document", [{"Findings": [_ASFF], "NextToken": "x"}, _GUARDDUTY])
def test_a_page_of_many_and_a_file_of_events_prove_no_absence(document: object) -> None:
    assert not open_report(orjson.dumps(document), where="r").is_complete


@pytest.mark.parametrize(
    ("record", "muted"), [(_PROWLER_2, "WARNING"), (_PROWLER_3, "MUTED"), (_PROWLER_3, "WARNING")]
)
def test_what_prowler_mutes_is_suppressed_with_its_observation(
    record: Mapping[str, object], muted: str
) -> None:
    (seen,) = open_report(orjson.dumps([{**record, "Status": muted}]), where="r").records
    assert isinstance(seen, Suppressed)
    assert seen.observation is not None


def test_an_id_that_is_unique_in_its_region_only_takes_the_region_along() -> None:
    for key, record in (("Resource ID", _PROWLER_2), ("ResourceId", _PROWLER_3)):
        placed = {**record, key: "sg-1", "Region": "eu-west-1"}
        assert _only([placed]).resource == "eu-west-1/sg-1"


def test_cloudsploit_that_could_not_look_proves_no_absence() -> None:
    row = {"plugin": "p", "category": "S3", "title": "t", "message": "m", "resource": "r"}
    report = open_report(orjson.dumps([{**row, "status": "UNKNOWN"}]), where="r")
    assert not report.is_complete
    assert _only([{**row, "status": "WARN"}]).severity is Severity.MEDIUM
