"""Snapshots of feeds: each is remembered, the newest of each feed is kept whole and asked.

Of a snapshot that a newer one replaced, the rows stay that name an advisory of some report: they tell what was
shown then. The others, nearly all, are let go.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from tesuri.model.legacy import Product
from tesuri.model.observation import Skipped
from tesuri.model.signal import (
    EpssScore,
    Exploit,
    Feed,
    FeedHeader,
    FeedName,
    FeedRecord,
    KevEntry,
)
from tesuri.storage.bulk import insert_rows, rows_among
from tesuri.storage.instants import to_seconds
from tesuri.storage.product_entries import write_products
from tesuri.storage.tables import alias, feed, feed_entry
from tesuri.storage.texts import storable

_WRITE_BATCH = 10_000
_READ_BATCH = 500

Entry = KevEntry | EpssScore | Exploit


def add_feed(connection: Connection, snapshot: Feed, recorded_at: datetime) -> bool:
    """Keep a snapshot; False when this very file is known.

    **cost** some thousand of its records in memory, however many it has.
    """
    header = snapshot.header
    newest_before = newest_of(connection, header.name)
    known = select(feed.c.id).where(
        feed.c.name == header.name.value, feed.c.sha256 == header.sha256
    )
    if connection.execute(known).first() is not None:
        return False
    key = connection.execute(
        insert(feed)
        .values(
            name=header.name.value,
            as_of=header.as_of.isoformat(),
            sha256=header.sha256,
            rows=header.rows,
            skipped=0,
            source=storable(header.source_file),
            version=storable(header.version),
            recorded_at=to_seconds(recorded_at),
        )
        .returning(feed.c.id)
    ).scalar_one()
    skipped = (
        write_products(connection, key, snapshot, newest_before)
        if header.name is FeedName.ENDOFLIFE
        else _write(connection, key, snapshot.records)
    )
    connection.execute(update(feed).where(feed.c.id == key).values(skipped=skipped))
    _let_go(connection, header.name)
    return True


def newest_of(connection: Connection, name: FeedName) -> date | None:
    """Give the day of the newest snapshot of a feed; None where there is none."""
    day = connection.execute(
        select(func.max(feed.c.as_of)).where(feed.c.name == name.value)
    ).scalar()
    return date.fromisoformat(day) if day else None


def advisory_feeds(connection: Connection) -> list[tuple[int, FeedHeader]]:
    """Give the newest snapshots of the feeds that speak of advisories."""
    return [each for each in newest_feeds(connection) if each[1].name is not FeedName.ENDOFLIFE]


def _let_go(connection: Connection, name: FeedName) -> None:
    if name is FeedName.ENDOFLIFE:
        return  # its entries are only what changed, and what they said then is asked again
    newest = [key for key, header in newest_feeds(connection) if header.name is name]
    replaced = select(feed.c.id).where(feed.c.name == name.value, feed.c.id.not_in(newest))
    connection.execute(
        delete(feed_entry).where(
            feed_entry.c.feed.in_(replaced),
            # What it said of findings that the store holds is what was shown then.
            feed_entry.c.advisory.not_in(select(alias.c.advisory)),
        )
    )


def newest_feeds(connection: Connection) -> list[tuple[int, FeedHeader]]:
    """Give the newest snapshot of each feed with its key, by name."""
    newest: dict[str, tuple[int, FeedHeader]] = {}
    for row in connection.execute(select(feed).order_by(feed.c.name, feed.c.as_of, feed.c.id)):
        newest[row.name] = (
            row.id,
            FeedHeader(
                name=FeedName(row.name),
                as_of=date.fromisoformat(row.as_of),
                sha256=row.sha256,
                rows=row.rows,
                source_file=row.source,
                version=row.version,
            ),
        )
    return sorted(newest.values(), key=lambda found: found[1].name.value)


def entries(
    connection: Connection, feeds: Sequence[tuple[int, FeedHeader]], cves: Iterable[str]
) -> dict[str, list[Entry]]:
    """Give what these snapshots say of each CVE; a CVE that none names has no entry."""
    names = {key: header.name for key, header in feeds}
    wanted = sorted(set(cves))
    found: dict[str, list[Entry]] = defaultdict(list)
    for start in range(0, len(wanted), _READ_BATCH):
        query = select(feed_entry).where(
            feed_entry.c.feed.in_(names),
            feed_entry.c.advisory.in_(wanted[start : start + _READ_BATCH]),
        )
        for row in connection.execute(query):
            found[row.advisory] += _decode(names[row.feed], row.body)
    return dict(found)


def _write(connection: Connection, key: int, records: Iterator[FeedRecord]) -> int:
    skipped = 0
    together: dict[str, list[Entry]] = defaultdict(list)
    is_first = True
    for record in records:
        if isinstance(record, Skipped):
            skipped += 1
        elif not isinstance(record, Product):
            together[record.cve].append(record)
            if len(together) >= _WRITE_BATCH:
                _write_batch(connection, key, together, is_first=is_first)
                is_first = False
                together.clear()
    _write_batch(connection, key, together, is_first=is_first)
    return skipped


def _write_batch(
    connection: Connection, key: int, together: Mapping[str, list[Entry]], *, is_first: bool
) -> None:
    """Add what a feed says of some CVEs, of which it may have said something before."""
    bodies = {cve: _encode(found) for cve, found in together.items()}
    before = {} if is_first else _bodies_of(connection, key, bodies)
    insert_rows(
        connection,
        feed_entry,
        [
            {"feed": key, "advisory": cve, "body": body}
            for cve, body in bodies.items()
            if cve not in before
        ],
    )
    for cve, body in before.items():
        # Both are lists that are not empty: one goes on where the other ends.
        connection.execute(
            update(feed_entry)
            .where(feed_entry.c.feed == key, feed_entry.c.advisory == cve)
            .values(body=f"{body[:-1]},{bodies[cve][1:]}")
        )


def _bodies_of(connection: Connection, key: int, cves: Iterable[str]) -> dict[str, str]:
    """Give what a snapshot already says of these CVEs."""
    select_them = (
        f"SELECT advisory, body FROM (SELECT * FROM feed_entry WHERE feed = {key}) AS mine"  # noqa: S608 - a number of ours
    )
    found = rows_among(connection, select_them, "advisory", cves)
    return {str(advisory): str(body) for advisory, body in found}


def _encode(found: list[Entry]) -> str:
    return msgspec.json.encode(found).decode()


def _decode(name: FeedName, body: str) -> Sequence[Entry]:
    if name is FeedName.KEV:
        return msgspec.json.decode(body, type=list[KevEntry])
    if name is FeedName.EPSS:
        return msgspec.json.decode(body, type=list[EpssScore])
    return msgspec.json.decode(body, type=list[Exploit])
