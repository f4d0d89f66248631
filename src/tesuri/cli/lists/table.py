"""A list as a table: natural widths while they fit, then cut texts, then the last columns on a second line."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from tesuri.cli.lists.listing import Column, Line, Listing
from tesuri.cli.terminal import cut, plain, say

_GAP: Final = 2
_LEAST_WIDTH: Final = 24
"""Of a column that may be cut; below, the last columns move to a second line."""


def write_table(listing: Listing, out: Console) -> None:
    """Write title, head, rows and notes; an empty list has no head."""
    if listing.title:
        say(out, listing.title, "bold")
    if listing.lines:
        _write_rows(listing, out)
    for note in listing.notes:
        say(out, note)


def _write_rows(listing: Listing, out: Console) -> None:
    widths = _widths(listing, out.width)
    heads = [column.head for column in listing.columns]
    shown = listing.columns[: len(widths)]
    _print(out, _row(shown, heads, widths), "dim")
    for position, line in enumerate(listing.lines):
        if position == listing.rule_after:
            _print_rule(listing, out)
        _print_line(out, shown, line, widths)
        folded = _folded(listing.columns, line, len(widths))
        if folded:
            _print(out, f"    {folded}", "dim")
    if listing.rule_after is not None and listing.rule_after >= len(listing.lines):
        _print_rule(listing, out)


def _print_line(out: Console, columns: Sequence[Column], line: Line, widths: Sequence[int]) -> None:
    last = len(columns) - 1
    if not columns[last].is_wrapped:
        _print(out, _row(columns, line.cells, widths), line.style)
        return
    sentence = Text(plain(line.cells[last])).wrap(out, widths[last])
    blank = [""] * last
    for number, each in enumerate(sentence):
        cells = [*(blank if number else line.cells[:last]), each.plain.rstrip()]
        _print(out, _row(columns, cells, widths), line.style)


def _print(out: Console, text: str, style: str) -> None:
    out.print(Text(text.rstrip(), style=style), soft_wrap=True)


def _print_rule(listing: Listing, out: Console) -> None:
    _print(out, f"━━ {plain(listing.rule_text)} {'━' * 8}", "bold blue")


def _row(columns: Sequence[Column], cells: Sequence[str], widths: Sequence[int]) -> str:
    return (" " * _GAP).join(
        _cell(column, plain(cell), width)
        for column, cell, width in zip(columns, cells, widths, strict=False)
    )


def _cell(column: Column, text: str, width: int) -> str:
    shown = cut(text, width, is_cut_left=column.is_cut_left)
    padding = " " * (width - cell_len(shown))
    return f"{padding}{shown}" if column.is_number else f"{shown}{padding}"


def _folded(columns: Sequence[Column], line: Line, first: int) -> str:
    told = zip(columns[first:], line.cells[first:], strict=True)
    return " · ".join(
        f"{column.head} {plain(cell)}" for column, cell in told if cell not in {"", "-"}
    )


def _widths(listing: Listing, whole: int) -> list[int]:
    """Give the widths of the columns that stand in the first line; the rest is folded."""
    natural = [_natural(listing, position) for position in range(len(listing.columns))]
    for count in range(len(natural), 0, -1):
        room = whole - _GAP * (count - 1)
        found = _fitted(listing.columns[:count], natural[:count], room)
        if found is not None:
            return found
    return natural[:1]


def _natural(listing: Listing, position: int) -> int:
    texts = (listing.columns[position].head, *(line.cells[position] for line in listing.lines))
    return max(cell_len(plain(text)) for text in texts)


def _fitted(columns: Sequence[Column], natural: Sequence[int], room: int) -> list[int] | None:
    """Give widths that fit into the room, the longest column that may be cut giving way first; None: none do."""
    widths = list(natural)
    least = [
        min(width, _LEAST_WIDTH) if column.is_cut or column.is_wrapped else width
        for column, width in zip(columns, natural, strict=True)
    ]
    if sum(least) > room:
        return None
    for _ in _excess(widths, room):
        widest = max(
            (each for each in range(len(widths)) if widths[each] > least[each]),
            key=lambda each: widths[each],
        )
        widths[widest] -= 1
    return widths


def _excess(widths: Sequence[int], room: int) -> Iterator[int]:
    return iter(range(max(0, sum(widths) - room)))
