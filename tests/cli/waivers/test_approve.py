"""Approving a change, from the gate that blocks it to the gate that lets exactly that pass."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from tests.cli.company import Answer, plan
from tests.cli.conftest import Ask

AGREED = ("--reason", "bastion moves next week", "--by", "ken", "--requested-by", "ana")
ADMIN = "aws-ec2-security-group-admin-port-world"


def verdicts(answer: Answer) -> Sequence[Mapping[str, object]]:
    return cast(Sequence[Mapping[str, object]], answer.json()["verdicts"])


def answers(answer: Answer) -> set[object]:
    return {each["answer"] for each in verdicts(answer)}


def with_rule(document: str, port: int) -> str:
    """Give the plan with one more rule, before the other one."""
    read = json.loads(document)
    rules = read["resource_changes"][0]["change"]["after"]["ingress"]
    rules.insert(0, {**rules[0], "from_port": port, "to_port": port})
    return json.dumps(read)


def with_group(document: str, name: str) -> str:
    """Give the plan with one more group."""
    read = json.loads(document)
    copied = json.loads(json.dumps(read["resource_changes"][0]))
    copied |= {"address": f"aws_security_group.{name}", "name": name}
    read["resource_changes"].insert(0, copied)
    return json.dumps(read)


def the_waiver(folder: Path) -> Path:
    found = list((folder / "waivers").iterdir())
    assert len(found) == 1
    return found[0]


def test_the_same_plan_warns_blocks_and_passes_once_it_is_approved(
    ask_known: Ask, folder: Path
) -> None:
    ample, spent = (
        ask_known("check", "plan", "plan-a.json"),
        ask_known("check", "plan", "plan-b.json"),
    )
    assert (ample.code, spent.code) == (0, 1)

    approved = ask_known("approve", "plan-b.json", *AGREED)
    assert (approved.code, approved.out) == (0, f"waivers/{the_waiver(folder).name}\n")

    passed = ask_known("check", "plan", "plan-b.json", "--format", "json")
    assert passed.code == 0
    for verdict in verdicts(passed):
        assert (verdict["verdict"], verdict["answer"]) == ("fail", "allow")
        assert verdict["waiver"] == the_waiver(folder).stem


def test_one_more_violation_blocks_by_itself(ask_known: Ask, folder: Path) -> None:
    ask_known("approve", "plan-b.json", *AGREED)
    (folder / "more.json").write_text(with_group(plan("b"), "db"), encoding="utf-8")
    more = ask_known("check", "plan", "more.json", "--format", "json")
    assert more.code == 1
    blocked = {each["address"] for each in verdicts(more) if each["answer"] == "block"}
    assert blocked == {"aws_security_group.db"}


def test_one_more_violation_in_the_same_resource_blocks_too(ask_known: Ask, folder: Path) -> None:
    ask_known("approve", "plan-b.json", *AGREED)
    (folder / "more.json").write_text(with_rule(plan("b"), 3389), encoding="utf-8")
    more = ask_known("check", "plan", "more.json", "--format", "json")
    assert more.code == 1
    blocked = {each["control"] for each in verdicts(more) if each["answer"] == "block"}
    assert ADMIN in blocked

    again = ask_known("approve", "more.json", *AGREED)
    assert "It counts as renewal 1" in again.err
    assert ask_known("check", "plan", "more.json").code == 0


def test_an_approval_moves_to_no_other_service(ask_known: Ask, folder: Path) -> None:
    ask_known("approve", "plan-a.json", *AGREED)
    assert ask_known("check", "plan", "plan-b.json").code == 1


def test_an_approval_is_made_of_the_answer_of_a_gate_as_well(ask_known: Ask, folder: Path) -> None:
    shown = ask_known("check", "plan", "plan-b.json", "--format", "json")
    (folder / "answer.json").write_text(shown.out, encoding="utf-8")
    from_answer = ask_known("approve", "answer.json", *AGREED, "--dry-run")
    from_plan = ask_known("approve", "plan-b.json", *AGREED, "--dry-run")
    listed = [each.out.partition("violations:")[2] for each in (from_answer, from_plan)]
    assert listed[0] == listed[1] != ""
    assert not (folder / "waivers").exists()


def test_the_finding_of_an_approved_violation_is_waived_and_counted(ask_known: Ask) -> None:
    ask_known("check", "plan", "plan-b.json")
    ask_known("approve", "plan-b.json", *AGREED)
    ask_known("tick")
    listed = ask_known("waivers", "--format", "json").json()
    rows = cast(Sequence[Mapping[str, object]], listed["waivers"])
    count = rows[0]["findings"]
    assert (rows[0]["state"], listed["accepted_findings"]) == ("active", count)
    assert cast(int, count) >= 1
    assert listed["accepted_before_deployment"] == count
    found = ask_known("findings", "has:waiver", "--format", "json").json()
    assert found["total"] == count


def test_a_new_violation_brings_the_finding_back(ask_known: Ask, folder: Path) -> None:
    ask_known("check", "plan", "plan-b.json")
    ask_known("approve", "plan-b.json", *AGREED)
    ask_known("tick")
    (folder / "plan-b.json").write_text(with_rule(plan("b"), 3389), encoding="utf-8")
    ask_known("check", "plan", "plan-b.json")
    ask_known("tick")
    waived = ask_known("findings", "has:waiver", "--format", "json").json()
    assert waived["total"] == 0


@pytest.mark.parametrize("requester", ["ken", " KEN ", "Ken <ken@example.com>", "ken@example.org"])
def test_nobody_approves_what_they_asked_for(ask: Ask, requester: str, folder: Path) -> None:
    words = ("--reason", "r", "--by", "ken", "--requested-by", requester)
    refused = ask("approve", "plan-b.json", *words)
    assert refused.code == 2
    assert refused.err.count("\n") == 1
    assert "does not approve it" in refused.err
    assert not (folder / "waivers").exists()


def test_a_waiver_file_that_was_written_by_hand_is_held_to_the_same_rule(
    ask: Ask, folder: Path
) -> None:
    ask("approve", "plan-b.json", *AGREED)
    path = the_waiver(folder)
    path.write_text(path.read_text("utf-8").replace('["ken"]', '["Ana@Example.com"]'), "utf-8")
    refused = ask("check", "plan", "plan-b.json")
    assert refused.code == 2
    assert "ana asked for it and approved it" in refused.err


def test_no_waiver_lives_longer_than_the_severity_allows(ask: Ask, folder: Path) -> None:
    refused = ask("approve", "plan-b.json", *AGREED, "--days", "31")
    assert (refused.code, "30 days" in refused.err) == (2, True)
    assert ask("approve", "plan-b.json", *AGREED, "--days", "30").code == 0


def test_a_short_limit_of_the_company_shortens_the_default(ask: Ask, folder: Path) -> None:
    text = "name: A\nlongest_waivers: {critical: 2 d, high: 2 d}\n"
    (folder / "tesuri.yaml").write_text(text, encoding="utf-8")
    ask("approve", "plan-b.json", *AGREED)
    listed = ask("waivers", "--format", "json").json()
    assert cast(list[dict[str, object]], listed["waivers"])[0]["life_days"] == 2


def aged(folder: Path, days: int) -> None:
    """Let the waiver be approved, and end, so many days earlier."""
    path = the_waiver(folder)
    now = datetime.now(UTC)
    lines = [
        f"{key}: {now - timedelta(days=days - life):%Y-%m-%dT%H:%M:%SZ}"
        if (life := {"approved": 0, "expires": 7, "created": 0}.get(key := line.partition(":")[0]))
        is not None
        else line
        for line in path.read_text("utf-8").splitlines()
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_an_expired_waiver_no_longer_counts(ask_known: Ask, folder: Path) -> None:
    ask_known("approve", "plan-b.json", *AGREED)
    aged(folder, 8)
    shown = ask_known("check", "plan", "plan-b.json", "--format", "json")
    assert shown.code == 1
    assert "block" in answers(shown)
    assert "expired on" in shown.out
    listed = ask_known("waivers", "--format", "json").json()
    assert cast(list[dict[str, object]], listed["waivers"])[0]["state"] == "expired"


def test_a_waiver_is_void_once_more_people_can_reach_the_service(ask: Ask, folder: Path) -> None:
    (folder / "tesuri.yaml").write_text("name: A\ndefault_policy_state: spent\n", encoding="utf-8")
    ask("approve", "plan-a.json", *AGREED)
    assert ask("check", "plan", "plan-a.json").code == 0
    service = folder / "services" / "a.yaml"
    service.write_text(service.read_text("utf-8").replace("controlled", "open"), encoding="utf-8")
    shown = ask("check", "plan", "plan-a.json")
    assert shown.code == 1
    assert "void: exposure rose from controlled to open" in shown.out


def test_what_always_blocks_is_left_out_and_said(ask: Ask, folder: Path) -> None:
    (folder / "controls").mkdir()
    (folder / "controls" / "own.yaml").write_text(_OWN, encoding="utf-8")
    told = ask("approve", "plan-b.json", *AGREED)
    assert told.code == 0
    assert "no waiver opens own-no-ssh" in told.err
    shown = ask("check", "plan", "plan-b.json", "--format", "json")
    assert shown.code == 1
    assert {each["control"] for each in verdicts(shown) if each["answer"] == "block"} == {
        "own-no-ssh"
    }
    only = ask("approve", "plan-b.json", *AGREED, "--control", "own-no-ssh")
    assert (only.code, "always blocks" in only.err) == (2, True)


_FORGED = json.dumps(
    {
        "summary": {},
        "verdicts": [
            {
                "verdict": "fail",
                "control": "a\nscope: 'true'",
                "address": "a",
                "parts": ["x"],
                "severity": "low",
            }
        ],
        "unread": [],
    }
)
_OWN = """\
id: own-no-ssh
title: {en: No SSH from anywhere, ja: SSH を許可しない}
statement: {en: No SSH from anywhere, ja: SSH を許可しない}
severity: high
must: block
resource: AWS::EC2::SecurityGroup
require: resource.SecurityGroupIngress.all(rule, rule.FromPort != 22)
message: "'port 22 is open'"
points: {plan: {}}
"""


def test_a_second_approval_has_nothing_left(ask: Ask) -> None:
    assert ask("approve", "plan-b.json", *AGREED).code == 0
    again = ask("approve", "plan-b.json", *AGREED)
    assert (again.code, "lets it pass already" in again.err) == (2, True)


def test_a_renewal_is_written_into_the_file_and_counted(ask: Ask, folder: Path) -> None:
    ask("approve", "plan-b.json", *AGREED)
    path = the_waiver(folder)
    path.write_text("# Kept: who we asked.\n" + path.read_text("utf-8"), encoding="utf-8")
    aged(folder, 8)
    words = ("waivers", "renew", path.stem, "--requested-by", "ana")
    assert ask(*words, "--by", "Ana").code == 2
    for count in (1, 2):
        assert ask(*words, "--by", "sato").code == 0
        row = cast(list[dict[str, object]], ask("waivers", "--format", "json").json()["waivers"])[0]
        assert (row["state"], row["renewals"], row["approvers"]) == ("active", count, ["sato"])
    assert path.read_text("utf-8").startswith("# Kept: who we asked.\n")
    assert "renewed twice or more" in ask("waivers", "lint").out
    assert "renewals: 2" in ask("waivers", "show", path.stem).out


def test_a_file_with_several_waivers_is_left_to_the_person(ask: Ask, folder: Path) -> None:
    one = (
        "{id: WVR-1, scope: 'finding.rule == \"x\"', reason: r, requester: a, approvers: [b], "
        "approved: 2026-01-01, expires: 2026-01-08}"
    )
    text = f"- {one}\n- {one.replace('WVR-1', 'WVR-2')}\n"
    (folder / "waivers.yaml").write_text(text, encoding="utf-8")
    refused = ask("waivers", "renew", "WVR-1", "--requested-by", "ana", "--by", "ken")
    assert (refused.code, "by hand" in refused.err) == (2, True)
    assert (folder / "waivers.yaml").read_text("utf-8") == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "7",
        "[{summary: 1}]",
        '{"summary": {}, "verdicts": [{"verdict": "fail"}], "unread": []}',
        '{"summary": {}, "verdicts": [{"verdict": "maybe"}], "unread": []}',
        _FORGED,
        '{"summary": {}, "verdicts": [], "unread": []}',
        '{"summary": {}, "verdicts": [{"verdict": "fail", ',
    ],
)
def test_what_cannot_be_approved_gives_one_sentence(ask: Ask, folder: Path, text: str) -> None:
    (folder / "odd.json").write_text(text, encoding="utf-8")
    refused = ask("approve", "odd.json", *AGREED)
    assert refused.code == 2
    assert refused.err.startswith("tesuri: ")
    assert refused.err.count("\n") == 1
    assert "bug of ours" not in refused.err
    assert not (folder / "waivers").exists()


@pytest.mark.parametrize(
    "text",
    [
        "[]]",
        "&a [*a]",
        "!!python/object:os.system x",
        "violations: true",
        "violations: [1]",
        "violations: [{control: a, address: b, parts: []}]",
        "violations: [{control: a, address: b, parts: [x], more: 1}]",
        "scope: 'true'\nviolations: [{control: a, address: b, parts: [x]}]",
        "{}",
    ],
)
def test_a_waiver_of_hostile_shape_is_refused_in_a_sentence(
    ask: Ask, folder: Path, text: str
) -> None:
    terms = "reason: r\nrequester: a\napprovers: [b]\napproved: 2026-11-01\nexpires: 2026-11-08\n"
    is_part = text.startswith(("violations", "scope"))
    (folder / "waivers").mkdir()
    (folder / "waivers" / "W.yaml").write_text(terms + text if is_part else text, encoding="utf-8")
    refused = ask("check", "plan", "plan-a.json")
    assert refused.code == 2
    assert "waivers/W.yaml" in refused.err
    assert "bug of ours" not in refused.err


def test_an_approval_says_whatever_people_write(ask: Ask, folder: Path) -> None:
    odd = 'say "no": #1 \\ {a: b}\n- 次 \u0085\u2028\U0001f600 \x07'
    words = ("--reason", odd, "--by", "佐藤: [x]", "--requested-by", "ana")
    assert ask("approve", "plan-b.json", *words, "--compensating", odd).code == 0
    row = cast(list[dict[str, object]], ask("waivers", "--format", "json").json()["waivers"])[0]
    assert (row["reason"], row["approvers"]) == (odd, ["佐藤: [x]"])
