"""The text of the SQL: what is written for whom, and what is refused. That it is right is shown in tests/engines."""

from typing import Final

import pytest

from tesuri.expressions.compile import compile_expression
from tesuri.expressions.sql.dialect import Dialect
from tesuri.expressions.sql.documents import columns_of
from tesuri.expressions.sql.duckdb_text import DuckDb
from tesuri.expressions.sql.positions import read_by
from tesuri.expressions.sql.shapes import Shape
from tesuri.expressions.sql.spark_text import Spark
from tesuri.expressions.sql.statement import condition_texts, verdict_query
from tesuri.model.resource import UNKNOWN, Value

PLAIN: Final[list[dict[str, Value]]] = [
    {"name": "a", "n": 1, "d": 1.5, "rules": [{"port": 22, "cidr": "x"}], "tags": {"k": "v"}}
]
DOUBTFUL: Final[list[dict[str, Value]]] = [
    *PLAIN,
    {"rules": [{"port": UNKNOWN, "cidr": None}]},
]


def shape_of(source: str, documents: list[dict[str, Value]]) -> Shape:
    columns = columns_of(read_by([compile_expression(source, where="x").tree]))
    for document in documents:
        columns.see(document)
    return columns.shape()


def text_of(source: str, documents: list[dict[str, Value]], dialect: Dialect) -> str:
    tree = compile_expression(source, where="x").tree
    texts, refused = condition_texts({"c": tree}, shape_of(source, documents), dialect)
    return texts.get("c") or refused["c"]


OPEN: Final = "!resource.rules.exists(r, r.port == 22 && r.cidr == '0.0.0.0/0')"


def test_columns_that_always_hold_one_type_are_compared_as_they_are() -> None:
    assert DuckDb().type_of_shape(shape_of(OPEN, PLAIN)) == (
        'STRUCT("rules" STRUCT("cidr" VARCHAR, "port" BIGINT)[])'
    )
    assert text_of(OPEN, PLAIN, DuckDb()) == (
        "(NOT list_contains(list_transform(struct_extract(r, 'rules'), lambda x1: "
        "((struct_extract(x1, 'port') = CAST(22 AS BIGINT)) AND "
        "(struct_extract(x1, 'cidr') = '0.0.0.0/0'))), true))"
    )
    assert text_of(OPEN, PLAIN, Spark()) == (
        "(NOT exists(r.`rules`, x1 -> ((x1.`port` = CAST(22 AS BIGINT)) AND "
        "(x1.`cidr` = '0.0.0.0/0'))))"
    )


def test_a_column_with_null_or_unknown_leaves_is_a_box() -> None:
    assert Spark().type_of_shape(shape_of(OPEN, DOUBTFUL)) == (
        "STRUCT<`rules`: ARRAY<STRUCT<`cidr`: STRUCT<s: STRING, n: BOOLEAN, u: BOOLEAN>, "
        "`port`: STRUCT<i: BIGINT, n: BOOLEAN, u: BOOLEAN>>>>"
    )
    assert text_of("resource.rules[0].cidr == 'a'", DOUBTFUL, Spark()) == (
        "coalesce((((get(r.`rules`, CAST(0 AS INT))).`cidr`).`s` = 'a'), "
        "CASE WHEN (((get(r.`rules`, CAST(0 AS INT))).`cidr`).`n` IS NOT NULL) THEN false END)"
    )


@pytest.mark.parametrize(
    ("source", "duckdb", "spark"),
    [
        ("resource.n + 1 > 2", None, None),
        ("resource.name.matches('^a')", None, "matches() in Spark"),
        ("timestamp(resource.name) > timestamp('2026-01-01T00:00:00Z')", None, "timestamp() in Spark"),
        ("resource.name.split('a').size() > 1", None, "split() with 2 arguments in Spark"),
        ("resource.tags.exists(k, v, v == 'x')", None, None),
        ("resource.d * 2.0 > 1.0", "it calculates with decimal numbers", ...),
        ("resource.n == resource.d", "it compares whole numbers with decimal numbers", ...),
        ("resource.name.matches(resource.name)", "a pattern is computed", ...),
        ("resource.name.replace('', 'x') == 'x'", "an argument of replace() is computed or empty", ...),
        ("resource.rules == resource.rules", "it compares lists of mixed values", ...),
        ("{'a': resource.n}.a == 1", "it makes a map", ...),
        ("resource.name.reverse() == 'a'", "reverse() in DuckDB", "reverse() in Spark"),
        ("timestamp(resource.name).getHours() == 1", "getHours() in DuckDB", "timestamp() in Spark"),
        ("resource.?name.hasValue()", "it uses optional values", ...),
        ("optional.of(resource.n).hasValue()", "optional.of() in DuckDB", "optional.of() in Spark"),
        ("double(resource.n) > 1.0", "double() in DuckDB", "double() in Spark"),
        ("resource.rules[0] == resource.rules[0]", "it compares whole objects", ...),
    ],
)  # fmt: skip
def test_what_sql_cannot_say_is_refused_with_the_reason(
    source: str, duckdb: str | None, spark: object
) -> None:
    reasons = []
    for dialect in (DuckDb(), Spark()):
        tree = compile_expression(source, where="x").tree
        _, refused = condition_texts({"c": tree}, shape_of(source, PLAIN), dialect)
        reasons.append(refused.get("c"))
    assert reasons == [duckdb, duckdb if spark is ... else spark]


def test_constants_are_worked_out_before() -> None:
    assert text_of("resource.n < 60 * 60 * 24 - 1", PLAIN, DuckDb()) == (
        "(struct_extract(r, 'n') < CAST(86399 AS BIGINT))"
    )


def test_text_of_others_stays_text() -> None:
    hostile = "resource.name == \"x' OR '1'='1\\\\\""

    assert text_of(hostile, PLAIN, DuckDb()) == "(struct_extract(r, 'name') = 'x'' OR ''1''=''1\\')"
    assert text_of(hostile, PLAIN, Spark()) == "(r.`name` = 'x\\' OR \\'1\\'=\\'1\\\\')"


def test_all_conditions_are_one_query() -> None:
    assert verdict_query({"one": "a", "two": "b"}, table="documents") == (
        "SELECT n, CAST(a AS BOOLEAN) AS c0, CAST(b AS BOOLEAN) AS c1 FROM documents"
    )
