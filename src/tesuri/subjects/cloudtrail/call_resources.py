"""Which resources a recorded call touched, and which condition keys of its service its parameters show.

A record lists the resources of some services. For others a few parameters name them; where nothing does, the resource is
unknown (None), and a statement that names resources cannot be decided.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from tesuri.untrusted.shape import items, mapping, text

_Record = Mapping[str, object]
_ON_RESOURCE: Final = re.compile(r"on resource: (arn:\S+)")
_LONGEST_MESSAGE: Final = 4_000
_OF_OBJECTS: Final = re.compile(r"s3:(?:(?:Get|Put|Delete|Restore)Object|(?:Abort|List)Multipart)")
_ANY: Final = "*"

# Read-only calls of these services take no resource: a policy can only name * for them.
_WITHOUT_RESOURCE: Final = (
    *(
        "ec2:Describe",
        "iam:List",
        "cloudtrail:Describe",
        "cloudtrail:Lookup",
        "cloudwatch:Describe",
    ),
    *("sts:GetCallerIdentity", "s3:ListAllMyBuckets", "organizations:", "ce:", "health:Describe"),
)
_OWN_ARN: Final = (
    *("iam:DeletePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicyVersion"),
    *("iam:SetDefaultPolicyVersion", "iam:GetPolicy", "iam:GetPolicyVersion"),
)


def resources_of(record: _Record, action: str) -> tuple[str | None, ...]:
    """Give the ARN of each resource; * where calls of this kind have none, None where nobody knows."""
    refused = _ON_RESOURCE.search(text(record, "errorMessage")[:_LONGEST_MESSAGE])
    if refused:
        # The resource that Amazon itself compared.
        return (refused[1],)
    listed = _listed(record)
    if listed:
        return listed
    if action.startswith(_WITHOUT_RESOURCE):
        return (_ANY,)
    found = tuple(dict.fromkeys(_from_parameters(record, action)))
    return found or (None,)


def shown_keys(record: _Record) -> dict[str, tuple[str, ...]]:
    """Give the condition keys of single services that the parameters show."""
    parameters = mapping(record, "requestParameters")
    source = text(record, "eventSource").partition(".")[0]
    found: dict[str, tuple[str, ...]] = {}
    if source == "ec2" and text(parameters, "instanceType"):
        found["ec2:instancetype"] = (text(parameters, "instanceType"),)
    if source == "s3":
        for key, value in parameters.items():
            if key.lower().startswith("x-amz-") and text(value):
                found[f"s3:{key.lower()}"] = (text(value),)
    tags = [each for each in _tags(parameters) if each[0]]
    if tags:
        found["aws:tagkeys"] = tuple(key for key, _ in tags)
        found |= {f"aws:requesttag/{key.lower()}": (value,) for key, value in tags}
    return found


def _listed(record: _Record) -> tuple[str, ...]:
    """Give the listed ARNs; an object's calls list its bucket too, which is not what they act on."""
    arns = [arn for each in items(record, "resources") if (arn := text(each, "ARN"))]
    objects = [arn for arn in arns if arn.startswith("arn:aws:s3:::") and "/" in arn]
    return tuple(dict.fromkeys(objects or arns))


def _from_parameters(record: _Record, action: str) -> Iterator[str | None]:
    parameters = mapping(record, "requestParameters")
    region, account = text(record, "awsRegion"), text(record, "recipientAccountId")
    build = _BUILDERS.get(action.partition(":")[0])
    if action in _OWN_ARN:
        yield text(parameters, "policyArn") or None
    elif action.startswith("sts:AssumeRole"):
        yield text(parameters, "roleArn") or None
    elif build:
        for arn in build(parameters, action, f"{region}:{account}"):
            yield _in_partition(arn, region)


def _in_partition(arn: str | None, region: str) -> str | None:
    starts = (("cn-", "arn:aws-cn:"), ("us-gov-", "arn:aws-us-gov:"))
    partition = next((each for start, each in starts if region.startswith(start)), "arn:aws:")
    return arn and arn.replace("arn:aws:", partition, 1)


def _trails(parameters: _Record, _action: str, place: str) -> Iterator[str | None]:
    name = text(parameters, "name") or text(parameters, "trailName")
    if name:
        yield name if name.startswith("arn:") else f"arn:aws:cloudtrail:{place}:trail/{name}"


def _buckets(parameters: _Record, action: str, _place: str) -> Iterator[str | None]:
    bucket, key = text(parameters, "bucketName"), text(parameters, "key")
    is_access_point = bucket.startswith("arn:")
    whole = bucket if is_access_point else f"arn:aws:s3:::{bucket}"
    if bucket and key:
        yield f"{whole}/object/{key}" if is_access_point else f"{whole}/{key}"
    elif bucket and not _OF_OBJECTS.match(action):
        # A call on objects that names none, as one that deletes many, leaves them unknown.
        yield whole


def _instances(parameters: _Record, action: str, place: str) -> Iterator[str | None]:
    if action == "ec2:RunInstances":
        for kind in ("instance", "volume", "network-interface"):
            yield f"arn:aws:ec2:{place}:{kind}/*"
        # It also touches an image, a subnet, security groups: whose, the record shows only in part.
        yield None
    for each in items(parameters, "instancesSet", "items"):
        if text(each, "instanceId"):
            yield f"arn:aws:ec2:{place}:instance/{text(each, 'instanceId')}"


def _functions(parameters: _Record, _action: str, place: str) -> Iterator[str | None]:
    name = text(parameters, "functionName")
    if name.startswith("arn:"):
        yield name
    elif name and ":" not in name:
        yield f"arn:aws:lambda:{place}:function:{name}"


def _own_arn(key: str) -> Callable[[_Record, str, str], Iterator[str | None]]:
    def built(parameters: _Record, _action: str, _place: str) -> Iterator[str | None]:
        name = text(parameters, key)
        if name.startswith("arn:"):
            yield name

    return built


_BUILDERS: Final[Mapping[str, Callable[[_Record, str, str], Iterator[str | None]]]] = {
    "cloudtrail": _trails,
    "s3": _buckets,
    "ec2": _instances,
    "lambda": _functions,
    "sns": _own_arn("topicArn"),
    "kms": _own_arn("keyId"),
    "secretsmanager": _own_arn("secretId"),
    "elasticloadbalancing": _own_arn("loadBalancerArn"),
}


def _tags(parameters: _Record) -> Iterator[tuple[str, str]]:
    """Give the tags of a request, as EC2, and as most others write them."""
    groups = [parameters, *items(parameters, "tagSpecificationSet", "items")]
    for group in groups:
        yield from ((key, text(value)) for key, value in mapping(group, "tags").items())
        for place in (("tags",), ("tagSet", "items"), ("tagList",), ("Tags",)):
            for tag in items(group, *place):
                key = text(tag, "key") or text(tag, "Key") or text(tag, "tagKey")
                yield key, text(tag, "value") or text(tag, "Value") or text(tag, "tagValue")
