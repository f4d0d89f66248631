"""How documents lie in a table: the kinds of value that a position may have, and how they are kept apart.

A position of one kind is a plain column, and NULL says that it is absent. Where several kinds occur, or null, or a leaf that
is not known, the column is a *box*: a STRUCT with one member for each, of which exactly one is not NULL; the member `u` is
true for what is not known. So absent, null and unknown stay three things, and what SQL computes from the members of a box
is NULL for the last one, as for an error.
"""

from dataclasses import dataclass, replace
from enum import StrEnum


class Scalar(StrEnum):
    """Kinds without parts; times are microseconds, types are their names."""

    NULL = "null_type"
    BOOL = "bool"
    INT = "int"
    DOUBLE = "double"
    STRING = "string"
    TIMESTAMP = "google.protobuf.Timestamp"
    DURATION = "google.protobuf.Duration"
    TYPE = "type"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an object."""

    name: str
    stored: str
    """Its name in the table: SQL does not tell Name from name."""
    shape: "Shape"


@dataclass(frozen=True, slots=True)
class ListKind:
    """A list; without an element shape it was always empty, or its elements were not read."""

    element: "Shape | None"
    is_read: bool = True


@dataclass(frozen=True, slots=True)
class StructKind:
    """An object of which only named fields are read."""

    fields: tuple[Field, ...]

    def field(self, name: str) -> Field | None:
        """Give a field; None when no document has it."""
        return next((field for field in self.fields if field.name == name), None)


@dataclass(frozen=True, slots=True)
class MapKind:
    """An object whose keys are data; without a value shape it was always empty."""

    value: "Shape | None"


Kind = Scalar | ListKind | StructKind | MapKind


@dataclass(frozen=True, slots=True)
class Shape:
    """What may stand at a position of the documents."""

    kinds: tuple[Kind, ...] = ()
    """At most one of each sort, in the order of `letter_of`; null is not among them."""
    is_null: bool = False
    is_unknown: bool = False
    is_absent: bool = False

    @property
    def is_never(self) -> bool:
        """Whether no document has anything here; then there is no column."""
        return not (self.kinds or self.is_null or self.is_unknown)

    @property
    def is_boxed(self) -> bool:
        """Whether the column is a box."""
        return self.is_null or self.is_unknown or len(self.kinds) > 1


NULL_LETTER = "n"
UNKNOWN_LETTER = "u"
_LETTERS: dict[Scalar, str] = {
    Scalar.BOOL: "b",
    Scalar.INT: "i",
    Scalar.DOUBLE: "d",
    Scalar.STRING: "s",
    Scalar.TIMESTAMP: "t",
    Scalar.DURATION: "r",
    Scalar.TYPE: "k",
    Scalar.NULL: NULL_LETTER,
}


def letter_of(kind: Kind) -> str:
    """Give the name of a kind's member in a box; kinds with the same letter are of one sort."""
    match kind:
        case Scalar():
            return _LETTERS[kind]
        case ListKind():
            return "l"
        case StructKind():
            return "o"
        case MapKind():
            return "m"


def type_name_of(kind: Kind) -> str:
    """Give the CEL name of a kind's type."""
    match kind:
        case Scalar():
            return kind.value
        case ListKind():
            return "list"
        case StructKind() | MapKind():
            return "map"


def plain(kind: Kind) -> Shape:
    """Give the shape of a position that always has one kind."""
    return Shape((kind,))


class Differing(Exception):
    """Two shapes that cannot be one column: objects with different fields."""


def united(first: Shape | None, second: Shape | None) -> Shape | None:
    """Give the shape that holds what both hold; raises Differing."""
    if first is None or second is None or first == second:
        return first or second
    kinds = {letter_of(kind): kind for kind in first.kinds}
    for kind in second.kinds:
        letter = letter_of(kind)
        kinds[letter] = _united_kind(kinds[letter], kind) if letter in kinds else kind
    return Shape(
        tuple(kinds[letter] for letter in sorted(kinds)),
        first.is_null or second.is_null,
        first.is_unknown or second.is_unknown,
        first.is_absent or second.is_absent,
    )


def _united_kind(first: Kind, second: Kind) -> Kind:
    if first == second:
        return first
    if isinstance(first, ListKind) and isinstance(second, ListKind):
        element = united(first.element, second.element)
        return ListKind(element, first.is_read and second.is_read)
    if isinstance(first, MapKind) and isinstance(second, MapKind):
        return replace(first, value=united(first.value, second.value))
    raise Differing
