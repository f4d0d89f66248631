"""Foreign delimited text to a table with named columns.

It finds the delimiter in the header line and refuses broken quoting, because one open quote would swallow
every row after it. A row with more cells than columns says so itself, so that a format can skip and count it.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tesuri.model.errors import BadInput
from tesuri.untrusted.text_document import MAX_BYTES, read_text

MAX_CELL = 4 * 1024 * 1024
"""Characters of one cell; descriptions with pasted requests reach some hundred thousand."""

MAX_COLUMNS = 2_000
_DELIMITERS = ",;\t|"


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a table."""

    line: int
    """1-based line on which the record ends in the file."""
    cells: Mapping[str, str]
    """Every column of the table; empty text where the row is shorter than the header."""
    problem: str = ""
    """Why the cells cannot be trusted; empty for a good row."""


@dataclass(frozen=True, slots=True)
class Table:
    """A header and the records under it; empty lines are no records."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read_csv(data: bytes, *, where: str, max_bytes: int = MAX_BYTES) -> Table:
    """Give the table that the bytes hold; the first line that is not empty is its header.

    **raises** BadInput with the line when there is no header or the quoting is broken.
    """
    text = read_text(data, where=where, max_bytes=max_bytes)
    if not text.strip():
        raise BadInput("The file holds only white space, no header line.", where=where)
    # NOTE: csv keeps this limit for the whole process; its own default is 131,072.
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        columns = _header(reader, where)
        rows = tuple(
            _row(columns, cells, reader.line_num)
            for cells in reader
            if any(cell.strip() for cell in cells)
        )
    except csv.Error as error:
        raise BadInput(
            f"This is not CSV: {error}.", where=f"{where}: line {reader.line_num}"
        ) from error
    return Table(columns, rows)


def _header(lines: Iterator[list[str]], where: str) -> tuple[str, ...]:
    columns = next((line for line in lines if any(cell.strip() for cell in line)), [])
    if not columns:
        raise BadInput("The file has delimiters but no header line.", where=where)
    if len(columns) > MAX_COLUMNS:
        raise BadInput(f"The header has {len(columns):,} columns.", where=where)
    return tuple(column.strip() for column in columns)


def _row(columns: tuple[str, ...], cells: list[str], line: int) -> Row:
    surplus = [cell for cell in cells[len(columns) :] if cell.strip()]
    problem = f"{len(cells)} cells under {len(columns)} columns" if surplus else ""
    filled = cells + [""] * (len(columns) - len(cells))
    named: dict[str, str] = {}
    for column, cell in zip(columns, filled, strict=False):
        # Of two columns with one name the first with content counts.
        named[column] = named.get(column) or cell.strip()
    return Row(line, named, problem)


def _delimiter(text: str) -> str:
    header = next(line for line in text.splitlines() if line.strip())
    plain = "".join(part for part in header.split('"')[::2])
    return max(_DELIMITERS, key=plain.count)
