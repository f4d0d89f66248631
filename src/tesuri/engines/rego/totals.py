"""Rego's built-in functions, made undefined where the engine would stop.

A built-in that gets a value of another type is *undefined* to the reference implementation: `startswith(null, "a")`
makes its statement false. The engine raises an error instead, which would end every other statement of the rule too.
So each call, each arithmetic and each `some … in` of a policy is led through a function that first looks at the types.
Lines stay what they were, so that places in messages are true.
"""

from collections.abc import Iterator, Mapping
from typing import Final

PACKAGE: Final = "tesuri_total"

_TYPES: Final[Mapping[str, str]] = {
    "S": "is_string({0})",
    "N": "is_number({0})",
    "A": "is_array({0})",
    "O": "is_object({0})",
    "T": "is_set({0})",
    "L": "is_listing({0})",
    "M": "is_many({0})",
    "J": "is_text_listing({0})",
    "U": "is_number_listing({0})",
    "R": "is_string({0}); regex.is_valid({0})",
    "Y": "is_string({0}); json.is_valid({0})",
    "Q": "is_quantity({0})",
    "C": "net.cidr_is_valid({0})",
    "V": "semver.is_valid({0})",
    "B": "is_string({0}); base64.is_valid({0})",
    "Z": "is_string({0}); yaml.is_valid({0})",
    "H": "is_separators({0})",
    "K": "is_networks({0})",
    "G": "is_string({0}); net.cidr_is_valid(network_of({0}))",
    "E": r"regex.match(`^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$`, {0})",
    "W": "is_numeric({0})",
    "*": "true",
}
"""Letter of a signature → what makes an argument acceptable."""

_SIGNATURES: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        (
            *("startswith", "endswith", "contains", "trim", "trim_left", "trim_right"),
            *("trim_prefix", "trim_suffix", "split", "indexof", "indexof_n", "strings.count"),
        ),
        "SS",
    ),
    **dict.fromkeys(("lower", "upper", "trim_space", "strings.reverse"), "S"),
    **dict.fromkeys(("base64.encode", "base64url.encode", "urlquery.encode", "hex.encode"), "S"),
    "base64.decode": "B",
    **dict.fromkeys(("crypto.md5", "crypto.sha1", "crypto.sha256"), "S"),
    **dict.fromkeys((f"crypto.hmac.{name}" for name in ("md5", "sha1", "sha256", "sha512")), "SS"),
    "crypto.hmac.equal": "SS",
    "array.flatten": "A",
    "replace": "SSS",
    "substring": "SNN",
    "concat": "SJ",
    "format_int": "NN",
    "sprintf": "SA",
    "count": "M",
    "sum": "U",
    "product": "U",
    "max": "L",
    "min": "L",
    "sort": "L",
    "to_number": "W",
    **dict.fromkeys(("abs", "ceil", "floor", "round"), "N"),
    "numbers.range": "NN",
    "regex.match": "RS",
    "regex.split": "RS",
    "regex.replace": "SRS",
    "regex.find_n": "RSN",
    "regex.find_all_string_submatch_n": "RSN",
    "glob.match": "SHS",
    "json.unmarshal": "Y",
    "yaml.unmarshal": "Z",
    "array.concat": "AA",
    "array.slice": "ANN",
    "array.reverse": "A",
    "object.get": "O**",
    "object.keys": "O",
    "object.remove": "O*",
    "object.filter": "O*",
    "object.union": "OO",
    "intersection": "T",
    "union": "T",
    "net.cidr_contains": "CG",
    "net.cidr_intersects": "CC",
    "net.cidr_overlap": "CG",
    "net.cidr_contains_matches": "KK",
    "net.cidr_merge": "K",
    "io.jwt.decode": "E",
    "semver.compare": "VV",
    "strings.any_prefix_match": "**",
    "strings.any_suffix_match": "**",
    "units.parse": "Q",
    "units.parse_bytes": "Q",
}
_OLD: Final[Mapping[str, tuple[int, str]]] = {
    "re_match": (2, "f_re_match(a, b) := f_regex_match(a, b)"),
    "any": (1, "f_any(a) := true in a if is_listing(a)"),
    "all": (1, "f_all(a) := count([1 | e := a[_]; e != true]) == 0 if is_listing(a)"),
    "set_diff": (2, "f_set_diff(a, b) := subtract(a, b) if is_set(a)"),
    "cast_array": (1, "f_cast_array(a) := [e | e := a[_]] if is_listing(a)"),
    "cast_set": (1, "f_cast_set(a) := {e | e := a[_]} if is_listing(a)"),
    "cast_string": (1, "f_cast_string(a) := a if is_string(a)"),
    "cast_boolean": (1, "f_cast_boolean(a) := a if is_boolean(a)"),
    "cast_object": (1, "f_cast_object(a) := a if is_object(a)"),
    "cast_null": (1, "f_cast_null(a) := a if is_null(a)"),
}
"""Functions that policies still use and the engine has not: how many arguments, and what they are."""

_OPERATORS: Final[Mapping[str, tuple[str, str, str]]] = {
    "Add": ("+", "add", "is_number(a); is_number(b)"),
    "Mul": ("*", "multiply", "is_number(a); is_number(b)"),
    "Div": ("/", "divide", "is_number(a); is_number(b); b != 0"),
    "Mod": ("%", "remainder", "is_number(a); is_number(b); b != 0"),
}
_SUBTRACT: Final = """
subtract(a, b) := a - b if { is_number(a); is_number(b) }
subtract(a, b) := a - b if { is_set(a); is_set(b) }
"""
_GUARDS: Final = r"""
is_listing(x) if is_array(x)
is_listing(x) if is_set(x)
is_many(x) if is_listing(x)
is_many(x) if is_object(x)
is_many(x) if is_string(x)
is_text_listing(x) if { is_listing(x); count([1 | e := x[_]; not is_string(e)]) == 0 }
is_number_listing(x) if { is_listing(x); count([1 | e := x[_]; not is_number(e)]) == 0 }
is_quantity(x) if { is_string(x); regex.match(`^["]?[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?[munkKMGTPEi]{0,2}[bB]?["]?$`, x) }
is_networks(x) if { is_string(x); net.cidr_is_valid(network_of(x)) }
is_networks(x) if { is_many(x); not is_string(x); count([1 | e := x[_]; not is_network(e)]) == 0 }
is_network(x) if { is_string(x); net.cidr_is_valid(network_of(x)) }
is_network(x) if { is_array(x); is_string(x[0]); net.cidr_is_valid(network_of(x[0])) }
network_of(x) := x if contains(x, "/")
network_of(x) := sprintf("%s/32", [x]) if { not contains(x, "/"); not contains(x, ":") }
network_of(x) := sprintf("%s/128", [x]) if { not contains(x, "/"); contains(x, ":") }
is_separators(x) if is_array(x)
is_separators(x) if is_null(x)
is_numeric(x) if is_number(x)
is_numeric(x) if is_boolean(x)
is_numeric(x) if is_null(x)
is_numeric(x) if { is_string(x); regex.match(`^[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?$`, x) }
iterable(x) := x if is_listing(x)
iterable(x) := x if is_object(x)
"""
_NAMED: Final = frozenset({"Var", "RefDot", "RefBrack", "Call"})


def prelude() -> str:
    """Give the module that holds the total functions."""
    lines = [f"package {PACKAGE}", "import rego.v1", _GUARDS, _SUBTRACT]
    for name, signature in _SIGNATURES.items():
        names = [chr(ord("a") + place) for place in range(len(signature))]
        guards = "; ".join(
            _TYPES[letter].format(each) for letter, each in zip(signature, names, strict=True)
        )
        listed = ", ".join(names)
        lines.append(f"{total(name)}({listed}) := {name}({listed}) if {{ {guards} }}")
    lines += [written for _, written in _OLD.values()]
    for sign, name, guards in _OPERATORS.values():
        lines.append(f"{name}(a, b) := a {sign} b if {{ {guards} }}")
    return "\n".join(lines)


def total(name: str) -> str:
    """Give the name of the function that stands for a built-in."""
    return f"f_{name.replace('.', '_')}"


def made_total(source: bytes, tree: Mapping[str, object]) -> str:
    """Give a module in which nothing stops on a wrong type; `tree` is what the engine parsed of it."""
    edits = sorted(_edits(source, tree, _own_names(tree)), key=lambda edit: (edit[0], edit[1]))
    parts: list[bytes] = []
    at = 0
    for start, end, words in edits:
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


def _own_names(tree: Mapping[str, object]) -> frozenset[str]:
    """Give the functions that a module defines itself: they hide built-ins of the same name."""
    return frozenset(
        dotted(node.get("refr")) for kind, node in nodes(tree) if kind in ("Func", "Compr")
    )


def _edits(
    source: bytes, tree: Mapping[str, object], own: frozenset[str]
) -> Iterator[tuple[int, int, str]]:
    for kind, node in nodes(tree):
        if kind == "Call":
            yield from _call(node, own)
        elif kind == "ArithExpr":
            yield from _arithmetic(source, node)
        elif kind == "SomeIn":
            yield from _iteration(node)


def _call(node: Mapping[str, object], own: frozenset[str]) -> Iterator[tuple[int, int, str]]:
    name, given = dotted(node.get("fcn")), node.get("params")
    count = _OLD[name][0] if name in _OLD else len(_SIGNATURES.get(name, ""))
    if not count or name in own or not isinstance(given, list) or len(given) != count:
        return
    start, end, _ = span_of(node.get("fcn"))
    yield start, end, f"data.{PACKAGE}.{total(name)}"


def _arithmetic(source: bytes, node: Mapping[str, object]) -> Iterator[tuple[int, int, str]]:
    operator = str(node.get("op"))
    sign, name = ("-", "subtract") if operator == "Sub" else _OPERATORS.get(operator, ("", ""))[:2]
    start, end, _ = span_of(node)
    _, left, _ = span_of(node.get("lhs"))
    right, _, _ = span_of(node.get("rhs"))
    between = source[left:right]
    if not name or between.count(sign.encode()) != 1 or set(between.decode()) & set("\"`'#"):
        return
    place = left + between.index(sign.encode())
    if _is_open(source[start:place]) or _is_open(source[place + 1 : end]):
        return
    yield start, start, f"data.{PACKAGE}.{name}("
    yield place, place + 1, ","
    yield end, end, ")"


def _is_open(text: bytes) -> bool:
    pairs = ((b"(", b")"), (b"[", b"]"), (b"{", b"}"))
    return any(text.count(opening) != text.count(closing) for opening, closing in pairs)


def _iteration(node: Mapping[str, object]) -> Iterator[tuple[int, int, str]]:
    collection = node.get("collection")
    if isinstance(collection, dict) and _NAMED & collection.keys():
        start, end, _ = span_of(collection)
        yield start, start, f"data.{PACKAGE}.iterable("
        yield end, end, ")"
