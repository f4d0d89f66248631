"""Types that are known before any document is: from literals, operators, functions, and the schema of a resource.

What is not known is `dyn` and fits everywhere. Operands that can never go together are errors of the expression: a number
compared with a text would be unequal for every resource, and the control would pass or fail them all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import singledispatch
from typing import Final

from tesuri.expressions import ir
from tesuri.expressions.values import TYPE_NAMES, kind_of


@dataclass(frozen=True, slots=True)
class Type:
    """The type of an expression; `name` is CEL's word, or dyn."""

    name: str
    element: "Type | None" = None
    """Of a list its elements, of a map its values."""
    fields: "Mapping[str, Type] | None" = None
    """Of an object whose fields are all known."""


DYN: Final = Type("dyn")
BOOL: Final = Type("bool")
INT: Final = Type("int")
DOUBLE: Final = Type("double")
STRING: Final = Type("string")
TIMESTAMP: Final = Type("google.protobuf.Timestamp")
_DURATION: Final = Type("google.protobuf.Duration")
_NUMBERS: Final = frozenset({"int", "double"})
_WORDS: Final = {
    "string": STRING,
    "boolean": BOOL,
    "integer": INT,
    "map": Type("map", DYN),
}
"""Words of a resource schema; a number may be written as either, and every other word says nothing."""
_RESULTS: Final[Mapping[str, Type]] = {
    **dict.fromkeys(("contains", "startsWith", "endsWith", "matches", "bool"), BOOL),
    **dict.fromkeys(("size", "indexOf", "lastIndexOf", "int"), INT),
    **dict.fromkeys(
        ("charAt", "format", "join", "lowerAscii", "replace", "reverse", "string", "substring"),
        STRING,
    ),
    **dict.fromkeys(("trim", "upperAscii", "strings.quote"), STRING),
    "double": DOUBLE,
    "split": Type("list", STRING),
    "timestamp": TIMESTAMP,
    "duration": _DURATION,
    "type": Type("type"),
}
_OF_TEXTS: Final = frozenset(
    {
        *("charAt", "contains", "endsWith", "format", "indexOf", "lastIndexOf", "lowerAscii"),
        *("matches", "replace", "reverse", "split", "startsWith", "substring", "trim"),
        *("upperAscii", "strings.quote"),
    }
)


class Clash(Exception):
    """Types that never go together; the text is half a sentence."""

    def __init__(self, what: str, at: ir.Position) -> None:
        super().__init__(what)
        self.what = what
        self.at = at


def type_of_schema(schema: object) -> Type:
    """Give the type that a resource schema describes: a word, a list of one, or names with their schemas."""
    match schema:
        case str():
            return _WORDS.get(schema, DYN)
        case [element]:
            return Type("list", type_of_schema(element))
        case Mapping():
            return Type("map", None, {str(name): type_of_schema(schema[name]) for name in schema})
        case _:
            return DYN


def type_of(node: ir.Node, names: Mapping[str, Type]) -> Type:
    """Give the type of an expression over typed variables; raises Clash."""
    return _type(node, names)


@singledispatch
def _type(node: ir.Node, _: Mapping[str, Type]) -> Type:
    raise TypeError(type(node))


@_type.register
def _(node: ir.Literal, _: Mapping[str, Type]) -> Type:
    return Type(kind_of(node.value))


@_type.register
def _(node: ir.Name, names: Mapping[str, Type]) -> Type:
    return names.get(node.name) or (Type("type") if node.name in TYPE_NAMES else DYN)


@_type.register
def _(node: ir.Select, names: Mapping[str, Type]) -> Type:
    holder = _need(node.operand, names, ("map",), f"has no field {node.field}")
    if holder.fields is not None:
        return holder.fields.get(node.field, DYN)
    return holder.element or DYN


@_type.register(ir.OptionalSelect)
@_type.register(ir.OptionalIndex)
def _(node: ir.OptionalSelect | ir.OptionalIndex, names: Mapping[str, Type]) -> Type:
    for part in ir.parts_of(node):
        _type(part, names)
    return DYN


@_type.register
def _(node: ir.Has, names: Mapping[str, Type]) -> Type:
    _need(node.operand, names, ("map",), f"has no field {node.field}")
    return BOOL


@_type.register
def _(node: ir.Index, names: Mapping[str, Type]) -> Type:
    holder = _need(node.operand, names, ("map", "list"), "has no elements")
    _type(node.index, names)
    return holder.element or DYN


@_type.register(ir.Not)
@_type.register(ir.And)
@_type.register(ir.Or)
def _(node: ir.Not | ir.And | ir.Or, names: Mapping[str, Type]) -> Type:
    for part in ir.parts_of(node):
        _need(part, names, ("bool",), "stands where true or false is needed")
    return BOOL


@_type.register
def _(node: ir.Negate, names: Mapping[str, Type]) -> Type:
    return _need(node.operand, names, ("int", "double"), "has no negative")


@_type.register
def _(node: ir.Conditional, names: Mapping[str, Type]) -> Type:
    _need(node.condition, names, ("bool",), "stands where true or false is needed")
    return _shared(_type(node.chosen, names), _type(node.otherwise, names))


@_type.register
def _(node: ir.Binary, names: Mapping[str, Type]) -> Type:
    left, right = _type(node.left, names), _type(node.right, names)
    match node.operator:
        case ir.Operator.EQUAL | ir.Operator.UNEQUAL:
            if not _may_be_equal(left, right):
                raise Clash(f"{left.name} and {right.name} are never equal", node.right.at)
            return BOOL
        case ir.Operator.IN:
            return _membership(left, right, node)
        case ir.Operator.LESS | ir.Operator.LESS_OR_EQUAL:
            return _ordered(left, right, node)
        case ir.Operator.GREATER | ir.Operator.GREATER_OR_EQUAL:
            return _ordered(left, right, node)
        case _:
            return _calculated(left, right, node)


def _membership(member: Type, container: Type, node: ir.Binary) -> Type:
    if container.name not in ("list", "map", "dyn"):
        raise Clash(f"'in' does not take {container.name}", node.right.at)
    items = container.element if container.name == "list" else None
    written = node.right.items if isinstance(node.right, ir.ListOf) else ()
    if items and not written and not _may_be_equal(member, items):
        raise Clash(f"{member.name} is never in a list of {items.name}", node.right.at)
    return BOOL


def _ordered(left: Type, right: Type, node: ir.Binary) -> Type:
    if left.name in ("list", "map", "null_type", "type") or not _may_be_equal(left, right):
        raise Clash(f"{left.name} and {right.name} have no order", node.right.at)
    return BOOL


_TIMES: Final = (TIMESTAMP.name, _DURATION.name)


def _calculated(left: Type, right: Type, node: ir.Binary) -> Type:
    names = {left.name, right.name}
    if "dyn" in names or names <= {*_TIMES}:
        return DYN
    able = _NUMBERS | ({"string", "list"} if node.operator is ir.Operator.ADD else set())
    if len(names) > 1 or left.name not in able:
        raise Clash(f"'{node.operator}' does not take {left.name} and {right.name}", node.right.at)
    return _shared(left, right)


def _may_be_equal(left: Type, right: Type) -> bool:
    names = {left.name, right.name}
    return len(names) == 1 or names <= _NUMBERS or bool(names & {"dyn", "null_type"})


def _shared(left: Type, right: Type) -> Type:
    if left == right:
        return left
    if left.name == right.name == "list":
        return Type("list", _shared(left.element or DYN, right.element or DYN))
    return Type(left.name, DYN) if left.name == right.name else DYN


@_type.register
def _(node: ir.ListOf, names: Mapping[str, Type]) -> Type:
    types = [_type(item, names) for item in node.items]
    return Type("list", types[0] if types and all(one == types[0] for one in types) else DYN)


@_type.register
def _(node: ir.MapOf, names: Mapping[str, Type]) -> Type:
    for part in ir.parts_of(node):
        _type(part, names)
    return Type("map", DYN)


@_type.register
def _(node: ir.Call, names: Mapping[str, Type]) -> Type:
    types = [_type(argument, names) for argument in node.arguments]
    if types and node.function in _OF_TEXTS and types[0].name not in ("string", "dyn"):
        raise Clash(f"{node.function}() does not take {types[0].name}", node.at)
    return _RESULTS.get(node.function, DYN)


@_type.register
def _(node: ir.Fold, names: Mapping[str, Type]) -> Type:
    over = _need(node.range, names, ("list", "map"), f"cannot be gone over by {node.kind}()")
    item = over.element or DYN
    if over.name == "map" and not node.place:
        item = STRING if over.fields is not None else DYN
    inner = {**names, node.variable: item}
    if node.place:
        inner[node.place] = INT if over.name == "list" else DYN
    if node.condition is not None:
        _need(node.condition, inner, ("bool",), "stands where true or false is needed")
    body = _type(node.body, inner)
    match node.kind:
        case ir.FoldKind.MAP:
            return Type("list", body)
        case ir.FoldKind.TRANSFORM_MAP:
            return Type("map", body)
        case ir.FoldKind.FILTER:
            return Type("list", item)
        case ir.FoldKind.OPTIONAL_MAP | ir.FoldKind.OPTIONAL_FLAT_MAP:
            return DYN
        case _:
            return BOOL


def _need(
    node: ir.Node, names: Mapping[str, Type], wanted: tuple[str, ...], otherwise: str
) -> Type:
    found = _type(node, names)
    if found.name not in (*wanted, "dyn"):
        raise Clash(f"a {found.name} {otherwise}", node.at)
    return found
