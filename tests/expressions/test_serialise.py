import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.expressions.random_cases import Conditions
from tesuri.expressions.compile import compile_expression
from tesuri.expressions.compiled import ready
from tesuri.expressions.serialise import dump_ir, load_ir
from tesuri.model.errors import BadInput

EVERY_NODE = (
    "!(resource.a[0] == -x || has(resource.b) ? {'k': 1.0}['k'] > 0.5 && size([1, null]) < 3 "
    ": resource.l.map(i, v, i > 0, v + 1).exists_one(n, n in [1, true, 'é\\n']))"
).replace(".map(i, v,", ".transformList(i, v,")


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_what_is_written_is_read_back_the_same(seed: int) -> None:
    tree = compile_expression(Conditions(seed).one(), where="x").tree

    assert load_ir(dump_ir(tree)) == tree


def test_every_node_survives() -> None:
    tree = compile_expression(EVERY_NODE, where="x").tree

    assert load_ir(dump_ir(tree)) == tree
    assert dump_ir(load_ir(dump_ir(tree))) == dump_ir(tree)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[1",
        b'[2,["literal",1,[1,1]]]',
        b'[1,["nosuch",1,[1,1]]]',
        b'[1,["literal",{},[1,1]]]',
        b"[1," + b'["not",' * 5000,
        b"\xff",
    ],
)
def test_what_is_no_compiled_expression_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        load_ir(data, where="catalogue")


def test_a_loaded_expression_is_evaluated_without_the_parser() -> None:
    """In a process of its own: this one has loaded the parser long ago."""
    data = dump_ir(compile_expression("resource.n > 1", where="x").tree)
    program = (
        "import sys\n"
        "from tesuri.expressions.compile import ready\n"
        "from tesuri.expressions.serialise import load_ir\n"
        f"said = ready(load_ir({data!r}), source='', where='x').evaluate({{'resource': {{'n': 2}}}})\n"
        "print(said.is_true, 'lark' in sys.modules, 'tesuri.expressions.parse' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["True", "False", "False"]


def test_a_function_that_is_not_known_gives_no_value() -> None:
    data = dump_ir(compile_expression("size('a') == 1", where="x").tree)
    tree = load_ir(data.replace(b'"size"', b'"nosuch"'))

    said = ready(tree, source="", where="x").evaluate({})
    assert not said.is_true
    assert not said.is_false
