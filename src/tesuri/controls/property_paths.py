"""Which properties of a resource an expression names, and whether its type has them.

A misspelt property would be absent in every resource and a control that always passes or is never known; so it is an
error when the control is loaded.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tesuri.expressions.compile import Compiled
from tesuri.expressions.paths import ELEMENT, ReadPath, paths_read
from tesuri.model.errors import BadInput
from tesuri.model.resource_shape import POLICY, Shape, resource_shape, resource_types
from tesuri.untrusted.shape import at, mapping, need_mapping, need_text
from tesuri.untrusted.yaml_document import read_yaml

# Attributes that a template gives to any resource, beside its properties.
_OF_ALL: Final = {"DeletionPolicy": "string", "UpdateReplacePolicy": "string"}


@dataclass(frozen=True, slots=True)
class ResourceSchema:
    """The property names of one resource type."""

    type: str
    properties: Mapping[str, object]
    """Name → a word for a leaf, a mapping of names, or a list of one for lists; "map" has any names."""


def load_schema(data: bytes, *, where: str) -> ResourceSchema:
    """Read a schema file; raises BadInput."""
    document = need_mapping(read_yaml(data, where=where), where=where)
    properties = need_mapping(at(document, "properties"), where=f"{where}#/properties")
    return ResourceSchema(need_text(document, "type", where=where), properties)


class Schemas(Mapping[str, ResourceSchema]):
    """Every schema that is known: those of files first, then the published ones, made when asked for."""

    def __init__(self, files: Iterable[ResourceSchema] = ()) -> None:
        self._known = {schema.type: schema for schema in files}

    def __getitem__(self, kind: str) -> ResourceSchema:
        if kind not in self._known:
            shape = resource_shape(kind)
            if shape is None:
                raise KeyError(kind)
            properties = {name: _with_policies(part) for name, part in shape.items()} | _OF_ALL
            self._known[kind] = ResourceSchema(kind, properties)
        return self._known[kind]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({*self._known, *resource_types()}))

    def __len__(self) -> int:
        return len({*self._known, *resource_types()})


def _with_policies(shape: Shape) -> Shape:
    """Give a shape in which policies have the names of their normal form."""
    if isinstance(shape, dict):
        return {name: _with_policies(part) for name, part in shape.items()}
    if isinstance(shape, list):
        return [_with_policies(part) for part in shape]
    return POLICY if shape == "policy" else shape


def check_paths(compiled: Compiled, schema: ResourceSchema) -> None:
    """Raise BadInput when an expression names a property of `resource` that its type does not have."""
    for path in paths_read(compiled.tree):
        wrong = _first_unknown(path.steps, schema.properties)
        if wrong is not None:
            shown = ReadPath(path.steps[: wrong + 1], path.at)
            raise BadInput(
                f"{schema.type} has no property {shown} (line {path.at.line}, column {path.at.column}).",
                where=compiled.where,
            )


def _first_unknown(path: tuple[str, ...], properties: Mapping[str, object]) -> int | None:
    current: object = properties
    for number, part in enumerate(path):
        if current == "map":
            return None
        if isinstance(current, list) is not (part == ELEMENT):
            return number
        if isinstance(current, list):
            current = current[0]
        elif part in mapping(current):
            current = mapping(current)[part]
        else:
            return number
    return None
