"""`not f(x.y)` as the reference implementation reads it: what is asked about stands before the `not`.

Where `x.y` is undefined, `not f(x.y)` is undefined too and its rule says nothing: the reference evaluates references and calls
that are arguments before the negation. The engine takes them for a part of it, so that the rule would hold. They are therefore
written before the `not`, under names of their own; lines stay what they were. Runs in the child process only.

A reference that is itself negated (`not x.y`), or compared with `==`, stays where it is in both.

**source** Open Policy Agent, ast/compile.go, rewriteDynamics
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from tesuri.engines.rego.totals import dotted, edited, is_open, nodes, span_of

Read = Callable[[bytes], Mapping[str, object]]
_PREFIX: Final = "tesuri_not_"
_MOST_PASSES: Final = 8
"""Negations within negations; people write two."""
_REFERENCES: Final = ("RefDot", "RefBrack")
_CALLED: Final = ("Call", "ArithExpr", "BinExpr")
"""What is a function in the reference, operators included."""
_HELD: Final = ("Array", "Set", "Object", "BoolExpr", "Membership", "UnaryExpr")
_EQUAL: Final = "Eq"

_Edit = tuple[int, int, str]


def evaluated_before(
    source: bytes, tree: Mapping[str, object], defined: frozenset[str], read: Read
) -> tuple[bytes, Mapping[str, object]]:
    """Give a module in which negations hold what the reference would negate, and its tree.

    `defined` are the rules of the package; `read` parses a text.
    """
    for number in range(_MOST_PASSES):
        edits = list(_edits(source, tree, defined, f"{_PREFIX}{number}_"))
        if not edits:
            break
        source = edited(source, edits).encode()
        tree = read(source)
    return source, tree


def _edits(
    source: bytes, tree: Mapping[str, object], defined: frozenset[str], prefix: str
) -> Iterator[_Edit]:
    reached = 0
    for query, statement in sorted(_negations(tree), key=lambda found: span_of(found[1])[:2]):
        start, end, _ = span_of(statement)
        found = [
            place
            for place in _asked_before(_negated(statement), defined)
            if not is_open(source[slice(*place)])
        ]
        if found and start >= reached:
            reached = end
            yield from _moved(source, query, statement, prefix, found)


def _negations(
    tree: Mapping[str, object],
) -> Iterator[tuple[Mapping[str, object], Mapping[str, object]]]:
    for kind, node in nodes(tree):
        listed = node.get("stmts") if kind == "query" else None
        for statement in listed if isinstance(listed, list) else ():
            if isinstance(statement, dict) and _negated(statement) is not None:
                yield node, statement


def _negated(statement: Mapping[str, object]) -> object:
    literal = statement.get("literal")
    negation = literal.get("NotExpr") if isinstance(literal, dict) else None
    return negation.get("expr") if isinstance(negation, dict) else None


def _moved(
    source: bytes,
    query: Mapping[str, object],
    statement: Mapping[str, object],
    prefix: str,
    found: list[tuple[int, int]],
) -> Iterator[_Edit]:
    """Give the edits that write what is asked about before a negation, on its line."""
    start, end, _ = span_of(statement)
    if source[end : end + 1] in (b'"', b"`"):
        end += 1
    modifiers = statement.get("with_mods")
    first = span_of(modifiers[0])[0] if isinstance(modifiers, list) and modifiers else end
    given = f" {_on_one_line(source[first:end])}" if first < end else ""
    before = "".join(
        f"{prefix}{left} := {_on_one_line(source[left:right])}{given}; " for left, right in found
    )
    is_bare = span_of(query)[0] == start
    yield start, start, f"{{ {before}" if is_bare else before
    for left, right in found:
        yield left, right, prefix + str(left) + "\n" * source.count(b"\n", left, right)
    if is_bare:
        yield end, end, " }"


def _on_one_line(words: bytes) -> str:
    """Give an expression without line breaks, and so without its comments."""
    lines = words.decode().split("\n")
    return " ".join(line.partition(" #")[0] if len(lines) > 1 else line for line in lines)


def _asked_before(node: object, defined: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Give the places of what the reference evaluates before a negated expression, outer ones only."""
    for kind, part in _parts(node):
        if kind == "Call":
            for each in _listed(part, "params"):
                yield from _whole(each, defined)
        elif kind in _REFERENCES:
            yield from _within(part, defined)
        elif kind == "AssignExpr" or (kind == "BoolExpr" and part.get("op") == _EQUAL):
            for side in ("lhs", "rhs"):
                yield from _compared(part.get(side), defined)
        elif kind in (*_HELD, *_CALLED):
            yield from _members(part, defined)


def _compared(node: object, defined: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Give them for a side of an equation: a call goes before, a reference stays."""
    for kind, part in _parts(node):
        if kind in _CALLED:
            yield span_of(part)[:2]
        elif kind in _REFERENCES:
            yield from _within(part, defined)
        elif kind in _HELD:
            yield from _members(part, defined)


def _within(reference: Mapping[str, object], defined: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Give what stands in the brackets of a reference, or what it begins with."""
    yield from _whole(reference.get("index"), defined)
    for kind, part in _parts(reference.get("refr")):
        if kind in _REFERENCES:
            yield from _within(part, defined)
        elif kind == "Call":
            yield span_of(part)[:2]


def _whole(node: object, defined: frozenset[str]) -> Iterator[tuple[int, int]]:
    for kind, part in _parts(node):
        is_rule = kind == "Var" and dotted({kind: part}) in defined
        if kind in _CALLED or is_rule or (kind in _REFERENCES and not _is_of_each(part)):
            yield span_of(part)[:2]
        elif kind in _HELD:
            yield from _members(part, defined)


def _members(part: Mapping[str, object], defined: frozenset[str]) -> Iterator[tuple[int, int]]:
    for name in ("lhs", "rhs", "key", "value", "collection", "expr"):
        yield from _whole(part.get(name), defined)
    for each in _listed(part, "items"):
        yield from _whole(each, defined)
    for each in _listed(part, "fields"):
        for one in each[1:] if isinstance(each, list) else ():
            yield from _whole(one, defined)


def _is_of_each(reference: Mapping[str, object]) -> bool:
    """Whether a reference is to every member of something: the reference implementation refuses such a negation."""
    return any(kind == "Var" and part.get("value") == "_" for kind, part in nodes(reference))


def _parts(node: object) -> Iterator[tuple[str, Mapping[str, object]]]:
    if isinstance(node, dict) and len(node) == 1:
        kind, part = next(iter(node.items()))
        if isinstance(part, dict):
            yield kind, part


def _listed(part: Mapping[str, object], name: str) -> list[object]:
    found = part.get(name)
    return found if isinstance(found, list) else []
