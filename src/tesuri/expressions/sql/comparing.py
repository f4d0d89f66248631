"""Equality, order and membership in SQL: values of different kinds are not equal, and have no order."""

from tesuri.expressions.ir import Operator
from tesuri.expressions.sql.columns import read_column
from tesuri.expressions.sql.dialect import Dialect
from tesuri.expressions.sql.shapes import ListKind, MapKind, Scalar, Shape, StructKind
from tesuri.expressions.sql.terms import (
    NOTHING,
    Alternative,
    CannotSay,
    Term,
    element_of,
    first_text,
    only,
    present_text,
    truth_text,
    when,
)

_EXACT: int = 2**53
"""Integers up to here are doubles without loss."""


def equality(left: Term, right: Term, dialect: Dialect) -> Term:
    """Give `left == right`."""
    pairs = [
        (first, second, _equal_pair(first, second, dialect))
        for first in left.alternatives
        for second in right.alternatives
    ]
    texts = [text for _, _, text in pairs if text]
    if len(texts) < len(pairs):
        unequal = [(first, second) for first, second, text in pairs if not text]
        firsts = _part(left, [first for first, _ in unequal])
        seconds = _part(right, [second for _, second in unequal])
        texts.append(when(_all_text(present_text(firsts), present_text(seconds)), "false"))
    is_total = left.is_total and right.is_total
    return only(Scalar.BOOL, first_text(texts), is_total=is_total) if texts else NOTHING


def _part(term: Term, kept: list[Alternative]) -> Term:
    """Give the alternatives that may differ; when they do not, an earlier text has said so."""
    alternatives = tuple(one for one in term.alternatives if one in kept)
    return Term(alternatives, term.is_total and alternatives == term.alternatives)


def _all_text(*conditions: str) -> str:
    texts = [text for text in conditions if text != "true"]
    return " AND ".join(texts) or "true"


def _equal_pair(first: Alternative, second: Alternative, dialect: Dialect) -> str | None:
    """Give SQL for two alternatives; None when they are never equal."""
    kinds = first.kind, second.kind
    if kinds == (Scalar.NULL, Scalar.NULL):
        return f"({first.text} AND {second.text})"
    if isinstance(first.kind, Scalar) and first.kind is second.kind:
        return f"({first.text} = {second.text})"
    if Scalar.NULL in kinds:
        return None
    if {*kinds} == {Scalar.INT, Scalar.DOUBLE}:
        return _equal_numbers(first, second, dialect)
    if isinstance(first.kind, ListKind) and isinstance(second.kind, ListKind):
        return _equal_lists(first, second, dialect)
    if isinstance(first.kind, StructKind | MapKind) and isinstance(
        second.kind, StructKind | MapKind
    ):
        raise CannotSay("it compares whole objects")
    return None


def _equal_numbers(first: Alternative, second: Alternative, dialect: Dialect) -> str | None:
    whole, decimal = (first, second) if first.kind is Scalar.INT else (second, first)
    if isinstance(decimal.literal, float):
        if abs(decimal.literal) > _EXACT:
            raise CannotSay("it compares whole numbers with a large decimal number")
        if not decimal.literal.is_integer():
            return None
        return f"({whole.text} = {dialect.literal(int(decimal.literal))})"
    if isinstance(whole.literal, int) and abs(whole.literal) <= _EXACT:
        return f"({dialect.literal(float(whole.literal))} = {decimal.text})"
    raise CannotSay("it compares whole numbers with decimal numbers")


def _equal_lists(first: Alternative, second: Alternative, dialect: Dialect) -> str:
    assert isinstance(first.kind, ListKind)
    assert isinstance(second.kind, ListKind)
    shapes = [element_of(kind) for kind in (first.kind, second.kind)]
    for empty, other in ((shapes[0], second), (shapes[1], first)):
        if empty is None:
            both = f"{first.text} IS NOT NULL AND {second.text} IS NOT NULL"
            return when(both, f"{dialect.size(other.text)} = 0")
    if shapes[0] == shapes[1] and all(_is_simple(shape) for shape in shapes):
        return f"({first.text} = {second.text})"
    raise CannotSay("it compares lists of mixed values")


def _is_simple(shape: Shape | None) -> bool:
    return (
        shape is not None
        and not (shape.is_boxed or shape.is_absent)
        and shape.kinds[0] in (Scalar.BOOL, Scalar.INT, Scalar.STRING)
    )


def ordered(operator: Operator, left: Term, right: Term, dialect: Dialect) -> Term:
    """Give `left < right` and its like; nothing for kinds that have no order."""
    texts = [
        text
        for first in left.alternatives
        for second in right.alternatives
        if (text := _ordered_pair(operator, first, second, dialect))
    ]
    pairs = len(left.alternatives) * len(right.alternatives)
    is_total = left.is_total and right.is_total and len(texts) == pairs
    return only(Scalar.BOOL, first_text(texts), is_total=is_total) if texts else NOTHING


_WITHOUT_ORDER = (Scalar.NULL, Scalar.TYPE)


def _ordered_pair(
    operator: Operator, first: Alternative, second: Alternative, dialect: Dialect
) -> str | None:
    if not isinstance(first.kind, Scalar) or first.kind in _WITHOUT_ORDER:
        return None
    if first.kind is second.kind:
        return f"({first.text} {operator} {second.text})"
    if {first.kind, second.kind} != {Scalar.INT, Scalar.DOUBLE}:
        return None
    texts = [
        dialect.as_double(one.text) if one.kind is Scalar.INT else one.text
        for one in (first, second)
    ]
    return f"({texts[0]} {operator} {texts[1]})"


def membership(member: Term, container: Term, dialect: Dialect) -> Term:
    """Give `member in container` for lists (values) and maps (keys)."""
    texts: list[str] = []
    is_total = member.is_total and container.is_total
    for one in container.alternatives:
        if isinstance(one.kind, ListKind):
            texts.append(_among(member, one, dialect))
            is_total = is_total and _is_simple(one.kind.element)
        elif isinstance(one.kind, MapKind):
            texts.append(_among_keys(member, one, dialect))
        elif isinstance(one.kind, StructKind):
            raise CannotSay("it asks for the keys of an object")
        else:
            is_total = False
    return only(Scalar.BOOL, first_text(texts), is_total=is_total) if texts else NOTHING


def _among(member: Term, container: Alternative, dialect: Dialect) -> str:
    assert isinstance(container.kind, ListKind)
    element = element_of(container.kind)
    there = _all_text(present_text(member), f"{container.text} IS NOT NULL")
    if element is None:
        return when(there, "false")
    if _is_simple(element):
        same = [one for one in member.alternatives if one.kind is element.kinds[0]]
        if same and len(member.alternatives) == 1:
            return when(
                _all_text(present_text(member)), dialect.has_item(container.text, same[0].text)
            )
    item = read_column(element, "m_", dialect)
    equal = equality(member, item, dialect)
    found = dialect.any_of(container.text, "m_", truth_text(equal), is_total=equal.is_total)
    return when(_all_text(present_text(member)), found)


def _among_keys(member: Term, container: Alternative, dialect: Dialect) -> str:
    texts = [
        dialect.map_has(container.text, one.text)
        if one.kind is Scalar.STRING
        else when(f"{one.text} IS NOT NULL AND {container.text} IS NOT NULL", "false")
        for one in member.alternatives
    ]
    key_is_there = [
        when(f"{one.text} IS NOT NULL", text) if one.kind is Scalar.STRING else text
        for one, text in zip(member.alternatives, texts, strict=True)
    ]
    return first_text(key_is_there) if texts else "CAST(NULL AS BOOLEAN)"


def among_literals(member: Term, items: list[Alternative], dialect: Dialect) -> Term:
    """Give `member in [literal, …]`."""
    texts = [_one_of(one, items, dialect) for one in member.alternatives]
    return only(Scalar.BOOL, first_text(texts), is_total=member.is_total) if texts else NOTHING


def _one_of(member: Alternative, items: list[Alternative], dialect: Dialect) -> str:
    same = [item.text for item in items if item.kind is member.kind]
    if (
        isinstance(member.kind, Scalar)
        and member.kind is not Scalar.NULL
        and same == [item.text for item in items]
    ):
        return f"({member.text} IN ({', '.join(same)}))" if same else _false_if(member)
    pairs = [_equal_pair(member, item, dialect) for item in items]
    texts = [text for text in pairs if text]
    return f"({' OR '.join(texts)})" if texts else _false_if(member)


def _false_if(member: Alternative) -> str:
    return when(f"{member.text} IS NOT NULL", "false")
