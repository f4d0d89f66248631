"""The SQL for Spark gives what closures give, on Sail, which speaks the protocol and the SQL of Spark without a cluster.

Sail and its client take 600 MB, so they are not among the pins: `pip install pysail pyspark-client` brings them.
"""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.expressions.random_cases import DOUBTS, Conditions, Documents
from tesuri.expressions.compile import compile_expression
from tesuri.expressions.sql.documents import brought, columns_of
from tesuri.expressions.sql.positions import read_by
from tesuri.expressions.sql.spark_text import Spark
from tesuri.expressions.sql.statement import condition_texts, verdict_query

pytestmark = [
    pytest.mark.skipif(find_spec("pysail") is None, reason="Sail is not installed"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    from pysail.spark import SparkConnectServer  # noqa: PLC0415 - not among the pins
    from pyspark.sql import SparkSession  # noqa: PLC0415 - not among the pins

    server = SparkConnectServer()
    server.start(background=True)
    _, port = server.listening_address
    yield SparkSession.builder.remote(f"sc://localhost:{port}").getOrCreate()
    server.stop()


def test_spark_and_closures_agree_on_random_documents(spark: Any, tmp_path: Path) -> None:
    for seed in range(20):
        agree(seed, spark, tmp_path)


def agree(seed: int, spark: Any, tmp_path: Path) -> None:
    documents = Documents(seed, DOUBTS[seed % len(DOUBTS)]).some(12)
    make = Conditions(seed)
    compiled = {f"c{n}": compile_expression(make.one(), where="x") for n in range(8)}
    columns = columns_of(read_by([one.tree for one in compiled.values()]))
    for document in documents:
        columns.see(document)
    shape, dialect = columns.shape(), Spark()
    texts, refused = condition_texts({n: one.tree for n, one in compiled.items()}, shape, dialect)
    rows = [{"n": n, "r": brought(one, shape)} for n, one in enumerate(documents)]
    file = tmp_path / "documents.json"
    file.write_bytes(b"\n".join(msgspec.json.encode(row) for row in rows))
    schema = f"n BIGINT, r {dialect.type_of_shape(shape)}"
    spark.read.schema(schema).json(str(file)).createOrReplaceTempView("documents")

    found = spark.sql(verdict_query(texts, table="documents") + " ORDER BY n").collect()

    assert len(texts) > len(refused)
    for place, name in enumerate(texts):
        said = [compiled[name].evaluate({"resource": one}).value for one in documents]
        wanted = [value if isinstance(value, bool) else None for value in said]
        assert [row[place + 1] for row in found] == wanted, compiled[name].source
