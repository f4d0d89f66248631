"""`aws_iam_policy_document` data sources → the policy that they make.

A plan only holds their text when nothing in it waits for apply, and HCL never does; their blocks say nearly all of it.

**source** Documentation of the Terraform provider hashicorp/aws, data source aws_iam_policy_document.
"""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Final

from tesuri.model.resource import UNKNOWN, Unknown
from tesuri.subjects.aws.policy import normal_policy
from tesuri.subjects.planned import Planned, planned

TYPE: Final = "aws_iam_policy_document"
_BEFORE: Final = ("source_json", "source_policy_documents")
_AFTER: Final = ("override_json", "override_policy_documents")
WHOLES: Final = (*_BEFORE, *_AFTER)
"""Attributes that take in other documents: before the statements of the document, or after them."""
_LISTS: Final = (
    ("actions", "Action"),
    ("not_actions", "NotAction"),
    ("resources", "Resource"),
    ("not_resources", "NotResource"),
)


def policy_of(values: Mapping[str, Planned]) -> Planned:
    """Give the policy of a document's blocks."""
    text = values.get("json")
    if isinstance(text, str) and text:
        return text
    policy: dict[str, Planned] = {"Version": values.get("version") or "2012-10-17"}
    own = [_statement(block) for block in _blocks(values.get("statement"))]
    parts = [
        *(_taken(other) for whole in _BEFORE for other in _blocks(values.get(whole))),
        own,
        *(_taken(other) for whole in _AFTER for other in _blocks(values.get(whole))),
    ]
    policy["Statement"] = _overridden(parts)
    return policy


def _taken(document: Planned) -> list[Planned]:
    """Give the statements of a document that is taken in; one that nobody knows has one."""
    policy = planned(normal_policy(document)) if isinstance(document, str) else document
    if not isinstance(policy, dict):
        return [UNKNOWN]
    statements = policy.get("Statement", [])
    return list(statements) if isinstance(statements, list) else [UNKNOWN]


def _overridden(parts: list[list[Planned]]) -> list[Planned]:
    """Give all statements, a later one in the place of an earlier one with its Sid."""
    found: list[Planned] = []
    places: dict[str, int] = {}
    for statement in chain.from_iterable(parts):
        sid = statement.get("Sid") if isinstance(statement, dict) else None
        if isinstance(sid, str) and sid in places:
            found[places[sid]] = statement
            continue
        if isinstance(sid, str) and sid:
            places[sid] = len(found)
        found.append(statement)
    return found


def _blocks(value: Planned) -> Iterator[Planned]:
    for part in value if isinstance(value, list) else [value]:
        if part is not None:
            yield part


def _statement(block: Planned) -> Planned:
    if not isinstance(block, dict):
        return UNKNOWN
    found: dict[str, Planned] = {"Effect": block.get("effect") or "Allow"}
    if block.get("sid"):
        found["Sid"] = block["sid"]
    for attribute, name in _LISTS:
        if block.get(attribute):
            found[name] = block[attribute]
    for attribute, name in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        if members := _principals(block.get(attribute)):
            found[name] = members
    if conditions := _conditions(block.get("condition")):
        found["Condition"] = conditions
    return found


def _principals(value: Planned) -> Planned:
    found: dict[str, Planned] = {}
    for block in _blocks(value):
        if not isinstance(block, dict):
            return UNKNOWN
        kind, members = block.get("type"), block.get("identifiers")
        if not isinstance(kind, str):
            return UNKNOWN
        name = "AWS" if kind == "*" else kind
        before = found.get(name)
        both = isinstance(before, list) and isinstance(members, list)
        found[name] = [*before, *members] if both else members  # type: ignore[misc] # both are lists here
    return found


def _conditions(value: Planned) -> Planned:
    found: dict[str, Planned] = {}
    for block in _blocks(value):
        test = block.get("test") if isinstance(block, dict) else UNKNOWN
        variable = block.get("variable") if isinstance(block, dict) else UNKNOWN
        if (
            not isinstance(block, dict)
            or isinstance(test, Unknown)
            or isinstance(variable, Unknown)
        ):
            return UNKNOWN
        below = found.setdefault(str(test), {})
        if isinstance(below, dict):
            below[str(variable)] = block.get("values")
    return found
