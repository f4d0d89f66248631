"""An expression that is ready to be evaluated, and what its evaluation gives.

Nothing here parses: an expression that was kept as IR (`serialise.py`) is made ready by `ready`, without the parser's
libraries. Closures are built at the first evaluation, so that loading many expressions is cheap.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tesuri.expressions import ir
from tesuri.expressions.closures import closure
from tesuri.expressions.scope import Closure, Scope
from tesuri.expressions.values import CostExceeded, Meter, NoValue

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
    _run: list[Closure] = field(default_factory=list, repr=False, compare=False)
    """Empty until the first evaluation."""

    def __hash__(self) -> int:
        """Give the hash of the source: hashing the tree walks all of it each time."""
        return hash((self.source, self.where))

    def evaluate(self, names: Mapping[str, object], *, max_cost: int = MAX_COST) -> Evaluation:
        """Evaluate with values for its variables; never raises."""
        if not self._run:
            self._run.append(closure(self.tree))
        witness: list[str] = []
        # What closures add to the names is in scopes of their own.
        given = names if isinstance(names, dict) else dict(names)
        scope = Scope(given, Meter(max_cost), witness)
        try:
            value = self._run[0](scope)
        except NoValue as missing:
            return Evaluation(Undecided(missing.reason, missing.path))
        except CostExceeded:
            return Evaluation(Undecided(f"the expression took more than {max_cost:,} steps"))
        if witness:
            return Evaluation(value, witness[0])
        return _TRUE if value is True else _FALSE if value is False else Evaluation(value)


_TRUE: Final = Evaluation(value=True)
_FALSE: Final = Evaluation(value=False)


def ready(tree: ir.Node, *, source: str, where: str) -> Compiled:
    """Make a tree ready that was checked when it was compiled."""
    return Compiled(source, tree, where)
