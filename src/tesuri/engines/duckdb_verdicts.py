"""Verdicts in DuckDB: a table with a row for each document and a column for each condition, and what is asked of it."""

from pathlib import Path
from typing import Final

import duckdb

from tesuri.engines.bulk import Departure
from tesuri.expressions.sql.statement import verdict_query

MEMORY_LIMIT: Final = "1GB"


def configuration(folder: Path) -> dict[str, str | bool | int | float | list[str]]:
    """Give DuckDB's settings: bounded memory, nothing from the network, what does not fit goes to a folder."""
    return {
        "memory_limit": MEMORY_LIMIT,
        "temp_directory": str(folder),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }


def judge(connection: duckdb.DuckDBPyConnection, texts: dict[str, str]) -> dict[str, str]:
    """Make the table `verdicts`; give the conditions that DuckDB gave up, which then have none."""
    try:
        _make_verdicts(connection, texts, {})
    except duckdb.Error:
        failing: dict[str, str] = {}
        for condition, text in texts.items():
            try:
                connection.execute(f"SELECT count_if({text}) FROM documents").fetchall()  # noqa: S608 - emitted text
            except duckdb.Error as error:
                failing[condition] = f"DuckDB: {str(error).splitlines()[0]}"
        _make_verdicts(connection, texts, failing)
        return failing
    return {}


def _make_verdicts(
    connection: duckdb.DuckDBPyConnection, texts: dict[str, str], failing: dict[str, str]
) -> None:
    kept = {one: "NULL" if one in failing else text for one, text in texts.items()}
    query = verdict_query(kept, table="documents")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE verdicts AS {query}")


def counts_of(
    connection: duckdb.DuckDBPyConnection, texts: dict[str, str], refused: dict[str, str]
) -> dict[str, tuple[int, int]]:
    """Give how often each condition passed and failed."""
    wanted = [
        (number, condition) for number, condition in enumerate(texts) if condition not in refused
    ]
    if not wanted:
        return {}
    figures = ", ".join(
        f"count(*) FILTER (c{number}), count(*) FILTER (NOT c{number})" for number, _ in wanted
    )
    row = connection.execute(f"SELECT {figures} FROM verdicts").fetchone()  # noqa: S608 - numbers
    assert row is not None
    return {
        condition: (int(row[2 * place]), int(row[2 * place + 1]))
        for place, (_, condition) in enumerate(wanted)
    }


def departures(
    connection: duckdb.DuckDBPyConnection, condition: str, ids: list[str]
) -> list[Departure]:
    """Give the documents that do not pass a condition; `ids` are all of the table's, in its order."""
    column = f"c{ids.index(condition)}"
    rows = connection.execute(
        f"SELECT n, {column} FROM verdicts WHERE {column} IS NOT TRUE ORDER BY n"  # noqa: S608 - a number
    ).fetchall()
    return [Departure(condition, number, is_failing=said is False) for number, said in rows]
