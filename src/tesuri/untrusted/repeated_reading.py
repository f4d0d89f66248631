"""Records that a reader walks over more than once, without keeping those of a large document."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar, overload

from tesuri.untrusted.json_pieces import RecordList

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RepeatedReading(Sequence[T_co]):
    """What a function gives, asked anew for each walk."""

    read: Callable[[], Iterator[T_co]]

    def __iter__(self) -> Iterator[T_co]:
        return self.read()

    def __len__(self) -> int:
        return sum(1 for _ in self.read())

    def __bool__(self) -> bool:
        return any(True for _ in self.read())

    @overload
    def __getitem__(self, index: int) -> T_co: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T_co]: ...
    def __getitem__(self, index: int | slice) -> T_co | Sequence[T_co]:
        if isinstance(index, slice):
            stop = index.stop if index.stop is not None and index.stop >= 0 else None
            return list(islice(self.read(), stop))[index]
        if index < 0:
            return list(self.read())[index]
        for found in islice(self.read(), index, None):
            return found
        raise IndexError(index)


def read_again(read: Callable[[], Iterator[T]], document: object) -> Sequence[T]:
    """Give what the function gives: as a list, or read again by each walk where the document is streamed."""
    return RepeatedReading(read) if is_streamed(document) else list(read())


def is_streamed(document: object) -> bool:
    """Whether a JSON document, or a list in its mappings, is read from where it stands."""
    if isinstance(document, RecordList):
        return not document.is_held
    if type(document) is dict:
        return any(is_streamed(part) for part in document.values())
    return isinstance(document, dict)
