"""The door of this package: compile an expression once, evaluate it often."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from tesuri.expressions import ir
from tesuri.expressions.closures import Closure, Scope, closure
from tesuri.expressions.functions import FUNCTIONS
from tesuri.expressions.parse import parse
from tesuri.expressions.patterns import PatternError, compile_pattern
from tesuri.expressions.values import TYPE_NAMES, CostExceeded, Meter, NoValue
from tesuri.model.errors import BadInput

MAX_COST: Final = 1_000_000
"""Steps of one evaluation, about a second; a rule over 1,000 parts takes some 20,000."""


@dataclass(frozen=True, slots=True)
class Undecided:
    """The expression has no value, and why."""

    reason: str
    """Half a sentence: "resource.SecurityGroupIngress[0].CidrIp is not known yet"."""
    path: str = ""
    """The leaf that is not known; empty when the expression failed."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What an expression gave: a value, or the reason why there is none."""

    value: object | Undecided
    witness: str = ""
    """Path of the element that decided the last `all` or `exists`: "resource.Tags[1]"."""

    @property
    def is_true(self) -> bool:
        """Whether it is decided and true."""
        return self.value is True

    @property
    def is_false(self) -> bool:
        """Whether it is decided and false."""
        return self.value is False


@dataclass(frozen=True, slots=True)
class Compiled:
    """An expression that is ready to be evaluated."""

    source: str
    tree: ir.Node
    where: str
    _run: Closure = field(repr=False, compare=False)

    def evaluate(self, names: Mapping[str, object], *, max_cost: int = MAX_COST) -> Evaluation:
        """Evaluate with values for its variables; never raises."""
        witness: list[str] = []
        scope = Scope(dict(names), Meter(max_cost), witness)
        try:
            value = self._run(scope)
        except NoValue as missing:
            return Evaluation(Undecided(missing.reason, missing.path))
        except CostExceeded:
            return Evaluation(Undecided(f"the expression took more than {max_cost:,} steps"))
        return Evaluation(value, witness[0] if witness else "")


def compile_expression(source: str, *, where: str, names: frozenset[str] | None = None) -> Compiled:
    """Compile an expression; `names` are the variables that it may use (None: any).

    **raises** BadInput with line, column and what was expected.
    """
    tree = parse(source, where=where)
    _check(tree, names, where)
    return Compiled(source, tree, where, closure(tree))


def _check(node: ir.Node, names: frozenset[str] | None, where: str) -> None:
    if isinstance(node, ir.Call):
        _check_call(node, where)
    if isinstance(node, ir.Name) and names is not None and node.name not in names | TYPE_NAMES:
        known = ", ".join(sorted(names))
        raise _refusal(f"There is no variable '{node.name}'; known here: {known}", node, where)
    bound = names
    if isinstance(node, ir.Fold) and names is not None:
        _check(node.range, names, where)
        bound = names | {node.variable}
    for part in ir.parts_of(node):
        if not (isinstance(node, ir.Fold) and part is node.range and names is not None):
            _check(part, bound, where)


def _check_call(node: ir.Call, where: str) -> None:
    function = FUNCTIONS[node.function]
    counts = function.as_method if node.is_method else function.as_function
    if len(node.arguments) not in counts:
        raise _refusal(f"{node.function}() is not called this way", node, where)
    pattern = node.arguments[-1]
    if node.function == "matches" and isinstance(pattern, ir.Literal):
        try:
            compile_pattern(str(pattern.value))
        except PatternError as error:
            raise _refusal(str(error), node, where) from error


def _refusal(what: str, node: ir.Node, where: str) -> BadInput:
    return BadInput(f"{what} (line {node.at.line}, column {node.at.column}).", where=where)


def every_node(node: ir.Node) -> Iterator[ir.Node]:
    """Give a node and all below it."""
    yield node
    for part in ir.parts_of(node):
        yield from every_node(part)
