"""IR → Python closures, three-valued: a value, or `NoValue` raised for an error or an unknown leaf.

`&&`, `||`, `all` and `exists` absorb as CEL says: what decides alone decides, in whatever order it stands. The other
macros and operators give up with the first part that has no value.
"""

from functools import singledispatch

from tesuri.expressions import ir
from tesuri.expressions.folds import folding
from tesuri.expressions.functions import FUNCTIONS, found_in_pieces
from tesuri.expressions.operators import COMPARED, bounded, operation
from tesuri.expressions.optionals import LAZY, element_of, field_of, optional_of
from tesuri.expressions.scope import Closure, Scope, known, path_of, truth, weightier
from tesuri.expressions.values import (
    TYPE_NAMES,
    CelType,
    NoValue,
    Optional,
    contains,
    is_key,
    key_value,
    kind_of,
    map_key,
)
from tesuri.model.resource import Unknown


@singledispatch
def closure(node: ir.Node) -> Closure:
    """Give the function that evaluates a node."""
    raise TypeError(type(node))


@closure.register
def _(node: ir.Literal) -> Closure:
    value = node.value
    return lambda _: value


@closure.register
def _(node: ir.Name) -> Closure:
    name = node.name
    constant = CelType(name) if name in TYPE_NAMES else None

    def evaluate(scope: Scope) -> object:
        if name in scope.names:
            value = scope.names[name]
            return known(value, name) if value.__class__ is Unknown else value
        if constant:
            return constant
        raise NoValue(f"there is no variable {name}")

    return evaluate


@closure.register
def _(node: ir.Select) -> Closure:
    operand, field, path = closure(node.operand), node.field, path_of(node)
    variable = node.operand.name if isinstance(node.operand, ir.Name) else None

    def evaluate(scope: Scope) -> object:
        # NOTE: most operands are a variable; one call less for each is a fifth of a plan's evaluation.
        holder = scope.names.get(variable) if variable else None
        if holder.__class__ is not dict:
            holder = operand(scope)
        if not isinstance(holder, dict):
            return _known_optional(field_of(holder, field), path)
        if field not in holder:
            raise NoValue(f"{path or field} is absent")
        value = holder[field]
        return known(value, path) if value.__class__ is Unknown else value

    return evaluate


@closure.register
def _(node: ir.Has) -> Closure:
    operand, field = closure(node.operand), node.field
    path = path_of(ir.Select(node.operand, field, node.at))
    variable = node.operand.name if isinstance(node.operand, ir.Name) else None

    def evaluate(scope: Scope) -> object:
        holder = scope.names.get(variable) if variable else None
        if holder.__class__ is not dict:
            holder = operand(scope)
        if not isinstance(holder, dict):
            return _known_optional(field_of(holder, field), path).has_value
        if field not in holder:
            return False
        value = holder[field]
        # NOTE: what is known after apply may still turn out to be null, unless it is the id of a resource, or a text.
        if isinstance(value, Unknown) and not value.is_certain:
            known(value, path)
        return True

    return evaluate


@closure.register
def _(node: ir.Index) -> Closure:
    operand, index, path = closure(node.operand), closure(node.index), path_of(node)

    def evaluate(scope: Scope) -> object:
        holder, key = operand(scope), index(scope)
        if isinstance(holder, dict):
            if not is_key(key) or map_key(key) not in holder:
                raise NoValue(f"the map has no key {key!r}")
            return known(holder[map_key(key)], path)
        if not isinstance(holder, list):
            return _known_optional(element_of(holder, key), path)
        return known(holder[_place(key, len(holder))], path)

    return evaluate


def _place(key: object, size: int) -> int:
    if isinstance(key, float) and key.is_integer():
        key = int(key)
    if isinstance(key, bool) or not isinstance(key, int):
        raise NoValue(f"a {kind_of(key)} is no index of a list")
    if not 0 <= key < size:
        raise NoValue(f"the index {key} is out of range")
    return key


def _known_optional(found: Optional, path: str | None) -> Optional:
    known(found.value, path)
    return found


@closure.register
def _(node: ir.OptionalSelect) -> Closure:
    operand, field = closure(node.operand), node.field
    path = path_of(ir.Select(node.operand, field, node.at))
    return lambda scope: _known_optional(field_of(operand(scope), field), path)


@closure.register
def _(node: ir.OptionalIndex) -> Closure:
    operand, index = closure(node.operand), closure(node.index)
    path = path_of(ir.Index(node.operand, node.index, node.at))
    return lambda scope: _known_optional(element_of(operand(scope), index(scope)), path)


@closure.register
def _(node: ir.Not) -> Closure:
    operand = closure(node.operand)

    def evaluate(scope: Scope) -> bool:
        value = operand(scope)
        return value is False or (value is not True and not truth(value))

    return evaluate


@closure.register
def _(node: ir.Negate) -> Closure:
    operand = closure(node.operand)

    def evaluate(scope: Scope) -> object:
        value = operand(scope)
        if isinstance(value, float):
            return -value
        if isinstance(value, int) and not isinstance(value, bool):
            return bounded(-value)
        raise NoValue(f"'-' does not take {kind_of(value)}")

    return evaluate


def _absorbing(operands: tuple[Closure, ...], decider: bool) -> Closure:  # noqa: FBT001 - private, the value itself
    other = not decider

    def evaluate(scope: Scope) -> bool:
        missing: NoValue | None = None
        for operand in operands:
            try:
                said = operand(scope)
                if said is decider:
                    return decider
                if said is not other:
                    truth(said)
            except NoValue as error:
                missing = weightier(missing, error)
        if missing:
            try:
                raise missing
            finally:
                # Else the frame of this call and what it raises hold each other.
                missing = None
        return other

    return evaluate


@closure.register
def _(node: ir.And) -> Closure:
    return _absorbing(tuple(closure(part) for part in node.operands), decider=False)


@closure.register
def _(node: ir.Or) -> Closure:
    return _absorbing(tuple(closure(part) for part in node.operands), decider=True)


@closure.register
def _(node: ir.Conditional) -> Closure:
    condition = closure(node.condition)
    chosen, otherwise = closure(node.chosen), closure(node.otherwise)
    return lambda scope: chosen(scope) if truth(condition(scope)) else otherwise(scope)


@closure.register
def _(node: ir.Binary) -> Closure:
    left, right, apply = closure(node.left), closure(node.right), operation(node.operator)
    if isinstance(node.right, ir.Literal):
        found = _with_literal(node.operator, left, node.right.value)
        is_told = node.operator in _EQUALITY and isinstance(node.right.value, str)
        path = path_of(node.left) if is_told else None
        return _unless_impossible(found, node.operator, path, node.right.value) if path else found
    if node.operator is ir.Operator.IN and isinstance(node.right, ir.ListOf):
        return _among_words(node.right, left, right)
    return lambda scope: apply(left(scope), right(scope), scope.meter)


_EQUALITY = (ir.Operator.EQUAL, ir.Operator.UNEQUAL)


def _unless_impossible(
    compare: Closure, operator: ir.Operator, path: str, value: object
) -> Closure:
    """Decide a comparison of a leaf that is not known with what it cannot be."""

    def evaluate(scope: Scope) -> object:
        try:
            return compare(scope)
        except NoValue as missing:
            if missing.path != path or missing.leaf.may_be(value):
                raise
            return operator is ir.Operator.UNEQUAL

    return evaluate


def _with_literal(operator: ir.Operator, left: Closure, value: object) -> Closure:
    """Give the closure of an operator whose right side is written out: most comparisons are of this kind."""
    apply = operation(operator)
    if operator in _EQUALITY and isinstance(value, str):
        # NOTE: for Python too, a text equals nothing but a text.
        if operator is ir.Operator.EQUAL:
            return lambda scope: left(scope) == value
        return lambda scope: left(scope) != value
    if operator in _EQUALITY and (value is None or isinstance(value, bool)):
        if operator is ir.Operator.EQUAL:
            return lambda scope: left(scope) is value
        return lambda scope: left(scope) is not value
    compared = COMPARED.get(operator)
    if compared is None or not isinstance(value, int) or isinstance(value, bool):
        return lambda scope: apply(left(scope), value, scope.meter)

    def evaluate(scope: Scope) -> object:
        found = left(scope)
        if found.__class__ is int:
            return compared(found, value)
        return apply(found, value, scope.meter)

    return evaluate


def _among_words(items: ir.ListOf, left: Closure, right: Closure) -> Closure:
    apply = operation(ir.Operator.IN)
    values = [item.value for item in items.items if isinstance(item, ir.Literal)]
    words = frozenset(value for value in values if isinstance(value, str))
    if len(values) != len(items.items) or not words:
        return lambda scope: apply(left(scope), right(scope), scope.meter)

    def evaluate(scope: Scope) -> object:
        member = left(scope)
        return member in words if isinstance(member, str) else contains(member, values)

    return evaluate


@closure.register
def _(node: ir.ListOf) -> Closure:
    items = tuple(closure(item) for item in node.items)
    optional = frozenset(node.optional)
    if not optional:
        return lambda scope: [item(scope) for item in items]

    def evaluate(scope: Scope) -> object:
        values = ((number in optional, item(scope)) for number, item in enumerate(items))
        return [part for is_optional, value in values for part in _parts(value, is_optional)]

    return evaluate


def _parts(value: object, is_optional: bool) -> tuple[object, ...]:  # noqa: FBT001 - private
    """Give what an item adds to a list, or a value to an entry: itself, or what an optional one holds."""
    if not is_optional:
        return (value,)
    found = optional_of("?", value)
    return (found.value,) if found.has_value else ()


@closure.register
def _(node: ir.MapOf) -> Closure:
    entries = tuple((closure(key), closure(value)) for key, value in node.entries)
    optional = frozenset(node.optional)

    def evaluate(scope: Scope) -> object:
        built: dict[object, object] = {}
        for number, (key, value) in enumerate(entries):
            stored = map_key(key(scope))
            if stored in built:
                raise NoValue(f"the map has the key {key_value(stored)!r} twice")
            for part in _parts(value(scope), number in optional):
                built[stored] = part
        return built

    return evaluate


@closure.register
def _(node: ir.Call) -> Closure:
    function = FUNCTIONS.get(node.function)
    arguments = tuple(closure(argument) for argument in node.arguments)
    if node.function in LAZY and len(arguments) == 2:
        return _otherwise(node.function, *arguments)

    def evaluate(scope: Scope) -> object:
        if function is None:
            raise NoValue(f"there is no function {node.function}")
        return function.apply(tuple(argument(scope) for argument in arguments), scope.meter)

    wanted = _written_text(node)
    return _in_pieces(evaluate, node, wanted) if wanted else evaluate


def _written_text(node: ir.Call) -> str:
    """Give the text that a search in a text looks for, where it is written out."""
    last = node.arguments[-1] if len(node.arguments) == 2 else None
    is_search = node.function in ("contains", "matches", "startsWith", "endsWith")
    return (
        last.value
        if is_search and isinstance(last, ir.Literal) and isinstance(last.value, str)
        else ""
    )


def _in_pieces(search: Closure, node: ir.Call, wanted: str) -> Closure:
    """Find in the known pieces of a text what is there, whatever stands around them."""
    path = path_of(node.arguments[0])
    name = node.function

    def evaluate(scope: Scope) -> object:
        try:
            return search(scope)
        except NoValue as missing:
            if not path or missing.path != path or not any(missing.leaf.pieces):
                raise
            answer = found_in_pieces(name, missing.leaf.pieces, wanted, scope.meter)
            if answer is None:
                raise
            return answer

    return evaluate


def _otherwise(function: str, first: Closure, second: Closure) -> Closure:
    def evaluate(scope: Scope) -> object:
        found = optional_of(function, first(scope))
        if function == "or":
            return found if found.has_value else optional_of("or", second(scope))
        return found.value if found.has_value else second(scope)

    return evaluate


@closure.register
def _(node: ir.Fold) -> Closure:
    return folding(node, closure)
