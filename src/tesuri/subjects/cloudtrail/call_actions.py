"""eventSource and eventName of CloudTrail → the action that policies name.

Most are the same; the tables hold those that are not. What an API needs beside its own action (iam:PassRole for a role
that it hands on) is in no record and not guessed.

**source** https://docs.aws.amazon.com/service-authorization/latest/reference/
"""

import re
from collections.abc import Mapping
from typing import Final

_PREFIXES: Final[Mapping[str, str]] = {
    "monitoring": "cloudwatch",
    "email": "ses",
    "tagging": "tag",
    "amazonmq": "mq",
    "catalog.marketplace": "aws-marketplace",
    "entitlement.marketplace": "aws-marketplace",
    "metering.marketplace": "aws-marketplace",
    "models.lex": "lex",
    "runtime.lex": "lex",
    "runtime.sagemaker": "sagemaker",
    "streams.dynamodb": "dynamodb",
    "api.pricing": "pricing",
}
_ACTIONS: Final[Mapping[str, str]] = {
    "s3:ListBuckets": "s3:ListAllMyBuckets",
    "s3:ListObjects": "s3:ListBucket",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "s3:ListObjectVersions": "s3:ListBucketVersions",
    "s3:DeleteObjects": "s3:DeleteObject",
    "s3:CopyObject": "s3:PutObject",
    "s3:CreateMultipartUpload": "s3:PutObject",
    "s3:UploadPart": "s3:PutObject",
    "s3:UploadPartCopy": "s3:PutObject",
    "s3:CompleteMultipartUpload": "s3:PutObject",
    "s3:GetBucketLifecycle": "s3:GetLifecycleConfiguration",
    "s3:PutBucketLifecycle": "s3:PutLifecycleConfiguration",
    "s3:DeleteBucketLifecycle": "s3:PutLifecycleConfiguration",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:DeleteBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:GetBucketReplication": "s3:GetReplicationConfiguration",
    "s3:PutBucketReplication": "s3:PutReplicationConfiguration",
    "s3:DeleteBucketReplication": "s3:PutReplicationConfiguration",
    "s3:DeleteBucketCors": "s3:PutBucketCORS",
    "s3:DeleteBucketTagging": "s3:PutBucketTagging",
    "s3:DeleteBucketPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:DeleteAccountPublicAccessBlock": "s3:PutAccountPublicAccessBlock",
    "lambda:Invoke": "lambda:InvokeFunction",
}
_HTTP: Final = (
    (re.compile(r"Get|List"), "GET"),
    (re.compile(r"Create|Test|Flush|Generate"), "POST"),
    (re.compile(r"Update"), "PATCH"),
    (re.compile(r"Put|Import|Tag"), "PUT"),
    (re.compile(r"Delete|Untag"), "DELETE"),
)
_DATED: Final = re.compile(r"(?:_?20\d\d_?\d\d_?\d\d)(?:v\d+)?$")


def action_of(source: str, name: str) -> str:
    """Give the action of an event: `ec2:RunInstances`, with API versions taken off the name."""
    service = source.removesuffix(".amazonaws.com").removesuffix(".aws.internal")
    prefix = _PREFIXES.get(service, service.partition(".")[0])
    if prefix == "apigateway":
        method = next((each for pattern, each in _HTTP if pattern.match(name)), name)
        return f"apigateway:{method}"
    plain = _DATED.sub("", name)
    return _ACTIONS.get(f"{prefix}:{plain}", f"{prefix}:{plain}")
