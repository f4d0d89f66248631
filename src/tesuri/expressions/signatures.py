"""What a function of the language is to the compiler: how it is applied and in which ways it may be written."""

from collections.abc import Callable
from dataclasses import dataclass

from tesuri.expressions.values import Meter, NoValue, kind_of

Arguments = tuple[object, ...]
Apply = Callable[[Arguments, Meter], object]


@dataclass(frozen=True, slots=True)
class Function:
    """A function: how many arguments it takes (receiver included) in each way of writing it."""

    apply: Apply
    as_function: tuple[int, ...] = ()
    as_method: tuple[int, ...] = ()


def text_of(name: str, value: object) -> str:
    """Give a value back when it is a string; raises NoValue that names the function."""
    if isinstance(value, str):
        return value
    raise NoValue(f"{name}() does not take {kind_of(value)}")


def integer_of(name: str, value: object) -> int:
    """Give a value back when it is an int; raises NoValue that names the function."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise NoValue(f"{name}() does not take {kind_of(value)}")
