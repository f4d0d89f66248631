"""Macros in SQL: lambdas over lists; `all` and `exists` are AND and OR of three values."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tesuri.expressions import ir
from tesuri.expressions.sql.columns import merged, packed, read_column, shape_of
from tesuri.expressions.sql.dialect import Dialect
from tesuri.expressions.sql.shapes import (
    Field,
    ListKind,
    MapKind,
    Scalar,
    Shape,
    StructKind,
    plain,
)
from tesuri.expressions.sql.terms import (
    NOTHING,
    Alternative,
    CannotSay,
    Term,
    element_of,
    only,
    truth_text,
    when,
)


@dataclass(frozen=True, slots=True)
class Environment:
    """The variables around a node, and where names of lambda variables come from."""

    names: Mapping[str, Term]
    dialect: Dialect
    numbers: Iterator[int]
    emit: "Callable[[ir.Node, Environment], Term]"

    def within(self, **names: Term) -> "Environment":
        """Give the environment inside a macro."""
        return Environment({**self.names, **names}, self.dialect, self.numbers, self.emit)


@dataclass(frozen=True, slots=True)
class _Range:
    """A list that a macro goes over, and how its lambda sees an element."""

    items: str
    is_total: bool
    element: Shape | None
    variable: str
    index: str
    """Variable of the index; empty when the macro does not ask for it."""
    env: Environment

    def mapped(self, body: str) -> str:
        """Map the list."""
        dialect = self.env.dialect
        if self.index:
            return dialect.numbered(self.items, self.variable, self.index, body)
        return dialect.transformed(self.items, self.variable, body)


def folded(node: ir.Fold, over: Term, env: Environment) -> Term:
    """Give the term of a macro over a term; raises CannotSay."""
    if node.kind in (ir.FoldKind.OPTIONAL_MAP, ir.FoldKind.OPTIONAL_FLAT_MAP):
        raise CannotSay("it uses optional values")
    terms = [
        _over(node, _range(node, one, env, is_total=over.is_total and len(over.alternatives) == 1))
        for one in over.alternatives
        if isinstance(one.kind, ListKind | MapKind | StructKind)
    ]
    if not terms:
        return NOTHING
    is_total = all(term.is_total for term in terms) and len(over.alternatives) == 1
    return Term(merged([one for term in terms for one in term.alternatives], env.dialect), is_total)


def _range(node: ir.Fold, one: Alternative, env: Environment, *, is_total: bool) -> _Range:
    variable, dialect = f"x{next(env.numbers)}", env.dialect
    match one.kind:
        case ListKind():
            element = element_of(one.kind)
            index = f"i{next(env.numbers)}" if node.place else ""
            names = {node.variable: read_column(element, variable, dialect)}
            if index:
                names[node.place] = only(Scalar.INT, dialect.place(index), is_total=True)
            return _Range(one.text, is_total, element, variable, index, env.within(**names))
        case MapKind(value=value) if node.place:
            names = {
                node.place: only(Scalar.STRING, dialect.field(variable, "key"), is_total=True),
                node.variable: read_column(value, dialect.field(variable, "value"), dialect),
            }
            fields = (
                Field("key", "key", plain(Scalar.STRING)),
                Field("value", "value", value or Shape()),
            )
            items, element = dialect.map_entries(one.text), plain(StructKind(fields))
            return _Range(items, is_total, element, variable, "", env.within(**names))
        case MapKind():
            names = {node.variable: only(Scalar.STRING, variable, is_total=True)}
            items, element = dialect.map_keys(one.text), plain(Scalar.STRING)
            return _Range(items, is_total, element, variable, "", env.within(**names))
        case _:
            raise CannotSay("it goes over the fields of an object")


def _over(node: ir.Fold, over: _Range) -> Term:
    if over.element is None:
        return _over_empty(node, over)
    match node.kind:
        case ir.FoldKind.ALL | ir.FoldKind.EXISTS:
            return _searched(node, over)
        case ir.FoldKind.EXISTS_ONE:
            return _counted(node, over)
        case ir.FoldKind.FILTER:
            return _filtered(node.body, over)
        case ir.FoldKind.MAP:
            return _mapped(node, over)
        case _:
            raise CannotSay("it makes a map")


def _over_empty(node: ir.Fold, over: _Range) -> Term:
    """Every list here is empty."""
    there = f"{over.items} IS NOT NULL"
    if node.kind in (ir.FoldKind.MAP, ir.FoldKind.FILTER):
        return only(ListKind(None), over.items, is_total=over.is_total)
    if node.kind is ir.FoldKind.TRANSFORM_MAP:
        raise CannotSay("it makes a map")
    said = "true" if node.kind is ir.FoldKind.ALL else "false"
    return only(Scalar.BOOL, when(there, said), is_total=over.is_total)


def _body(node: ir.Node, over: _Range) -> tuple[str, bool]:
    """Give the truth of a body and whether it always has one."""
    term = over.env.emit(node, over.env)
    is_total = term.is_total and len(term.alternatives) == 1 and bool(term.of(Scalar.BOOL))
    return truth_text(term), is_total


def _searched(node: ir.Fold, over: _Range) -> Term:
    body, is_total = _body(node.body, over)
    dialect = over.env.dialect
    search = dialect.all_of if node.kind is ir.FoldKind.ALL else dialect.any_of
    if over.index:
        found = search(
            over.mapped(body), f"{over.variable}b", f"{over.variable}b", is_total=is_total
        )
    else:
        found = search(over.items, over.variable, body, is_total=is_total)
    return only(Scalar.BOOL, found, is_total=is_total and over.is_total)


def _all_known(text: str, over: _Range) -> str:
    """Give SQL that is true when no element is NULL under the body."""
    dialect = over.env.dialect
    return f"(NOT {dialect.has_item(over.mapped(f'({text}) IS NULL'), 'true')})"


def _counted(node: ir.Fold, over: _Range) -> Term:
    body, is_total = _body(node.body, over)
    mapped, flag = over.mapped(body), f"{over.variable}b"
    kept = over.env.dialect.filtered(mapped, flag, flag)
    text = f"({over.env.dialect.size(kept)} = 1)"
    if is_total:
        return only(Scalar.BOOL, text, is_total=over.is_total)
    return only(Scalar.BOOL, when(_all_known(body, over), text))


def _filtered(body_node: ir.Node, over: _Range) -> Term:
    if over.index:
        raise CannotSay("it filters with an index")
    body, is_total = _body(body_node, over)
    text = over.env.dialect.filtered(over.items, over.variable, body)
    kind = ListKind(over.element)
    if is_total:
        return only(kind, text, is_total=over.is_total)
    return only(kind, when(_all_known(body, over), text))


def _mapped(node: ir.Fold, over: _Range) -> Term:
    if node.condition is not None:
        kept = _filtered(node.condition, over)
        over = _Range(
            kept.alternatives[0].text, kept.is_total, over.element, over.variable, "", over.env
        )
    term = over.env.emit(node.body, over.env)
    if not term.alternatives:
        # NOTE: an empty list is mapped to an empty one even when the body never has a value.
        size = over.env.dialect.size(over.items)
        return only(ListKind(None), when(f"{size} = 0", over.env.dialect.list_of((), None)))
    shape = shape_of(term)
    text = over.mapped(packed(term, shape, over.env.dialect))
    if term.is_total:
        return only(ListKind(shape), text, is_total=over.is_total)
    known = " OR ".join(f"({one.text}) IS NOT NULL" for one in term.alternatives)
    missing = over.env.dialect.has_item(over.mapped(f"NOT ({known})"), "true")
    return only(ListKind(shape), when(f"(NOT {missing})", text))
