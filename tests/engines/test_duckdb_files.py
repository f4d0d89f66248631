from pathlib import Path
from typing import Final

import duckdb
import pytest

from tesuri.engines.bulk import Condition
from tesuri.engines.duckdb import evaluate_documents
from tesuri.engines.duckdb_files import evaluate_parquet
from tesuri.expressions.compile import compile_expression
from tesuri.untrusted.json_document import read_json_lines

ROWS: Final = """
    SELECT {'Port': i::INTEGER, 'Cidrs': ['10.0.0.0/8', CASE WHEN i = 2 THEN NULL ELSE '0.0.0.0/0' END]} AS Rule,
           CASE WHEN i % 2 = 0 THEN 'web' END AS Name, MAP {'k': 'v' || i} AS Tags, i * 1.5::DOUBLE AS Weight
    FROM range(4) t(i)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "resources.parquet"
    duckdb.execute(f"COPY ({ROWS}) TO '{path}'")
    return path


def kinds(source: str, file: Path) -> tuple[list[object], str, str]:
    condition = Condition("c", compile_expression(source, where="x").tree)
    answer = evaluate_parquet([condition], file, folder=file.parent)
    found: list[object] = ["pass"] * answer.documents
    for one in answer.departures:
        found[one.document] = "fail" if one.is_failing else "unknown"
    (tally,) = answer.tallies
    assert [found.count(kind) for kind in ("pass", "fail", "unknown")] == [
        tally.passed, tally.failed, tally.unknown,
    ]  # fmt: skip
    return found, tally.engine, tally.why


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("resource.Rule.Port > 1", ["fail", "fail", "pass", "pass"]),
        ("has(resource.Name)", ["pass", "fail", "pass", "fail"]),
        ("resource.Name == 'web'", ["pass", "unknown", "pass", "unknown"]),
        ("'0.0.0.0/0' in resource.Rule.Cidrs", ["pass", "pass", "unknown", "pass"]),
        ("resource.Rule.Cidrs.exists(c, c == '10.0.0.0/8')", ["pass", "pass", "pass", "pass"]),
        ("resource.Tags.k == 'v1'", ["fail", "pass", "fail", "fail"]),
        ("resource.Tags.exists(k, v, k == 'k' && v == 'v2')", ["fail", "fail", "pass", "fail"]),
        ("has(resource.Missing)", ["fail", "fail", "fail", "fail"]),
        ("size(resource.Rule.Cidrs) == 2", ["pass", "pass", "pass", "pass"]),
    ],
)
def test_columns_of_parquet_are_properties(source: str, wanted: list[str], file: Path) -> None:
    assert kinds(source, file) == (wanted, "duckdb", "")


@pytest.mark.parametrize(
    ("source", "wanted", "why"),
    [
        ("resource.Weight > 1.0", ["fail", "pass", "pass", "pass"], "it reads a column of type DOUBLE"),
        ("resource.Rule == {'Port': 1, 'Cidrs': ['10.0.0.0/8', '0.0.0.0/0']}", ["fail", "pass", "fail", "fail"], "it makes a map"),
        ("resource.Rule.all(k, k != 'x')", ["pass", "pass", "pass", "pass"], "it goes over the fields of an object"),
    ],
)  # fmt: skip
def test_closures_evaluate_what_sql_cannot_say(
    source: str, wanted: list[str], why: str, file: Path
) -> None:
    assert kinds(source, file) == (wanted, "closures", why)


def test_newline_json_is_read_as_documents(tmp_path: Path) -> None:
    lines = b'{"n": 1}\n{"n": null}\n{}\n'
    documents = [dict(one) for one in read_json_lines(lines, where="x") if isinstance(one, dict)]
    condition = Condition("c", compile_expression("resource.n == 1", where="x").tree)
    (answer,) = evaluate_documents([condition], documents, folder=tmp_path)

    assert [(one.document, one.is_failing) for one in answer.departures] == [(1, True), (2, False)]
