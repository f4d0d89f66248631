"""Which positions of the documents expressions read: a tree of fields, elements and values of maps.

Only these become columns. Positions whose values an expression puts together (`a + b`, `x ? a : b`) are joined, so that they
get one shape. An object over whose keys an expression goes is a map; others are read field by field.
"""

from collections.abc import Iterable, Mapping
from functools import singledispatch

from tesuri.expressions import ir
from tesuri.expressions.sql.terms import CannotSay


class Position:
    """One position while expressions are read; joined positions are one."""

    def __init__(self) -> None:
        self.joined_to: Position | None = None
        """The position that stands for this one too; everything below is asked of `itself`."""
        self.fields: dict[str, Position] = {}
        self.elements: Position | None = None
        self.values: Position | None = None
        self.is_map = False
        """Whether an expression asks for all keys, or computes one."""

    def itself(self) -> "Position":
        """Give the position that stands for all that were joined."""
        found = self
        while found.joined_to is not None:
            found = found.joined_to
        return found

    def field(self, name: str) -> "Position":
        """Give the position of a field."""
        return self.itself().fields.setdefault(name, Position())

    def element(self) -> "Position":
        """Give the position of the elements of a list."""
        found = self.itself()
        found.elements = found.elements or Position()
        return found.elements

    def value(self) -> "Position":
        """Give the position of the values of a map."""
        found = self.itself()
        found.values = found.values or Position()
        return found.values

    def folded(self) -> "Position":
        """Mark that its keys or elements are gone over."""
        self.itself().is_map = True
        self.element()
        return self

    def join(self, other: "Position") -> "Position":
        """Make two positions one."""
        first, second = self.itself(), other.itself()
        if first is second:
            return first
        second.joined_to = first
        first.is_map = first.is_map or second.is_map
        for name, position in second.fields.items():
            first.field(name).join(position)
        if second.elements:
            first.element().join(second.elements)
        if second.values:
            first.value().join(second.values)
        return first.itself()

    def parts(self) -> tuple["Position", ...]:
        """Give the positions directly below."""
        found = self.itself()
        below = [*found.fields.values(), found.elements, found.values]
        return tuple(position.itself() for position in below if position)

    def key(self) -> int:
        """Give what joined positions have in common."""
        return id(self.itself())


def read_by(trees: Iterable[ir.Node], name: str = "resource") -> Position:
    """Give the positions below a variable that expressions read.

    **raises** CannotSay when a position would be inside itself.
    """
    root = Position()
    for tree in trees:
        _read(tree, {name: root})
    _check_finite(root, frozenset())
    _settle(root)
    return root.itself()


def _settle(position: Position) -> None:
    """Make the named fields of a map some of its values."""
    found = position.itself()
    if found.is_map and found.fields:
        for part in found.fields.values():
            found.value().join(part)
        found.fields.clear()
    for part in found.parts():
        _settle(part)


def _check_finite(position: Position, above: frozenset[int]) -> None:
    if position.key() in above:
        raise CannotSay("it joins a list with a list inside it")
    for part in position.parts():
        _check_finite(part, above | {position.key()})


_Names = Mapping[str, Position]


@singledispatch
def _read(node: ir.Node, names: _Names) -> Position:
    """Note what a node reads, and give the position that its value stands at, a new one for computed values."""
    for part in ir.parts_of(node):
        _read(part, names)
    return Position()


@_read.register
def _(node: ir.Name, names: _Names) -> Position:
    return names.get(node.name) or Position()


@_read.register
def _(node: ir.Select, names: _Names) -> Position:
    return _read(node.operand, names).field(node.field)


@_read.register
def _(node: ir.Has, names: _Names) -> Position:
    _read(node.operand, names).field(node.field)
    return Position()


@_read.register
def _(node: ir.Index, names: _Names) -> Position:
    holder = _read(node.operand, names)
    _read(node.index, names)
    match node.index:
        case ir.Literal(value=str() as name):
            return holder.field(name)
        case ir.Literal():
            return holder.element()
        case _:
            return holder.folded().element().join(holder.value())


@_read.register
def _(node: ir.Conditional, names: _Names) -> Position:
    _read(node.condition, names)
    return _read(node.chosen, names).join(_read(node.otherwise, names))


@_read.register
def _(node: ir.Binary, names: _Names) -> Position:
    left, right = _read(node.left, names), _read(node.right, names)
    computed = Position()
    match node.operator:
        case ir.Operator.ADD:
            computed.element().join(left.element()).join(right.element())
        case ir.Operator.IN:
            right.folded()
        case ir.Operator.EQUAL | ir.Operator.UNEQUAL:
            left.element()
            right.element()
        case _:
            pass
    return computed


@_read.register
def _(node: ir.ListOf, names: _Names) -> Position:
    made = Position()
    for item in node.items:
        made.element().join(_read(item, names))
    return made


@_read.register
def _(node: ir.Call, names: _Names) -> Position:
    read = [_read(argument, names) for argument in node.arguments]
    if node.function == "size":
        read[0].folded()
    if node.function == "join":
        read[0].element()
    return read[0] if node.function == "dyn" else Position()


@_read.register
def _(node: ir.Fold, names: _Names) -> Position:
    over = _read(node.range, names).folded()
    variable = over.element().join(over.value()) if node.place else over.element()
    inner = {**names, node.variable: variable}
    inner.pop(node.place, None)
    for part in ir.parts_of(node)[1:-1]:
        _read(part, inner)
    body = _read(node.body, inner)
    made = Position()
    match node.kind:
        case ir.FoldKind.FILTER:
            made.element().join(over.element())
        case ir.FoldKind.MAP:
            made.element().join(body)
        case _:
            pass
    return made
