"""A Terraform plan as JSON → canonical resources.

Types with a mapping carry CloudFormation's names; the others are `terraform:<type>` with Terraform's own attributes,
so that a control can still name them. What goes away, and data sources, are counted and not evaluated.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tesuri.model.resource import Resource, Unread, Value
from tesuri.subjects.aws_security_group import (
    GROUP_TYPES,
    RULE_TYPES,
    TYPE,
    Group,
    read_groups,
)
from tesuri.subjects.plan_document import PlannedResource, read_plan_document
from tesuri.subjects.plan_references import References
from tesuri.subjects.plan_values import Planned, Sensitive, plain


@dataclass(frozen=True, slots=True)
class TerraformPlan:
    """What a plan will leave behind."""

    resources: tuple[Resource, ...]
    unread: tuple[Unread, ...]
    deleted: int
    """Resources that go away or are forgotten."""
    data_sources: int


def read_terraform_plan(data: bytes, *, where: str) -> TerraformPlan:
    """Read the output of `terraform show -json PLANFILE`.

    **raises** BadInput when it is something else.
    """
    document = read_plan_document(data, where=where)
    references = References(document.configuration, document.resources)
    grouped = read_groups(document.resources, references)
    others = [one for one in document.resources if one.type not in GROUP_TYPES | RULE_TYPES]
    return TerraformPlan(
        resources=(*(_of_group(group) for group in grouped), *(_raw(one) for one in others)),
        unread=tuple(document.unread),
        deleted=document.deleted,
        data_sources=document.data_sources,
    )


def _of_group(group: Group) -> Resource:
    properties = group.properties | {"Tags": _tag_list(group.resource.values)}
    return _resource(group.resource, TYPE, properties, group)


def _raw(planned: PlannedResource) -> Resource:
    return _resource(planned, f"terraform:{planned.type}", planned.values, None)


def _resource(
    planned: PlannedResource, kind: str, properties: Mapping[str, Planned], group: Group | None
) -> Resource:
    secrets: set[str] = set()
    shown = plain(dict(properties), secrets)
    assert isinstance(shown, dict)
    return Resource(
        type=kind,
        address=planned.address,
        properties=shown,
        change=planned.change,
        provider_type=planned.type,
        tags=_tags(planned.values),
        module=planned.module,
        origin=planned.origin,
        origins=group.origins if group else {},
        defaults=frozenset(group.defaults) if group else frozenset(),
        sensitive=frozenset(secrets),
    )


def _all_tags(values: Mapping[str, Planned]) -> dict[str, Planned]:
    """Give the tags with the provider's default tags; the resource's own when those are not known."""
    found: dict[str, Planned] = {}
    for attribute in ("tags_all", "tags"):
        tags = values.get(attribute)
        if isinstance(tags, dict):
            found = tags | found
    return found


def _tags(values: Mapping[str, Planned]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in _all_tags(values).items():
        inner: Planned | Value = value.value if isinstance(value, Sensitive) else value
        if isinstance(inner, str):
            found[key] = inner
    return found


def _tag_list(values: Mapping[str, Planned]) -> list[Planned]:
    return [{"Key": key, "Value": value} for key, value in _all_tags(values).items()]
