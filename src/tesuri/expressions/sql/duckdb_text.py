"""The SQL of DuckDB 2."""

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
from tesuri.expressions.strings import LOWER, UPPER, WHITE_SPACE

_TYPES: Final = {
    Scalar.NULL: "BOOLEAN",
    Scalar.BOOL: "BOOLEAN",
    Scalar.INT: "BIGINT",
    Scalar.DOUBLE: "DOUBLE",
    Scalar.STRING: "VARCHAR",
    Scalar.TIMESTAMP: "BIGINT",
    Scalar.DURATION: "BIGINT",
    Scalar.TYPE: "VARCHAR",
}
_OPERATORS: Final = {
    Operator.ADD: "+",
    Operator.SUBTRACT: "-",
    Operator.MULTIPLY: "*",
    Operator.DIVIDE: "//",
    Operator.REMAINDER: "%",
}
_RFC3339: Final = (
    r"\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)"
)
_STUB: Final = '"?" BOOLEAN'
"""The only field of a struct of which no field is read: there are no structs without fields."""
_FIRST_INSTANT: Final = -62_135_596_800_000_000
_LAST_INSTANT: Final = 253_402_300_799_999_999
"""The years 1 to 9999 in microseconds."""


def quoted(text: str) -> str:
    """Write a string constant."""
    if "\0" in text:
        raise CannotSay("a string has the character NUL")
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Write a name of a column."""
    return '"' + name.replace('"', '""') + '"'


class DuckDb:
    """DuckDB 2: STRUCT, LIST and MAP columns, lambdas, integers of 128 bits for what may overflow."""

    name = "DuckDB"

    def type_of(self, kind: Kind) -> str:
        """Give the column type of a kind."""
        match kind:
            case Scalar():
                return _TYPES[kind]
            case ListKind(element=element):
                return f"{self.type_of_shape(element)}[]"
            case MapKind(value=value):
                return f"MAP(VARCHAR, {self.type_of_shape(value)})"
            case StructKind(fields=fields):
                stored = [field for field in fields if not field.shape.is_never]
                parts = [
                    f"{identifier(field.stored)} {self.type_of_shape(field.shape)}"
                    for field in stored
                ]
                return f"STRUCT({', '.join(parts) or _STUB})"

    def type_of_shape(self, shape: Shape | None) -> str:
        """Give the column type of a position."""
        if shape is None or shape.is_never:
            return "BOOLEAN"
        if not shape.is_boxed:
            return self.type_of(shape.kinds[0])
        parts = [f"{letter_of(kind)} {self.type_of(kind)}" for kind in shape.kinds]
        return (
            f"STRUCT({', '.join([*parts, f'{NULL_LETTER} BOOLEAN', f'{UNKNOWN_LETTER} BOOLEAN'])})"
        )

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
        return f"struct_extract({struct}, {quoted(name)})"

    def box(self, members: Mapping[str, str], shape: Shape) -> str:
        """Make a box."""
        letters = [letter_of(kind) for kind in shape.kinds] + [NULL_LETTER, UNKNOWN_LETTER]
        parts = [f"{letter} := {members.get(letter, 'NULL')}" for letter in letters]
        return f"CAST(struct_pack({', '.join(parts)}) AS {self.type_of_shape(shape)})"

    def list_of(self, items: tuple[str, ...], element: Shape | None) -> str:
        """Make a list."""
        return f"CAST([{', '.join(items)}] AS {self.type_of_shape(element)}[])"

    def size(self, items: str) -> str:
        """Count the elements of a list."""
        return f"len({items})"

    def element(self, items: str, index: str) -> str:
        """Give an element."""
        return f"list_extract({items}, {index} + 1)"

    def joined(self, first: str, second: str) -> str:
        """Concatenate two lists."""
        return f"list_concat({first}, {second})"

    def transformed(self, items: str, variable: str, body: str) -> str:
        """Map a list."""
        return f"list_transform({items}, lambda {variable}: {body})"

    def numbered(self, items: str, variable: str, index: str, body: str) -> str:
        """Map a list with the index of each element."""
        return f"list_transform({items}, lambda {variable}, {index}: {body})"

    def place(self, index: str) -> str:
        """Give the index: DuckDB counts from 1."""
        return f"({index} - 1)"

    def filtered(self, items: str, variable: str, body: str) -> str:
        """Keep the elements for which the body is true."""
        return f"list_filter({items}, lambda {variable}: {body})"

    def has_item(self, items: str, item: str) -> str:
        """Whether a list has an item."""
        return f"list_contains({items}, {item})"

    def any_of(self, items: str, variable: str, body: str, *, is_total: bool) -> str:
        """Three-valued OR: a transformation and a search take less time than a reduction."""
        if is_total:
            return f"list_contains({self.transformed(items, variable, body)}, true)"
        return f"list_reduce({items}, lambda {variable}_, {variable}: {variable}_ OR {body}, false)"

    def all_of(self, items: str, variable: str, body: str, *, is_total: bool) -> str:
        """Three-valued AND."""
        if is_total:
            return f"(NOT list_contains({self.transformed(items, variable, body)}, false))"
        return f"list_reduce({items}, lambda {variable}_, {variable}: {variable}_ AND {body}, true)"

    def map_value(self, entries: str, key: str) -> str:
        """Give the value of a key."""
        return f"map_extract_value({entries}, {key})"

    def map_has(self, entries: str, key: str) -> str:
        """Whether a map has a key."""
        return f"map_contains({entries}, {key})"

    def map_size(self, entries: str) -> str:
        """Count the entries of a map."""
        return f"CAST(cardinality({entries}) AS BIGINT)"

    def map_keys(self, entries: str) -> str:
        """Give the keys of a map."""
        return f"map_keys({entries})"

    def map_entries(self, entries: str) -> str:
        """Give the entries of a map."""
        return f"map_entries({entries})"

    def calculated(self, operator: Operator, left: str, right: str) -> str:
        """Calculate with 128 bits and look whether 64 hold it."""
        other = f"CAST({right} AS HUGEINT)"
        if operator in (Operator.DIVIDE, Operator.REMAINDER):
            other = f"nullif({other}, 0)"
        return f"TRY_CAST((CAST({left} AS HUGEINT) {_OPERATORS[operator]} {other}) AS BIGINT)"

    def as_double(self, number: str) -> str:
        """Convert an integer."""
        return f"CAST({number} AS DOUBLE)"

    def as_text(self, number: str) -> str:
        """Write an integer."""
        return f"CAST({number} AS VARCHAR)"

    def called(self, function: str, arguments: tuple[str, ...]) -> str | None:
        """Call a function of strings."""
        template = _FUNCTIONS.get((function, len(arguments)))
        return template.format(*arguments) if template else None

    def matches(self, text: str, pattern: str) -> str:
        """Both are RE2; ours folds the case of ASCII and of what has one other form."""
        if "(?" in pattern and not pattern.isascii():
            raise CannotSay("a pattern with flags is not ASCII")
        return f"regexp_matches({text}, {quoted(pattern)})"

    def timestamp(self, text: str) -> str:
        """Read an instant; DuckDB would also take other spellings, hour 24 and the year 0."""
        read = f"epoch_us(TRY_CAST({text} AS TIMESTAMPTZ))"
        return (
            f"CASE WHEN regexp_full_match({text}, {quoted(_RFC3339)}) "
            f"AND {read} BETWEEN {_FIRST_INSTANT} AND {_LAST_INSTANT} THEN {read} END"
        )

    def integer(self, text: str) -> str:
        """Read an integer."""
        return f"CASE WHEN regexp_full_match({text}, '[+-]?[0-9]{{1,38}}') THEN TRY_CAST({text} AS BIGINT) END"


_FUNCTIONS: Final[dict[tuple[str, int], str]] = {
    ("startsWith", 2): "starts_with({0}, {1})",
    ("endsWith", 2): "ends_with({0}, {1})",
    ("contains", 2): "contains({0}, {1})",
    ("size", 1): "length({0})",
    ("lowerAscii", 1): f"translate({{0}}, '{UPPER}', '{LOWER}')",
    ("upperAscii", 1): f"translate({{0}}, '{LOWER}', '{UPPER}')",
    ("trim", 1): f"trim({{0}}, '{WHITE_SPACE}')",
    ("indexOf", 2): "(strpos({0}, {1}) - 1)",
    (
        "charAt",
        2,
    ): "CASE WHEN {1} BETWEEN 0 AND length({0}) THEN substring({0}, least({1}, 2147483646) + 1, 1) END",
    (
        "substring",
        2,
    ): "CASE WHEN {1} BETWEEN 0 AND length({0}) THEN substring({0}, least({1}, 2147483646) + 1) END",
    ("substring", 3): (
        "CASE WHEN {1} BETWEEN 0 AND {2} AND {2} <= length({0}) "
        "THEN substring({0}, least({1}, 2147483646) + 1, least({2}, 2147483646) - least({1}, 2147483646)) END"
    ),
    ("replace", 3): "replace({0}, {1}, {2})",
    ("split", 2): "string_split({0}, {1})",
    ("join", 1): "array_to_string({0}, '')",
    ("join", 2): "array_to_string({0}, {1})",
}
"""Function and number of arguments → text; `emit_calls.py` adds what must hold of the arguments."""
