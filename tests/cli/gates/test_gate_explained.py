"""`tesuri check … --explain`: what led to an answer, for people, beside an answer for programs too."""

import json
from pathlib import Path

from tests.cli.company import plan
from tests.cli.conftest import Ask

CONTROL = "aws-ec2-security-group-admin-port-world"


def explained(text: str) -> str:
    """Give what is said of the port that is open to the world."""
    begin = text.index(f"({CONTROL}@")
    return text[begin : text.find("\naws_security_group", begin)]


def test_each_part_of_the_condition_is_true_false_or_unknown(ask: Ask, folder: Path) -> None:
    said = explained(ask("check", "plan", "plan-b.json", "--explain").out)

    assert "  (resource.SecurityGroupIngress[0])\n" in said
    assert "true: has(rule.CidrIp)\n" in said
    assert "false: has(rule.CidrIpv6)\n" in said
    assert "(rule.CidrIpv6 is absent)" in said


def test_each_value_has_its_place(ask: Ask, folder: Path) -> None:
    said = explained(ask("check", "plan", "plan-b.json", "--explain").out)
    place = "plan-b.json#/resource_changes/0/change/after/ingress/0"

    assert f'SecurityGroupIngress[0].CidrIp = "0.0.0.0/0"  {place}\n' in said
    assert f"SecurityGroupIngress[0].CidrIpv6  (not there)  {place}\n" in said


def test_owner_budget_remedy_and_the_way_to_a_waiver_are_said(ask_known: Ask) -> None:
    answer = ask_known("check", "plan", "plan-b.json", "--explain")
    said = explained(answer.out)

    assert answer.code == 1
    assert "owner b (tag service=b)" in said
    assert "policy state Spent: " in said
    assert " used, −" in said
    assert "the gate answers: Blocks" in said
    assert "no waiver speaks of it" in said
    assert "To mend it (terraform): " in said
    assert f"tesuri approve plan-b.json --control {CONTROL} --address aws_security_group." in said


def test_an_answer_for_programs_stays_as_it_is(ask: Ask, folder: Path) -> None:
    bare = ask("check", "plan", "plan-b.json", "--format", "json")
    told = ask("check", "plan", "--explain", "plan-b.json", "--format", "json")
    assert json.loads(told.out) == json.loads(bare.out)
    assert CONTROL in told.err


def test_a_pass_needs_no_reason(ask: Ask, folder: Path) -> None:
    (folder / "closed.json").write_text(plan("b", cidr="10.0.0.0/8"))
    assert f"({CONTROL}@" not in ask("check", "plan", "closed.json", "--explain").out


def test_a_secret_is_not_told(ask: Ask, folder: Path) -> None:
    document = json.loads(plan("b"))
    change = document["resource_changes"][0]["change"]
    change["after_sensitive"] = {"ingress": [{"cidr_blocks": [True], "from_port": True}]}
    (folder / "secret.json").write_text(json.dumps(document))
    said = ask("check", "plan", "secret.json", "--explain").out
    values = [line for line in said.splitlines() if "FromPort = " in line or "CidrIp = " in line]
    assert values
    assert all('"(sensitive)"' in line for line in values)


def test_the_reasons_are_said_in_japanese_too(ask: Ask, folder: Path) -> None:
    said = ask("check", "plan", "plan-b.json", "--explain", "--lang", "ja").out
    assert "条件と、その各部分の真偽" in said
    assert "To mend it" not in said
