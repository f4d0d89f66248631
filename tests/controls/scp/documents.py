"""Small policies, requests and trees for the tests of service control policies."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from tesuri.controls.scp.evaluate import answer_request
from tesuri.controls.scp.policy import FULL_AWS_ACCESS, read_policy
from tesuri.controls.scp.request import read_request
from tesuri.model.scp import ScpAnswer, ScpRequest, ScpTarget, TargetKind

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Developer"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/Developer/alice"

Fields = Mapping[str, object]


def statement(**fields: object) -> dict[str, object]:
    """Give a statement that denies one action on everything, unless said otherwise."""
    whole: dict[str, object] = {
        "Effect": "Deny",
        "Action": "ec2:DeleteFlowLogs",
        "Resource": "*",
        **fields,
    }
    return {key: value for key, value in whole.items() if value is not None}


def policy(*statements: Fields, **fields: object) -> bytes:
    """Give a policy file."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements), **fields}).encode()


def request(
    action: str = "ec2:DeleteFlowLogs", resource: str = "*", **context: object
) -> ScpRequest:
    """Give a request of the developer; `__` in a key stands for the colon, `___` for a slash."""
    keys = {key.replace("___", "/").replace("__", ":"): value for key, value in context.items()}
    return asked(action=action, resource=resource, context=keys)


def asked(**fields: object) -> ScpRequest:
    """Give a request of the developer with other fields."""
    whole = {
        "principal_arn": SESSION,
        "principal_role_arn": ROLE,
        "action": "ec2:DeleteFlowLogs",
        "resource": "*",
        "context": {},
        **fields,
    }
    return read_request(json.dumps(whole).encode(), where="request.json", now=NOW)


def level(*documents: bytes, name: str = "here") -> ScpTarget:
    """Give a level with FullAWSAccess and these policies."""
    found = [read_policy(each, where=f"{number}.json") for number, each in enumerate(documents)]
    return ScpTarget(TargetKind.UNIT, "", name, (FULL_AWS_ACCESS, *found))


def answer(documents: Sequence[bytes], given: ScpRequest) -> ScpAnswer:
    """Ask policies on one level."""
    return answer_request((level(*documents),), given)


def decision(conditions: object, given: ScpRequest) -> str:
    """Ask one denying statement with these conditions."""
    return answer([policy(statement(Condition=conditions))], given).decision.value
