"""What the emitter asks of a kind of SQL; `duckdb_text.py` and `spark_text.py` answer.

Every method takes and gives SQL text. NULL operands give NULL unless it is said otherwise.
"""

from collections.abc import Mapping
from typing import Protocol

from tesuri.expressions.ir import Operator
from tesuri.expressions.sql.shapes import Kind, Shape


class Dialect(Protocol):
    """One kind of SQL."""

    @property
    def name(self) -> str:
        """How it is called in a sentence."""
        ...

    def type_of(self, kind: Kind) -> str:
        """Give the column type of a kind."""
        ...

    def type_of_shape(self, shape: Shape | None) -> str:
        """Give the column type of a position."""
        ...

    def literal(self, value: object) -> str:
        """Give a constant; raises CannotSay."""
        ...

    def field(self, struct: str, name: str) -> str:
        """Give a field of a struct."""
        ...

    def box(self, members: Mapping[str, str], shape: Shape) -> str:
        """Make a box in which only these members are set."""
        ...

    def list_of(self, items: tuple[str, ...], element: Shape | None) -> str:
        """Make a list; never NULL."""
        ...

    def size(self, items: str) -> str:
        """Count the elements of a list."""
        ...

    def element(self, items: str, index: str) -> str:
        """Give an element; `index` counts from 0 and fits into 31 bits; NULL when there is none."""
        ...

    def joined(self, first: str, second: str) -> str:
        """Concatenate two lists that are not NULL."""
        ...

    def transformed(self, items: str, variable: str, body: str) -> str:
        """Map a list."""
        ...

    def numbered(self, items: str, variable: str, index: str, body: str) -> str:
        """Map a list; the body sees the index of each element through `place`."""
        ...

    def place(self, index: str) -> str:
        """Give the index of `numbered`, from 0, as a 64-bit integer."""
        ...

    def filtered(self, items: str, variable: str, body: str) -> str:
        """Keep the elements for which the body is true."""
        ...

    def has_item(self, items: str, item: str) -> str:
        """Whether a list without NULL elements has an item that is not NULL."""
        ...

    def any_of(self, items: str, variable: str, body: str, *, is_total: bool) -> str:
        """Three-valued OR of the body over a list; `is_total`: the body is never NULL."""
        ...

    def all_of(self, items: str, variable: str, body: str, *, is_total: bool) -> str:
        """Three-valued AND of the body over a list."""
        ...

    def map_value(self, entries: str, key: str) -> str:
        """Give the value of a key, NULL without it."""
        ...

    def map_has(self, entries: str, key: str) -> str:
        """Whether a map has a key."""
        ...

    def map_size(self, entries: str) -> str:
        """Count the entries of a map."""
        ...

    def map_keys(self, entries: str) -> str:
        """Give the keys of a map as a list."""
        ...

    def map_entries(self, entries: str) -> str:
        """Give the entries of a map as a list of structs with the fields key and value."""
        ...

    def calculated(self, operator: Operator, left: str, right: str) -> str:
        """Calculate with 64-bit integers: NULL for overflow and division by zero."""
        ...

    def as_double(self, number: str) -> str:
        """Convert an integer."""
        ...

    def as_text(self, number: str) -> str:
        """Write an integer."""
        ...

    def called(self, function: str, arguments: tuple[str, ...]) -> str | None:
        """Call a function of strings; None when this SQL has none that is exactly the same."""
        ...

    def matches(self, text: str, pattern: str) -> str:
        """Whether a pattern of RE2 is found in a text; `pattern` is the source; raises CannotSay."""
        ...

    def timestamp(self, text: str) -> str:
        """Read an RFC 3339 instant as microseconds, NULL for other texts; raises CannotSay."""
        ...

    def integer(self, text: str) -> str:
        """Read an integer, NULL for other texts."""
        ...
