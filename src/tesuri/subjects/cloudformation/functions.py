"""The intrinsic functions of a template, worked out as far as the file alone tells.

What only the stack knows is not known: an id or an export is certain to be there (PRESENT), of a text the written pieces
stay, a parameter without a default is UNKNOWN. The resources that a value refers to are noted, so that parts find their
wholes. A condition is true, false or unknown.

**source** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import orjson

from tesuri.model.resource import PRESENT, UNKNOWN, Unknown, partly_known
from tesuri.subjects.planned import Planned, Sensitive
from tesuri.untrusted.shape import at, items, mapping

_PLACE: Final = re.compile(r"\$\{([^}]*)\}")
_STORED: Final = re.compile(r"\{\{resolve:ssm:[^{}]*\}\}")
"""A parameter of the store that anybody may set to anything; secrets ({{resolve:secretsmanager:…}}) stay as written."""
_PSEUDO: Final[Mapping[str, Planned]] = {
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::NoValue": None,
    "AWS::AccountId": PRESENT,
    "AWS::Region": PRESENT,
    "AWS::StackId": PRESENT,
    "AWS::StackName": PRESENT,
}
"""Pseudo parameters that are the same for nearly everybody, or certain to be there."""
_REFERENCES: Final[Mapping[str, Planned]] = {
    "AWS::CertificateManager::Certificate": partly_known(["arn:aws:acm:", ":certificate/", ""])
}
"""Type → what is known of what Ref gives."""
_ARNS: Final[Mapping[str, Planned]] = {
    "AWS::IAM::ServerCertificate": partly_known(["arn:aws:iam::", ":server-certificate/", ""])
}
_MOST_CONDITIONS: Final = 50
"""Conditions that mean each other in a chain; a longer one is unknown."""


@dataclass(slots=True)
class Scope:
    """What the expressions of one template may name."""

    parameters: dict[str, Planned]
    mappings: Mapping[str, object]
    conditions: Mapping[str, object]
    resources: Mapping[str, str]
    """Logical id → type."""
    referred: set[str] = field(default_factory=set)
    """Logical ids that the values worked out so far refer to; the caller empties it."""
    copies: list[int] = field(default_factory=lambda: [0])
    """How many copies the loops of the template have made; shared with the scopes inside loops."""
    _told: dict[str, bool | Unknown] = field(default_factory=dict)
    """Conditions that are worked out: each once, however many others name it."""
    _asked: list[str] = field(default_factory=list)
    """Conditions that are being worked out: one that means itself is unknown."""

    def value(self, node: object) -> Planned:
        """Give the value of a node; None for what AWS::NoValue takes away."""
        if isinstance(node, list):
            return [part for part in map(self.value, node) if part is not None]
        if not isinstance(node, dict):
            return _leaf(node)
        if len(node) == 1:
            name, argument = next(iter(node.items()))
            if function := _FUNCTIONS.get(name):
                return function(self, argument)
            if str(name).startswith(("Fn::", "Rain::")):
                return UNKNOWN
        if (
            "Fn::Transform" in node
        ):  # it puts something beside the other members, or makes another thing of them
            return UNKNOWN
        found = {str(key): self.value(part) for key, part in node.items()}
        return {key: part for key, part in found.items() if part is not None or node[key] is None}

    def named(self, name: str) -> Planned:
        """Give what a name stands for: a parameter, a pseudo parameter or a resource."""
        if name in self.parameters:
            return self.parameters[name]
        if name in _PSEUDO or name.startswith("AWS::"):
            return _PSEUDO.get(name, UNKNOWN)
        self.referred |= {name} & self.resources.keys()
        # NOTE: what nobody declares is a resource that a transform makes, such as the role of a function.
        return _REFERENCES.get(self.resources.get(name, ""), PRESENT)

    def holds(self, name: str) -> bool | Unknown:
        """Whether a condition of the template holds, as far as the parameters tell."""
        if name in self._told or name not in self.conditions:
            return self._told.get(name, UNKNOWN)
        if len(self._asked) >= _MOST_CONDITIONS or name in self._asked:
            return UNKNOWN
        self._asked.append(name)
        self._told[name] = self.truth(self.conditions[name])
        self._asked.pop()
        return self._told[name]

    def truth(self, node: object) -> bool | Unknown:
        """Give the truth of a condition function."""
        name, argument = next(iter(node.items())) if isinstance(node, dict) and node else ("", None)
        match name:
            case "Condition":
                return self.holds(str(argument))
            case "Fn::Not":
                inner = self.truth(_first(argument))
                return inner if isinstance(inner, Unknown) else not inner
            case "Fn::And":
                return _all_of([self.truth(part) for part in items(argument)])
            case "Fn::Or":
                inner = _all_of([_opposite(self.truth(part)) for part in items(argument)])
                return _opposite(inner)
            case "Fn::Equals":
                return self._equals(argument)
            case _:
                return UNKNOWN

    def _equals(self, argument: object) -> bool | Unknown:
        pair = [_shown(self.value(part)) for part in items(argument)]
        if len(pair) != 2:
            return UNKNOWN
        first, second = pair
        if _differ(first, second) or _differ(second, first):
            return False
        if any(_is_unknown(part) for part in pair):
            return UNKNOWN
        return first == second or _text(first) == _text(second)


def _leaf(node: object) -> Planned:
    if isinstance(node, str):
        return _told(node)
    return node if isinstance(node, bool | int | float) else None


def _differ(first: Planned, second: Planned) -> bool:
    return isinstance(first, Unknown) and isinstance(second, str) and not first.may_be(second)


def _first(argument: object) -> object:
    return argument[0] if isinstance(argument, list) and argument else argument


def _opposite(value: bool | Unknown) -> bool | Unknown:  # noqa: FBT001 # three-valued logic is about truth values
    return value if isinstance(value, Unknown) else not value


def _all_of(values: list[bool | Unknown]) -> bool | Unknown:
    if any(value is False for value in values):
        return False
    return UNKNOWN if any(isinstance(value, Unknown) for value in values) else True


def _is_unknown(value: Planned) -> bool:
    if isinstance(value, list):
        return any(_is_unknown(part) for part in value)
    if isinstance(value, dict):
        return any(_is_unknown(part) for part in value.values())
    return isinstance(value, Unknown)


def _shown(value: Planned) -> Planned:
    return value.value if isinstance(value, Sensitive) else value


def _text(value: Planned) -> str | Unknown:
    value = _shown(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float | str) else UNKNOWN


def _ref(scope: Scope, argument: object) -> Planned:
    return scope.named(argument) if isinstance(argument, str) else UNKNOWN


def _attribute(scope: Scope, argument: object) -> Planned:
    first = _first(argument)
    name = first.split(".")[0] if isinstance(first, str) else ""
    if not name:
        return UNKNOWN
    scope.referred |= {name} & scope.resources.keys()
    attribute = at(argument, 1) if isinstance(argument, list) else str(first).partition(".")[2]
    return _ARNS.get(scope.resources.get(name, ""), PRESENT) if attribute == "Arn" else PRESENT


def _sub(scope: Scope, argument: object) -> Planned:
    template = _first(argument)
    own = mapping(argument, 1) if isinstance(argument, list) else {}
    if not isinstance(template, str):
        return UNKNOWN
    pieces: list[Planned] = []
    end = 0
    for match in _PLACE.finditer(template):
        pieces += [template[end : match.start()], _place(scope, own, match[1].strip())]
        end = match.end()
    return _written_together([*pieces, template[end:]])


def _place(scope: Scope, own: Mapping[str, object], name: str) -> Planned:
    """Give what stands for a placeholder of a text."""
    if name.startswith("!"):
        return "${" + name[1:] + "}"
    if name in own:
        return scope.value(own[name])
    return scope.named(name) if "." not in name else _attribute(scope, name)


def _written_together(parts: list[Planned]) -> Planned:
    """Give one text of its parts; what is known of it when a part is not."""
    if len([part for part in parts if part != ""]) == 1 and PRESENT in parts:
        return PRESENT
    texts = [_text(part) for part in parts]
    pieces = [""]
    for text in texts:
        if isinstance(text, str):
            pieces[-1] += text
        else:
            pieces.append("")
    if len(pieces) > 1:
        return partly_known(pieces)
    if any(isinstance(part, Sensitive) for part in parts):
        return Sensitive(pieces[0])
    return _told(pieces[0])


def _told(text: str) -> Planned:
    """Give a text; of one that a deployment fills from the parameter store, what is written around the gap."""
    if "{{resolve:ssm:" not in text:
        return text
    pieces = _STORED.split(text)
    return UNKNOWN if pieces == ["", ""] else partly_known(pieces)


def _join(scope: Scope, argument: object) -> Planned:
    parts, delimiter = scope.value(at(argument, 1)), str(at(argument, 0) or "")
    if not isinstance(parts, list):
        return UNKNOWN
    spaced: list[Planned] = [one for part in parts for one in (delimiter, part)]
    return _written_together(spaced[1:])


def _split(scope: Scope, argument: object) -> Planned:
    value = scope.value(at(argument, 1))
    text, delimiter = _text(value), at(argument, 0)
    if not isinstance(text, str) or not isinstance(delimiter, str) or not delimiter:
        return UNKNOWN
    is_secret = isinstance(value, Sensitive)
    return [Sensitive(part) if is_secret else part for part in text.split(delimiter)]


def _select(scope: Scope, argument: object) -> Planned:
    index, parts = scope.value(at(argument, 0)), scope.value(at(argument, 1))
    if (
        not isinstance(index, int | str)
        or not str(index).isdecimal()
        or not isinstance(parts, list)
    ):
        return UNKNOWN
    return parts[int(index)] if int(index) < len(parts) else UNKNOWN


def _find(scope: Scope, argument: object) -> Planned:
    table, top, second = (scope.value(part) for part in (*items(argument)[:3], *[None] * 3)[:3])
    rows = mapping(scope.mappings, str(table))
    found: list[object] = []
    for key, row in rows.items():
        if isinstance(top, Unknown) or str(_shown(top)) == key:
            found.append(at(row, str(_shown(second))))
    values = [scope.value(one) for one in found if one is not None]
    spare = at(argument, 3)
    if isinstance(spare, dict):
        values = values or [scope.value(spare.get("DefaultValue"))]
        return UNKNOWN if isinstance(top, Unknown) or isinstance(second, Unknown) else values[0]
    # NOTE: without the region nobody knows the row; when all rows say the same it does not matter.
    if not values or isinstance(second, Unknown) or any(value != values[0] for value in values):
        return UNKNOWN
    return values[0] if values[0] is not None else UNKNOWN


def _if(scope: Scope, argument: object) -> Planned:
    parts = items(argument)
    if len(parts) != 3:
        return UNKNOWN
    holds = scope.holds(str(parts[0]))
    if not isinstance(holds, Unknown):
        return scope.value(parts[1 if holds else 2])
    first, second = scope.value(parts[1]), scope.value(parts[2])
    if first == second:
        return first
    return PRESENT if _is_certain(first) and _is_certain(second) else UNKNOWN


def _is_certain(value: Planned) -> bool:
    """Whether a value is there, is not empty and no wildcard, whatever else it is."""
    return (
        value.is_certain
        if isinstance(value, Unknown)
        else isinstance(value, str) and value not in ("", "*")
    )


def _length(scope: Scope, argument: object) -> Planned:
    value = scope.value(argument)
    return len(value) if isinstance(value, list) else UNKNOWN


def _json_text(scope: Scope, argument: object) -> Planned:
    value = scope.value(argument)
    if _is_unknown(value):
        return UNKNOWN
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    except TypeError:
        return UNKNOWN


def _export(scope: Scope, argument: object) -> Planned:
    scope.value(argument)  # for the resources that it refers to
    return PRESENT


def _unknown(scope: Scope, argument: object) -> Planned:
    scope.value(argument)  # for the resources that it refers to
    return UNKNOWN


def _plain_text(scope: Scope, argument: object) -> Planned:
    """Give the text that is encoded: user data is looked at as people write it."""
    return scope.value(argument)


_FUNCTIONS: Final[Mapping[str, Callable[[Scope, object], Planned]]] = {
    "Ref": _ref,
    "Fn::Base64": _plain_text,
    "Fn::Cidr": _unknown,
    "Fn::FindInMap": _find,
    "Fn::GetAZs": _unknown,
    "Fn::GetAtt": _attribute,
    "Fn::If": _if,
    "Fn::ImportValue": _export,
    "Fn::Join": _join,
    "Fn::Length": _length,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::Sub": _sub,
    "Fn::ToJsonString": _json_text,
    "Fn::Transform": _unknown,
}
