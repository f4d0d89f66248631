"""What lint says of a policy, and that it says nothing of one that is in order."""

import json

import pytest

from tests.controls.scp.documents import policy, statement
from tesuri.controls.scp.lint import lint_policy
from tesuri.model.errors import BadInput
from tesuri.model.scp import LintLevel, LintRemark

LEFT_OUT = {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/OrgAdmin"}}


def remarks(data: bytes) -> tuple[LintRemark, ...]:
    return lint_policy(data, where="p.json")


def rules(*statements: dict[str, object], **fields: object) -> list[tuple[str, str, str]]:
    return [
        (each.level.value, each.rule, each.pointer)
        for each in remarks(policy(*statements, **fields))
    ]


def test_a_policy_in_order_gets_no_remark() -> None:
    in_order = statement(
        Sid="KeepTheTrail",
        Action=["cloudtrail:StopLogging", "cloudtrail:Delete*"],
        Resource="arn:aws:cloudtrail:*:*:trail/org-*",
        Condition={
            **LEFT_OUT,
            "StringNotEqualsIfExists": {"aws:PrincipalTag/team": "${aws:ResourceTag/team}"},
            "ForAnyValue:StringLike": {"aws:TagKeys": ["env*"]},
            "NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24"]},
            "Bool": {"aws:ViaAWSService": "false"},
        },
    )
    assert rules(in_order) == []
    allow = statement(
        Effect="Allow",
        Action="s3:*Object",
        Resource="arn:aws:s3:::logs/*",
        Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}},
    )
    assert rules(allow) == []


ERRORS = [
    (statement(Effect="Maybe"), "effect", "/Effect"),
    (statement(Action=None), "missing", ""),
    (statement(Resource=None), "missing", ""),
    (statement(NotAction="s3:*"), "both", ""),
    (statement(Principal="*"), "principal", "/Principal"),
    (statement(ArnNotLike={"aws:PrincipalArn": "x"}), "operator-outside-condition", "/ArnNotLike"),
    (statement(Resources="*"), "unknown-element", "/Resources"),
    (statement(condition={}), "wrong-case", "/condition"),
    (statement(Action="StopLogging"), "action", "/Action"),
    (statement(Action=["ec2:a", "cloudtrail.StopLogging"]), "action", "/Action/1"),
    (statement(Action="ec2:Delete Flow"), "action", "/Action"),
    (statement(Action=7), "shape", "/Action"),
    (statement(Action=[]), "shape", "/Action"),
    (statement(Action="ec2:${aws:username}"), "variable-place", "/Action"),
    (statement(Resource="bucket"), "resource", "/Resource"),
    (statement(Resource="arn:aws:s3:bucket"), "resource", "/Resource"),
    (statement(Resource="arn:aws:s3:::<bucket>"), "placeholder", "/Resource"),
    (statement(Resource="arn:aws:sns:*:*:[TOPIC_NAME]"), "placeholder", "/Resource"),
    (statement(Resource="arn:aws:sns:*:${Account}:topic"), "placeholder", "/Resource"),
    (statement(Resource="arn:aws:s3:::[bucket_name]"), "placeholder", "/Resource"),
    (
        statement(Condition={"StringNotEquals": {"aws:RequestedRegion": "{example-region-1}"}}),
        "placeholder",
        "/Condition/StringNotEquals/aws:RequestedRegion",
    ),
    (statement(Resource="arn:aws:sns:*:{{ account }}:topic"), "placeholder", "/Resource"),
    (
        statement(Condition={"StringIs": {"a:k": "x"}}),
        "operator",
        "/Condition/StringIs",
    ),
    (
        statement(Condition={"StringEquals": {"SourceIp": "x"}}),
        "condition-key",
        "/Condition/StringEquals/SourceIp",
    ),
    (
        statement(Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/33"}}),
        "condition-value",
        "/Condition/IpAddress/aws:SourceIp",
    ),
    (
        statement(Condition={"NumericLessThan": {"s3:max-keys": "ten"}}),
        "condition-value",
        "/Condition/NumericLessThan/s3:max-keys",
    ),
    (
        statement(Condition={"Bool": {"aws:SecureTransport": "no"}}),
        "condition-value",
        "/Condition/Bool/aws:SecureTransport",
    ),
    (
        statement(Condition={"ArnLike": {"aws:PrincipalArn": "OrgAdmin"}}),
        "condition-value",
        "/Condition/ArnLike/aws:PrincipalArn",
    ),
    (
        statement(Condition={"NotIpAddress": {"aws:SourceIp": "<my-cidr>"}}),
        "placeholder",
        "/Condition/NotIpAddress/aws:SourceIp",
    ),
    (
        statement(
            Condition={"ArnNotLike": {"aws:PrincipalArn": "arn:aws:sts::*:assumed-role/OrgAdmin/*"}}
        ),
        "session-arn",
        "/Condition/ArnNotLike/aws:PrincipalArn",
    ),
]


@pytest.mark.parametrize(("wrong", "rule", "pointer"), ERRORS)
def test_what_amazon_refuses_or_takes_otherwise_is_an_error(
    wrong: dict[str, object], rule: str, pointer: str
) -> None:
    found = [each for each in rules(wrong) if each[0] == "error"]
    assert found == [("error", rule, f"/Statement/0{pointer}")]


WARNINGS = [
    (statement(), "lockout", ""),
    (statement(Sid="not a word", Condition=LEFT_OUT), "sid", "/Sid"),
    (statement(Action="*:Get*", Condition=LEFT_OUT), "action", "/Action"),
    (
        statement(Resource="arn:aws:s3:*:${aws:PrincipalAccount}:b", Condition=LEFT_OUT),
        "variable-place",
        "/Resource",
    ),
    (
        statement(Condition={"StringEquals": {"aws:SourceCountry": "x"}}),
        "condition-key",
        "/Condition/StringEquals/aws:SourceCountry",
    ),
    (
        statement(Condition={"StringEquals": {"aws:RequestedRegion": "eu-*"}}),
        "wildcard",
        "/Condition/StringEquals/aws:RequestedRegion",
    ),
    (
        statement(Condition={"StringNotEquals": {"aws:PrincipalArn": "arn:aws:iam::*:role/Ops"}}),
        "wildcard",
        "/Condition/StringNotEquals/aws:PrincipalArn",
    ),
    (
        statement(Condition={"StringEquals": {"aws:TagKeys": "env"}}),
        "set-operator",
        "/Condition/StringEquals/aws:TagKeys",
    ),
    (
        statement(Condition={"ForAnyValue:StringLike": {"aws:RequestedRegion": "eu-*"}}),
        "set-operator",
        "/Condition/ForAnyValue:StringLike/aws:RequestedRegion",
    ),
    (
        statement(Condition={"ForAllValues:StringLike": {"aws:TagKeys": "env*"}}),
        "empty-set",
        "/Condition/ForAllValues:StringLike/aws:TagKeys",
    ),
    (
        statement(Condition={"stringEquals": {"aws:RequestedRegion": "eu-west-1"}}),
        "wrong-case",
        "/Condition/stringEquals",
    ),
    (
        statement(Condition={"StringEquals": {"a:k": "${aws:Team}"}}),
        "variable",
        "/Condition/StringEquals/a:k",
    ),
    (statement(Effect="Allow", Action=None, NotAction="iam:*"), "breadth", ""),
    (
        statement(Resource="arn:aws:lambda:*:*:function/*", Condition=LEFT_OUT),
        "resource",
        "/Resource",
    ),
    (
        statement(
            Condition={
                "Null": {"s3:x-amz-acl": "true"},
                "StringNotEquals": {"S3:x-amz-acl": "private"},
            }
        ),
        "contradiction",
        "/Condition/StringNotEquals/S3:x-amz-acl",
    ),
]


@pytest.mark.parametrize(
    "meant",
    [
        statement(Resource="arn:aws:lambda:*:*:*", Condition=LEFT_OUT),
        statement(Resource="arn:aws:lambda:*:*:func*", Condition=LEFT_OUT),
        statement(Resource="arn:aws:kms:*:*:alias/mine", Condition=LEFT_OUT),
        statement(Condition={"StringEquals": {"lambda:Principal": "*"}}),
        statement(Condition={"Null": {"a:k": "false"}, "StringNotEquals": {"a:k": "x"}}),
    ],
)
def test_what_is_meant_so_is_no_warning(meant: dict[str, object]) -> None:
    assert rules(meant) == []


@pytest.mark.parametrize(("doubtful", "rule", "pointer"), WARNINGS)
def test_what_is_likely_not_meant_is_a_warning(
    doubtful: dict[str, object], rule: str, pointer: str
) -> None:
    assert rules(doubtful) == [("warning", rule, f"/Statement/0{pointer}")]


def test_denying_everything_is_called_so() -> None:
    assert [each[1] for each in rules(statement(Action="*"))] == ["breadth", "lockout"]
    assert rules(statement(Action="*", Condition=LEFT_OUT)) == []


def test_a_set_that_is_checked_for_being_there_is_in_order() -> None:
    conditions = {
        "ForAllValues:StringLike": {"aws:TagKeys": "env*"},
        "Null": {"aws:TagKeys": "false"},
    }
    assert rules(statement(Condition=conditions)) == []


def test_the_version_and_the_elements_of_the_policy_are_checked() -> None:
    in_order = statement(Condition=LEFT_OUT)
    assert rules(in_order, Version=None) == [("error", "version", "/Version")]
    assert rules(in_order, Version="2008-10-17") == [("error", "version", "/Version")]
    assert rules(in_order, Comment="x") == [("error", "unknown-element", "/Comment")]
    assert rules(in_order, Condition={}) == [("error", "unknown-element", "/Condition")]
    assert rules(in_order, Id="mine") == []


def test_two_statements_of_one_sid_are_an_error() -> None:
    twin = statement(Sid="Same", Condition=LEFT_OUT)
    assert rules(twin, twin) == [("error", "repeated-sid", "/Statement/1/Sid")]


def test_a_key_that_is_given_twice_is_an_error_since_only_the_last_counts() -> None:
    data = (
        b'{"Version":"2012-10-17","Statement":[],"Statement":{"Effect":"Deny","Action":"s3:*",'
        b'"Resource":"*","Condition":{"StringEquals":{"a:k":"x"},"StringEquals":{"a:l":"y"}}}}'
    )
    found = [(each.rule, each.pointer) for each in remarks(data)]
    assert found == [
        ("repeated-key", "/Statement"),
        ("repeated-key", "/Statement/Condition/StringEquals"),
    ]


def sized(count: int) -> bytes:
    actions = [f"ec2:Action{number:05}" for number in range(count)]
    return policy(statement(Action=actions, Condition=LEFT_OUT))


def test_size_is_measured_without_white_space_against_both_quotas() -> None:
    assert [each.rule for each in remarks(sized(200))] == []
    older = remarks(sized(300))
    assert [(each.rule, each.level) for each in older] == [("size", LintLevel.WARNING)]
    assert "until May 2026" in older[0].message
    assert [(each.rule, each.level) for each in remarks(sized(600))] == [("size", LintLevel.ERROR)]
    spaced = json.dumps(json.loads(sized(300)), indent=40).encode()
    assert len(spaced) > 10_240
    assert "without white space it has" in remarks(spaced)[0].message


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[]", "p.json#: A policy is an object, not a list."),
        ('{"Statement": [[]]}', "p.json#/Statement/0: A statement is an object, not a list."),
        (
            '{"Statement": {"Condition": []}}',
            "p.json#/Statement/Condition: Condition is an object, not a list.",
        ),
        (
            '{"Statement": {"Condition": {"Bool": "true"}}}',
            "p.json#/Statement/Condition/Bool: Bool is an object, not a text.",
        ),
        ("// a comment\n{}", "p.json: This is not JSON"),
        ("", "p.json: The file is empty"),
    ],
)
def test_what_is_no_policy_is_refused_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(BadInput) as refusal:
        remarks(text.encode())
    assert str(refusal.value).startswith(sentence)
