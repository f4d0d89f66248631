"""Statements as OpenVEX 0.2.0: one for each vulnerability, status and reason, with every product it holds for.

**source** https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md (required fields: "Statement Fields").
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import orjson

from tesuri.exports.vex_product import (
    NO_ACTION,
    NO_REASON,
    content_digest,
    product_name,
    purl_of,
)
from tesuri.model.vex import VexStatement, VexStatus

JUSTIFICATIONS: Final = frozenset(
    {
        "component_not_present",
        "vulnerable_code_not_present",
        "vulnerable_code_not_in_execute_path",
        "vulnerable_code_cannot_be_controlled_by_adversary",
        "inline_mitigations_already_exist",
    }
)


def render_openvex(statements: Sequence[VexStatement], *, author: str, now: datetime) -> bytes:
    """Give the document as indented JSON; its id follows from what it states, not from the time."""
    grouped: dict[tuple[object, ...], list[VexStatement]] = defaultdict(list)
    for each in statements:
        names = (each.vulnerability, each.advisories)
        grouped[(*names, each.status, each.justification, each.text)].append(each)
    stated = [_statement(members) for members in grouped.values()]
    document = {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": f"urn:tesuri:vex:{content_digest([author, stated])}",
        "author": author,
        "timestamp": now.isoformat(),
        "version": 1,
        "tooling": "Tesuri",
        "statements": stated,
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _statement(members: Sequence[VexStatement]) -> Mapping[str, object]:
    first = members[0]
    aliases = [name for name in first.advisories if name != first.vulnerability]
    times = [each.stated_at for each in members if each.stated_at is not None]
    return {
        "vulnerability": {
            "name": first.vulnerability,
            **({"aliases": aliases} if aliases else {}),
        },
        **({"timestamp": max(times).isoformat()} if times else {}),
        "products": _products(members),
        "status": first.status.value,
        **_why(first),
    }


def _products(members: Sequence[VexStatement]) -> list[Mapping[str, object]]:
    parts: dict[str, dict[str, Mapping[str, object]]] = defaultdict(dict)
    for each in members:
        inside = parts[product_name(each.product)]
        if each.package is not None:
            purl = purl_of(each.package)
            name = purl or each.package.name
            inside[name] = {"@id": name, **({"identifiers": {"purl": purl}} if purl else {})}
    return [
        {"@id": product, **({"subcomponents": list(inside.values())} if inside else {})}
        for product, inside in parts.items()
    ]


def _why(statement: VexStatement) -> Mapping[str, object]:
    """Give the fields that the status asks for: a reason for not affected, an action for affected."""
    match statement.status:
        case VexStatus.NOT_AFFECTED:
            given = statement.justification
            is_known = given in JUSTIFICATIONS
            words = " ".join(part for part in ("" if is_known else given, statement.text) if part)
            impact = words or ("" if is_known else NO_REASON)
            return {
                **({"justification": given} if is_known else {}),
                **({"impact_statement": impact} if impact else {}),
            }
        case VexStatus.AFFECTED:
            return {"action_statement": statement.text or NO_ACTION}
        case VexStatus.FIXED | VexStatus.UNDER_INVESTIGATION:
            return {"status_notes": statement.text} if statement.text else {}
