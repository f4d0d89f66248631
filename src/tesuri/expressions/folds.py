"""Macros as closures: `all` and `exists` absorb, the others give up with the first element without a value."""

from collections.abc import Callable, Iterable, Iterator

from tesuri.expressions import ir
from tesuri.expressions.optionals import optional_of
from tesuri.expressions.scope import Closure, Scope, path_of, truth, weightier
from tesuri.expressions.values import CostExceeded, NoValue, Optional, key_value, kind_of, map_key

_Item = tuple[object, object]
"""Index or key, element or value."""


def folding(node: ir.Fold, closure: Callable[[ir.Node], Closure]) -> Closure:
    """Give the function that evaluates a macro."""
    if node.kind in (ir.FoldKind.OPTIONAL_MAP, ir.FoldKind.OPTIONAL_FLAT_MAP):
        return _within_optional(node, closure)
    return _going_over(node.kind, _Steps(node, closure))


def _going_over(kind: ir.FoldKind, steps: "_Steps") -> Closure:
    match kind:
        case ir.FoldKind.ALL:
            return _searching(steps, decider=False)
        case ir.FoldKind.EXISTS:
            return _searching(steps, decider=True)
        case ir.FoldKind.EXISTS_ONE:
            return lambda scope: sum([truth(found) for _, found in steps(scope)]) == 1
        case ir.FoldKind.FILTER:
            return lambda scope: [item[1] for item, found in steps(scope) if truth(found)]
        case ir.FoldKind.MAP:
            return lambda scope: [found for _, found in steps(scope)]
        case _:
            return lambda scope: {map_key(item[0]): found for item, found in steps(scope)}


def _within_optional(node: ir.Fold, closure: Callable[[ir.Node], Closure]) -> Closure:
    over, body, variable = closure(node.range), closure(node.body), node.variable

    def evaluate(scope: Scope) -> object:
        found = optional_of(node.kind, over(scope))
        if not found.has_value:
            return found
        inner = scope.inner()
        inner.names[variable] = found.value
        said = body(inner)
        if node.kind is ir.FoldKind.OPTIONAL_FLAT_MAP:
            return optional_of(node.kind, said)
        return Optional(has_value=True, value=said)

    return evaluate


def _weight(node: ir.Node) -> int:
    return 1 + sum(_weight(part) for part in ir.parts_of(node))


class _Steps:
    """The elements of a macro with what its body says of each."""

    def __init__(self, node: ir.Fold, closure: Callable[[ir.Node], Closure]) -> None:
        self.variable = node.variable
        self.place = node.place
        self._node = node
        self._closure = closure
        self._range = closure(node.range)
        self._body = closure(node.body)
        self._condition = closure(node.condition) if node.condition else None
        self._cost = _weight(node.body)
        self._paths: dict[int, str | None] = {}
        self._left: dict[int, Closure] = {}
        self._filters: dict[int, _Steps] = {}
        """By the identity of parts of the range, made when an element of them is named first."""

    def items(self, scope: Scope) -> Iterable[_Item]:
        found = self._range(scope)
        if isinstance(found, list):
            return enumerate(found)
        if not isinstance(found, dict):
            raise NoValue(f"a macro does not go over a {kind_of(found)}")
        if self.place:
            return [(key_value(key), value) for key, value in found.items()]
        return [(number, key_value(key)) for number, key in enumerate(found)]

    def said(self, scope: Scope, item: _Item) -> object:
        """Give what the body says of an element; the scope's own variables are changed."""
        meter = scope.meter
        meter.left -= self._cost
        if meter.left < 0:
            raise CostExceeded
        scope.names[self.variable] = item[1]
        if self.place:
            scope.names[self.place] = item[0]
        try:
            return self._body(scope)
        except NoValue as missing:
            path = self._located(missing, scope, item[0])
            if path is None:
                raise
            raise NoValue(f"{path} is not known yet", path) from missing

    def bind(self, scope: Scope, item: _Item) -> None:
        scope.names[self.variable] = item[1]
        if self.place:
            scope.names[self.place] = item[0]

    def _located(self, missing: NoValue, scope: Scope, place: object) -> str | None:
        """Name the element instead of the macro's variable; None where something else has no value."""
        head, rest = missing.path[: len(self.variable)], missing.path[len(self.variable) :]
        if head != self.variable or rest[:1] not in ("", ".", "["):
            return None
        found = self.path_to(scope, place)
        return None if found is None else f"{found}{rest}"

    def path_to(self, scope: Scope, place: object) -> str | None:
        """Give the path of an element of the range, through `+` and `filter`; None for computed ones."""
        node: ir.Node = self._node.range
        while (path := self._path(node)) is None:
            if isinstance(node, ir.Binary) and node.operator is ir.Operator.ADD:
                if id(node) not in self._left:
                    self._left[id(node)] = self._closure(node.left)
                first = self._left[id(node)](scope)
                size = len(first) if isinstance(first, list) else 0
                is_first = isinstance(place, int) and place < size
                node = node.left if is_first else node.right
                place = place - size if isinstance(place, int) and not is_first else place
            elif isinstance(node, ir.Fold) and node.kind is ir.FoldKind.FILTER:
                if id(node) not in self._filters:
                    self._filters[id(node)] = _Steps(node, self._closure)
                kept = [item[0] for item, found in self._filters[id(node)](scope) if found]
                place = kept[place] if isinstance(place, int) else place
                node = node.range
            else:
                return None
        return f"{path}{step_text(place)}"

    def _path(self, node: ir.Node) -> str | None:
        if id(node) not in self._paths:
            self._paths[id(node)] = path_of(node)
        return self._paths[id(node)]

    def __call__(self, scope: Scope) -> Iterator[tuple[_Item, object]]:
        inner = scope.inner()
        for item in self.items(scope):
            if self._condition:
                self.bind(inner, item)
                if not truth(self._condition(inner)):
                    continue
            yield item, self.said(inner, item)


def step_text(place: object) -> str:
    """Write an index or a key as the end of a path."""
    return f".{place}" if isinstance(place, str) else f"[{place}]"


def _searching(steps: _Steps, *, decider: bool) -> Closure:
    other = not decider

    def evaluate(scope: Scope) -> bool:
        inner = scope.inner()
        missing: NoValue | None = None
        for item in steps.items(scope):
            try:
                said = steps.said(inner, item)
                if said is decider or (said is not other and truth(said) is decider):
                    if path := steps.path_to(scope, item[0]):
                        scope.witness[:] = [path]
                    return decider
            except NoValue as error:
                missing = weightier(missing, error)
        if missing:
            try:
                raise missing
            finally:
                # As in closures of && and ||.
                missing = None
        return other

    return evaluate
