"""A CloudTrail record as a service control policy sees it: principal, keys, action, resources."""

import pytest

from tests.subjects.calls import ACCOUNT, SESSION, TRAIL, USER, record
from tesuri.subjects.cloudtrail.call_actions import action_of
from tesuri.subjects.cloudtrail.recorded_call import recorded_call


def context(**fields: object) -> dict[str, tuple[str, ...]]:
    return dict(recorded_call(record(**fields)).requests[0].context)


def absent(**fields: object) -> frozenset[str]:
    return recorded_call(record(**fields)).requests[0].absent


def test_a_session_is_its_role_with_the_path_of_the_role() -> None:
    call = recorded_call(record())
    assert call.principal == f"arn:aws:iam::{ACCOUNT}:role/team/Developer"
    assert call.requests[0].context["aws:principalarn"] == (call.principal,)
    assert call.requests[0].account == ACCOUNT


def test_a_session_without_its_issuer_is_its_role_without_path() -> None:
    bare = {key: value for key, value in SESSION.items() if key != "sessionContext"}
    assert recorded_call(record(userIdentity=bare)).principal == (
        f"arn:aws:iam::{ACCOUNT}:role/Developer"
    )


def test_root_is_the_root_of_its_account() -> None:
    call = recorded_call(record(userIdentity={"type": "Root", "accountId": ACCOUNT}))
    assert call.principal == f"arn:aws:iam::{ACCOUNT}:root"


def test_what_the_record_shows_becomes_keys() -> None:
    found = context(tlsDetails={"tlsVersion": "TLSv1.3"})
    assert found["aws:requestedregion"] == ("eu-west-1",)
    assert found["aws:sourceip"] == ("198.51.100.7",)
    assert found["aws:multifactorauthpresent"] == ("true",)
    assert found["aws:tokenissuetime"] == ("2026-11-01T09:00:00Z",)
    assert found["aws:securetransport"] == ("true",)
    assert found["aws:viaawsservice"] == ("false",)
    assert found["aws:epochtime"] == ("1793527200",)
    assert context(userIdentity=dict(USER))["aws:username"] == ("bob",)


def test_a_key_is_absent_only_where_the_record_rules_it_out() -> None:
    assert {"aws:username", "aws:sourcevpce", "aws:assumedroot"} <= absent()
    assert "aws:multifactorauthpresent" not in absent()
    assert {"aws:multifactorauthpresent", "aws:tokenissuetime"} <= absent(userIdentity=dict(USER))
    assert "aws:principaltag/team" not in absent()


def test_a_call_through_an_endpoint_has_no_public_address() -> None:
    fields = {"vpcEndpointId": "vpce-1", "sourceIPAddress": "10.0.0.1"}
    assert context(**fields)["aws:sourcevpce"] == ("vpce-1",)
    assert context(**fields)["aws:vpcsourceip"] == ("10.0.0.1",)
    assert "aws:sourceip" in absent(**fields)
    assert "aws:sourcevpc" not in absent(**fields)


def test_a_call_through_a_service_says_so() -> None:
    through = {**SESSION, "invokedBy": "cloudformation.amazonaws.com"}
    fields = {"userIdentity": through, "sourceIPAddress": "cloudformation.amazonaws.com"}
    found = context(**fields)
    assert found["aws:viaawsservice"] == ("true",)
    assert found["aws:calledvialast"] == ("cloudformation.amazonaws.com",)
    assert "aws:sourceip" not in found
    assert "aws:calledvia" not in absent(**fields)


@pytest.mark.parametrize(
    ("identity", "reason"),
    [
        ({"type": "AWSService", "invokedBy": "rds.amazonaws.com"}, "an Amazon service made"),
        ({"type": "WebIdentityUser", "userName": "x"}, "the caller was not yet"),
        (
            {
                "type": "AssumedRole",
                "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSServiceRoleForRDS/x",
                "accountId": ACCOUNT,
            },
            "service-linked roles are never",
        ),
    ],
)
def test_callers_that_no_policy_restricts_say_why(identity: object, reason: str) -> None:
    assert recorded_call(record(userIdentity=identity)).requests[0].out_of_reach.startswith(reason)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"eventType": "AwsConsoleSignIn"}, "a sign-in"),
        ({"eventType": "AwsServiceEvent"}, "an event of the kind AwsServiceEvent"),
        ({"eventType": None}, ""),
    ],
)
def test_what_is_no_call_says_so(fields: dict[str, object], reason: str) -> None:
    assert recorded_call(record(**fields)).not_a_call == reason


@pytest.mark.parametrize(
    ("source", "name", "action"),
    [
        ("ec2", "RunInstances", "ec2:RunInstances"),
        ("monitoring", "DeleteAlarms", "cloudwatch:DeleteAlarms"),
        ("s3", "ListObjectsV2", "s3:ListBucket"),
        ("s3", "DeleteBucketEncryption", "s3:PutEncryptionConfiguration"),
        ("lambda", "UpdateFunctionCode20150331v2", "lambda:UpdateFunctionCode"),
        ("lambda", "Invoke", "lambda:InvokeFunction"),
        ("cloudfront", "UpdateDistribution2020_05_31", "cloudfront:UpdateDistribution"),
        ("apigateway", "CreateRestApi", "apigateway:POST"),
        ("dynamodb", "DeleteTable", "dynamodb:DeleteTable"),
    ],
)
def test_an_event_is_the_action_that_policies_name(source: str, name: str, action: str) -> None:
    assert action_of(f"{source}.amazonaws.com", name) == action


@pytest.mark.parametrize(
    ("fields", "resources"),
    [
        ({}, [TRAIL]),
        ({"requestParameters": {"name": TRAIL}}, [TRAIL]),
        ({"requestParameters": None}, [None]),
        (
            {"requestParameters": None, "errorMessage": f"not allowed on resource: {TRAIL} with"},
            [TRAIL],
        ),
        (
            {"resources": [{"ARN": "arn:aws:kms:eu-west-1:1:key/a"}]},
            ["arn:aws:kms:eu-west-1:1:key/a"],
        ),
        (
            {"resources": [{"ARN": "arn:aws:s3:::b/k"}, {"ARN": "arn:aws:s3:::b"}]},
            ["arn:aws:s3:::b/k"],
        ),
        (
            {"eventSource": "ec2.amazonaws.com", "eventName": "DescribeInstances"},
            ["*"],
        ),
        (
            {
                "eventSource": "ec2.amazonaws.com",
                "eventName": "TerminateInstances",
                "requestParameters": {"instancesSet": {"items": [{"instanceId": "i-1"}]}},
            },
            [f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/i-1"],
        ),
        (
            {
                "eventSource": "s3.amazonaws.com",
                "eventName": "DeleteBucket",
                "awsRegion": "cn-north-1",
                "requestParameters": {"bucketName": "b"},
            },
            ["arn:aws-cn:s3:::b"],
        ),
        (
            {
                "eventSource": "s3.amazonaws.com",
                "eventName": "DeleteObjects",
                "requestParameters": {"bucketName": "b"},
            },
            [None],
        ),
        (
            {
                "eventSource": "s3.amazonaws.com",
                "eventName": "GetObject",
                "requestParameters": {"bucketName": "b", "key": "a/k"},
            },
            ["arn:aws:s3:::b/a/k"],
        ),
        (
            {
                "eventSource": "lambda.amazonaws.com",
                "eventName": "Invoke",
                "requestParameters": {"functionName": "f"},
            },
            [f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:f"],
        ),
        (
            {
                "eventSource": "iam.amazonaws.com",
                "eventName": "AttachRolePolicy",
                "requestParameters": {"policyArn": "arn:aws:iam::aws:policy/X", "roleName": "r"},
            },
            [None],
        ),
    ],
)
def test_resources_are_those_that_the_record_names_and_else_unknown(
    fields: dict[str, object], resources: list[str | None]
) -> None:
    assert [each.resource for each in recorded_call(record(**fields)).requests] == resources


def test_launching_instances_touches_more_than_the_record_names() -> None:
    fields = {
        "eventSource": "ec2.amazonaws.com",
        "eventName": "RunInstances",
        "requestParameters": {
            "instanceType": "m5.large",
            "tagSpecificationSet": {"items": [{"tags": [{"key": "env", "value": "prod"}]}]},
        },
    }
    call = recorded_call(record(**fields))
    place = f"arn:aws:ec2:eu-west-1:{ACCOUNT}"
    assert [each.resource for each in call.requests] == [
        f"{place}:instance/*",
        f"{place}:volume/*",
        f"{place}:network-interface/*",
        None,
    ]
    keys = call.requests[0].context
    assert keys["ec2:instancetype"] == ("m5.large",)
    assert keys["aws:tagkeys"] == ("env",)
    assert keys["aws:requesttag/env"] == ("prod",)


def test_a_refusal_of_the_time_is_known_by_its_code() -> None:
    assert recorded_call(record(errorCode="Client.UnauthorizedOperation")).was_refused
    assert recorded_call(record(errorCode="AccessDenied")).was_refused
    assert not recorded_call(record(errorCode="TrailNotFoundException")).was_refused
    assert not recorded_call(record()).was_refused
