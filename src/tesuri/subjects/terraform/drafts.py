"""Planned or declared Terraform resources → drafts of canonical resources, parts of one resource united.

Security groups and their rules have a reader of their own, `aws_security_group.py`. A type without a mapping becomes
`terraform:<type>` with Terraform's own attributes, and is counted as not read.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Final

from tesuri.model.resource import PRESENT, UNKNOWN, Origin, Unknown
from tesuri.model.resource_shape import resource_shape
from tesuri.subjects.aws.security_group import TYPE
from tesuri.subjects.drafts import Draft, Joined, doubt
from tesuri.subjects.planned import Planned, Sensitive, together
from tesuri.subjects.terraform.links import Links
from tesuri.subjects.terraform.mapping import Block, TypeMapping, fill
from tesuri.subjects.terraform.origin import locate
from tesuri.subjects.terraform.plan_document import PlannedResource
from tesuri.subjects.terraform.plan_references import Follows
from tesuri.subjects.terraform.security_groups import GROUP_TYPES, RULE_TYPES, Group, read_groups
from tesuri.subjects.terraform.types.index import MAPPINGS, block_of


@dataclass(slots=True)
class Drafted:
    """What became of the resources of one input."""

    drafts: list[Draft] = field(default_factory=list)
    unmapped: Counter[str] = field(default_factory=Counter)
    """Terraform types without a mapping → how many resources."""


def drafted(resources: list[PlannedResource], references: Follows) -> Drafted:
    """Give the drafts of all resources."""
    links = Links(resources, references)
    found = Drafted()
    parts: list[tuple[PlannedResource, Draft, TypeMapping]] = []
    for group in read_groups(resources, references):
        found.drafts.append(_of_group(group, links))
    for one in resources:
        if one.type in GROUP_TYPES or one.type in RULE_TYPES:
            continue
        mapping = MAPPINGS.get(one.type)
        if mapping is None:
            found.unmapped[one.type] += 1
            found.drafts.append(_raw(one, links))
            continue
        draft = _mapped(one, mapping, links)
        if mapping.part_of:
            parts.append((one, draft, mapping))
        else:
            found.drafts.append(draft)
    found.drafts.extend(_united(parts, found.drafts, links))
    return found


def _arn(planned: PlannedResource) -> str:
    told = planned.values.get("arn")
    return told if isinstance(told, str) else ""


def _draft(
    planned: PlannedResource, kind: str, properties: dict[str, Planned], links: Links
) -> Draft:
    return Draft(
        type=kind,
        address=planned.address,
        properties=properties,
        origin=planned.origin,
        locate=planned.origin_of,
        link=links.of(planned),
        is_set=links.is_set(planned),
        provider_type=planned.type,
        change=planned.change,
        tags=_texts(_all_tags(planned.values)),
        module=planned.module,
        is_complete=planned.is_complete,
        is_secret=planned.is_secret,
        arn=_arn(planned),
    )


def _mapped(planned: PlannedResource, mapping: TypeMapping, links: Links) -> Draft:
    block = block_of(planned.type)
    properties: dict[str, Planned] = deepcopy(dict(mapping.constants))
    fill(links.completed(planned), block, properties, properties)
    if "Tags" in block.root and "Tags" not in properties:
        tags = _all_tags(planned.values)
        if tags or _is_late(planned.values):
            properties["Tags"] = _tags(tags, block) if tags else UNKNOWN
    draft = _draft(planned, mapping.target, properties, links)
    draft.locate = locate(planned, block)
    return draft


def _raw(planned: PlannedResource, links: Links) -> Draft:
    return _draft(planned, f"terraform:{planned.type}", planned.values, links)


def _of_group(group: Group, links: Links) -> Draft:
    properties = dict(group.properties)
    tags = _all_tags(group.resource.values)
    if tags or _is_late(group.resource.values):
        properties["Tags"] = _pairs(tags) if tags else UNKNOWN
    if group.resource.type == "aws_default_security_group":
        properties["IsDefault"] = True
    draft = _draft(group.resource, TYPE, properties, links)
    draft.joined = {
        pointer: Joined(lambda _, origin=origin: origin)  # type: ignore[misc] # the default binds this turn's origin
        for pointer, origin in group.origins.items()
    }
    draft.is_partial = group.resource.type in RULE_TYPES
    if draft.is_partial:
        draft.told = frozenset({"SecurityGroupIngress", "SecurityGroupEgress"})
    draft.defaults = frozenset(group.defaults)
    return draft


def _united(
    parts: Iterable[tuple[PlannedResource, Draft, TypeMapping]], wholes: list[Draft], links: Links
) -> Iterator[Draft]:
    """Write parts into their wholes; gives a partial whole for each part that stands alone."""
    by_address = {draft.address: draft for draft in wholes}
    alone: dict[tuple[str, str], Draft] = {}
    doubted: dict[tuple[str, str], set[str]] = {}
    for planned, part, mapping in parts:
        found = links.targets(planned, (mapping.part_of,), mapping.target)
        whole = next((by_address[one] for one in found if one in by_address), None)
        if whole is None:
            identity = links.completed(planned).get(mapping.part_of)
            if isinstance(identity, Unknown) and identity != PRESENT:
                doubted.setdefault((part.type, part.module), set()).update(part.properties)
            key = (mapping.target, identity if isinstance(identity, str) else planned.address)
            if key not in alone:
                alone[key] = _partial(part)
            whole = alone[key]
            whole.told |= part.properties.keys()
        _unite(whole, part)
    for whole in wholes if doubted else ():
        for name in doubted.get((whole.type, whole.module), ()):
            if not whole.is_partial:
                doubt(whole, name)
    yield from alone.values()


def _partial(part: Draft) -> Draft:
    unknown: dict[str, Planned] = dict.fromkeys(resource_shape(part.type) or {}, UNKNOWN)
    return replace(part, properties=unknown, is_partial=True, joined={}, tags={})


def _unite(whole: Draft, part: Draft) -> None:
    for name, value in part.properties.items():
        before = whole.properties.get(name)
        start = len(before) if isinstance(before, list) else -1
        whole.properties[name] = value if before is None else together(before, value)
        if isinstance(value, list) and start > 0:
            for number in range(len(value)):
                place = Joined(part.locate, f"/{name}/{number}")
                whole.joined[f"/{name}/{start + number}"] = place
        else:
            whole.joined[f"/{name}"] = Joined(part.locate, f"/{name}")
    whole.is_secret = whole.is_secret or part.is_secret


def takes_tags(source: str) -> bool:
    """Whether resources of a Terraform type have tags."""
    root = block_of(source).root if source in MAPPINGS else {}
    return source in GROUP_TYPES or "Tags" in root or "TagSpecifications" in root


def _all_tags(values: Mapping[str, Planned]) -> dict[str, Planned]:
    """Give the tags with the provider's default tags; the resource's own when those are not known."""
    every, own = values.get("tags_all"), values.get("tags")
    if isinstance(every, dict):
        return {**every, **own} if isinstance(own, dict) else every
    return own if isinstance(own, dict) else {}


def _is_late(values: Mapping[str, Planned]) -> bool:
    """Whether the tags are only known after apply."""
    return any(isinstance(values.get(attribute), Unknown) for attribute in ("tags", "tags_all"))


def _texts(tags: Mapping[str, Planned]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in tags.items():
        inner = value.value if isinstance(value, Sensitive) else value
        if isinstance(inner, str):
            found[key] = inner
    return found


def _tags(tags: dict[str, Planned], block: Block) -> Planned:
    return _pairs(tags) if isinstance(block.root["Tags"], list) else tags


def _pairs(tags: Mapping[str, Planned]) -> list[Planned]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def provider_drafts(configuration: Mapping[str, object], file: str) -> Iterator[Draft]:
    """Give the AWS provider blocks of a plan's configuration: keys written into them are constants there."""
    blocks = configuration.get("provider_config")
    for name, block in blocks.items() if isinstance(blocks, dict) else ():
        if isinstance(block, dict) and block.get("name") == "aws":
            expressions = block.get("expressions")
            written = expressions if isinstance(expressions, dict) else {}
            constants = {
                key: part.get("constant_value") if isinstance(part, dict) else None
                for key, part in written.items()
            }
            origin = Origin(file, pointer=f"/configuration/provider_config/{name}")
            yield provider_draft(str(name), constants, origin)


def provider_draft(name: str, written: Mapping[str, object], origin: Origin) -> Draft:
    """Give a provider block; what is not a written text is unknown, and keys are secret."""
    return Draft(
        type="terraform:provider.aws",
        address=f"provider.{name}",
        properties={
            property_name: Sensitive(text) if isinstance(text := written[key], str) else UNKNOWN
            for key, property_name in _PROVIDER.items()
            if key in written
        },
        origin=origin,
        locate=lambda _: origin,
        link=lambda _property, _kind: (),
        is_set=lambda _property: None,
        provider_type="provider.aws",
    )


_PROVIDER: Final = {
    "access_key": "AccessKey",
    "secret_key": "SecretKey",
    "token": "Token",
    "profile": "Profile",
    "region": "Region",
    "alias": "Alias",
}
