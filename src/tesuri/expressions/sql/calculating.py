"""Arithmetic in SQL: integers that may overflow, texts and lists that are joined, instants and durations."""

from tesuri.expressions.ir import Operator
from tesuri.expressions.sql.columns import converted, merged, shared_kind
from tesuri.expressions.sql.dialect import Dialect
from tesuri.expressions.sql.shapes import ListKind, Scalar
from tesuri.expressions.sql.terms import Alternative, CannotSay, Term, when

_TIMES = {
    (Operator.ADD, Scalar.TIMESTAMP, Scalar.DURATION): Scalar.TIMESTAMP,
    (Operator.ADD, Scalar.DURATION, Scalar.TIMESTAMP): Scalar.TIMESTAMP,
    (Operator.ADD, Scalar.DURATION, Scalar.DURATION): Scalar.DURATION,
    (Operator.SUBTRACT, Scalar.TIMESTAMP, Scalar.DURATION): Scalar.TIMESTAMP,
    (Operator.SUBTRACT, Scalar.TIMESTAMP, Scalar.TIMESTAMP): Scalar.DURATION,
    (Operator.SUBTRACT, Scalar.DURATION, Scalar.DURATION): Scalar.DURATION,
}
_RANGES = {
    # The years 1 to 9999, and what fits into 64 bits of nanoseconds, in microseconds.
    Scalar.TIMESTAMP: (-62_135_596_800_000_000, 253_402_300_799_999_999),
    Scalar.DURATION: (-(2**63 // 1000), 2**63 // 1000),
}


def calculated(operator: Operator, left: Term, right: Term, dialect: Dialect) -> Term:
    """Give the term of an arithmetic operator; nothing for kinds that it does not take."""
    pieces = [
        piece
        for first in left.alternatives
        for second in right.alternatives
        if (piece := _pair(operator, first, second, dialect))
    ]
    is_joining = all(piece.kind is Scalar.STRING for piece in pieces) or all(
        isinstance(piece.kind, ListKind) for piece in pieces
    )
    is_total = left.is_total and right.is_total and is_joining
    is_single = len(left.alternatives) == len(right.alternatives) == len(pieces) == 1
    return Term(merged(pieces, dialect), is_total and is_single)


def _pair(
    operator: Operator, first: Alternative, second: Alternative, dialect: Dialect
) -> Alternative | None:
    kinds = first.kind, second.kind
    if kinds == (Scalar.INT, Scalar.INT):
        return Alternative(Scalar.INT, dialect.calculated(operator, first.text, second.text))
    if kinds == (Scalar.DOUBLE, Scalar.DOUBLE) and operator is not Operator.REMAINDER:
        raise CannotSay("it calculates with decimal numbers")
    if operator is Operator.ADD and kinds == (Scalar.STRING, Scalar.STRING):
        return Alternative(Scalar.STRING, f"({first.text} || {second.text})")
    if operator is Operator.ADD and isinstance(first.kind, ListKind):
        return _joined(first, second, dialect)
    if isinstance(first.kind, Scalar) and isinstance(second.kind, Scalar):
        return _time(operator, first, second, dialect)
    return None


def _joined(first: Alternative, second: Alternative, dialect: Dialect) -> Alternative | None:
    if not isinstance(second.kind, ListKind):
        return None
    kind = shared_kind(first.kind, second.kind)
    texts = [converted(one, kind, dialect) for one in (first, second)]
    both = f"{first.text} IS NOT NULL AND {second.text} IS NOT NULL"
    return Alternative(kind, when(both, dialect.joined(*texts)))


def _time(
    operator: Operator, first: Alternative, second: Alternative, dialect: Dialect
) -> Alternative | None:
    assert isinstance(first.kind, Scalar)
    assert isinstance(second.kind, Scalar)
    kind = _TIMES.get((operator, first.kind, second.kind))
    if kind is None:
        return None
    found = dialect.calculated(operator, first.text, second.text)
    least, most = _RANGES[kind]
    return Alternative(kind, f"CASE WHEN {found} BETWEEN {least} AND {most} THEN {found} END")
