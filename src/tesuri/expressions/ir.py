"""The typed tree that an expression becomes; it knows no engine.

Every engine (closures today) walks these nodes. Macros are already expanded to `Fold` and `Has`, long chains of
`&&` and `||` are one node, negative numbers are literals. Nothing here evaluates.
"""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Position:
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


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant: null, bool, int, double or string."""

    value: bool | int | float | str | None
    at: Position


@dataclass(frozen=True, slots=True)
class Name:
    """A variable, or the name of a type."""

    name: str
    at: Position


@dataclass(frozen=True, slots=True)
class Select:
    """A field of a map: `operand.field`."""

    operand: "Node"
    field: str
    at: Position


@dataclass(frozen=True, slots=True)
class Has:
    """Whether a map has a field: `has(operand.field)`."""

    operand: "Node"
    field: str
    at: Position


@dataclass(frozen=True, slots=True)
class Index:
    """An element of a list or an entry of a map: `operand[index]`."""

    operand: "Node"
    index: "Node"
    at: Position


@dataclass(frozen=True, slots=True)
class Not:
    """Logical negation."""

    operand: "Node"
    at: Position


@dataclass(frozen=True, slots=True)
class Negate:
    """Arithmetic negation of what is not a literal."""

    operand: "Node"
    at: Position


@dataclass(frozen=True, slots=True)
class And:
    """Conjunction: one false decides, whatever the others are."""

    operands: tuple["Node", ...]
    at: Position


@dataclass(frozen=True, slots=True)
class Or:
    """Disjunction: one true decides, whatever the others are."""

    operands: tuple["Node", ...]
    at: Position


@dataclass(frozen=True, slots=True)
class Conditional:
    """The ternary operator: only the chosen branch is evaluated."""

    condition: "Node"
    chosen: "Node"
    otherwise: "Node"
    at: Position


@dataclass(frozen=True, slots=True)
class Binary:
    """Comparison, membership or arithmetic."""

    operator: Operator
    left: "Node"
    right: "Node"
    at: Position


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list written out."""

    items: tuple["Node", ...]
    at: Position


@dataclass(frozen=True, slots=True)
class MapOf:
    """A map written out."""

    entries: tuple[tuple["Node", "Node"], ...]
    at: Position


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the standard library; a method's receiver is the first argument."""

    function: str
    arguments: tuple["Node", ...]
    is_method: bool
    at: Position


@dataclass(frozen=True, slots=True)
class Fold:
    """A macro over the elements of a list or the keys of a map."""

    kind: FoldKind
    range: "Node"
    variable: str
    body: "Node"
    at: Position
    condition: "Node | None" = None
    """First argument of the three-argument `map`: elements for which it is false are left out."""


Node = (
    Literal | Name | Select | Has | Index | Not | Negate | And | Or
    | Conditional | Binary | ListOf | MapOf | Call | Fold
)  # fmt: skip


def parts_of(node: Node) -> tuple[Node, ...]:
    """Give the nodes directly below a node, in source order."""
    match node:
        case Literal() | Name():
            return ()
        case (
            Select(operand=inner) | Has(operand=inner) | Not(operand=inner) | Negate(operand=inner)
        ):
            return (inner,)
        case And(operands=parts) | Or(operands=parts) | ListOf(items=parts) | Call(arguments=parts):
            return parts
        case MapOf(entries=entries):
            return tuple(part for entry in entries for part in entry)
        case _:
            return _parts_of_wide(node)


def _parts_of_wide(node: Index | Conditional | Binary | Fold) -> tuple[Node, ...]:
    match node:
        case Index():
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
