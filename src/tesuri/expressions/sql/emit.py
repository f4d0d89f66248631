"""IR → SQL: the condition of a control over one row of a table of documents.

What SQL cannot say exactly is refused with the reason (`CannotSay`), never approximated: such expressions are evaluated by
closures. NULL is what has no value.
"""

from collections.abc import Mapping
from functools import singledispatch
from itertools import count

from tesuri.expressions import ir
from tesuri.expressions.closures import closure
from tesuri.expressions.scope import Scope
from tesuri.expressions.sql.calculating import calculated
from tesuri.expressions.sql.calls import called
from tesuri.expressions.sql.columns import (
    merged,
    packed,
    presence,
    read_column,
    selected,
    shape_of,
)
from tesuri.expressions.sql.comparing import among_literals, equality, membership, ordered
from tesuri.expressions.sql.constants import literal_term
from tesuri.expressions.sql.dialect import Dialect
from tesuri.expressions.sql.folds import Environment, folded
from tesuri.expressions.sql.shapes import (
    Differing,
    ListKind,
    MapKind,
    Scalar,
    Shape,
    StructKind,
    united,
)
from tesuri.expressions.sql.terms import (
    NOTHING,
    Alternative,
    CannotSay,
    Term,
    element_of,
    only,
    present_text,
    truth_text,
    when,
)
from tesuri.expressions.values import TYPE_NAMES, CelType, CostExceeded, Meter, NoValue

_CONSTANT_STEPS = 10_000
_LAST = 2**31 - 2
"""Largest index of a list."""
_ORDER = (
    ir.Operator.LESS,
    ir.Operator.LESS_OR_EQUAL,
    ir.Operator.GREATER,
    ir.Operator.GREATER_OR_EQUAL,
)


def emit_condition(tree: ir.Node, names: Mapping[str, Term], dialect: Dialect) -> str:
    """Give SQL of type BOOLEAN: true, false, or NULL where the expression has no value or another.

    **raises** CannotSay with half a sentence when this SQL cannot say it.
    """
    return truth_text(emit(tree, Environment(dict(names), dialect, count(1), emit)))


def document_term(shape: Shape, column: str, dialect: Dialect) -> Term:
    """Give the term of a column that holds whole documents."""
    return read_column(shape, column, dialect)


def emit(node: ir.Node, env: Environment) -> Term:
    """Give the term of a node."""
    if isinstance(node, ir.Call | ir.Binary | ir.Negate) and _is_constant(node):
        return _constant(node, env)
    return _emit(node, env)


def _is_constant(node: ir.Node) -> bool:
    if isinstance(node, ir.Name | ir.Fold | ir.ListOf | ir.MapOf):
        return False
    return all(_is_constant(part) for part in ir.parts_of(node))


def _constant(node: ir.Node, env: Environment) -> Term:
    try:
        value = closure(node)(Scope({}, Meter(_CONSTANT_STEPS), []))
    except NoValue:
        return NOTHING
    except CostExceeded:
        raise CannotSay("a constant takes too many steps") from None
    return literal_term(value, env.dialect)


@singledispatch
def _emit(_: ir.Node, __: Environment) -> Term:
    raise CannotSay("it uses optional values")


@_emit.register
def _(node: ir.Literal, env: Environment) -> Term:
    return literal_term(node.value, env.dialect)


@_emit.register
def _(node: ir.Name, env: Environment) -> Term:
    if node.name in env.names:
        return env.names[node.name]
    if node.name in TYPE_NAMES:
        return literal_term(CelType(node.name), env.dialect)
    return NOTHING


@_emit.register
def _(node: ir.Select, env: Environment) -> Term:
    return selected(emit(node.operand, env), node.field, env.dialect)


@_emit.register
def _(node: ir.Has, env: Environment) -> Term:
    return presence(emit(node.operand, env), node.field, env.dialect)


@_emit.register
def _(node: ir.Index, env: Environment) -> Term:
    holder, index = emit(node.operand, env), emit(node.index, env)
    literal = index.alternatives[0].literal if index.alternatives else None
    if isinstance(literal, str):
        return selected(holder, literal, env.dialect)
    if isinstance(literal, float) and literal.is_integer():
        index = literal_term(int(literal), env.dialect)
    pieces: list[Alternative] = []
    for one in holder.alternatives:
        pieces += _element(one, index, env).alternatives
    return Term(merged(pieces, env.dialect))


def _element(holder: Alternative, index: Term, env: Environment) -> Term:
    whole, key = index.of(Scalar.INT), index.of(Scalar.STRING)
    if index.of(Scalar.DOUBLE):
        raise CannotSay("an index is a decimal number")
    match holder.kind:
        case ListKind() as kind if whole:
            element = element_of(kind)
            return read_column(element, _at(holder.text, whole, env.dialect), env.dialect)
        case MapKind(value=value) if key:
            return read_column(value, env.dialect.map_value(holder.text, key.text), env.dialect)
        case StructKind() if key:
            raise CannotSay("it computes the name of a field")
        case _:
            return NOTHING


def _at(items: str, index: Alternative, dialect: Dialect) -> str:
    if isinstance(index.literal, int) and 0 <= index.literal <= _LAST:
        return dialect.element(items, str(index.literal))
    # NOTE: both engines calculate with the index before they look at the condition.
    bounded = dialect.element(items, f"least({index.text}, {_LAST})")
    return when(f"{index.text} BETWEEN 0 AND {_LAST}", bounded)


@_emit.register
def _(node: ir.Not, env: Environment) -> Term:
    operand = emit(node.operand, env)
    is_total = operand.is_total and len(operand.alternatives) == 1
    return only(Scalar.BOOL, f"(NOT {truth_text(operand)})", is_total=is_total)


@_emit.register
def _(node: ir.And, env: Environment) -> Term:
    return _chained(node.operands, "AND", env)


@_emit.register
def _(node: ir.Or, env: Environment) -> Term:
    return _chained(node.operands, "OR", env)


def _chained(operands: tuple[ir.Node, ...], word: str, env: Environment) -> Term:
    terms = [emit(operand, env) for operand in operands]
    is_total = all(
        term.is_total and len(term.alternatives) == 1 and term.of(Scalar.BOOL) for term in terms
    )
    joined = f" {word} ".join(truth_text(term) for term in terms)
    return only(Scalar.BOOL, f"({joined})", is_total=is_total)


@_emit.register
def _(node: ir.Conditional, env: Environment) -> Term:
    condition = emit(node.condition, env)
    test = truth_text(condition)
    branches = emit(node.chosen, env), emit(node.otherwise, env)
    pieces = [
        Alternative(one.kind, f"CASE WHEN {guard} THEN {one.text} END")
        for guard, branch in zip((test, f"NOT {test}"), branches, strict=True)
        for one in branch.alternatives
    ]
    is_total = bool(condition.of(Scalar.BOOL)) and all(
        term.is_total for term in (condition, *branches)
    )
    return Term(merged(pieces, env.dialect), is_total and len(condition.alternatives) == 1)


@_emit.register
def _(node: ir.Binary, env: Environment) -> Term:
    left, right = emit(node.left, env), emit(node.right, env)
    match node.operator:
        case ir.Operator.EQUAL:
            return equality(left, right, env.dialect)
        case ir.Operator.UNEQUAL:
            return _negated(equality(left, right, env.dialect))
        case ir.Operator.IN if isinstance(node.right, ir.ListOf) and _is_written(node.right):
            items = [emit(item, env).alternatives[0] for item in node.right.items]
            return among_literals(left, items, env.dialect)
        case ir.Operator.IN:
            return membership(left, right, env.dialect)
        case _:
            apply = ordered if node.operator in _ORDER else calculated
            return apply(node.operator, left, right, env.dialect)


def _is_written(node: ir.ListOf) -> bool:
    return all(isinstance(item, ir.Literal) for item in node.items)


def _negated(term: Term) -> Term:
    if not term.alternatives:
        return NOTHING
    return only(Scalar.BOOL, f"(NOT {truth_text(term)})", is_total=term.is_total)


@_emit.register
def _(node: ir.Negate, env: Environment) -> Term:
    operand, zero = emit(node.operand, env), literal_term(0, env.dialect)
    whole = Term(tuple(one for one in operand.alternatives if one.kind is Scalar.INT))
    decimal = [
        Alternative(Scalar.DOUBLE, f"(- {one.text})")
        for one in operand.alternatives
        if one.kind is Scalar.DOUBLE
    ]
    numbers = calculated(ir.Operator.SUBTRACT, zero, whole, env.dialect)
    return Term((*numbers.alternatives, *decimal))


@_emit.register
def _(node: ir.ListOf, env: Environment) -> Term:
    if node.optional:
        raise CannotSay("it lists optional values")
    terms = [emit(item, env) for item in node.items]
    if not all(term.alternatives for term in terms):
        return NOTHING
    shape: Shape | None = None
    try:
        for term in terms:
            shape = united(shape, shape_of(term))
    except Differing:
        raise CannotSay("it lists objects of different fields") from None
    texts = tuple(packed(term, shape, env.dialect) for term in terms) if shape else ()
    made = env.dialect.list_of(texts, shape)
    conditions = [present_text(term) for term in terms if not term.is_total]
    guard = " AND ".join(conditions) or "true"
    return only(ListKind(shape), when(guard, made), is_total=guard == "true")


@_emit.register
def _(_: ir.MapOf, __: Environment) -> Term:
    raise CannotSay("it makes a map")


@_emit.register
def _(node: ir.Call, env: Environment) -> Term:
    return called(node, tuple(emit(argument, env) for argument in node.arguments), env.dialect)


@_emit.register
def _(node: ir.Fold, env: Environment) -> Term:
    return folded(node, emit(node.range, env), env)
