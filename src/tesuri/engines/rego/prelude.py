"""The module of Rego that is loaded beside every policy: built-in functions that are undefined where the engine would stop.

Each function of the engine gets one that looks at the types first (`SIGNATURES`); what the engine has not, or answers otherwise
than the reference implementation, is written here (`OLD`, `REPLACED`), in Rego or with a function of `functions.py`.
"""

from collections.abc import Mapping
from typing import Final

from tesuri.engines.rego.tokens import ALGORITHMS

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
    "Y": "is_string({0}); json.is_valid({0})",
    "Q": "is_quantity({0})",
    "C": "is_string({0}); net.cidr_is_valid({0})",
    "B": "is_string({0}); base64.is_valid({0})",
    "H": "is_separators({0})",
    "K": "is_networks({0})",
    "G": "is_string({0}); net.cidr_is_valid(network_of({0}))",
    "E": r"is_string({0}); regex.match(`^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$`, {0})",
    "W": "is_numeric({0})",
    "D": "{0} in {{2, 8, 10, 16}}",
    "F": "is_number({0}); {0} >= 0",
    "P": "is_number({0}); {0} > 0",
    "$": "is_text_or_listing({0})",
    "I": "is_string({0}); regex.match(`^([0-9a-fA-F]{{2}})*$`, {0})",
    "3": "is_string({0}); regex.match(`^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}([.,][0-9]+)?(Z|[-+][0-9]{{2}}:[0-9]{{2}})$`, {0})",
    "4": "is_string({0}); regex.match(`^[-+]?(0|(([0-9]+([.][0-9]*)?|[.][0-9]+)(ns|us|µs|μs|ms|s|m|h))+)$`, {0})",
    "5": "is_string({0}); regex.match(`^[0-9a-fA-F]{{8}}-([0-9a-fA-F]{{4}}-){{3}}[0-9a-fA-F]{{12}}$`, {0})",
    "@": "is_instant({0})",
    "*": "true",
}
"""Letter of a signature → what makes an argument acceptable."""

SIGNATURES: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        (
            *("startswith", "endswith", "contains", "trim", "trim_left", "trim_right"),
            *("trim_prefix", "trim_suffix", "split", "indexof", "indexof_n"),
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
    "substring": "SFN",
    "concat": "SJ",
    "format_int": "ND",
    "count": "M",
    "sum": "U",
    "product": "U",
    "max": "L",
    "min": "L",
    "sort": "L",
    "to_number": "W",
    **dict.fromkeys(("abs", "ceil", "floor", "round"), "N"),
    "numbers.range": "NN",
    "glob.match": "SHS",
    "json.unmarshal": "Y",
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
    "uri.is_valid": "S",
    "strings.any_prefix_match": "$$",
    "strings.any_suffix_match": "$$",
    "numbers.range_step": "NNP",
    "hex.decode": "I",
    "base64url.decode": "B",
    "glob.quote_meta": "S",
    "uuid.parse": "5",
    "urlquery.decode": "S",
    "urlquery.encode_object": "O",
    "json.patch": "*L",
    "graph.reachable": "OL",
    "net.cidr_expand": "C",
    "object.union_n": "L",
    **dict.fromkeys(("bits.and", "bits.or", "bits.xor", "bits.lsh", "bits.rsh"), "NN"),
    "bits.negate": "N",
    "time.parse_rfc3339_ns": "3",
    "time.parse_duration_ns": "4",
    "time.parse_ns": "SS",
    **dict.fromkeys(("time.date", "time.clock", "time.weekday", "time.format"), "@"),
    "time.add_date": "@NNN",
    "time.diff": "@@",
    "regex.template_match": "SSSS",
    "units.parse": "Q",
    "units.parse_bytes": "Q",
}
OLD: Final[Mapping[str, tuple[int, str]]] = {
    **{
        name: (2, f"f_{name}(a, b) := a {sign} b")
        for name, sign in (
            *(
                ("equal", "=="),
                ("neq", "!="),
                ("lt", "<"),
                ("lte", "<="),
                ("gt", ">"),
                ("gte", ">="),
            ),
        )
    },
    **{
        name: (2, f"f_{name}(a, b) := {function}(a, b)")
        for name, function in (
            *(("plus", "add"), ("minus", "subtract"), ("mul", "multiply")),
            *(("div", "divide"), ("rem", "remainder")),
            *(("and", "intersect"), ("or", "unite")),
        )
    },
    **{
        name: (
            1,
            (
                f"f_{name.replace('.', '_')}(a) := {name}(a) if is_string(a)\n"
                f"f_{name.replace('.', '_')}(a) := false if not is_string(a)"
            ),
        )
        for name in (
            *("base64.is_valid", "json.is_valid", "yaml.is_valid", "regex.is_valid"),
            "net.cidr_is_valid",
        )
    },
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

REPLACED: Final[Mapping[str, tuple[int, str]]] = {
    "sprintf": (
        2,
        "f_sprintf(a, b) := tesuri.sprintf(a, [printed(e) | e := b[_]]) if { is_string(a); is_array(b) }",
    ),
    "regex.match": (2, "f_regex_match(a, b) := regex.match(pattern(a), b) if is_string(b)"),
    "regex.split": (
        2,
        (
            'f_regex_split(a, b) := regex.split(pattern(a), b) if { is_string(b); a != "" }\n'
            'f_regex_split("", b) := split(b, "") if is_string(b)'
        ),
    ),
    "regex.find_n": (
        3,
        "f_regex_find_n(a, b, c) := regex.find_n(pattern(a), b, c) if { is_string(b); is_number(c) }",
    ),
    "regex.find_all_string_submatch_n": (
        3,
        (
            "f_regex_find_all_string_submatch_n(a, b, c) := regex.find_all_string_submatch_n(pattern(a), b, c) "
            "if { is_string(b); is_number(c) }"
        ),
    ),
    "regex.replace": (
        3,
        "f_regex_replace(a, b, c) := regex.replace(a, pattern(b), c) if { is_string(a); is_string(c) }",
    ),
    "re_match": (2, "f_re_match(a, b) := f_regex_match(a, b)"),
    "semver.is_valid": (
        1,
        "f_semver_is_valid(a) := semver.is_valid(bare(a)) if is_string(a)\nf_semver_is_valid(a) := false if not is_string(a)",
    ),
    "semver.compare": (
        2,
        (
            "f_semver_compare(a, b) := semver.compare(bare(a), bare(b)) "
            "if { are_texts(a, b); semver.is_valid(bare(a)); semver.is_valid(bare(b)) }"
        ),
    ),
    "json.match_schema": (
        2,
        (
            "f_json_match_schema(a, b) := [r[0], [e | e := r[1][_]]] "
            "if { is_schema(b); r := json.match_schema(a, b) }"
        ),
    ),
    "strings.replace_n": (
        2,
        (
            "f_strings_replace_n(a, b) := tesuri.replace_n([[k, v] | v := a[k]], b) "
            "if { is_object(a); is_string(b); count([1 | v := a[k]; not are_texts(k, v)]) == 0 }"
        ),
    ),
    "yaml.unmarshal": (
        1,
        "f_yaml_unmarshal(a) := json.unmarshal(tesuri.yaml(a)[0]) if is_string(a)",
    ),
    "strings.count": (
        2,
        (
            'f_strings_count(a, b) := strings.count(a, b) if { is_string(a); is_string(b); b != "" }\n'
            'f_strings_count(a, "") := count(a) + 1 if is_string(a)'
        ),
    ),
    **{
        name: (
            2,
            f"f_{name.replace('.', '_')}(a, b) := {name}(a, [bare_path(e) | e := b[_]]) if is_object(a)",
        )
        for name in ("json.filter", "json.remove")
    },
    **{
        f"io.jwt.verify_{name.lower()}": (
            2,
            f'f_io_jwt_verify_{name.lower()}(a, b) := tesuri.token("{name}", a, b)[0] if {{ is_string(a); is_string(b) }}',
        )
        for name in ALGORITHMS
    },
    "io.jwt.decode_verify": (
        2,
        (
            "f_io_jwt_decode_verify(a, b) := tesuri.claims(a, b, time.now_ns())[0] "
            "if { is_string(a); is_object(b) }"
        ),
    ),
    "uri.parse": (1, "f_uri_parse(a) := tesuri.uri(a)[0] if is_string(a)"),
    "walk": (1, "f_walk(a) := [[p, v] | walk(a, [p, v])]"),
}
"""Functions that answer otherwise than the reference, or are not there: how many arguments, and what they are.

A policy is led to them even where nothing stops, since nothing would tell.
"""

SEVERAL: Final = "walk"
"""The one function that has several values at once; its replacement gives them as a list."""

OPERATORS: Final[Mapping[str, tuple[str, str, str]]] = {
    "Intersection": ("&", "intersect", "is_set(a); is_set(b)"),
    "Union": ("|", "unite", "is_set(a); is_set(b)"),
    "Add": ("+", "add", "is_number(a); is_number(b)"),
    "Mul": ("*", "multiply", "is_number(a); is_number(b)"),
    "Div": ("/", "divide", "is_number(a); is_number(b); b != 0"),
    "Mod": ("%", "remainder", "is_number(a); is_number(b); b != 0; a == floor(a); b == floor(b)"),
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
is_text_or_listing(x) if is_string(x)
is_text_or_listing(x) if is_text_listing(x)
is_instant(x) if is_number(x)
is_instant(x) if { is_array(x); is_number(x[0]) }
is_schema(x) if is_object(x)
is_schema(x) if { is_string(x); is_object(json.unmarshal(x)) }
are_texts(x, y) if { is_string(x); is_string(y) }
bare_path(x) := trim_left(x, "/") if is_string(x)
bare_path(x) := x if not is_string(x)
bare(x) := trim_prefix(x, "v")
pattern(x) := p if { is_string(x); p := tesuri.pattern(x); regex.is_valid(p) }
printed(x) := ["string", x] if is_string(x)
printed(x) := ["number", json.marshal(x)] if is_number(x)
printed(x) := ["other", sprintf("%v", [x])] if { not is_string(x); not is_number(x); x != set() }
printed(x) := ["other", "set()"] if x == set()
is_separators(x) if is_array(x)
is_separators(x) if is_null(x)
is_numeric(x) if is_number(x)
is_numeric(x) if is_boolean(x)
is_numeric(x) if is_null(x)
is_numeric(x) if { is_string(x); regex.match(`^[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?$`, x) }
iterable(x) := x if is_listing(x)
iterable(x) := x if is_object(x)
"""


def prelude() -> str:
    """Give the module that holds the total functions."""
    lines = [f"package {PACKAGE}", "import rego.v1", _GUARDS, _SUBTRACT]
    for name, signature in SIGNATURES.items():
        names = [chr(ord("a") + place) for place in range(len(signature))]
        guards = "; ".join(
            _TYPES[letter].format(each) for letter, each in zip(signature, names, strict=True)
        )
        listed = ", ".join(names)
        lines.append(f"{total(name)}({listed}) := {name}({listed}) if {{ {guards} }}")
    lines += [written for _, written in (*OLD.values(), *REPLACED.values())]
    for sign, name, guards in OPERATORS.values():
        lines.append(f"{name}(a, b) := a {sign} b if {{ {guards} }}")
    return "\n".join(lines)


def total(name: str) -> str:
    """Give the name of the function that stands for a built-in."""
    return f"f_{name.replace('.', '_')}"
