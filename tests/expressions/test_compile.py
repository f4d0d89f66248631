from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tesuri.expressions.compile import Evaluation, Undecided, compile_expression
from tesuri.expressions.cost import bound_of
from tesuri.expressions.refusals import BadExpression
from tesuri.expressions.values import Optional
from tesuri.model.errors import BadInput
from tesuri.model.resource import PRESENT, UNKNOWN, partly_known

RESOURCE: Final = {
    "Name": "web",
    "Late": UNKNOWN,
    "Rules": [{"Port": 22}, {"Port": UNKNOWN}, {"Port": 443}],
    "Ports": [1, UNKNOWN],
    "Nothing": None,
}


def said(source: str) -> Evaluation:
    return compile_expression(source, where="test").evaluate({"resource": RESOURCE})


def reason(source: str) -> str:
    value = said(source).value
    assert isinstance(value, Undecided)
    return value.reason


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("false && resource.Late == 1", False),
        ("resource.Late == 1 && false", False),
        ("true || resource.Missing", True),
        ("resource.Missing || true", True),
        ("1 / 0 == 1 || true", True),
        ("resource.Rules.exists(r, r.Port == 443)", True),
        ("resource.Rules.all(r, r.Port != 443)", False),
        ("1 in resource.Ports", True),
        ("[1, 2] == resource.Ports", None),
        ("[2, 2] == resource.Ports", False),
        ("size(resource.Ports)", 2),
        ("has(resource.Name) && !has(resource.Missing)", True),
        ("has(resource.Nothing)", True),
        ("resource.Nothing == null", True),
        ("1 == true", False),
        ("1 == 1.0", True),
        ("1 == '1'", False),
        ("{1: 'a', true: 'b'}[true]", "b"),
        ("-7 / 2", -3),
        ("-7 % 2", -1),
        ("'Ünï'.size()", 3),
        ("true ? 1 : resource.Late", 1),
        ("[1, 2] + [3]", [1, 2, 3]),
        ("duration('90m') < duration('2h')", True),
        ("resource.?Name", Optional(has_value=True, value="web")),
        ("resource.?Missing.?Deeper.orValue(7)", 7),
        ("resource.?Missing.hasValue()", False),
        ("resource.?Name.orValue(1 / 0)", "web"),
        ("resource.?Name.optMap(n, n + '!').value()", "web!"),
        ("resource.Rules[?7].?Port.orValue(1)", 1),
        ("[?resource.?Name, ?resource.?Missing]", ["web"]),
        ("{?'a': resource.?Missing, 'b': 1}", {"b": 1}),
        ("optional.none() == optional.ofNonZeroValue('')", True),
        ("resource.?Late", None),
        ("resource.?Name == 'web'", False),
        ("'a-b'.split('-') == ['a', 'b']", True),
        ("'abc'.split('', 2)", ["a", "bc"]),
        ("['a', 'b'].join('/')", "a/b"),
        ("'ÄRN:Aws'.lowerAscii()", "Ärn:aws"),
        ("'x'.replace('', '-')", "-x-"),
        ("'  a '.trim()", "a"),
        ("'tacocat'.lastIndexOf('a')", 5),
        ("'%s: %d of %.1f'.format(['a', 1, 2.0])", "a: 1 of 2.0"),
        ("resource.Rules.exists(i, r, i == 2 && r.Port == 443)", True),
        ("{'a': 1, 'b': 2}.all(k, v, k != 'a' || v == 1)", True),
        ("[3, 4].transformList(i, v, i > 0, v * 2)", [8]),
        ("{'a': 1}.transformMap(k, v, k + 'x')", {"a": "ax"}),
    ],
)
def test_expressions_give_what_the_specification_says(source: str, value: object) -> None:
    if value is None:
        assert isinstance(said(source).value, Undecided)
    else:
        found = said(source).value
        assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("resource.Late == 1", "resource.Late is not known yet"),
        ("has(resource.Late)", "resource.Late is not known yet"),
        ("resource.Rules.all(r, r.Port > 0)", "resource.Rules[1].Port is not known yet"),
        ("resource.Ports.exists(p, p == 2)", "resource.Ports[1] is not known yet"),
        ("resource.Missing == 1 || resource.Late == 1", "resource.Late is not known yet"),
        ("resource.Missing", "resource.Missing is absent"),
        ("9223372036854775807 + 1", "integer overflow"),
        ("1 % 0", "division by zero"),
        ("1 + 1.0", "'+' does not take int and double"),
        ("resource.Ports[7]", "the index 7 is out of range"),
        ("'a'.charAt(2)", "the position 2 is outside of the string"),
        ("'abc'.substring(2, 1)", "substring() begins at 2, after its end 1"),
        ("resource.Ports.join(',')", "join() does not take int"),
        ("'%d'.format([])", "format() has fewer values than clauses"),
        ("int('-+5')", "'-+5' is no integer"),
        ("double('1_000')", "'1_000' is no number"),
        (
            "resource.Rules.all(i, r, r.Port > i)",
            "resource.Rules[1].Port is not known yet",
        ),
    ],
)
def test_what_has_no_value_says_why(source: str, sentence: str) -> None:
    assert reason(source) == sentence


def test_the_element_that_decided_is_named() -> None:
    assert said("resource.Rules.all(r, r.Port != 443)").witness == "resource.Rules[2]"


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("resource.Name ==", ["line 1, column 17", "the end", "expected a value"]),
        ("true &&\n  )", ["line 2, column 3", "')'"]),
        ("size(1", ["expected", "')'"]),
        ("foo(1)", ["no function 'foo'"]),
        ("has(resource)", ["has() takes one field"]),
        ("[1].all(1, true)", ["first argument of all() is a name"]),
        ("9223372036854775808", ["64 bits"]),
        ("b'x'", ["bytes"]),
        ("'a'.matches('(a')", ["'(' has no ')'"]),
        (r"'a'.matches('(a)\\1')", ["\\1 is not supported"]),
        ("'a'.matches('(?=a)')", ["look-around"]),
        ("", ["empty"]),
        ("size(1, 2)", ["not called this way"]),
        ("'" + "x" * 30_000 + "'", ["longer than"]),
        ("(" * 500 + "1" + ")" * 500 + "".join("[0]" for _ in range(200)), ["nested deeper"]),
        ("!" * 3000 + "true", ["nested deeper"]),
        ("1" + "+1" * 5000, ["nested deeper"]),
        ("a" + ".a" * 5000, ["nested deeper"]),
        ("[" * 9000, ["found the end"]),
        ("{1:" * 5000, ["found the end"]),
        ("'\ud800'", ["half of a character"]),
        ("[1].all(i, i, true)", ["two names of all() are the same"]),
        ("[1].transformList(1, v, v)", ["first two arguments of transformList() are names"]),
    ],
)
def test_wrong_expressions_say_where_and_what_was_expected(source: str, parts: list[str]) -> None:
    with pytest.raises(BadInput) as caught:
        compile_expression(source, where="here")

    assert str(caught.value).startswith("here: ")
    assert [part for part in parts if part not in str(caught.value)] == []


def test_the_element_is_named_through_joined_and_filtered_lists() -> None:
    joined = "(resource.Ports + resource.Rules).exists(r, type(r) == map && r.Port == 443)"

    assert said(joined).witness == "resource.Rules[2]"
    assert said(
        "resource.Rules.filter(r, has(r.Port) || true).exists(r, r.Port == 443)"
    ).witness == ("resource.Rules[2]")


def test_unknown_variables_are_refused_when_the_names_are_given() -> None:
    compile_expression("resource.all(r, r > 1)", where="x", names=frozenset({"resource"}))
    with pytest.raises(BadInput, match="no variable 'resourse'"):
        compile_expression("resourse.Name == ''", where="x", names=frozenset({"resource"}))


@pytest.mark.parametrize(
    "source",
    [
        "l.all(a, l.all(b, a + b >= 0))",
        "[s]" + "".join(".map(x, x + x)" for _ in range(60)) + " == []",
        "[s]" + "".join(".map(x, x.replace('x', 'xx'))" for _ in range(60)) + " == []",
    ],
)
def test_costly_expressions_end_as_undecided(source: str) -> None:
    names = {"l": list(range(1000)), "s": "x" * 100}
    value = compile_expression(source, where="x").evaluate(names).value

    assert isinstance(value, Undecided)
    assert "more than 1,000,000 steps" in value.reason


def test_an_expression_whose_bound_is_too_high_is_refused_with_the_arithmetic() -> None:
    with pytest.raises(BadExpression) as caught:
        compile_expression("l.all(a, l.all(b, l.all(c, a + b + c >= 0)))", where="x")

    assert "7,002,002,002 steps: 3 macros inside each other over 1,000 elements each" in str(
        caught.value
    )
    assert (caught.value.line, caught.value.column) == (1, 19)


def test_macros_over_parts_of_an_element_cost_one_document() -> None:
    source = "l.all(a, a.parts.all(b, b.parts.all(c, c > 0)))"

    assert bound_of(compile_expression(source, where="x").tree).steps < 20_000
    assert bound_of(compile_expression("[1, 2].all(a, a > 0)", where="x").tree).steps == 10


def test_an_error_shows_the_line_with_a_caret_below_the_place() -> None:
    with pytest.raises(BadExpression) as caught:
        compile_expression("true &&\n  nosuch(1)", where="x")

    assert caught.value.excerpt == "    nosuch(1)\n    ^"
    assert str(caught.value).endswith(caught.value.excerpt)


@pytest.mark.parametrize(
    ("pattern", "text", "is_found"),
    [
        ("^a.c$", "abc", True),
        ("^a.c$", "a\nc", False),
        ("b+", "abbc", True),
        ("^(tcp|udp)$", "tcp", True),
        ("^(tcp|udp)$", "tcpudp", False),
        (r"/[01]$", "0.0.0.0/1", True),
        (r"/[01]$", "0.0.0.0/10", False),
        (r"^\d{2,3}$", "1234", False),
        (r"^\d{2,3}$", "123", True),
        ("(?i)ADMIN", "the admin role", True),
        (r"\bid\b", "an id here", True),
        (r"\bid\b", "idea", False),
        ("[^a-c]", "abc", False),
        ("[[:alpha:]]", "1x", True),
        ("", "", True),
        ("x*", "", True),
    ],
)
def test_patterns_match_as_re2_does(pattern: str, text: str, is_found: bool) -> None:  # noqa: FBT001 - a parametrised value
    compiled = compile_expression("text.matches(pattern)", where="x")

    assert compiled.evaluate({"text": text, "pattern": pattern}).value is is_found


def test_patterns_that_explode_elsewhere_take_linear_time_here() -> None:
    compiled = compile_expression("text.matches('^(a+)+(a|aa)*$')", where="x")

    assert compiled.evaluate({"text": "a" * 3000 + "!"}).value is False


_WORDS: Final = st.sampled_from(
    [
        "resource",
        ".",
        "Rules",
        "Late",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "?",
        "&&",
        "||",
        "!",
        "==",
        "<",
        "in",
        "+",
        "-",
        "/",
        "%",
        "1",
        "2.5",
        "'a'",
        "true",
        "null",
        "has",
        "all",
        "map",
        "x",
        "exists",
        "size",
        "int",
        "string",
        "matches",
        "timestamp",
        "duration",
        " ",
        "\\",
        '"',
        "é",
    ]
)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.lists(_WORDS, max_size=14).map("".join))
def test_no_text_makes_the_compiler_or_the_evaluation_crash(source: str) -> None:
    try:
        compiled = compile_expression(source, where="x")
    except BadInput:
        return
    compiled.evaluate({"resource": RESOURCE, "x": 1.5})


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.one_of(st.text(max_size=60), st.text("()[]{}?:.,'\"\\!&|<=+-*/%a1 ", max_size=200)))
def test_any_text_is_an_expression_or_an_error_with_a_place(source: str) -> None:
    refused = refusal_of(source)
    if isinstance(refused, BadExpression):
        assert min(refused.line, refused.column) >= 1
        assert refused.excerpt.endswith("^")
    elif refused:
        assert "empty" in refused.what or "half of a character" in refused.what


def refusal_of(source: str) -> BadInput | None:
    try:
        compile_expression(source, where="x")
    except BadInput as error:
        return error
    return None


_LEAVES: Final = st.sampled_from(
    [
        "1",
        "0",
        "2.5",
        "'a'",
        "true",
        "false",
        "null",
        "resource.Late",
        "resource.Rules",
        "[1, 'a']",
        "{'a': 1}",
        "resource.Missing",
        "duration('1h')",
        "timestamp('2026-01-01T00:00:00Z')",
        "-1",
    ]
)


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from(["+", "-", "*", "/", "%", "==", "<", ">=", "in", "&&", "||"])
    functions = st.sampled_from(["size", "int", "double", "string", "bool", "type", "timestamp"])
    folds = st.sampled_from(["all", "exists", "exists_one", "map", "filter"])
    return st.one_of(
        st.tuples(inner, operators, inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(functions, inner).map(lambda t: f"{t[0]}({t[1]})"),
        st.tuples(inner, folds, inner).map(lambda t: f"({t[0]}).{t[1]}(x, {t[2]} == x)"),
        st.tuples(inner, inner).map(lambda t: f"({t[0]})[{t[1]}]"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} ? {t[1]} : {t[2]})"),
        inner.map(lambda one: f"!({one})"),
    )


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.recursive(_LEAVES, _grown, max_leaves=8))
def test_every_well_formed_expression_gives_a_value_or_a_reason(source: str) -> None:
    value = said(source).value

    assert not isinstance(value, Undecided) or value.reason


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("has(resource.Key)", True),
        ("resource.Key != ''", True),
        ("resource.Who.exists(one, one == '*')", False),
        ("'*' in resource.Who", False),
        ("resource.Who.all(one, one != 'arn:aws:iam::111122223333:user/x')", True),
        ("resource.Data.contains('SECRET=')", True),
        ("resource.Data.matches('SECRET=[a-z]+')", True),
        ("resource.Data.startsWith('#!')", True),
        ("resource.Data.startsWith('<xml')", False),
        ("resource.Data.endsWith('end')", True),
        ("resource.Data.endsWith('x')", False),
    ],
)
def test_what_is_certain_of_a_leaf_decides(source: str, expected: bool) -> None:  # noqa: FBT001 - a parametrised value
    resource = {
        "Key": PRESENT,
        "Who": [partly_known(["arn:aws:iam::", ":root"])],
        "Data": partly_known(["#!sh SECRET=abc ", " end"]),
    }

    assert compile_expression(source, where="x").evaluate({"resource": resource}).value is expected


@pytest.mark.parametrize(
    "source",
    [
        "has(resource.Late)",
        "resource.Late == ''",
        "resource.Key == 'x'",
        "resource.Key.startsWith('x')",
        "resource.Who.exists(one, one.contains('user/'))",
        "resource.Who.exists(one, one.matches('^arn:aws:iam::[0-9]+:root$'))",
        "resource.Who.exists(one, one.startsWith('arn:aws:iam::1111'))",
        "resource.Key.lowerAscii() == '*'",
        "resource.Who.exists(one, one == 'arn:aws:iam::111122223333:root')",
    ],
)
def test_what_is_not_certain_of_a_leaf_stays_undecided(source: str) -> None:
    resource = {"Key": PRESENT, "Late": UNKNOWN, "Who": [partly_known(["arn:aws:iam::", ":root"])]}

    found = compile_expression(source, where="x").evaluate({"resource": resource})

    assert isinstance(found.value, Undecided)
