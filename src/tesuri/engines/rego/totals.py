"""Rego's built-in functions, made undefined where the engine would stop.

A built-in that gets a value of another type is *undefined* to the reference implementation: `startswith(null, "a")`
makes its statement false. The engine raises an error instead, which would end every other statement of the rule too.
So each call, each arithmetic and each `some … in` of a policy is led through a function that first looks at the types.
Lines stay what they were, so that places in messages are true.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tesuri.engines.rego.patterns import is_same
from tesuri.engines.rego.prelude import (
    OLD,
    OPERATORS,
    PACKAGE,
    REPLACED,
    SEVERAL,
    SIGNATURES,
    total,
)

_PATTERNED: Final[Mapping[str, int]] = {
    "regex.match": 0,
    "regex.find_n": 0,
    "regex.find_all_string_submatch_n": 0,
    "regex.replace": 1,
}
"""Functions that take a pattern, and which argument it is."""

_NAMED: Final = frozenset({"Var", "RefDot", "RefBrack", "Call"})


def made_total(source: bytes, tree: Mapping[str, object], own: frozenset[str]) -> str:
    """Give a module in which nothing stops on a wrong type.

    `tree` is what the engine parsed of it; `own` are functions of the policy's own, which hide built-ins of their names.
    """
    return edited(source, [*_edits(source, tree, own), *_replacements(tree, own, sure=())])


def made_true(source: bytes, tree: Mapping[str, object], own: frozenset[str]) -> str:
    """Give a module in which only what the engine answers otherwise than the reference is led elsewhere."""
    return edited(source, list(_replacements(tree, own, sure=tuple(_PATTERNED))))


def imported_names(source: bytes, tree: Mapping[str, object]) -> frozenset[str]:
    """Give the names under which a module knows what it imports."""
    found = tree.get("imports")
    return frozenset(_imported(source, each) for each in (found if isinstance(found, list) else ()))


def defined_names(tree: Mapping[str, object]) -> frozenset[str]:
    """Give the rules and functions that a module defines."""
    return frozenset(
        dotted(node.get("refr")) for kind, node in nodes(tree) if kind in ("Func", "Compr", "Set")
    )


def _imported(source: bytes, found: Mapping[str, object]) -> str:
    """Give the name under which an import is known."""
    if isinstance(alias := found.get("as"), dict):
        return source[int(alias["start"]) : int(alias["end"])].decode()
    return dotted(found.get("refr")).rpartition(".")[2]


def edited(source: bytes, edits: Sequence[tuple[int, int, str]]) -> str:
    """Give a text with pieces replaced; of two that overlap the first counts."""
    parts: list[bytes] = []
    at = 0
    for start, end, words in sorted(edits, key=lambda edit: (edit[0], edit[1])):
        if start < at:
            continue
        parts += [source[at:start], words.encode()]
        at = end
    return b"".join([*parts, source[at:]]).decode()


def nodes(value: object) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Give every node of a tree with its kind, outer ones first."""
    pending = [value]
    while pending:
        each = pending.pop()
        if isinstance(each, list):
            pending.extend(reversed(each))
        elif isinstance(each, dict):
            for key, part in each.items():
                if isinstance(part, dict) and "span" in part:
                    yield key, part
            pending.extend(reversed(each.values()))


def dotted(reference: object) -> str:
    """Give the dotted name of a reference; empty when it is no plain name."""
    if not isinstance(reference, dict):
        return ""
    if isinstance(variable := reference.get("Var"), dict):
        return str(variable.get("value", ""))
    for key in ("RefDot", "RefBrack"):
        part = reference.get(key)
        if isinstance(part, dict):
            before, name = dotted(part.get("refr")), _step(part)
            return f"{before}.{name}" if before and name else ""
    return ""


def _step(part: Mapping[str, object]) -> str:
    if isinstance(field := part.get("field"), list):
        return str(field[1])
    index = part.get("index")
    word = index.get("String") if isinstance(index, dict) else None
    return str(word.get("value", "")) if isinstance(word, dict) else ""


def span_of(node: object) -> tuple[int, int, int]:
    """Give start, end (bytes) and line of a node, or of the one node that it wraps."""
    if isinstance(node, dict) and "span" not in node and len(node) == 1:
        node = next(iter(node.values()))
    span = node.get("span") if isinstance(node, dict) else None
    if not isinstance(span, dict):
        return 0, 0, 0
    return int(span["start"]), int(span["end"]), int(span["line"])


def _edits(
    source: bytes, tree: Mapping[str, object], own: frozenset[str]
) -> Iterator[tuple[int, int, str]]:
    for kind, node in nodes(tree):
        if kind == "Call":
            yield from _call(node, own)
        elif kind in ("ArithExpr", "BinExpr"):
            yield from _arithmetic(source, node)
        elif kind == "SomeIn":
            yield from _iteration(node)


def _call(node: Mapping[str, object], own: frozenset[str]) -> Iterator[tuple[int, int, str]]:
    name, given = dotted(node.get("fcn")), node.get("params")
    count = OLD[name][0] if name in OLD else len(SIGNATURES.get(name, ""))
    if not count or name.partition(".")[0] in own or not isinstance(given, list):
        return
    if len(given) == count:
        yield _led(node, name)


def _replacements(
    tree: Mapping[str, object], own: frozenset[str], sure: Sequence[str]
) -> Iterator[tuple[int, int, str]]:
    """Give the edits that lead to what answers as the reference does."""
    for kind, node in nodes(tree):
        name, given = (dotted(node.get("fcn")), node.get("params")) if kind == "Call" else ("", ())
        if name not in REPLACED or name.partition(".")[0] in own or not isinstance(given, list):
            continue
        if len(given) == REPLACED[name][0] and not (name in sure and _is_true(name, given)):
            yield _led(node, name)
            if name == SEVERAL:
                end = span_of(node)[1]
                yield end, end, "[_]"


def _led(node: Mapping[str, object], name: str) -> tuple[int, int, str]:
    start, end, _ = span_of(node.get("fcn"))
    return start, end, f"data.{PACKAGE}.{total(name)}"


def _is_true(name: str, given: list[object]) -> bool:
    """Whether the engine answers as the reference does, and stops nowhere: as far as a call's own words tell."""
    words = _literal(given[_PATTERNED[name]])
    return words is not None and is_same(words)


def _literal(node: object) -> str | None:
    for kind in ("String", "RawString"):
        if value := _part(node, kind):
            return str(value.get("value"))
    return None


def _part(node: object, kind: str) -> Mapping[str, object]:
    found = node.get(kind) if isinstance(node, dict) else None
    return found if isinstance(found, dict) else {}


def _arithmetic(source: bytes, node: Mapping[str, object]) -> Iterator[tuple[int, int, str]]:
    operator = str(node.get("op"))
    sign, name = ("-", "subtract") if operator == "Sub" else OPERATORS.get(operator, ("", ""))[:2]
    start, end, _ = span_of(node)
    _, left, _ = span_of(node.get("lhs"))
    right, _, _ = span_of(node.get("rhs"))
    between = source[left:right]
    if not name or between.count(sign.encode()) != 1 or set(between.decode()) & set("\"`'#"):
        return
    place = left + between.index(sign.encode())
    if is_open(source[start:place]) or is_open(source[place + 1 : end]):
        return
    yield start, start, f"data.{PACKAGE}.{name}("
    yield place, place + 1, ","
    yield end, end, ")"


def is_open(text: bytes) -> bool:
    """Whether a piece of text holds one bracket of a pair."""
    pairs = ((b"(", b")"), (b"[", b"]"), (b"{", b"}"))
    return any(text.count(opening) != text.count(closing) for opening, closing in pairs)


def _iteration(node: Mapping[str, object]) -> Iterator[tuple[int, int, str]]:
    collection = node.get("collection")
    if isinstance(collection, dict) and _NAMED & collection.keys():
        start, end, _ = span_of(collection)
        yield start, start, f"data.{PACKAGE}.iterable("
        yield end, end, ")"
