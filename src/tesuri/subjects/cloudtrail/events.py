"""CloudTrail files → the records that matter, without decoding the others.

The names of events are looked for in the bytes of each record first, and of a log file one record at a time is decoded.
Every record is counted: wanted, passed over, or told as no record. A digest file holds no events and is refused.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Raw

from tesuri.model.errors import BadInput
from tesuri.model.observation import Skipped
from tesuri.subjects.cloudtrail.records import RecordedEvent, read_records, records_in
from tesuri.untrusted.json_document import read_json
from tesuri.untrusted.json_pieces import value_of
from tesuri.untrusted.json_records import split_records
from tesuri.untrusted.shape import join_pointer, text

_NAME: Final = re.compile(rb'"eventName"\s*:\s*"([^"\\]*)"')
_DIGEST: Final = (b'"digestStartTime"', b'"digestS3Bucket"')


class EventFile:
    """The wanted records of one file, decoded each time that somebody goes over them, one after the other.

    The figures are those of the records gone over so far: whole after the last one.
    """

    def __init__(self, data: bytes, *, where: str, wanted: frozenset[str] | None) -> None:
        pieces = split_records(data, "Records", unless=("eventName", "eventSource"))
        self._where = where
        self._wanted = wanted
        self._pieces = pieces
        self._found = () if pieces is not None else read_records(data, where=where)
        self._skipped: dict[str, Skipped] = {}
        self.total = 0
        """Records in the file, decoded or not."""
        self.passed_over = 0
        """Records of events that nobody asked about."""

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """Give what is no record."""
        return tuple(self._skipped.values())

    @property
    def events(self) -> tuple[RecordedEvent, ...]:
        """Give all wanted records at once."""
        return tuple(self)

    def __iter__(self) -> Iterator[RecordedEvent]:
        """Give the wanted records. **raises** BadInput at the end when none of the file is a record."""
        self.total = self.passed_over = 0
        for found in self._found if self._pieces is None else self._split(self._pieces):
            self.total += 1
            if isinstance(found, Skipped):
                self._skipped[found.pointer] = found
            # NOTE: the bytes may name a wanted event inside of another one.
            elif self._wanted is None or text(found.fields, "eventName") in self._wanted:
                yield found
            else:
                self.passed_over += 1
        if self.total and len(self._skipped) == self.total:
            raise BadInput(
                "The file holds no CloudTrail record.",
                where=self._where,
                remedy="A record has eventSource and eventName.",
            )

    def _split(self, pieces: Sequence[Raw]) -> Iterator[RecordedEvent | Skipped]:
        for number, piece in enumerate(pieces):
            if self._wanted is not None and _names_others(piece, self._wanted):
                self.total += 1
                self.passed_over += 1
                continue
            pointer = join_pointer("/Records", number)
            yield from records_in(_value(piece, f"{self._where}#{pointer}"), pointer)


def _names_others(piece: Raw, wanted: frozenset[str]) -> bool:
    names = _NAME.findall(piece)
    return bool(names) and not any(name.decode() in wanted for name in names)


def read_events(data: bytes, *, where: str, wanted: frozenset[str] | None = None) -> EventFile:
    """Give the records whose event is wanted (None: all).

    **raises** BadInput when the bytes are no JSON, a digest, or hold no CloudTrail record.
    **cost** A scan of the bytes, and decoding of the wanted records as they are gone over.
    """
    if all(mark in data[:4096] for mark in _DIGEST):
        raise BadInput(
            "This is a CloudTrail digest file: it lists log files and holds no events.",
            where=where,
            remedy="Give the log files themselves.",
        )
    return EventFile(data, where=where, wanted=wanted)


def _value(piece: Raw, where: str) -> object:
    try:
        return value_of(piece)
    except BadInput:
        return read_json(bytes(piece), where=where)
