"""Parse tree → IR: expands macros, folds signs into literals, refuses what is outside the subset."""

from typing import Final

from lark import Token, Tree

from tesuri.expressions import ir
from tesuri.expressions.functions import FUNCTION_NAMES
from tesuri.expressions.grammar import RESERVED
from tesuri.expressions.literals import INT_MAX, INT_MIN, decode_integer, decode_string

MAX_DEPTH: Final = 120
"""Levels of nesting; far more than a person can read, far fewer than Python's stack holds."""

_FOLDS: Final = {kind.value: kind for kind in ir.FoldKind} | {"existsOne": ir.FoldKind.EXISTS_ONE}


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
            case "select":
                field = _field(tree.children[1])
                return ir.Select(self._child(tree, 0), field, at)
            case "index":
                return ir.Index(self._child(tree, 0), self._child(tree, 1), at)
            case "conditional":
                return ir.Conditional(
                    self._child(tree, 0), self._child(tree, 1), self._child(tree, 2), at
                )
            case "binary":
                operator = ir.Operator(_text(tree, 1))
                return ir.Binary(operator, self._child(tree, 0), self._child(tree, 2), at)
            case "list_of":
                return ir.ListOf(self._arguments(tree.children[0]), at)
            case _:
                assert rule == "map_of"
                return ir.MapOf(self._entries(tree.children[0]), at)

    def _child(self, tree: "Tree[Token]", position: int) -> ir.Node:
        return self._node(tree.children[position])

    def _node(self, child: "Tree[Token] | Token") -> ir.Node:
        assert isinstance(child, Tree)
        return self.build(child)

    def _arguments(self, child: "Tree[Token] | Token | None") -> tuple[ir.Node, ...]:
        return tuple(self._node(item) for item in child.children) if isinstance(child, Tree) else ()

    def _entries(self, child: "Tree[Token] | Token | None") -> tuple[tuple[ir.Node, ir.Node], ...]:
        entries = child.children if isinstance(child, Tree) else []
        trees = [entry for entry in entries if isinstance(entry, Tree)]
        return tuple((self._child(entry, 0), self._child(entry, 1)) for entry in trees)

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
                return _fold(_FOLDS[name], receiver, arguments, at)
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


def _fold(
    kind: ir.FoldKind, over: ir.Node, arguments: tuple[ir.Node, ...], at: ir.Position
) -> ir.Fold:
    wanted = (2, 3) if kind is ir.FoldKind.MAP else (2,)
    if len(arguments) not in wanted:
        raise Refused(f"{kind}() takes a name and an expression, as in {kind}(x, x > 1)", at)
    variable = arguments[0]
    if not isinstance(variable, ir.Name):
        raise Refused(f"The first argument of {kind}() is a name", at)
    condition = arguments[1] if len(arguments) == 3 else None
    return ir.Fold(kind, over, variable.name, arguments[-1], at, condition)


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
