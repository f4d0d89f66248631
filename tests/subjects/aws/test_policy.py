"""Policies mean the same however they are written."""

import pytest

from tesuri.model.resource import UNKNOWN, Value
from tesuri.subjects.aws.policy import normal_policy


def allowed(**more: Value) -> Value:
    statement: dict[str, Value] = {"Effect": "Allow", "Principal": "*", "Action": "a:b", **more}
    found = normal_policy({"Statement": statement})
    assert isinstance(found, dict)
    statements = found["Statement"]
    assert isinstance(statements, list)
    return statements[0]


@pytest.mark.parametrize(
    "everybody",
    [
        "*",
        "arn:aws:iam::*",
        "arn:aws:iam::*:role/sender",
        {"AWS": "arn:aws:iam::*:root"},
        {"AWS": ["*"]},
    ],
)
def test_a_principal_of_any_account_is_everybody(everybody: Value) -> None:
    found = allowed(Principal=everybody)

    assert isinstance(found, dict)
    assert found["Principal"] == {"AWS": ["*"]}


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        ("StringLike", "aws:PrincipalOrgID", "*"),
        ("ArnEquals", "aws:PrincipalArn", "arn:aws:iam::*"),
        (
            "ForAnyValue:ArnLike",
            "aws:PrincipalArn",
            ["arn:aws:iam::1:root", "arn:aws:iam::*:role/x"],
        ),
        ("ArnLike", "aws:SourceArn", "arn:aws:sns:*:*:*"),
        ("IpAddress", "aws:SourceIp", ["10.0.0.0/8", "0.0.0.0/0"]),
        ("IpAddressIfExists", "aws:SourceIp", "::/0"),
    ],
)
def test_a_condition_that_everybody_meets_narrows_nothing(
    operator: str, key: str, value: Value
) -> None:
    found = allowed(Condition={operator: {key: value}})

    assert isinstance(found, dict)
    assert "Condition" not in found


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        ("StringEquals", "aws:PrincipalOrgID", "*"),
        ("ArnEquals", "aws:PrincipalArn", "arn:aws:iam::123456789012:*"),
        ("ArnLike", "aws:SourceArn", "arn:aws:s3:*:*:one-bucket"),
        ("ArnLike", "aws:SourceArn", "arn:aws:cloudtrail:*:123456789012:trail/*"),
        ("IpAddress", "aws:SourceIp", "203.0.113.0/24"),
        ("NotIpAddress", "aws:SourceIp", "0.0.0.0/0"),
        ("StringLike", "aws:PrincipalOrgID", UNKNOWN),
    ],
)
def test_a_condition_that_narrows_stays(operator: str, key: str, value: Value) -> None:
    found = allowed(Condition={operator: {key: value}})

    assert isinstance(found, dict)
    assert found["Condition"] == {operator: {key: value}}


def test_a_denial_keeps_its_conditions() -> None:
    condition: Value = {"StringLike": {"aws:PrincipalOrgID": "*"}}
    found = allowed(Effect="Deny", Condition=condition)

    assert isinstance(found, dict)
    assert found["Condition"] == condition


def test_a_comma_after_the_last_member_does_not_hide_a_policy() -> None:
    text = '{"Statement": [{"Effect": "Allow", "Sid": "a,]", "Action": ["a:b",],}]}'

    assert normal_policy(text) == {
        "Statement": [{"Effect": "Allow", "Sid": "a,]", "Action": ["a:b"]}]
    }
    assert normal_policy("{not JSON}") is UNKNOWN
