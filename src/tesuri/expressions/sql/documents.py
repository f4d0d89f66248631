"""Documents → columns: what stands at each position that is read, and each document cut down to it.

Observing and bringing are two passes, because the shape of a column depends on all documents of a batch. What the table
cannot hold (integers beyond 64 bits, numbers that are not finite, NUL in a text) makes the whole document a misfit: the
caller evaluates it in another way.
"""

import math
from collections.abc import Mapping

from tesuri.expressions.sql.positions import Position
from tesuri.expressions.sql.shapes import (
    NULL_LETTER,
    UNKNOWN_LETTER,
    Field,
    Kind,
    ListKind,
    MapKind,
    Scalar,
    Shape,
    StructKind,
    letter_of,
)
from tesuri.model.resource import Unknown

_LARGEST = 2**63


class Misfit(Exception):
    """A document that a table cannot hold; the reason is half a sentence."""


class Column:
    """One position of a batch of documents: what was seen there, and how it is stored."""

    __slots__ = ("absences", "element", "fields", "is_map", "kinds", "times", "value")

    def __init__(self, position: Position, made: dict[int, "Column"]) -> None:
        made[position.key()] = self
        found = position.itself()
        self.is_map = found.is_map
        self.fields = {name: _column(part, made) for name, part in sorted(found.fields.items())}
        self.element = _column(found.elements, made) if found.elements else None
        self.value = _column(found.values, made) if found.values else None
        self.kinds: set[str] = set()
        """Letters of the kinds that were seen."""
        self.times = 0
        self.absences = 0

    def see(self, found: object) -> None:
        """Note a value; raises Misfit."""
        letter = _letter(found, is_map=self.is_map)
        self.kinds.add(letter)
        self.times += 1
        if letter == "o":
            assert isinstance(found, dict)
            for name, column in self.fields.items():
                if name in found:
                    column.see(found[name])
                else:
                    column.absences += 1
        elif letter == "m":
            assert isinstance(found, dict)
            self._see_entries(found)
        elif letter == "l" and self.element:
            assert isinstance(found, list)
            for item in found:
                self.element.see(item)

    def _see_entries(self, entries: dict[str, object]) -> None:
        if any("\0" in key for key in entries):
            raise Misfit("a key has the character NUL")
        if self.value:
            for entry in entries.values():
                self.value.see(entry)

    def shape(self) -> Shape:
        """Give the shape that holds everything that was seen."""
        kinds = [self._kind(letter) for letter in sorted(self.kinds & _VALUES)]
        return Shape(
            tuple(kinds),
            is_null=NULL_LETTER in self.kinds,
            is_unknown=UNKNOWN_LETTER in self.kinds,
            is_absent=self.absences > 0 or not self.kinds,
        )

    def _kind(self, letter: str) -> Kind:
        match letter:
            case "l":
                element = self.element.shape() if self.element and self.element.kinds else None
                return ListKind(element, is_read=self.element is not None)
            case "o":
                return StructKind(self._stored_fields())
            case "m":
                return MapKind(self.value.shape() if self.value and self.value.kinds else None)
            case _:
                return _SCALARS[letter]

    def _stored_fields(self) -> tuple[Field, ...]:
        taken: set[str] = set()
        fields: list[Field] = []
        for name, column in self.fields.items():
            stored = name
            while stored.casefold() in taken:
                stored += "~"
            taken.add(stored.casefold())
            fields.append(Field(name, stored, column.shape()))
        return tuple(fields)


_SCALARS = {"b": Scalar.BOOL, "i": Scalar.INT, "d": Scalar.DOUBLE, "s": Scalar.STRING}
_VALUES = frozenset("bidslom")


def _column(position: Position, made: dict[int, Column]) -> Column:
    return made.get(position.key()) or Column(position, made)


def columns_of(position: Position) -> Column:
    """Give the columns of a batch in which nothing was seen yet."""
    return Column(position, {})


def _letter(found: object, *, is_map: bool) -> str:
    match found:
        case str():
            if "\0" in found:
                raise Misfit("a text has the character NUL")
            return "s"
        case bool():
            return "b"
        case int():
            if not -_LARGEST <= found < _LARGEST:
                raise Misfit("a number does not fit into 64 bits")
            return "i"
        case dict():
            return "m" if is_map else "o"
        case list():
            return "l"
        case _:
            return _letter_of_others(found)


def _letter_of_others(found: object) -> str:
    match found:
        case None:
            return NULL_LETTER
        case float():
            if not math.isfinite(found):
                raise Misfit("a number is not finite")
            return "d"
        case Unknown(is_certain=False):
            return UNKNOWN_LETTER
        case _:
            raise Misfit(f"a value is a {type(found).__name__}")


def brought(found: object, shape: Shape) -> object:
    """Give a value as the JSON that becomes a column of a shape."""
    if not shape.is_boxed:
        return _held(found, shape.kinds[0]) if shape.kinds else None
    if found is None or isinstance(found, Unknown):
        return {NULL_LETTER if found is None else UNKNOWN_LETTER: True}
    letters = {letter_of(kind): kind for kind in shape.kinds}
    letter = _letter(found, is_map="m" in letters)
    return {letter: _held(found, letters[letter])}


def _held(found: object, kind: Kind) -> object:
    match kind:
        case Scalar():
            return found
        case StructKind(fields=fields):
            assert isinstance(found, dict)
            return {
                field.stored: brought(found[field.name], field.shape)
                for field in fields
                if field.name in found
            }
        case ListKind(element=element):
            assert isinstance(found, list)
            return [brought(item, element) if element else None for item in found]
        case MapKind(value=value):
            assert isinstance(found, Mapping)
            if value is None:
                return dict.fromkeys(found)
            return {key: brought(entry, value) for key, entry in found.items()}
