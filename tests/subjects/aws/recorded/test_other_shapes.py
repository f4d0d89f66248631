"""A recording in which something has another shape than the API gives is unknown or told there, and never a pass."""

import json

import pytest

from tesuri.model.resource import UNKNOWN, Resource
from tesuri.subjects.aws.recorded.snapshot import read_snapshot
from tesuri.subjects.cloudtrail.events import read_events
from tesuri.subjects.cloudtrail.resources import resources_of_event

RULE = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}


def group(permissions: object) -> Resource:
    data = {
        "SecurityGroups": [{"GroupId": "sg-1", "GroupName": "web", "IpPermissions": permissions}]
    }
    found = read_snapshot([("ec2.DescribeSecurityGroups_1.json", written(data))])
    return found.resources[0]


def written(data: object) -> bytes:
    return json.dumps({"status_code": 200, "data": data}).encode()


@pytest.mark.parametrize(
    ("permissions", "last"),
    [
        ("open", UNKNOWN),
        (["open"], UNKNOWN),
        ({"items": "open"}, UNKNOWN),
        ([{**RULE, "IpRanges": "open"}], {"CidrIp": UNKNOWN}),
        ([{**RULE, "IpRanges": [{"CidrIp": ["0.0.0.0/0"]}]}], {"CidrIp": UNKNOWN}),
        ([RULE], {"CidrIp": "10.0.0.0/8"}),
    ],
)
def test_rules_of_another_shape_are_unknown(permissions: object, last: object) -> None:
    rules = group(permissions).properties["SecurityGroupIngress"]

    assert isinstance(rules, list)
    (rule,) = rules
    assert ({"CidrIp": rule["CidrIp"]} if isinstance(rule, dict) else rule) == last


@pytest.mark.parametrize("given", ["x", 7, ["x"], [["x"]]])
def test_a_list_of_resources_that_is_none_is_told(given: object) -> None:
    data = written({"SecurityGroups": given})
    found = read_snapshot([("ec2.DescribeSecurityGroups_1.json", data)])

    assert found.resources == ()
    assert [one.reason for one in found.unread] == [
        "an entry of ec2.DescribeSecurityGroups has no name"
    ]


def test_an_answer_that_is_no_mapping_leaves_unknown_what_it_would_tell() -> None:
    asked = {"service": "s3", "account": "111122223333", "region": "eu-west-1"}
    replies = [
        {**asked, "operation": "ListBuckets", "data": {"Buckets": [{"Name": "web"}]}},
        {**asked, "operation": "GetBucketPolicy", "parameters": {"Bucket": "web"}, "data": "open"},
    ]
    found = read_snapshot([("replies.json", json.dumps(replies).encode())])

    (bucket,) = (one for one in found.resources if one.type == "AWS::S3::Bucket")
    assert bucket.properties["PolicyDocument"] == UNKNOWN
    assert [one.reason for one in found.unread] == [
        "s3.GetBucketPolicy of web answered with a text"
    ]


@pytest.mark.parametrize("held", ["open", ["open"], {"items": "open"}, {"items": ["open"]}])
def test_rules_of_another_shape_in_a_recorded_call_are_unknown(held: object) -> None:
    event = {
        "eventVersion": "1.08", "eventSource": "ec2.amazonaws.com", "eventName": "AuthorizeSecurityGroupIngress",
        "eventTime": "2026-01-10T09:00:00Z", "awsRegion": "eu-west-1", "recipientAccountId": "111122223333",
        "requestParameters": {"groupId": "sg-1", "ipPermissions": held}, "eventID": "a",
    }  # fmt: skip
    (read,) = read_events(json.dumps(event).encode(), where="e").events
    found = [
        one for one in resources_of_event(read, where="e") if one.type == "AWS::EC2::SecurityGroup"
    ]

    assert [one.properties["SecurityGroupIngress"] for one in found] == [[UNKNOWN]]
