"""The contract of a report format: it scores a document's likeness and reads it."""

from collections.abc import Callable
from dataclasses import dataclass

from tesuri.model.observation import Report


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much a document looks like a format, with the signs that say so."""

    score: int
    """0 nothing of it … 100 certainly this."""
    signs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Format:
    """One report format. Each file of `formats/` makes exactly one and calls it `FORMAT`."""

    name: str
    title: str
    """The name as its makers write it."""
    documents: tuple[str, ...]
    """Which kinds of document it reads: "json", "jsonl", "csv", "xml"."""
    recognise: Callable[[object], Likeness]
    """Takes the decoded document (for CSV: header names); must not raise on any shape."""
    read: Callable[[object], Report]
    """Takes the decoded document; raises BadInput when the envelope is wrong, skips bad records."""
    lists: tuple[tuple[str | int, ...], ...] = ()
    """Where the report keeps its findings, to read a file that holds only such a list."""
