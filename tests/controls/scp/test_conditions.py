"""Every operator of a condition, with its forms, on keys that are there, that are not, and that nobody knows."""

from dataclasses import replace

import pytest

from tests.controls.scp.documents import answer, asked, decision, policy, request, statement
from tesuri.model.scp import ScpRequest, Truth

DENY, LEAVE = "deny", "not-denied-by-scp"

CASES = [
    ("StringEquals", "a:k", "x", "x", True),
    ("StringEquals", "a:k", "x", "X", False),
    ("StringEquals", "a:k", "x*", "xy", False),
    ("StringEquals", "a:k", ["x", "y"], "y", True),
    ("StringNotEquals", "a:k", ["x", "y"], "y", False),
    ("StringNotEquals", "a:k", ["x", "y"], "z", True),
    ("StringEqualsIgnoreCase", "a:k", "x", "X", True),
    ("StringNotEqualsIgnoreCase", "a:k", "x", "X", False),
    ("StringLike", "a:k", "pre*f?x", "pre-and-fix", True),
    ("StringLike", "a:k", "pre*f?x", "pre-and-fx", False),
    ("StringNotLike", "a:k", "pre*", "prefix", False),
    ("NumericEquals", "a:k", "10", "10.0", True),
    ("NumericNotEquals", "a:k", "10", "11", True),
    ("NumericLessThan", "a:k", "10", "9", True),
    ("NumericLessThan", "a:k", "10", "10", False),
    ("NumericLessThanEquals", "a:k", 10, 10, True),
    ("NumericGreaterThan", "a:k", "10", "9", False),
    ("NumericGreaterThanEquals", "a:k", "10", "10", True),
    ("NumericLessThan", "a:k", "10", "many", False),
    ("DateEquals", "a:k", "2026-01-01T00:00:00Z", "1767225600", True),
    ("DateNotEquals", "a:k", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", True),
    ("DateLessThan", "a:k", "2026-01-01", "2025-12-31T23:59:59Z", True),
    ("DateLessThanEquals", "a:k", "2026-01-01", "2026-01-01", True),
    ("DateGreaterThan", "a:k", "2026-01-01", "2026-01-01", False),
    ("DateGreaterThanEquals", "a:k", "2026-01-01", "2026-01-01", True),
    ("Bool", "a:k", "true", True, True),
    ("Bool", "a:k", False, "false", True),
    ("Bool", "a:k", "true", "false", False),
    ("BinaryEquals", "a:k", "AQID", "AQID", True),
    ("BinaryEquals", "a:k", "AQID", "AQIE", False),
    ("IpAddress", "a:k", "203.0.113.0/24", "203.0.113.9", True),
    ("IpAddress", "a:k", "2001:db8::/32", "2001:db8::1", True),
    ("IpAddress", "a:k", "203.0.113.0/24", "2001:db8::1", False),
    ("IpAddress", "a:k", "203.0.113.9", "203.0.113.9", True),
    ("NotIpAddress", "a:k", ["203.0.113.0/24", "198.51.100.0/24"], "198.51.100.7", False),
    ("NotIpAddress", "a:k", ["203.0.113.0/24"], "198.51.100.7", True),
    ("ArnEquals", "a:k", "arn:aws:iam::*:role/a*", "arn:aws:iam::1:role/ab", True),
    ("ArnLike", "a:k", "arn:aws:s3:::b", "arn:aws:s3:::b", True),
    ("ArnLike", "a:k", "arn:aws:*:role/a", "arn:aws:iam::1:role/a", False),
    ("ArnNotEquals", "a:k", "arn:aws:s3:::b", "arn:aws:s3:::b", False),
    ("ArnNotLike", "a:k", ["arn:aws:s3:::b", "arn:aws:s3:::c"], "arn:aws:s3:::d", True),
    ("stringequals", "a:k", "x", "x", True),
]


@pytest.mark.parametrize(("operator", "key", "wanted", "actual", "is_true"), CASES)
def test_an_operator_compares_as_amazon_documents_it(
    operator: str, key: str, wanted: object, actual: object, *, is_true: bool
) -> None:
    given = asked(context={key: actual})
    assert decision({operator: {key: wanted}}, given) == (DENY if is_true else LEAVE)


@pytest.mark.parametrize(
    ("operator", "is_true"),
    [
        ("StringEquals", False),
        ("StringLike", False),
        ("Bool", False),
        ("IpAddress", False),
        ("ArnLike", False),
        ("NumericLessThan", False),
        ("DateLessThan", False),
        ("StringNotEquals", True),
        ("StringNotLike", True),
        ("NotIpAddress", True),
        ("ArnNotLike", True),
        ("NumericNotEquals", True),
        ("DateNotEquals", True),
        ("StringEqualsIfExists", True),
        ("BoolIfExists", True),
        ("IpAddressIfExists", True),
        ("ForAllValues:StringEquals", True),
        ("ForAllValues:StringNotEquals", True),
        ("ForAnyValue:StringEquals", False),
        ("ForAnyValue:StringNotEquals", False),
        ("ForAnyValue:StringEqualsIfExists", True),
    ],
)
def test_a_key_that_the_request_does_not_carry(operator: str, *, is_true: bool) -> None:
    value = {"Bool": "true", "IpAd": "10.0.0.0/8", "NotI": "10.0.0.0/8", "Numeric": "1"}
    wanted = next((each for start, each in value.items() if operator.startswith(start)), "2026")
    found = decision({operator: {"a:k": wanted}}, request())
    assert found == (DENY if is_true else LEAVE)


@pytest.mark.parametrize(
    ("operator", "values", "is_true"),
    [
        ("ForAnyValue:StringLike", ["env", "cost"], True),
        ("ForAnyValue:StringLike", ["cost"], False),
        ("ForAllValues:StringLike", ["env", "envy"], True),
        ("ForAllValues:StringLike", ["env", "cost"], False),
        ("ForAllValues:StringLike", [], True),
        ("ForAnyValue:StringLike", [], False),
        ("ForAnyValue:StringNotLike", ["env", "cost"], True),
        ("ForAnyValue:StringNotLike", ["env"], False),
        ("ForAllValues:StringNotLike", ["cost", "team"], True),
        ("ForAllValues:StringNotLike", ["env", "team"], False),
        ("StringLike", ["cost", "env"], True),
        ("StringNotLike", ["cost", "env"], False),
    ],
)
def test_several_values_are_taken_as_a_set(
    operator: str, values: list[str], *, is_true: bool
) -> None:
    given = asked(context={"aws:TagKeys": values})
    assert decision({operator: {"aws:TagKeys": "env*"}}, given) == (DENY if is_true else LEAVE)


@pytest.mark.parametrize(
    ("wanted", "context", "is_true"),
    [
        ("true", {}, True),
        ("false", {}, False),
        ("true", {"a:k": "x"}, False),
        ("false", {"a:k": "x"}, True),
        (True, {}, True),
        ("true", {"a:k": []}, True),
    ],
)
def test_null_asks_whether_the_key_is_missing(
    wanted: object, context: dict[str, object], *, is_true: bool
) -> None:
    found = decision({"Null": {"a:k": wanted}}, asked(context=context))
    assert found == (DENY if is_true else LEAVE)


def test_all_operators_and_all_keys_must_be_true() -> None:
    conditions = {"StringEquals": {"a:k": "x", "a:l": "y"}, "Bool": {"a:m": "true"}}
    whole = {"a:k": "x", "a:l": "y", "a:m": True}
    assert decision(conditions, asked(context=whole)) == DENY
    for key in whole:
        assert decision(conditions, asked(context={**whole, key: "other"})) == LEAVE


def test_keys_are_the_same_in_any_case() -> None:
    assert decision({"StringEquals": {"A:K": "x"}}, asked(context={"a:k": "x"})) == DENY


VARIABLES = [
    ("${aws:PrincipalTag/team}", {"aws:PrincipalTag/team": "red", "a:k": "red"}, True),
    ("${aws:PrincipalTag/team}", {"aws:PrincipalTag/team": "red", "a:k": "blue"}, False),
    ("${aws:PrincipalTag/team}", {"a:k": "red"}, False),
    ("${aws:PrincipalTag/team, 'none'}", {"a:k": "none"}, True),
    ("${aws:PrincipalTag/team, 'none'}", {"aws:PrincipalTag/team": "red", "a:k": "none"}, False),
    ("a${*}b", {"a:k": "a*b"}, True),
    ("a${*}b", {"a:k": "axb"}, False),
    ("a${?}${$}", {"a:k": "a?$"}, True),
    ("${aws:PrincipalTag/team}", {"aws:PrincipalTag/team": "r*", "a:k": "red"}, False),
    ("${Account}", {"a:k": "111122223333"}, False),
]


@pytest.mark.parametrize(("wanted", "context", "is_true"), VARIABLES)
def test_variables_take_their_value_from_the_request_as_it_stands(
    wanted: str, context: dict[str, object], *, is_true: bool
) -> None:
    found = decision({"StringLike": {"a:k": wanted}}, asked(context=context))
    assert found == (DENY if is_true else LEAVE)


def test_a_variable_without_value_matches_nothing_so_a_negated_operator_is_true() -> None:
    conditions = {"StringNotEquals": {"a:k": "${aws:PrincipalTag/team}"}}
    found = answer([policy(statement(Condition=conditions))], asked(context={"a:k": "red"}))
    assert found.decision.value == DENY
    assert found.decisive is not None
    assert found.decisive.conditions[0].note == (
        "${aws:PrincipalTag/team} has no value in this request"
    )


def test_an_old_version_knows_no_variables() -> None:
    old = policy(
        statement(Condition={"StringEquals": {"a:k": "${aws:PrincipalTag/team}"}}),
        Version="2008-10-17",
    )
    given = asked(context={"aws:PrincipalTag/team": "red", "a:k": "red"})
    assert answer([old], given).decision.value == LEAVE
    literal = asked(context={"a:k": "${aws:PrincipalTag/team}"})
    assert answer([old], literal).decision.value == DENY


def recorded(given: ScpRequest, *absent: str) -> ScpRequest:
    return replace(given, is_complete=False, absent=frozenset(absent))


@pytest.mark.parametrize(
    "operator",
    ["StringEquals", "StringNotEquals", "StringEqualsIfExists", "ForAllValues:StringLike"],
)
def test_a_key_of_which_nobody_knows_leaves_the_condition_unknown(operator: str) -> None:
    conditions = {operator: {"a:k": "x"}}
    assert decision(conditions, recorded(request())) == "unknown"
    assert decision({"Null": {"a:k": "true"}}, recorded(request())) == "unknown"


def test_a_key_that_was_surely_not_carried_is_missing_also_in_a_record() -> None:
    assert decision({"Null": {"a:k": "true"}}, recorded(request(), "a:k")) == DENY
    assert decision({"StringEquals": {"a:k": "x"}}, recorded(request(), "a:k")) == LEAVE


def test_an_unknown_variable_is_unknown_only_where_nothing_else_matches() -> None:
    conditions = {"StringEquals": {"a:k": ["${aws:PrincipalTag/team}", "red"]}}
    assert decision(conditions, recorded(asked(context={"a:k": "red"}))) == DENY
    assert decision(conditions, recorded(asked(context={"a:k": "blue"}))) == "unknown"


def test_a_false_condition_decides_whatever_is_unknown() -> None:
    conditions = {"StringEquals": {"a:k": "x", "a:l": "y"}}
    found = answer(
        [policy(statement(Condition=conditions))], recorded(asked(context={"a:k": "other"}))
    )
    assert found.decision.value == LEAVE
    assert [each.truth for each in found.considered[0].conditions] == [Truth.FALSE, Truth.UNKNOWN]
