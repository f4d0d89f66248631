"""A large table whose rows are read from the source while somebody iterates, as `csv_document` reads small ones."""

import csv
import io
from codecs import getincrementaldecoder
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Final, overload

from tesuri.model.errors import BadInput
from tesuri.untrusted.byte_source import CHUNK_BYTES, MAX_STREAM_BYTES, ByteSource, refuse_size
from tesuri.untrusted.csv_document import (
    CONTROL,
    LEGACY,
    MAX_CELL,
    MAX_COLUMNS,
    PREAMBLE_LINES,
    Row,
    Table,
    delimiter_of,
    header_index,
    is_filled,
    row_of,
    with_closed_end,
)

_MARK: Final = b"\xef\xbb\xbf"
_HEAD: Final = 65_536
_PREAMBLE: Final = 4 * 1024 * 1024
"""Characters in which the header of a table begins."""

_LONGEST_LINE: Final = 64 * 1024 * 1024
_Line = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines of a source that are not empty, as cells; each iteration reads them anew."""

    source: ByteSource
    delimiter: str
    where: str
    chunk: int
    encoding: str = "utf-8"

    def __iter__(self) -> Iterator[_Line]:
        # NOTE: csv keeps this limit for the whole process; its own default is 131,072.
        csv.field_size_limit(MAX_CELL)
        lines = with_closed_end(_lines(self))
        reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
        try:
            for cells in reader:
                if is_filled(cells):
                    yield reader.line_num, cells
        except csv.Error as error:
            raise BadInput(
                f"This is not CSV: {error}.", where=f"{self.where}: line {reader.line_num}"
            ) from error


@dataclass(frozen=True, slots=True)
class StreamedRows(Sequence[Row]):
    """The rows under a header; each iteration reads them anew."""

    lines: _Lines
    columns: tuple[str, ...]
    start: int
    """Lines up to the header and with it."""
    row_count: int

    def __len__(self) -> int:
        return self.row_count

    def __iter__(self) -> Iterator[Row]:
        for line, cells in islice(self.lines, self.start, None):
            yield row_of(self.columns, cells, line)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(self.row_count))]
        number = index + self.row_count if index < 0 else index
        if not 0 <= number < self.row_count:
            raise IndexError(index)
        return next(islice(iter(self), number, None))


def stream_csv(source: ByteSource, *, where: str, chunk: int = CHUNK_BYTES) -> Table:
    """Give the table that a source holds; its rows are not kept.

    **raises** BadInput with the line when there is no header or the quoting is broken. **cost** One pass; in what Excel saves, up to four.
    """
    refuse_size(source.size, where, MAX_STREAM_BYTES)
    text = _Lines(source, ",", where, chunk)
    try:
        return _table(text)
    except BadInput as error:
        is_other = isinstance(error.__cause__, UnicodeDecodeError)
        encoding = _legacy_encoding(text) if is_other else ""
        if not encoding:
            raise
    return _table(replace(text, encoding=encoding))


def _table(text: _Lines) -> Table:
    where = text.where
    head = text.source.read(0, _HEAD).removeprefix(_MARK).decode(text.encoding, errors="ignore")
    if not head.strip():
        raise BadInput("The file begins with white space and no header line.", where=where)
    lines = replace(text, delimiter=delimiter_of(head))
    every = iter(lines)
    first = _first_lines(every)
    if not first:
        raise BadInput("The file has delimiters but no header line.", where=where)
    start = header_index(first)
    columns = tuple(column.strip() for column in first[start][1])
    if len(columns) > MAX_COLUMNS:
        raise BadInput(f"The header has {len(columns):,} columns.", where=where)
    count = sum(1 for _ in chain(first[start + 1 :], every))
    preamble = tuple(tuple(cell.strip() for cell in cells) for _, cells in first[:start])
    return Table(columns, StreamedRows(lines, columns, start + 1, count), preamble)


def _first_lines(lines: Iterator[_Line]) -> list[_Line]:
    """Give the lines among which the header may be."""
    first: list[_Line] = []
    size = 0
    for line in lines:
        first.append(line)
        size += sum(map(len, line[1]))
        if size > _PREAMBLE or len(first) >= PREAMBLE_LINES:
            break
    return first


def _legacy_encoding(table: _Lines) -> str:
    """Give the encoding, of those in which Excel saves a table, that the whole text fits; empty for none."""
    for encoding, sign in LEGACY:
        has_sign = has_control = False
        try:
            for words in _texts(replace(table, encoding=encoding)):
                has_sign = has_sign or bool(sign.search(words))
                has_control = has_control or bool(CONTROL.search(words))
        except BadInput:
            continue
        if has_sign and not has_control:
            return encoding
    return ""


def _texts(table: _Lines) -> Iterator[str]:
    """Give a text in parts. **raises** BadInput, from the decoder's error, where it is in another encoding."""
    source, chunk = table.source, table.chunk
    decoder = getincrementaldecoder(table.encoding)()
    for start in range(len(_MARK) if source.read(0, 3) == _MARK else 0, source.size, chunk):
        try:
            yield decoder.decode(source.read(start, chunk), start + chunk >= source.size)
        except UnicodeDecodeError as error:
            raise BadInput(
                f"About byte {start + error.start:,} the file is not valid UTF-8: this is a binary file "
                "or text in another encoding.",
                where=table.where,
                remedy="Save it as UTF-8.",
            ) from error


def _lines(table: _Lines) -> Iterator[str]:
    """Give the lines of a text with their ends, which may be of any of the three kinds."""
    rest = ""
    for words in _texts(table):
        lines = list(io.StringIO(rest + words, newline=""))
        # What ends with the chunk may go on, and so may a line end.
        rest = "" if not lines or lines[-1].endswith("\n") else lines.pop()
        if len(rest) > _LONGEST_LINE:
            raise BadInput(
                f"The table has a line of more than {_LONGEST_LINE:,} characters.",
                where=table.where,
            )
        yield from lines
    yield from io.StringIO(rest, newline="")
