"""Answers of IAM and KMS: users, the root user, roles, policies, keys.

**source** AWS IAM API reference; "Get credential reports"; AWS KMS API reference.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from typing import Final

from tesuri.model.resource import UNKNOWN, Value
from tesuri.subjects.aws.policy import normal_policy
from tesuri.subjects.aws.recorded.shape import (
    Properties,
    Rename,
    entries,
    fitted,
    moment_of,
    names,
    parts_of,
    pick,
    plain,
    shaped,
)
from tesuri.subjects.aws.recorded.sources import Detail, Listing
from tesuri.untrusted.shape import text

USER: Final = "AWS::IAM::User"
ROOT: Final = "AWS::IAM::Root"
ROLE: Final = "AWS::IAM::Role"
GROUP: Final = "AWS::IAM::Group"
POLICY: Final = "AWS::IAM::ManagedPolicy"
KEY: Final = "AWS::KMS::Key"
PASSWORD_POLICY: Final = "AWS::IAM::AccountPasswordPolicy"

_PERCENT: Final = re.compile(rb"%([0-9A-Fa-f]{2})")
_ROOT_ROW: Final = "<root_account>"
_NOTHING: Final = ("", "N/A", "no_information", "not_supported")
_HIDDEN: Final = "(told by the credential report)"

# From: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html (default policy)
NO_PASSWORD_POLICY: Final[Properties] = {
    "MinimumPasswordLength": 8,
    "RequireLowercaseCharacters": False,
    "RequireNumbers": False,
    "RequireSymbols": False,
    "RequireUppercaseCharacters": False,
    "ExpirePasswords": False,
    "MaxPasswordAge": 0,
    "PasswordReusePrevention": 0,
}


def document_of(value: object) -> Value:
    """Give a policy document in its normal form; the API sends text with percent signs."""
    if isinstance(value, str) and value.lstrip()[:1] == "%":
        raw = _PERCENT.sub(lambda match: bytes([int(match[1], 16)]), value.encode())
        return normal_policy(raw.decode(errors="replace"))
    return normal_policy(value)


def inline_policies(value: object) -> list[Value]:
    """Give the inline policies of a list, whether it has their documents or only their names."""
    found: list[Value] = []
    for one in parts_of(value):
        held = pick(one, "PolicyDocument")
        name = one if isinstance(one, str) else text(pick(one, "PolicyName"))
        found.append({"PolicyName": name, "PolicyDocument": document_of(held) if held else UNKNOWN})
    return found


def _moment(value: object) -> Value:
    return moment_of(value) or text(value) or None


_BOUNDED: Final[Mapping[str, Rename]] = {
    "PermissionsBoundary": ("PermissionsBoundary", "PermissionsBoundaryArn")
}
_IDENTITY: Final[Mapping[str, Rename]] = {
    **_BOUNDED,
    "CreateDate": lambda e: _moment(pick(e, "CreateDate")),
    "PasswordLastUsed": lambda e: _moment(pick(e, "PasswordLastUsed")),
}
_ATTACHED: Final[Mapping[str, Rename]] = {
    "ManagedPolicyArns": lambda e: names(pick(e, "AttachedManagedPolicies"), "PolicyArn")
}
_DETAILED: Final[Mapping[str, Rename]] = {
    **_IDENTITY,
    **_ATTACHED,
    "Groups": lambda e: [text(one) for one in entries(pick(e, "GroupList"))],
}
_ROLE_TRUST: Final[Mapping[str, Rename]] = {
    "AssumeRolePolicyDocument": lambda e: document_of(pick(e, "AssumeRolePolicyDocument"))
}


def _is_attached(entry: object) -> Value:
    count = pick(entry, "AttachmentCount")
    return count > 0 if isinstance(count, int) else None


_MANAGED: Final[Mapping[str, Rename]] = {
    "ManagedPolicyName": ("PolicyName",),
    "PolicyArn": ("Arn",),
    "IsAttached": _is_attached,
}


def _current_version(entry: object) -> Value:
    for version in entries(pick(entry, "PolicyVersionList")):
        if pick(version, "IsDefaultVersion") is True:
            return document_of(pick(version, "Document"))
    return None


def _of_the_provider(entry: object) -> str:
    is_theirs = text(pick(entry, "Arn")).startswith(("arn:aws:iam::aws:", "arn:aws-cn:iam::aws:"))
    return "it is a policy of AWS" if is_theirs else ""


def _key_is_foreign(entry: object) -> str:
    return "it is a key of AWS" if text(pick(entry, "KeyManager")) == "AWS" else ""


def _owner_of(field: str) -> Rename:
    return lambda entry: [text(pick(entry, field))]


def _inline(key: str) -> Mapping[str, Rename]:
    return {"Policies": lambda e: inline_policies(pick(e, key))}


LISTINGS: Final = (
    Listing("iam.ListUsers", ("Users",), USER, ("UserName", "Arn"), _IDENTITY),
    Listing("iam.GetUser", ("User",), USER, ("UserName", "Arn"), _IDENTITY),
    Listing(
        "iam.GetAccountAuthorizationDetails",
        ("UserDetailList",),
        USER,
        ("UserName", "Arn"),
        {**_DETAILED, **_inline("UserPolicyList")},
    ),
    Listing("iam.ListRoles", ("Roles",), ROLE, ("RoleName", "Arn"), {**_BOUNDED, **_ROLE_TRUST}),
    Listing("iam.GetRole", ("Role",), ROLE, ("RoleName", "Arn"), {**_BOUNDED, **_ROLE_TRUST}),
    Listing(
        "iam.GetAccountAuthorizationDetails",
        ("RoleDetailList",),
        ROLE,
        ("RoleName", "Arn"),
        {**_BOUNDED, **_ATTACHED, **_ROLE_TRUST, **_inline("RolePolicyList")},
    ),
    Listing("iam.ListGroups", ("Groups",), GROUP, ("GroupName", "Arn")),
    Listing(
        "iam.GetAccountAuthorizationDetails",
        ("GroupDetailList",),
        GROUP,
        ("GroupName", "Arn"),
        {**_ATTACHED, **_inline("GroupPolicyList")},
    ),
    Listing(
        "iam.ListPolicies", ("Policies",), POLICY, ("Arn", "PolicyName"), _MANAGED, _of_the_provider
    ),
    Listing(
        "iam.GetPolicy", ("Policy",), POLICY, ("Arn", "PolicyName"), _MANAGED, _of_the_provider
    ),
    Listing(
        "iam.GetAccountAuthorizationDetails",
        ("Policies",),
        POLICY,
        ("Arn", "PolicyName"),
        {**_MANAGED, "PolicyDocument": _current_version},
        _of_the_provider,
    ),
    Listing(
        "iam.ListAccessKeys",
        ("AccessKeyMetadata",),
        "AWS::IAM::AccessKey",
        ("AccessKeyId",),
        {"Id": ("AccessKeyId",)},
    ),
    *(
        Listing(
            f"iam.Get{owner}Policy",
            (),
            "AWS::IAM::Policy",
            (f"{owner}Name+PolicyName",),
            {
                "PolicyDocument": lambda e: document_of(pick(e, "PolicyDocument")),
                f"{owner}s": _owner_of(f"{owner}Name"),
            },
        )
        for owner in ("User", "Role", "Group")
    ),
    Listing(
        "iam.ListServerCertificates",
        ("ServerCertificateMetadataList",),
        "AWS::IAM::ServerCertificate",
        ("ServerCertificateName", "Arn"),
        {"Expiration": lambda e: _moment(pick(e, "Expiration"))},
    ),
    Listing("kms.ListKeys", ("Keys",), KEY, ("KeyId", "KeyArn"), {"Arn": ("KeyArn",)}),
    Listing(
        "kms.DescribeKey",
        ("KeyMetadata",),
        KEY,
        ("KeyId", "Arn"),
        {"EnableKeyRotation": lambda _: None},
        _key_is_foreign,
    ),
)


def _devices(answer: object) -> Properties:
    return {
        "MfaDevices": [
            {"SerialNumber": name} for name in names(pick(answer, "MFADevices"), "SerialNumber")
        ]
    }


def _keys(answer: object) -> Properties:
    return {
        "AccessKeys": [
            plain({
                "AccessKeyId": text(pick(one, "AccessKeyId")),
                "Status": text(pick(one, "Status")),
                "CreateDate": _moment(pick(one, "CreateDate")),
            })
            for one in entries(pick(answer, "AccessKeyMetadata"))
        ]
    }  # fmt: skip


def _attached(answer: object) -> Properties:
    return {"ManagedPolicyArns": names(pick(answer, "AttachedPolicies"), "PolicyArn")}


def _named_policies(answer: object) -> Properties:
    return {"Policies": inline_policies(pick(answer, "PolicyNames"))}


def _login(answer: object) -> Properties:
    reset = fitted(pick(answer, "LoginProfile", "PasswordResetRequired"), "boolean")
    return {"LoginProfile": {} if reset is None else {"PasswordResetRequired": reset}}


DETAILS: Final = (
    Detail("iam.ListMFADevices", USER, ("UserName",), ("MfaDevices",), _devices),
    Detail("iam.ListAccessKeys", USER, ("UserName", "AccessKeyMetadata.0.UserName"), ("AccessKeys",), _keys),
    Detail("iam.ListAttachedUserPolicies", USER, ("UserName",), ("ManagedPolicyArns",), _attached),
    Detail("iam.ListUserPolicies", USER, ("UserName",), ("Policies",), _named_policies),
    Detail(
        "iam.ListGroupsForUser", USER, ("UserName",), ("Groups",),
        lambda a: {"Groups": names(pick(a, "Groups"), "GroupName")},
    ),
    Detail("iam.GetLoginProfile", USER, ("UserName", "LoginProfile.UserName"), ("LoginProfile",), _login, {"NoSuchEntity": {}}),
    Detail("iam.ListAttachedRolePolicies", ROLE, ("RoleName",), ("ManagedPolicyArns",), _attached),
    Detail("iam.ListRolePolicies", ROLE, ("RoleName",), ("Policies",), _named_policies),
    Detail("iam.ListAttachedGroupPolicies", GROUP, ("GroupName",), ("ManagedPolicyArns",), _attached),
    Detail("iam.ListGroupPolicies", GROUP, ("GroupName",), ("Policies",), _named_policies),
    Detail(
        "iam.GetPolicyVersion", POLICY, ("PolicyArn",), ("PolicyDocument",),
        lambda a: {"PolicyDocument": document_of(pick(a, "PolicyVersion", "Document"))},
    ),
    Detail(
        "kms.GetKeyRotationStatus", KEY, ("KeyId",), ("EnableKeyRotation",),
        lambda a: {"EnableKeyRotation": fitted(pick(a, "KeyRotationEnabled"), "boolean")},
        {"UnsupportedOperationException": {"EnableKeyRotation": False}},
    ),
    Detail(
        "kms.GetKeyPolicy", KEY, ("KeyId",), ("KeyPolicy",),
        lambda a: {"KeyPolicy": normal_policy(pick(a, "Policy"))},
    ),
)  # fmt: skip


def reported_users(answer: object) -> Iterator[tuple[str, Properties]]:
    """Give name and properties of each row of a credential report; the root user is `<root_account>`."""
    content = text(pick(answer, "Content"))
    for row in csv.DictReader(content.splitlines()):
        name = (row.get("user") or "").strip()
        if name:
            yield name, _row(row, is_root=name == _ROOT_ROW)


def _row(row: Mapping[str, str | None], *, is_root: bool) -> Properties:
    is_protected = row.get("mfa_active") == "true"
    used = row.get("password_last_used") or ""
    found: Properties = {
        "AccessKeys": [key for number in ("1", "2") for key in _reported_key(row, number)],
        "PasswordLastUsed": None if used in _NOTHING else used,
    }
    if is_root:
        found["MfaDevices"] = UNKNOWN
        found |= {"MfaActive": is_protected, "AccountId": (row.get("arn") or "").split(":")[4:5][0]}
    else:
        found["MfaDevices"] = [{"SerialNumber": _HIDDEN}] if is_protected else []
        found |= {"UserName": row.get("user") or "", "Arn": row.get("arn") or ""}
        found["CreateDate"] = row.get("user_creation_time") or None
        if row.get("password_enabled") == "true":
            found["LoginProfile"] = {}
    return {key: value for key, value in found.items() if value is not None}


def _reported_key(row: Mapping[str, str | None], number: str) -> Iterator[Value]:
    made = row.get(f"access_key_{number}_last_rotated") or ""
    is_active = row.get(f"access_key_{number}_active") == "true"
    if made in _NOTHING and not is_active:
        return
    used = row.get(f"access_key_{number}_last_used_date") or ""
    key: dict[str, Value] = {"Status": "Active" if is_active else "Inactive"}
    if made not in _NOTHING:
        key["CreateDate"] = made
    if used not in _NOTHING:
        key["LastUsedDate"] = used
    yield key


def root_of_summary(answer: object) -> Properties:
    """Give what the summary of an account says of its root user."""
    held = pick(answer, "SummaryMap")
    protected, keys = pick(held, "AccountMFAEnabled"), pick(held, "AccountAccessKeysPresent")
    found: Properties = {"MfaDevices": UNKNOWN}
    if isinstance(protected, int):
        found["MfaActive"] = protected > 0
    if isinstance(keys, int):
        found["AccessKeys"] = [{"Status": "Active"}] * min(keys, 2)
    return found


def virtual_devices_of_root(answer: object) -> Properties:
    """Give the virtual device of the root user; a hardware device is not listed there."""
    found = [
        text(pick(one, "SerialNumber"))
        for one in entries(pick(answer, "VirtualMFADevices"))
        if text(pick(one, "SerialNumber")).endswith(":mfa/root-account-mfa-device")
        or text(pick(one, "User", "Arn")).endswith(":root")
    ]
    return {"MfaDevices": [{"SerialNumber": name} for name in found]}


def password_policy(answer: object) -> Properties:
    """Give the password policy; what it does not say is off."""
    told = shaped(PASSWORD_POLICY, pick(answer, "PasswordPolicy"))
    return {"MaxPasswordAge": 0, "PasswordReusePrevention": 0, **told}
