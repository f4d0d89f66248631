"""Which resource an attribute of evaluated HCL refers to.

tfparse gives an id that it made up, the name of an attribute that it does not know, or, where the referred attribute is
written out, its value. Many resources may have one value, so the source text tells then which of them is meant.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

from tesuri.subjects.terraform.plan_document import PlannedResource
from tesuri.subjects.terraform.source_values import ATTRIBUTE, UUID
from tesuri.untrusted.shape import at, text

ADDRESS: Final = re.compile(
    r"(?P<module>(?:module\.[^.]+\.)*)(?P<data>data\.)?(?P<type>\w+)\.(?P<name>[\w-]+)(?P<index>\[.*\])?"
)
_REFERENCE: Final = re.compile(
    r"(?:data\.)?[a-z]\w*\.[A-Za-z_][\w-]*(?:\[[^\[\]]*\])?(?:\.[\w-]+)*"
)
_OWN_KEYS: Final = ("[each.key]", "[each.value]", "[count.index]")


class HclReferences:
    """Follows references of evaluated HCL."""

    def __init__(
        self,
        raw: Mapping[str, object],
        by_id: Mapping[str, PlannedResource],
        written: Callable[[object], Mapping[str, str]],
    ) -> None:
        self._by_id = by_id
        self._by_address = {one.address: one for one in by_id.values()}
        self._raw = raw
        """Address → the block as it was evaluated."""
        self._expressions = written
        """The attributes of a block as they are written."""

    def target(
        self, source: PlannedResource, attribute: str, types: frozenset[str]
    ) -> PlannedResource | None:
        """Give the one resource of some types that an attribute refers to."""
        found = self.targets(source, attribute, types)
        return found[0] if len(found) == 1 else None

    def targets(
        self, source: PlannedResource, attribute: str, types: frozenset[str]
    ) -> list[PlannedResource]:
        """Give all resources of some types that an attribute refers to, as they are written."""
        entry = self._raw.get(source.address)
        given = at(entry, attribute)
        parts = given if isinstance(given, list) else [given]
        found = self._meant(parts, source, types)
        if not found and any(isinstance(part, str) for part in parts):
            expression = self._expressions(entry).get(attribute, "")
            spoken = [{ATTRIBUTE: name} for name in _REFERENCE.findall(expression)]
            found = self._meant(spoken, source, types)
        return list(found.values())

    def written(self, planned: PlannedResource) -> Mapping[str, object] | None:
        """Give what is written in the block of a resource."""
        return planned.values

    def _meant(
        self,
        parts: list[object] | list[dict[str, str]],
        source: PlannedResource,
        types: frozenset[str],
    ) -> dict[str, PlannedResource]:
        return {
            one.address: one
            for part in parts
            if (one := self._named(part, source)) is not None and one.type in types
        }

    def _named(self, part: object, source: PlannedResource) -> PlannedResource | None:
        if isinstance(part, str) and (match := UUID.search(part)):
            return self._by_id.get(match[0])
        named = text(part, ATTRIBUTE)
        if match := ADDRESS.match(named):
            head = f"{source.module}." if source.module else ""
            address = f"{head}{match['data'] or ''}{match['type']}.{match['name']}"
            index = match["index"] or ""
            if index in _OWN_KEYS:
                index = f"[{source.index}]"
            return self._by_address.get(f"{address}{index}") or self._by_address.get(address)
        return None
