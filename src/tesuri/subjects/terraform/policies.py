"""`aws_iam_policy_document` data sources → the policy that they make.

A plan only holds their text when nothing in it waits for apply, and HCL never does; their blocks say nearly all of it.

**source** Documentation of the Terraform provider hashicorp/aws, data source aws_iam_policy_document.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from tesuri.model.resource import UNKNOWN, Unknown
from tesuri.subjects.planned import Planned

TYPE: Final = "aws_iam_policy_document"
WHOLES: Final = ("source_policy_documents", "override_policy_documents")
"""Attributes that take in other documents; an override is shown beside what it may replace."""
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
    statements = [_statement(block) for block in _blocks(values.get("statement"))]
    for whole in WHOLES:
        for other in _blocks(values.get(whole)):
            more = other.get("Statement") if isinstance(other, dict) else None
            statements += more if isinstance(more, list) else [UNKNOWN]
    policy["Statement"] = statements
    return policy


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
