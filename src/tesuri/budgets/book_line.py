"""Lines of what is left that are read from their books only when somebody looks at them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import overload

from tesuri.budgets.ledger import Ledger

Point = tuple[datetime, Fraction]


@dataclass(eq=False, slots=True)
class BookLine(Sequence[Point]):
    """Points in order, made at the first look. Equal to any line with the same points."""

    ledger: Ledger
    since: int
    until: int
    make: Callable[["BookLine"], Sequence[Point]] = field(repr=False)
    _made: Sequence[Point] | None = None

    def _points(self) -> Sequence[Point]:
        if self._made is None:
            self._made = self.make(self)
        return self._made

    @overload
    def __getitem__(self, place: int) -> Point: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Point]: ...

    def __getitem__(self, place: int | slice) -> Point | Sequence[Point]:
        return self._points()[place]

    def __len__(self) -> int:
        return len(self._points())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))
