"""CloudTrail record → the call as a service control policy sees it.

What the record shows becomes condition keys; what it surely rules out is absent; every other key is unknown, because
CloudTrail does not show tags, organization paths and most keys of single services.

**source** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from tesuri.model.scp import ScpRequest
from tesuri.subjects.cloudtrail.call_actions import action_of
from tesuri.subjects.cloudtrail.call_resources import resources_of, shown_keys
from tesuri.untrusted.instant import instant
from tesuri.untrusted.shape import flag, mapping, text

_SERVICE: Final = "an Amazon service made the call itself"
_NOT_YET: Final = "the caller was not yet a user or role of an account"
_OUTSIDE: Final[Mapping[str, str]] = {
    "AWSService": _SERVICE,
    "SAMLUser": _NOT_YET,
    "WebIdentityUser": _NOT_YET,
    "Unknown": _NOT_YET,
}
_SERVICE_LINKED: Final = ":role/aws-service-role/"
_REFUSALS: Final = ("AccessDenied", "UnauthorizedOperation", "AccessDeniedException", "Forbidden")


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """One call of a record, with a request for each resource that it touched."""

    action: str
    """service:Name; empty when the record is of no call that policies govern."""
    principal: str
    account: str
    at: str
    event_id: str
    was_refused: bool
    """Amazon refused it at the time, by whatever policy."""
    message: str
    requests: tuple[ScpRequest, ...]
    not_a_call: str = ""
    """Why policies say nothing of it: a sign-in, something that a service did."""


def recorded_call(record: Mapping[str, object], *, organization: str = "") -> RecordedCall:
    """Give the call of a CloudTrail record; `organization` is the caller's o-… where it is known."""
    identity = mapping(record, "userIdentity")
    principal = _principal(identity)
    account = text(identity, "accountId")
    action = action_of(text(record, "eventSource"), text(record, "eventName"))
    context, absent = _context(record, identity, principal, organization)
    reach = _out_of_reach(identity, principal)
    requests = tuple(
        ScpRequest(
            principal,
            action,
            resource,
            account,
            {**context, **_resource_keys(resource)},
            absent,
            is_complete=False,
            out_of_reach=reach,
        )
        for resource in resources_of(record, action)
    )
    code = text(record, "errorCode")
    return RecordedCall(
        action=action,
        principal=principal or text(identity, "arn") or text(identity, "invokedBy") or "unknown",
        account=account or text(record, "recipientAccountId"),
        at=text(record, "eventTime"),
        event_id=text(record, "eventID"),
        was_refused=code.endswith(_REFUSALS),
        message=text(record, "errorMessage"),
        requests=requests,
        not_a_call=_not_a_call(record),
    )


def _not_a_call(record: Mapping[str, object]) -> str:
    kind = text(record, "eventType") or "AwsApiCall"
    if kind == "AwsConsoleSignIn" or text(record, "eventSource").startswith("signin."):
        return "a sign-in"
    if kind in ("AwsServiceEvent", "AwsConsoleAction", "AwsVpceEvent", "AwsCloudTrailInsight"):
        return f"an event of the kind {kind}"
    return ""


def _principal(identity: Mapping[str, object]) -> str:
    """Give the ARN that policies compare: the role's for a session."""
    issuer = mapping(identity, "sessionContext", "sessionIssuer")
    arn = text(identity, "arn")
    if text(identity, "type") == "AssumedRole" or ":assumed-role/" in arn:
        return text(issuer, "arn") or _role_of(arn)
    if text(identity, "type") == "Root" and not arn:
        return f"arn:aws:iam::{text(identity, 'accountId')}:root"
    return arn


def _role_of(session: str) -> str:
    """Give the role of a session's ARN; where the role has a path, it is lost."""
    head, _, rest = session.partition(":assumed-role/")
    account = head.rpartition(":")[2]
    name = rest.partition("/")[0]
    path = "aws-service-role/" if name.startswith("AWSServiceRoleFor") else ""
    partition = head.split(":")[1] if ":" in head else ""
    return f"arn:{partition}:iam::{account}:role/{path}{name}" if name else ""


def _out_of_reach(identity: Mapping[str, object], principal: str) -> str:
    if _SERVICE_LINKED in principal:
        return "service-linked roles are never restricted by service control policies"
    return _OUTSIDE.get(text(identity, "type"), "")


def _context(
    record: Mapping[str, object], identity: Mapping[str, object], principal: str, organization: str
) -> tuple[dict[str, tuple[str, ...]], frozenset[str]]:
    session = mapping(identity, "sessionContext", "attributes")
    is_session = bool(session) or text(identity, "type") in ("AssumedRole", "FederatedUser")
    at = instant(text(record, "eventTime"))
    single = {
        "aws:principalarn": principal,
        "aws:principalaccount": text(identity, "accountId"),
        "aws:principaltype": _principal_type(text(identity, "type")),
        "aws:principalorgid": organization,
        "aws:userid": text(identity, "principalId"),
        "aws:username": text(identity, "userName") if text(identity, "type") == "IAMUser" else "",
        "aws:requestedregion": text(record, "awsRegion"),
        "aws:useragent": text(record, "userAgent"),
        "aws:currenttime": text(record, "eventTime"),
        "aws:epochtime": str(int(at.timestamp())) if at else "",
        "aws:sourcevpce": text(record, "vpcEndpointId"),
        "aws:multifactorauthpresent": text(session, "mfaAuthenticated"),
        "aws:tokenissuetime": text(session, "creationDate"),
        "aws:sourceidentity": text(identity, "sessionContext", "sourceIdentity"),
        "aws:assumedroot": _word(flag(identity, "sessionContext", "assumedRoot")),
        "aws:securetransport": "true" if mapping(record, "tlsDetails") else "",
        "aws:principalisawsservice": "false",
        **_network(record),
        **_through_service(identity),
    }
    context: dict[str, tuple[str, ...]] = {
        **{key: (value,) for key, value in single.items() if value},
        **shown_keys(record),
    }
    absent = {"aws:assumedroot"}
    if not is_session:
        absent |= {"aws:multifactorauthpresent", "aws:multifactorauthage", "aws:tokenissuetime"}
        absent |= {"aws:sourceidentity", "aws:federatedprovider"}
    if not text(record, "vpcEndpointId"):
        absent |= {"aws:sourcevpce", "aws:sourcevpc", "aws:vpcsourceip"}
    else:
        absent.add("aws:sourceip")
    if text(identity, "type") != "IAMUser":
        absent.add("aws:username")
    if not text(identity, "invokedBy"):
        absent |= {"aws:calledvia", "aws:calledviafirst", "aws:calledvialast"}
    return context, frozenset(absent - context.keys())


def _principal_type(kind: str) -> str:
    return {"IAMUser": "User", "Root": "Account"}.get(kind, kind)


def _word(value: bool | None) -> str:  # noqa: FBT001 - a recorded truth value
    return "" if value is None else str(value).lower()


def _network(record: Mapping[str, object]) -> dict[str, str]:
    address = text(record, "sourceIPAddress")
    try:
        ip_address(address)
    except ValueError:
        # Calls through a service show the service's name, those of the console "AWS Internal".
        return {}
    key = "aws:vpcsourceip" if text(record, "vpcEndpointId") else "aws:sourceip"
    return {key: address}


def _through_service(identity: Mapping[str, object]) -> dict[str, str]:
    service = text(identity, "invokedBy")
    if not service.endswith("amazonaws.com"):
        return {"aws:viaawsservice": "" if service else "false"}
    # NOTE: a record names the last service of the chain only.
    return {"aws:viaawsservice": "true", "aws:calledvialast": service}


def _resource_keys(resource: str | None) -> dict[str, tuple[str, ...]]:
    parts = (resource or "").split(":")
    account = parts[4] if len(parts) > 5 else ""
    return {"aws:resourceaccount": (account,)} if account.isdigit() else {}
