"""Foreign delimited text to a table with named columns.

It finds the delimiter in the header line and refuses broken quoting, because one open quote would swallow
every row after it. A row with more cells than columns says so itself, so that a format can skip and count it.
Lines about the report itself may stand above the header (Qualys); they are kept apart as its preamble.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from tesuri.model.errors import BadInput
from tesuri.untrusted.text_document import MAX_BYTES, read_text

MAX_CELL = 4 * 1024 * 1024
"""Characters of one cell; descriptions with pasted requests reach some hundred thousand."""

MAX_COLUMNS = 2_000
MAX_ROWS = 5_000_000
_DELIMITERS = ",;\t|"
HEAD_LINES = 20
PREAMBLE_LINES = 10_000
"""Lines above a header in which a report sums up each of its hosts."""

_WIDE = 8
"""Columns that a header below a preamble has at least; the reports that have one have thirty."""

_LONGEST_NAME = 60
_DELIMITER_LINE = re.compile(r"\s*sep=([,;\t|])\r?\n", re.IGNORECASE)
"""How a table for Excel says which sign parts its cells, in a line above everything else."""

LEGACY = (("cp932", re.compile("[\u3041-\u30fe]")), ("cp1252", re.compile("")))
"""What Excel saves a table as where nobody asks it for UTF-8, and a letter that only such a text has: kana."""

_DELIMITER_CELLS = ["sep=", ""]
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a table."""

    line: int
    """1-based line on which the record ends in the file."""
    cells: Mapping[str, str]
    """Text by column; where the row is shorter than the header, the columns at its end are not there."""
    problem: str = ""
    """Why the cells cannot be trusted; empty for a good row."""


@dataclass(frozen=True, slots=True)
class Table:
    """A header and the records under it; empty lines are no records."""

    columns: tuple[str, ...]
    rows: Sequence[Row]
    preamble: tuple[tuple[str, ...], ...] = ()
    """Cells of the lines above the header that tell of the report; empty where the header is first."""


def begins_as_table(head: str) -> bool:
    """Whether the first line of a text is parted into cells."""
    first = next((line for line in head.splitlines()[:HEAD_LINES] if line.strip()), "")
    return any(sign in first for sign in _DELIMITERS)


def is_table(head: str) -> bool:
    """Whether the beginning of a text has a line that only a delimited table has."""
    if begins_as_table(head):
        return True
    lines = [line for line in head.splitlines()[:HEAD_LINES] if line.strip()]
    return any(_count(line, sign) >= _WIDE for line in lines for sign in _DELIMITERS)


def read_csv(data: bytes, *, where: str, max_bytes: int = MAX_BYTES) -> Table:
    """Give the table that the bytes hold; the first line that is not empty is its header.

    A line further down is the header where it has at least twice the names of every line above it.

    **raises** BadInput with the line when there is no header or the quoting is broken.
    """
    text = _text_of(data, where, max_bytes)
    if not text.strip():
        raise BadInput("The file holds only white space, no header line.", where=where)
    # NOTE: csv keeps this limit for the whole process; its own default is 131,072.
    csv.field_size_limit(MAX_CELL)
    parts = with_closed_end(io.StringIO(text, newline=""))
    reader = csv.reader(parts, delimiter=delimiter_of(text), strict=True)
    try:
        filled = (cells for cells in reader if is_filled(cells))
        lines = [(reader.line_num, cells) for cells in islice(filled, MAX_ROWS + 1)]
    except csv.Error as error:
        raise BadInput(
            f"This is not CSV: {error}.", where=f"{where}: line {reader.line_num}"
        ) from error
    if not lines:
        raise BadInput("The file has delimiters but no header line.", where=where)
    if len(lines) > MAX_ROWS:
        raise BadInput(
            f"The table has more than {MAX_ROWS:,} rows.", where=where, remedy="Split it."
        )
    start = header_index(lines)
    columns = tuple(column.strip() for column in lines[start][1])
    if len(columns) > MAX_COLUMNS:
        raise BadInput(f"The header has {len(columns):,} columns.", where=where)
    rows = tuple(row_of(columns, cells, line) for line, cells in lines[start + 1 :])
    preamble = tuple(tuple(cell.strip() for cell in cells) for _, cells in lines[:start])
    return Table(columns, rows, preamble)


def with_closed_end(lines: Iterable[str]) -> Iterator[str]:
    """Give the lines of a text with the quote closed that the last one leaves open by one too many at its very end.

    Some exports write `"a""` there, and it swallows no row. Every other open quote may be where the text was cut off: it
    stays as it is, and the table is refused.
    """
    held: list[str] = []
    is_open = False
    for line in lines:
        if held and (line.strip() or len(held) > PREAMBLE_LINES):
            is_open ^= sum(part.count('"') for part in held) % 2 == 1
            yield from held
            held.clear()
        held.append(line)
    is_odd = bool(held) and held[0].count('"') % 2 == 1 and not is_open
    is_ragged = is_odd and held[0].endswith("\n") and held[0].rstrip().endswith('""')
    yield from [f'{held[0].rstrip()}"\n'] if is_ragged else held


def is_filled(cells: list[str]) -> bool:
    """Whether a line holds anything of the table: it is not empty, nor the line that names the delimiter."""
    return any(cell.strip() for cell in cells) and (
        len(cells) != len(_DELIMITER_CELLS)
        or [cell.strip().lower() for cell in cells] != _DELIMITER_CELLS
    )


def _text_of(data: bytes, where: str, max_bytes: int) -> str:
    """Give the text, also in the encodings that Excel saves a table in. **raises** BadInput for any other."""
    try:
        return read_text(data, where=where, max_bytes=max_bytes)
    except BadInput:
        if not data or len(data) > max_bytes:
            raise
        for encoding, sign in LEGACY:
            text = _decoded(data, encoding)
            if text and sign.search(text) and not CONTROL.search(text):
                return text
        raise


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return ""


def header_index(lines: list[tuple[int, list[str]]]) -> int:
    """Give the index of the last line that can be a header below a preamble; 0 where there is none."""
    index = widest = 0
    for number, (_, cells) in enumerate(lines[:PREAMBLE_LINES]):
        filled = sum(1 for cell in cells if cell.strip())
        if number and filled >= max(_WIDE, 2 * widest) and _has_names(cells):
            index = number
        widest = max(widest, filled)
    return index


def _has_names(cells: list[str]) -> bool:
    """Whether a line can be a header: short names, each once, nothing that looks like a value."""
    names = [cell.strip() for cell in cells if cell.strip()]
    is_each_once = len(set(names)) == len(names) >= len(cells) - 1
    return is_each_once and all(
        len(name) <= _LONGEST_NAME and name[0].isalpha() and "\n" not in name for name in names
    )


def row_of(columns: tuple[str, ...], cells: list[str], line: int) -> Row:
    """Give the record that the cells of a line make under the header."""
    surplus = [cell for cell in cells[len(columns) :] if cell.strip()]
    problem = f"{len(cells)} cells under {len(columns)} columns" if surplus else ""
    named: dict[str, str] = {}
    # NOTE: a row of one cell under 2,000 columns stays small, or a small file would fill the memory.
    for column, cell in zip(columns, cells, strict=False):
        # Of two columns with one name the first with content counts.
        named[column] = named.get(column) or cell.strip()
    return Row(line, named, problem)


def delimiter_of(text: str) -> str:
    """Give the sign that parts the cells in the first lines of a text."""
    if named := _DELIMITER_LINE.match(text):
        return named[1]
    # NOTE: the first lines are enough, and splitting a large text into all its lines is dear.
    lines = [line for line in text.lstrip().split("\n", HEAD_LINES)[:HEAD_LINES] if line.strip()]
    header = next((line for line in lines if any(sign in line for sign in _DELIMITERS)), lines[0])
    return max(_DELIMITERS, key=lambda sign: _count(header, sign))


def _count(line: str, sign: str) -> int:
    """Count a delimiter outside quotes."""
    return sum(part.count(sign) for part in line.split('"')[::2])
