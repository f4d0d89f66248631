"""Which resources of the same input an attribute means: by a known id, name or ARN, else by the reference that sets it."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Final

from tesuri.model.resource import UNKNOWN, Unknown
from tesuri.subjects.aws.joins import PART_TYPES
from tesuri.subjects.aws.leaves import is_digest
from tesuri.subjects.planned import Planned
from tesuri.subjects.terraform.plan_document import PlannedResource
from tesuri.subjects.terraform.plan_references import Follows, settled
from tesuri.subjects.terraform.plan_values import with_omitted
from tesuri.subjects.terraform.policies import TYPE, WHOLES, policy_of
from tesuri.subjects.terraform.security_groups import GROUP_TYPES
from tesuri.subjects.terraform.types.index import MAPPINGS, block_of
from tesuri.subjects.terraform.written_blocks import with_dynamic
from tesuri.untrusted.shape import at

_IDENTITIES: Final = (
    "id", "arn", "name", "bucket", "url", "key_id", "function_name", "cluster_identifier", "identifier", "domain_name",
    "stage_name", "cluster_name",
)  # fmt: skip


_POLICIES: Final = ("policy", "assume_role_policy", "access_policies", "key_policy")
_DOCUMENTS: Final = frozenset({f"data.{TYPE}"})
_DEEPEST: Final = 8
_GROUP: Final[Mapping[str, tuple[str, ...]]] = {
    "SecurityGroupIngress": ("ingress",),
    "SecurityGroupEgress": ("egress",),
    "GroupName": ("name",),
    "VpcId": ("vpc_id",),
    "Tags": ("tags", "tags_all"),
}
"""The attributes of security groups, which have a reader of their own."""


class Links:
    """The links between the resources of one input."""

    def __init__(self, resources: list[PlannedResource], references: Follows) -> None:
        self._resources = resources
        self._references = references
        self._depth = 0
        """Documents that are being worked out, each inside the one before."""
        self._known: dict[str, dict[str, dict[str, list[PlannedResource]]]] = {}
        """Canonical type → identity → module → the resources; made when first asked for."""

    def of(self, planned: PlannedResource) -> Callable[[str, str], tuple[str, ...]]:
        """Give the function that follows a property of one resource."""

        def follow(name: str, kind: str) -> tuple[str, ...]:
            return self.targets(planned, attributes_of(planned.type, name), kind)

        return follow

    def is_set(self, planned: PlannedResource) -> Callable[[str], bool | None]:
        """Give the function that says whether somebody wrote a property of one resource."""

        def look(name: str) -> bool | None:
            written = self._references.written(planned)
            if written is None:
                return None
            written = with_dynamic(planned.type, planned.values, written)
            return any(attribute in written for attribute in attributes_of(planned.type, name))

        return look

    def completed(self, planned: PlannedResource) -> Mapping[str, Planned]:
        """Give the values with what they leave out, and policies that are not known yet from their documents."""
        told = self._references.written(planned)
        found, written = planned.values, told or {}
        if not planned.is_complete:
            found = with_omitted(found, written)
        keeps = told is None or not planned.is_complete or _is_part(planned.type)
        found = settled(found, with_dynamic(planned.type, found, written), keeps=keeps)
        if is_digest(found.get("user_data")):
            constant = at(written, "user_data", "constant_value")
            found = {**found, "user_data": constant if isinstance(constant, str) else UNKNOWN}
        for attribute in _POLICIES:
            if isinstance(found.get(attribute), Unknown):
                document = self._references.target(planned, attribute, _DOCUMENTS)
                if document is not None:
                    found = {**found, attribute: self._policy(document)}
        if planned.type in _DOCUMENTS:
            found = {**found, **self._included(planned)}
        return found

    def _included(self, document: PlannedResource) -> dict[str, Planned]:
        """Give the documents that a policy document takes in, where it is one of the same input."""
        found: dict[str, Planned] = {}
        for attribute in WHOLES:
            given = document.values.get(attribute)
            parts = given if isinstance(given, list) else [given]
            if not given or not any(isinstance(one, Unknown) for one in parts):
                continue
            others = self._references.targets(document, attribute, _DOCUMENTS)
            if len(others) == len(parts) and document not in others:
                found[attribute] = [self._policy(other) for other in others]
        return found

    def _policy(self, document: PlannedResource) -> Planned:
        """Give the policy of a document with what it takes in, as deep as people nest them."""
        if self._depth >= _DEEPEST:
            return UNKNOWN
        self._depth += 1
        policy = policy_of(self.completed(document))
        self._depth -= 1
        return policy

    def targets(
        self, planned: PlannedResource, attributes: Iterable[str], kind: str
    ) -> tuple[str, ...]:
        """Give the addresses of the resources of a canonical type that some attributes mean."""
        found: dict[str, None] = {}
        for attribute in attributes:
            value = planned.values.get(attribute)
            places = self._identities(kind)
            known = [_nearest(places[one], planned) for one in _texts(value) if one in places]
            if known and all(len(one) == 1 for one in known):
                found |= dict.fromkeys(one[0].address for one in known)
                continue
            target = self._references.target(planned, attribute, source_types(kind))
            if target is not None:
                found[target.address] = None
        return tuple(found)

    def _identities(self, kind: str) -> Mapping[str, dict[str, list[PlannedResource]]]:
        if kind not in self._known:
            types = source_types(kind)
            places: dict[str, dict[str, list[PlannedResource]]] = {}
            for one in self._resources:
                for key in _IDENTITIES if one.type in types else ():
                    if isinstance(value := one.values.get(key), str) and value:
                        modules = places.setdefault(value.removesuffix(":*"), {})
                        held = modules.setdefault(one.module, [])
                        if not held or held[-1] is not one:
                            held.append(one)
            self._known[kind] = places
        return self._known[kind]


@cache
def _is_part(source: str) -> bool:
    """Whether resources of a type belong to others: what they may write to them stays unknown."""
    mapping = MAPPINGS.get(source)
    return mapping is not None and (bool(mapping.part_of) or mapping.target in PART_TYPES)


def _nearest(
    places: Mapping[str, list[PlannedResource]], planned: PlannedResource
) -> list[PlannedResource]:
    """Give those of the same module, and of the same key, where several resources use one name."""
    found = places[planned.module] if planned.module in places else list(places.values())[-1]
    alike = [one for one in found if one.index == planned.index] if planned.index else []
    return alike if len(alike) == 1 else found


def _texts(value: Planned) -> list[str]:
    parts = value if isinstance(value, list) else [value]
    found: list[str] = []
    for part in parts:
        if isinstance(part, dict):
            found.extend(_texts([one for one in part.values() if isinstance(one, str)]))
        elif isinstance(part, str):
            found.append(part.removesuffix(":*"))
    return found


@cache
def source_types(kind: str) -> frozenset[str]:
    """Give the Terraform types that are a canonical type, without those that are only a part of it."""
    return frozenset(
        one.source for one in MAPPINGS.values() if one.target == kind and not one.part_of
    )


@cache
def attributes_of(source: str, name: str) -> tuple[str, ...]:
    """Give the attributes of a Terraform type that write a property, or something below it."""
    if source in GROUP_TYPES:
        return _GROUP.get(name, ())
    if source not in MAPPINGS:
        return (name,)
    block = block_of(source)
    named = {target.removeprefix("/") for target in block.mapping.names.values()}
    spelled = [
        attribute.split(".")[0]
        for attribute, target in block.mapping.names.items()
        if _head(target) == name
    ]
    plain = [] if name in named else [_snake(name)]
    return tuple(dict.fromkeys([*spelled, *_met(source, name), *plain]))


def _met(source: str, name: str) -> list[str]:
    steps = block_of(source).steps
    return [
        key for key, step in steps.items() if step and step.path and _head(step.path[0]) == name
    ]


def _head(target: str) -> str:
    return target.removeprefix("/").split(".")[0].split("[")[0].split("#")[0]


def _snake(name: str) -> str:
    found = ""
    for number, letter in enumerate(name):
        before = name[number - 1] if number else ""
        after = name[number + 1] if number + 1 < len(name) else ""
        if letter.isupper() and number and (before.islower() or after.islower()):
            found += "_"
        found += letter.lower()
    return found
