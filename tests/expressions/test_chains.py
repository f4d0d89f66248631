"""Everything of a variable that an expression can look at."""

import pytest

from tesuri.expressions.chains import chains_read, names_read
from tesuri.expressions.compile import compile_expression


def chains(source: str) -> set[str] | None:
    found = chains_read(compile_expression(source, where="test").tree)
    return None if found is None else {".".join(chain) for chain in found}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("resource.a.b == 1", {"a.b"}),
        ("has(resource.a) && has(resource.a.b)", {"a", "a.b"}),
        ("resource.l.all(x, x.name != '')", {"l"}),
        ("resource.m['k'].v == 1 || 'k' in resource.n", {"m", "n"}),
        ("resource.?a.orValue(1) == resource.b", {"a", "b"}),
        ("resource.l.exists(x, x == resource.c.d)", {"l", "c.d"}),
        ("1 == 1", set()),
    ],
)
def test_chains_end_where_something_else_is_done_with_the_value(
    source: str, expected: set[str]
) -> None:
    assert chains(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        "'a' in resource",
        "resource['a'] == 1",
        "resource == {}",
        "size(resource) == 0",
        "[resource].all(x, x.a == 1)",
        "resource.all(k, k != '')",
        "(true ? resource : {}).a == 1",
    ],
)
def test_a_variable_that_is_passed_on_may_be_read_as_a_whole(source: str) -> None:
    assert chains(source) is None


def test_every_name_is_told() -> None:
    tree = compile_expression("resource.a < now", where="test").tree

    assert names_read(tree) == {"resource", "now"}
