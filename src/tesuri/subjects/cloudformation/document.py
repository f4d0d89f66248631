"""The envelope of a CloudFormation template: is it one, what do its parameters stand for, which resources does it hold.

YAML with the short forms of functions and JSON are the same thing here. Lines are looked for only when somebody asks.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from tesuri.model.errors import BadInput
from tesuri.model.resource import PRESENT, UNKNOWN, Origin, Unread
from tesuri.subjects.cloudformation.functions import Scope
from tesuri.subjects.planned import Planned, Sensitive
from tesuri.untrusted.json_document import read_json
from tesuri.untrusted.shape import at, items, join_pointer, mapping, shape_name, text
from tesuri.untrusted.yaml_document import MAX_DEPTH, read_yaml_lines, read_yaml_with_lines

_SHORT: Final = (
    "Base64", "Cidr", "FindInMap", "GetAZs", "GetAtt", "ImportValue", "Join", "Select", "Split", "Sub", "Transform",
    "If", "And", "Equals", "Not", "Or", "Length", "ToJsonString", "Contains", "EachMemberEquals", "EachMemberIn",
    "RefAll", "ValueOf", "ValueOfAll",
)  # fmt: skip
_OF_RAIN: Final = ("Constant", "Embed", "Env", "Include", "Module", "S3", "S3Http")
TAGS: Final[Mapping[str, str]] = {
    "!Ref": "Ref",
    "!Condition": "Condition",
    # What the tool rain puts in before a deployment; unknown here.
    **{f"!Rain::{name}": f"Rain::{name}" for name in _OF_RAIN},
    **{f"!{name}": f"Fn::{name}" for name in _SHORT},
}
_VERSION: Final = "2010-09-09"
_INCLUDE: Final = "AWS::Include"
_KNOWN_MACROS: Final = (
    "AWS::Serverless-2016-10-31", "AWS::LanguageExtensions", "AWS::CodeDeployBlueGreen",
    "AWS::SecretsManager-2020-07-23", "AWS::SecretsManager-2024-09-16", "AWS::CodeStar",
)  # fmt: skip
_SECTIONS: Final = ("Parameters", "Mappings", "Conditions", "Resources", "Globals")
_MOST_COPIES: Final = 1_000
"""Copies that all loops of a template may make; a stack holds 500 resources."""


@dataclass(frozen=True, slots=True)
class Declared:
    """One resource of a template as it is written."""

    logical_id: str
    type: str
    entry: Mapping[str, object]
    pointer: str
    scope: Scope


@dataclass
class Template:
    """A template with its resources; what cannot be read is in `unread`."""

    file: str
    data: bytes
    body: Mapping[str, object]
    scope: Scope
    declared: list[Declared] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    known_lines: Mapping[str, int] | None = None
    """Pointer → line, when the reading told them."""

    @cached_property
    def _lines(self) -> Mapping[str, int]:
        if self.known_lines is not None:
            return self.known_lines
        # NOTE: JSON is YAML but for tabs between its parts, and keys given twice: without lines it is still a template.
        try:
            return read_yaml_lines(self.data.replace(b"\t", b" "), where=self.file, tags=TAGS)
        except BadInput:
            return {}

    def origin(self, pointer: str) -> Origin:
        """Give the place of a pointer, with the line of the nearest part that has one."""
        near = pointer
        while near and near not in self._lines:
            near = near.rpartition("/")[0]
        return Origin(self.file, self._lines.get(near, 0), pointer)


def read_template(data: bytes, *, where: str) -> Template:
    """Read the bytes of a template.

    **raises** BadInput when they are no CloudFormation template.
    """
    body, lines = _decoded(data, where)
    _refuse_others(body, where)
    resources = mapping(body, "Resources")
    names = {str(name): text(entry, "Type") for name, entry in resources.items()}
    parameters = {
        name: _parameter(declared) for name, declared in mapping(body, "Parameters").items()
    }
    scope = Scope(parameters, mapping(body, "Mappings"), mapping(body, "Conditions"), names)
    template = Template(where, data, body, scope, known_lines=lines)
    _note_macros(template)
    for found in _entries(resources, scope, "/Resources"):
        if isinstance(found, Unread):
            template.unread.append(found)
        else:
            template.declared.append(found)
    return template


def _decoded(data: bytes, where: str) -> tuple[Mapping[str, object], Mapping[str, int] | None]:
    """Give the template, with its lines when it is YAML: those of JSON cost a second reading."""
    document: object
    lines: Mapping[str, int] | None = None
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        document = read_json(data, where=where, max_depth=MAX_DEPTH)
    else:
        found = read_yaml_with_lines(data, where=where, tags=TAGS)
        if len(found) > 1:
            raise BadInput(
                f"The file holds {len(found)} YAML documents; a template is one.", where=where
            )
        document, lines = found[0] if found else (None, None)
    if not isinstance(document, dict):
        raise BadInput(f"A template is a mapping; this is {shape_name(document)}.", where=where)
    return document, lines


def _refuse_others(body: Mapping[str, object], where: str) -> None:
    version = body.get("AWSTemplateFormatVersion")
    if version is not None and str(version)[:10] != _VERSION:
        raise BadInput(
            f"The template has AWSTemplateFormatVersion {str(version)[:20]!r}; {_VERSION} can be read.",
            where=f"{where}#/AWSTemplateFormatVersion",
        )
    if body.get("Resources") is None:
        raise BadInput("This is not a CloudFormation template: it has no Resources.", where=where)
    for section in _SECTIONS:
        found = body.get(section)
        if found is not None and not isinstance(found, dict):
            raise BadInput(
                f"{section} is {shape_name(found)}; a template has a mapping there.",
                where=f"{where}#/{section}",
            )


def _parameter(declared: object) -> Planned:
    """Give what a parameter is when nobody sets it: its default, or the only value that is allowed."""
    kind = text(declared, "Type")
    value = at(declared, "Default")
    allowed = items(declared, "AllowedValues")
    if value is None and len(allowed) == 1:
        value = allowed[0]
    if kind.startswith("AWS::SSM::Parameter::Value") or (
        value is None and kind.startswith("AWS::")
    ):
        return PRESENT
    if value is None:
        return UNKNOWN
    if kind == "CommaDelimitedList" or kind.startswith("List<"):
        return [part.strip() for part in str(value).split(",")]
    if not isinstance(value, bool | int | float | str):
        return UNKNOWN
    is_secret = str(at(declared, "NoEcho")).lower() == "true"
    return Sensitive(value) if is_secret else value


def _note_macros(template: Template) -> None:
    if "Fn::Transform" in template.body:
        reason = "what it adds to the template is not read"
        template.unread.append(Unread("macro", reason, Origin(pointer="/Fn::Transform")))
    named = template.body.get("Transform")
    for number, one in enumerate(named if isinstance(named, list) else [named]):
        name = text(one, "Name") or (one if isinstance(one, str) else "")
        if name == _INCLUDE or (name and name not in _KNOWN_MACROS):
            reason = "this macro may change any part of the template"
            place = template.file, f"/Transform/{number}"
            template.unread.append(
                Unread(f"macro {name}", reason, Origin(place[0], pointer=place[1]))
            )


def _entries(
    resources: Mapping[str, object], scope: Scope, pointer: str
) -> Iterator[Declared | Unread]:
    for name, entry in resources.items():
        place = join_pointer(pointer, name)
        if name.startswith("Fn::ForEach::"):
            yield from _copies(name, entry, scope, place)
        elif name == "Fn::Transform":
            yield Unread("macro", "the resources that it adds are not read", Origin(pointer=place))
        elif not isinstance(entry, dict) or not text(entry, "Type"):
            reason = "it is no resource with a Type"
            # NOTE: an include may still give it one; what is no mapping never becomes a resource.
            is_broken = not isinstance(entry, dict)
            yield Unread(name, reason, Origin(pointer=place), is_broken)
        elif not isinstance(entry.get("Properties") or {}, dict):
            what = shape_name(entry["Properties"])
            at_properties = Origin(pointer=f"{place}/Properties")
            yield Unread(name, f"its Properties are {what}", at_properties, is_broken=True)
        else:
            yield Declared(name, text(entry, "Type"), entry, place, scope)


def _copies(name: str, entry: object, scope: Scope, pointer: str) -> Iterator[Declared | Unread]:
    """Give what a loop makes: one copy of its body for each member of its list."""
    parts = items(entry)
    members = scope.value(parts[1]) if len(parts) == 3 else UNKNOWN
    if not isinstance(members, list) or not isinstance(parts[2], dict):
        yield Unread(name, "the members of this loop are not known", Origin(pointer=pointer))
        return
    scope.copies[0] += len(members)
    if scope.copies[0] > _MOST_COPIES:
        yield Unread(
            name, f"its loops make more than {_MOST_COPIES:,} copies", Origin(pointer=pointer)
        )
        return
    variable = str(parts[0])
    for member in members:
        inner = Scope(
            {**scope.parameters, variable: member},
            scope.mappings,
            scope.conditions,
            scope.resources,
            copies=scope.copies,
        )
        body = {
            key.replace("${" + variable + "}", str(member)).replace(
                "&{" + variable + "}", str(member)
            ): part
            for key, part in parts[2].items()
        }
        yield from _entries(body, inner, f"{pointer}/2")
