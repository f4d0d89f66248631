"""Answers of S3, ECR, EFS, SNS, SQS and Secrets Manager: what is kept, and who may reach it.

**source** Amazon S3 API reference and those of the other services, the calls named here.
"""

from collections.abc import Mapping
from typing import Final

from tesuri.model.resource import Value
from tesuri.subjects.aws.policy import normal_policy
from tesuri.subjects.aws.recorded.grants import grants_of
from tesuri.subjects.aws.recorded.shape import (
    Properties,
    Rename,
    entries,
    fitted,
    pick,
    plain,
    shaped,
    tags_of,
)
from tesuri.subjects.aws.recorded.sources import Build, Detail, Listing
from tesuri.untrusted.json_document import read_json
from tesuri.untrusted.shape import text

BUCKET: Final = "AWS::S3::Bucket"
TOPIC: Final = "AWS::SNS::Topic"
QUEUE: Final = "AWS::SQS::Queue"
SECRET: Final = "AWS::SecretsManager::Secret"
REPOSITORY: Final = "AWS::ECR::Repository"
FILE_SYSTEM: Final = "AWS::EFS::FileSystem"

_BLOCKS: Final = (
    "BlockPublicAcls",
    "BlockPublicPolicy",
    "IgnorePublicAcls",
    "RestrictPublicBuckets",
)
_ALL_USERS: Final = "groups/global/AllUsers"
_ANY_ACCOUNT: Final = "groups/global/AuthenticatedUsers"
_LOG_DELIVERY: Final = "groups/s3/LogDelivery"


def public_access_block(answer: object) -> dict[str, Value]:
    """Give the four switches; what is not said is off."""
    held = pick(answer, "PublicAccessBlockConfiguration")
    told = {name: fitted(pick(held, name), "boolean") for name in _BLOCKS}
    return {name: False if value is None else value for name, value in told.items()}


def encryption(answer: object) -> dict[str, Value]:
    """Give the default encryption of a bucket in the published words."""
    held = pick(answer, "ServerSideEncryptionConfiguration")
    rules: list[Value] = []
    one = pick(held, "Rule")
    listed = entries(pick(held, "Rules")) or entries(one)
    for rule in listed or ([one] if isinstance(one, dict) else []):
        default = pick(rule, "ApplyServerSideEncryptionByDefault")
        told: dict[str, Value] = {
            "ServerSideEncryptionByDefault": {
                key: word
                for key, name in (
                    ("SSEAlgorithm", "SSEAlgorithm"),
                    ("KMSMasterKeyID", "KMSMasterKeyID"),
                )
                if (word := text(pick(default, name)))
            }
        }
        if isinstance(pick(rule, "BucketKeyEnabled"), bool):
            told["BucketKeyEnabled"] = fitted(pick(rule, "BucketKeyEnabled"), "boolean")
        rules.append(told)
    return {"ServerSideEncryptionConfiguration": rules}


def access_control(answer: object) -> str:
    """Give the canned word for the grants: the widest of them."""
    found: set[str] = set()
    held = pick(answer, "AccessControlList")
    grants = entries(pick(answer, "Grants")) or entries(pick(held, "Grant")) or entries(held)
    for grant in grants:
        uri = text(pick(grant, "Grantee", "URI")) or text(pick(grant, "Grantee"))
        permission = text(pick(grant, "Permission")).replace("_", "").casefold()
        if uri.endswith((_ALL_USERS, "AllUsers")):
            is_writing = permission in ("write", "fullcontrol", "writeacp")
            found.add("PublicReadWrite" if is_writing else "PublicRead")
        elif uri.endswith((_ANY_ACCOUNT, "AuthenticatedUsers")):
            found.add("AuthenticatedRead")
        elif uri.endswith((_LOG_DELIVERY, "LogDelivery")):
            found.add("LogDeliveryWrite")
    order = ("PublicReadWrite", "PublicRead", "AuthenticatedRead", "LogDeliveryWrite")
    return next((word for word in order if word in found), "Private")


def _versioning(answer: object) -> Properties:
    status = text(pick(answer, "Status")) or "Suspended"
    told: dict[str, Value] = {"Status": status}
    if text(pick(answer, "MFADelete")):
        told["MFADelete"] = text(pick(answer, "MFADelete"))
    return {"VersioningConfiguration": told}


def _logging(answer: object) -> Properties:
    held = pick(answer, "LoggingEnabled")
    target = text(pick(held, "TargetBucket"))
    if not target:
        return {}
    return {
        "LoggingConfiguration": {
            "DestinationBucketName": target,
            "LogFilePrefix": text(pick(held, "TargetPrefix")),
        }
    }


def _lifecycle(answer: object) -> Properties:
    rules: list[Value] = []
    for rule in entries(pick(answer, "Rules")):
        told = {
            "Id": text(pick(rule, "ID")),
            "Status": text(pick(rule, "Status")),
            "Prefix": text(pick(rule, "Filter", "Prefix")) or text(pick(rule, "Prefix")),
            "ExpirationInDays": pick(rule, "Expiration", "Days"),
            "AbortIncompleteMultipartUpload": pick(rule, "AbortIncompleteMultipartUpload"),
            "NoncurrentVersionExpiration": pick(rule, "NoncurrentVersionExpiration"),
            "Transitions": entries(pick(rule, "Transitions")) or None,
        }
        rules.append(plain(told))
    return {"LifecycleConfiguration": {"Rules": rules}}


def _ownership(answer: object) -> Properties:
    rules = entries(pick(answer, "OwnershipControls", "Rules"))
    return {"OwnershipControls": {"Rules": [plain(rule) for rule in rules]}}


def _named(name: str, *path: str) -> Build:
    def build(answer: object) -> Properties:
        value = plain(pick(answer, *path) if path else answer)
        return {} if value is None else {name: value}

    return build


def _shape_of(name: str, *path: str) -> Build:
    def build(answer: object) -> Properties:
        return {name: shaped(BUCKET, {name: pick(answer, *path) if path else answer}).get(name)}

    return build


def policy_in(name: str, *path: str) -> Build:
    """Give a builder of a property that holds a policy."""

    def build(answer: object) -> Properties:
        held = pick(answer, *path)
        return {} if held in (None, "") else {name: normal_policy(held)}

    return build


_NO_BLOCK: Final[dict[str, Value]] = dict.fromkeys(_BLOCKS, False)
_NO_POLICY: Final[Mapping[str, Properties]] = {
    "NoSuchBucketPolicy": {},
    "RepositoryPolicyNotFoundException": {},
    "PolicyNotFound": {},
    "ResourceNotFoundException": {},
}


def _bucket(
    operation: str, fills: str, build: Build, absent: Mapping[str, Properties] | None = None
) -> Detail:
    return Detail(
        f"s3.{operation}", BUCKET, ("Bucket", "BucketName"), (fills,), build, absent or {}
    )


def _parsed(value: object) -> Value:
    words = text(value)
    return (
        plain(read_json(words.encode(), where=""))
        if words.startswith(("{", "["))
        else words or None
    )


def _topic(answer: object) -> Properties:
    held = pick(answer, "Attributes")
    renames = {"PolicyDocument": ("Policy",), "KmsMasterKeyId": ("KmsMasterKeyId",)}
    return shaped(TOPIC, held, renames) | {"PolicyDocument": normal_policy(pick(held, "Policy"))}


def _queue(answer: object) -> Properties:
    held = pick(answer, "Attributes")
    found = shaped(QUEUE, held, {"Arn": ("QueueArn",), "PolicyDocument": ("Policy",)})
    for name in ("RedrivePolicy", "RedriveAllowPolicy"):
        if name in found:
            found[name] = _parsed(pick(held, name))
    return found


def _secret_rotation(entry: object) -> Value:
    if pick(entry, "RotationEnabled") is not True:
        return None
    found = {
        "RotationRules": pick(entry, "RotationRules"),
        "RotationLambdaARN": pick(entry, "RotationLambdaARN"),
    }
    return plain(found)


_SECRET: Final[Mapping[str, Rename]] = {
    "Id": ("ARN",),
    "RotationSchedule": _secret_rotation,
    "LastAccessedDate": ("LastAccessedDate",),
}


def _key_of(entry: object) -> Value:
    kind = text(pick(entry, "EncryptionConfiguration", "encryptionType"))
    if not kind:
        return None
    key = text(pick(entry, "EncryptionConfiguration", "kmsKey"))
    return {"EncryptionType": kind, **({"KmsKey": key} if key else {})}


LISTINGS: Final = (
    Listing("s3.ListBuckets", ("Buckets",), BUCKET, ("Name",), {"BucketName": ("Name",)}),
    Listing("sns.ListTopics", ("Topics",), TOPIC, ("TopicArn",)),
    Listing(
        "sqs.ListQueues", ("QueueUrls",), QUEUE, ("",), {"QueueUrl": lambda e: text(e) or None}
    ),
    Listing(
        "secretsmanager.ListSecrets",
        ("SecretList",),
        SECRET,
        ("ARN", "Name"),
        _SECRET,
    ),
    Listing(
        "secretsmanager.DescribeSecret",
        (),
        SECRET,
        ("ARN", "Name"),
        _SECRET,
    ),
    Listing(
        "ecr.DescribeRepositories",
        ("repositories",),
        REPOSITORY,
        ("repositoryName", "repositoryArn"),
        {"Arn": ("repositoryArn",), "EncryptionConfiguration": _key_of},
    ),
    Listing(
        "efs.DescribeFileSystems",
        ("FileSystems",),
        FILE_SYSTEM,
        ("FileSystemId", "FileSystemArn"),
        {"FileSystemTags": lambda e: [{"Key": k, "Value": v} for k, v in tags_of(e).items()]},
    ),
    Listing("s3control.ListAccessPoints", ("AccessPointList",), "AWS::S3::AccessPoint", ("Name",)),
    Listing("s3control.GetAccessPoint", (), "AWS::S3::AccessPoint", ("Name",)),
)

_NO_ENCRYPTION: Final[Mapping[str, Properties]] = {
    "ServerSideEncryptionConfigurationNotFoundError": {}
}

DETAILS: Final = (
    _bucket("GetBucketEncryption", "BucketEncryption", lambda a: {"BucketEncryption": encryption(a)}, _NO_ENCRYPTION),
    _bucket(
        "GetPublicAccessBlock",
        "PublicAccessBlockConfiguration",
        lambda a: {"PublicAccessBlockConfiguration": public_access_block(a)},
        {"NoSuchPublicAccessBlockConfiguration": {"PublicAccessBlockConfiguration": _NO_BLOCK}},
    ),
    _bucket("GetBucketPolicy", "PolicyDocument", policy_in("PolicyDocument", "Policy"), _NO_POLICY),
    _bucket("GetBucketVersioning", "VersioningConfiguration", _versioning),
    _bucket("GetBucketLogging", "LoggingConfiguration", _logging),
    _bucket("GetBucketAcl", "AccessControl", lambda a: {"AccessControl": access_control(a), "Grants": grants_of(a)}),
    _bucket(
        "GetBucketOwnershipControls",
        "OwnershipControls",
        _ownership,
        {"OwnershipControlsNotFoundError": {}},
    ),
    _bucket(
        "GetBucketLifecycleConfiguration",
        "LifecycleConfiguration",
        _lifecycle,
        {"NoSuchLifecycleConfiguration": {}},
    ),
    _bucket(
        "GetObjectLockConfiguration",
        "ObjectLockEnabled",
        lambda a: {"ObjectLockEnabled": text(pick(a, "ObjectLockConfiguration", "ObjectLockEnabled")) == "Enabled"},
        {"ObjectLockConfigurationNotFoundError": {"ObjectLockEnabled": False}},
    ),
    _bucket(
        "GetBucketReplication",
        "ReplicationConfiguration",
        _shape_of("ReplicationConfiguration", "ReplicationConfiguration"),
        {"ReplicationConfigurationNotFoundError": {}},
    ),
    _bucket(
        "GetBucketNotificationConfiguration",
        "NotificationConfiguration",
        _shape_of("NotificationConfiguration"),
    ),
    _bucket(
        "GetBucketWebsite",
        "WebsiteConfiguration",
        _named("WebsiteConfiguration"),
        {"NoSuchWebsiteConfiguration": {}},
    ),
    _bucket(
        "GetBucketTagging",
        "Tags",
        lambda a: {"Tags": [{"Key": k, "Value": v} for k, v in tags_of(a).items()]},
        {"NoSuchTagSet": {"Tags": []}},
    ),
    Detail(
        "sns.GetTopicAttributes",
        TOPIC,
        ("TopicArn", "Attributes.TopicArn"),
        ("PolicyDocument", "KmsMasterKeyId"),
        _topic,
        is_whole=True,
    ),
    Detail(
        "sns.ListSubscriptionsByTopic",
        TOPIC,
        ("TopicArn", "Subscriptions.0.TopicArn"),
        ("Subscriptions",),
        lambda a: {"Subscriptions": [{key: text(pick(one, key)) for key in ("Protocol", "Endpoint")} for one in entries(pick(a, "Subscriptions"))]},
    ),
    Detail(
        "sqs.GetQueueAttributes",
        QUEUE,
        ("QueueUrl", "Attributes.QueueArn"),
        ("PolicyDocument", "KmsMasterKeyId", "SqsManagedSseEnabled"),
        _queue,
        is_whole=True,
    ),
    Detail(
        "secretsmanager.GetResourcePolicy",
        SECRET,
        ("SecretId", "ARN"),
        ("ResourcePolicy",),
        lambda a: {"ResourcePolicy": normal_policy(pick(a, "ResourcePolicy"))} if pick(a, "ResourcePolicy") else {},
    ),
    Detail(
        "ecr.GetRepositoryPolicy",
        REPOSITORY,
        ("repositoryName",),
        ("RepositoryPolicyText",),
        lambda a: {"RepositoryPolicyText": normal_policy(pick(a, "policyText"))},
        _NO_POLICY,
    ),
    Detail(
        "ecr.GetLifecyclePolicy",
        REPOSITORY,
        ("repositoryName",),
        ("LifecyclePolicy",),
        lambda a: {"LifecyclePolicy": {"LifecyclePolicyText": text(pick(a, "lifecyclePolicyText"))}},
        {"LifecyclePolicyNotFoundException": {}},
    ),
    Detail(
        "efs.DescribeFileSystemPolicy",
        FILE_SYSTEM,
        ("FileSystemId",),
        ("FileSystemPolicy",),
        lambda a: {"FileSystemPolicy": normal_policy(pick(a, "Policy"))},
        _NO_POLICY,
    ),
    Detail(
        "efs.DescribeBackupPolicy",
        FILE_SYSTEM,
        ("FileSystemId",),
        ("BackupPolicy",),
        lambda a: {"BackupPolicy": {"Status": text(pick(a, "BackupPolicy", "Status"))}},
        {"PolicyNotFound": {"BackupPolicy": {"Status": "DISABLED"}}},
    ),
)  # fmt: skip

ACCOUNT_WIDE: Final = (
    Listing(
        "s3control.GetPublicAccessBlock",
        (),
        "AWS::S3::AccountPublicAccessBlock",
        (),
        {name: ("PublicAccessBlockConfiguration", name) for name in _BLOCKS},
    ),
)

NO_ACCOUNT_BLOCK: Final[Mapping[str, Properties]] = {
    "NoSuchPublicAccessBlockConfiguration": _NO_BLOCK
}
