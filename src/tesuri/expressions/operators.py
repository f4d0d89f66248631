"""Operators of two operands: order and arithmetic, with CEL's overflow, division and mixed numbers."""

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from operator import ge, gt, le, lt
from typing import Final

from tesuri.expressions.ir import Operator
from tesuri.expressions.literals import INT_MAX, INT_MIN
from tesuri.expressions.times import calculated_time
from tesuri.expressions.values import Meter, NoValue, contains, equal, kind_of

_ORDER: Final[dict[Operator, Callable[[int], bool]]] = {
    Operator.LESS: lambda sign: sign < 0,
    Operator.LESS_OR_EQUAL: lambda sign: sign <= 0,
    Operator.GREATER: lambda sign: sign > 0,
    Operator.GREATER_OR_EQUAL: lambda sign: sign >= 0,
}


COMPARED: Final[dict[Operator, Callable[[int, int], bool]]] = {
    Operator.LESS: lt,
    Operator.LESS_OR_EQUAL: le,
    Operator.GREATER: gt,
    Operator.GREATER_OR_EQUAL: ge,
}
"""Of two whole numbers, whose order is Python's."""


def _sign(left: object, right: object) -> int | None:
    """Give -1, 0 or 1 as the left is smaller, equal or greater; None when NaN takes part."""
    if isinstance(left, bool) is not isinstance(right, bool):
        raise NoValue(f"{kind_of(left)} and {kind_of(right)} have no order")
    if isinstance(left, int) and isinstance(right, int):
        return (left > right) - (left < right)
    if isinstance(left, int | float) and isinstance(right, int | float):
        # NOTE: a mixed comparison goes through double, as the conformance cases ask.
        first, second = float(left), float(right)
        is_nan = math.isnan(first) or math.isnan(second)
        return None if is_nan else (first > second) - (first < second)
    return _sign_of_others(left, right)


def _sign_of_others(left: object, right: object) -> int:
    if isinstance(left, str) and isinstance(right, str):
        return (left > right) - (left < right)
    if isinstance(left, datetime) and isinstance(right, datetime):
        return (left > right) - (left < right)
    if isinstance(left, timedelta) and isinstance(right, timedelta):
        return (left > right) - (left < right)
    raise NoValue(f"{kind_of(left)} and {kind_of(right)} have no order")


def _ordering(operator: Operator) -> Callable[[object, object, Meter], bool]:
    accepts, compared = _ORDER[operator], COMPARED[operator]

    def apply(left: object, right: object, _: Meter) -> bool:
        if left.__class__ is int and right.__class__ is int:
            return compared(left, right)
        sign = _sign(left, right)
        return sign is not None and accepts(sign)

    return apply


def bounded(number: int) -> int:
    """Give an int back when it fits into 64 bits; raises NoValue otherwise."""
    if not INT_MIN <= number <= INT_MAX:
        raise NoValue("integer overflow")
    return number


def _quotient(left: int, right: int) -> int:
    magnitude = abs(left) // abs(right)
    return magnitude if (left < 0) == (right < 0) else -magnitude


def _of_integers(operator: Operator, left: int, right: int) -> int:
    if operator in (Operator.DIVIDE, Operator.REMAINDER) and right == 0:
        raise NoValue("division by zero")
    match operator:
        case Operator.ADD:
            number = left + right
        case Operator.SUBTRACT:
            number = left - right
        case Operator.MULTIPLY:
            number = left * right
        case Operator.DIVIDE:
            number = _quotient(left, right)
        case _:
            number = left - right * _quotient(left, right)
    return bounded(number)


def _of_doubles(operator: Operator, left: float, right: float) -> float:
    match operator:
        case Operator.ADD:
            return left + right
        case Operator.SUBTRACT:
            return left - right
        case Operator.MULTIPLY:
            return left * right
        case Operator.DIVIDE if right != 0:
            return left / right
        case Operator.DIVIDE:
            sign = math.copysign(1, left) * math.copysign(1, right)
            return math.nan if left == 0 or math.isnan(left) else math.copysign(math.inf, sign)
        case _:
            raise NoValue("'%' does not take double")


def calculated(operator: Operator, left: object, right: object, meter: Meter) -> object:
    """Give the result of an arithmetic operator; raises NoValue when there is none."""
    kinds = type(left), type(right)
    if kinds == (int, int):
        assert isinstance(left, int)
        assert isinstance(right, int)
        return _of_integers(operator, left, right)
    if isinstance(left, float) and isinstance(right, float):
        return _of_doubles(operator, left, right)
    if operator is Operator.ADD and isinstance(left, str) and isinstance(right, str):
        meter.spend(len(left) + len(right))
        return left + right
    if operator is Operator.ADD and isinstance(left, list) and isinstance(right, list):
        meter.spend(len(left) + len(right))
        return left + right
    return calculated_time(operator, left, right)


def operation(operator: Operator) -> Callable[[object, object, Meter], object]:
    """Give the function behind an operator."""
    match operator:
        case Operator.EQUAL:
            return lambda left, right, _: equal(left, right)
        case Operator.UNEQUAL:
            return lambda left, right, _: not equal(left, right)
        case Operator.IN:
            return lambda left, right, _: contains(left, right)
        case _ if operator in _ORDER:
            return _ordering(operator)
        case _:
            return lambda left, right, meter: calculated(operator, left, right, meter)
