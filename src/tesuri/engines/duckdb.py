"""DuckDB as an engine: documents become typed columns, and all conditions of a type are one query.

What the SQL of an expression cannot say exactly, and documents that no table can hold, are evaluated by closures and
counted. Documents come in batches, so memory does not grow with their number.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import duckdb
import msgspec

from tesuri.engines.bulk import BatchAnswer, Condition, Departure, Document, Tally
from tesuri.engines.duckdb_verdicts import configuration, counts_of, departures, judge
from tesuri.engines.local import tallied
from tesuri.expressions.compiled import ready
from tesuri.expressions.sql.documents import Misfit, brought, columns_of
from tesuri.expressions.sql.duckdb_text import DuckDb, quoted
from tesuri.expressions.sql.positions import Position, read_by
from tesuri.expressions.sql.shapes import Shape
from tesuri.expressions.sql.statement import condition_texts
from tesuri.expressions.sql.terms import CannotSay

BATCH_SIZE: Final = 50_000
"""Documents of one query; a hundred conditions are planned once per batch."""
_DIALECT: Final = DuckDb()
_ENCODER: Final = msgspec.json.Encoder()
_Numbered = Sequence[tuple[int, Document]]


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which conditions DuckDB evaluates, and what they read."""

    conditions: tuple[Condition, ...]
    position: Position | None
    refused: dict[str, str]
    """Condition → why closures evaluate it."""


def evaluate_documents(
    conditions: Sequence[Condition],
    documents: Iterable[Document],
    *,
    folder: Path,
    batch_size: int = BATCH_SIZE,
) -> Iterator[BatchAnswer]:
    """Evaluate conditions over documents of one type, a batch at a time.

    `folder` takes one file for each batch, removed when the batch is answered.
    """
    plan = _planned(conditions)
    rest = iter(enumerate(documents))
    with duckdb.connect(config=configuration(folder)) as connection:
        while batch := list(islice(rest, batch_size)):
            yield _answer(connection, plan, batch, folder)


def _planned(conditions: Sequence[Condition]) -> _Plan:
    """Leave out what joins positions so that they would be inside themselves."""
    refused: dict[str, str] = {}
    kept: list[Condition] = []
    for condition in conditions:
        try:
            read_by([condition.tree])
            kept.append(condition)
        except CannotSay as error:
            refused[condition.id] = str(error)
    try:
        return _Plan(tuple(conditions), read_by(one.tree for one in kept), refused)
    except CannotSay as error:
        return _Plan(tuple(conditions), None, {one.id: str(error) for one in conditions} | refused)


def _answer(
    connection: duckdb.DuckDBPyConnection, plan: _Plan, batch: _Numbered, folder: Path
) -> BatchAnswer:
    shape, fitting, misfits = _observed(plan.position, batch)
    trees = {one.id: one.tree for one in plan.conditions if one.id not in plan.refused}
    texts, refused = condition_texts(trees, shape, _DIALECT)
    refused |= plan.refused
    if fitting and texts:
        _load(connection, shape, fitting, folder)
        refused |= judge(connection, texts)
    counts = counts_of(connection, texts, refused) if fitting else {}
    tallies: list[Tally] = []
    listed: list[Departure] = []
    for condition in plan.conditions:
        is_refused = condition.id in refused
        rest = batch if is_refused else misfits
        compiled = ready(condition.tree, source="", where=condition.id)
        tally, found = tallied(condition.id, compiled, rest, why=refused.get(condition.id, ""))
        if not is_refused:
            tally = together(tally, counts.get(condition.id, (0, 0)), len(fitting))
            found += departures(connection, condition.id, list(texts)) if fitting else []
        tallies.append(tally)
        listed += found
    return BatchAnswer(batch[0][0], len(batch), len(misfits), tuple(tallies), tuple(listed))


def _observed(position: Position | None, batch: _Numbered) -> tuple[Shape, _Numbered, _Numbered]:
    """Give the shape of the documents that a table can hold, those, and the others."""
    if position is None:
        return Shape(), (), batch
    column = columns_of(position)
    fitting: list[tuple[int, Document]] = []
    misfits: list[tuple[int, Document]] = []
    for number, document in batch:
        try:
            column.see(document)
            fitting.append((number, document))
        except Misfit:
            misfits.append((number, document))
    return column.shape(), fitting, misfits


def _load(
    connection: duckdb.DuckDBPyConnection, shape: Shape, documents: _Numbered, folder: Path
) -> None:
    """Bring documents into the table `documents` through a file: DuckDB reads it with all cores."""
    file = folder / "documents.ndjson"
    longest = 0
    with file.open("wb") as lines:
        for number, document in documents:
            line = _ENCODER.encode({"n": number, "r": brought(document, shape)})
            longest = max(longest, len(line))
            lines.write(line + b"\n")
    columns = f"{{'n': 'BIGINT', 'r': {quoted(_DIALECT.type_of_shape(shape))}}}"
    try:
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE documents AS SELECT n, r FROM read_json("  # noqa: S608 - the type is ours
            f"{quoted(str(file))}, format = 'newline_delimited', columns = {columns}, "
            f"maximum_object_size = {longest * 2 + 1024})"
        )
    finally:
        file.unlink()


def together(tally: Tally, counts: tuple[int, int], documents: int) -> Tally:
    """Add what DuckDB counted to what closures found in the misfits."""
    passed, failed = counts
    return Tally(
        tally.condition,
        tally.passed + passed,
        tally.failed + failed,
        tally.unknown + documents - passed - failed,
        "duckdb",
    )
