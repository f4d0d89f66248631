"""What clocks need of the journal, and nothing else of it: most of a payload is not about time."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from tesuri.model.event import Event, EventKind
from tesuri.model.identifiers import FindingKey
from tesuri.storage.instants import from_seconds
from tesuri.storage.tables import journal

_BATCH = 500


def clock_events(
    connection: Connection, kinds: Iterable[EventKind], findings: Iterable[FindingKey] | None = None
) -> Iterator[Event]:
    """Give what clocks need of the events of these kinds, in the order of writing of each finding.

    The payload holds only what a clock listens to, reason and actor are left out: most of a journal is neither.
    """
    query = (
        select(journal.c.kind, journal.c.happened_at, journal.c.finding, journal.c.payload)
        .where(journal.c.kind.in_([kind.value for kind in kinds]), journal.c.finding.is_not(None))
        .order_by(journal.c.id)
    )
    read = _ClockReading()
    if findings is None:
        for kind, happened_at, finding, payload in connection.execute(query):
            yield read.event(kind, happened_at, finding, payload)
        return
    keys = sorted({int(key) for key in findings})
    for start in range(0, len(keys), _BATCH):
        some = query.where(journal.c.finding.in_(keys[start : start + _BATCH]))
        for kind, happened_at, finding, payload in connection.execute(some):
            yield read.event(kind, happened_at, finding, payload)


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


class _ClockReading:
    """Turns rows into events; equal instants and equal short payloads are read once."""

    def __init__(self) -> None:
        self._payloads: dict[str, dict[str, object]] = {}
        self._instants: dict[int, datetime] = {}

    def event(self, kind: str, happened_at: int, finding: int, payload: str) -> Event:
        at = self._instants.get(happened_at)
        if at is None:
            at = self._instants[happened_at] = from_seconds(happened_at)
        return Event(
            kind=_EVENT_KINDS[kind],
            happened_at=at,
            actor="",
            finding=FindingKey(finding),
            payload=self._payload(payload),
        )

    def _payload(self, text: str) -> dict[str, object]:
        if len(text) > _SHORT:
            return _CLOCK_PAYLOAD.decode(text).as_mapping()
        known = self._payloads.get(text)
        if known is None:
            known = _CLOCK_PAYLOAD.decode(text).as_mapping()
            if len(self._payloads) < _MOST_SHORT:
                self._payloads[text] = known
        return known
