"""A piece of SQL with the kinds that its value may have; of its alternatives exactly one is not NULL, or none.

None is what has no value: a CEL error, a leaf that is not known. That is all of three-valued logic: AND and OR of SQL absorb
NULL as CEL absorbs errors.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tesuri.expressions.sql.shapes import Kind, ListKind, Scalar, Shape

MAX_TEXT: Final = 200_000
"""Characters of one expression in SQL; alternatives of alternatives could grow without end."""


class CannotSay(Exception):
    """SQL cannot say an expression exactly; the reason is half a sentence."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """SQL of one kind: NULL when the value is of another kind, or when there is none."""

    kind: Kind
    text: str
    """A value; for null itself: true or NULL."""
    literal: object = None
    """The value where it is written in the expression."""


@dataclass(frozen=True, slots=True)
class Term:
    """What an expression became: its alternatives, and whether there always is a value."""

    alternatives: tuple[Alternative, ...] = ()
    is_total: bool = False

    def of(self, kind: Scalar) -> Alternative | None:
        """Give the alternative of a scalar kind."""
        return next((one for one in self.alternatives if one.kind is kind), None)


NOTHING: Final = Term()
"""What never has a value."""


def only(kind: Kind, text: str, *, is_total: bool = False, literal: object = None) -> Term:
    """Give a term of one kind."""
    if len(text) > MAX_TEXT:
        raise CannotSay(f"its SQL is longer than {MAX_TEXT:,} characters")
    return Term((Alternative(kind, text, literal),), is_total)


def element_of(kind: ListKind) -> Shape | None:
    """Give the shape of the elements, None when there never are any; raises CannotSay when they were not read."""
    if not kind.is_read:
        raise CannotSay("it looks into lists inside lists")
    return None if kind.element is None or kind.element.is_never else kind.element


def truth_text(term: Term) -> str:
    """Give the SQL of a term that stands where true or false is needed."""
    found = term.of(Scalar.BOOL)
    return found.text if found else "CAST(NULL AS BOOLEAN)"


def present_text(term: Term) -> str:
    """Give SQL that is true when a term has a value, and false otherwise."""
    if term.is_total:
        return "true"
    return any_text(f"{one.text} IS NOT NULL" for one in term.alternatives)


def any_text(conditions: Iterable[str]) -> str:
    """Join conditions by OR; none is false."""
    texts = list(conditions)
    return f"({' OR '.join(texts)})" if texts else "false"


def first_text(texts: Iterable[str]) -> str:
    """Give the one of several texts that is not NULL."""
    several = list(dict.fromkeys(texts))
    return several[0] if len(several) == 1 else f"coalesce({', '.join(several)})"


def when(condition: str, text: str) -> str:
    """Give a text under a condition, and NULL otherwise."""
    return text if condition == "true" else f"CASE WHEN {condition} THEN {text} END"
