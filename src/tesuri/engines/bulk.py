"""What engines take and give: conditions over documents of one type, and a verdict for each pair.

Passing pairs are counted; failing and undecided ones are listed by the number of their document.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tesuri.expressions import ir
from tesuri.model.resource import Value

Document = Mapping[str, Value]
"""The properties of one resource."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What a control requires of `resource`."""

    id: str
    tree: ir.Node


@dataclass(frozen=True, slots=True)
class Departure:
    """A document that does not pass a condition."""

    condition: str
    document: int
    """Its number among all documents, from 0."""
    is_failing: bool
    """False: the condition could not be decided."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How often a condition passed, failed and was not decided in one batch."""

    condition: str
    passed: int
    failed: int
    unknown: int
    engine: str
    """Which engine evaluated it: `duckdb` or `closures`."""
    why: str = ""
    """Why it was closures: half a sentence about the expression."""


@dataclass(frozen=True, slots=True)
class BatchAnswer:
    """The answer for some documents that follow each other."""

    first: int
    documents: int
    misfits: int
    """Documents that no table can hold; closures evaluated them."""
    tallies: tuple[Tally, ...]
    departures: tuple[Departure, ...]
