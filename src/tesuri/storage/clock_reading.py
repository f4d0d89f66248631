"""What clocks need of the journal, and nothing else of it: most of a payload is not about time."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from tesuri.model.event import Event, EventKind
from tesuri.model.identifiers import FindingKey
from tesuri.storage.instants import from_seconds
from tesuri.storage.journal import row_kinds
from tesuri.storage.tables import journal

_BATCH = 500


def clock_events(
    connection: Connection, kinds: Iterable[EventKind], findings: Iterable[FindingKey] | None = None
) -> Iterator[Event]:
    """Give what clocks need of the events of these kinds, in the order of writing of each finding.

    The payload holds only what a clock listens to, reason and actor are left out: most of a journal is neither.
    """
    wanted = frozenset(kinds)
    query = (
        select(journal.c.kind, journal.c.happened_at, journal.c.finding, journal.c.payload)
        .where(journal.c.kind.in_(row_kinds(wanted)), journal.c.finding.is_not(None))
        .order_by(journal.c.id)
    )
    read = _ClockReading(wanted)
    if findings is None:
        for kind, happened_at, finding, payload in connection.execute(query):
            yield from read.events(kind, happened_at, finding, payload)
        return
    keys = sorted({int(key) for key in findings})
    for start in range(0, len(keys), _BATCH):
        some = query.where(journal.c.finding.in_(keys[start : start + _BATCH]))
        for kind, happened_at, finding, payload in connection.execute(some):
            yield from read.events(kind, happened_at, finding, payload)


class _Opening(msgspec.Struct):
    is_neutral: bool = False


class _Change(msgspec.Struct):
    state: str | None = None
    objective: str | None = None


class _ClockPayload(msgspec.Struct):
    """What clocks read of a payload."""

    finding: _Opening | None = None
    set: _Change | None = None
    objective_seconds: int | None = None
    expires_at: int | None = None
    clock: str | None = None
    merged: int | None = None
    into: int | None = None
    decided: msgspec.Raw = msgspec.Raw()
    """The payload of an opening's first decision (`journal.events_in`)."""

    def key(self) -> tuple[object, ...]:
        """Give what tells one mapping from another."""
        return (
            self.objective_seconds,
            self.expires_at,
            self.clock,
            self.merged,
            self.into,
            None if self.finding is None else self.finding.is_neutral,
            None if self.set is None else (self.set.state, self.set.objective),
        )

    def as_mapping(self) -> dict[str, object]:
        found: dict[str, object] = {
            "objective_seconds": self.objective_seconds,
            "expires_at": self.expires_at,
        }
        for name in ("clock", "merged", "into"):
            if (value := getattr(self, name)) is not None:
                found[name] = value
        if self.finding is not None:
            found["finding"] = {"is_neutral": self.finding.is_neutral}
        if self.set is not None:
            found["set"] = {"state": self.set.state, "objective": self.set.objective}
        return found


_CLOCK_PAYLOAD = msgspec.json.Decoder(_ClockPayload)
_EVENT_KINDS: Mapping[str, EventKind] = {each.value: each for each in EventKind}
_SHORT = 400
_MOST_SHORT = 50_000


_Said = tuple[dict[str, object], dict[str, object] | None]
"""What clocks read of a payload, and of the first decision in it."""


class _ClockReading:
    """Turns rows into events; equal instants, equal short payloads and equal first decisions are read once."""

    def __init__(self, kinds: frozenset[EventKind]) -> None:
        self._kinds = kinds
        self._said: dict[str, _Said] = {}
        self._mappings: dict[tuple[object, ...], dict[str, object]] = {}
        self._instants: dict[int, datetime] = {}

    def events(self, kind: str, happened_at: int, finding: int, payload: str) -> Iterator[Event]:
        at = self._instants.get(happened_at)
        if at is None:
            at = self._instants[happened_at] = from_seconds(happened_at)
        of_kind = _EVENT_KINDS[kind]
        first, decided = self._read(payload)
        if of_kind in self._kinds:
            yield Event(of_kind, at, "", FindingKey(finding), payload=first)
        if decided is not None and EventKind.DECIDED in self._kinds:
            yield Event(EventKind.DECIDED, at, "", FindingKey(finding), payload=decided)

    def _read(self, text: str) -> _Said:
        known = self._said.get(text) if len(text) <= _SHORT else None
        if known is not None:
            return known
        read = _CLOCK_PAYLOAD.decode(text)
        decided = bytes(read.decided).decode()
        said = self._mapping(read), self._read(decided)[0] if decided else None
        if len(text) <= _SHORT and len(self._said) < _MOST_SHORT:
            self._said[text] = said
        return said

    def _mapping(self, read: _ClockPayload) -> dict[str, object]:
        """Give what clocks read of a payload; one value for all that say the same."""
        key = read.key()
        known = self._mappings.get(key)
        if known is None:
            known = read.as_mapping()
            if len(self._mappings) < _MOST_SHORT:
                self._mappings[key] = known
        return known
