"""Functions in SQL: those whose SQL is the same for every value; the others are refused by name."""

from collections.abc import Callable

from tesuri.expressions import ir
from tesuri.expressions.patterns import PatternError, compile_pattern
from tesuri.expressions.sql.columns import merged
from tesuri.expressions.sql.dialect import Dialect
from tesuri.expressions.sql.shapes import (
    ListKind,
    MapKind,
    Scalar,
    Shape,
    StructKind,
    plain,
    type_name_of,
)
from tesuri.expressions.sql.terms import (
    NOTHING,
    Alternative,
    CannotSay,
    Term,
    element_of,
    first_text,
    only,
    when,
)

_TRUTH = ("startsWith", "endsWith", "contains")
_NUMBERS = ("indexOf",)
_MAY_FAIL = ("charAt", "substring")
_OF_TEXTS = (*_TRUTH, *_NUMBERS, *_MAY_FAIL, "lowerAscii", "upperAscii", "trim", "replace", "split")
_NEED_TEXT = {"replace": 1, "split": 1}
"""Functions whose argument must be written out and not empty: SQL treats an empty one differently."""
_TEXTS = Shape((Scalar.STRING,))


def called(node: ir.Call, arguments: tuple[Term, ...], dialect: Dialect) -> Term:
    """Give the term of a call; raises CannotSay."""
    if node.function in _OF_KINDS:
        return _OF_KINDS[node.function](arguments, dialect)
    if node.function in _CONVERSIONS:
        return _converted(node.function, arguments[0], dialect)
    return _of_texts(node.function, arguments, dialect)


def _type(arguments: tuple[Term, ...], dialect: Dialect) -> Term:
    argument = arguments[0]
    texts = [
        when(
            "true"
            if argument.is_total and len(argument.alternatives) == 1
            else f"{one.text} IS NOT NULL",
            dialect.literal(type_name_of(one.kind)),
        )
        for one in argument.alternatives
    ]
    if not texts:
        return NOTHING
    return only(Scalar.TYPE, first_text(texts), is_total=argument.is_total)


def _size(arguments: tuple[Term, ...], dialect: Dialect) -> Term:
    argument = arguments[0]
    texts: list[str] = []
    for one in argument.alternatives:
        match one.kind:
            case Scalar.STRING:
                texts.append(dialect.called("size", (one.text,)) or "")
            case ListKind():
                texts.append(dialect.size(one.text))
            case MapKind():
                texts.append(dialect.map_size(one.text))
            case StructKind():
                raise CannotSay("it counts the fields of an object")
            case _:
                continue
    is_total = argument.is_total and len(texts) == len(argument.alternatives)
    return only(Scalar.INT, first_text(texts), is_total=is_total) if texts else NOTHING


def _matches(arguments: tuple[Term, ...], dialect: Dialect) -> Term:
    text, pattern = arguments
    found, literal = text.of(Scalar.STRING), pattern.of(Scalar.STRING)
    if literal is None or not isinstance(literal.literal, str):
        raise CannotSay("a pattern is computed")
    try:
        compile_pattern(literal.literal)
    except PatternError:
        return NOTHING
    if found is None:
        return NOTHING
    is_total = text.is_total and len(text.alternatives) == 1
    return only(Scalar.BOOL, dialect.matches(found.text, literal.literal), is_total=is_total)


_CONVERSIONS = ("int", "string", "bool", "timestamp", "duration")
_UNCHANGED = {
    "int": Scalar.INT,
    "string": Scalar.STRING,
    "bool": Scalar.BOOL,
    "timestamp": Scalar.TIMESTAMP,
    "duration": Scalar.DURATION,
}


def _converted(function: str, argument: Term, dialect: Dialect) -> Term:
    pieces: list[Alternative] = []
    for one in argument.alternatives:
        if one.kind is _UNCHANGED[function]:
            pieces.append(one)
        elif one.kind is not Scalar.NULL and isinstance(one.kind, Scalar):
            pieces.append(_conversion(function, one, dialect))
    return Term(merged(pieces, dialect))


def _conversion(function: str, one: Alternative, dialect: Dialect) -> Alternative:
    match function, one.kind:
        case "int", Scalar.STRING:
            return Alternative(Scalar.INT, dialect.integer(one.text))
        case "string", Scalar.INT:
            return Alternative(Scalar.STRING, dialect.as_text(one.text))
        case "string", Scalar.BOOL:
            text = f"CASE WHEN {one.text} THEN 'true' WHEN NOT {one.text} THEN 'false' END"
            return Alternative(Scalar.STRING, text)
        case "timestamp", Scalar.STRING:
            return Alternative(Scalar.TIMESTAMP, dialect.timestamp(one.text))
        case _:
            raise CannotSay(f"{function}() of {type_name_of(one.kind)}")


def _join(arguments: tuple[Term, ...], dialect: Dialect) -> Term:
    items = next((one for one in arguments[0].alternatives if isinstance(one.kind, ListKind)), None)
    others = [term.of(Scalar.STRING) for term in arguments[1:]]
    if items is None or None in others:
        return NOTHING
    assert isinstance(items.kind, ListKind)
    if element_of(items.kind) != _TEXTS:
        raise CannotSay("it joins a list of mixed values")
    texts = (items.text, *(other.text for other in others if other))
    found = dialect.called("join", texts)
    if found is None:
        raise CannotSay(f"join() in {dialect.name}")
    return only(Scalar.STRING, when(f"{items.text} IS NOT NULL", found))


def _of_texts(function: str, arguments: tuple[Term, ...], dialect: Dialect) -> Term:
    if function not in _OF_TEXTS:
        raise CannotSay(f"{function}() in {dialect.name}")
    texts: list[str] = []
    for number, argument in enumerate(arguments):
        wanted = Scalar.INT if number and function in _MAY_FAIL else Scalar.STRING
        found = argument.of(wanted)
        if found is None:
            return NOTHING
        if _NEED_TEXT.get(function) == number and not found.literal:
            raise CannotSay(f"an argument of {function}() is computed or empty")
        texts.append(found.text)
    text = dialect.called(function, tuple(texts))
    if text is None:
        raise CannotSay(f"{function}() with {len(arguments)} arguments in {dialect.name}")
    is_total = all(term.is_total and len(term.alternatives) == 1 for term in arguments)
    return _result(function, text, is_total=is_total and function not in _MAY_FAIL)


def _result(function: str, text: str, *, is_total: bool) -> Term:
    if function in _TRUTH:
        return only(Scalar.BOOL, text, is_total=is_total)
    if function in _NUMBERS:
        return only(Scalar.INT, text, is_total=is_total)
    if function == "split":
        return only(ListKind(plain(Scalar.STRING)), text, is_total=is_total)
    return only(Scalar.STRING, text, is_total=is_total)


_OF_KINDS: dict[str, Callable[[tuple[Term, ...], Dialect], Term]] = {
    "dyn": lambda arguments, _: arguments[0],
    "type": _type,
    "size": _size,
    "matches": _matches,
    "join": _join,
}
