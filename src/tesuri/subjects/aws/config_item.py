"""AWS Config items → canonical resources: single items, lists of them, snapshots, and what a rule is invoked with.

The configuration of an item is either the API's description in camelCase or, for newer types, the published shape; both
fit. What Config keeps beside it (policy, encryption and blocks of a bucket) is joined. Deleted things are counted.

**source** AWS Config developer guide, "Components of a configuration item".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tesuri.model.errors import BadInput
from tesuri.model.resource import UNKNOWN, Origin, Resource, Unread
from tesuri.model.resource_shape import resource_shape
from tesuri.subjects.aws.policy import normal_policy
from tesuri.subjects.aws.recorded.defaults import complete
from tesuri.subjects.aws.recorded.shape import (
    Properties,
    entries,
    pick,
    shaped,
    tags_of,
)
from tesuri.subjects.aws.recorded.storage import access_control, encryption, public_access_block
from tesuri.subjects.aws.recorded.things import DETAILS, LISTINGS
from tesuri.subjects.planned import Planned, plain
from tesuri.untrusted.json_document import read_json, read_json_or_lines
from tesuri.untrusted.shape import at, join_pointer, mapping, shape_name, text

_BUCKET: Final = "AWS::S3::Bucket"
_LISTS: Final = ("configurationItems", "ConfigurationItems", "baseConfigurationItems", "Results")
_WRAPPERS: Final = ("configurationItem", "invokingEvent", "detail", "configurationItemSummary")
_GONE: Final = ("ResourceDeleted", "ResourceNotRecorded", "ResourceDeletedNotRecorded")
_DEEPEST: Final = 6
_BUILDERS: Final = {one.kind: one.build for one in reversed(LISTINGS)}
_MARKS: Final = (b"configurationItem", b"ConfigurationItem", b"invokingEvent")


@dataclass(frozen=True, slots=True)
class ConfigItems:
    """What the items of a file are."""

    resources: tuple[Resource, ...]
    unread: tuple[Unread, ...]
    deleted: int


def is_config_document(data: bytes) -> bool:
    """Whether a JSON file looks like items of AWS Config."""
    return any(mark in data for mark in _MARKS)


def read_config_items(data: bytes, *, where: str) -> ConfigItems:
    """Read a file of items.

    **raises** BadInput when it is no JSON or holds no item.
    """
    document = read_json_or_lines(data, where=where)
    resources: list[Resource] = []
    unread: list[Unread] = []
    deleted = 0
    for pointer, item in _items(document, "", _DEEPEST):
        origin = Origin(where, pointer=pointer)
        if isinstance(item, str):
            unread.append(Unread(f"{where}#{pointer}", item, origin))
        elif text(item, "configurationItemStatus") in _GONE:
            deleted += 1
        else:
            found = _resource(item, origin)
            (unread if isinstance(found, Unread) else resources).append(found)  # type: ignore[arg-type]  # one list each
    if not resources and not deleted:
        reason = unread[0].reason if unread else "it is empty"
        raise BadInput(f"The file holds no AWS Config item: {reason}.", where=where)
    return ConfigItems(tuple(resources), tuple(unread), deleted)


def _items(
    value: object, pointer: str, depth: int
) -> Iterator[tuple[str, Mapping[str, object] | str]]:
    """Give each item with its place, or why something is none."""
    value = _opened(value)
    if isinstance(value, list) and depth:
        for number, one in enumerate(value):
            yield from _items(one, join_pointer(pointer, number), depth - 1)
        return
    if not isinstance(value, dict):
        yield pointer, f"it is {shape_name(value)}, not a configuration item"
        return
    if text(value, "resourceType") and ("configuration" in value or _status(value)):
        yield pointer, value
        return
    for key in (*_LISTS, *_WRAPPERS):
        if depth and value.get(key) is not None:
            yield from _items(value[key], join_pointer(pointer, key), depth - 1)
            return
    yield pointer, "it has no resourceType and configuration"


def _status(value: Mapping[str, object]) -> str:
    return text(value, "configurationItemStatus")


def _opened(value: object) -> object:
    """Give the value behind text that is JSON itself, also when that is text again."""
    for _ in range(_DEEPEST):
        if not isinstance(value, str) or value.lstrip()[:1] not in ("{", "[", '"'):
            return value
        try:
            value = read_json(value.encode(), where="")
        except BadInput:
            return value
    return value


def _resource(item: Mapping[str, object], origin: Origin) -> Resource | Unread:
    kind = text(item, "resourceType")
    identity = text(item, "ARN") or text(item, "arn") or text(item, "resourceId")
    configuration = _opened(item.get("configuration"))
    if not isinstance(configuration, dict):
        reason = f"its configuration is {shape_name(configuration)}, not a mapping"
        return Unread(identity or kind, reason, origin)
    build = _BUILDERS.get(kind)
    properties = build(configuration) if build else _shaped(kind, configuration)
    properties = _without_gaps(properties)
    kept = mapping(item, "supplementaryConfiguration")
    beside = {key: _opened(part) for key, part in kept.items()}
    if kind == _BUCKET:
        properties |= _bucket(item, configuration, beside)
    else:
        properties = shaped(kind, beside) | properties
    for detail in DETAILS:
        if detail.kind == kind:
            for name in detail.fills:
                properties.setdefault(name, UNKNOWN)
    tags = tags_of(item) | tags_of(configuration)
    if tags and "Tags" in (resource_shape(kind) or {}):
        properties["Tags"] = [{"Key": key, "Value": value} for key, value in tags.items()]
    planned: dict[str, Planned] = dict(properties)  # type: ignore[arg-type]  # plain values are planned values, too
    defaults = complete(kind, planned)
    properties = {name: plain(value, set()) for name, value in planned.items()}
    return Resource(
        type=kind,
        address=identity or text(item, "resourceName") or kind,
        properties=properties,
        provider_type=kind,
        tags=tags,
        origin=origin,
        defaults=defaults,
        account=text(item, "awsAccountId") or text(item, "accountId"),
        arn=text(item, "ARN") or text(item, "arn"),
    )


def _without_gaps(properties: Properties) -> Properties:
    return {key: value for key, value in properties.items() if value is not None}


def _shaped(kind: str, configuration: Mapping[str, object]) -> Properties:
    """Give the properties, also where the configuration stands one level deeper: {pipeline: {…}, metadata: {…}}."""
    whole = shaped(kind, configuration)
    inner = [shaped(kind, part) for part in configuration.values() if isinstance(part, dict)]
    return max((whole, *inner), key=len)


def _bucket(
    item: Mapping[str, object], configuration: object, beside: Mapping[str, object]
) -> Properties:
    """Give what Config keeps beside a bucket; what it does not keep is not set."""
    found: Properties = {
        "AccountId": text(item, "awsAccountId") or text(item, "accountId") or UNKNOWN,
        "BucketName": text(pick(configuration, "name")) or text(item, "resourceName"),
        "PublicAccessBlockConfiguration": public_access_block(beside),
        "VersioningConfiguration": _versioning(beside.get("BucketVersioningConfiguration")),
        "AccessControl": access_control({"Grants": _grants(beside.get("AccessControlList"))}),
        "Tags": [{"Key": key, "Value": value} for key, value in tags_of(item).items()],
    }
    policy = at(beside.get("BucketPolicy"), "policyText")
    if policy:
        found["PolicyDocument"] = normal_policy(policy)
    if beside.get("ServerSideEncryptionConfiguration"):
        found["BucketEncryption"] = encryption(beside)
    target = text(beside.get("BucketLoggingConfiguration"), "destinationBucketName")
    if target:
        prefix = text(beside.get("BucketLoggingConfiguration"), "logFilePrefix")
        found["LoggingConfiguration"] = {"DestinationBucketName": target, "LogFilePrefix": prefix}
    # Nothing beside the bucket means that it is not set, for these.
    unset = ("PolicyDocument", "BucketEncryption", "LoggingConfiguration", "WebsiteConfiguration")
    told = {*found, *unset}
    rest = {name: UNKNOWN for one in DETAILS if one.kind == _BUCKET for name in one.fills}
    return {**{name: value for name, value in rest.items() if name not in told}, **found}


def _grants(value: object) -> list[object]:
    grants = entries(pick(value, "grantList"))
    return [
        {"Grantee": pick(one, "grantee"), "Permission": pick(one, "permission")} for one in grants
    ]


def _versioning(value: object) -> Properties:
    status = text(pick(value, "status"))
    return {"Status": status if status in ("Enabled", "Suspended") else "Suspended"}
