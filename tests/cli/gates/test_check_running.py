"""The gates of what runs: admission, events, snapshots."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.company import Answer

Ask = Callable[..., Answer]

PRIVILEGED = "{name: web, image: web, securityContext: {privileged: true}}"


def manifest(folder: Path, container: str, name: str = "pod.yaml") -> None:
    text = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec:\n"
    (folder / name).write_text(f"{text}  containers: [{container}]\n", encoding="utf-8")


def test_admission_says_what_the_webhook_would_say(ask: Ask, folder: Path) -> None:
    manifest(folder, PRIVILEGED)
    table = ask("check", "admission", "pod.yaml")
    document = ask("check", "admission", "pod.yaml", "--format", "json").json()
    response = ask("check", "admission", "pod.yaml", "--response").json()

    assert table.code == 0
    assert "container web is privileged" in table.out
    verdicts = document["verdicts"]
    assert isinstance(verdicts, list)
    assert {"kubernetes-pod-privileged", "kubernetes-pod-run-as-non-root"} <= {
        one["control"] for one in verdicts
    }
    assert response["kind"] == "AdmissionReview"


def test_a_spent_budget_denies_admission_with_exit_code_1(ask: Ask, folder: Path) -> None:
    (folder / "tesuri.yaml").write_text(
        "name: Two services\ndefault_policy_state: spent\n", encoding="utf-8"
    )
    manifest(folder, PRIVILEGED)
    answer = ask("check", "admission", "pod.yaml", "--response")

    assert answer.code == 1
    assert answer.json()["response"]["allowed"] is False  # type: ignore[index]  # plain JSON


def test_a_file_that_is_no_review_exits_with_2_and_the_others_are_answered(
    ask: Ask, folder: Path
) -> None:
    manifest(folder, PRIVILEGED)
    (folder / "cut.yaml").write_text('{"kind": "AdmissionReview", "req', encoding="utf-8")
    answer = ask("check", "admission", "cut.yaml", "pod.yaml", "--format", "json")

    assert answer.code == 2
    assert "cut.yaml: The JSON ends before it is complete" in answer.err
    assert [one["summary"]["subject"] for one in json.loads(answer.out)] == ["pod.yaml"]


def test_a_closed_control_denies_what_nobody_can_tell(ask: Ask, folder: Path) -> None:
    manifest(folder, "{name: web, image: web, securityContext: [privileged]}")
    closed = ("--closed", "kubernetes-pod-privileged")

    assert ask("check", "admission", "pod.yaml").code == 0
    assert ask("check", "admission", "pod.yaml", *closed).code == 1
    assert ask("check", "admission", "pod.yaml", "--fail-on", "unknown").code == 1


EVENT = {
    "eventSource": "iam.amazonaws.com",
    "eventName": "CreateUser",
    "eventID": "e-1",
    "userIdentity": {"type": "Root", "accountId": "111122223333"},
}


def test_an_event_is_shown_and_stops_nothing_unless_asked_to(ask: Ask, folder: Path) -> None:
    packed = gzip.compress(json.dumps({"Records": [EVENT]}).encode())
    (folder / "log.json.gz").write_bytes(packed)

    shown = ask("check", "event", "log.json.gz")
    assert shown.code == 0
    assert "root did CreateUser in iam.amazonaws.com" in shown.out
    assert ask("check", "event", "log.json.gz", "--fail-on", "fail").code == 1
    assert ask("check", "event", "log.json.gz", "--format", "json").json()["summary"]["fail"] == 1  # type: ignore[index]  # plain JSON


def test_a_copy_of_the_bucket_of_a_trail_is_one_answer(ask: Ask, folder: Path) -> None:
    day = folder / "bucket/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/01"
    day.mkdir(parents=True)
    for number in range(2):
        record = {**EVENT, "eventID": f"e-{number}"}
        packed = gzip.compress(json.dumps({"Records": [record]}).encode())
        (day / f"log-{number}.json.gz").write_bytes(packed)
    (folder / "bucket/notes.txt").write_text("x", encoding="utf-8")

    answer = ask("check", "event", "bucket", "--format", "json").json()
    assert answer["summary"]["not_evaluated"]["events"] == 2  # type: ignore[index]  # plain JSON
    assert answer["summary"]["not_evaluated"]["files of other kinds"] == 1  # type: ignore[index]  # plain JSON
    places = {one["at"]["file"] for one in answer["verdicts"]}  # type: ignore[attr-defined]  # plain JSON
    assert places == {f"AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/01/log-{number}.json.gz" for number in range(2)}  # fmt: skip
    (folder / "empty").mkdir()
    refused = ask("check", "event", "empty")
    assert (refused.code, "holds no event" in refused.err) == (2, True)


def test_a_file_without_events_exits_with_2(ask: Ask, folder: Path) -> None:
    (folder / "digest.json").write_text(
        '{"digestStartTime": "2026-01-01T00:00:00Z", "digestS3Bucket": "b"}', encoding="utf-8"
    )
    answer = ask("check", "event", "digest.json")

    assert answer.code == 2
    assert "This is a CloudTrail digest file" in answer.err


def test_a_folder_of_recordings_is_evaluated(ask: Ask, folder: Path) -> None:
    permission = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    groups = {"SecurityGroups": [{"GroupId": "sg-1", "IpPermissions": [permission]}]}
    place = folder / "recorded"
    place.mkdir()
    (place / "ec2.DescribeSecurityGroups_1.json").write_text(
        json.dumps({"status_code": 200, "data": groups}), encoding="utf-8"
    )

    assert "opens SSH or RDP to the world" in ask("check", "snapshot", "recorded").out
    assert ask("check", "snapshot", "recorded", "--fail-on", "fail").code == 1
    assert ask("check", "snapshot", "nowhere").code == 2
    (folder / "empty").mkdir()
    refused = ask("check", "snapshot", "empty")
    assert (refused.code, "it holds no JSON file" in refused.err) == (2, True)


def test_policies_and_webhook_are_exported(ask: Ask, folder: Path) -> None:
    policies = ask("admission", "export", "policies", "--control", "kubernetes-pod-privileged")
    webhook = ask("admission", "export", "webhook", "--image", "registry.example/tesuri:1")

    assert (policies.code, webhook.code) == (0, 0)
    assert policies.out.count("kind: ValidatingAdmissionPolicyBinding") == 1
    assert "kind: ValidatingWebhookConfiguration" in webhook.out
    assert ask("admission", "export", "webhook").code == 2
    assert "no control 'x'" in ask("admission", "export", "policies", "--control", "x").err


def test_the_webhook_is_not_served_without_a_certificate(ask: Ask, folder: Path) -> None:
    answer = ask("admission", "serve", "--port", "9")

    assert answer.code == 2
    assert "--tls-cert: --tls-cert names no file" in answer.err


def test_with_a_store_the_answer_of_admission_is_remembered(ask_known: Ask, folder: Path) -> None:
    manifest(folder, PRIVILEGED)
    assert ask_known("check", "admission", "pod.yaml").code == 0

    found = ask_known("findings", "--format", "json")
    assert '"place": "shop/Pod/web"' in found.out


def recording(folder: Path, cidr: str) -> None:
    permission = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": cidr}]}
    reply = {
        "service": "ec2",
        "operation": "DescribeSecurityGroups",
        "parameters": {},
        "region": "eu-west-1",
        "account": "111122223333",
        "data": {"SecurityGroups": [{"GroupId": "sg-1", "IpPermissions": [permission]}]},
    }
    (folder / "recorded").mkdir(exist_ok=True)
    (folder / "recorded" / "groups.json").write_text(json.dumps(reply), encoding="utf-8")


def test_with_a_store_a_snapshot_opens_findings_and_a_later_one_fixes_them(
    ask_known: Ask, folder: Path
) -> None:
    recording(folder, "0.0.0.0/0")
    opened = ask_known("check", "snapshot", "recorded")
    listed = ask_known("findings", "--format", "json").out
    recording(folder, "10.0.0.0/8")
    fixed = ask_known("check", "snapshot", "recorded")

    assert "Kept as findings: 4 new, 0 known" in opened.err
    assert "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1" in listed
    assert "1 known, 0 came back, 3 fixed" in fixed.err


def test_with_a_store_an_event_opens_a_finding(ask_known: Ask, folder: Path) -> None:
    (folder / "event.json").write_text(json.dumps(EVENT), encoding="utf-8")

    assert "Kept as findings: 1 new" in ask_known("check", "event", "event.json").err
    assert "Kept as findings: 0 new, 1 known" in ask_known("check", "event", "event.json").err


def certificates(folder: Path, head: object) -> None:
    """Record a certificate that ended on the first of June 2024, with the head of the answer."""
    name = {"ServerCertificateName": "web", "Arn": "arn:aws:iam::111122223333:server-certificate/w"}
    listed = [{**name, "Expiration": "2024-06-01T00:00:00+00:00"}]
    data = {"ServerCertificateMetadataList": listed, "ResponseMetadata": {"HTTPHeaders": head}}
    (folder / "recorded").mkdir(exist_ok=True)
    (folder / "recorded" / "iam.ListServerCertificates_1.json").write_text(
        json.dumps({"status_code": 200, "data": data}), encoding="utf-8"
    )


@pytest.mark.parametrize(
    ("dated", "as_of", "count"),
    [
        ("Mon, 13 May 2024 09:00:00 GMT", (), 0),
        ("Mon, 13 May 2024 09:00:00 GMT", ("--as-of", "now"), 1),
        ("Mon, 13 May 2024 09:00:00 GMT", ("--as-of", "2024-06-02"), 1),
        ("", (), 1),
        ("", ("--as-of", "2024-05-30T00:00:00Z"), 0),
        ("Mon, 13 May 2999 09:00:00 GMT", (), 1),
    ],
)
def test_a_recording_is_judged_at_the_time_that_it_tells(
    ask: Ask, folder: Path, dated: str, as_of: tuple[str, ...], count: int
) -> None:
    certificates(folder, {"date": dated})
    found = ask("check", "snapshot", "recorded", *as_of, "--format", "json")
    assert found.out.count('"aws-iam-server-certificate-not-expired"') == count
    assert found.code == 0


def test_a_time_that_is_none_or_lies_ahead_is_refused(ask: Ask, folder: Path) -> None:
    certificates(folder, {})
    for text in ("soon", "2999-01-01"):
        refused = ask("check", "snapshot", "recorded", "--as-of", text)
        assert (refused.code, refused.out, "--as-of" in refused.err) == (2, "", True)


def test_a_finding_of_an_event_begins_when_the_call_was_made(ask_known: Ask, folder: Path) -> None:
    (folder / "event.json").write_text(
        json.dumps({**EVENT, "eventTime": "2026-03-04T05:06:07Z"}), encoding="utf-8"
    )
    ask_known("check", "event", "event.json")
    assert "2026-03-04T05:06:07" in ask_known("findings", "--format", "json").out


def bucket_plan(folder: Path) -> None:
    block = ("block_public_acls", "block_public_policy", "ignore_public_acls")
    changes: list[dict[str, object]] = [
        {"type": "aws_s3_bucket", "after": {"bucket": "shop-logs"}},
        {
            "type": "aws_s3_bucket_public_access_block",
            "after": {"bucket": "shop-logs", **dict.fromkeys(block, False)},
        },
    ]
    plan = [
        {
            "address": f"{one['type']}.logs",
            "mode": "managed",
            "type": one["type"],
            "name": "logs",
            "change": {"actions": ["create"], "after": one["after"]},
        }
        for one in changes
    ]
    text = json.dumps({"format_version": "1.2", "resource_changes": plan})
    (folder / "bucket.json").write_text(text, encoding="utf-8")


def bucket_recording(folder: Path, *, is_blocked: bool) -> None:
    words = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    block = {"PublicAccessBlockConfiguration": dict.fromkeys(words, is_blocked)}
    place = {"service": "s3", "region": "eu-west-1", "account": "111122223333"}
    bucket = {"Bucket": "shop-logs"}
    replies = [
        {**place, "operation": "ListBuckets", "data": {"Buckets": [{"Name": "shop-logs"}]}},
        {**place, "operation": "GetPublicAccessBlock", "parameters": bucket, "data": block},
    ]
    (folder / "recorded").mkdir(exist_ok=True)
    (folder / "recorded" / "s3.json").write_text(json.dumps(replies), encoding="utf-8")


def test_finding_of_a_plan_is_due_once_its_bucket_is_seen_live_and_fixed_by_a_pass(
    ask_known: Ask, folder: Path
) -> None:
    def found(query: str = "") -> list[tuple[object, object]]:
        asked = f"rule:aws-s3-bucket-public-access-blocked {query}".strip()
        shown = ask_known("findings", asked, "--format", "json").json()["findings"]
        assert isinstance(shown, list)
        return [(one["place"], one["due_at"] is not None) for one in shown]

    bucket_plan(folder)
    ask_known("check", "plan", "bucket.json")
    assert found() == [("aws_s3_bucket.logs", False)]
    bucket_recording(folder, is_blocked=False)
    assert "1 linked, 0 not linked" in ask_known("check", "snapshot", "recorded").err
    assert found() == [("aws_s3_bucket.logs", True)]
    bucket_recording(folder, is_blocked=True)
    assert " 1 fixed." in ask_known("check", "snapshot", "recorded").err
    assert found() == []
    assert len(found("state:fixed")) == 1
