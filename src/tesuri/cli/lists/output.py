"""How a list is written: as a table for people, or as JSON, JSON Lines, CSV or Markdown for machines."""

import csv
import re
import sys
from enum import StrEnum
from typing import Final

import orjson

from tesuri.cli.lists.listing import Listing
from tesuri.cli.terminal import console, plain
from tesuri.settings import Colour

SCHEMA_VERSION = 1
"""Of every JSON answer; raised when a key changes its meaning or goes."""

_FORMULA_STARTS: Final = ("=", "+", "-", "@", " ", "\ufffd")
_MARKUP: Final = re.compile(r"([\\`*_{}\[\]<>#|~@!])")


class OutputFormat(StrEnum):
    """Formats of every list."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    MARKDOWN = "markdown"


def write(listing: Listing, form: OutputFormat, colour: Colour) -> None:
    """Write the list to standard output."""
    match form:
        case OutputFormat.TABLE:
            from tesuri.cli.lists.table import write_table  # noqa: PLC0415 - rich draws it: 30 ms

            write_table(listing, console(colour))
        case OutputFormat.JSON:
            rows = [dict(line.values) for line in listing.lines]
            print_json({"schema": SCHEMA_VERSION, **listing.facts, listing.name: rows})
        case OutputFormat.JSONL:
            for line in listing.lines:
                print_json(dict(line.values), is_indented=False)
        case OutputFormat.CSV:
            _write_csv(listing)
        case OutputFormat.MARKDOWN:
            _write_markdown(listing)


def print_json(value: object, *, is_indented: bool = True) -> None:
    """Write one JSON value; keys in the order that they were given."""
    option = orjson.OPT_INDENT_2 if is_indented else 0
    sys.stdout.write(orjson.dumps(value, option=option, default=str).decode() + "\n")


def markdown_text(text: str) -> str:
    """Give a text that Markdown shows as it is: no markup, no mention, no second line."""
    return _MARKUP.sub(r"\\\1", " ".join(plain(text).split()))


def _write_csv(listing: Listing) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    keys = [each.key for each in listing.columns]
    if listing.lines:
        keys = list(dict.fromkeys(key for line in listing.lines for key in line.values))
    writer.writerow(keys)
    for line in listing.lines:
        writer.writerow([_cell(line.values.get(key)) for key in keys])


def _cell(value: object) -> str:
    """Give a CSV cell; a text that a spreadsheet would run as a formula gets a quote before it.

    So does one that begins with white space or a control: spreadsheets drop it and look at what follows.
    """
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value).lower()
    text = plain(_cell_text(value))
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _cell_text(value: object) -> str:
    """Give plain lists as "a; b", and what has an inner structure as JSON."""
    if isinstance(value, list | tuple) and value and all(isinstance(each, str) for each in value):
        return "; ".join(value)
    if isinstance(value, list | tuple | dict):
        return orjson.dumps(value, default=str).decode() if value else ""
    return str(value)


def _write_markdown(listing: Listing) -> None:
    if listing.title:
        sys.stdout.write(f"## {markdown_text(listing.title)}\n\n")
    heads = [column.head for column in listing.columns]
    marks = ["---:" if column.is_number else "---" for column in listing.columns]
    for cells in (map(markdown_text, heads), marks):
        sys.stdout.write(f"| {' | '.join(cells)} |\n")
    for line in listing.lines:
        sys.stdout.write(f"| {' | '.join(map(markdown_text, line.cells))} |\n")
    for note in listing.notes:
        sys.stdout.write(f"\n{markdown_text(note)}\n")
