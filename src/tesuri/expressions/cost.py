"""How many steps an expression may take at most, known before it runs: elements of a document × nodes.

A macro over a list of the document goes over `ELEMENTS` elements; one inside another multiplies, unless it goes over a
part of the other's element, because all parts together are still one document. A list that is written out has its length.
"""

from dataclasses import dataclass
from typing import Final

from tesuri.expressions import ir
from tesuri.expressions.refusals import BadExpression

ELEMENTS: Final = 1_000
"""Elements of one document that the bound reckons with; a large policy or security group."""
MAX_STEPS: Final = 100_000_000
"""Two macros over everything inside each other with a hundred nodes; three of them are refused."""


@dataclass(frozen=True, slots=True)
class Bound:
    """The most steps of an expression, and the deepest place that they come from."""

    steps: int
    passes: int
    """Macros inside each other that each go over the whole document."""
    nodes: int
    at: ir.Position


def bound_of(tree: ir.Node) -> Bound:
    """Give the bound of an expression."""
    reckoning = _Reckoning(tree.at)
    reckoning.add(tree, 1, 0, frozenset())
    return Bound(reckoning.steps, reckoning.passes, reckoning.nodes, reckoning.at)


def check_cost(tree: ir.Node, *, source: str, where: str) -> None:
    """Raise BadExpression with the arithmetic when the bound of an expression is too high."""
    bound = bound_of(tree)
    if bound.steps > MAX_STEPS:
        raise BadExpression(
            f"The expression may take {bound.steps:,} steps: {bound.passes} macros inside each other over "
            f"{ELEMENTS:,} elements each, {bound.nodes} nodes; at most {MAX_STEPS:,} are allowed",
            at=bound.at,
            source=source,
            where=where,
        )


class _Reckoning:
    """Adds up the steps of one tree."""

    def __init__(self, at: ir.Position) -> None:
        self.steps = 0
        self.passes = 0
        self.nodes = 0
        self.at = at

    def add(self, node: ir.Node, times: int, passes: int, whole: frozenset[str]) -> None:
        """Count a node that runs so many times; `whole` are variables whose parts were not gone over yet."""
        self.steps += times
        self.nodes += 1
        if not isinstance(node, ir.Fold):
            for part in ir.parts_of(node):
                self.add(part, times, passes, whole)
            return
        self.add(node.range, times, passes, whole)
        source = _origin(node.range)
        if node.kind in (ir.FoldKind.OPTIONAL_MAP, ir.FoldKind.OPTIONAL_FLAT_MAP):
            pass
        elif isinstance(source, ir.ListOf | ir.MapOf):
            size = len(source.items if isinstance(source, ir.ListOf) else source.entries)
            times *= max(1, size)
        elif isinstance(source, ir.Name) and source.name in whole:
            whole -= {source.name}
        else:
            times, passes = times * ELEMENTS, passes + 1
        if passes > self.passes:
            self.passes, self.at = passes, node.at
        inner = (whole - {node.place}) | {node.variable}
        for inside in ir.parts_of(node)[1:]:
            self.add(inside, times, passes, inner)


def _origin(node: ir.Node) -> ir.Node:
    """Give the node that the elements of a range come from."""
    match node:
        case ir.Select(operand=inner) | ir.Index(operand=inner):
            return _origin(inner)
        case ir.Fold(kind=ir.FoldKind.MAP | ir.FoldKind.FILTER, range=inner):
            return _origin(inner)
        case _:
            return node
