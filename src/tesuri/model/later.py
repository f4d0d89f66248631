"""A value that is made when somebody first looks at it: of many budgets most are never looked at closely."""

from collections.abc import Callable, Iterator, Mapping
from typing import Generic, TypeVar

KeyT = TypeVar("KeyT")
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


class LaterMapping(Mapping[KeyT, ValueT]):
    """A mapping that is made when somebody first looks into it. Equal to any other with the same values."""

    __slots__ = ("_later",)

    def __init__(self, make: Callable[[], Mapping[KeyT, ValueT]]) -> None:
        """Take how it is made; that is done once, at most."""
        self._later = Later(make)

    def __getitem__(self, key: KeyT) -> ValueT:
        """Give the value of a key."""
        return self._later.value[key]

    def __iter__(self) -> Iterator[KeyT]:
        """Go over the keys."""
        return iter(self._later.value)

    def __len__(self) -> int:
        """Count the keys."""
        return len(self._later.value)
