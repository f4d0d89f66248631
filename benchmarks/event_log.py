"""A CloudTrail log of any size, the same at every run: reads that no control watches, and changes that some do."""

import random
from typing import Final

import orjson

from benchmarks.generated import SEED

_READS: Final = (
    ("ec2.amazonaws.com", "DescribeInstances"),
    ("ec2.amazonaws.com", "DescribeSecurityGroups"),
    ("s3.amazonaws.com", "GetBucketLocation"),
    ("sts.amazonaws.com", "GetCallerIdentity"),
    ("logs.amazonaws.com", "DescribeLogGroups"),
    ("kms.amazonaws.com", "Decrypt"),
)


def event_log(count: int, share: float) -> bytes:
    """Give a log file of so many records; `share` of them change something that a control watches."""
    draw = random.Random(SEED)
    records = [_record(number, draw, is_change=draw.random() < share) for number in range(count)]
    return orjson.dumps({"Records": records})


def _record(number: int, draw: random.Random, *, is_change: bool) -> dict[str, object]:
    source, name = draw.choice(_READS)
    parameters: object = None
    if is_change:
        source, name = "ec2.amazonaws.com", "AuthorizeSecurityGroupIngress"
        parameters = {
            "groupId": f"sg-{number:08x}",
            "ipPermissions": {"items": [_permission(draw)]},
        }
    return {
        "eventVersion": "1.09",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": f"AROA{number % 977:012}:shop",
            "arn": f"arn:aws:sts::123456789012:assumed-role/deploy/{number % 977}",
            "accountId": "123456789012",
            "sessionContext": {"attributes": {"mfaAuthenticated": "false"}},
        },
        "eventTime": f"2026-11-01T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}Z",
        "eventSource": source,
        "eventName": name,
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "192.0.2.10",
        "userAgent": "aws-cli/2.17",
        "requestParameters": parameters,
        "responseElements": {"_return": True} if is_change else None,
        "requestID": f"{number:032x}",
        "eventID": f"{number:08x}-0000-4000-8000-000000000000",
        "readOnly": not is_change,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": "123456789012",
    }


def _permission(draw: random.Random) -> dict[str, object]:
    port = draw.choice((22, 443, 3389, 8080))
    block = draw.choice(("0.0.0.0/0", "10.0.0.0/8"))
    return {
        "ipProtocol": "tcp",
        "fromPort": port,
        "toPort": port,
        "ipRanges": {"items": [{"cidrIp": block}]},
    }
