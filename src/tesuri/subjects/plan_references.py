"""Which planned resource an expression of the configuration means, followed through variables and outputs.

A value that is known only after apply still says whose it will be: `security_group_id = module.network.web_id` leads
to a group of the same plan. What leads nowhere, or to several instances, gives no answer.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from tesuri.subjects.plan_document import PlannedResource
from tesuri.untrusted.shape import at, items, mapping, text, texts

_MODULE: Final = re.compile(r'module\.([\w-]+)(?:\[(?:"(?:[^"\\]|\\.)*"|\d+)\])?\.?')
_RESOURCE: Final = re.compile(r'(\w+)\.([\w-]+)(?:\[("(?:[^"\\]|\\.)*"|\d+)\])?')
_MOST_HOPS: Final = 20

Target = tuple[tuple[str, ...], str, str, str]
"""Module path without instance keys, type, name, instance key."""


class References:
    """Follows the references of one plan's configuration."""

    def __init__(
        self, configuration: Mapping[str, object], resources: list[PlannedResource]
    ) -> None:
        self._root = mapping(configuration, "root_module")
        self._declared_in: dict[tuple[str, ...], dict[tuple[str, str], object]] = {}
        self._planned: dict[tuple[str, str, str], dict[str, PlannedResource]] = {}
        """Module address, type and name → instance key → resource."""
        self._modules: dict[tuple[tuple[str, ...], str, str], dict[str, None]] = {}
        """Module path, type and name → module addresses, in order."""
        for one in resources:
            self._planned.setdefault((one.module, one.type, one.name), {})[one.index] = one
            modules = self._modules.setdefault((static_path(one.module), one.type, one.name), {})
            modules[one.module] = None

    def target(
        self, source: PlannedResource, attribute: str, types: frozenset[str]
    ) -> PlannedResource | None:
        """Give the one planned resource of some types that an attribute refers to."""
        path = static_path(source.module)
        declared = self._declared(path).get((source.type, source.name))
        references = texts(declared, "expressions", attribute, "references")
        found = {
            target for target in self._followed(references, path, _MOST_HOPS) if target[1] in types
        }
        # NOTE: Terraform names a[0].id, a[0] and a for one expression: the one with a key says most.
        keyed = {target[:3] for target in found if target[3]}
        told = [target for target in found if target[3] or target[:3] not in keyed]
        instances = [one for target in told for one in self._instances(target, source)]
        unique = {one.address: one for one in instances}
        return next(iter(unique.values())) if len(unique) == 1 else None

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

    def _followed(
        self, references: tuple[str, ...], path: tuple[str, ...], hops: int
    ) -> Iterator[Target]:
        for reference in references if hops else ():
            head, _, rest = reference.partition(".")
            if head == "var" and path:
                call = mapping(self._module(path[:-1]), "module_calls", path[-1])
                name = rest.split(".")[0].split("[")[0]
                inner = texts(call, "expressions", name, "references")
                yield from self._followed(inner, path[:-1], hops - 1)
            elif head == "module":
                yield from self._of_output(reference, path, hops)
            elif match := _RESOURCE.match(reference):
                yield (path, match[1], match[2], match[3] or "")

    def _of_output(self, reference: str, path: tuple[str, ...], hops: int) -> Iterator[Target]:
        match = _MODULE.match(reference)
        if match is None:
            return
        output = reference[match.end() :].split(".", maxsplit=1)[0].split("[", maxsplit=1)[0]
        child = (*path, match[1])
        declared = at(self._module(child), "outputs", output, "expression")
        yield from self._followed(texts(declared, "references"), child, hops - 1)

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


def static_path(module: str) -> tuple[str, ...]:
    """Give the names of a module address without instance keys."""
    return tuple(match[1] for match in _MODULE.finditer(module))
