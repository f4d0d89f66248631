"""What answers about an account say of one of its resources together: which buckets are there, who may ask for support.

Nothing here is told by a call about the resource itself. Where the recording does not hold the calls that could tell, the
property is unknown.
"""

import re
from collections.abc import Iterable
from typing import Final

from tesuri.model.resource import UNKNOWN, Origin, Value
from tesuri.subjects.aws.recorded.identity import ROLE
from tesuri.subjects.aws.recorded.storage import BUCKET
from tesuri.subjects.aws.recorded.things import Things
from tesuri.subjects.drafts import Draft
from tesuri.untrusted.shape import items, text

_ACCOUNT: Final = "AWS::Account"
_DISTRIBUTION: Final = "AWS::CloudFront::Distribution"
_OF_BUCKET: Final = re.compile(
    r"(.+?)\.s3(?:-website)?(?:[.-][a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?"
)
_NOT_THERE: Final = frozenset({"NoSuchBucket", "NotFound", "404", "HTTP 404"})
_SUPPORT: Final = ":policy/AWSSupportAccess"
_HOLDERS: Final = "iam.ListEntitiesForPolicy"
_LISTING_ROLES: Final = ("iam.ListRoles", "iam.GetAccountAuthorizationDetails")


def join_origins(drafts: Iterable[Draft], things: Things) -> None:
    """Give each distribution the buckets that it reads, and whether they are there."""
    known = _buckets(things)
    for draft in drafts:
        if draft.type != _DISTRIBUTION or "DistributionConfig" not in draft.properties:
            continue
        names = [
            match[1]
            for origin in items(draft.properties, "DistributionConfig", "Origins")
            if (match := _OF_BUCKET.fullmatch(text(origin, "DomainName")))
        ]
        draft.properties["OriginBuckets"] = [
            {"Name": name, "Exists": known.get(name, UNKNOWN)} for name in dict.fromkeys(names)
        ]


def _buckets(things: Things) -> dict[str, bool]:
    """Give which buckets are there or not, as far as some call says so; others may stand in other accounts."""
    found: dict[str, bool] = {}
    for reply in things.recording.replies:
        name = text(reply.parameters, "Bucket")
        if not reply.operation.startswith("s3.") or not name:
            continue
        if reply.error in _NOT_THERE:
            found[name] = False
        elif not reply.error:
            found.setdefault(name, True)
    named = (
        text(thing.properties.get("BucketName")) or thing.id for thing in things.of_kind(BUCKET)
    )
    return found | dict.fromkeys(named, True)


def add_support(things: Things) -> None:
    """Add to the account the roles that may open cases with the provider's support."""
    told, file = _support(things)
    if told is not None:
        things.put(_ACCOUNT, ["account"], {"SupportRoles": told}, Origin(file))


def _support(things: Things) -> tuple[Value, str]:
    """Give the roles, unknown ones included, and who says so; None where nobody looked at roles."""
    for reply in things.recording.replies:
        is_asked = text(reply.parameters, "PolicyArn").endswith(_SUPPORT)
        if reply.operation == _HOLDERS and is_asked and not reply.error:
            return [text(one, "RoleName") for one in items(reply.data, "PolicyRoles")], reply.file
    if not things.answered(*_LISTING_ROLES):
        return None, ""
    roles = things.of_kind(ROLE)
    told: list[Value] = [
        role.id for role in roles if _SUPPORT in "".join(_policies(role.properties))
    ]
    is_unsure = any(role.properties.get("ManagedPolicyArns", UNKNOWN) is UNKNOWN for role in roles)
    file = roles[0].origin.file if roles else ""
    return (told or (UNKNOWN if is_unsure else [])), file


def _policies(properties: object) -> Iterable[str]:
    return (text(one) for one in items(properties, "ManagedPolicyArns"))
