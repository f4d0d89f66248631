"""A request written as JSON → request, with the keys that Amazon always adds.

What follows from the principal and the resource is filled in where the request does not say it: the principal's ARN as
policies compare it (the role of a session, not the session), its account, the region, the time.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from tesuri.controls.scp.remarks import brief
from tesuri.model.errors import BadInput
from tesuri.model.scp import ScpRequest
from tesuri.untrusted.json_document import read_json
from tesuri.untrusted.shape import join_pointer, need_mapping, shape_name, text

MAX_BYTES: Final = 1_000_000
_ARN: Final = re.compile(r"arn:([\w-]+):([\w-]*):([\w-]*):(\d{12}|):(.+)", re.DOTALL)
_SESSION: Final = re.compile(r"assumed-role/([^/]+)/.*", re.DOTALL)
_KNOWN: Final = frozenset(
    {"principal_arn", "principal_role_arn", "action", "resource", "context", "account"}
)
SERVICE_LINKED: Final = "aws-service-role/"


def read_request(data: bytes, *, where: str, now: datetime) -> ScpRequest:
    """Read `{principal_arn, principal_role_arn, action, resource, context}`.

    **raises** BadInput that names the file and the pointer.
    """
    document = need_mapping(read_json(data, where=where, max_bytes=MAX_BYTES), where=f"{where}#")
    if "action" not in document and "request" in document:
        return request_from(document["request"], f"{where}#/request", now)
    return request_from(document, f"{where}#", now)


def request_from(document: object, place: str, now: datetime) -> ScpRequest:
    """Give the request that a JSON object describes; `place` is its file and pointer. **raises** BadInput."""
    fields = need_mapping(document, where=place)
    for key in fields:
        if key not in _KNOWN:
            raise BadInput(
                f"A request has no key {brief(key)!r}.",
                where=join_pointer(place, brief(key)),
                remedy=f"Known are: {', '.join(sorted(_KNOWN))}.",
            )
    principal = _arn(fields, "principal_arn", place)
    action = text(fields, "action")
    if ":" not in action:
        raise BadInput("The action is written service:Name.", where=join_pointer(place, "action"))
    role = text(fields, "principal_role_arn") and _arn(fields, "principal_role_arn", place)
    resource = text(fields, "resource") or "*"
    compared = role or role_of_session(principal)
    account = text(fields, "account") or account_of(compared)
    given = _context(fields.get("context"), join_pointer(place, "context"))
    derived = identity_keys(compared) | resource_keys(resource) | time_keys(now)
    return ScpRequest(
        principal,
        action,
        resource,
        account,
        {**derived, **given},
        out_of_reach=out_of_reach(compared),
    )


def _arn(fields: Mapping[str, object], key: str, place: str) -> str:
    found = text(fields, key)
    if not _ARN.fullmatch(found):
        raise BadInput(
            f"{key} is the ARN of a user, a role or a session.", where=join_pointer(place, key)
        )
    return found


def _context(value: object, place: str) -> dict[str, tuple[str, ...]]:
    if value is None:
        return {}
    return {
        key.lower(): _values(given, join_pointer(place, key))
        for key, given in need_mapping(value, where=place).items()
    }


def _values(given: object, place: str) -> tuple[str, ...]:
    found: list[str] = []
    for part in given if isinstance(given, list) else [given]:
        if isinstance(part, bool):
            found.append(str(part).lower())
        elif isinstance(part, (str, int, float)):
            found.append(str(part))
        elif part is not None:
            raise BadInput(
                f"A text or a list of texts is expected, not {shape_name(part)}.", where=place
            )
    return tuple(found)


def role_of_session(principal: str) -> str:
    """Give the role's ARN of a session's; other ARNs as they are. The role's path is not in it."""
    match = _ARN.fullmatch(principal)
    session = _SESSION.fullmatch(match[5]) if match and match[2] == "sts" else None
    if not match or not session:
        return principal
    name = session[1]
    path = SERVICE_LINKED if name.startswith("AWSServiceRoleFor") else ""
    return f"arn:{match[1]}:iam::{match[4]}:role/{path}{name}"


def account_of(arn: str) -> str:
    """Give the account number of an ARN; empty when it has none."""
    match = _ARN.fullmatch(arn)
    return match[4] if match else ""


def out_of_reach(compared: str) -> str:
    """Say why no policy restricts this principal; empty when policies do."""
    if f":role/{SERVICE_LINKED}" in compared:
        return "service-linked roles are never restricted by service control policies"
    return ""


def identity_keys(compared: str) -> dict[str, tuple[str, ...]]:
    """Give the keys that follow from the ARN of a user, a role or the root user."""
    match = _ARN.fullmatch(compared)
    if not match:
        return {}
    name = match[5]
    kind = {"user": "User", "role": "AssumedRole", "root": "Account"}.get(name.partition("/")[0])
    found: dict[str, tuple[str, ...]] = {
        "aws:principalarn": (compared,),
        "aws:principalisawsservice": ("false",),
        "aws:viaawsservice": ("false",),
    }
    if match[4]:
        found["aws:principalaccount"] = (match[4],)
    if kind:
        found["aws:principaltype"] = (kind,)
    if kind == "User":
        found["aws:username"] = (name.rpartition("/")[2],)
    return found


def resource_keys(resource: str) -> dict[str, tuple[str, ...]]:
    """Give the keys that follow from the resource's ARN."""
    match = _ARN.fullmatch(resource)
    if not match:
        return {}
    found = {"aws:requestedregion": match[3], "aws:resourceaccount": match[4]}
    return {key: (value,) for key, value in found.items() if value}


def time_keys(at: datetime) -> dict[str, tuple[str, ...]]:
    """Give the keys of the time of the call."""
    return {
        "aws:currenttime": (at.strftime("%Y-%m-%dT%H:%M:%SZ"),),
        "aws:epochtime": (str(int(at.timestamp())),),
    }
