"""What every list command gives: columns, rows with exact values and with cells, and what stands around them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key for machines, its head for people; the most important ones come first."""

    key: str
    head: str
    is_number: bool = False
    is_cut: bool = False
    """Long text that gives way where the terminal is narrow."""
    is_cut_left: bool = False
    """Cut at the left: the end of an id or a path tells more."""
    is_wrapped: bool = False
    """A sentence in the last column: goes on below itself, and is never cut."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row: exact values for machines, cells for people (same order as the columns)."""

    values: Mapping[str, object]
    cells: Sequence[str]
    style: str = ""
    """Rich style of the whole row: dim, bold …"""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list with what stands above and below it."""

    name: str
    """Key of the rows in JSON: findings, week, services …"""
    columns: Sequence[Column]
    lines: Sequence[Line]
    title: str = ""
    notes: Sequence[str] = ()
    """Sentences under the table; machine formats leave them out."""
    facts: Mapping[str, object] = field(default_factory=dict)
    """Further keys of the JSON answer."""
    rule_after: int | None = None
    """Rows above the line of this week's capacity; None draws no line."""
    rule_text: str = ""
