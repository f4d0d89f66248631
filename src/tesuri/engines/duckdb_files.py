"""Parquet files as documents: the columns are the properties, and nothing is brought through Python.

NULL is an absent property; as an element of a list it is not known. Conditions that read a column of a type that JSON does not
have, or of decimal numbers (NaN has an order in SQL), are evaluated by closures, like those that SQL cannot say.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import duckdb

from tesuri.engines.bulk import BatchAnswer, Condition, Departure, Document, Tally
from tesuri.engines.duckdb import BATCH_SIZE, together
from tesuri.engines.duckdb_verdicts import configuration, counts_of, departures, judge
from tesuri.engines.local import tallied
from tesuri.expressions.compiled import ready
from tesuri.expressions.sql.duckdb_text import DuckDb, quoted
from tesuri.expressions.sql.positions import Position, read_by
from tesuri.expressions.sql.shapes import Field, Kind, ListKind, MapKind, Scalar, Shape, StructKind
from tesuri.expressions.sql.statement import condition_texts
from tesuri.expressions.sql.terms import CannotSay
from tesuri.model.resource import UNKNOWN, Value

_SCALARS: Final = {
    "boolean": Scalar.BOOL,
    "tinyint": Scalar.INT,
    "smallint": Scalar.INT,
    "integer": Scalar.INT,
    "bigint": Scalar.INT,
    "varchar": Scalar.STRING,
}
"""DuckDB's word for a column type → kind; integers are widened when they are calculated with."""
_NUMBER: Final = "file_row_number"
"""The column that DuckDB adds."""
_Type = duckdb.sqltypes.DuckDBPyType


def evaluate_parquet(conditions: Sequence[Condition], file: Path, *, folder: Path) -> BatchAnswer:
    """Evaluate conditions over every row of a Parquet file; `folder` takes what memory does not hold."""
    with duckdb.connect(config=configuration(folder)) as connection:
        connection.execute(
            f"CREATE TEMP VIEW documents AS SELECT {_NUMBER} AS n, g AS r "  # noqa: S608 - quoted
            f"FROM read_parquet({quoted(str(file))}, {_NUMBER} = true) g"
        )
        return _answered(connection, conditions)


def _answered(
    connection: duckdb.DuckDBPyConnection, conditions: Sequence[Condition]
) -> BatchAnswer:
    document = connection.execute("SELECT r FROM documents LIMIT 0").description[0][1]
    texts: dict[str, str] = {}
    refused: dict[str, str] = {}
    for condition in conditions:
        try:
            shape = Shape((_kind(document, read_by([condition.tree])),))
        except CannotSay as error:
            refused[condition.id] = str(error)
            continue
        said, unsaid = condition_texts({condition.id: condition.tree}, shape, DuckDb())
        texts |= said
        refused |= unsaid
    refused |= judge(connection, texts) if texts else {}
    counts = counts_of(connection, texts, refused)
    total = connection.execute("SELECT count(*) FROM documents").fetchall()[0][0]
    tallies: list[Tally] = []
    listed: list[Departure] = []
    for condition in conditions:
        tally, found = _tallied(connection, condition, refused.get(condition.id))
        if condition.id in counts:
            tally = together(tally, counts[condition.id], total)
            found = departures(connection, condition.id, list(texts))
        tallies.append(tally)
        listed += found
    return BatchAnswer(0, total, 0, tuple(tallies), tuple(listed))


def _tallied(
    connection: duckdb.DuckDBPyConnection, condition: Condition, why: str | None
) -> tuple[Tally, list[Departure]]:
    """Evaluate a condition by closures when there is a reason to."""
    compiled = ready(condition.tree, source="", where=condition.id)
    tally, found = tallied(condition.id, compiled, (), why=why or "")
    for batch in _batches(connection) if why else ():
        more, others = tallied(condition.id, compiled, batch, why=why or "")
        found += others
        tally = Tally(
            condition.id,
            tally.passed + more.passed,
            tally.failed + more.failed,
            tally.unknown + more.unknown,
            more.engine,
            more.why,
        )
    return tally, found


def _batches(connection: duckdb.DuckDBPyConnection) -> Iterator[list[tuple[int, Document]]]:
    rows = connection.execute("SELECT n, r FROM documents")
    while batch := rows.fetchmany(BATCH_SIZE):
        yield [(number, _properties(document)) for number, document in batch]


def _properties(document: dict[str, object]) -> Document:
    return {
        name: _value(part)
        for name, part in document.items()
        if part is not None and name != _NUMBER
    }


def _value(part: object) -> Value:
    match part:
        case None:
            return UNKNOWN
        case bool() | int() | float() | str():
            return part
        case list():
            return [_value(item) for item in part]
        case dict():
            return {str(name): _value(item) for name, item in part.items() if item is not None}
        case _:
            return str(part)


def _kind(found: _Type, position: Position | None) -> Kind:
    """Give the kind of a column as far as an expression reads it; raises CannotSay."""
    read = position.itself() if position else Position()
    match found.id:
        case "struct":
            if read.is_map:
                raise CannotSay("it goes over the fields of an object")
            types = _parts(found)
            fields = [
                Field(
                    name, name, _shape(types[name], read.fields[name]) if name in types else Shape()
                )
                for name in read.fields
            ]
            return StructKind(tuple(fields))
        case "list":
            element = _shape(_parts(found)["child"], read.elements) if read.elements else None
            return ListKind(element, is_read=element is not None)
        case "map":
            return MapKind(_shape(_parts(found)["value"], read.values))
        case word if word in _SCALARS:
            return _SCALARS[word]
        case _:
            raise CannotSay(f"it reads a column of type {found}")


def _parts(found: _Type) -> dict[str, _Type]:
    """Give the types inside a type: `child` of a list, `key` and `value` of a map, fields by name."""
    return {name: part for name, part in found.children if isinstance(part, _Type)}


def _shape(found: _Type, position: Position | None) -> Shape:
    return Shape((_kind(found, position),), is_absent=True)
