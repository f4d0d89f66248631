"""Terms from columns and back: what a position of the table gives, and how a computed value becomes an element of a list."""

from tesuri.expressions.sql.dialect import Dialect
from tesuri.expressions.sql.shapes import (
    UNKNOWN_LETTER,
    Differing,
    Kind,
    ListKind,
    MapKind,
    Scalar,
    Shape,
    StructKind,
    letter_of,
    united,
)
from tesuri.expressions.sql.terms import (
    NOTHING,
    Alternative,
    CannotSay,
    Term,
    element_of,
    first_text,
    only,
    present_text,
    when,
)


def read_column(shape: Shape | None, text: str, dialect: Dialect) -> Term:
    """Give the term of a column or of an element."""
    if shape is None or shape.is_never:
        return NOTHING
    if not shape.is_boxed:
        return only(shape.kinds[0], text, is_total=not shape.is_absent)
    members: list[Kind] = [*shape.kinds]
    if shape.is_null:
        members.append(Scalar.NULL)
    return Term(
        tuple(Alternative(kind, dialect.field(text, letter_of(kind))) for kind in members),
        not (shape.is_absent or shape.is_unknown),
    )


def shape_of(term: Term) -> Shape:
    """Give the shape that a list needs to hold the values of a term."""
    kinds = [one.kind for one in term.alternatives if one.kind is not Scalar.NULL]
    return Shape(
        tuple(sorted(kinds, key=letter_of)),
        any(one.kind is Scalar.NULL for one in term.alternatives),
    )


def packed(term: Term, shape: Shape, dialect: Dialect) -> str:
    """Give the SQL of a term as one column of a shape; raises CannotSay."""
    target = {letter_of(kind): kind for kind in shape.kinds}
    members = {
        letter_of(one.kind): converted(one, target.get(letter_of(one.kind), one.kind), dialect)
        for one in term.alternatives
    }
    if not shape.is_boxed:
        return next(iter(members.values()), f"CAST(NULL AS {dialect.type_of_shape(shape)})")
    return when(present_text(term), dialect.box(members, shape))


def converted(one: Alternative, kind: Kind, dialect: Dialect) -> str:
    """Give the SQL of a value as a wider kind of the same sort; raises CannotSay."""
    if one.kind == kind:
        return one.text
    if not (isinstance(one.kind, ListKind) and isinstance(kind, ListKind)):
        raise CannotSay("it mixes objects of different fields")
    if kind.element is None:
        return one.text
    if element_of(one.kind) is None:
        return when(f"{one.text} IS NOT NULL", dialect.list_of((), kind.element))
    inner = packed(read_column(element_of(one.kind), "e_", dialect), kind.element, dialect)
    return dialect.transformed(one.text, "e_", inner)


def merged(pieces: list[Alternative], dialect: Dialect) -> tuple[Alternative, ...]:
    """Join alternatives of one sort, of which at most one is not NULL; raises CannotSay."""
    sorts: dict[str, list[Alternative]] = {}
    for piece in pieces:
        sorts.setdefault(letter_of(piece.kind), []).append(piece)
    return tuple(
        several[0] if len(several) == 1 else _joined(several, dialect) for several in sorts.values()
    )


def _joined(several: list[Alternative], dialect: Dialect) -> Alternative:
    kind = several[0].kind
    for one in several[1:]:
        kind = shared_kind(kind, one.kind)
    return Alternative(kind, first_text(converted(one, kind, dialect) for one in several))


def shared_kind(first: Kind, second: Kind) -> Kind:
    """Give the kind that holds both, which are of one sort; raises CannotSay."""
    try:
        shape = united(Shape((first,)), Shape((second,)))
    except Differing:
        raise CannotSay("it mixes objects of different fields") from None
    assert shape is not None
    return shape.kinds[0]


def selected(holder: Term, field: str, dialect: Dialect) -> Term:
    """Give the term of `holder.field`: nothing where the holder is no object or lacks it."""
    pieces: list[Alternative] = []
    is_total = holder.is_total and len(holder.alternatives) == 1
    for one in holder.alternatives:
        found = NOTHING
        if isinstance(one.kind, StructKind) and (part := one.kind.field(field)):
            found = read_column(part.shape, dialect.field(one.text, part.stored), dialect)
        elif isinstance(one.kind, MapKind) and one.kind.value:
            value = dialect.map_value(one.text, dialect.literal(field))
            found = Term(read_column(one.kind.value, value, dialect).alternatives)
        pieces += found.alternatives
        is_total = is_total and found.is_total
    return Term(merged(pieces, dialect), is_total)


def presence(holder: Term, field: str, dialect: Dialect) -> Term:
    """Give the term of `has(holder.field)`: a leaf that is not known may turn out to be absent."""
    texts: list[str] = []
    is_single = holder.is_total and len(holder.alternatives) == 1
    is_total = is_single
    for one in holder.alternatives:
        if isinstance(one.kind, StructKind):
            part = one.kind.field(field)
            shape = part.shape if part else None
            column = dialect.field(one.text, part.stored) if part else ""
            found = f"{column} IS NOT NULL"
        elif isinstance(one.kind, MapKind):
            key, shape = dialect.literal(field), one.kind.value
            column, found = dialect.map_value(one.text, key), dialect.map_has(one.text, key)
        else:
            continue
        text = _present(shape, column, found, dialect)
        is_total = is_total and not (shape and shape.is_unknown)
        texts.append(text if is_single else when(f"{one.text} IS NOT NULL", text))
    return only(Scalar.BOOL, first_text(texts), is_total=is_total) if texts else NOTHING


def _present(shape: Shape | None, column: str, found: str, dialect: Dialect) -> str:
    if shape is None or shape.is_never:
        return "false"
    if not shape.is_unknown:
        return f"({found})"
    return f"CASE WHEN {dialect.field(column, UNKNOWN_LETTER)} THEN NULL ELSE {found} END"
