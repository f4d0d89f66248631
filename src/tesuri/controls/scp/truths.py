"""Three-valued logic: false wins over unknown in an AND, true wins in an OR."""

from collections.abc import Iterable

from tesuri.model.scp import Truth


def truth(value: bool | None) -> Truth:  # noqa: FBT001 - it turns a plain answer into a truth
    """Give the truth of a plain answer; None is unknown."""
    if value is None:
        return Truth.UNKNOWN
    return Truth.TRUE if value else Truth.FALSE


def every(parts: Iterable[Truth]) -> Truth:
    """Give true when all are true, false when one is false, else unknown."""
    found = set(parts)
    if Truth.FALSE in found:
        return Truth.FALSE
    return Truth.UNKNOWN if Truth.UNKNOWN in found else Truth.TRUE


def some(parts: Iterable[Truth]) -> Truth:
    """Give true when one is true, false when all are false, else unknown."""
    found = set(parts)
    if Truth.TRUE in found:
        return Truth.TRUE
    return Truth.UNKNOWN if Truth.UNKNOWN in found else Truth.FALSE


def opposite(part: Truth) -> Truth:
    """Give the negation; unknown stays unknown."""
    return {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE}.get(part, Truth.UNKNOWN)
