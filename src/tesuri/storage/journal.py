"""Appending to the journal: one row per change, one hash link per writing.

A link is the SHA-256 of the link before, the time of recording, and its rows as one JSON array without its brackets,
a comma after each row: so it can be computed of any part of the rows at a time.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Final

import orjson
from sqlalchemy import Connection, RowMapping, Select, func, insert, select, update

from tesuri.model.errors import Defect
from tesuri.model.event import Event, EventKind
from tesuri.model.identifiers import FindingKey
from tesuri.storage.bulk import change_behind, insert_behind
from tesuri.storage.columns import Columns, Values, columns_of
from tesuri.storage.instants import from_seconds, to_seconds
from tesuri.storage.tables import counter, journal, txn
from tesuri.storage.texts import storable

_GENESIS = bytes(32)
_BATCH = 5000
_COLUMNS = columns_of(journal, "id")
_CLOSING = Columns(txn.name, ("digest", "events"))
_Columns = tuple[object, ...]

DECIDED: Final = "decided"
"""In the payload of an opening: its first decision, which has no row of its own."""
TRIAGE: Final = "triage"
"""Who decides first."""


def append(connection: Connection, events: Sequence[Event], recorded_at: datetime) -> None:
    """Write the events as one link of the journal's chain.

    **raises** nothing of its own; an empty sequence writes nothing.
    """
    if events:
        link = open_link(connection, recorded_at)
        write_link(connection, link, [(link.key, *_row(event)) for event in events])


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the chain that was begun."""

    key: int
    """Its rows begin with it."""
    beginning: bytes
    """The digest of the link before."""
    recorded_at: int


def open_link(connection: Connection, recorded_at: datetime) -> Link:
    """Begin a link; `write_link` must follow, and no other link before it."""
    at = to_seconds(recorded_at)
    made = insert(txn).values(recorded_at=at, digest=b"", events=0)
    key = int(connection.execute(made.returning(txn.c.id)).scalar_one())
    before = select(txn.c.digest).where(txn.c.id < key).order_by(txn.c.id.desc()).limit(1)
    return Link(key, connection.execute(before).scalar() or _GENESIS, at)


def write_link(connection: Connection, link: Link, rows: Sequence[Values]) -> None:
    """Write the rows of a link, all columns but the key in the table's order, and close it."""
    digest = _begin(link.beginning, link.recorded_at)
    for start in range(0, len(rows), _BATCH):
        digest.update(_hashed(rows[start : start + _BATCH]))
    insert_behind(connection, _COLUMNS, rows)
    change_behind(connection, _CLOSING, "id", (digest.digest(), len(rows), link.key))


def read(connection: Connection) -> Iterator[Event]:
    """Give all events in the order in which they were written, some thousand rows in memory at a time."""
    for row in _stream(connection, select(journal)):
        yield from events_in(row)


def _stream(connection: Connection, query: Select[_Columns]) -> Iterator[RowMapping]:
    """Give rows of the journal by key, asked for in parts: so the connection may write between them."""
    last = 0
    some = query.order_by(journal.c.id).limit(_BATCH)
    while rows := connection.execute(some.where(journal.c.id > last)).mappings().all():
        yield from rows
        last = rows[-1]["id"]


def events_in(row: object) -> tuple[Event, ...]:
    """Build the events of a journal row: of an opening its first decision too, where that is in it."""
    event = event_of(row)
    decided = event.payload.get(DECIDED)
    if event.kind is not EventKind.OPENED or not isinstance(decided, dict):
        return (event,)
    opened = {name: value for name, value in event.payload.items() if name != DECIDED}
    reason = str(decided.pop("reason"))
    decision = replace(event, kind=EventKind.DECIDED, actor=TRIAGE, reason=reason, payload=decided)
    return replace(event, payload=opened), decision


def row_kinds(kinds: Iterable[EventKind]) -> list[str]:
    """Give the kinds of the rows in which events of these kinds stand."""
    wanted = {kind.value for kind in kinds}
    opened = {EventKind.OPENED.value} if EventKind.DECIDED.value in wanted else set()
    return sorted(wanted | opened)


def event_of(row: object) -> Event:
    """Build the event of a journal row (a mapping of column names to values), whatever else is in it."""
    columns = row  # RowMapping; typed as object so that callers need no SQLAlchemy
    if not hasattr(columns, "__getitem__"):
        raise Defect("A journal row is no mapping.", where="journal")
    finding = columns["finding"]
    return Event(
        kind=EventKind(columns["kind"]),
        happened_at=from_seconds(columns["happened_at"]),
        actor=columns["actor"],
        finding=None if finding is None else FindingKey(finding),
        reason=columns["reason"],
        payload=orjson.loads(columns["payload"]),
    )


def verify(connection: Connection) -> int:
    """Recompute every link of the chain; give the number of links.

    **raises** Defect naming the first transaction whose link does not hold. **cost** one pass, some thousand rows in
    memory at a time.
    """
    previous, checked, linked = _GENESIS, 0, 0
    names = [journal.c[name] for name in _COLUMNS.names]
    rows = _Ahead(
        tuple(row.values())[1:] for row in _stream(connection, select(journal.c.id, *names))
    )
    for link in connection.execute(select(txn).order_by(txn.c.id)):
        digest = _begin(previous, link.recorded_at)
        left = link.events
        while left > 0 and (some := rows.of_link(link.id, min(left, _BATCH))):
            digest.update(_hashed(some))
            left -= len(some)
        if digest.digest() != link.digest:
            raise Defect(
                "The journal was changed after it was written.",
                where=f"transaction {link.id}",
                remedy="Restore the database from a backup made before that change.",
            )
        previous, checked, linked = link.digest, checked + 1, linked + link.events
    if linked != event_count(connection):
        raise Defect(
            "The journal holds rows that belong to no transaction.",
            where="journal",
            remedy="Restore the database from a backup.",
        )
    return checked


class _Ahead:
    """Rows of a stream, of which those of the next link can be taken."""

    def __init__(self, rows: Iterator[Values]) -> None:
        self._rows = rows
        self._next: list[Values] = []

    def of_link(self, link: int, most: int) -> list[Values]:
        """Take rows as long as they belong to this link."""
        taken: list[Values] = []
        while len(taken) < most:
            self._next = self._next or list(islice(self._rows, 1))
            if not self._next or self._next[0][0] != link:
                break
            taken.append(self._next.pop())
        return taken


def reserve(connection: Connection, name: str, count: int) -> int:
    """Take `count` consecutive keys; give the first. Holds the row until the transaction ends."""
    taken = connection.execute(
        update(counter)
        .where(counter.c.name == name)
        .values(next=counter.c.next + count)
        .returning(counter.c.next)
    ).scalar()
    if taken is None:
        connection.execute(insert(counter).values(name=name, next=1 + count))
        return 1
    return int(taken) - count


def event_count(connection: Connection) -> int:
    """Give the number of journal rows."""
    return connection.execute(select(func.count()).select_from(journal)).scalar_one()


def payload_text(payload: object) -> str:
    """Give a payload as the journal keeps it."""
    return orjson.dumps(payload, option=orjson.OPT_SORT_KEYS).decode()


def _row(event: Event) -> Values:
    return (
        event.kind.value,
        event.finding,
        to_seconds(event.happened_at),
        storable(event.actor[:128]),
        storable(event.reason),
        payload_text(dict(event.payload)),
    )


def _begin(previous: bytes, recorded_at: int) -> "hashlib._Hash":
    return hashlib.sha256(previous + str(recorded_at).encode())


def _hashed(rows: Iterable[Values]) -> bytes:
    return orjson.dumps(list(rows))[1:-1] + b","
