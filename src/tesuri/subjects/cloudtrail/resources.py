"""CloudTrail records → resources: what a call made of a resource, and the event itself.

Properties that the call does not tell are unknown, except that a call which makes the resource leaves the rest at its
default. Of a list that a call adds to, only what it adds is seen, as a rule of its own in a plan is. A call that tells
nothing of a type changed nothing of it: a snapshot attribute that is not about sharing. The event is a resource of its
own type, `AWS::CloudTrail::Event`, for controls on what somebody did: a sign-in without a second factor, work as root.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from tesuri.model.resource import UNKNOWN, Origin, Resource, Value
from tesuri.model.resource_shape import resource_shape
from tesuri.subjects.aws.defaults import defaulted_names
from tesuri.subjects.aws.recorded.data_stores import relatives_of, type_of_engine
from tesuri.subjects.aws.recorded.defaults import complete_new, joined_names
from tesuri.subjects.aws.recorded.shape import Properties, entries, pick, plain
from tesuri.subjects.cloudtrail.calls import CALLS
from tesuri.subjects.cloudtrail.mapping import EventMapping, named
from tesuri.subjects.cloudtrail.records import RecordedEvent
from tesuri.subjects.planned import plain as plain_value
from tesuri.subjects.planned import planned
from tesuri.untrusted.instant import instant
from tesuri.untrusted.shape import mapping, text

EVENT: Final = "AWS::CloudTrail::Event"

_HIDDEN: Final = frozenset(
    {"HIDDEN_DUE_TO_SECURITY_REASONS", "<sensitiveDataRemoved>", "sensitiveDataRemoved", "***"}
)
"""What records have in the place of secrets."""
_LOOKED_AT: Final = (str, dict, list)
SIGN_IN: Final = "ConsoleLogin"
_USER: Final = "AWS::IAM::User"
_ROOT: Final = "AWS::IAM::Root"
_WORDS: Final = {_USER: "user", "AWS::IAM::Role": "role", "AWS::IAM::Group": "group"}
"""Types whose names events tell mostly without the path → what stands before it in the ARN."""


def events_of_types(kinds: frozenset[str]) -> frozenset[str]:
    """Give the names of the calls that tell of resources of some types."""
    found = {name for name, some in CALLS.items() if any(one.kind in kinds for one in some)}
    if kinds & {_USER, _ROOT}:
        found.add(SIGN_IN)
    return frozenset(found)


def why_nothing_changed(record: Mapping[str, object]) -> str:
    """Give why a call did nothing; empty when it did what it was asked."""
    code = text(record, "errorCode")
    if code:
        return f"the call failed: {code}"
    if text(record, "responseElements", SIGN_IN) == "Failure":
        return f"the sign-in failed: {text(record, 'errorMessage') or 'no reason given'}"
    return ""


def resources_of_event(event: RecordedEvent, *, where: str) -> Iterator[Resource]:
    """Give the resources that an event tells of, the event itself last."""
    record = event.fields
    name = text(record, "eventName")
    yield from changed_resources(event, mappings_of(name, text(record, "eventSource")), where=where)
    origin = Origin(where, pointer=event.pointer)
    if name == SIGN_IN:
        yield from _signed_in(record, origin)
    yield _event(record, origin)


def mappings_of(name: str, source: str) -> tuple[EventMapping, ...]:
    """Give what the calls of a name of a service tell of."""
    service = source.removesuffix(".amazonaws.com")
    return tuple(one for one in CALLS.get(name, ()) if one.source == service)


def changed_resources(
    event: RecordedEvent, mappings: Iterable[EventMapping], *, where: str
) -> Iterator[Resource]:
    """Give the resources that a call changed, of some of those that it tells of."""
    record = event.fields
    origin = Origin(where, pointer=event.pointer)
    request, response = (
        _shown(record.get(key)) for key in ("requestParameters", "responseElements")
    )
    for one in mappings:
        yield from _changed(one, request, response, record, origin)


def _told_arn(kind: str, name: str, answer: object, record: Mapping[str, object]) -> str:
    """Give the ARN of a user, role or group with its path, where the record tells it; empty where only its name stands.

    The answer of a call that makes one tells it, and so does the caller where a call is about the caller itself.
    """
    word = _WORDS.get(kind)
    if word is None:
        return ""
    identity = mapping(record, "userIdentity")
    issuer = mapping(identity, "sessionContext", "sessionIssuer")
    told = (text(pick(answer, word, "arn")), text(identity, "arn"), text(issuer, "arn"))
    account = _account(record)
    for arn in told:
        head, _, tail = arn.partition(f":{word}/")
        if head.endswith(f":iam::{account}") and account and tail.rpartition("/")[2] == name:
            return arn
    return ""


def possible_kinds(one: EventMapping) -> frozenset[str]:
    """Give the types that a call may tell of: the calls of RDS are about its relatives, too."""
    return frozenset({one.kind, *relatives_of(one.kind)})


def _changed(
    one: EventMapping,
    request: object,
    response: object,
    record: Mapping[str, object],
    origin: Origin,
) -> Iterator[Resource]:
    if one.only_with and pick(request, one.only_with) is None:
        return
    parts = entries(pick(response, *one.each)) if one.each else [response]
    name = text(record, "eventName")
    for part in parts or [None]:
        told = one.told(request, part)
        identity = named(request, part, one.names) or "account"
        is_about = bool(told) or name in one.making
        if one.only_named not in identity or not is_about:
            continue
        engine = {"Engine": text(pick(part, "engine")) or text(pick(request, "engine"))}
        kind = type_of_engine(one.kind, engine)
        whole = _completed(one, kind, told, name, is_answered=part is not None)
        found = _resource(kind, identity, whole, record, origin)
        arn = _told_arn(kind, identity, part, record)
        yield replace(found, arn=arn) if arn else found


def _completed(
    one: EventMapping, kind: str, told: Properties, name: str, *, is_answered: bool
) -> Properties:
    """Give what a call tells by saying nothing: defaults of what it makes, absence in what it describes."""
    later: Properties = {key: UNKNOWN for key in one.later if key not in told}
    if name in one.making:
        absent: Properties = dict.fromkeys(resource_shape(kind) or {})
        filled = {key: planned(value) for key, value in told.items() if value is not None}
        complete_new(kind, filled)
        return {
            **absent,
            **{key: plain_value(value, set()) for key, value in filled.items()},
            **later,
        }
    if name in one.describing and is_answered:
        kept = defaulted_names(kind) | joined_names(kind)
        absent = {key: None for key in resource_shape(kind) or {} if key not in kept}
        return {**absent, **later, **told}
    return told


def _shown(value: object) -> object:
    """Give parameters in which what CloudTrail hides is unknown."""
    return _without_hidden(value) if _is_hiding(value) else value


def _is_hiding(value: object) -> bool:
    if value.__class__ is str:
        return value in _HIDDEN
    parts = value.values() if isinstance(value, dict) else value
    return isinstance(parts, Iterable) and any(
        _is_hiding(part) for part in parts if part.__class__ in _LOOKED_AT
    )


def _without_hidden(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_hidden(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_without_hidden(part) for part in value]
    return UNKNOWN if value.__class__ is str and value in _HIDDEN else value


def _signed_in(record: Mapping[str, object], origin: Origin) -> Iterator[Resource]:
    """Give the user that signed in: what the sign-in says of its second factor."""
    used = text(record, "additionalEventData", "MFAUsed")
    identity = mapping(record, "userIdentity")
    kind = {"Root": _ROOT, "IAMUser": _USER}.get(text(identity, "type"))
    if kind is None:
        return
    told: Properties = {}
    if text(record, "eventTime"):
        told["PasswordLastUsed"] = text(record, "eventTime")
    if used:
        devices: list[Value] = [{"SerialNumber": "(used to sign in)"}] if used == "Yes" else []
        told["MfaDevices"] = devices
        if kind == _ROOT:
            told["MfaActive"] = used == "Yes"
    if kind == _USER:
        told |= {"UserName": text(identity, "userName"), "LoginProfile": {}}
    found = _resource(kind, text(identity, "userName") or "root", told, record, origin)
    yield replace(found, arn=text(identity, "arn") if kind == _USER else "")


def _event(record: Mapping[str, object], origin: Origin) -> Resource:
    properties = plain(record)
    assert isinstance(properties, dict)
    identity = text(record, "eventID") or origin.pointer or "event"
    return Resource(
        type=EVENT,
        address=_address(record, f"{text(record, 'eventName')}/{identity}"),
        properties=properties,
        provider_type=text(record, "eventName"),
        origin=origin,
        account=_account(record),
        seen_at=instant(record.get("eventTime")),
    )


def _resource(
    kind: str, identity: str, told: Properties, record: Mapping[str, object], origin: Origin
) -> Resource:
    """Give a resource of which only some properties are known; None says that one is absent."""
    shape = resource_shape(kind) or {}
    properties: Properties = dict.fromkeys(shape, UNKNOWN)
    if "AccountId" in properties:
        properties["AccountId"] = text(record, "recipientAccountId") or UNKNOWN
    properties |= told
    tags = told.get("Tags")
    return Resource(
        type=kind,
        address=_address(record, identity),
        properties={key: value for key, value in properties.items() if value is not None},
        provider_type=text(record, "eventName"),
        tags={text(one, "Key"): text(one, "Value") for one in tags if text(one, "Key")}
        if isinstance(tags, list)
        else {},
        origin=origin,
        account=_account(record),
        seen_at=instant(record.get("eventTime")),
    )


def _address(record: Mapping[str, object], identity: str) -> str:
    if identity.startswith(("arn:", "https:")):
        return identity
    return "/".join(
        part for part in (_account(record), text(record, "awsRegion"), identity) if part
    )


def _account(record: Mapping[str, object]) -> str:
    return text(record, "recipientAccountId") or text(record, "userIdentity", "accountId")
