"""Parse tree → IR: expands macros, folds signs into literals, refuses what is outside the subset."""

from typing import Final

from lark import Token, Tree

from tesuri.expressions import ir
from tesuri.expressions.functions import FUNCTION_NAMES
from tesuri.expressions.grammar import RESERVED
from tesuri.expressions.literals import INT_MAX, INT_MIN, decode_integer, decode_string

MAX_DEPTH: Final = 120
"""Levels of nesting; far more than a person can read, far fewer than Python's stack holds."""

_FOLDS: Final = {kind.value: kind for kind in ir.FoldKind} | {
    "existsOne": ir.FoldKind.EXISTS_ONE,
    "transformList": ir.FoldKind.MAP,
}
_OF_ONE_VARIABLE: Final = ("map", "filter", "optMap", "optFlatMap")
_OF_TWO_VARIABLES: Final = ("transformList", "transformMap")
_NAMESPACES: Final = ("strings", "optional")
"""Names before the dot of functions that are no methods."""


class Refused(Exception):
    """The text parses but is no expression of the subset; `parse` turns it into BadInput."""

    def __init__(self, what: str, at: ir.Position) -> None:
        super().__init__(what)
        self.what = what
        self.at = at


class Builder:
    """Builds one tree; holds how deep it is."""

    def __init__(self) -> None:
        self._depth = 0

    def build(self, tree: "Tree[Token]") -> ir.Node:
        """Turn a parse tree into IR."""
        at = _position(tree)
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Refused(f"The expression is nested deeper than {MAX_DEPTH} levels", at)
        rule = str(tree.data)
        if rule.endswith("_literal"):
            node: ir.Node = _literal(rule, str(tree.children[0]), at)
        elif rule in _LOGIC:
            node = self._chain(tree, rule, at)
        else:
            node = self._compound(tree, rule, at)
        self._depth -= 1
        return node

    def _compound(self, tree: "Tree[Token]", rule: str, at: ir.Position) -> ir.Node:
        match rule:
            case "name":
                return ir.Name(_plain_name(_text(tree, 0), at), at)
            case "call" | "method":
                return self._call(tree, at, is_method=rule == "method")
            case "nots":
                return ir.Not(self._child(tree, 0), at)
            case "minuses":
                return self._negated(tree, at)
            case "refused":
                raise Refused(
                    f"{_text(tree, 0)}: bytes and unsigned integers are not supported", at
                )
            case _:
                return self._structure(tree, rule, at)

    def _structure(self, tree: "Tree[Token]", rule: str, at: ir.Position) -> ir.Node:
        match rule:
            case "select" | "optional_select":
                kind = ir.Select if rule == "select" else ir.OptionalSelect
                return kind(self._child(tree, 0), _field(tree.children[1]), at)
            case "index" | "optional_index":
                indexed = ir.Index if rule == "index" else ir.OptionalIndex
                return indexed(self._child(tree, 0), self._child(tree, 1), at)
            case "conditional":
                return ir.Conditional(
                    self._child(tree, 0), self._child(tree, 1), self._child(tree, 2), at
                )
            case "binary":
                operator = ir.Operator(_text(tree, 1))
                return ir.Binary(operator, self._child(tree, 0), self._child(tree, 2), at)
            case "list_of":
                items = _trees(tree.children[0])
                nodes = tuple(self._unwrapped(item) for item in items)
                return ir.ListOf(nodes, at, _marked(items, "optional_item"))
            case _:
                assert rule == "map_of"
                entries = _trees(tree.children[0])
                pairs = tuple((self._child(one, 0), self._child(one, 1)) for one in entries)
                return ir.MapOf(pairs, at, _marked(entries, "optional_entry"))

    def _unwrapped(self, item: "Tree[Token]") -> ir.Node:
        return self._child(item, 0) if str(item.data) == "optional_item" else self.build(item)

    def _child(self, tree: "Tree[Token]", position: int) -> ir.Node:
        return self._node(tree.children[position])

    def _node(self, child: "Tree[Token] | Token") -> ir.Node:
        assert isinstance(child, Tree)
        return self.build(child)

    def _arguments(self, child: "Tree[Token] | Token | None") -> tuple[ir.Node, ...]:
        return tuple(self.build(item) for item in _trees(child))

    def _chain(self, tree: "Tree[Token]", rule: str, at: ir.Position) -> ir.Node:
        """Flatten `a && b && c`, which the grammar nests to the left, without recursion."""
        operands: list[Tree[Token]] = []
        current = tree
        while str(current.data) == rule:
            left, right = current.children
            assert isinstance(left, Tree)
            assert isinstance(right, Tree)
            operands.append(right)
            current = left
        operands.append(current)
        nodes = tuple(self.build(operand) for operand in reversed(operands))
        return ir.Or(nodes, at) if rule == "disjunction" else ir.And(nodes, at)

    def _negated(self, tree: "Tree[Token]", at: ir.Position) -> ir.Node:
        child = tree.children[1]
        assert isinstance(child, Tree)
        if str(child.data) == "integer_literal":
            return ir.Literal(_in_range(-decode_integer(_text(child, 0)), at), at)
        node = self.build(child)
        if isinstance(node, ir.Literal) and isinstance(node.value, float):
            return ir.Literal(-node.value, at)
        return ir.Negate(node, at)

    def _call(self, tree: "Tree[Token]", at: ir.Position, *, is_method: bool) -> ir.Node:
        name = _text(tree, 1 if is_method else 0)
        arguments = self._arguments(tree.children[-1])
        if is_method:
            receiver = self._child(tree, 0)
            if name in _FOLDS:
                return _fold(name, receiver, arguments, at)
            if isinstance(receiver, ir.Name) and receiver.name in _NAMESPACES:
                name, is_method = f"{receiver.name}.{name}", False
            else:
                arguments = (receiver, *arguments)
        elif name == "has":
            return _has(arguments, at)
        if name not in FUNCTION_NAMES:
            raise Refused(f"There is no function '{name}'", at)
        return ir.Call(name, arguments, is_method, at)


_LOGIC: Final = ("disjunction", "conjunction")


def _literal(rule: str, text: str, at: ir.Position) -> ir.Literal:
    match rule:
        case "integer_literal":
            return ir.Literal(_in_range(decode_integer(text), at), at)
        case "float_literal":
            return ir.Literal(float(text), at)
        case "string_literal":
            try:
                return ir.Literal(decode_string(text), at)
            except ValueError as error:
                raise Refused(str(error), at) from error
        case _:
            return ir.Literal({"true_literal": True, "false_literal": False}.get(rule), at)


def _in_range(number: int, at: ir.Position) -> int:
    if not INT_MIN <= number <= INT_MAX:
        raise Refused(f"{number} does not fit into 64 bits", at)
    return number


def _has(arguments: tuple[ir.Node, ...], at: ir.Position) -> ir.Has:
    if len(arguments) == 1 and isinstance(arguments[0], ir.Select):
        return ir.Has(arguments[0].operand, arguments[0].field, at)
    raise Refused("has() takes one field, as in has(resource.Name)", at)


def _fold(name: str, over: ir.Node, arguments: tuple[ir.Node, ...], at: ir.Position) -> ir.Fold:
    variables = _variables(name, arguments, at)
    given = arguments[len(variables) :]
    most = 2 if name in ("map", *_OF_TWO_VARIABLES) else 1
    if not 1 <= len(given) <= most:
        raise Refused(f"{name}() takes a name and an expression, as in {name}(x, x > 1)", at)
    place = variables[0] if len(variables) == 2 else ""
    condition = given[0] if len(given) == 2 else None
    return ir.Fold(_FOLDS[name], over, variables[-1], given[-1], at, condition, place)


def _variables(name: str, arguments: tuple[ir.Node, ...], at: ir.Position) -> tuple[str, ...]:
    """Give the one or two names at the beginning of a macro's arguments."""
    count = 2 if name in _OF_TWO_VARIABLES else 1
    if name not in (*_OF_ONE_VARIABLE, *_OF_TWO_VARIABLES) and len(arguments) == 3:
        count = 2
    names = tuple(argument.name for argument in arguments[:count] if isinstance(argument, ir.Name))
    if len(names) < count:
        which = "The first argument of" if count == 1 else "The first two arguments of"
        raise Refused(f"{which} {name}() {'is a name' if count == 1 else 'are names'}", at)
    if len(set(names)) < count:
        raise Refused(f"The two names of {name}() are the same", at)
    return names


def _trees(child: "Tree[Token] | Token | None") -> "list[Tree[Token]]":
    items = child.children if isinstance(child, Tree) else []
    return [item for item in items if isinstance(item, Tree)]


def _marked(trees: "list[Tree[Token]]", rule: str) -> tuple[int, ...]:
    return tuple(number for number, tree in enumerate(trees) if str(tree.data) == rule)


def _field(child: "Tree[Token] | Token") -> str:
    assert isinstance(child, Tree)
    return _text(child, 0).strip("`")


def _plain_name(name: str, at: ir.Position) -> str:
    if name in RESERVED:
        raise Refused(f"'{name}' is a reserved word", at)
    return name


def _text(tree: "Tree[Token]", position: int) -> str:
    return str(tree.children[position])


def _position(tree: "Tree[Token]") -> ir.Position:
    return ir.Position(tree.meta.line, tree.meta.column)
