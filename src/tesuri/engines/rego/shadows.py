"""Names that a comprehension declares anew after it has used those of around it: `[n | input[_].a == n; n := input[_].b]`.

To the reference implementation the first `n` is the outer one and the second its own; the engine refuses to choose, as it does
where `some i` stands in a comprehension and around it. The second gets a name of its own, so that both read the same. Runs in
the child process only.

**source** Open Policy Agent, ast/compile.go, rewriteDeclaredVars
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from tesuri.engines.rego.totals import edited, nodes, span_of
from tesuri.untrusted.shape import mapping

_COMPREHENSIONS: Final = ("ArrayCompr", "SetCompr", "ObjectCompr")
_HEADS: Final = ("term", "key", "value")
_OWN: Final = "tesuri_own_"

_Edit = tuple[int, int, str]


def with_own_names(source: bytes, tree: Mapping[str, object]) -> bytes:
    """Give the text with such names made different; the same text where there are none."""
    around = {
        name
        for found in _bodies(tree)
        for statement in found
        for name in _named_by_some(source, statement.get("literal"))
    }
    edits = [edit for found in _bodies(tree) for edit in _first(source, found)]
    edits += [
        edit
        for kind, node in nodes(tree)
        if kind in _COMPREHENSIONS
        for edit in _renamed(source, node, around)
    ]
    return edited(source, edits).encode() if edits else source


def _bodies(tree: Mapping[str, object]) -> Iterator[list[Mapping[str, object]]]:
    """Give the statements of each body of a rule, without what stands within them."""
    for kind, rule in nodes(tree.get("rules")):
        bodies = rule.get("bodies") if kind == "Spec" else None
        for body in bodies if isinstance(bodies, list) else ():
            found = mapping(body, "query").get("stmts")
            yield found if isinstance(found, list) else []


def _first(source: bytes, statements: list[Mapping[str, object]]) -> Iterator[_Edit]:
    """Put a `some` whose names stand in comprehensions before what goes over something: the engine would declare them at each step."""
    within = [node for kind, node in nodes(statements) if kind in _COMPREHENSIONS]
    for number, statement in enumerate(statements):
        literal = statement.get("literal")
        names = list(_named_by_some(source, literal)) if _is_some(literal) else []
        before = [*statements[:number]]
        is_within = any(_is_used(source, within, name) for name in names)
        if number and is_within and not any(_is_used(source, before, name) for name in names):
            start, end, _ = span_of(statement)
            written = source[start:end]
            if b"\n" not in written:
                first = span_of(statements[0])[0]
                yield first, first, f"{written.decode()}; "
                yield start, end, "true"


def _is_some(literal: object) -> bool:
    return isinstance(literal, dict) and "SomeVars" in literal


def _is_used(source: bytes, parts: list[Mapping[str, object]], name: str) -> bool:
    return any(True for _ in _uses(source, list(parts), name))


def _named_by_some(source: bytes, literal: object) -> Iterator[str]:
    """Give the names that a statement declares with `some`."""
    yield from (source[start:end].decode() for start, end in _places_of_some(literal))


def _places_of_some(parts: object) -> Iterator[tuple[int, int]]:
    for kind, node in nodes(parts):
        found = node.get("vars") if kind == "SomeVars" else None
        for each in found if isinstance(found, list) else ():
            yield span_of({"span": each})[:2]


def _renamed(
    source: bytes, comprehension: Mapping[str, object], around: Collection[str]
) -> Iterator[_Edit]:
    query = comprehension.get("query")
    found = query.get("stmts") if isinstance(query, dict) else None
    statements = found if isinstance(found, list) else []
    for number, statement in enumerate(statements):
        name = _declared(statement)
        is_used = bool(name) and any(True for _ in _uses(source, statements[:number], name))
        literal = statement.get("literal") if isinstance(statement, dict) else None
        again = set(around) & set(_named_by_some(source, literal) if _is_some(literal) else ())
        later = [*statements[number:], *(comprehension.get(part) for part in _HEADS)]
        for each in (*again, *([name] if is_used else ())):
            yield from ((*place, f"{_OWN}{each}") for place in _uses(source, later, each))


def _declared(statement: object) -> str:
    """Give the name that a statement declares with `:=`, one at a time."""
    literal = statement.get("literal") if isinstance(statement, dict) else None
    for kind, node in nodes(literal):
        if kind == "AssignExpr" and node.get("op") == "ColEq":
            left = node.get("lhs")
            variable = left.get("Var") if isinstance(left, dict) else None
            return str(variable.get("value", "")) if isinstance(variable, dict) else ""
        if kind not in ("Expr", "AssignExpr"):
            return ""
    return ""


def _uses(source: bytes, parts: list[object], name: str) -> Iterator[tuple[int, int]]:
    for place in _places_of_some(parts):
        if source[slice(*place)] == name.encode():
            yield place
    for kind, node in nodes(parts):
        if kind == "Var" and node.get("value") == name:
            start, end, _ = span_of(node)
            yield start, end
