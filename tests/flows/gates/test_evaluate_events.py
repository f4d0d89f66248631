"""Logs of events of any size: what passes unseen would have passed, and folders are read file by file."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tesuri.controls.catalogue import Catalogue
from tesuri.exports import gate_rows
from tesuri.exports.gate_rows import ruling_order, shown_in_turn
from tesuri.flows.gates import evaluate_events as flow
from tesuri.flows.gates.evaluate_events import (
    OpenedFile,
    evaluate_event_folder,
    evaluate_events,
)
from tesuri.flows.gates.judge_resources import Gate, open_gate
from tesuri.model.control import GateReport, Point, VerdictKind
from tesuri.model.errors import BadInput
from tesuri.model.objective import PolicyState
from tesuri.model.ownership import Ownership, PolicyStanding
from tesuri.settings import read_settings
from tesuri.untrusted.byte_source import STREAM_BYTES, Document
from tesuri.wiring.control_files import read_controls


@cache
def catalogue() -> Catalogue:
    return read_controls(read_settings({}, Path("nowhere")), ())


@cache
def gate() -> Gate:
    return open_gate(
        Point.EVENT,
        catalogue(),
        owner_of=lambda _: Ownership(None, None, "nobody"),
        policy_of=lambda _: PolicyStanding(PolicyState.SPENT, "immediate-48h"),
        waivers=(),
        now=datetime(2026, 6, 1, tzinfo=UTC),
    )


def opening(number: int = 1, cidr: str = "0.0.0.0/0", **parts: object) -> dict[str, object]:
    rule = {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipRanges": {"items": [{"cidrIp": cidr}]}}  # fmt: skip
    return {
        "eventSource": "ec2.amazonaws.com",
        "eventName": "AuthorizeSecurityGroupIngress",
        "eventID": f"e-{number}",
        "eventTime": "2026-05-01T00:00:00Z",
        "awsRegion": "eu-west-1",
        "recipientAccountId": "111122223333",
        "userIdentity": {"type": "AssumedRole", "accountId": "111122223333"},
        "requestParameters": {"groupId": f"sg-{number}", "ipPermissions": {"items": [rule]}},
        "responseElements": {"_return": True},
        **parts,
    }


def told(report: GateReport) -> tuple[object, ...]:
    """Give all that a report says apart from passes, which one way lists and the other counts."""
    departing = [
        one for one in report.rulings if one.verdict.kind in (VerdictKind.FAIL, VerdictKind.UNKNOWN)
    ]
    return (
        [(one.verdict, one.answer, one.message) for one in departing],
        report.counts,
        report.resources,
        dict(report.not_evaluated),
        report.unread,
    )


_NAMES = st.sampled_from([
    *("AuthorizeSecurityGroupIngress", "DescribeInstances", "ConsoleLogin", "CreateAccessKey"),
    *("AttachUserPolicy", "StopLogging", "PutBucketAcl", "CreateUser", "AssumeRole", ""),
])  # fmt: skip
_CALLERS: st.SearchStrategy[object] = st.sampled_from([
    {"type": "Root"}, {"type": "Root", "invokedBy": "AWS Internal"}, {"type": "IAMUser", "userName": "ana"},
    {"type": "AssumedRole", "sessionContext": {"attributes": {"mfaAuthenticated": "false"}}}, {}, None, [], "ana",
])  # fmt: skip
_PARTS: st.SearchStrategy[Mapping[str, object]] = st.fixed_dictionaries(
    {
        "eventName": _NAMES,
        "eventSource": st.sampled_from(["ec2.amazonaws.com", "iam.amazonaws.com", "signin.amazonaws.com", "s3.amazonaws.com"]),
        "userIdentity": _CALLERS,
    },
    optional={
        "errorCode": st.sampled_from(["AccessDenied", "", None, 5, {}]),
        "eventType": st.sampled_from(["AwsServiceEvent", "AwsApiCall", None, 1]),
        "recipientAccountId": st.sampled_from(["444455556666", None]),
        "responseElements": st.sampled_from([{"ConsoleLogin": "Failure"}, {"ConsoleLogin": "Success"}, None, []]),
        "requestParameters": st.sampled_from([
            {"userName": "ana", "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"},
            {"bucketName": "b", "x-amz-acl": ["public-read"]}, {"groupId": "***"}, "x", None,
        ]),
        "awsRegion": st.sampled_from(["sa-east-1", None, 1]),
    },
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(_PARTS, st.sampled_from(["", "detail", "nothing"])), max_size=12))
def test_what_passes_unseen_is_what_passes_when_all_is_decoded(
    drawn: list[tuple[Mapping[str, object], str]],
) -> None:
    records: list[object] = []
    for number, (parts, wrap) in enumerate(drawn):
        record = {**opening(number), **parts}
        wrapped = {"": record, "detail": {"detail": record}, "nothing": [7, record]}
        records.append(wrapped[wrap])
    data = json.dumps({"Records": records}).encode()

    try:
        whole = evaluate_events(data, where="log", gate=replace(gate(), is_keeping_passes=True))
    except BadInput as problem:
        with pytest.raises(BadInput, match=problem.what):
            evaluate_events(data, where="log", gate=gate())
        return
    quick = evaluate_events(data, where="log", gate=gate())
    assert told(quick) == told(whole)
    assert len(quick.rulings) == whole.counts[VerdictKind.PASS] + len(told(whole)[0])  # type: ignore[arg-type]  # a list


@dataclass(frozen=True, slots=True)
class Counted:
    """A document that is read in parts, and how much of it at once."""

    content: bytes
    largest: list[int]

    @property
    def size(self) -> int:
        return len(self.content)

    def read(self, start: int, count: int) -> bytes:
        found = self.content[start : start + count]
        self.largest.append(len(found))
        return found


def large(*, is_lines: bool) -> bytes:
    records = [
        opening(number, "0.0.0.0/0" if number % 50 == 0 else "10.0.0.0/8", note="x" * 8_000)
        for number in range(2_200)
    ]
    if is_lines:
        return "\n".join(json.dumps({"detail": one}) for one in records).encode()
    return json.dumps({"Records": records}).encode()


@pytest.mark.parametrize("is_lines", [True, False])
def test_a_large_log_is_read_in_parts_and_says_the_same(*, is_lines: bool) -> None:
    data = large(is_lines=is_lines)
    assert len(data) > STREAM_BYTES
    source = Counted(data, [])

    report = evaluate_events(source, where="log", gate=gate())

    assert told(report) == told(evaluate_events(data, where="log", gate=gate()))
    assert report.not_evaluated["events"] == 2_200
    assert max(source.largest) < len(data) / 3


def pod(name: str, **parts: object) -> dict[str, object]:
    container = {"name": "web", "image": "web", "securityContext": {"privileged": True}}
    return {
        "kind": "Event",
        "apiVersion": "audit.k8s.io/v1",
        "stage": "ResponseComplete",
        "verb": "create",
        "objectRef": {"resource": "pods", "namespace": "shop", "name": name, "apiVersion": "v1"},
        "responseStatus": {"code": 201},
        "requestObject": {
            "kind": "Pod",
            "apiVersion": "v1",
            "metadata": {"name": name, "namespace": "shop"},
            "spec": {"containers": [container]},
        },
        **parts,
    }


def test_a_large_audit_log_is_read_in_parts_and_says_the_same() -> None:
    lines = [json.dumps(pod(f"web-{number}", note="x" * 8_000)) for number in range(2_200)]
    data = "\n".join(lines).encode()
    source = Counted(data, [])

    report = evaluate_events(source, where="log", gate=gate())

    assert told(report) == told(evaluate_events(data, where="log", gate=gate()))
    assert report.resources == 2_200
    assert max(source.largest) < len(data) / 3


DIGEST = json.dumps({
    "awsAccountId": "111122223333", "digestStartTime": "x", "digestS3Bucket": "b", "logFiles": [],
}).encode()  # fmt: skip


def folder(*files: OpenedFile) -> Iterable[OpenedFile]:
    yield from files


def log(*records: object) -> bytes:
    return json.dumps({"Records": records}).encode()


def test_a_folder_is_one_answer_and_nothing_in_it_is_lost() -> None:
    files: list[OpenedFile] = [
        ("a.json", log(opening(1))),
        ("b.json", log(opening(2, errorCode="AccessDenied"), 5)),
        ("digest.json", DIGEST),
        ("audit.log", json.dumps(pod("web")).encode()),
        ("broken.json", b'{"Records": ['),
        ("locked.json", BadInput("The file cannot be read.")),
        ("page.html", None),
    ]
    report = evaluate_event_folder(lambda: folder(*files), where="logs", gate=gate())

    assert report.subject == "logs"
    assert {one.verdict.at.file for one in report.departing} == {"a.json", "audit.log"}
    assert report.not_evaluated == {
        "events": 4,
        "events that no control watches": 0,
        "calls that failed": 1,
        "events that change no object": 0,
        "changes without their object in the log": 0,
        "digest files": 1,
        "files of other kinds": 1,
    }
    assert [address for address, _ in report.unread] == [
        *("b.json#/Records/1", "broken.json", "locked.json"),
    ]
    again = [one.verdict for one in report.rulings if one.verdict.kind is VerdictKind.FAIL]
    assert again == [
        one.verdict for one in report.departing if one.verdict.kind is VerdictKind.FAIL
    ]


@pytest.mark.parametrize(
    "files",
    [(), (("digest.json", DIGEST),), (("a.json", b"{}"),), (("a.txt", None),)],
)
def test_a_folder_without_an_event_is_refused(
    files: tuple[tuple[str, Document | None], ...],
) -> None:
    with pytest.raises(BadInput, match="holds no event"):
        evaluate_event_folder(lambda: folder(*files), where="logs", gate=gate())


def test_a_folder_of_a_quiet_hour_is_no_mistake() -> None:
    report = evaluate_event_folder(lambda: folder(("a.json", log())), where="logs", gate=gate())

    assert (report.resources, report.not_evaluated["events"]) == (0, 0)


def test_passes_of_a_long_log_are_listed_without_being_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failed = opening(9, errorCode="AccessDenied")
    data = log(*(opening(number, "10.0.0.0/8") for number in range(4)), opening(7), failed)
    listing = replace(gate(), is_keeping_passes=True)
    kept = evaluate_events(data, where="a.json", gate=listing)
    monkeypatch.setattr(flow, "MOST_KEPT", 3)
    monkeypatch.setattr(gate_rows, "MOST_SORTED", 3)
    flowing = evaluate_events(data, where="a.json", gate=listing)

    assert (flowing.counts, flowing.resources) == (kept.counts, kept.resources)
    assert len(flowing.departing) < len(flowing.rulings) == len(kept.rulings)
    listed = list(shown_in_turn(replace(flowing, is_whole=True)))
    assert sorted(listed, key=ruling_order) == sorted(kept.rulings, key=ruling_order)
    assert list(shown_in_turn(replace(flowing, is_whole=True))) == listed
