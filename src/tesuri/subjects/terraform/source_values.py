"""Values of evaluated HCL as tfparse gives them → values whose unknown leaves are marked.

tfparse leaves what it cannot resolve as an object that names the attribute, as a placeholder in a text, as null, or as an
id that it made up. An attribute that identifies a resource is certain to be there (PRESENT), and of a text with
placeholders the written pieces stay.
"""

import re
from collections.abc import Mapping
from typing import Final

from tesuri.model.resource import UNKNOWN, Unknown, partly_known
from tesuri.subjects.aws.leaves import decoded
from tesuri.subjects.planned import Planned
from tesuri.subjects.terraform.plan_references import named_by
from tesuri.untrusted.shape import text

META: Final = "__tfmeta"
ATTRIBUTE: Final = "__attribute__"
UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_PLACE: Final = re.compile(
    # NOTE: ${aws:username} is a variable of a policy, which stays in its text; Terraform has no such expression.
    r"\$\{(?![A-Za-z0-9-]+:[A-Za-z]|[*?$]\})(?:[^{}]|\{[^{}]*\})*\}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)

_BARE: Final = re.compile(r"([:,\[]\s*)\$\{(?:[^{}]|\{[^{}]*\})*\}(?=\s*[,\]}])")
"""A placeholder in the text of JSON that stands for a whole value."""


def made_up(tree: object) -> Mapping[str, str]:
    """Give the ids that tfparse made up, by which it lets resources refer to each other, with the type of each."""
    found: dict[str, str] = {}
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, dict):
            if META in node and UUID.fullmatch(own := text(node, "id")):
                found[own] = text(node, META, "label")
            waiting.extend(part for key, part in node.items() if key != META)
    return found


def clean(node: object, ids: Mapping[str, str]) -> Planned:
    """Give a value without what tfparse added; what it could not resolve is not known."""
    if isinstance(node, list):
        return [clean(part, ids) for part in node]
    if isinstance(node, dict):
        if ATTRIBUTE in node:
            return named_by(text(node, ATTRIBUTE))
        return {
            key: clean(part, ids)
            for key, part in node.items()
            if key != META and not (key == "id" and isinstance(part, str) and part in ids)
        }
    if isinstance(node, str):
        return _clean_text(node, ids)
    # NOTE: tfparse writes null for what it could not resolve; an explicit null is rare, and unknown is never a pass.
    return node if isinstance(node, bool | int | float) else UNKNOWN


def _clean_text(value: str, ids: Mapping[str, str]) -> Planned:
    if value.lstrip()[:1] in ("{", "[") and ("null" in value or _PLACE.search(value)):
        inner = decoded(value)
        if isinstance(inner, str):
            inner = decoded(_BARE.sub(r'\1"${unknown}"', value))
        if not isinstance(inner, str | None):
            return clean(inner, ids)
    pieces, end = [""], 0
    for match in _PLACE.finditer(value):
        pieces[-1] += value[end : match.start()]
        end = match.end()
        if match[0][0] != "$" and match[0] not in ids:
            pieces[-1] += match[0]
            continue
        if match[0] == value:
            return named_by(value[2:-1].strip() if value[0] == "$" else f"{ids[value]}.made.arn")
        pieces.append("")
    pieces[-1] += value[end:]
    return _told(pieces)


def _told(pieces: list[str]) -> Planned | Unknown:
    if any("%{" in piece for piece in pieces):
        return UNKNOWN
    return pieces[0] if len(pieces) == 1 else partly_known(pieces)
