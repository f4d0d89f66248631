"""Resources as another project describes them, with the labels of its policies → the answers that the API would give.

Each description is what one listing call answers, with what other calls answer put inside of it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tesuri.model.resource import Resource
from tesuri.subjects.aws.recorded.snapshot import read_snapshot
from tesuri.untrusted.shape import at, items, mapping, text

_Answers = list[tuple[str, Mapping[str, object], Mapping[str, object]]]

LISTED: Final = {
    "AWS.ACM.Certificate": ("acm.DescribeCertificate", "Certificate", "CertificateArn"),
    "AWS.CloudTrail": ("cloudtrail.DescribeTrails", "trailList", "Name"),
    "AWS.CloudWatch.LogGroup": ("logs.DescribeLogGroups", "logGroups", "LogGroupName"),
    "AWS.Config.Recorder": ("config.DescribeConfigurationRecorders", "ConfigurationRecorders", "Name"),
    "AWS.DynamoDB.Table": ("dynamodb.DescribeTable", "Table", "TableName"),
    "AWS.EC2.AMI": ("ec2.DescribeImages", "Images", "ImageId"),
    "AWS.EC2.Instance": ("ec2.DescribeInstances", "Reservations", "InstanceId"),
    "AWS.EC2.NetworkACL": ("ec2.DescribeNetworkAcls", "NetworkAcls", "NetworkAclId"),
    "AWS.EC2.SecurityGroup": ("ec2.DescribeSecurityGroups", "SecurityGroups", "GroupId"),
    "AWS.EC2.Volume": ("ec2.DescribeVolumes", "Volumes", "VolumeId"),
    "AWS.ELBV2.ApplicationLoadBalancer": ("elbv2.DescribeLoadBalancers", "LoadBalancers", "LoadBalancerArn"),
    "AWS.IAM.Policy": ("iam.GetPolicy", "Policy", "Arn"),
    "AWS.IAM.Role": ("iam.GetRole", "Role", "RoleName"),
    "AWS.IAM.User": ("iam.GetUser", "User", "UserName"),
    "AWS.KMS.Key": ("kms.DescribeKey", "KeyMetadata", "KeyId"),
    "AWS.RDS.Instance": ("rds.DescribeDBInstances", "DBInstances", "DBInstanceIdentifier"),
    "AWS.Redshift.Cluster": ("redshift.DescribeClusters", "Clusters", "ClusterIdentifier"),
    "AWS.S3.Bucket": ("s3.ListBuckets", "Buckets", "Name"),
}  # fmt: skip
_SINGLE: Final = ("Certificate", "Table", "Policy", "Role", "User", "KeyMetadata")


@dataclass(frozen=True, slots=True)
class Labelled:
    """One described resource and what its policy says of it."""

    policy: str
    name: str
    is_compliant: bool
    resources: tuple[Resource, ...]


def labelled(folder: Path) -> Iterator[Labelled]:
    """Give every labelled resource of a folder; those of types that are not listed here have no resources."""
    for path in sorted(folder.rglob("*.json")):
        document = json.loads(path.read_bytes())
        kinds = [str(kind) for kind in document["resource_types"] or ()]
        for case in document["cases"]:
            kind = text(case["data"], "ResourceType") or next(
                (one for one in kinds if one in LISTED), ""
            )
            found = resources(kind, case["data"])
            yield Labelled(path.stem, case["name"], bool(case["expected_compliant"]), found)


def resources(kind: str, described: Mapping[str, object]) -> tuple[Resource, ...]:
    """Give the resources of one description."""
    if kind not in LISTED:
        return ()
    operation, path, name = LISTED[kind]
    entry = {"Arn": described.get("ARN"), **described}
    entry[name] = text(entry, name) or "one"
    answer: object = entry if path in _SINGLE else [entry]
    if path == "Reservations":
        answer = [{"Instances": [entry]}]
    answers: _Answers = [(operation, {}, {path: answer}), *_inside(kind, entry, str(entry[name]))]
    replies = [
        {
            "service": operation.partition(".")[0],
            "operation": operation.partition(".")[2],
            "parameters": parameters,
            "data": data,
        }
        for operation, parameters, data in answers
    ]
    return read_snapshot([("described.json", json.dumps(replies).encode())]).resources


def _inside(kind: str, entry: Mapping[str, object], name: str) -> _Answers:
    if kind == "AWS.S3.Bucket":
        return _bucket(entry, {"Bucket": name})
    if kind == "AWS.CloudTrail":
        return [
            ("cloudtrail.GetTrailStatus", {"Name": name}, mapping(entry, "Status")),
            (
                "cloudtrail.GetEventSelectors",
                {"TrailName": name},
                {"EventSelectors": entry.get("EventSelectors")},
            ),
        ]
    if kind == "AWS.KMS.Key":
        return [
            (
                "kms.GetKeyRotationStatus",
                {"KeyId": name},
                {"KeyRotationEnabled": entry.get("KeyRotationEnabled")},
            ),
            ("kms.GetKeyPolicy", {"KeyId": name}, {"Policy": entry.get("Policy")}),
        ]
    if kind == "AWS.IAM.Policy":
        return [
            (
                "iam.GetPolicyVersion",
                {"PolicyArn": name},
                {"PolicyVersion": {"Document": entry.get("PolicyDocument")}},
            )
        ]
    return []


def _bucket(entry: Mapping[str, object], bucket: Mapping[str, object]) -> _Answers:
    block = at(entry, "PublicAccessBlockConfiguration")
    return [
        ("s3.GetBucketEncryption", bucket, {"ServerSideEncryptionConfiguration": {"Rules": items(entry, "EncryptionRules")}}),
        ("s3.GetPublicAccessBlock", bucket, {"PublicAccessBlockConfiguration": block}),
        ("s3.GetBucketAcl", bucket, {"Grants": entry.get("Grants")}),
        ("s3.GetBucketPolicy", bucket, {"Policy": entry.get("Policy")}),
        ("s3.GetBucketLogging", bucket, {"LoggingEnabled": entry.get("LoggingPolicy")}),
        ("s3.GetBucketVersioning", bucket, {"Status": entry.get("Versioning"), "MFADelete": entry.get("MFADelete")}),
    ]  # fmt: skip
