"""Built-in functions of Rego as Open Policy Agent answers them, where regorus answers otherwise or not at all.

What is expected is what Open Policy Agent gives for the same words.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence

import pytest

from tesuri.engines.rego.engine import RegorusEngine
from tesuri.model.rego import RegoAnswer, RegoModule, RegoQuestion, RegoUnit

Ask = Callable[[str], RegoAnswer]


@pytest.fixture
def ask() -> Iterator[Callable[..., RegoAnswer]]:
    """Give the rule `deny` of a policy whose body is one expression, `x`."""
    opened: list[RegorusEngine] = []

    def answer(
        expression: str, given: object = None, more: Sequence[RegoModule] = ()
    ) -> RegoAnswer:
        words = f"package main\nimport rego.v1\ndeny contains x if {{ x := {expression} }}"
        unit = RegoUnit((RegoModule("main.rego", words), *more))
        engine = RegorusEngine("policies", [unit])
        opened.append(engine)
        rules = engine.open().units[0].rules
        rule = next(one for one in rules if one.id == "main.deny")
        return engine.ask([RegoQuestion(0, rule)], given)[0]

    yield answer
    for engine in opened:
        engine.close()


SAME: Mapping[str, object] = {
    'sprintf("%d of %v", ["a", {1, 2}])': "%!d(string=a) of {1, 2}",
    'sprintf("%v %v", ["a"])': "a %!v(MISSING)",
    'sprintf("%v", ["a", "b"])': "a%!(EXTRA string=b)",
    'sprintf("%5.2f|%-4d|%04d|%6s", [3.14159, 3, 3, "a"])': " 3.14|3   |0003|     a",
    'sprintf("%v %v %v %v", [set(), {"a": [1, true]}, null, 1.5])': 'set() {"a": [1, true]} null 1.5',
    'sprintf("%x %X %q %T %% %c", [255, "hi", "a\\"b", 1.5, 65])': 'ff 6869 "a\\"b" float64 % A',
    'sprintf("%[2]v %[1]v", ["a", "b"])': "b a",
    'sprintf("%v %v %v", [0.1, 1000000, 0.00001])': "0.1 1000000 1e-05",
    '[v | [p, v] := walk({"a": [1]}); p == ["a", 0]]': [1],
    'regex.match(`^\\w+$`, "é")': False,
    'regex.match(`^[\\d]$`, "٣")': False,
    'regex.match(`^\\${[^[]+}$`, "${var}")': True,
    'regex.match(`^\\Qa.b\\E$`, "axb")': False,
    'regex.match(`^a{2}$`, "aa")': True,
    'regex.split("", "abc")': ["a", "b", "c"],
    'semver.compare("v1.2.3", "1.2.4")': -1,
    'semver.is_valid("v1.2.3")': True,
    'strings.count("abc", "")': 4,
    'strings.replace_n({"a": "b", "b": "c"}, "ab")': "bc",
    'yaml.unmarshal("a: [1, yes]")': {"a": [1, True]},
    'json.match_schema({"a": 1}, {"type": "object"})': [True, []],
    'json.remove({"a": {"b": 1, "c": 2}}, ["/a/b"])': {"a": {"c": 2}},
    'json.filter({"a": {"b": 1, "c": 2}}, ["/a/b"])': {"a": {"b": 1}},
    "minus(3, plus(1, 1))": 1,
    "gt(2, 1)": True,
    "or({1}, {2})": [1, 2],
    "json.is_valid(7)": False,
}


@pytest.mark.parametrize("expression", SAME)
def test_a_function_answers_as_open_policy_agent_does(ask: Ask, expression: str) -> None:
    answer = ask(expression)
    assert answer.unknown == ()
    assert json.dumps(answer.values) == json.dumps([SAME[expression]])


@pytest.mark.parametrize(
    "expression",
    [
        "numbers.range_step(1, 9, 0)",
        "format_int(10, 3)",
        'substring("abc", -1, 2)',
        'hex.decode("zz")',
        'time.parse_rfc3339_ns("2024-01-02")',
        'time.parse_duration_ns("5x")',
        "5.5 % 2",
        'net.cidr_contains("10.0.0.0/8", input)',
        'regex.match("[", "a")',
        "regex.match(input, input)",
        'sprintf("%v", input)',
        "input & {1}",
        "yaml.unmarshal(input)",
        'yaml.unmarshal("a: [")',
        "semver.compare(input, input)",
        "array.flatten(input)",
        "walk(input.a)",
    ],
)
def test_what_a_function_cannot_take_is_undefined(
    ask: Callable[..., RegoAnswer], expression: str
) -> None:
    assert ask(expression, given=7) == RegoAnswer()


def test_an_import_and_a_rule_of_another_file_hide_a_built_in(
    ask: Callable[..., RegoAnswer],
) -> None:
    library = RegoModule("lib.rego", "package main\nimport rego.v1\nsprintf(a, b) := [b, a]")
    assert ask('sprintf("%d", ["x"])', more=[library]).values == ([["x"], "%d"],)


def test_a_function_without_a_body_is_true(ask: Callable[..., RegoAnswer]) -> None:
    words = 'package lib\nis_known("a")  # the first\n\nis_known("b")\n'
    answer = ask(
        '[y | some y in ["a", "b", "c"]; data.lib.is_known(y)]',
        more=[RegoModule("lib.rego", words)],
    )
    assert answer.values == (["a", "b"],)


@pytest.mark.parametrize(
    ("body", "given", "expected"),
    [
        (
            "n := input[_]; c := [n | some i; input[i] == n; n := input[i]]; x := [n, count(c)]",
            ["a", "b", "a"],
            [["a", 2], ["b", 1]],
        ),
        (
            (
                "n := input[_]; some i; c := {m | some i; m := input[i]}; "
                "d := [m | input[i] == n; m := input[i]]; x := [n, c, d]"
            ),
            ["a", "b"],
            [["a", ["a", "b"], ["a"]], ["b", ["a", "b"], ["b"]]],
        ),
    ],
)
def test_a_comprehension_may_use_a_name_of_around_it_for_something_else(
    body: str, given: object, expected: object
) -> None:
    words = f"package main\nimport rego.v1\ndeny contains x if {{ {body} }}"
    engine = RegorusEngine("policies", [RegoUnit((RegoModule("main.rego", words),))]).open()
    try:
        answer = engine.ask([RegoQuestion(0, engine.units[0].rules[0])], given)[0]
    finally:
        engine.close()
    assert answer.unknown == ()
    assert json.loads(json.dumps(answer.values)) == expected
