"""CloudTrail files → the records that matter, without decoding the others.

The names of events are looked for in the bytes of each record first. Every record is counted: wanted, passed over, or
told as no record. A digest file holds no events and is refused with a sentence.
"""

import re
from dataclasses import dataclass
from typing import Final

from tesuri.model.errors import BadInput
from tesuri.model.observation import Skipped
from tesuri.subjects.cloudtrail_records import RecordedEvent, read_records
from tesuri.untrusted.json_document import read_json
from tesuri.untrusted.json_records import split_records
from tesuri.untrusted.shape import join_pointer, mapping, text

_NAME: Final = re.compile(rb'"eventName"\s*:\s*"([^"\\]*)"')
_DIGEST: Final = (b'"digestStartTime"', b'"digestS3Bucket"')


@dataclass(frozen=True, slots=True)
class EventFile:
    """The events of one file."""

    events: tuple[RecordedEvent, ...]
    skipped: tuple[Skipped, ...]
    total: int
    """Records in the file, decoded or not."""
    passed_over: int
    """Records of events that nobody asked about."""


def read_events(data: bytes, *, where: str, wanted: frozenset[str] | None = None) -> EventFile:
    """Give the records whose event is wanted (None: all).

    **raises** BadInput when the bytes are no JSON, a digest, or hold no CloudTrail record.
    **cost** A scan of the bytes, and decoding of the wanted records.
    """
    if all(mark in data[:4096] for mark in _DIGEST):
        raise BadInput(
            "This is a CloudTrail digest file: it lists log files and holds no events.",
            where=where,
            remedy="Give the log files themselves.",
        )
    pieces = split_records(data, "Records") if wanted is not None else None
    if pieces is None or wanted is None:
        return _decoded(data, where, wanted)
    events: list[RecordedEvent] = []
    skipped: list[Skipped] = []
    passed_over = 0
    for number, piece in enumerate(pieces):
        names = _NAME.findall(piece)
        if names and not any(name.decode() in wanted for name in names):
            passed_over += 1
            continue
        _read_one(piece, join_pointer("/Records", number), where, events, skipped)
    # NOTE: the bytes may name a wanted event inside of another one.
    kept = tuple(event for event in events if text(event.fields, "eventName") in wanted)
    passed_over += len(events) - len(kept)
    if pieces and len(skipped) == len(pieces):
        raise BadInput(
            "The file holds no CloudTrail record.",
            where=where,
            remedy="A record has eventSource and eventName.",
        )
    return EventFile(kept, tuple(skipped), len(pieces), passed_over)


def _read_one(
    piece: bytes, pointer: str, where: str, events: list[RecordedEvent], skipped: list[Skipped]
) -> None:
    value = read_json(piece, where=f"{where}#{pointer}")
    if text(value, "eventName") and text(value, "eventSource"):
        events.append(RecordedEvent(pointer, mapping(value)))
    else:
        skipped.append(Skipped(pointer, "it has no eventSource and eventName"))


def _decoded(data: bytes, where: str, wanted: frozenset[str] | None) -> EventFile:
    found = read_records(data, where=where)
    records = [each for each in found if isinstance(each, RecordedEvent)]
    events = [
        each for each in records if wanted is None or text(each.fields, "eventName") in wanted
    ]
    skipped = tuple(each for each in found if isinstance(each, Skipped))
    return EventFile(tuple(events), skipped, len(found), len(records) - len(events))
