"""What clocks need of the journal, and nothing else of it: most of a payload is not about time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, Select, select

from tesuri.model.event import Event, EventKind
from tesuri.model.identifiers import FindingKey
from tesuri.storage.instants import from_seconds
from tesuri.storage.journal import row_kinds
from tesuri.storage.tables import journal

_BATCH = 500
_AT_ONCE = 2000
"""Rows that are taken from the driver at a time."""

_Row = tuple[str, int, FindingKey, str]
_ROWS = (
    select(journal.c.kind, journal.c.happened_at, journal.c.finding, journal.c.payload)
    .where(journal.c.finding.is_not(None))
    .order_by(journal.c.id)
)


def clock_events(
    connection: Connection, kinds: Iterable[EventKind], findings: Iterable[FindingKey] | None = None
) -> Iterator[tuple[FindingKey, Sequence[Event]]]:
    """Give what clocks need of the events of these kinds, row by row in the order of writing of each finding.

    The events name no finding, so that rows that say the same give the same value. A payload holds only what a clock
    listens to, reason and actor are left out.
    """
    wanted = frozenset(kinds)
    told = _ClockReading(wanted).told
    for query in _queries(row_kinds(wanted), findings):
        for some in connection.execute(query).partitions(_AT_ONCE):
            for kind, happened_at, finding, payload in some:
                yield finding, told(kind, happened_at, payload)


def _queries(
    kinds: Sequence[str], findings: Iterable[FindingKey] | None
) -> Iterator[Select[*_Row]]:
    if findings is None:
        # Nearly every row is of one of the kinds: their index would only bring the rows out of order.
        yield _ROWS.where((journal.c.kind + "").in_(kinds))
        return
    keys = sorted({int(key) for key in findings})
    query = _ROWS.where(journal.c.kind.in_(kinds))
    for start in range(0, len(keys), _BATCH):
        yield query.where(journal.c.finding.in_(keys[start : start + _BATCH]))


class _Opening(msgspec.Struct, frozen=True):
    is_neutral: bool = False


class _Change(msgspec.Struct, frozen=True):
    state: str | None = None
    objective: str | None = None


class _Decided(msgspec.Struct, frozen=True):
    """What clocks read of a decision."""

    set: _Change | None = None
    objective_seconds: int | None = None
    clock: str | None = None


class _ClockPayload(msgspec.Struct, frozen=True):
    """What clocks read of a payload."""

    finding: _Opening | None = None
    set: _Change | None = None
    objective_seconds: int | None = None
    expires_at: int | None = None
    clock: str | None = None
    merged: int | None = None
    into: int | None = None
    decided: _Decided | None = None
    """The payload of an opening's first decision (`journal.events_in`)."""

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


_DECODE = msgspec.json.Decoder(_ClockPayload).decode
_EVENT_KINDS: Mapping[str, EventKind] = {each.value: each for each in EventKind}
_MOST_KEPT = 200_000


class _ClockReading:
    """Turns rows into events; those of rows that say the same are one value."""

    def __init__(self, kinds: frozenset[EventKind]) -> None:
        self._kinds = kinds
        self._told: dict[tuple[str, int, _ClockPayload], Sequence[Event]] = {}

    def told(self, kind: str, happened_at: int, payload: str) -> Sequence[Event]:
        said = _DECODE(payload)
        row = (kind, happened_at, said)
        known = self._told.get(row)
        if known is None:
            known = tuple(self._events(_EVENT_KINDS[kind], from_seconds(happened_at), said))
            if len(self._told) < _MOST_KEPT:
                self._told[row] = known
        return known

    def _events(self, kind: EventKind, at: datetime, said: _ClockPayload) -> Iterator[Event]:
        if kind in self._kinds:
            yield Event(kind, at, "", payload=said.as_mapping())
        made = said.decided
        if made is not None and EventKind.DECIDED in self._kinds:
            decided = _ClockPayload(
                set=made.set, objective_seconds=made.objective_seconds, clock=made.clock
            )
            yield Event(EventKind.DECIDED, at, "", payload=decided.as_mapping())
