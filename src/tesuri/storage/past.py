"""The store as it was recorded up to an instant: the beginning of the journal, in a database of its own.

The journal is the truth, so its beginning is the past: current rows are made of it by the same projection, and the
same questions are asked of them. What no journal holds is taken by its own time of recording; see docs/store.md for
what is out of reach. Nothing that is written to the copy is kept.
"""

import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    StaticPool,
    Table,
    create_engine,
    delete,
    func,
    insert,
    select,
    true,
    update,
)

from tesuri.model.event import EventKind
from tesuri.model.signal import FeedName
from tesuri.storage import feed_entries, journal, projection
from tesuri.storage.instants import to_seconds
from tesuri.storage.inventory_tables import component, presence
from tesuri.storage.tables import (
    alias,
    decision,
    feed,
    feed_entry,
    finding,
    metadata,
    report,
    scan,
    scope,
    txn,
    work_group,
)
from tesuri.storage.tables import journal as journal_table

_BATCH = 5000


def open_past(source: Connection, recorded_by: datetime) -> Engine:
    """Give a copy of what was recorded by this second; an empty one where nothing was.

    **cost** reads the journal up to there once; the copy lies in a nameless temporary file that goes with its engine.
    """
    engine = _open_nameless()
    metadata.create_all(engine)
    with engine.begin() as target:
        last = _last_transaction(source, recorded_by)
        for table, condition in _recorded(last, to_seconds(recorded_by)).items():
            _copy(source, target, table, condition)
        projection.rebuild(target)
        _name_groups_as_then(source, target, last)
        keys = [key for key, _ in feed_entries.advisory_feeds(target)]
        named = feed_entry.c.advisory.in_(select(alias.c.advisory))
        _copy(source, target, feed_entry, feed_entry.c.feed.in_(keys) & named)
        # What was listed by then; what a later scan left out was still there.
        target.execute(
            update(presence)
            .where(presence.c.gone_scan.not_in(select(scan.c.id)))
            .values(gone_scan=None)
        )
    return engine


def _open_nameless() -> Engine:
    # SQLite gives each connection to "" a file of its own, so that one connection must serve everybody.
    connect: Callable[[], sqlite3.Connection] = lambda: sqlite3.connect("", check_same_thread=False)  # noqa: E731
    return create_engine("sqlite://", creator=connect, poolclass=StaticPool)


def _last_transaction(source: Connection, recorded_by: datetime) -> int:
    """Give the last transaction of the past; a clock that was set back takes none out of the middle."""
    query = select(func.max(txn.c.id)).where(txn.c.recorded_at <= to_seconds(recorded_by))
    return source.execute(query).scalar() or 0


def _recorded(last: int, second: int) -> Mapping[Table, ColumnElement[bool]]:
    """Give which rows of which table were there, parents before their children."""
    scans = select(scan.c.id).where(scan.c.recorded_at <= second)
    return {
        txn: txn.c.id <= last,
        journal_table: journal_table.c.txn <= last,
        scope: true(),
        scan: scan.c.recorded_at <= second,
        report: report.c.scan.in_(scans),
        work_group: true(),
        decision: true(),
        feed: feed.c.recorded_at <= second,
        feed_entry: feed_entry.c.feed.in_(
            select(feed.c.id).where(
                feed.c.name == FeedName.ENDOFLIFE.value, feed.c.recorded_at <= second
            )
        ),
        component: true(),
        presence: presence.c.first_scan.in_(scans),
    }


def _copy(
    source: Connection, target: Connection, table: Table, condition: ColumnElement[bool]
) -> None:
    rows = source.execute(
        select(table).where(condition), execution_options={"yield_per": _BATCH}
    ).mappings()
    for some in rows.partitions():
        target.execute(insert(table), [dict(row) for row in some])


def _name_groups_as_then(source: Connection, target: Connection, last: int) -> None:
    """Keep the groups that had findings, under the titles that they had."""
    target.execute(delete(work_group).where(work_group.c.id.not_in(select(finding.c.work_group))))
    renamings = (
        select(journal_table)
        .where(journal_table.c.kind == EventKind.GROUP_RENAMED.value, journal_table.c.txn > last)
        .order_by(journal_table.c.id.desc())
    )
    # Undone from the newest to the oldest, so that the title before the oldest stands in the end.
    for row in source.execute(renamings).mappings():
        event = journal.event_of(row)
        before = {name: str(event.payload[f"{name}_before"]) for name in ("title", "title_ja")}
        key = int(str(event.payload["group"]))
        target.execute(update(work_group).where(work_group.c.id == key).values(before))
