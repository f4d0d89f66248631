"""A value that is made when somebody first looks at it: of many budgets most are never looked at closely."""

from collections.abc import Callable
from typing import Generic, TypeVar

ValueT = TypeVar("ValueT")


class Later(Generic[ValueT]):
    """Holds a value, or how it is made. Equal to any other with the same value."""

    __slots__ = ("_made", "_make")

    def __init__(self, make: Callable[[], ValueT]) -> None:
        """Take how it is made; that is done once, at most."""
        self._make: Callable[[], ValueT] | None = make
        self._made: list[ValueT] = []

    @property
    def value(self) -> ValueT:
        """Give the value."""
        made = self._made
        if not made and (make := self._make) is not None:
            # Two threads may both make it: the first one's stays.
            made.append(make())
            self._make = None
        return made[0]

    def __eq__(self, other: object) -> bool:
        """Compare values."""
        return isinstance(other, Later) and bool(self.value == other.value)

    def __hash__(self) -> int:
        """Give the hash of the value."""
        return hash(self.value)

    def __repr__(self) -> str:
        """Show the value, as far as it is known."""
        return f"Later({self._made[0]!r})" if self._made else "Later(…)"
