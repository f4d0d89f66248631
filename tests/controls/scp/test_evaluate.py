"""Actions, resources, and the way from the root to the account."""

from dataclasses import replace

import pytest

from tests.controls.scp.documents import (
    ACCOUNT,
    NOW,
    answer,
    asked,
    level,
    policy,
    request,
    statement,
)
from tesuri.controls.scp.evaluate import answer_request
from tesuri.controls.scp.policy import FULL_AWS_ACCESS, read_policy
from tesuri.controls.scp.request import read_request
from tesuri.model.errors import BadInput
from tesuri.model.scp import ScpDecision, ScpTarget, TargetKind

DENY, LEAVE = ScpDecision.DENY, ScpDecision.NOT_DENIED
TRAIL = f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/org-trail"


@pytest.mark.parametrize(
    ("pattern", "action", "is_denied"),
    [
        ("*", "s3:GetObject", True),
        ("s3:*", "s3:GetObject", True),
        ("S3:getobject", "s3:GetObject", True),
        ("s3:*Object", "s3:PutObject", True),
        ("s3:Get*", "s3:PutObject", False),
        ("s3:Get?bject", "s3:GetObject", True),
        ("s3:GetObject", "s3:GetObjectAcl", False),
        ("*:Get*", "s3:GetObject", True),
        (["ec2:*", "s3:GetObject"], "s3:GetObject", True),
    ],
)
def test_actions_match_in_any_case_with_wildcards(
    pattern: object, action: str, *, is_denied: bool
) -> None:
    found = answer([policy(statement(Action=pattern))], request(action))
    assert found.decision is (DENY if is_denied else LEAVE)
    opposite = answer([policy(statement(Action=None, NotAction=pattern))], request(action))
    assert opposite.decision is (LEAVE if is_denied else DENY)


@pytest.mark.parametrize(
    ("pattern", "resource", "is_denied"),
    [
        ("*", TRAIL, True),
        ("arn:aws:cloudtrail:*:*:trail/org-*", TRAIL, True),
        ("arn:aws:cloudtrail:*:*:trail/Org-*", TRAIL, False),
        ("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/a/b", True),
        ("arn:aws:s3:::bucket", "arn:aws:s3:::bucket/a", False),
        ("arn:aws:s3:::b?cket", "arn:aws:s3:::bucket", True),
        (["arn:aws:s3:::a", "arn:aws:s3:::b"], "arn:aws:s3:::b", True),
        ("arn:aws:s3:::${aws:PrincipalAccount}-logs", f"arn:aws:s3:::{ACCOUNT}-logs", True),
        # Amazon replaces no variable before the fifth colon.
        ("arn:aws:cloudtrail:*:${aws:PrincipalAccount}:trail/*", TRAIL, False),
    ],
)
def test_resources_match_with_wildcards_and_variables(
    pattern: object, resource: str, *, is_denied: bool
) -> None:
    given = request(resource=resource)
    found = answer([policy(statement(Resource=pattern))], given)
    assert found.decision is (DENY if is_denied else LEAVE)
    opposite = answer([policy(statement(Resource=None, NotResource=pattern))], given)
    assert opposite.decision is (LEAVE if is_denied else DENY)


def test_a_pattern_of_many_stars_is_not_slow() -> None:
    stars = "a*" * 300
    found = answer(
        [policy(statement(Resource=f"arn:aws:s3:::{stars}b"))],
        request(resource="arn:aws:s3:::" + "a" * 2000),
    )
    assert found.decision is LEAVE


def test_the_first_statement_that_denies_is_named_with_its_policy() -> None:
    found = answer(
        [
            policy(statement(Action="s3:*"), statement(Action="ec2:*", Sid="NoNetwork")),
            policy(statement()),
        ],
        request(),
    )
    assert found.decisive is not None
    place = (found.decisive.policy.name, found.decisive.statement.index)
    assert (place, found.decisive.statement.sid) == (("0.json", 1), "NoNetwork")


def test_a_single_statement_needs_no_list() -> None:
    document = b'{"Version":"2012-10-17","Id":"x","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}'
    assert answer([document], request()).decision is DENY


def test_every_level_must_allow() -> None:
    allow_list = read_policy(
        policy(statement(Effect="Allow", Action=["ec2:*", "s3:*"])), where="allow.json"
    )
    root = ScpTarget(TargetKind.ROOT, "r-1", "root", (FULL_AWS_ACCESS,))
    unit = ScpTarget(TargetKind.UNIT, "ou-1", "Sandbox", (allow_list,))
    account = ScpTarget(TargetKind.ACCOUNT, ACCOUNT, "shop", (FULL_AWS_ACCESS,))
    assert answer_request((root, unit, account), request("ec2:RunInstances")).decision is LEAVE

    found = answer_request((root, unit, account), request("iam:CreateUser"))

    assert (found.decision, found.decisive, found.target) == (DENY, None, unit)
    assert found.why == "no policy of unit Sandbox allows iam:CreateUser"


def test_an_allow_of_resources_and_conditions_allows_only_these() -> None:
    narrow = read_policy(
        policy(
            statement(
                Effect="Allow",
                Action=None,
                NotAction="iam:*",
                Resource="arn:aws:s3:::logs/*",
                Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}},
            )
        ),
        where="allow.json",
    )
    path = (ScpTarget(TargetKind.UNIT, "", "unit", (narrow,)),)
    wanted = {"action": "s3:PutObject", "resource": "arn:aws:s3:::logs/1"}
    region = {"aws:RequestedRegion": "eu-west-1"}
    assert answer_request(path, asked(**wanted, context=region)).decision is LEAVE
    assert answer_request(path, asked(**wanted)).decision is DENY
    assert answer_request(path, asked(action="iam:CreateUser", context=region)).decision is DENY


def test_a_deny_above_wins_over_every_allow_below() -> None:
    path = (level(policy(statement()), name="root"), level(name="account"))
    found = answer_request(path, request())
    assert found.decision is DENY
    assert found.target is path[0]


def test_a_level_without_any_policy_allows_nothing() -> None:
    empty = ScpTarget(TargetKind.UNIT, "", "empty", ())
    assert answer_request((level(), empty), request()).decision is DENY


@pytest.mark.parametrize(
    "principal",
    [
        f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS",
        f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSServiceRoleForRDS/session",
    ],
)
def test_service_linked_roles_are_never_restricted(principal: str) -> None:
    given = asked(principal_arn=principal, principal_role_arn=None)
    found = answer([policy(statement(Action="*"))], given)
    assert found.decision is LEAVE
    assert found.why.startswith("service-linked roles")


def test_an_unknown_resource_leaves_a_statement_of_resources_unknown() -> None:
    given = replace(request(), resource=None)
    assert answer([policy(statement(Resource=TRAIL))], given).decision is ScpDecision.UNKNOWN
    assert answer([policy(statement())], given).decision is DENY


def test_a_sure_denial_wins_over_an_unknown_one() -> None:
    given = replace(request(), resource=None)
    found = answer([policy(statement(Resource=TRAIL), statement())], given)
    assert found.decisive is not None
    assert (found.decision, found.decisive.statement.index) == (DENY, 1)


def test_the_role_of_a_session_is_compared_also_when_only_the_session_is_given() -> None:
    conditions = {"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/Developer"}}
    given = asked(principal_role_arn=None)
    assert answer([policy(statement(Condition=conditions))], given).decision is LEAVE


def test_keys_that_amazon_always_adds_follow_from_principal_resource_and_time() -> None:
    given = asked(
        principal_arn=f"arn:aws:iam::{ACCOUNT}:user/path/bob",
        principal_role_arn=None,
        resource=TRAIL,
    )
    assert given.context["aws:username"] == ("bob",)
    assert given.context["aws:principalaccount"] == (ACCOUNT,)
    assert given.context["aws:requestedregion"] == ("eu-west-1",)
    assert given.context["aws:currenttime"] == ("2026-11-22T03:00:00Z",)
    said = asked(resource=TRAIL, context={"aws:RequestedRegion": "us-east-1"})
    assert said.context["aws:requestedregion"] == ("us-east-1",)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[]", "request.json#: A mapping is expected, not a list."),
        ("{}", "request.json#/principal_arn: principal_arn is the ARN of a user"),
        (
            '{"principal_arn": "arn:aws:iam::111122223333:root", "action": "list"}',
            "request.json#/action: The action is written service:Name.",
        ),
        ('{"actoin": "x"}', "request.json#/actoin: A request has no key 'actoin'."),
        (
            '{"principal_arn": "arn:aws:iam::111122223333:root", "action": "s3:x", "context": {"a:k": {}}}',
            "request.json#/context/a:k: A text or a list of texts is expected, not a mapping.",
        ),
    ],
)
def test_a_request_of_another_shape_is_refused_with_its_place(text: str, sentence: str) -> None:
    with pytest.raises(BadInput) as refusal:
        read_request(text.encode(), where="request.json", now=NOW)
    assert str(refusal.value).startswith(sentence)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[]", "p.json#: A policy is an object, not a list."),
        ('{"Version": "2012-10-17"}', "p.json#: The policy has no Statement."),
        ('{"Statement": "x"}', "p.json#/Statement: Statement is an object or a list, not a text."),
        ('{"Statement": []}', "p.json#/Statement: The list of statements is empty."),
        ('{"Statement": [[]]}', "p.json#/Statement/0: A statement is an object, not a list."),
        (
            '{"Statement": {"Effect": "deny", "Action": "*"}}',
            "p.json#/Statement/Effect: 'deny' is no Effect. It is Allow or Deny.",
        ),
        (
            '{"Statement": {"Effect": "Deny"}}',
            "p.json#/Statement: The statement has neither Action nor NotAction.",
        ),
        (
            '{"Statement": {"Effect": "Deny", "Action": "*", "NotAction": "*"}}',
            "p.json#/Statement: A statement has Action or NotAction, not both.",
        ),
        (
            '{"Statement": {"Effect": "Deny", "Action": [1]}}',
            "p.json#/Statement/Action/0: A text is expected, not a number.",
        ),
        (
            '{"Statement": {"Effect": "Deny", "Action": "*", "Condition": []}}',
            "p.json#/Statement/Condition: Condition is an object, not a list.",
        ),
        (
            '{"Statement": {"Effect": "Deny", "Action": "*", "Condition": {"StringIs": {}}}}',
            "p.json#/Statement/Condition/StringIs: Amazon has no condition operator 'StringIs'.",
        ),
        (
            '{"Statement": {"Effect": "Deny", "Action": "*", "Condition": {"Bool": {"a:k": []}}}}',
            "p.json#/Statement/Condition/Bool/a:k: The condition names no value.",
        ),
        ('{"Statement": {', "p.json: The JSON ends before it is complete"),
    ],
)
def test_a_policy_of_another_shape_is_refused_with_its_place(text: str, sentence: str) -> None:
    with pytest.raises(BadInput) as refusal:
        read_policy(text.encode(), where="p.json")
    assert str(refusal.value).startswith(sentence)
