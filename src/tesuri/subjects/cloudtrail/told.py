"""What calls tell of the resource that they change: one function for each way in which a request says it.

A call that adds to a list, or sets one of many, says nothing of the others: they are unknown, never absent.

**source** The request and response shapes of each service's API, as CloudTrail records them.
"""

from collections.abc import Mapping
from typing import Final

from tesuri.model.resource import UNKNOWN, Value
from tesuri.subjects.aws.policy import normal_policy
from tesuri.subjects.aws.recorded.identity import document_of
from tesuri.subjects.aws.recorded.network import rules_of
from tesuri.subjects.aws.recorded.shape import (
    Properties,
    Rename,
    entries,
    fitted,
    parts_of,
    pick,
    plain,
    shaped,
)
from tesuri.subjects.aws.recorded.storage import access_control, public_access_block
from tesuri.subjects.cloudtrail.mapping import Told
from tesuri.untrusted.shape import text

_ACLS: Final = {
    "private": "Private",
    "public-read": "PublicRead",
    "public-read-write": "PublicReadWrite",
    "authenticated-read": "AuthenticatedRead",
    "log-delivery-write": "LogDeliveryWrite",
}


def rules(side: str) -> Told:
    """Give the rules that a call adds, alone, as a rule of its own in a plan is."""

    def told(request: object, _response: object) -> Properties:
        is_ingress = side == "SecurityGroupIngress"
        held = pick(request, "ipPermissions")
        added_rules = rules_of(held if parts_of(held) else [request], is_ingress=is_ingress)
        if not parts_of(held) and text(pick(request, "cidrIp")):
            added_rules = [
                {**rule, "CidrIp": text(pick(request, "cidrIp"))}
                for rule in added_rules
                if isinstance(rule, dict)
            ]
        found: Properties = {"SecurityGroupIngress": [], "SecurityGroupEgress": []}
        found[side] = added_rules
        group = text(pick(request, "groupId"))
        return found | ({"GroupId": group} if group else {})

    return told


def acl(request: object, _response: object) -> Properties:
    """Give the access control of a bucket, canned or by its grants."""
    canned = [text(one) for one in entries(pick(request, "x-amz-acl"))] or [
        text(pick(request, "x-amz-acl"))
    ]
    if canned[0] in _ACLS:
        return {"AccessControl": _ACLS[canned[0]]}
    policy = pick(request, "AccessControlPolicy") or request
    grants = pick(policy, "AccessControlList", "Grant")
    if grants is None and not canned[0]:
        return {}
    listed = grants if isinstance(grants, list) else [grants]
    return {"AccessControl": access_control({"Grants": listed})}


def block(request: object, _response: object) -> Properties:
    """Give the public access block of a bucket."""
    return {"PublicAccessBlockConfiguration": public_access_block(request)}


def account_block(request: object, _response: object) -> Properties:
    """Give the public access block of the account."""
    return dict(public_access_block(request))


OPEN: Final = dict.fromkeys(
    ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), False
)


def added(field: str, *names: str) -> Told:
    """Give the permissions that a call adds to an image or a snapshot; one that takes away adds none."""

    def told(request: object, _response: object) -> Properties:
        for name in names:
            held = pick(request, name, "add")
            if held is not None:
                return {field: [
                    {key: word for key, source in (("Group", "group"), ("UserId", "userId")) if (word := text(pick(one, source)))}
                    for one in entries(held)
                ]}  # fmt: skip
        return (
            {field: []} if any(pick(request, name, "remove") is not None for name in names) else {}
        )

    return told


def shared(request: object, _response: object) -> Properties:
    """Give the accounts that may restore a database snapshot from now on."""
    if text(pick(request, "attributeName")) != "restore":
        return {}
    return {"SharedAccounts": [text(one) for one in entries(pick(request, "valuesToAdd"))]}


def inline(request: object, _response: object) -> Properties:
    """Give the one inline policy that a call writes."""
    document = document_of(pick(request, "policyDocument"))
    return {
        "Policies": [{"PolicyName": text(pick(request, "policyName")), "PolicyDocument": document}]
    }


def inline_of(owners: str, field: str) -> Told:
    """Give an inline policy as a resource of its own, with whom it belongs to."""

    def told(request: object, _response: object) -> Properties:
        return {
            "PolicyName": text(pick(request, "policyName")),
            "PolicyDocument": document_of(pick(request, "policyDocument")),
            owners: [text(pick(request, field))],
        }

    return told


def attached(request: object, _response: object) -> Properties:
    """Give the one managed policy that a call attaches."""
    return {"ManagedPolicyArns": [text(pick(request, "policyArn"))]}


def access_key(_request: object, response: object) -> Properties:
    """Give a new access key beside those that nobody tells of."""
    key = pick(response, "accessKey")
    told = {
        "AccessKeyId": text(pick(key, "accessKeyId")),
        "Status": text(pick(key, "status")) or "Active",
    }
    # The call says nothing of the keys that were there before.
    return {"AccessKeys": [plain(told), UNKNOWN]}


def attributes(kind: str) -> Told:
    """Give the attributes of a queue or topic; an empty one is taken away."""

    def told(request: object, _response: object) -> Properties:
        held = pick(request, "attributes")
        if held is None:
            held = {text(pick(request, "attributeName")): pick(request, "attributeValue")}
        renames: Mapping[str, Rename] = {"PolicyDocument": ("Policy",)}
        found = {
            key: value
            for key, value in shaped(kind, held, renames).items()
            if key != "Tags" or value
        }
        return {key: None if value == "" else value for key, value in found.items()}

    return told


def image_scanning(request: object, _response: object) -> Properties:
    """Give whether images are scanned when they are pushed."""
    is_on = fitted(pick(request, "imageScanningConfiguration", "scanOnPush"), "boolean")
    return {} if is_on is None else {"ImageScanningConfiguration": {"ScanOnPush": is_on}}


def recovery(request: object, _response: object) -> Properties:
    """Give whether a table can be restored to a point in time."""
    held = pick(request, "pointInTimeRecoverySpecification")
    is_on = fitted(pick(held, "pointInTimeRecoveryEnabled"), "boolean")
    return (
        {}
        if is_on is None
        else {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": is_on}}
    )


def permission(request: object, _response: object) -> Properties:
    """Give the one permission that a call adds to a function; nothing is said of its URL."""
    names = {"Action": "action", "Principal": "principal", "SourceArn": "sourceArn", "SourceAccount": "sourceAccount",
             "PrincipalOrgID": "principalOrgID", "FunctionUrlAuthType": "functionUrlAuthType"}  # fmt: skip
    told: dict[str, Value] = {
        key: word for key, name in names.items() if (word := text(pick(request, name)))
    }
    # As with rules of a group: only what the call adds is seen.
    return {"Permissions": [told], "Urls": []}


def policy(name: str, *path: str) -> Told:
    """Give a policy document that stands in the request."""

    def told(request: object, _response: object) -> Properties:
        held = pick(request, *path)
        return {} if held is None else {name: normal_policy(held)}

    return told


def trail_off(_request: object, _response: object) -> Properties:
    """Give a trail that does not log."""
    return {"IsLogging": False}
