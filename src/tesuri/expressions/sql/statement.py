"""Many conditions as one query, for an engine or for whoever runs a cluster."""

from collections.abc import Mapping

from tesuri.expressions import ir
from tesuri.expressions.sql.columns import read_column
from tesuri.expressions.sql.dialect import Dialect
from tesuri.expressions.sql.emit import emit_condition
from tesuri.expressions.sql.shapes import Shape
from tesuri.expressions.sql.terms import CannotSay


def condition_texts(
    trees: Mapping[str, ir.Node], shape: Shape, dialect: Dialect, *, column: str = "r"
) -> tuple[dict[str, str], dict[str, str]]:
    """Give the SQL of each condition over a column of documents, and why the others have none."""
    texts: dict[str, str] = {}
    refused: dict[str, str] = {}
    names = {"resource": read_column(shape, column, dialect)}
    for name, tree in trees.items():
        try:
            texts[name] = emit_condition(tree, names, dialect)
        except CannotSay as error:
            refused[name] = str(error)
    return texts, refused


def verdict_query(texts: Mapping[str, str], *, table: str, number: str = "n") -> str:
    """Give a query with a row for each document and a column for each condition: c0, c1 …, NULL is unknown."""
    verdicts = [f"CAST({text} AS BOOLEAN) AS c{place}" for place, text in enumerate(texts.values())]
    return f"SELECT {', '.join([number, *verdicts])} FROM {table}"  # noqa: S608 - emitted text
