"""A report that came by way of a topic or a queue is the report, and never says that it is all there is."""

import json
from collections.abc import Mapping

import pytest

from tesuri.flows.intake.inspect_reports import inspect, open_report
from tesuri.model.observation import Skipped
from tesuri.untrusted.message import messages_in

_EVENT = {
    "detail-type": "Inspector2 Finding",
    "source": "aws.inspector2",
    "detail": {
        "awsAccountId": "111122223333",
        "findingArn": "arn:aws:inspector2:eu-west-1:111122223333:finding/1",
        "type": "PACKAGE_VULNERABILITY",
        "title": "CVE-2026-1001 - zlib",
        "severity": "HIGH",
        "status": "ACTIVE",
        "resources": [{"id": "i-1", "type": "AWS_EC2_INSTANCE"}],
        "packageVulnerabilityDetails": {
            "vulnerabilityId": "CVE-2026-1001",
            "vulnerablePackages": [{"name": "zlib", "version": "1.2", "packageManager": "OS"}],
        },
    },
}
_NOTICE = {"Type": "Notification", "TopicArn": "arn:aws:sns:t", "Message": json.dumps(_EVENT)}
_QUEUED = {"messageId": "1", "body": json.dumps(_NOTICE), "eventSource": "aws:sqs"}
_RECEIVED = {"MessageId": "1", "ReceiptHandle": "r", "Body": json.dumps(_EVENT)}
_TRIVY = {
    "SchemaVersion": 2,
    "ArtifactName": "shop:1",
    "Results": [
        {
            "Target": "shop:1",
            "Class": "os-pkgs",
            "Vulnerabilities": [{"VulnerabilityID": "CVE-2026-1", "PkgName": "tar"}],
        }
    ],
}
_WAYS: Mapping[str, tuple[object, int]] = {
    "a notice": (_NOTICE, 1),
    "a function's notices": ({"Records": [{"EventSource": "aws:sns", "Sns": _NOTICE}] * 2}, 2),
    "a function's messages": ({"Records": [_QUEUED, _QUEUED]}, 2),
    "an answer of a queue": ({"Messages": [_RECEIVED]}, 1),
    "a list of messages": ([_RECEIVED, _QUEUED], 2),
}


@pytest.mark.parametrize("name", _WAYS)
def test_a_finding_in_a_message_is_read_and_closes_nothing(name: str) -> None:
    document, count = _WAYS[name]
    report = open_report(json.dumps(document).encode(), where="r")
    assert (report.format, report.is_complete) == ("aws-inspector2", False)
    assert len(list(report.records)) == count


def test_messages_on_lines_are_read() -> None:
    lines = "\n".join(json.dumps(_RECEIVED) for _ in range(3))
    assert inspect(lines.encode(), where="r").findings == 3


def test_a_whole_report_in_a_message_proves_no_absence() -> None:
    data = json.dumps({**_NOTICE, "Message": json.dumps(_TRIVY)}).encode()
    report = open_report(data, where="r")
    assert (report.format, report.is_complete) == ("trivy", False)


def test_a_message_that_is_no_json_is_one_skipped_record() -> None:
    broken = {**_RECEIVED, "Body": "hello"}
    report = open_report(json.dumps([_RECEIVED, broken]).encode(), where="r")
    assert [isinstance(record, Skipped) for record in report.records] == [False, True]


@pytest.mark.parametrize(
    "document",
    [
        {"Message": "{}", "Severity": "HIGH"},
        [_RECEIVED, {"title": "no message"}],
        {"body": "{}", "title": "an issue"},
        {"Records": []},
        7,
    ],
)
def test_what_only_looks_like_a_message_stays_as_it_is(document: object) -> None:
    assert messages_in(document) == []


def test_a_message_in_a_message_is_opened_a_few_times_only() -> None:
    text = "{}"
    for _ in range(9):
        text = json.dumps({"MessageId": "1", "Body": text})
    (found,) = messages_in(json.loads(text))
    assert isinstance(found, dict)
    assert found.keys() == {"MessageId", "Body"}
