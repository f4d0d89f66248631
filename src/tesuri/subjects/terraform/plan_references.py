"""Which planned resource an expression of the configuration means, followed through variables and outputs.

A value that is known only after apply still says whose it will be: `security_group_id = module.network.web_id` leads
to a group of the same plan. What leads nowhere, or to several instances, gives no answer.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final, Protocol

from tesuri.model.resource import PRESENT, UNKNOWN, Unknown, partly_known
from tesuri.subjects.planned import Planned
from tesuri.subjects.terraform.plan_document import PlannedResource
from tesuri.untrusted.shape import at, items, mapping, text, texts

_MODULE: Final = re.compile(r'module\.([\w-]+)(?:\[(?:"(?:[^"\\]|\\.)*"|\d+)\])?\.?')
_RESOURCE: Final = re.compile(r'(\w+)\.([\w-]+)(?:\[("(?:[^"\\]|\\.)*"|\d+)\])?')

_IDENTITY: Final = re.compile(
    r"(?:data\.)?(?!(?:var|local|module|each|count|path|self|terraform)\.)\w+\.[\w-]+(?:\.?\[[^\]]*\])?\."
    r"(?:id|arn|name|key_id|bucket|url|identifier|zone_id|dns_name|function_name|qualified_arn|invoke_arn|execution_arn"
    r"|target_key_arn|target_key_id|unique_id|repository_url|bucket_domain_name|bucket_regional_domain_name|account_id)"
)

_CERTIFICATE: Final = re.compile(
    r"(?:data\.)?(?:aws_acm_certificate|aws_acm_certificate_validation)\.[\w-]+(?:\[[^\]]*\])?\.(?:arn|certificate_arn)"
)
_UPLOADED: Final = re.compile(r"(?:data\.)?aws_iam_server_certificate\.[\w-]+(?:\[[^\]]*\])?\.arn")

Target = tuple[tuple[str, ...], str, str, str]
"""Module path without instance keys, type, name, instance key."""


class Follows(Protocol):
    """What tells which resource of the same input an attribute means."""

    def target(
        self, source: PlannedResource, attribute: str, types: frozenset[str]
    ) -> PlannedResource | None:
        """Give the one resource of some types that an attribute refers to."""
        ...

    def targets(
        self, source: PlannedResource, attribute: str, types: frozenset[str]
    ) -> list[PlannedResource]:
        """Give all resources of some types that an attribute refers to, as they are written."""
        ...

    def written(self, planned: PlannedResource) -> Mapping[str, object] | None:
        """Give what sets attributes of a resource; None when nobody can tell."""
        ...


class References:
    """Follows the references of one plan's configuration."""

    def __init__(
        self, configuration: Mapping[str, object], resources: list[PlannedResource]
    ) -> None:
        self._root = mapping(configuration, "root_module")
        self._paths: dict[str, tuple[str, ...]] = {}
        self._written: dict[tuple[str, str, str], Mapping[str, object] | None] = {}
        self._declared_in: dict[tuple[str, ...], dict[tuple[str, str], object]] = {}
        self._planned: dict[tuple[str, str, str], dict[str, PlannedResource]] = {}
        """Module address, type and name → instance key → resource."""
        self._modules: dict[tuple[tuple[str, ...], str, str], dict[str, None]] = {}
        """Module path, type and name → module addresses, in order."""
        for one in resources:
            self._planned.setdefault((one.module, one.type, one.name), {})[one.index] = one
            modules = self._modules.setdefault((self._path(one.module), one.type, one.name), {})
            modules[one.module] = None

    def target(
        self, source: PlannedResource, attribute: str, types: frozenset[str]
    ) -> PlannedResource | None:
        """Give the one planned resource of some types that an attribute refers to."""
        found = self._all(source, attribute, types)
        return found[0] if len(found) == 1 else None

    def targets(
        self, source: PlannedResource, attribute: str, types: frozenset[str]
    ) -> list[PlannedResource]:
        """Give all planned resources of some types that an attribute refers to, as they are written."""
        found = self._all(source, attribute, types)
        declared = self._declared(self._path(source.module)).get((source.type, source.name))
        written = texts(declared, "expressions", attribute, "references")
        places = {name: number for number, name in reversed(list(enumerate(written)))}
        return sorted(found, key=lambda one: places.get(_short(one), len(written)))

    def _all(
        self, source: PlannedResource, attribute: str, types: frozenset[str]
    ) -> list[PlannedResource]:
        path = self._path(source.module)
        declared = self._declared(path).get((source.type, source.name))
        references = texts(declared, "expressions", attribute, "references")
        if any(reference.startswith("each.") for reference in references):
            references += texts(declared, "for_each_expression", "references")
        found = {target for target in self._followed(references, path) if target[1] in types}
        # NOTE: Terraform names a[0].id, a[0] and a for one expression: the one with a key says most.
        keyed = {target[:3] for target in found if target[3]}
        told = [target for target in found if target[3] or target[:3] not in keyed]
        instances = [one for target in told for one in self._instances(target, source)]
        return list({one.address: one for one in instances}.values())

    def written(self, planned: PlannedResource) -> Mapping[str, object] | None:
        """Give the expressions that set attributes of a resource; None when the configuration is not there."""
        key = (planned.module, planned.type, planned.name)
        if key not in self._written:
            declared = self._declared(self._path(planned.module)).get(key[1:])
            self._written[key] = None if declared is None else mapping(declared, "expressions")
        return self._written[key]

    def _path(self, module: str) -> tuple[str, ...]:
        if module not in self._paths:
            self._paths[module] = static_path(module)
        return self._paths[module]

    def _declared(self, path: tuple[str, ...]) -> Mapping[tuple[str, str], object]:
        """Give the resources that a module declares, by type and name."""
        if path not in self._declared_in:
            self._declared_in[path] = {
                (text(entry, "type"), text(entry, "name")): entry
                for entry in items(self._module(path), "resources")
            }
        return self._declared_in[path]

    def _module(self, path: tuple[str, ...]) -> Mapping[str, object]:
        module = self._root
        for name in path:
            module = mapping(module, "module_calls", name, "module")
        return module

    def _followed(self, references: tuple[str, ...], path: tuple[str, ...]) -> Iterator[Target]:
        """Give what references lead to, each followed once however many ways lead there."""
        waiting = [(reference, path) for reference in references]
        seen = set(waiting)
        while waiting:
            reference, place = waiting.pop()
            head, _, rest = reference.partition(".")
            inner: tuple[tuple[str, ...], tuple[str, ...]] = ((), place)
            if head == "var" and place:
                inner = self._of_variable(rest, place)
            elif head == "module":
                inner = self._of_output(reference, place)
            elif head == "data" and (match := _RESOURCE.match(rest)):
                yield (place, f"data.{match[1]}", match[2], match[3] or "")
            elif match := _RESOURCE.match(reference):
                yield (place, match[1], match[2], match[3] or "")
            further = {(one, inner[1]) for one in inner[0]} - seen
            seen |= further
            waiting.extend(further)

    def _of_variable(
        self, name: str, path: tuple[str, ...]
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        call = mapping(self._module(path[:-1]), "module_calls", path[-1])
        variable = name.split(".", maxsplit=1)[0].split("[", maxsplit=1)[0]
        return texts(call, "expressions", variable, "references"), path[:-1]

    def _of_output(
        self, reference: str, path: tuple[str, ...]
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        match = _MODULE.match(reference)
        if match is None:
            return (), path
        output = reference[match.end() :].split(".", maxsplit=1)[0].split("[", maxsplit=1)[0]
        child = (*path, match[1])
        declared = at(self._module(child), "outputs", output, "expression")
        return texts(declared, "references"), child

    def _instances(self, target: Target, source: PlannedResource) -> list[PlannedResource]:
        """Narrow to the instance that the source's own module and key point to."""
        path, kind, name, index = target
        found: list[PlannedResource] = []
        for module in self._near(path, kind, name, source.module):
            instances = self._planned.get((module, kind, name), {})
            key = index or source.index
            if key in instances and (index or len(instances) > 1):
                found.append(instances[key])
            elif not index:
                found.extend(instances.values())
        return found

    def _near(self, path: tuple[str, ...], kind: str, name: str, source: str) -> list[str]:
        """Give the addresses of a module's instances: the one around the source, or those inside it."""
        around = list(_MODULE.finditer(source))
        if static_path(source)[: len(path)] == path:
            return [source[: around[len(path) - 1].end()].rstrip(".") if path else ""]
        modules = list(self._modules.get((path, kind, name), {}))
        inside = [one for one in modules if one.startswith(f"{source}.") or not source]
        return inside or modules


def _short(planned: PlannedResource) -> str:
    return f"{planned.type}.{planned.name}"


def is_identity(reference: str) -> bool:
    """Whether a reference means what every resource of a kind has: its id, ARN, name or address."""
    return bool(_IDENTITY.fullmatch(reference))


def named_by(reference: str) -> Unknown:
    """Give what is known of what a reference means: the kind of a certificate by its ARN, else whether it is certain."""
    if _CERTIFICATE.fullmatch(reference):
        return partly_known(["arn:aws:acm:", ":certificate/", ""])
    if _UPLOADED.fullmatch(reference):
        return partly_known(["arn:aws:iam::", ":server-certificate/", ""])
    return PRESENT if is_identity(reference) else UNKNOWN


def settled(
    values: dict[str, Planned], written: Mapping[str, object], *, keeps: bool
) -> dict[str, Planned]:
    """Give values in which what is not known says all that the configuration tells of it.

    What refers to the identity of resources only is certain to be there. What nobody wrote is left out, unless `keeps`:
    the provider computes it, so it is as absent as in source. **cost** One pass; a copy only where something changes.
    """
    found = values
    after: Planned
    for key, value in values.items():
        kind = value.__class__
        if kind is Unknown:
            after = _told(written[key]) if key in written else UNKNOWN if keeps else None
            is_same = after is UNKNOWN
        elif isinstance(value, list) and value and key in written:
            after = _settled_blocks(value, written[key], keeps=keeps)
            is_same = after is value
        else:
            continue
        if is_same:
            continue
        if found is values:
            found = dict(values)
        if after is None:
            del found[key]
        else:
            found[key] = after
    return found


def _settled_blocks(values: list[Planned], written: object, *, keeps: bool) -> list[Planned]:
    if not isinstance(written, list) or len(values) != len(written):
        return values
    found = [
        settled(part, block, keeps=keeps)
        if isinstance(part, dict) and isinstance(block, dict)
        else part
        for part, block in zip(values, written, strict=True)
    ]
    is_same = all(before is after for before, after in zip(values, found, strict=True))
    return values if is_same else found


def _told(written: object) -> Unknown:
    told = texts(written, "references")
    kinds = {one for one in map(named_by, told) if any(one.pieces)}
    if len(kinds) == 1 and all(any(named_by(one).pieces) or _names_resource(one) for one in told):
        return kinds.pop()
    is_certain = any(map(is_identity, told)) and all(map(_names_resource, told))
    return PRESENT if is_certain else UNKNOWN


def _names_resource(reference: str) -> bool:
    """Whether a reference is one of an identity, or of the resource that has it."""
    return is_identity(reference) or is_identity(f"{reference}.id")


def static_path(module: str) -> tuple[str, ...]:
    """Give the names of a module address without instance keys."""
    return tuple(match[1] for match in _MODULE.finditer(module))
