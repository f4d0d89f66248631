"""A CloudFormation template → canonical resources: the published types are the canonical ones.

Values get the kinds of the published shape ("true" is true, a policy is in its normal form), conditions decide which
resources exist, parts join their wholes. Types without a shape keep their properties as written and are counted.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from tesuri.model.resource import Origin, Resource, Unknown, Unread
from tesuri.model.resource_shape import resource_shape
from tesuri.subjects.aws.defaults import fill_defaults
from tesuri.subjects.aws.joins import joined
from tesuri.subjects.cloudformation.document import Declared, Template, read_template
from tesuri.subjects.cloudformation.links import TemplateLinks
from tesuri.subjects.cloudformation.sam import expanded, implied
from tesuri.subjects.cloudformation.shapes import canonical, canonical_name, shaped
from tesuri.subjects.drafts import Draft, finished
from tesuri.subjects.planned import Planned, Sensitive
from tesuri.untrusted.shape import mapping, text

_NESTED: Final = frozenset(
    {"AWS::CloudFormation::Stack", "AWS::CloudFormation::StackSet", "AWS::Serverless::Application"}
)


@dataclass(frozen=True, slots=True)
class CloudFormationTemplate:
    """What a template will make."""

    resources: tuple[Resource, ...]
    unread: tuple[Unread, ...]
    not_made: int
    """Resources whose condition is false with the defaults of the parameters."""
    unmapped: Mapping[str, int] = field(default_factory=dict)
    """Types without a shape → how many resources."""


def read_cloudformation(data: bytes, *, where: str) -> CloudFormationTemplate:
    """Read a template in YAML or JSON.

    **raises** BadInput when it is something else.
    """
    template = read_template(data, where=where)
    links = TemplateLinks()
    drafts: list[Draft] = []
    unmapped: Counter[str] = Counter()
    not_made = 0
    for declared in (*template.declared, *implied(template.declared)):
        if _is_left_out(declared):
            not_made += 1
            continue
        if declared.type in _NESTED:
            reason = "the template that it names is not read"
            place = Origin(pointer=declared.pointer)
            template.unread.append(Unread(declared.logical_id, reason, place))
        for kind, entry in expanded(declared, mapping(template.body, "Globals")):
            draft = _draft(kind, entry, template, links)
            drafts.append(draft)
            if resource_shape(draft.type) is None:
                unmapped[declared.type] += 1
    links.know(drafts)
    drafts = joined(drafts)
    for draft in drafts:
        fill_defaults(draft)
    return CloudFormationTemplate(
        resources=tuple(finished(draft) for draft in drafts),
        unread=tuple(_placed(one, template) for one in template.unread),
        not_made=not_made,
        unmapped=dict(unmapped),
    )


def _is_left_out(declared: Declared) -> bool:
    condition = text(declared.entry, "Condition")
    return bool(condition) and declared.scope.holds(condition) is False


def _placed(unread: Unread, template: Template) -> Unread:
    return replace(unread, origin=template.origin(unread.origin.pointer))


def _draft(kind: str, declared: Declared, template: Template, links: TemplateLinks) -> Draft:
    properties = dict(_values(declared, links))
    for name in ("DeletionPolicy", "UpdateReplacePolicy"):
        if policy := text(declared.entry, name):
            properties[name] = policy
    kind, properties = canonical(kind, properties)
    shape = resource_shape(kind)
    if shape is not None:
        properties = shaped(properties, shape)
    pointer = f"{declared.pointer}/Properties"
    draft = Draft(
        type=kind,
        address=declared.logical_id,
        properties=properties,
        origin=template.origin(declared.pointer),
        locate=lambda name: template.origin(pointer + name),
        link=links.of(declared.logical_id),
        is_set=lambda name: name in properties,
        provider_type=declared.type,
        tags=_tags(properties.get("Tags")),
    )
    draft.is_partial = isinstance(declared.scope.value(declared.entry.get("Properties")), Unknown)
    if _macro_of(declared):
        draft.is_partial = True
        reason = "a macro may change any part of it"
        template.unread.append(
            Unread(declared.logical_id, reason, Origin(pointer=declared.pointer))
        )
    return draft


def _macro_of(declared: Declared) -> bool:
    """Say whether a macro that is not known here works on the resource."""
    macros = (
        text(part, "Fn::Transform", "Name")
        for part in (declared.entry, mapping(declared.entry, "Properties"))
        if "Fn::Transform" in part
    )
    return any(name != "AWS::Include" for name in macros)


def _values(declared: Declared, links: TemplateLinks) -> Iterator[tuple[str, Planned]]:
    for name, node in mapping(declared.entry, "Properties").items():
        if name == "Fn::Transform":
            continue
        declared.scope.referred.clear()
        value = declared.scope.value(node)
        own = canonical_name(declared.type, name)
        links.note(declared.logical_id, own, declared.scope.referred, node)
        if value is not None:
            yield name, value


def _tags(value: Planned) -> dict[str, str]:
    if isinstance(value, dict):
        return {key: part for key, part in value.items() if isinstance(part, str)}
    found: dict[str, str] = {}
    for pair in value if isinstance(value, list) else ():
        key = pair.get("Key") if isinstance(pair, dict) else None
        held = pair.get("Value") if isinstance(pair, dict) else None
        held = held.value if isinstance(held, Sensitive) else held
        if isinstance(key, str) and isinstance(held, str | int):
            found[key] = str(held)
    return found
