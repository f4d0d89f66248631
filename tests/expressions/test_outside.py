"""Closures against two other implementations of CEL, on random documents; where they are wrong is a table.

`cel-expr-python` wraps the C++ implementation of the language's authors, `cel-python` is written in Python. Neither knows
leaves that are not known, so documents here have missing and null ones. Each known difference is looked at every time: one
that has gone away fails the test and leaves the table, and the random conditions may then use it.
"""

import logging
import re
from collections.abc import Callable
from typing import Final

import celpy
import pytest
from cel_expr_python import cel
from cel_expr_python.ext import ext_strings
from celpy.adapter import json_to_cel
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.expressions.random_cases import PLAIN, Conditions, Documents, Doubt
from tesuri.expressions.compile import compile_expression
from tesuri.model.resource import Value

_SEEDS: Final = st.integers(0, 2**32)
Evaluator = Callable[[dict[str, Value]], object]

_CPP: Final = cel.NewEnv(
    variables={"resource": cel.Type.DYN}, extensions=[ext_strings.ExtStrings()]
)
logging.getLogger("celpy").setLevel(logging.CRITICAL)
_PYTHON: Final = celpy.Environment()


def ours(source: str) -> Evaluator:
    compiled = compile_expression(source, where="test")

    def evaluate(document: dict[str, Value]) -> object:
        value = compiled.evaluate({"resource": document}).value
        return value if isinstance(value, bool) else None

    return evaluate


def of_cpp(source: str) -> Evaluator:
    """Without the type checker: it refuses what is only found out when it is met."""
    try:
        compiled = _CPP.compile(source, disable_check=True)
    except RuntimeError:
        return lambda _: None

    def evaluate(document: dict[str, Value]) -> object:
        try:
            value = compiled.eval(data={"resource": document}).plain_value()
        except RuntimeError:
            return None
        return value if isinstance(value, bool) else None

    return evaluate


def of_python(source: str) -> Evaluator:
    program = _PYTHON.program(_PYTHON.compile(source))

    def evaluate(document: dict[str, Value]) -> object:
        try:
            value = program.evaluate({"resource": json_to_cel(document)})
        except Exception:  # noqa: BLE001 - it raises whatever its functions raise
            return None
        return bool(value) if isinstance(value, bool | celpy.celtypes.BoolType) else None

    return evaluate


# Expression, what the specification says, what the implementation says; None is an error.
DIFFERENCES_OF_CPP: Final = [
    ("[1].all(i, v, v > 0)", True, None),
    ("{'a': 1}.exists(k, v, v > 0)", True, None),
    ("null in {'a': 1}", False, None),
    ("[1] in {'a': 1}", False, None),
]
DIFFERENCES_OF_PYTHON: Final = [
    ("[1].all(i, v, v > 0)", True, None),
    ("'A'.lowerAscii() == 'a'", True, None),
    ("'a b'.split(' ') == ['a', 'b']", True, None),
    ("1 == 'a'", False, None),
    ("size([1]) < 1.5", True, None),
    ("('a' + 'b').contains('b')", True, None),
    ("true || [1].map(x, x.y).all(z, z)", True, None),
    ("true || [{}].exists_one(x, x.y == 1)", True, None),
    ("has(resource.missing.a)", None, False),
    ("1 + true == 2", None, True),
    ("'ab'.all(c, c != 'x')", None, True),
]


@pytest.mark.parametrize(("source", "right", "wrong"), DIFFERENCES_OF_CPP)
def test_the_known_differences_of_cel_expr_python_are_still_there(
    source: str, right: object, wrong: object
) -> None:
    assert (ours(source)({}), of_cpp(source)({})) == (right, wrong)


@pytest.mark.parametrize(("source", "right", "wrong"), DIFFERENCES_OF_PYTHON)
def test_the_known_differences_of_cel_python_are_still_there(
    source: str, right: object, wrong: object
) -> None:
    assert (ours(source)({}), of_python(source)({})) == (right, wrong)


_NOT_FOR_CPP: Final = re.compile(r"\b(i|k), v, | in resource\.tags")


@settings(max_examples=60, deadline=None)
@given(seed=_SEEDS, doubt=st.sampled_from([Doubt(), PLAIN, Doubt(0.1, 0.2, 0.0, 0.1)]))
def test_closures_and_the_implementation_in_cpp_agree(seed: int, doubt: Doubt) -> None:
    documents = Documents(seed, doubt).some(8)
    make = Conditions(seed)
    sources = [make.one() for _ in range(6)]
    for source in sources:
        if _NOT_FOR_CPP.search(source):
            continue
        here, there = ours(source), of_cpp(source)
        assert [one for one in documents if here(one) is not there(one)] == [], source


@settings(max_examples=60, deadline=None)
@given(seed=_SEEDS)
def test_closures_and_the_implementation_in_python_agree(seed: int) -> None:
    documents = Documents(seed, Doubt()).some(6)
    make = Conditions(seed, is_plain=True)
    for source in [make.one() for _ in range(3)]:
        if "exists_one" in source:
            continue
        here, there = ours(source), of_python(source)
        assert [one for one in documents if here(one) is not there(one)] == [], source
