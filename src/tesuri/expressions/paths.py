"""Which properties an expression reads: every field that it selects, through the variables of macros."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tesuri.expressions import ir

ELEMENT: Final = "[]"
"""The step of a path to the elements of a list, or to the values of a map."""
_Path = tuple[str, ...]
_Paths = frozenset[_Path]
_Names = Mapping[str, _Paths]


@dataclass(frozen=True, slots=True)
class ReadPath:
    """A property that an expression reads, and where it says so."""

    steps: tuple[str, ...]
    """Names of fields, and `ELEMENT`."""
    at: ir.Position

    def __str__(self) -> str:
        """Write it as SecurityGroupIngress[].CidrIp."""
        return ".".join(self.steps).replace(f".{ELEMENT}", ELEMENT)


def paths_read(tree: ir.Node, name: str = "resource") -> Iterator[ReadPath]:
    """Give every path below a variable that a tree selects, in the order of the tree; a path may come twice."""
    return _read(tree, {name: frozenset({()})})


def _read(node: ir.Node, names: _Names) -> Iterator[ReadPath]:
    if isinstance(node, ir.Select | ir.Has | ir.OptionalSelect):
        for base in sorted(_meant(node.operand, names)):
            yield ReadPath((*base, node.field), node.at)
    if not isinstance(node, ir.Fold):
        for part in ir.parts_of(node):
            yield from _read(part, names)
        return
    yield from _read(node.range, names)
    for part in ir.parts_of(node)[1:]:
        yield from _read(part, _inside(node, names))


def _inside(node: ir.Fold, names: _Names) -> _Names:
    is_optional = node.kind in (ir.FoldKind.OPTIONAL_MAP, ir.FoldKind.OPTIONAL_FLAT_MAP)
    variable = _meant(node.range, names) if is_optional else _elements(node.range, names)
    return {**names, node.place: frozenset(), node.variable: variable}


def _meant(node: ir.Node, names: _Names) -> _Paths:
    """Give the paths whose values a tree may be; empty for values that are computed."""
    match node:
        case ir.Name(name=name):
            return names.get(name, frozenset())
        case (
            ir.Select(operand=operand, field=field)
            | ir.OptionalSelect(operand=operand, field=field)
        ):
            return frozenset((*base, field) for base in _meant(operand, names))
        case ir.Index(operand=operand) | ir.OptionalIndex(operand=operand):
            return _elements(operand, names)
        case ir.Call(function="or" | "orValue" | "value", arguments=arguments):
            return frozenset[_Path]().union(*(_meant(one, names) for one in arguments))
        case ir.Conditional(chosen=chosen, otherwise=otherwise):
            return _meant(chosen, names) | _meant(otherwise, names)
        case _:
            return frozenset()


def _elements(node: ir.Node, names: _Names) -> _Paths:
    """Give the paths whose values the elements of a list may be."""
    match node:
        case ir.Fold(kind=ir.FoldKind.FILTER, range=inner):
            return _elements(inner, names)
        case ir.Fold(kind=ir.FoldKind.MAP, body=body):
            return _meant(body, _inside(node, names))
        case ir.ListOf(items=items):
            return frozenset[_Path]().union(*(_meant(item, names) for item in items))
        case _:
            lists = _lists(node)
            if lists:
                return frozenset[_Path]().union(*(_elements(one, names) for one in lists))
            return frozenset((*base, ELEMENT) for base in _meant(node, names))


def _lists(node: ir.Node) -> tuple[ir.Node, ...]:
    """Give the lists that a list is put together from; empty for others."""
    match node:
        case ir.Binary(operator=ir.Operator.ADD, left=left, right=right):
            return left, right
        case ir.Conditional(chosen=chosen, otherwise=otherwise):
            return chosen, otherwise
        case ir.Call(function="orValue", arguments=arguments):
            return arguments
        case _:
            return ()
