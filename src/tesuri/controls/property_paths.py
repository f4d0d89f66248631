"""Which properties of a resource an expression names, and whether its type has them.

A misspelt property would be absent in every resource and a control that always passes or is never known; so it is an
error when the control is loaded.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tesuri.expressions import ir
from tesuri.expressions.compile import Compiled
from tesuri.model.errors import BadInput
from tesuri.untrusted.shape import at, mapping, need_mapping, need_text
from tesuri.untrusted.yaml_document import read_yaml

_ELEMENT: Final = "[]"
_Path = tuple[str, ...]
_Names = Mapping[str, frozenset[_Path]]


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


def check_paths(compiled: Compiled, schema: ResourceSchema) -> None:
    """Raise BadInput when an expression names a property of `resource` that its type does not have."""
    for path, position in _paths(compiled.tree, {"resource": frozenset({()})}):
        wrong = _first_unknown(path, schema.properties)
        if wrong is not None:
            shown = ".".join(path[: wrong + 1]).replace(".[]", "[]")
            raise BadInput(
                f"{schema.type} has no property {shown} (line {position.line}, column {position.column}).",
                where=compiled.where,
            )


def _first_unknown(path: _Path, properties: Mapping[str, object]) -> int | None:
    current: object = properties
    for number, part in enumerate(path):
        if current == "map":
            return None
        if isinstance(current, list) is not (part == _ELEMENT):
            return number
        if isinstance(current, list):
            current = current[0]
        elif part in mapping(current):
            current = mapping(current)[part]
        else:
            return number
    return None


def _paths(node: ir.Node, names: _Names) -> Iterator[tuple[_Path, ir.Position]]:
    """Give every path below `resource` that a tree selects, through the variables of macros."""
    if isinstance(node, ir.Select | ir.Has):
        for base in _meant(node.operand, names):
            yield (*base, node.field), node.at
    if isinstance(node, ir.Fold):
        yield from _paths(node.range, names)
        elements = frozenset((*base, _ELEMENT) for base in _meant(node.range, names))
        inner = {**names, node.variable: elements}
        for part in ir.parts_of(node)[1:]:
            yield from _paths(part, inner)
        return
    for part in ir.parts_of(node):
        yield from _paths(part, names)


def _meant(node: ir.Node, names: _Names) -> frozenset[_Path]:
    """Give the paths whose values a tree may be; empty for values that are computed."""
    match node:
        case ir.Name(name=name):
            return names.get(name, frozenset())
        case ir.Select(operand=operand) | ir.Index(operand=operand):
            step = node.field if isinstance(node, ir.Select) else _ELEMENT
            return frozenset((*base, step) for base in _meant(operand, names))
        case ir.Fold(kind=ir.FoldKind.FILTER, range=inner):
            return _meant(inner, names)
        case ir.Binary(operator=ir.Operator.ADD, left=left, right=right):
            return _meant(left, names) | _meant(right, names)
        case ir.Conditional(chosen=chosen, otherwise=otherwise):
            return _meant(chosen, names) | _meant(otherwise, names)
        case _:
            return frozenset()
