"""The typed tree that an expression becomes; it knows no engine.

Every engine (closures, SQL text) walks these nodes; `serialise.py` writes and reads them. Macros are already expanded to `Fold` and `Has`, long chains of
`&&` and `||` are one node, negative numbers are literals. Nothing here evaluates.
"""

from enum import StrEnum

from msgspec import Struct


class Position(Struct, frozen=True, array_like=True):
    """Where a node begins in the source, both 1-based."""

    line: int
    column: int


class Operator(StrEnum):
    """Operators with two operands that are always both evaluated."""

    EQUAL = "=="
    UNEQUAL = "!="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="
    IN = "in"
    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "/"
    REMAINDER = "%"


class FoldKind(StrEnum):
    """Macros that go over a list or over the keys of a map."""

    ALL = "all"
    EXISTS = "exists"
    EXISTS_ONE = "exists_one"
    MAP = "map"
    FILTER = "filter"
    TRANSFORM_MAP = "transformMap"
    OPTIONAL_MAP = "optMap"
    OPTIONAL_FLAT_MAP = "optFlatMap"


class Literal(Struct, frozen=True, array_like=True, tag="literal"):
    """A constant: null, bool, int, double or string."""

    value: bool | int | float | str | None
    at: Position


class Name(Struct, frozen=True, array_like=True, tag="name"):
    """A variable, or the name of a type."""

    name: str
    at: Position


class Select(Struct, frozen=True, array_like=True, tag="select"):
    """A field of a map: `operand.field`."""

    operand: "Node"
    field: str
    at: Position


class Has(Struct, frozen=True, array_like=True, tag="has"):
    """Whether a map has a field: `has(operand.field)`."""

    operand: "Node"
    field: str
    at: Position


class Index(Struct, frozen=True, array_like=True, tag="index"):
    """An element of a list or an entry of a map: `operand[index]`."""

    operand: "Node"
    index: "Node"
    at: Position


class OptionalSelect(Struct, frozen=True, array_like=True, tag="optional-select"):
    """A field of a map, or nothing: `operand.?field`."""

    operand: "Node"
    field: str
    at: Position


class OptionalIndex(Struct, frozen=True, array_like=True, tag="optional-index"):
    """An element or an entry, or nothing: `operand[?index]`."""

    operand: "Node"
    index: "Node"
    at: Position


class Not(Struct, frozen=True, array_like=True, tag="not"):
    """Logical negation."""

    operand: "Node"
    at: Position


class Negate(Struct, frozen=True, array_like=True, tag="negate"):
    """Arithmetic negation of what is not a literal."""

    operand: "Node"
    at: Position


class And(Struct, frozen=True, array_like=True, tag="and"):
    """Conjunction: one false decides, whatever the others are."""

    operands: tuple["Node", ...]
    at: Position


class Or(Struct, frozen=True, array_like=True, tag="or"):
    """Disjunction: one true decides, whatever the others are."""

    operands: tuple["Node", ...]
    at: Position


class Conditional(Struct, frozen=True, array_like=True, tag="if"):
    """The ternary operator: only the chosen branch is evaluated."""

    condition: "Node"
    chosen: "Node"
    otherwise: "Node"
    at: Position


class Binary(Struct, frozen=True, array_like=True, tag="binary"):
    """Comparison, membership or arithmetic."""

    operator: Operator
    left: "Node"
    right: "Node"
    at: Position


class ListOf(Struct, frozen=True, array_like=True, tag="list"):
    """A list written out."""

    items: tuple["Node", ...]
    at: Position
    optional: tuple[int, ...] = ()
    """Numbers of the items that are written with `?`: left out when they are nothing."""


class MapOf(Struct, frozen=True, array_like=True, tag="map"):
    """A map written out."""

    entries: tuple[tuple["Node", "Node"], ...]
    at: Position
    optional: tuple[int, ...] = ()
    """Numbers of the entries that are written with `?`: left out when their value is nothing."""


class Call(Struct, frozen=True, array_like=True, tag="call"):
    """A function of the standard library; a method's receiver is the first argument."""

    function: str
    arguments: tuple["Node", ...]
    is_method: bool
    at: Position


class Fold(Struct, frozen=True, array_like=True, tag="fold"):
    """A macro over the elements of a list or the keys of a map."""

    kind: FoldKind
    range: "Node"
    variable: str
    body: "Node"
    at: Position
    condition: "Node | None" = None
    """First argument of the three-argument `map`: elements for which it is false are left out."""
    place: str = ""
    """Macros of two variables: the name of the index or key; `variable` is then the element or the value."""


Node = (
    Literal | Name | Select | Has | Index | OptionalSelect | OptionalIndex | Not | Negate | And | Or
    | Conditional | Binary | ListOf | MapOf | Call | Fold
)  # fmt: skip


def parts_of(node: Node) -> tuple[Node, ...]:
    """Give the nodes directly below a node, in source order."""
    match node:
        case Literal() | Name():
            return ()
        case (
            Select(operand=inner)
            | Has(operand=inner)
            | OptionalSelect(operand=inner)
            | Not(operand=inner)
            | Negate(operand=inner)
        ):
            return (inner,)
        case And(operands=parts) | Or(operands=parts) | ListOf(items=parts) | Call(arguments=parts):
            return parts
        case MapOf(entries=entries):
            return tuple(part for entry in entries for part in entry)
        case _:
            return _parts_of_wide(node)


def _parts_of_wide(node: Index | OptionalIndex | Conditional | Binary | Fold) -> tuple[Node, ...]:
    match node:
        case Index() | OptionalIndex():
            return (node.operand, node.index)
        case Conditional():
            return (node.condition, node.chosen, node.otherwise)
        case Binary():
            return (node.left, node.right)
        case Fold(condition=None):
            return (node.range, node.body)
        case Fold(condition=condition):
            assert condition is not None
            return (node.range, condition, node.body)
