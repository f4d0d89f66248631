"""DuckDB gives what closures give: on documents with missing, null and unknown leaves, and of mixed types."""

from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.expressions.random_cases import DOUBTS, Conditions, Documents, Doubt
from tesuri.engines.bulk import BatchAnswer, Condition, Document
from tesuri.engines.duckdb import evaluate_documents
from tesuri.engines.local import evaluate_locally
from tesuri.expressions.compile import compile_expression
from tesuri.model.resource import UNKNOWN

_SEEDS: Final = st.integers(0, 2**32)


def condition(source: str, name: str = "c") -> Condition:
    return Condition(name, compile_expression(source, where="test").tree)


def only(answers: list[BatchAnswer]) -> BatchAnswer:
    assert len(answers) == 1
    return answers[0]


def figures(answer: BatchAnswer) -> list[tuple[str, int, int, int]]:
    return [(one.condition, one.passed, one.failed, one.unknown) for one in answer.tallies]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=_SEEDS, doubt=st.sampled_from(DOUBTS))
def test_duckdb_and_closures_agree_on_random_documents(
    seed: int, doubt: Doubt, tmp_path: Path
) -> None:
    documents = Documents(seed, doubt).some(30)
    make = Conditions(seed)
    sources = {f"c{number}": make.one() for number in range(12)}
    conditions = [condition(source, name) for name, source in sources.items()]

    found = only(list(evaluate_documents(conditions, documents, folder=tmp_path)))
    wanted = evaluate_locally(conditions, enumerate(documents))

    assert [one.why for one in found.tallies if one.why.startswith("DuckDB")] == []
    assert [one.engine for one in found.tallies].count("duckdb") >= 6
    differing = {*found.departures} ^ {*wanted.departures}
    assert not [(sources[one.condition], documents[one.document]) for one in differing]
    assert figures(found) == figures(wanted)


RULES: Final[list[Document]] = [
    {"rules": [{"port": 22, "cidr": "0.0.0.0/0"}]},
    {"rules": [{"port": UNKNOWN, "cidr": "0.0.0.0/0"}, {"port": 22, "cidr": "10.0.0.0/8"}]},
    {"rules": []},
    {},
    {"rules": None},
    {"rules": UNKNOWN},
]


def test_absent_null_and_unknown_stay_three_things(tmp_path: Path) -> None:
    sources = {
        "closed": "!resource.rules.exists(r, r.port == 22 && r.cidr == '0.0.0.0/0')",
        "has": "has(resource.rules)",
        "null": "resource.rules == null",
    }
    conditions = [condition(source, name) for name, source in sources.items()]
    answer = only(list(evaluate_documents(conditions, RULES, folder=tmp_path)))

    kinds = {(one.condition, one.document): one.is_failing for one in answer.departures}
    assert [kinds.get(("closed", n), "pass") for n in range(6)] == [
        True, False, "pass", False, False, False,
    ]  # fmt: skip
    assert [kinds.get(("has", n), "pass") for n in range(6)] == [
        "pass", "pass", "pass", True, "pass", False,
    ]  # fmt: skip
    assert [kinds.get(("null", n), "pass") for n in range(6)] == [
        True, True, True, False, "pass", False,
    ]  # fmt: skip
    assert {one.engine for one in answer.tallies} == {"duckdb"}


def test_what_sql_cannot_say_is_evaluated_by_closures_and_says_why(tmp_path: Path) -> None:
    sources = ["resource.a == resource.b", "resource.a.x / 2.0 > 1.0", "{'x': 1}.x == 1"]
    conditions = [condition(source, source) for source in sources]
    documents: list[Document] = [{"a": {"x": 3.0}, "b": {"x": 3.0}}]
    answer = only(list(evaluate_documents(conditions, documents, folder=tmp_path)))

    assert [(one.engine, one.passed) for one in answer.tallies] == [("closures", 1)] * 3
    assert [one.why for one in answer.tallies] == [
        "it compares whole objects",
        "it calculates with decimal numbers",
        "it makes a map",
    ]


def test_documents_that_no_table_holds_are_evaluated_and_counted(tmp_path: Path) -> None:
    documents: list[Document] = [{"n": 1}, {"n": 2**64}, {"n": "a\0b"}, {"n": float("inf")}]
    answer = only(
        list(evaluate_documents([condition("resource.n == 1")], documents, folder=tmp_path))
    )

    assert answer.misfits == 3
    assert figures(answer) == [("c", 1, 3, 0)]


def test_documents_come_in_batches_and_keep_their_numbers(tmp_path: Path) -> None:
    documents: list[Document] = [{"n": number} for number in range(25)]
    answers = list(
        evaluate_documents(
            [condition("resource.n % 10 != 3")], iter(documents), folder=tmp_path, batch_size=10
        )
    )

    assert [(one.first, one.documents) for one in answers] == [(0, 10), (10, 10), (20, 5)]
    assert [d.document for one in answers for d in one.departures] == [3, 13, 23]
    assert list(tmp_path.iterdir()) == []


def test_field_names_that_differ_only_in_case_stay_apart(tmp_path: Path) -> None:
    documents: list[Document] = [{"Name": "a", "name": "b"}, {"name": "b"}]
    conditions = [condition("resource.name == 'b'", "low"), condition("resource.Name == 'a'", "up")]
    answer = only(list(evaluate_documents(conditions, documents, folder=tmp_path)))

    assert figures(answer) == [("low", 2, 0, 0), ("up", 1, 0, 1)]


@pytest.mark.parametrize(
    "source",
    [
        "(resource.tree + resource.tree[0].children).all(t, has(t.children))",
        "resource.name.matches(resource.name)",
        "resource.list.exists(l, l == [resource.list])",
        "resource.name == 'nul\\x00'",
    ],
)
def test_odd_expressions_get_an_answer_all_the_same(source: str, tmp_path: Path) -> None:
    documents: list[Document] = [{"name": "a", "tree": [{"children": []}], "list": [[1], [[1], 2]]}]
    found = only(list(evaluate_documents([condition(source)], documents, folder=tmp_path)))

    assert figures(found) == figures(evaluate_locally([condition(source)], enumerate(documents)))
    assert found.tallies[0].engine == "closures"
