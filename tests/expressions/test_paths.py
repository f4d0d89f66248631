import pytest

from tesuri.expressions.compile import compile_expression
from tesuri.expressions.paths import paths_read


@pytest.mark.parametrize(
    ("source", "paths"),
    [
        ("resource.A.B == 1 && has(resource.C)", "A.B A C"),
        ("resource.A.all(a, a.B.exists(b, b.C == a.D))", "A A[].B A[].B[].C A[].D"),
        ("(resource.A + resource.B).all(x, x.C > 0)", "A B A[].C B[].C"),
        ("resource.A.filter(a, a.B)[0].C", "A[].C A A[].B"),
        ("resource.A.map(a, a.B).all(b, b.C)", "A A[].B A[].B.C"),
        ("resource.A.all(i, a, a.B > i)", "A A[].B"),
        ("(resource.A ? resource.B : resource.C).D", "B.D C.D A B C"),
        ("[resource.A, resource.B].exists(x, x.C)", "A B A.C B.C"),
        ("part.A == resource.B", "B"),
        ("resource.?A.?B.orValue(resource.C).D", "A.B.D C.D A.B A C"),
        ("resource.?A.orValue([]).all(a, a.B)", "A A[].B"),
        ("resource.?A.optMap(a, a.B).value()", "A A.B"),
        ("resource.A.all(resource, resource.B)", "A A[].B"),
    ],
)
def test_every_property_that_is_selected_is_listed(source: str, paths: str) -> None:
    tree = compile_expression(source, where="x").tree

    assert " ".join(str(path) for path in paths_read(tree)) == paths


def test_a_path_says_where_it_stands() -> None:
    tree = compile_expression("true &&\n resource.A", where="x").tree

    assert [(path.at.line, path.at.column) for path in paths_read(tree)] == [(2, 2)]
