"""What recorded answers say of the account itself: root, passwords, blocks, contacts, and watches that are off.

An account-wide setting is a resource. A watch that nobody set up is one, too: a control can only see what is there, and a
missing trail must not look like nothing to judge.
"""

from collections.abc import Mapping
from typing import Final

from tesuri.model.resource import UNKNOWN, Origin, Unread
from tesuri.model.resource_shape import resource_shape
from tesuri.subjects.aws.recorded.identity import (
    NO_PASSWORD_POLICY,
    PASSWORD_POLICY,
    ROOT,
    USER,
    password_policy,
    reported_users,
    root_of_summary,
    virtual_devices_of_root,
)
from tesuri.subjects.aws.recorded.replies import Reply
from tesuri.subjects.aws.recorded.services import DETECTOR, RECORDER, TRAIL
from tesuri.subjects.aws.recorded.shape import Properties, plain
from tesuri.subjects.aws.recorded.sources import Listing
from tesuri.subjects.aws.recorded.storage import NO_ACCOUNT_BLOCK
from tesuri.subjects.aws.recorded.things import ACCOUNT_WIDE, NOT_SET_UP, Things
from tesuri.untrusted.shape import at

_ACCOUNT: Final = "AWS::Account"
_NONE: Final = "none"

_WATCHES: Final[tuple[tuple[str, str, Properties], ...]] = (
    ("guardduty.ListDetectors", DETECTOR, {"Enable": False}),
    ("config.DescribeConfigurationRecorders", RECORDER, {"IsRecording": False}),
    (
        "cloudtrail.DescribeTrails",
        TRAIL,
        {"IsLogging": False, "IsMultiRegionTrail": False, "EnableLogFileValidation": False},
    ),
    ("accessanalyzer.ListAnalyzers", "AWS::AccessAnalyzer::Analyzer", {}),
)
"""A listing that came back empty means a watch that is off: a resource that controls can see."""

_WATCHES_OFF: Final[Mapping[str, tuple[str, Properties]]] = {
    "securityhub.DescribeHub": ("AWS::SecurityHub::Hub", {}),
    "macie2.GetMacieSession": ("AWS::Macie::Session", {"Status": "PAUSED"}),
}


def add_account(things: Things) -> None:
    """Add what the recording says of its account."""
    for reply in things.recording.replies:
        _ACCOUNT_READERS.get(reply.operation, _nothing)(things, reply)
        for listing in ACCOUNT_WIDE:
            if reply.operation == listing.operation:
                _account_wide(things, listing.kind, reply, _wide(listing, reply))
        if reply.error in NOT_SET_UP.get(reply.operation, ()):
            kind, off = _WATCHES_OFF[reply.operation]
            things.put(kind, [_NONE], dict(off), Origin(reply.file))
    for operation, kind, off in _WATCHES:
        if things.answered(operation) and not things.of_kind(kind):
            file = next(one.file for one in things.recording.replies if one.operation == operation)
            things.put(kind, [_NONE], dict(off), Origin(file))


def _wide(listing: Listing, reply: Reply) -> Properties | None:
    from_error = (
        NO_ACCOUNT_BLOCK.get(reply.error) if reply.operation.startswith("s3control") else None
    )
    if reply.error:
        return dict(from_error) if from_error else None
    held: object = reply.data
    for name in listing.path:
        held = at(held, name)
    return listing.build(held)


def _account_wide(things: Things, kind: str, reply: Reply, told: Properties | None) -> None:
    if told is None:
        things.unread.append(_denied(reply, kind))
        return
    account = things.recording.account
    if account and "AccountId" in (resource_shape(kind) or {}):
        told["AccountId"] = account
    things.put(kind, ["account"], told, Origin(reply.file))


def _denied(reply: Reply, about: str) -> Unread:
    return Unread(
        reply.file, f"{reply.operation} of {about} answered {reply.error}", Origin(reply.file)
    )


def _nothing(things: Things, reply: Reply) -> None:
    """Most calls say nothing of the account itself."""


def _read_report(things: Things, reply: Reply) -> None:
    if reply.error:
        things.unread.append(_denied(reply, USER))
        return
    for name, told in reported_users(reply.data):
        is_root = name.startswith("<")
        kind, identity = (ROOT, "root") if is_root else (USER, name)
        thing = things.put(kind, [identity], {}, Origin(reply.file))
        known = {key for key, value in thing.properties.items() if value is not UNKNOWN}
        thing.properties |= {key: value for key, value in told.items() if key not in known}
        if not is_root and thing.properties.get("LoginProfile") is UNKNOWN:
            # The report says of every user whether there is a password.
            del thing.properties["LoginProfile"]


def _read_summary(things: Things, reply: Reply) -> None:
    if reply.error:
        things.unread.append(_denied(reply, ROOT))
        return
    thing = things.put(ROOT, ["root"], {}, Origin(reply.file))
    thing.properties = root_of_summary(reply.data) | thing.properties


def _read_devices(things: Things, reply: Reply) -> None:
    if not reply.error:
        things.put(ROOT, ["root"], virtual_devices_of_root(reply.data), Origin(reply.file))


def _read_password_policy(things: Things, reply: Reply) -> None:
    if reply.error and reply.error not in ("NoSuchEntity", "NoSuchEntityException"):
        things.unread.append(_denied(reply, PASSWORD_POLICY))
        return
    told = dict(NO_PASSWORD_POLICY) if reply.error else password_policy(reply.data)
    things.put(PASSWORD_POLICY, ["account"], told, Origin(reply.file))


def _read_contact(things: Things, reply: Reply) -> None:
    is_alternate = reply.operation.endswith("GetAlternateContact")
    if reply.error and reply.error != "ResourceNotFoundException":
        things.unread.append(_denied(reply, _ACCOUNT))
        return
    thing = things.put(_ACCOUNT, ["account"], {}, Origin(reply.file))
    if is_alternate:
        told = plain(at(reply.data, "AlternateContact"))
        before = thing.properties.get("AlternateContacts")
        listed = before if isinstance(before, list) else []
        thing.properties["AlternateContacts"] = [*listed, *([told] if told else [])]
    else:
        thing.properties["ContactInformation"] = plain(at(reply.data, "ContactInformation")) or {}


_ACCOUNT_READERS: Final = {
    "iam.GetCredentialReport": _read_report,
    "iam.GetAccountSummary": _read_summary,
    "iam.ListVirtualMFADevices": _read_devices,
    "iam.GetAccountPasswordPolicy": _read_password_policy,
    "account.GetAlternateContact": _read_contact,
    "account.GetContactInformation": _read_contact,
}
