"""The official conformance cases of CEL, for the subset that docs/expressions.md declares.

Each case is run, or belongs to one of the reasons below for being outside. The numbers are committed: fewer passes, more
failures or more cases outside are a regression.
"""

import math
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from tesuri.expressions.compile import Undecided, compile_expression
from tesuri.expressions.values import CelType, key_value, map_key
from tesuri.model.errors import BadInput

pytestmark = pytest.mark.corpus

_DEFAULT: Final = Path(__file__).parents[3] / "shared" / "data"
_FOLDER: Final = Path(os.environ.get("TESURI_CORPUS", str(_DEFAULT))) / "cel"

Message = dict[str, list[object]]

_TOKEN: Final = re.compile(
    r"""\s+|\#[^\n]*|(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')"""
    r"""|(?P<name>\[?[A-Za-z_][\w./]*\]?)|(?P<number>[-+]?[\w.][\w.+-]*)|(?P<sign>[-{}\[\]:,;<>])"""
)

OUTSIDE: Final[tuple[tuple[str, str], ...]] = (
    ("unsigned integers", r"\b(0x[0-9a-fA-F]+|\d+)[uU]\b|\buint\b"),
    ("bytes", r"""\b[bB][rR]?["']|\bbytes\b|\b[rR][bB]["']"""),
    (
        "messages and enums",
        r"\b[A-Z]\w*\s*\{|google\.|TestAll|GlobalEnum|cel\.|proto2|proto3|\bx\.single",
    ),
    ("named time zones", r"""get\w+\(['"][A-Z]\w+/"""),
    ("unknown functions, refused when loaded", r"f_unknown|^a\.[a-z]+\(\) \|\| true$"),
    ("nanoseconds", r"\.\d{7,9}Z|nanos|\dns'"),
)


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        assert match, text[position : position + 40]
        position = match.end()
        if match.lastgroup:
            yield match.lastgroup, match[0]


class _TextProto:
    """Reads the text format of protocol buffers, as far as the cases use it."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._at = 0

    def _peek(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else ""

    def _take(self) -> tuple[str, str]:
        self._at += 1
        return self._tokens[self._at - 1]

    def message(self, end: str = "") -> Message:
        fields: Message = {}
        while self._peek() != end:
            name = self._take()[1]
            if self._peek() == ":":
                self._take()
            fields.setdefault(name, []).extend(self._values())
            if self._peek() in (",", ";"):
                self._take()
        if end:
            self._take()
        return fields

    def _values(self) -> list[object]:
        if self._peek() != "[":
            return [self._value()]
        self._take()
        values: list[object] = []
        while self._peek() != "]":
            values.append(self._value())
            if self._peek() == ",":
                self._take()
        self._take()
        return values

    def _value(self) -> object:
        kind, text = self._take()
        if text == "{":
            return self.message("}")
        if kind != "string":
            return text
        parts = [text]
        while self._at < len(self._tokens) and self._tokens[self._at][0] == "string":
            parts.append(self._take()[1])
        return "".join(_unquoted(part) for part in parts)


_ESCAPE: Final = re.compile(
    r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|[xX]([0-9a-fA-F]{1,2})|([0-7]{1,3})|([\s\S]))"
)
_PLAIN: Final = dict(zip("abfnrtv", "\a\b\f\n\r\t\v", strict=True))


def _unquoted(token: str) -> str:
    """Escapes name bytes of UTF-8, or characters with backslash u."""
    joined = bytearray()
    position = 1
    for match in _ESCAPE.finditer(token, 1, len(token) - 1):
        joined += token[position : match.start()].encode()
        short, long, code, octal, plain = match.groups()
        if short or long:
            joined += chr(int(short or long, 16)).encode(errors="replace")
        elif code or octal:
            joined.append(int(code, 16) if code else int(octal, 8) & 255)
        else:
            joined += _PLAIN.get(plain, plain).encode()
        position = match.end()
    joined += token[position:-1].encode()
    return joined.decode(errors="replace")


def _messages(message: Message, name: str) -> list[Message]:
    return [part for part in message.get(name, []) if isinstance(part, dict)]


def _text(message: Message, name: str) -> str:
    return str(message.get(name, [""])[0])


class _Unreadable(Exception):
    """A value of a type that the subset does not have."""


_SCALARS: Final[dict[str, Callable[[str], object]]] = {
    "int64_value": int,
    "double_value": float,
    "bool_value": lambda text: text == "true",
    "string_value": str,
    "null_value": lambda _: None,
    "type_value": CelType,
}


def _value_of(message: Message) -> object:
    (kind, values), *_ = message.items()
    value = values[0]
    if isinstance(value, dict):
        return _composed(kind, value)
    if kind not in _SCALARS:
        raise _Unreadable(kind)
    return _SCALARS[kind](str(value))


def _composed(kind: str, value: Message) -> object:
    if kind == "list_value":
        return [_value_of(item) for item in _messages(value, "values")]
    if kind == "map_value":
        entries = _messages(value, "entries")
        return {
            map_key(_value_of(_messages(entry, "key")[0])): _value_of(_messages(entry, "value")[0])
            for entry in entries
        }
    text = str(value)
    if "Duration" in text and kind == "object_value":
        return timedelta(seconds=int(_nested(value, "seconds") or 0))
    if "Timestamp" in text and kind == "object_value":
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(
            seconds=int(_nested(value, "seconds") or 0)
        )
    raise _Unreadable(kind)


def _nested(message: Message, name: str) -> str:
    inner = [part for values in message.values() for part in values if isinstance(part, dict)]
    return next((_text(part, name) for part in inner if name in part), "")


def _same(found: object, wanted: object) -> bool:
    """Compare strictly: 1, 1.0 and true are three values here."""
    if isinstance(found, list) and isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(_same, found, wanted))
    if isinstance(found, dict) and isinstance(wanted, dict):
        return found.keys() == wanted.keys() and all(
            _same(found[key], wanted[key]) for key in found
        )
    if isinstance(found, float) and isinstance(wanted, float) and math.isnan(wanted):
        return math.isnan(found)
    return type(found) is type(wanted) and found == wanted


def _outside(test: Message) -> str:
    expression = _text(test, "expr")
    if "check_only" in test or "typed_result" in test:
        return "static types"
    reasons = (reason for reason, pattern in OUTSIDE if re.search(pattern, expression))
    if reason := next(reasons, ""):
        return reason
    if any(word in str(test) for word in ("uint64", "bytes_value", "enum_value", "message_type")):
        return "unsigned integers, bytes, enums or messages in values"
    if "container" in test or re.search(r"['\"]\w+\.\w+", str(_messages(test, "type_env"))):
        return "containers and qualified names"
    return ""


def _bindings(test: Message) -> dict[str, object]:
    names: dict[str, object] = {}
    for binding in _messages(test, "bindings"):
        wrapped = _messages(_messages(binding, "value")[0], "value")[0]
        names[_text(binding, "key")] = _value_of(wrapped)
    return names


def _run(test: Message) -> str:
    """Give "passed", "failed" or the reason for being outside."""
    if reason := _outside(test):
        return reason
    try:
        names = _bindings(test)
        wanted = _value_of(_messages(test, "value")[0]) if "value" in test else True
    except _Unreadable:
        return "values of other types"
    if any("." in name for name in names):
        return "containers and qualified names"
    try:
        value = compile_expression(_text(test, "expr"), where="case").evaluate(names).value
    except BadInput:
        return "passed" if "eval_error" in test else "failed"
    if "eval_error" in test:
        return "passed" if isinstance(value, Undecided) else "failed"
    return "passed" if _same(value, wanted) else "failed"


EXPECTED: Final[dict[str, tuple[int, int, int]]] = {
    "basic": (32, 0, 11),
    "comparisons": (203, 0, 203),
    "conversions": (75, 0, 34),
    "fields": (35, 0, 25),
    "fp_math": (30, 0, 0),
    "integer_math": (42, 0, 22),
    "lists": (32, 0, 7),
    "logic": (30, 0, 0),
    "macros": (44, 0, 0),
    "macros2": (46, 0, 0),
    "namespace": (0, 0, 14),
    "optionals": (55, 0, 15),
    "parse": (111, 0, 108),
    "plumbing": (5, 0, 0),
    "string": (45, 0, 6),
    "string_ext": (194, 0, 22),
    "timestamps": (64, 0, 14),
    "type_deduction": (0, 0, 47),
    "unknowns": (0, 0, 0),
}
"""File → passed, failed, outside of the subset."""


def _cases(path: Path) -> Iterator[tuple[str, Message]]:
    for section in _messages(_TextProto(path.read_text(encoding="utf-8")).message(), "section"):
        for test in _messages(section, "test"):
            yield f"{_text(section, 'name')}/{_text(test, 'name')}", test


@pytest.mark.skipif(not _FOLDER.is_dir(), reason="no corpus")
def test_conformance_cases_of_the_subset_pass_as_often_as_before() -> None:
    found: dict[str, tuple[int, int, int]] = {}
    reasons: Counter[str] = Counter()
    failures: list[str] = []
    for path in sorted(_FOLDER.glob("*.textproto")):
        outcomes = Counter[str]()
        for name, test in _cases(path):
            outcome = _run(test)
            outcomes[outcome] += 1
            if outcome == "failed":
                failures.append(f"{path.stem} {name}: {_text(test, 'expr')}")
        passed, failed = outcomes.pop("passed", 0), outcomes.pop("failed", 0)
        found[path.stem] = (passed, failed, outcomes.total())
        reasons += outcomes
        print(f"{path.stem:16} passed {passed:4}  failed {failed:3}  outside {outcomes.total():4}")  # noqa: T201 - the figures are the point
    print(dict(reasons), *failures, sep="\n")  # noqa: T201 - shown when it fails or with -s
    assert found == EXPECTED, "the figures changed: look at each, then commit the new ones"


def test_a_case_reader_joins_strings_and_nests_messages() -> None:
    message = _TextProto("a: \"x\" 'y'  # note\nb { c: 1 c: -2.5 } d: [1, 2]").message()

    assert message == {"a": ["xy"], "b": [{"c": ["1", "-2.5"]}], "d": ["1", "2"]}


def test_map_keys_survive_their_storage() -> None:
    assert [key_value(map_key(key)) for key in (True, 1, "a")] == [True, 1, "a"]
