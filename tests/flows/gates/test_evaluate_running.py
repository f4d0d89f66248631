"""Events and snapshots: the same controls, on what already runs."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import tesuri.controls
from tesuri.controls.compiled import CompiledControl
from tesuri.controls.load import load_control
from tesuri.flows.gates.evaluate_events import evaluate_events
from tesuri.flows.gates.evaluate_snapshot import evaluate_snapshot
from tesuri.flows.gates.judge_resources import Gate, open_gate
from tesuri.flows.gates.watched_events import wanted_events
from tesuri.model.control import GateAnswer, Point, VerdictKind
from tesuri.model.errors import BadInput
from tesuri.model.objective import PolicyState
from tesuri.model.ownership import Ownership, PolicyStanding
from tesuri.subjects.aws.recorded.reply_files import RecordedFile

_CATALOG = Path(next(iter(tesuri.controls.__path__))) / "catalog"
GROUP = "aws-ec2-security-group-admin-port-world"
ROOT = "aws-cloudtrail-event-root-use"


def compiled(name: str) -> CompiledControl:
    file = next(_CATALOG.rglob(f"{name}.yaml"))
    return load_control(file.read_bytes(), where=name, schemas={})


def gate(point: Point, *names: str) -> Gate:
    return open_gate(
        point,
        [compiled(name) for name in names],
        owner_of=lambda _: Ownership(None, None, "nobody"),
        policy_of=lambda _: PolicyStanding(PolicyState.SPENT, "immediate-48h"),
        waivers=(),
        now=datetime(2026, 6, 1, tzinfo=UTC),
    )


def opening(cidr: str, **parts: object) -> dict[str, object]:
    rule = {
        "ipProtocol": "tcp",
        "fromPort": 22,
        "toPort": 22,
        "ipRanges": {"items": [{"cidrIp": cidr}]},
    }
    return {
        "eventSource": "ec2.amazonaws.com",
        "eventName": "AuthorizeSecurityGroupIngress",
        "eventID": "e-1",
        "awsRegion": "eu-west-1",
        "userIdentity": {"type": "AssumedRole"},
        "requestParameters": {"groupId": "sg-1", "ipPermissions": {"items": [rule]}},
        **parts,
    }


def log(*records: Mapping[str, object]) -> bytes:
    return json.dumps({"Records": records}).encode()


def test_an_event_is_found_but_never_blocked_however_strict_the_state() -> None:
    report = evaluate_events(log(opening("0.0.0.0/0")), where="log", gate=gate(Point.EVENT, GROUP))

    (found,) = report.rulings
    assert (found.verdict.kind, found.answer) == (VerdictKind.FAIL, GateAnswer.WARN)
    assert found.verdict.at.pointer == "/Records/0"
    assert report.point is Point.EVENT


def test_a_call_that_failed_is_not_applicable_with_its_reason() -> None:
    denied = opening("0.0.0.0/0", errorCode="Client.UnauthorizedOperation")
    report = evaluate_events(log(denied), where="log", gate=gate(Point.EVENT, GROUP))

    (found,) = report.rulings
    assert found.verdict.kind is VerdictKind.NOT_APPLICABLE
    assert found.verdict.reason == "the call failed: Client.UnauthorizedOperation"
    assert report.not_evaluated["calls that failed"] == 1


def test_events_that_no_control_watches_are_counted_and_not_decoded() -> None:
    other = {"eventSource": "s3.amazonaws.com", "eventName": "GetObject", "userIdentity": {}}
    watching = gate(Point.EVENT, GROUP)
    report = evaluate_events(log(other, opening("10.0.0.0/8"), other), where="log", gate=watching)

    assert wanted_events(watching) == frozenset({"AuthorizeSecurityGroupIngress"})
    assert report.not_evaluated == {
        "events": 3,
        "events that no control watches": 2,
        "calls that failed": 0,
    }
    assert report.counts[VerdictKind.PASS] == 1


def test_a_control_on_events_watches_them_all() -> None:
    root = opening("10.0.0.0/8", userIdentity={"type": "Root"})
    watching = gate(Point.EVENT, GROUP, ROOT)
    report = evaluate_events(log(root), where="log", gate=watching)

    assert wanted_events(watching) is None
    said = {one.verdict.control: one.verdict.kind for one in report.rulings}
    assert said == {GROUP: VerdictKind.PASS, ROOT: VerdictKind.FAIL}


def test_many_events_of_which_few_matter_are_all_counted() -> None:
    quiet = {**opening("10.0.0.0/8"), "eventName": "DescribeInstances", "note": "x" * 800}
    records = [quiet if number % 20 else opening("0.0.0.0/0") for number in range(2_000)]
    report = evaluate_events(log(*records), where="log", gate=gate(Point.EVENT, GROUP))

    assert report.counts[VerdictKind.FAIL] == 100
    assert report.not_evaluated["events that no control watches"] == 1_900


def test_a_snapshot_is_evaluated_with_recorded_replies_and_config_items() -> None:
    permission = {
        "IpProtocol": "tcp",
        "FromPort": 22,
        "ToPort": 22,
        "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
    }
    groups = {"SecurityGroups": [{"GroupId": "sg-1", "IpPermissions": [permission]}]}
    replied = {"service": "ec2", "operation": "DescribeSecurityGroups", "data": groups}
    kept = {
        "resourceType": "AWS::EC2::SecurityGroup",
        "resourceId": "sg-2",
        "configuration": {"groupId": "sg-2"},
    }
    files = [
        RecordedFile.held("a.json", json.dumps(replied).encode()),
        RecordedFile.held("b.json", json.dumps({"configurationItem": kept}).encode()),
        RecordedFile.held("c.json", b"{"),
    ]
    report = evaluate_snapshot(files, where="folder", gate=gate(Point.LIVE, GROUP))

    said = {one.verdict.address: one.verdict.kind for one in report.rulings}
    assert said == {"sg-1": VerdictKind.FAIL, "sg-2": VerdictKind.PASS}
    assert [address for address, _ in report.unread] == ["c.json"]
    assert report.answer is GateAnswer.WARN


def test_a_folder_without_any_reply_is_refused() -> None:
    with pytest.raises(BadInput, match=r"no Kubernetes object: a\.json: it is no recorded reply"):
        evaluate_snapshot(
            [RecordedFile.held("a.json", b"[]")], where="folder", gate=gate(Point.LIVE, GROUP)
        )


def test_an_unknown_verdict_says_which_call_could_have_told() -> None:
    source = (
        "id: bucket-policy\ntitle: t\nstatement: s\nseverity: low\nresource: AWS::S3::Bucket\n"
        "require: has(resource.PolicyDocument)\nmessage: \"'none'\"\npoints: {live: {}}\n"
    )
    watching = open_gate(
        Point.LIVE,
        [load_control(source.encode(), where="c", schemas={})],
        owner_of=lambda _: Ownership(None, None, "nobody"),
        policy_of=lambda _: PolicyStanding(PolicyState.AMPLE, ""),
        waivers=(),
        now=datetime(2026, 6, 1, tzinfo=UTC),
    )
    buckets = {"Buckets": [{"Name": "a"}, {"Name": "b"}]}
    listed = {"service": "s3", "operation": "ListBuckets", "data": buckets}
    refused = {
        "service": "s3",
        "operation": "GetBucketPolicy",
        "parameters": {"Bucket": "a"},
        "error": {"code": "AccessDenied"},
    }
    data = json.dumps([listed, refused]).encode()
    report = evaluate_snapshot([RecordedFile.held("r.json", data)], where="f", gate=watching)

    assert {one.verdict.address: one.message for one in report.rulings} == {
        "a": "PolicyDocument is not known: s3.GetBucketPolicy answered AccessDenied",
        "b": "PolicyDocument is not known: s3.GetBucketPolicy was not recorded",
    }
    assert report.counts[VerdictKind.UNKNOWN] == 2


def test_a_control_of_admission_holds_in_a_recorded_cluster() -> None:
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {
            "containers": [{"name": "c", "image": "i:1", "securityContext": {"privileged": True}}]
        },
    }
    listed = json.dumps({"apiVersion": "v1", "kind": "List", "items": [pod, pod]}).encode()

    report = evaluate_snapshot(
        [RecordedFile.held("pods.json", listed)],
        where="cluster",
        gate=gate(Point.LIVE, "kubernetes-pod-privileged"),
    )

    (ruling,) = report.rulings
    assert (ruling.verdict.kind, ruling.answer) == (VerdictKind.FAIL, GateAnswer.WARN)
    assert ruling.verdict.address == "shop/Pod/web"
    assert report.not_evaluated["recorded more than once"] == 1


def audited(image: str, **parts: object) -> dict[str, object]:
    return {
        "kind": "Event",
        "apiVersion": "audit.k8s.io/v1",
        "auditID": "1",
        "stage": "ResponseComplete",
        "verb": "create",
        "objectRef": {"resource": "pods", "namespace": "shop", "name": "web"},
        "responseStatus": {"code": 201},
        "requestObject": {
            "kind": "Pod",
            "apiVersion": "v1",
            "metadata": {"name": "web", "namespace": "shop"},
            "spec": {"containers": [{"name": "web", "image": image}]},
        },
        **parts,
    }


def test_an_audit_log_is_judged_as_admission_would_have_been() -> None:
    refused = {"responseStatus": {"code": 403, "reason": "Forbidden"}}
    bare = {"requestObject": None}
    events = [
        audited("shop/web:latest"),
        audited("shop/web:1.2"),
        audited("shop/web", **refused),
        audited("shop/web", **bare),
    ]
    data = "\n".join(json.dumps(one) for one in events).encode()
    report = evaluate_events(
        data, where="audit.log", gate=gate(Point.EVENT, "kubernetes-image-tag")
    )

    kinds = [one.verdict.kind for one in report.rulings]
    assert kinds == [VerdictKind.FAIL, VerdictKind.PASS, VerdictKind.NOT_APPLICABLE]
    assert {one.verdict.address for one in report.rulings} == {"shop/Pod/web"}
    assert report.not_evaluated == {
        "events": 4,
        "events that change no object": 0,
        "changes without their object in the log": 1,
        "calls that failed": 1,
    }


def test_passes_of_events_are_counted_and_judged_again_for_whoever_lists_them() -> None:
    data = log(opening("10.0.0.0/8"), opening("0.0.0.0/0"), opening("10.0.0.0/8"))
    counted = evaluate_events(data, where="log", gate=gate(Point.EVENT, GROUP))
    keeping = replace(gate(Point.EVENT, GROUP), is_keeping_passes=True)
    listed = evaluate_events(data, where="log", gate=keeping)

    assert counted.counts == listed.counts
    assert counted.counts[VerdictKind.PASS] == 2
    assert [one.verdict.kind.value for one in counted.departing] == ["fail"]
    assert list(counted.rulings) == list(listed.rulings)
    assert [one.verdict.kind.value for one in counted.rulings] == ["pass", "fail", "pass"]


def test_an_envelope_inside_of_a_log_file_is_opened() -> None:
    data = json.dumps({"Records": [{"detail": opening("0.0.0.0/0")}, {"a": 1}]}).encode()

    report = evaluate_events(data, where="log", gate=gate(Point.EVENT, GROUP))

    assert [one.verdict.at.pointer for one in report.rulings] == ["/Records/0/detail"]
    assert [address for address, _ in report.unread] == ["log#/Records/1"]
    assert report.not_evaluated["events"] == 2
