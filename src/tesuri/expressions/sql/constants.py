"""Constants as terms."""

import math
from datetime import UTC, datetime, timedelta

from tesuri.expressions.sql.dialect import Dialect
from tesuri.expressions.sql.shapes import Scalar
from tesuri.expressions.sql.terms import CannotSay, Term, only
from tesuri.expressions.values import CelType

_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def literal_term(value: object, dialect: Dialect) -> Term:
    """Give the term of a constant; raises CannotSay for what has no exact constant in SQL."""
    kind, stored = _kind_of(value)
    return only(kind, dialect.literal(stored), is_total=True, literal=value)


def _kind_of(value: object) -> tuple[Scalar, object]:
    match value:
        case None:
            return Scalar.NULL, None
        case bool():
            return Scalar.BOOL, value
        case int():
            return Scalar.INT, value
        case float() if math.isfinite(value):
            return Scalar.DOUBLE, value
        case str():
            return Scalar.STRING, value
        case _:
            return _kind_of_others(value)


def _kind_of_others(value: object) -> tuple[Scalar, object]:
    match value:
        case datetime():
            return Scalar.TIMESTAMP, (value - _EPOCH) // _MICROSECOND
        case timedelta():
            return Scalar.DURATION, value // _MICROSECOND
        case CelType(name=name):
            return Scalar.TYPE, name
        case _:
            raise CannotSay("a constant is a list, a map, or no finite number")
