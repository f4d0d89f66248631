"""What closures share: the names of one evaluation, truth, what is known, and which missing value weighs more."""

from collections.abc import Callable

from tesuri.expressions import ir
from tesuri.expressions.values import Meter, NoValue, kind_of
from tesuri.model.resource import Unknown


class Scope:
    """Names and their values during one evaluation, with its meter and the part that decided it."""

    __slots__ = ("meter", "names", "witness")

    def __init__(self, names: dict[str, object], meter: Meter, witness: list[str]) -> None:
        self.names = names
        self.meter = meter
        self.witness = witness
        """Path of the element that decided the last `all` or `exists`, if one did."""

    def inner(self) -> "Scope":
        """Give a scope for a macro's variables."""
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


def known(value: object, path: str | None) -> object:
    """Give a value back; raises NoValue with its path when it is not known."""
    if isinstance(value, Unknown):
        raise NoValue(f"{path or 'a value'} is not known yet", path or "a value", value)
    return value


def truth(value: object) -> bool:
    """Give a value back when it is true or false; raises NoValue otherwise."""
    if isinstance(value, bool):
        return value
    raise NoValue(f"a {kind_of(value)} stands where true or false is needed")


def weightier(first: NoValue | None, second: NoValue) -> NoValue:
    """Prefer the one that names an unknown leaf: it says what to wait for. Where it came from is forgotten.

    Who keeps one would be held by the traceback in it, and hold it: memory that waits for the cycle collector.
    """
    if first is not None and (first.path or not second.path):
        return first
    return second.with_traceback(None)
