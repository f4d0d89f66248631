"""Appending to the journal: one row per change, one hash link per transaction."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime

import orjson
from sqlalchemy import Connection, func, insert, select, update

from tesuri.model.errors import Defect
from tesuri.model.event import Event, EventKind
from tesuri.model.identifiers import FindingKey
from tesuri.storage.bulk import insert_rows
from tesuri.storage.instants import from_seconds, to_seconds
from tesuri.storage.tables import counter, journal, txn
from tesuri.storage.texts import storable

_GENESIS = bytes(32)


def append(connection: Connection, events: Sequence[Event], recorded_at: datetime) -> None:
    """Write the events as one transaction of the journal and link it to the one before.

    **raises** nothing of its own; an empty sequence writes nothing.
    """
    if not events:
        return
    rows = [_row(event) for event in events]
    previous = connection.execute(select(txn.c.digest).order_by(txn.c.id.desc()).limit(1)).scalar()
    key = connection.execute(
        insert(txn)
        .values(
            recorded_at=to_seconds(recorded_at),
            digest=_digest(previous or _GENESIS, recorded_at, rows),
            events=len(rows),
        )
        .returning(txn.c.id)
    ).scalar_one()
    insert_rows(connection, journal, [{**row, "txn": key} for row in rows])


def read(connection: Connection, *, finding: FindingKey | None = None) -> Iterator[Event]:
    """Give the events in the order in which they were written; of one finding or of all."""
    query = select(journal).order_by(journal.c.id)
    if finding is not None:
        query = query.where(journal.c.finding == finding)
    for row in connection.execute(query).mappings():
        yield event_of(row)


def event_of(row: object) -> Event:
    """Build the event of a journal row (a mapping of column names to values)."""
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
    """Recompute every link of the chain; give the number of transactions.

    **raises** Defect naming the first transaction whose link does not hold.
    """
    previous, checked = _GENESIS, 0
    for link in connection.execute(select(txn).order_by(txn.c.id)):
        rows = [
            {str(name): value for name, value in row.items() if name not in ("id", "txn")}
            for row in connection.execute(
                select(journal).where(journal.c.txn == link.id).order_by(journal.c.id)
            ).mappings()
        ]
        if _digest(previous, from_seconds(link.recorded_at), rows) != link.digest:
            raise Defect(
                "The journal was changed after it was written.",
                where=f"transaction {link.id}",
                remedy="Restore the database from a backup made before that change.",
            )
        previous, checked = link.digest, checked + 1
    linked = connection.execute(select(func.coalesce(func.sum(txn.c.events), 0))).scalar_one()
    if linked != event_count(connection):
        raise Defect(
            "The journal holds rows that belong to no transaction.",
            where="journal",
            remedy="Restore the database from a backup.",
        )
    return checked


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


def _row(event: Event) -> dict[str, object]:
    return {
        "kind": event.kind.value,
        "finding": event.finding,
        "happened_at": to_seconds(event.happened_at),
        "actor": storable(event.actor[:128]),
        "reason": storable(event.reason),
        "payload": orjson.dumps(dict(event.payload), option=orjson.OPT_SORT_KEYS).decode(),
    }


def _digest(previous: bytes, recorded_at: datetime, rows: Sequence[dict[str, object]]) -> bytes:
    link = hashlib.sha256(previous)
    link.update(str(to_seconds(recorded_at)).encode())
    for row in rows:
        link.update(orjson.dumps(row, option=orjson.OPT_SORT_KEYS))
    return link.digest()
