"""Which resources of a template a property means: by the references in it, or by a name that another resource has."""

from collections.abc import Callable, Iterable
from typing import Final

from tesuri.model.resource import Unknown
from tesuri.subjects.drafts import Draft
from tesuri.subjects.planned import Planned

_STANDING_FOR_FUNCTIONS: Final = frozenset({"AWS::Lambda::Alias", "AWS::Lambda::Version"})


class TemplateLinks:
    """The links between the resources of one template."""

    def __init__(self) -> None:
        self._referred: dict[tuple[str, str], tuple[str, ...]] = {}
        """Logical id and property → logical ids that it refers to."""
        self._types: dict[str, str] = {}
        self._names: dict[tuple[str, str], str] = {}
        """Type and physical name → logical id."""
        self._properties: dict[str, dict[str, Planned]] = {}
        self._written: dict[tuple[str, str], str] = {}
        """Logical id and property → the expression of a value that is not known."""
        self._named_so: dict[tuple[str, str], str] = {}
        """Type and the expression of a physical name → logical id: equal expressions have equal values."""

    def note(self, logical_id: str, name: str, referred: Iterable[str], node: object) -> None:
        """Remember what a property refers to, and how it is written."""
        if found := tuple(sorted(referred)):
            self._referred[logical_id, name] = found
        if isinstance(node, dict):
            self._written[logical_id, name] = repr(node)

    def know(self, drafts: Iterable[Draft]) -> None:
        """Remember the types and names of all resources."""
        for draft in drafts:
            self._types.setdefault(draft.address, draft.type)
            self._properties.setdefault(draft.address, draft.properties)
            for name, value in draft.properties.items():
                if not name.endswith(("Name", "Identifier", "Id")):
                    continue
                if isinstance(value, str):
                    self._names.setdefault((draft.type, value), draft.address)
                elif isinstance(value, Unknown):
                    written = self._written.get((draft.address, name), "")
                    self._named_so.setdefault((draft.type, written), draft.address)

    def of(self, logical_id: str) -> Callable[[str, str], tuple[str, ...]]:
        """Give the function that follows a property of one resource."""

        def follow(name: str, kind: str) -> tuple[str, ...]:
            referred = self._referred.get((logical_id, name), ())
            found = [one for one in referred if self._types.get(one) == kind]
            for one in referred:
                if self._types.get(one) in _STANDING_FOR_FUNCTIONS and one != logical_id:
                    meant = self._referred.get((one, "FunctionName"), ())
                    found.extend(other for other in meant if self._types.get(other) == kind)
            value = self._properties.get(logical_id, {}).get(name)
            parts = value if isinstance(value, list) else [value]
            known = [(kind, one) for one in parts if isinstance(one, str)]
            found.extend(self._names[one] for one in known if one in self._names)
            same = self._named_so.get((kind, self._written.get((logical_id, name), "?")))
            found.extend([same] if same and isinstance(value, Unknown) else [])
            return tuple(dict.fromkeys(found))

        return follow
