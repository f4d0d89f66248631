"""What has a shape that its format does not have is one sentence with file and pointer, exit code 2, and never a pass."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.company import Answer

Ask = Callable[..., Answer]

KEY, GROUP = "aws_kms_key", "aws_security_group"
RULE = {"from_port": 22, "to_port": 22, "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"]}
KEY_CONTROL = "aws-kms-key-not-public"
GROUP_CONTROL = "aws-ec2-security-group-admin-port-world"


def plan(kind: str, after: object, **more: object) -> str:
    change = {"actions": ["create"], "before": None, "after": after, "after_unknown": {}, **more}
    entry = {"address": f"{kind}.a", "mode": "managed", "type": kind, "name": "a", "change": change}
    good = {**entry, "address": f"{GROUP}.b", "type": GROUP, "name": "b"}
    good["change"] = {"actions": ["create"], "after": {"ingress": []}, "after_unknown": {}}
    return json.dumps({"format_version": "1.2", "resource_changes": [entry, good]})


@pytest.mark.parametrize(
    ("kind", "after", "control", "sentence"),
    [
        (KEY, {"policy": "[1, 2]"}, KEY_CONTROL, "policy: aws_kms_key.a: KeyPolicy is a list, not a policy."),
        (KEY, {"policy": "7"}, KEY_CONTROL, "KeyPolicy is a number, not a policy."),
        (KEY, {"policy": '{"Statement": "x"}'}, KEY_CONTROL, "KeyPolicy.Statement is a text, not a list of statements."),
        (KEY, {"policy": '{"Statement": [["x"]]}'}, KEY_CONTROL, "KeyPolicy.Statement[0] is a list, not a statement."),
        (KEY, {"policy": '{"Statement": [{"Effect": {"Allow": 1}, "Principal": "*", "Action": "*"}]}'}, KEY_CONTROL, "Effect is a mapping, not a text."),
        (GROUP, {"ingress": "open"}, GROUP_CONTROL, "SecurityGroupIngress is a text, not a list of rules."),
        (GROUP, {"ingress": ["open"]}, GROUP_CONTROL, "SecurityGroupIngress[0] is a text, not a rule."),
        (GROUP, {"ingress": [{**RULE, "from_port": [22]}]}, GROUP_CONTROL, "FromPort is a list, not a port."),
        (GROUP, {"ingress": [{**RULE, "protocol": {"tcp": 1}}]}, GROUP_CONTROL, "IpProtocol is a mapping, not a protocol."),
    ],
)  # fmt: skip
def test_a_property_of_another_shape_is_unknown_and_ends_with_2(
    ask: Ask, folder: Path, *, kind: str, after: object, control: str, sentence: str
) -> None:
    """A check that stumbles over a list must not pass (checkov#5627)."""
    (folder / "plan.json").write_text(plan(kind, after), encoding="utf-8")
    answer = ask("check", "plan", "plan.json", "--format", "json", "--all")
    verdicts = answer.json()["verdicts"]
    assert isinstance(verdicts, list)
    said = {(one["control"], one["address"]): one["verdict"] for one in verdicts}

    assert said[control, f"{kind}.a"] == "unknown"
    assert said[GROUP_CONTROL, f"{GROUP}.b"] == "pass"
    assert answer.code == 2
    assert sentence in answer.err
    assert answer.err.startswith("tesuri: plan.json#/resource_changes/0")


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"after": [1]}, "its planned values are a list."),
        ({"after_unknown": "x"}, "its marks of what is not known are a text."),
        ({"after_sensitive": 7}, "its marks of what is secret are a number."),
        ({"actions": "create"}, "it is no resource change that is known (no actions)."),
    ],
)
def test_a_change_of_another_shape_ends_with_2(
    ask: Ask, folder: Path, more: dict[str, object], sentence: str
) -> None:
    (folder / "plan.json").write_text(plan(KEY, **{"after": {}, **more}), encoding="utf-8")
    answer = ask("check", "plan", "plan.json", "--format", "json")

    assert answer.code == 2
    assert answer.err == f"tesuri: plan.json#/resource_changes/0: aws_kms_key.a: {sentence}\n"
    assert '"unread": 1' in answer.out


def test_a_packed_plan_is_called_packed(ask: Ask, folder: Path) -> None:
    (folder / "plan.json.gz").write_bytes(gzip.compress(plan(KEY, {}).encode()))
    answer = ask("check", "plan", "plan.json.gz")

    assert (answer.code, answer.out) == (2, "")
    assert answer.err == "tesuri: plan.json.gz: This is packed with gzip. Unpack it with gunzip.\n"


def test_a_policy_that_is_a_list_in_a_template_ends_with_2_and_names_the_line(
    ask: Ask, folder: Path
) -> None:
    (folder / "key.yaml").write_text(
        "Resources:\n  Key:\n    Type: AWS::KMS::Key\n    Properties:\n      KeyPolicy: [a]\n"
    )
    answer = ask("check", "template", "key.yaml")

    assert answer.code == 2
    assert answer.err == "tesuri: key.yaml:5: Key: KeyPolicy is a list, not a policy.\n"


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ("[1]", "default/Pod/web: it has no pod specification under spec."),
        ("{containers: {web: 1}}", "default/Pod/web: spec.containers is a mapping, not a list."),
        ("{containers: [web]}", "default/Pod/web: spec.containers[0] is a text, not a container."),
    ],
)
def test_a_pod_of_another_shape_ends_with_2(
    ask: Ask, folder: Path, spec: str, sentence: str
) -> None:
    (folder / "pod.yaml").write_text(
        f"apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec: {spec}\n"
    )
    answer = ask("check", "admission", "pod.yaml")

    assert answer.code == 2
    assert answer.err == f"tesuri: pod.yaml:1: {sentence}\n"


def test_a_list_whose_items_are_none_is_refused(ask: Ask, folder: Path) -> None:
    (folder / "list.yaml").write_text("apiVersion: v1\nkind: List\nitems: 5\n")
    answer = ask("check", "admission", "list.yaml")

    assert (answer.code, answer.out) == (2, "")
    assert "items is a number, not a list" in answer.err
