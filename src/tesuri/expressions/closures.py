"""IR → Python closures, three-valued: a value, or `NoValue` raised for an error or an unknown leaf.

`&&`, `||`, `all` and `exists` absorb as CEL says: what decides alone decides, in whatever order it stands. The other
macros and operators give up with the first part that has no value.
"""

from collections.abc import Callable, Iterator
from functools import singledispatch

from tesuri.expressions import ir
from tesuri.expressions.functions import FUNCTIONS
from tesuri.expressions.operators import bounded, operation
from tesuri.expressions.values import (
    TYPE_NAMES,
    CelType,
    Meter,
    NoValue,
    is_key,
    key_value,
    kind_of,
    map_key,
)
from tesuri.model.resource import Unknown


class Scope:
    """Names and their values during one evaluation, with its meter and the part that decided it."""

    __slots__ = ("meter", "names", "witness")

    def __init__(self, names: dict[str, object], meter: Meter, witness: list[str]) -> None:
        self.names = names
        self.meter = meter
        self.witness = witness
        """JSON pointer of the element that decided the last `all` or `exists`, if one did."""

    def inner(self) -> "Scope":
        """Give a scope for a macro's variable."""
        return Scope(dict(self.names), self.meter, self.witness)


Closure = Callable[[Scope], object]


def path_of(node: ir.Node) -> str | None:
    """Give the path that a chain of names, fields and constant indexes spells; None for others."""
    match node:
        case ir.Name(name=name):
            return name
        case ir.Select(operand=operand, field=field):
            inner = path_of(operand)
            return None if inner is None else f"{inner}.{field}"
        case ir.Index(operand=operand, index=ir.Literal(value=value)):
            inner = path_of(operand)
            return None if inner is None else f"{inner}[{value}]"
        case _:
            return None


def _known(value: object, path: str | None) -> object:
    if isinstance(value, Unknown):
        raise NoValue(f"{path or 'a value'} is not known yet", path or "a value")
    return value


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
            return _known(scope.names[name], name)
        if constant:
            return constant
        raise NoValue(f"there is no variable {name}")

    return evaluate


@closure.register
def _(node: ir.Select) -> Closure:
    operand, field, path = closure(node.operand), node.field, path_of(node)

    def evaluate(scope: Scope) -> object:
        holder = operand(scope)
        if not isinstance(holder, dict):
            raise NoValue(f"a {kind_of(holder)} has no field {field}")
        if field not in holder:
            raise NoValue(f"{path or field} is absent")
        return _known(holder[field], path)

    return evaluate


@closure.register
def _(node: ir.Has) -> Closure:
    operand, field = closure(node.operand), node.field
    path = path_of(ir.Select(node.operand, field, node.at))

    def evaluate(scope: Scope) -> object:
        holder = operand(scope)
        if not isinstance(holder, dict):
            raise NoValue(f"a {kind_of(holder)} has no field {field}")
        if field not in holder:
            return False
        # NOTE: what is known after apply may still turn out to be null.
        _known(holder[field], path)
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
            return _known(holder[map_key(key)], path)
        if not isinstance(holder, list):
            raise NoValue(f"a {kind_of(holder)} has no elements")
        return _known(holder[_place(key, len(holder))], path)

    return evaluate


def _place(key: object, size: int) -> int:
    if isinstance(key, float) and key.is_integer():
        key = int(key)
    if isinstance(key, bool) or not isinstance(key, int):
        raise NoValue(f"a {kind_of(key)} is no index of a list")
    if not 0 <= key < size:
        raise NoValue(f"the index {key} is out of range")
    return key


@closure.register
def _(node: ir.Not) -> Closure:
    operand = closure(node.operand)
    return lambda scope: not _truth(operand(scope))


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


def _truth(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise NoValue(f"a {kind_of(value)} stands where true or false is needed")


def _absorbing(operands: tuple[Closure, ...], decider: bool) -> Closure:  # noqa: FBT001 - private, the value itself
    def evaluate(scope: Scope) -> bool:
        missing: NoValue | None = None
        for operand in operands:
            try:
                if _truth(operand(scope)) is decider:
                    return decider
            except NoValue as error:
                missing = _weightier(missing, error)
        if missing:
            raise missing
        return not decider

    return evaluate


def _weightier(first: NoValue | None, second: NoValue) -> NoValue:
    """Prefer the one that names an unknown leaf: it says what to wait for."""
    return second if first is None or (second.path and not first.path) else first


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
    return lambda scope: chosen(scope) if _truth(condition(scope)) else otherwise(scope)


@closure.register
def _(node: ir.Binary) -> Closure:
    left, right, apply = closure(node.left), closure(node.right), operation(node.operator)
    return lambda scope: apply(left(scope), right(scope), scope.meter)


@closure.register
def _(node: ir.ListOf) -> Closure:
    items = tuple(closure(item) for item in node.items)
    return lambda scope: [item(scope) for item in items]


@closure.register
def _(node: ir.MapOf) -> Closure:
    entries = tuple((closure(key), closure(value)) for key, value in node.entries)

    def evaluate(scope: Scope) -> object:
        built: dict[object, object] = {}
        for key, value in entries:
            stored = map_key(key(scope))
            if stored in built:
                raise NoValue(f"the map has the key {key_value(stored)!r} twice")
            built[stored] = value(scope)
        return built

    return evaluate


@closure.register
def _(node: ir.Call) -> Closure:
    apply = FUNCTIONS[node.function].apply
    arguments = tuple(closure(argument) for argument in node.arguments)
    return lambda scope: apply(tuple(argument(scope) for argument in arguments), scope.meter)


@closure.register
def _(node: ir.Fold) -> Closure:
    steps = _Steps(node)
    match node.kind:
        case ir.FoldKind.ALL:
            return _searching(steps, decider=False)
        case ir.FoldKind.EXISTS:
            return _searching(steps, decider=True)
        case ir.FoldKind.EXISTS_ONE:
            return lambda scope: sum(_truth(found) for _, _, found in steps(scope)) == 1
        case ir.FoldKind.FILTER:
            return lambda scope: [item for _, item, found in steps(scope) if _truth(found)]
        case ir.FoldKind.MAP:
            return lambda scope: [found for _, _, found in steps(scope)]


def _weight(node: ir.Node) -> int:
    return 1 + sum(_weight(part) for part in ir.parts_of(node))


class _Steps:
    """The elements of a macro with what its body says of each: (pointer, element, value)."""

    def __init__(self, node: ir.Fold) -> None:
        self.variable = node.variable
        self.path = path_of(node.range)
        self._range = closure(node.range)
        self._body = closure(node.body)
        self._condition = closure(node.condition) if node.condition else None
        self._cost = _weight(node.body)

    def items(self, scope: Scope) -> list[object]:
        found = self._range(scope)
        if isinstance(found, dict):
            return [key_value(key) for key in found]
        if isinstance(found, list):
            return found
        raise NoValue(f"a macro does not go over a {kind_of(found)}")

    def said(self, scope: Scope, index: int, item: object) -> object:
        scope.meter.spend(self._cost)
        scope.names[self.variable] = item
        try:
            return self._body(scope)
        except NoValue as missing:
            raise self._located(missing, index) from missing

    def _located(self, missing: NoValue, index: int) -> NoValue:
        """Name the element instead of the macro's variable."""
        head, rest = missing.path[: len(self.variable)], missing.path[len(self.variable) :]
        if self.path is None or head != self.variable or rest[:1] not in ("", ".", "["):
            return missing
        path = f"{self.path}[{index}]{rest}"
        return NoValue(f"{path} is not known yet", path)

    def __call__(self, scope: Scope) -> "Iterator[tuple[int, object, object]]":
        inner = scope.inner()
        for index, item in enumerate(self.items(scope)):
            if self._condition:
                inner.names[self.variable] = item
                if not _truth(self._condition(inner)):
                    continue
            yield index, item, self.said(inner, index, item)


def _searching(steps: _Steps, *, decider: bool) -> Closure:
    def evaluate(scope: Scope) -> bool:
        inner = scope.inner()
        missing: NoValue | None = None
        for index, item in enumerate(steps.items(scope)):
            try:
                if _truth(steps.said(inner, index, item)) is decider:
                    if steps.path:
                        scope.witness[:] = [f"{steps.path}[{index}]"]
                    return decider
            except NoValue as error:
                missing = _weightier(missing, error)
        if missing:
            raise missing
        return not decider

    return evaluate
