"""What an expression without a value leaves behind is gone at once: no cycle waits for the collector."""

import gc

import pytest

from tesuri.expressions.compile import compile_expression
from tesuri.model.resource import UNKNOWN


@pytest.mark.parametrize(
    "source",
    [
        "resource.Rules.all(r, r.Open == true)",
        "resource.Rules.exists(r, r.Open == true) && resource.Other",
        "resource.Other || resource.Rules.exists(r, r.Closed || r.Open == true)",
        "resource.Rules.all(r, resource.Other.all(o, o == r.Open))",
        "resource.Other || resource.There",
    ],
)
def test_a_value_that_is_not_known_leaves_no_cycle(source: str) -> None:
    compiled = compile_expression(source, where="test")
    rules = [{"Open": UNKNOWN}, {"Open": UNKNOWN, "Closed": False}]
    names = {"resource": {"Rules": rules, "Other": UNKNOWN, "There": True}}
    compiled.evaluate(names)
    gc.collect()
    gc.disable()
    try:
        compiled.evaluate(names)
        assert gc.collect() == 0
    finally:
        gc.enable()
