"""The engine of Rego: what rules give, what it refuses, and its bounds."""

from collections.abc import Callable, Iterator

import pytest

from tesuri.engines.rego.engine import RegorusEngine
from tesuri.model.errors import BadInput
from tesuri.model.rego import RegoAnswer, RegoCase, RegoModule, RegoQuestion, RegoUnit

Evaluate = Callable[..., dict[str, RegoAnswer]]
V1 = "package main\nimport rego.v1\n"
NULLS = {"x": None, "l": [{"z": "zz"}, {"z": 3}]}


@pytest.fixture
def evaluate() -> Iterator[Evaluate]:
    """Evaluate every rule of texts on an input; each with its own small bounds."""
    engines: list[RegorusEngine] = []

    def answers(
        *texts: str, given: object = None, data: dict[str, object] | None = None, **bounds: float
    ) -> dict[str, RegoAnswer]:
        modules = tuple(RegoModule(f"{n}.rego", text) for n, text in enumerate(texts))
        limits = {"seconds": 20.0, "memory_bytes": 2 * 1024**3, **bounds}
        engine = RegorusEngine(
            "policies",
            [RegoUnit(modules, data or {})],
            seconds=limits["seconds"],
            memory_bytes=int(limits["memory_bytes"]),
        )
        engines.append(engine.open())
        rules = engine.units[0].rules
        found = engine.ask([RegoQuestion(0, rule) for rule in rules], given or {})
        return {rule.id: answer for rule, answer in zip(rules, found, strict=True)}

    yield answers
    for engine in engines:
        engine.close()


def test_both_dialects_give_sets_of_messages(evaluate: Evaluate) -> None:
    found = evaluate(
        'package a\ndeny[msg] { msg = sprintf("%v", [data.word]) }',
        'package b\nimport rego.v1\ndeny contains {"msg": "x", "n": 1} if input.on',
        given={"on": True},
        data={"word": "hi"},
    )
    assert found["a.deny"].values == ("hi",)
    assert found["b.deny"].values == ({"msg": "x", "n": 1},)


@pytest.mark.parametrize(
    "statement",
    [
        'not startswith(input.x, "a")',
        "not json.unmarshal(input.l[0].z)",
        '(1 + 2) * 3 - 4 == 5; not regex.match("(", "a")',
        'to_number("12") + to_number("1.5") == 13.5',
        "{1, 2} - {1} == {2}; 7 % 2 == 1",
        'split("a/b", "/", parts); parts[1] == "b"',
        'x := "é"; contains(x, "é"); count(input.l[0].z) == 2',
        're_match("^[a-z]+$", "abc"); not re_match("a", input.x)',
        "any([false, true]); not any([false]); all([true]); not all({false})",
        'net.cidr_intersects("10.1.0.0/16", "10.0.0.0/8"); not net.cidr_intersects("10.0.0.0/8", "11.0.0.0/8")',
        'crypto.sha256("a") == "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"',
        "every z in input.x { z }",
    ],
)
def test_a_value_of_another_type_is_undefined_and_not_an_error(
    evaluate: Evaluate, statement: str
) -> None:
    expected = () if statement.startswith("every") else ("said",)
    found = evaluate(f'{V1}deny contains "said" if {{ {statement} }}', given=NULLS)["main.deny"]
    assert found == RegoAnswer(values=expected)


@pytest.mark.parametrize(
    "statement",
    [
        'not startswith(input.nowhere, "a")',
        "not is_one(input.nowhere)",
        "not is_one(same(input.nowhere))",
        "not is_one(\n  input.nowhere,\n)",
        'not lower(input.nowhere) == "a"',
        "not input.nowhere > 1",
        'not "a" in input.nowhere',
        "not input.l[input.nowhere]",
        "not same(input.nowhere).z",
        "not is_one(nothing)",
        "not is_one(1) with input as input.nowhere",
        "count([1 | not is_one(input.nowhere)]) == 1",
        "not input.x + 1 > 0",
        "not count(input.x) > 0",
        "not 1 / (2 - 2) == 1",
        'not to_number("m1") == 1',
    ],
)
def test_what_a_negation_asks_about_is_evaluated_before_it(
    evaluate: Evaluate, statement: str
) -> None:
    """As in Open Policy Agent: an argument that is undefined leaves the rule undefined, not true."""
    own = "is_one(x) if x == 1\nsame(x) := x\nnothing := 1 if input.nowhere\n"
    body = f"{V1}{own}deny contains 1 if {{ {statement} }}\ndeny contains 2 if {statement}"
    assert evaluate(body, given=NULLS)["main.deny"] == RegoAnswer()


@pytest.mark.parametrize(
    "statement",
    [
        "not input.nowhere",
        "not input.nowhere == 1",
        "not is_one(2)",
        "not is_one(input.l[1].z)",
        "not same(false)",
        "every y in [1, 2] { not y == same(3) }",
        'not is_one(1) with input as {}; not is_one(input.l) with input as {"l": 5}',
    ],
)
def test_a_negation_holds_where_what_it_asks_about_is_there(
    evaluate: Evaluate, statement: str
) -> None:
    own = "is_one(x) if { x == 1; input.l }\nsame(x) := x\n"
    body = f"{V1}{own}deny contains 1 if {{ {statement} }}"
    assert evaluate(body, given=NULLS)["main.deny"] == RegoAnswer(values=(1,))


def test_iterating_over_what_is_no_list_gives_nothing(evaluate: Evaluate) -> None:
    text = V1 + 'deny contains "said" if { some x in input.x; x }\ndeny contains "other"'
    assert evaluate(text, given=NULLS)["main.deny"] == RegoAnswer(values=("other",))


def test_what_the_engine_lacks_is_unknown_with_its_line_and_hides_no_other_clause(
    evaluate: Evaluate,
) -> None:
    text = V1 + 'deny contains "a"\ndeny contains "b" if crypto.x509.parse_certificates("c")\n'
    found = evaluate(text)["main.deny"]
    assert found.values == ("a",)
    assert found.unknown == (
        "0.rego: line 4: could not find function crypto.x509.parse_certificates",
    )


def test_a_function_of_the_policy_hides_the_built_in_of_its_name(evaluate: Evaluate) -> None:
    text = V1 + 'lower(x) := "mine"\ndeny contains lower("A")'
    assert evaluate(text)["main.deny"].values == ("mine",)


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("hello", "0.rego: line 1", "This is not Rego"),
        (f"{V1}deny contains msg if {{", "0.rego: line 3", "This is not Rego"),
        ("package main\ndeny[x] { x = 1", "0.rego: line 2", "This is not Rego"),
        (f"{V1}\ndeny contains http.send({{}}).body", "0.rego: line 4", "http.send"),
        (f"{V1}e := opa.runtime().env", "0.rego: line 3", "opa.runtime"),
    ],
)
def test_a_wrong_policy_is_refused_with_its_place(
    evaluate: Evaluate, text: str, where: str, what: str
) -> None:
    with pytest.raises(BadInput) as refused:
        evaluate(text)
    assert refused.value.where == where
    assert what in refused.value.what


def test_a_policy_that_does_not_end_is_ended_and_named(evaluate: Evaluate) -> None:
    text = (
        V1 + 'warn contains "w"\ndeny contains "a" if {\n n := numbers.range(1, 4000)\n'
        " count([1 | some a in n; some b in n; some c in n; a + b + c == 0]) > 3\n}"
    )
    with pytest.raises(BadInput, match=r"main\.deny did not end within 1 seconds") as refused:
        evaluate(text, seconds=1.0)
    assert refused.value.where == "0.rego: line 4"


def test_a_policy_that_needs_too_much_memory_is_ended_and_named(evaluate: Evaluate) -> None:
    text = V1 + 'deny contains "a" if count(numbers.range(1, 100000000)) > 3'
    with pytest.raises(BadInput, match="memory"):
        evaluate(text, memory_bytes=512 * 1024**2)


def test_the_engine_answers_again_after_it_ended_a_policy() -> None:
    text = V1 + 'deny contains "a" if count(numbers.range(1, input.n)) > 2'
    unit = RegoUnit((RegoModule("0.rego", text),))
    engine = RegorusEngine("p", [unit], memory_bytes=512 * 1024**2).open()
    question = [RegoQuestion(0, engine.units[0].rules[0])]
    with pytest.raises(BadInput):
        engine.ask(question, {"n": 100_000_000})
    assert engine.ask(question, {"n": 3})[0].values == ("a",)
    engine.close()


ENDLESS = (
    " n := numbers.range(1, 4000)\n"
    " count([1 | some a in n; some b in n; some c in n; a + b + c == 0]) > 3\n"
)


def constraints(*bodies: str, **bounds: float) -> tuple[RegorusEngine, list[RegoCase]]:
    """Give an engine with a unit for each body of a rule, and one question for each."""
    units = [
        RegoUnit(
            (RegoModule(f"{n}.rego", f"package main\nimport rego.v1\nviolation contains msg if {{\n{body}}}"),)
        )
        for n, body in enumerate(bodies)
    ]  # fmt: skip
    engine = RegorusEngine("p", units, seconds=bounds.get("seconds", 20.0), memory_bytes=3 * 1024**3 // 2)  # fmt: skip
    engine.open()
    cases = [
        RegoCase(RegoQuestion(n, found.rules[0]), {"parameters": {"wanted": n}})
        for n, found in enumerate(engine.units)
    ]
    return engine, cases


def test_rules_that_share_an_input_each_see_their_own_part_of_it() -> None:
    body = ' input.review.name == "web"\n msg := sprintf("%v", [input.parameters.wanted])\n'
    engine, cases = constraints(body, body, " msg := input.review.name; false\n")

    found = engine.ask_each(cases, {"review": {"name": "web"}})

    assert [one.values for one in found] == [("0",), ("1",), ()]
    assert engine.ask_each([], {"review": {}}) == []
    engine.close()


@pytest.mark.parametrize(
    ("hostile", "reason"),
    [
        (f'{ENDLESS} msg := "a"\n', "the rule main.violation did not end"),
        (' msg := "a"\n count(numbers.range(1, 100000000)) > 3\n', "memory"),
    ],
)
def test_a_hostile_rule_is_unknown_and_stops_no_other(hostile: str, reason: str) -> None:
    """A webhook asks twenty constraints; nineteen of them answer."""
    fine = ' msg := sprintf("%v", [input.parameters.wanted])\n'
    engine, cases = constraints(fine, hostile, fine, seconds=2.0)

    first, second, third = engine.ask_each(cases, {"review": {}})

    assert (first.values, first.unknown) == (("0",), ())
    assert (third.values, third.unknown) == (("2",), ())
    assert second.values == ()
    assert reason in second.unknown[0]
    assert "1.rego: line 3" in second.unknown[0]
    assert [one.values for one in engine.ask_each(cases[::2], {"review": {}})] == [("0",), ("2",)]
    engine.close()


def test_many_hostile_rules_cannot_keep_the_engine_for_ever() -> None:
    endless = f'{ENDLESS} msg := "a"\n'
    fine = ' msg := "b"\n'
    engine, cases = constraints(*[endless] * 4, fine, seconds=1.0)

    found = engine.ask_each(cases, {"review": {}})

    assert all(one.unknown and not one.values for one in found), "nobody asked is no pass"
    assert "was not asked" in found[-1].unknown[0]
    engine.close()


ODD = "deny contains input.x + 1 if true\n"
"""A clause that stops as written, so that the whole rule is evaluated with the total functions."""


# From: RFC 4231, test case 2, for the keyed digest.
@pytest.mark.parametrize("beside", ["", ODD], ids=["as written", "total"])
@pytest.mark.parametrize(
    ("call", "value"),
    [
        ('net.cidr_contains_matches("1.1.1.0/24", "1.1.1.128")', [["1.1.1.0/24", "1.1.1.128"]]),
        ('net.cidr_contains_matches(["1.1.2.0/24", "1.1.1.0/24"], "1.1.1.8")', [[1, "1.1.1.8"]]),
        (
            'net.cidr_contains_matches([["1.1.0.0/16", "a"], "2.0.0.0/8"], {"x": "1.1.9.9"})',
            [[0, "x"]],
        ),
        ('net.cidr_contains_matches(["1.0.0.0/8"], ["::1", "2.0.0.1"])', []),
        ('net.cidr_merge(["192.0.128.0/24", "192.0.129.0/24"])', ["192.0.128.0/23"]),
        ('net.cidr_intersects("10.0.0.0/8", "10.1.0.0/16")', True),
        ('net.cidr_intersects("10.1.0.0/16", "11.0.0.0/8")', False),
        ('net.cidr_contains("10.0.0.0/8", "10.1.2.3")', True),
        ("array.flatten([1, [2, [3]], []])", [1, 2, [3]]),
        (
            'crypto.hmac.sha256("what do ya want for nothing?", "Jefe")',
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        ('crypto.hmac.equal("a", "a")', True),
        (
            'io.jwt.decode("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.YWI")',
            [{"alg": "none"}, {"sub": "a"}, "6162"],
        ),
    ],
)
def test_functions_that_the_engine_lacks_are_supplied(
    evaluate: Evaluate, call: str, value: object, beside: str
) -> None:
    text = f'{V1}deny contains {{"is": {call}}} if true\n{beside}'
    (answer,) = evaluate(text, given={"x": None}).values()
    assert answer == RegoAnswer(({"is": value},))


@pytest.mark.parametrize(
    "call",
    [
        'net.cidr_contains_matches("no", "1.1.1.1")',
        "net.cidr_contains_matches(input.x, input.x)",
        'net.cidr_merge(["a"])',
        'net.cidr_intersects("a", input.x)',
        'io.jwt.decode("a.b")',
        "array.flatten(input.x)",
        "crypto.hmac.md5(input.x, 1)",
    ],
)
def test_a_value_of_another_type_is_undefined_to_them(evaluate: Evaluate, call: str) -> None:
    (answer,) = evaluate(f'{V1}deny contains "x" if not {call}', given={"x": None}).values()
    assert answer == RegoAnswer(("x",))


ANNOTATED = """\
# METADATA
# title: Of the package
# custom: {team: blue}
package main

import rego.v1

# METADATA
# title: No SSH
# custom:
#   severity: HIGH
deny contains {"msg": rego.metadata.rule().title, "line": 1} if input.on

# No annotations: the line above is a comment like any other.
warn contains {"own": rego.metadata.rule(), "all": rego.metadata.chain()} if input.on

# METADATA
# scope: document
# description: of all clauses
violation contains rego.metadata.chain() if {
    input.on
}
"""


def test_a_policy_may_ask_for_its_own_annotations(evaluate: Evaluate) -> None:
    of_package = {
        "path": ["main"],
        "annotations": {
            "scope": "package",
            "title": "Of the package",
            "custom": {"team": "blue"},
        },
    }
    found = evaluate(ANNOTATED, given={"on": True})
    assert found["main.deny"].values == ({"msg": "No SSH", "line": 1},)
    assert found["main.warn"].values == (
        {"own": {}, "all": [{"path": ["main", "warn"]}, of_package]},
    )
    document = {"scope": "document", "description": "of all clauses"}
    path = ["main", "violation"]
    wider = [{"path": path, "annotations": document}, of_package]
    assert found["main.violation"].values == ([{"path": path}, *wider],)


def test_annotations_that_are_no_yaml_are_refused_with_their_line(evaluate: Evaluate) -> None:
    with pytest.raises(BadInput, match=r"0\.rego: line 8: .*no YAML"):
        evaluate(ANNOTATED.replace("# title: No SSH", "# title: [No SSH"))
