"""The SQL of Apache Spark 4, as text for whoever runs a cluster; what its functions do differently is refused."""

from collections.abc import Mapping
from typing import Final

from tesuri.expressions.ir import Operator
from tesuri.expressions.sql.shapes import (
    NULL_LETTER,
    UNKNOWN_LETTER,
    Kind,
    ListKind,
    MapKind,
    Scalar,
    Shape,
    StructKind,
    letter_of,
)
from tesuri.expressions.sql.terms import CannotSay
from tesuri.expressions.strings import LOWER, UPPER

_TYPES: Final = {
    Scalar.NULL: "BOOLEAN",
    Scalar.BOOL: "BOOLEAN",
    Scalar.INT: "BIGINT",
    Scalar.DOUBLE: "DOUBLE",
    Scalar.STRING: "STRING",
    Scalar.TIMESTAMP: "BIGINT",
    Scalar.DURATION: "BIGINT",
    Scalar.TYPE: "STRING",
}
_TRYING: Final = {
    Operator.ADD: "try_add",
    Operator.SUBTRACT: "try_subtract",
    Operator.MULTIPLY: "try_multiply",
}
_STUB: Final = "`?`: BOOLEAN"
_LEAST: Final = "CAST('-9223372036854775808' AS BIGINT)"


def quoted(text: str) -> str:
    """Write a string constant; Spark reads backslashes in it."""
    if "\0" in text:
        raise CannotSay("a string has the character NUL")
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def identifier(name: str) -> str:
    """Write a name of a column."""
    return "`" + name.replace("`", "``") + "`"


class Spark:
    """Spark 4: STRUCT, ARRAY and MAP columns, higher-order functions, `try_` functions for what may overflow."""

    name = "Spark"

    def type_of(self, kind: Kind) -> str:
        """Give the column type of a kind."""
        match kind:
            case Scalar():
                return _TYPES[kind]
            case ListKind(element=element):
                return f"ARRAY<{self.type_of_shape(element)}>"
            case MapKind(value=value):
                return f"MAP<STRING, {self.type_of_shape(value)}>"
            case StructKind(fields=fields):
                parts = [
                    f"{identifier(field.stored)}: {self.type_of_shape(field.shape)}"
                    for field in fields
                    if not field.shape.is_never
                ]
                return f"STRUCT<{', '.join(parts) or _STUB}>"

    def type_of_shape(self, shape: Shape | None) -> str:
        """Give the column type of a position."""
        if shape is None or shape.is_never:
            return "BOOLEAN"
        if not shape.is_boxed:
            return self.type_of(shape.kinds[0])
        parts = [f"{letter_of(kind)}: {self.type_of(kind)}" for kind in shape.kinds]
        flags = [f"{NULL_LETTER}: BOOLEAN", f"{UNKNOWN_LETTER}: BOOLEAN"]
        return f"STRUCT<{', '.join([*parts, *flags])}>"

    def literal(self, value: object) -> str:
        """Give a constant."""
        match value:
            case bool() | None:
                return "true" if value or value is None else "false"
            case int():
                return f"CAST({value} AS BIGINT)" if value >= 0 else f"CAST('{value}' AS BIGINT)"
            case float():
                return f"CAST('{value!r}' AS DOUBLE)"
            case _:
                return quoted(str(value))

    def field(self, struct: str, name: str) -> str:
        """Give a field of a struct."""
        is_plain = struct.replace("`", "").replace(".", "").replace("_", "").isalnum()
        return f"{struct if is_plain else f'({struct})'}.{identifier(name)}"

    def box(self, members: Mapping[str, str], shape: Shape) -> str:
        """Make a box."""
        letters = [letter_of(kind) for kind in shape.kinds] + [NULL_LETTER, UNKNOWN_LETTER]
        parts = [f"'{letter}', {members.get(letter, 'NULL')}" for letter in letters]
        return f"CAST(named_struct({', '.join(parts)}) AS {self.type_of_shape(shape)})"

    def list_of(self, items: tuple[str, ...], element: Shape | None) -> str:
        """Make a list."""
        return f"CAST(array({', '.join(items)}) AS ARRAY<{self.type_of_shape(element)}>)"

    def size(self, items: str) -> str:
        """Count the elements of a list."""
        return f"CAST(array_size({items}) AS BIGINT)"

    def element(self, items: str, index: str) -> str:
        """Give an element."""
        return f"get({items}, CAST({index} AS INT))"

    def joined(self, first: str, second: str) -> str:
        """Concatenate two lists."""
        return f"concat({first}, {second})"

    def transformed(self, items: str, variable: str, body: str) -> str:
        """Map a list."""
        return f"transform({items}, {variable} -> {body})"

    def numbered(self, items: str, variable: str, index: str, body: str) -> str:
        """Map a list with the index of each element."""
        return f"transform({items}, ({variable}, {index}) -> {body})"

    def place(self, index: str) -> str:
        """Give the index: Spark counts from 0."""
        return f"CAST({index} AS BIGINT)"

    def filtered(self, items: str, variable: str, body: str) -> str:
        """Keep the elements for which the body is true."""
        return f"filter({items}, {variable} -> {body})"

    def has_item(self, items: str, item: str) -> str:
        """Whether a list has an item."""
        return f"array_contains({items}, {item})"

    def any_of(self, items: str, variable: str, body: str, *, is_total: bool) -> str:  # noqa: ARG002 - the same for both
        """Three-valued OR: what Spark's exists() is unless told to be as before version 3."""
        return f"exists({items}, {variable} -> {body})"

    def all_of(self, items: str, variable: str, body: str, *, is_total: bool) -> str:  # noqa: ARG002 - the same for both
        """Three-valued AND."""
        return f"forall({items}, {variable} -> {body})"

    def map_value(self, entries: str, key: str) -> str:
        """Give the value of a key."""
        return f"try_element_at({entries}, {key})"

    def map_has(self, entries: str, key: str) -> str:
        """Whether a map has a key."""
        return f"map_contains_key({entries}, {key})"

    def map_size(self, entries: str) -> str:
        """Count the entries of a map."""
        return self.size(f"map_keys({entries})")

    def map_keys(self, entries: str) -> str:
        """Give the keys of a map."""
        return f"map_keys({entries})"

    def map_entries(self, entries: str) -> str:
        """Give the entries of a map."""
        return f"map_entries({entries})"

    def calculated(self, operator: Operator, left: str, right: str) -> str:
        """Calculate with 64 bits."""
        if operator in _TRYING:
            return f"{_TRYING[operator]}({left}, {right})"
        if operator is Operator.REMAINDER:
            return f"CASE WHEN {right} <> 0 THEN {left} % {right} END"
        fits = f"NOT ({left} = {_LEAST} AND {right} = CAST('-1' AS BIGINT))"
        return f"CASE WHEN {right} <> 0 AND {fits} THEN {left} div {right} END"

    def as_double(self, number: str) -> str:
        """Convert an integer."""
        return f"CAST({number} AS DOUBLE)"

    def as_text(self, number: str) -> str:
        """Write an integer."""
        return f"CAST({number} AS STRING)"

    def called(self, function: str, arguments: tuple[str, ...]) -> str | None:
        """Call a function of strings."""
        template = _FUNCTIONS.get((function, len(arguments)))
        return template.format(*arguments) if template else None

    def matches(self, text: str, pattern: str) -> str:  # noqa: ARG002 - refused for all
        """Spark's patterns are Java's, not RE2's."""
        raise CannotSay("matches() in Spark")

    def timestamp(self, text: str) -> str:  # noqa: ARG002 - refused for all
        """Spark's reading of instants depends on its session."""
        raise CannotSay("timestamp() in Spark")

    def integer(self, text: str) -> str:
        """Read an integer."""
        return (
            f"CASE WHEN {text} RLIKE '^[+-]?[0-9]{{1,38}}\\\\z' THEN try_cast({text} AS BIGINT) END"
        )


_FUNCTIONS: Final[dict[tuple[str, int], str]] = {
    ("startsWith", 2): "startswith({0}, {1})",
    ("endsWith", 2): "endswith({0}, {1})",
    ("contains", 2): "contains({0}, {1})",
    ("size", 1): "CAST(char_length({0}) AS BIGINT)",
    ("lowerAscii", 1): f"translate({{0}}, '{UPPER}', '{LOWER}')",
    ("upperAscii", 1): f"translate({{0}}, '{LOWER}', '{UPPER}')",
    ("indexOf", 2): "CAST(locate({1}, {0}) - 1 AS BIGINT)",
    ("replace", 3): "replace({0}, {1}, {2})",
    ("join", 1): "array_join({0}, '')",
    ("join", 2): "array_join({0}, {1})",
}
"""Function and number of arguments → text; the others of DuckDB are left to closures."""
