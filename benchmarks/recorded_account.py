"""Recorded API replies of accounts of any size, the same at every run, in the layout that a collection writes.

Every account has a folder for each region and in it a file of records for each service. Names, ids and tags differ from
resource to resource; what controls read of them repeats itself about as often as in an estate that modules built.
"""

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import orjson

from benchmarks.generated import SEED

_REGIONS: Final = ("eu-west-1", "ap-northeast-1")
_PAGE: Final = 200
_NONE: Final = {
    "GetBucketPolicy": "NoSuchBucketPolicy",
    "GetBucketLifecycleConfiguration": "NoSuchLifecycleConfiguration",
}

Entry = dict[str, object]
Call = tuple[str, Entry, Entry]
"""Operation, parameters and answer."""
_Make = Callable[[int, random.Random, str], Entry]


def write_recordings(folder: Path, resources: int, *, accounts: int = 25) -> int:
    """Write recordings of about so many resources; gives how many resources they tell of."""
    draw = random.Random(SEED)
    share = max(1, resources // (accounts * len(_REGIONS) * _SHARES))
    written = 0
    for account in (f"{111111111111 + 7 * number:012}" for number in range(accounts)):
        for region in _REGIONS:
            place = folder / account / region
            place.mkdir(parents=True)
            for service, calls in _SERVICES.items():
                lines = [
                    _record(service, call, account, region)
                    for call in calls(share, draw, f"{account}-{region}")
                ]
                (place / f"{service}.jsonl").write_bytes(b"\n".join(lines))
            written += share * _SHARES
    return written


def _record(service: str, call: Call, account: str, region: str) -> bytes:
    operation, parameters, data = call
    told: Entry = {"service": service, "operation": operation, "parameters": parameters}
    told |= {"region": region, "account": account, "recorded_at": "2026-11-01T03:00:00Z"}
    code = _NONE.get(operation) if not data else None
    return orjson.dumps(told | ({"error": {"code": code}} if code else {"data": data}))


def _pages(operation: str, key: str, entries: list[Entry]) -> Iterator[Call]:
    """Give a listing as pages of which each but the last names the next."""
    for start in range(0, len(entries), _PAGE):
        page: Entry = {key: entries[start : start + _PAGE]}
        if start + _PAGE < len(entries):
            page["NextToken"] = f"page-{start + _PAGE}"
        yield operation, {"NextToken": f"page-{start}"} if start else {}, page


def _ec2(share: int, draw: random.Random, place: str) -> Iterator[Call]:
    listings: tuple[tuple[str, str, _Make, int], ...] = (
        ("DescribeSecurityGroups", "SecurityGroups", _group, 5),
        ("DescribeInstances", "Reservations", _reservation, 3),
        ("DescribeVolumes", "Volumes", _volume, 3),
    )
    for operation, key, make, times in listings:
        made = [make(number, draw, place) for number in range(share * times)]
        yield from _pages(operation, key, made)


def _s3(share: int, draw: random.Random, place: str) -> Iterator[Call]:
    names = [f"{draw.choice(_WORDS)}-{place}-{number}" for number in range(share * 2)]
    yield "ListBuckets", {}, {"Buckets": [{"Name": name} for name in names]}
    for name in names:
        asked: Entry = {"Bucket": name}
        algorithm = draw.choice(("AES256", "AES256", "aws:kms"))
        rule: Entry = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm}}
        yield "GetBucketEncryption", asked, {"ServerSideEncryptionConfiguration": {"Rules": [rule]}}
        block = dict.fromkeys(_BLOCK, draw.random() < 0.9)
        yield "GetPublicAccessBlock", asked, {"PublicAccessBlockConfiguration": block}
        yield "GetBucketVersioning", asked, {"Status": "Enabled"} if draw.random() < 0.7 else {}
        yield "GetBucketLogging", asked, {}
        denied = {"Bool": {"aws:SecureTransport": "false"}}
        statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Condition": denied}
        held = {"Version": "2012-10-17", "Statement": [statement | {"Resource": f"arn:aws:s3:::{name}/*"}]}  # fmt: skip
        is_there = draw.random() < 0.5
        yield "GetBucketPolicy", asked, {"Policy": orjson.dumps(held).decode()} if is_there else {}
        yield "GetBucketLifecycleConfiguration", asked, {}


def _iam(share: int, draw: random.Random, place: str) -> Iterator[Call]:
    account = place.partition("-")[0]
    names = [f"{draw.choice(_WORDS)}-{place}-{number}" for number in range(share * 2)]
    yield from _pages("ListRoles", "Roles", [_role(name, account, draw) for name in names])
    for name in names:
        asked: Entry = {"RoleName": name}
        word = draw.choice(("ReadOnlyAccess", "AmazonS3FullAccess", "AdministratorAccess"))
        attached = {"PolicyName": word, "PolicyArn": f"arn:aws:iam::aws:policy/{word}"}
        yield "ListAttachedRolePolicies", asked, {"AttachedPolicies": [attached]}
        yield "ListRolePolicies", asked, {"PolicyNames": []}


def _lambda(share: int, draw: random.Random, place: str) -> Iterator[Call]:
    account = place.partition("-")[0]
    made: list[Entry] = []
    for number in range(share * 2):
        name = f"{draw.choice(_WORDS)}-{number}"
        found: Entry = {"FunctionName": name, "Runtime": draw.choice(("python3.12", "python3.8"))}
        found["FunctionArn"] = f"arn:aws:lambda:eu-west-1:{account}:function:{name}"
        found |= {"Role": f"arn:aws:iam::{account}:role/{name}", "Timeout": 30, "MemorySize": 256}
        found |= {"TracingConfig": {"Mode": "Active"}, "Environment": {"Variables": {"STAGE": "a"}}}
        made.append(found)
    yield from _pages("ListFunctions", "Functions", made)


def _sqs(share: int, draw: random.Random, place: str) -> Iterator[Call]:
    account = place.partition("-")[0]
    root = f"https://sqs.eu-west-1.amazonaws.com/{account}"
    urls = [f"{root}/{draw.choice(_WORDS)}-{number}" for number in range(share)]
    yield "ListQueues", {}, {"QueueUrls": urls}
    for url in urls:
        arn = f"arn:aws:sqs:eu-west-1:{account}:{url.rpartition('/')[2]}"
        told = {"QueueArn": arn, "SqsManagedSseEnabled": draw.choice(("true", "false"))}
        yield "GetQueueAttributes", {"QueueUrl": url}, {"Attributes": told}


def _rds(share: int, draw: random.Random, place: str) -> Iterator[Call]:
    account = place.partition("-")[0]
    made: list[Entry] = []
    for number in range(share):
        name = f"{draw.choice(_WORDS)}-{number}"
        found: Entry = {"DBInstanceIdentifier": name, "Engine": "postgres", "EngineVersion": "16.3"}
        found["DBInstanceArn"] = f"arn:aws:rds:eu-west-1:{account}:db:{name}"
        found |= {"StorageEncrypted": draw.random() < 0.9, "MultiAZ": draw.random() < 0.6}
        found |= {"PubliclyAccessible": draw.random() < 0.1, "BackupRetentionPeriod": 7}
        found |= {
            "DeletionProtection": True,
            "AutoMinorVersionUpgrade": True,
            "TagList": _tags(name),
        }
        made.append(found)
    yield from _pages("DescribeDBInstances", "DBInstances", made)


def _logs(share: int, _draw: random.Random, place: str) -> Iterator[Call]:
    made: list[Entry] = [
        {"logGroupName": f"/app/{place}/{number}", "retentionInDays": 30, "storedBytes": number}
        for number in range(share)
    ]
    yield from _pages("DescribeLogGroups", "logGroups", made)


def _group(number: int, draw: random.Random, place: str) -> Entry:
    port = draw.choice((443, 5432, 22, 8080, 6379))
    block = draw.choice(("10.0.0.0/8", "10.1.0.0/16", "192.168.4.0/24", "0.0.0.0/0"))
    rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
    ranges: Entry = {"IpRanges": [{"CidrIp": block, "Description": f"rule {number}"}]}
    rest: Entry = {"Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": []}
    out: Entry = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    name = f"{draw.choice(_WORDS)}-{number}"
    return {
        "GroupId": _id("sg", number, place),
        "GroupName": name,
        "Description": f"of {name}",
        "VpcId": f"vpc-{number % 7:017x}",
        "OwnerId": place.partition("-")[0],
        "IpPermissions": [rule | ranges | rest],
        "IpPermissionsEgress": [out | rest],
        "Tags": _tags(name),
    }


def _reservation(number: int, draw: random.Random, place: str) -> Entry:
    name = f"{draw.choice(_WORDS)}-{number}"
    network = {"SubnetId": f"subnet-{number % 19:017x}", "Groups": [{"GroupId": "sg-1"}]}
    machine: Entry = {
        "InstanceId": _id("i", number, place),
        "ImageId": f"ami-{number % 23:017x}",
        "InstanceType": draw.choice(("t3.micro", "m6i.large")),
        "State": {"Name": "running"},
        "MetadataOptions": {"HttpTokens": draw.choice(("required", "required", "optional"))},
        "Monitoring": {"State": "enabled"},
        "EbsOptimized": True,
        "NetworkInterfaces": [network],
        "SubnetId": network["SubnetId"],
        "SecurityGroups": [{"GroupId": "sg-1"}],
        "PrivateIpAddress": f"10.0.{number // 250 % 250}.{number % 250}",
        "Tags": _tags(name),
    }
    if draw.random() < 0.1:
        machine["PublicIpAddress"] = f"192.0.2.{number % 250}"
    return {"ReservationId": _id("r", number, place), "Instances": [machine]}


def _volume(number: int, draw: random.Random, place: str) -> Entry:
    held = {"InstanceId": _id("i", number, place), "Device": "/dev/xvda", "State": "attached"}
    return {
        "VolumeId": _id("vol", number, place),
        "Size": 20 + number % 80,
        "State": "in-use",
        "Encrypted": draw.random() < 0.8,
        "VolumeType": "gp3",
        "Attachments": [held],
        "Tags": _tags(f"disk-{number}"),
    }


def _role(name: str, account: str, draw: random.Random) -> Entry:
    service = draw.choice(("ec2.amazonaws.com", "lambda.amazonaws.com", "ecs-tasks.amazonaws.com"))
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return {
        "RoleName": name,
        "Arn": f"arn:aws:iam::{account}:role/{name}",
        "Path": "/",
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "MaxSessionDuration": 3600,
        "CreateDate": "2026-01-02T03:04:05Z",
    }


def _id(kind: str, number: int, place: str) -> str:
    return f"{kind}-{_number(place):08x}{number:09x}"


def _number(text: str) -> int:
    """Give a number of a text that is the same at every run."""
    return sum((position + 1) * ord(letter) for position, letter in enumerate(text)) % 2**32


def _tags(name: str) -> list[Entry]:
    return [
        {"Key": "Name", "Value": name},
        {"Key": "team", "Value": f"team-{len(name) % 5}"},
        {"Key": "cost-centre", "Value": f"{_number(name) % 40}"},
    ]


_WORDS: Final = ("web", "api", "batch", "orders", "search", "ledger", "mail")
_BLOCK: Final = (
    "BlockPublicAcls",
    "BlockPublicPolicy",
    "IgnorePublicAcls",
    "RestrictPublicBuckets",
)
_SERVICES: Final[dict[str, Callable[[int, random.Random, str], Iterator[Call]]]] = {
    "ec2": _ec2,
    "s3": _s3,
    "iam": _iam,
    "lambda": _lambda,
    "sqs": _sqs,
    "rds": _rds,
    "logs": _logs,
}
_SHARES: Final = 20
"""Resources of one share: so many of each type as its service makes together."""
