"""A folder of recorded replies, read family by family: nothing of the others is in memory meanwhile.

First every file is looked through for whose replies it holds and about what. Then the replies of one account and region
that may be joined are decoded together, and given up for the next ones. Files are opened again for that, unless they
are small enough to be kept.
"""

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from tesuri.model.errors import BadInput
from tesuri.model.resource import Unread
from tesuri.subjects.aws.recorded.families import family_of, named_in_full
from tesuri.subjects.aws.recorded.replies import Recording, Reply, is_reading, united
from tesuri.subjects.aws.recorded.reply_files import (
    Place,
    RecordedFile,
    Written,
    heading_of,
    place_of,
    reply_of,
    written_replies,
)
from tesuri.untrusted.shape import text

KEPT_BYTES: Final = 24 * 1024 * 1024
"""Bytes of files that stay in memory, so that they need not be opened again."""

_CALLER: Final = "sts.GetCallerIdentity"
_Owner = tuple[str, str, str]
"""Folder, account and region."""


@dataclass(slots=True)
class _Group:
    """Where the replies of one account and region stand."""

    families: dict[int, "array[int]"] = field(default_factory=dict)
    """Number of file and number in it, one after the other."""
    recorded_at: datetime | None = None

    def put(self, family: int, file: int, number: int) -> None:
        """Add where a reply stands."""
        self.families.setdefault(family, array("Q")).extend((file, number))


class ReplyIndex:
    """What the files of a folder hold."""

    def __init__(self) -> None:
        self.unread: list[Unread] = []
        self.replies = 0
        self.changing = 0
        """Recorded calls that change something; they tell nothing."""
        self.unmapped: Counter[str] = Counter()
        """Calls that no resource is made of, by name."""
        self._files: list[tuple[RecordedFile, Place]] = []
        self._groups: dict[_Owner, _Group] = {}
        self._kept = _KeptFiles()

    def add(self, file: RecordedFile, data: bytes) -> None:
        """Look through a file; what in it is no reply is told."""
        place = place_of(file.name)
        written = written_replies(data, place)
        number = len(self._files)
        self._files.append((file, place))
        for position, one in enumerate(written):
            if isinstance(one, Unread):
                self.unread.append(one)
                continue
            self.replies += 1
            heading = heading_of(one, place)
            group = self._groups.setdefault(
                (place.folder, heading.account, heading.region), _Group()
            )
            if heading.answered_at is not None:
                known = group.recorded_at
                group.recorded_at = max(known or heading.answered_at, heading.answered_at)
            operation = named_in_full(heading.operation)
            family = family_of(operation)
            if not is_reading(operation):
                self.changing += 1
            elif family is None:
                self.unmapped[operation] += 1
            else:
                group.put(family, number, position)
        self._kept.put(number, written, len(data))

    def recordings(self) -> Iterator[Recording]:
        """Give what is joined, one account and region after the other. **cost** Opens each file some times."""
        for (folder, account, region), group in self._groups.items():
            caller = account or self._caller(group)
            for _, places in sorted(group.families.items()):
                replies = united(list(self._replies(places)))
                yield Recording(folder, caller, region, replies, group.recorded_at)

    def _caller(self, group: _Group) -> str:
        places = group.families.get(family_of(_CALLER) or 0, ())
        said = (
            text(one.data, "Account") for one in self._replies(places) if one.operation == _CALLER
        )
        return next(said, "")

    def _replies(self, places: Sequence[int]) -> Iterator[Reply]:
        for number, position in zip(places[::2], places[1::2], strict=True):
            file, place = self._files[number]
            written = self._kept.get(number)
            if written is None:
                data = file.read()
                written = written_replies(data, place)
                self._kept.put(number, written, len(data))
            one = written[position]
            if isinstance(one, Unread):
                continue
            try:
                found = reply_of(one, place, position)
            except BadInput as problem:
                self.unread.append(Unread(place.file, problem.what))
                continue
            yield replace(found, operation=named_in_full(found.operation))


class _KeptFiles:
    """The last files that were looked into, as far as they are small."""

    def __init__(self) -> None:
        self._files: dict[int, tuple[Sequence[Written | Unread], int]] = {}
        self._bytes = 0

    def get(self, number: int) -> Sequence[Written | Unread] | None:
        """Give the replies of a file; None where it has to be opened."""
        found = self._files.get(number)
        return found[0] if found else None

    def put(self, number: int, written: Sequence[Written | Unread], size: int) -> None:
        """Keep the replies of a file, and give up those of others."""
        self._files[number] = written, size
        self._bytes += size
        while self._bytes > KEPT_BYTES and len(self._files) > 1:
            oldest = next(iter(self._files))
            self._bytes -= self._files.pop(oldest)[1]
