"""No shape of a plan, a template or evaluated HCL makes its reader raise anything but BadInput."""

import copy
import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tesuri.model.errors import BadInput
from tesuri.model.resource import Resource
from tesuri.subjects.cloudformation.template import read_cloudformation
from tesuri.subjects.terraform.hcl import read_terraform_hcl
from tesuri.subjects.terraform.plan import read_terraform_plan

RULE = {"from_port": 22, "to_port": 22, "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"]}
POLICY = '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*"}]}'


def entry(kind: str, after: object, **marks: object) -> dict[str, object]:
    change = {"actions": ["create"], "after": after, "after_unknown": {"id": True}, **marks}
    return {
        "address": f"{kind}.a",
        "mode": "managed",
        "type": kind,
        "name": "a",
        "change": change,
    }


PLAN: dict[str, object] = {
    "format_version": "1.2",
    "resource_changes": [
        entry("aws_security_group", {"ingress": [RULE], "tags": {"service": "x"}}),
        entry("aws_security_group_rule", {**RULE, "type": "ingress", "security_group_id": "sg-1"}),
        entry("aws_s3_bucket", {"bucket": "b", "versioning": [{"enabled": True}], "id": "b"}),
        entry("aws_s3_bucket_policy", {"bucket": "b", "policy": POLICY}),
        entry("aws_s3_bucket_acl", {"bucket": "z"}, after_sensitive={"acl": True}),
        entry("aws_ecs_task_definition", {"container_definitions": '[{"name": "a"}]'}),
        entry("aws_opensearch_domain", {"log_publishing_options": [{"log_type": "AUDIT_LOGS"}]}),
        entry("aws_cloudwatch_metric_alarm", {"dimensions": {"a": "b"}, "metric_name": "m"}),
    ],
    "configuration": {
        "provider_config": {
            "aws": {"name": "aws", "expressions": {"access_key": {"constant_value": "k"}}}
        },
        "root_module": {
            "resources": [
                {
                    "type": "aws_s3_bucket_policy",
                    "name": "a",
                    "expressions": {"bucket": {"references": ["aws_s3_bucket.a"]}},
                }
            ]
        },
    },
}
TEMPLATE: dict[str, object] = {
    "Parameters": {"P": {"Type": "String", "Default": "d"}},
    "Mappings": {"M": {"a": {"b": "c"}}},
    "Conditions": {"C": {"Fn::Equals": [{"Ref": "P"}, "d"]}},
    "Globals": {"Function": {"Runtime": "r"}},
    "Resources": {
        "Bucket": {"Type": "AWS::S3::Bucket", "Condition": "C", "Properties": {"BucketName": "b"}},
        "Policy": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": {"Statement": []}},
        },
        "Group": {
            "Type": "AWS::EC2::SecurityGroup",
            "Properties": {
                "SecurityGroupIngress": [
                    {"CidrIp": {"Fn::If": ["C", "a", "b"]}, "FromPort": {"Fn::Select": [0, ["22"]]}}
                ],
                "GroupName": {"Fn::FindInMap": ["M", "a", "b"]},
                "Tags": [{"Key": "k", "Value": {"Fn::Sub": "${P}-${Bucket.Arn}"}}],
            },
        },
        "Work": {"Type": "AWS::Serverless::Function", "Properties": {"Tags": {"a": "b"}}},
        "Fn::ForEach::Loop": ["X", ["1"], {"Q${X}": {"Type": "AWS::SQS::Queue"}}],
    },
}


def meta(path: str, kind: str = "resource") -> dict[str, object]:
    return {"path": path, "type": kind, "filename": "main.tf", "line_start": 1, "line_end": 3}


TREE: dict[str, object] = {
    "aws_s3_bucket": [
        {
            "__tfmeta": meta("aws_s3_bucket.a"),
            "id": "11111111-1111-1111-1111-111111111111",
            "bucket": {"__attribute__": "var.x"},
            "versioning": {"__tfmeta": {"line_start": 2, "line_end": 2}, "enabled": True},
        }
    ],
    "aws_s3_bucket_policy": [
        {
            "__tfmeta": meta("aws_s3_bucket_policy.a[0]"),
            "bucket": "11111111-1111-1111-1111-111111111111",
            "policy": '{"Statement": null}',
        }
    ],
    "aws_iam_policy_document": [
        {
            "__tfmeta": meta("data.aws_iam_policy_document.d", "data"),
            "statement": {
                "actions": ["a"],
                "principals": {"type": "AWS", "identifiers": ["*"]},
                "condition": {"test": "t", "variable": "v", "values": ["w"]},
            },
        }
    ],
    "module": [{"__tfmeta": {"path": "module.m"}, "source": "x/y"}],
}
SOURCES = {"main.tf": 'resource "aws_s3_bucket" "a" {\n  dynamic "versioning" {\n  }\n}\n'}

_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, -1, 1.5, 10**18, "", "x", "true", "22", "{", '{"a": null}', "[1]", "${a}"]),
    st.sampled_from(["11111111-1111-1111-1111-111111111111", "Bucket", "aws_s3_bucket.a.id"]),
)
_KEYS = st.sampled_from(
    ["a", "Ref", "Fn::If", "Fn::Sub", "Fn::Join", "Fn::GetAtt", "Condition", "__attribute__", "Key"]
)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=2),
    max_leaves=6,
)


@st.composite
def changed(draw: st.DrawFn, document: dict[str, object]) -> object:
    """Replace some values, deep or shallow, by others."""
    whole: object = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 3))):
        node = whole
        for _ in range(draw(st.integers(1, 12))):
            keys: list[str] | list[int] = []
            if isinstance(node, dict):
                keys = sorted(node)
            elif isinstance(node, list):
                keys = list(range(len(node)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            below = node[key]  # type: ignore[index] # the keys are the node's own
            if isinstance(below, dict | list) and below and draw(st.integers(0, 5)):
                node = below
            else:
                node[key] = draw(_VALUES)  # type: ignore[index] # the keys are the node's own
                break
    return whole


def look_at(resources: tuple[Resource, ...]) -> None:
    """Ask every resource where its properties are written, as a verdict would."""
    for one in resources:
        for name in one.properties:
            one.origins.get(f"/{name}/0/CidrIp")


@settings(max_examples=150, deadline=None)
@given(changed(PLAN))
def test_no_plan_breaks_its_reader(document: object) -> None:
    with suppress(BadInput):
        look_at(read_terraform_plan(json.dumps(document).encode(), where="p").resources)


@settings(max_examples=150, deadline=None)
@given(changed(TEMPLATE))
def test_no_template_breaks_its_reader(document: object) -> None:
    with suppress(BadInput):
        look_at(read_cloudformation(json.dumps(document).encode(), where="t").resources)


@settings(max_examples=150, deadline=None)
@given(changed(TREE))
def test_no_evaluated_source_breaks_its_reader(document: object) -> None:
    look_at(read_terraform_hcl(document, SOURCES, where="").resources)


def test_the_unchanged_documents_are_read() -> None:
    assert len(read_terraform_plan(json.dumps(PLAN).encode(), where="p").resources) == 9
    assert len(read_cloudformation(json.dumps(TEMPLATE).encode(), where="t").resources) == 6
    assert len(read_terraform_hcl(TREE, SOURCES, where="").resources) == 2


@pytest.mark.parametrize("cut", range(1, 40, 3))
def test_a_cut_plan_is_refused(cut: int) -> None:
    data = json.dumps(PLAN).encode()
    with pytest.raises(BadInput, match="cut off"):
        read_terraform_plan(data[: len(data) * cut // 40], where="p")
