"""Types that are known before any document is."""

from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.expressions.random_cases import Conditions, Documents, Doubt
from tesuri.expressions.compile import check_types, compile_expression
from tesuri.expressions.refusals import BadExpression
from tesuri.expressions.static_types import BOOL, DYN, INT, STRING, Type, type_of, type_of_schema
from tesuri.expressions.values import kind_of

SCHEMA: Final = {
    "Name": "string",
    "Public": "boolean",
    "Count": "integer",
    "Weight": "number",
    "Tags": "map",
    "Rules": [{"Port": "integer", "CidrIp": "string"}],
}
NAMES: Final = {"resource": type_of_schema(SCHEMA)}


def found(source: str, gives: Type = DYN) -> Type:
    return check_types(compile_expression(source, where="x"), NAMES, gives=gives)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("resource.Name == 'a'", "bool"),
        ("resource.Rules.filter(r, r.Port == 22)[0].CidrIp", "string"),
        ("resource.Rules.map(r, r.Port)[0] + 1", "int"),
        ("resource.Tags['a']", "dyn"),
        ("resource.Weight == 1.5 || resource.Weight == 1", "bool"),
        ("resource.Public ? 1 : 'a'", "dyn"),
        ("(resource.Rules + resource.Rules)[0].Port", "int"),
        ("resource.Name.split(',')[0]", "string"),
        ("resource.Count > 1.5", "bool"),
        ("resource.Name == null", "bool"),
        ("resource.Rules.all(i, r, r.Port > i)", "bool"),
        ("resource.Tags.all(k, v, v == k)", "bool"),
        ("timestamp(resource.Name) + duration('1h')", "dyn"),
        ("type(resource.Name) == string", "bool"),
    ],
)
def test_types_come_from_literals_functions_and_the_schema(source: str, name: str) -> None:
    assert found(source).name == name


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("resource.Count == '1'", "Int and string are never equal (line 1, column 19)"),
        ("resource.Rules.exists(r, r.Port == '22')", "Int and string are never equal"),
        ("resource.Name in [1, 'a'] && resource.Count in ['a'].map(x, x)", "Int is never in a list of string"),
        ("resource.Name < 1", "String and int have no order"),
        ("resource.Count + 'a'", "'+' does not take int and string"),
        ("resource.Name - 'a'", "'-' does not take string and string"),
        ("resource.Name && true", "A string stands where true or false is needed"),
        ("resource.Name.Port", "A string has no field Port"),
        ("resource.Name.all(c, c == 'a')", "A string cannot be gone over by all()"),
        ("resource.Count.startsWith('a')", "startsWith() does not take int"),
        ("1 in 'a'", "'in' does not take string"),
    ],
)  # fmt: skip
def test_operands_that_never_go_together_are_refused(source: str, sentence: str) -> None:
    with pytest.raises(BadExpression) as caught:
        found(source)

    assert sentence.lower() in str(caught.value).lower()


def test_an_expression_that_cannot_give_what_it_should_is_refused() -> None:
    assert found("resource.Public", BOOL) == BOOL
    assert found("resource.Tags.a", BOOL) == DYN
    with pytest.raises(BadExpression, match="gives int, not bool"):
        found("size(resource.Name)", BOOL)


_TYPED: Final = type_of_schema(
    {
        "name": "string", "n": "integer", "d": "number", "flag": "boolean", "tags": "map",
        "rules": [{"p": "string", "first": "integer", "last": "integer", "cidrs": ["string"]}],
        "more": [{"p": "string", "first": "integer", "last": "integer", "cidrs": ["string"]}],
        "ports": ["integer"], "o": {"a": "string"},
    }
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_a_value_is_of_the_type_that_was_foretold(seed: int) -> None:
    source = Conditions(seed, is_plain=True).one()
    compiled = compile_expression(source, where="x")
    foretold = type_of(compiled.tree, {"resource": _TYPED})

    values = [compiled.evaluate({"resource": one}) for one in Documents(seed, Doubt(0.1)).some(5)]
    kinds = {kind_of(one.value) for one in values if one.is_true or one.is_false}
    assert kinds <= {foretold.name}


def test_known_types_are_equal_by_value() -> None:
    assert type_of_schema(["string"]) == Type("list", STRING)
    assert type_of_schema("integer") is INT
