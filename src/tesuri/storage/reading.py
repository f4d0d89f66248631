"""Answers of the store: rows turned back into records."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection, RowMapping, and_, func, select

from tesuri.model.event import Event, EventKind
from tesuri.model.finding import CountedFinding, Finding, State
from tesuri.model.identifiers import (
    FindingKey,
    GroupKey,
    ServiceId,
)
from tesuri.ports import GroupName, ScanLine
from tesuri.storage.finding_reading import FindingReading, read_findings
from tesuri.storage.instants import from_optional_seconds, from_seconds
from tesuri.storage.journal import events_in, row_kinds
from tesuri.storage.tables import (
    feed,
    finding,
    journal,
    report,
    scan,
    scope,
    txn,
    work_group,
)

_BATCH = 500
_AT_ONCE = 2000
"""Rows that are taken from the driver at a time."""
_Columns = tuple[object, ...]


def findings(connection: Connection, states: Sequence[State] | None = None) -> list[Finding]:
    """Give every episode, past ones too, in these states (all without), by key."""
    query = select(finding).where(finding.c.merged_into.is_(None))
    if states is not None:
        query = query.where(finding.c.state.in_([state.value for state in states]))
    return read_findings(connection, query)


def findings_by_key(connection: Connection, keys: Iterable[FindingKey]) -> list[Finding]:
    """Give these findings, by key; unknown keys are left out, and those that are merged into others."""
    found: list[Finding] = []
    known = select(finding).where(finding.c.merged_into.is_(None))
    for some in _batches(sorted({int(key) for key in keys})):
        found += read_findings(connection, known.where(finding.c.id.in_(some)))
    return found


def survivor(connection: Connection, key: FindingKey) -> FindingKey:
    """Give the finding that this one is merged into in the end; itself where it is not."""
    found: int | None = int(key)
    while found is not None:
        key = FindingKey(found)
        found = connection.execute(
            select(finding.c.merged_into).where(finding.c.id == found)
        ).scalar()
    return key


def listed_findings(
    connection: Connection, keys: Iterable[FindingKey] | None = None
) -> list[Finding]:
    """Give these findings (all without) by key, without what lists do not show."""
    reading = FindingReading(is_short=True)
    known = select(finding).where(finding.c.merged_into.is_(None))
    if keys is None:
        return read_findings(connection, known, reading, is_part=False)
    found: list[Finding] = []
    for some in _batches(sorted({int(key) for key in keys})):
        found += read_findings(connection, known.where(finding.c.id.in_(some)), reading)
    return found


def living_findings(connection: Connection, after: FindingKey, most: int) -> list[Finding]:
    """Give the next open and waived findings by key, without what lists do not show."""
    # Nearly all findings of most stores: their index would only bring them out of order.
    is_living = (finding.c.state + "").in_([State.OPEN.value, State.WAIVED.value])
    query = (
        select(finding)
        .where(finding.c.merged_into.is_(None), is_living, finding.c.id > after)
        .order_by(finding.c.id)
        .limit(most)
    )
    return read_findings(connection, query, FindingReading(is_short=True))


def counted_findings(
    connection: Connection, service: ServiceId | None = None
) -> Iterator[CountedFinding]:
    """Give what budgets count of every finding under an objective, or of those of one service, by key."""
    columns = (finding.c.id, finding.c.objective, finding.c.service, finding.c.work_group)
    is_counted = and_(finding.c.merged_into.is_(None), finding.c.objective.is_not(None))
    query = select(*columns).where(is_counted).order_by(finding.c.id)
    if service is not None:
        query = query.where(finding.c.service == service)
    rows = connection.execute(query)
    for some in rows.partitions(_AT_ONCE):
        yield from map(CountedFinding._make, some)


def group_findings(connection: Connection, key: GroupKey) -> list[Finding]:
    """Give every finding of a group, past episodes too, by key."""
    own = and_(finding.c.work_group == key, finding.c.merged_into.is_(None))
    return read_findings(connection, select(finding).where(own))


def groups(
    connection: Connection, keys: Iterable[GroupKey] | None = None
) -> dict[GroupKey, GroupName]:
    """Give the names of these groups (all without)."""
    query = select(work_group)
    if keys is None:
        rows = connection.execute(query).all()
    else:
        rows = [
            row
            for some in _batches(sorted({int(key) for key in keys}))
            for row in connection.execute(query.where(work_group.c.id.in_(some)))
        ]
    return {
        GroupKey(row.id): GroupName(GroupKey(row.id), row.key, row.title, row.title_ja)
        for row in rows
    }


def events(
    connection: Connection,
    *,
    findings: Iterable[FindingKey] | None = None,
    kinds: Iterable[EventKind] | None = None,
    newest: int | None = None,
) -> list[Event]:
    """Give journal events in the order of writing; `newest` keeps the last that many."""
    query = select(journal)
    wanted = None if kinds is None else frozenset(kinds)
    if wanted is not None:
        query = query.where(journal.c.kind.in_(row_kinds(wanted)))
    if newest is not None:
        newest_first = connection.execute(query.order_by(journal.c.id.desc()).limit(newest))
        rows = newest_first.mappings().all()
        return list(_wanted(reversed(rows), wanted))[-newest:]
    if findings is None:
        return list(_wanted(connection.execute(query.order_by(journal.c.id)).mappings(), wanted))
    found: list[RowMapping] = []
    for some in _batches(sorted({int(key) for key in findings})):
        found += connection.execute(query.where(journal.c.finding.in_(some))).mappings()
    return list(_wanted(sorted(found, key=lambda row: int(row["id"])), wanted))


def _wanted(rows: Iterable[RowMapping], kinds: frozenset[EventKind] | None) -> Iterator[Event]:
    for row in rows:
        for event in events_in(row):
            if kinds is None or event.kind in kinds:
                yield event


def changed_findings(connection: Connection, after: int) -> list[FindingKey]:
    """Give the findings that transactions after this one wrote of, by key.

    **cost** in proportion to what they wrote: the journal is read from its end.
    """
    query = select(journal.c.id, journal.c.txn, journal.c.finding).order_by(journal.c.id.desc())
    found: set[FindingKey] = set()
    rows = connection.execute(query.limit(_AT_ONCE)).all()
    while rows:
        found.update(key for _, link, key in rows if link > after and key is not None)
        last, link, _ = rows[-1]
        if link <= after:
            break
        rows = connection.execute(query.where(journal.c.id < last).limit(_AT_ONCE)).all()
    return sorted(found)


def head(connection: Connection) -> tuple[int, int, int]:
    """Give the newest transaction, scan and feed; zeros where there is none."""
    newest = select(
        *(select(func.max(table.c.id)).scalar_subquery() for table in (txn, scan, feed))
    )
    transaction, last_scan, last_feed = connection.execute(newest).one()
    return transaction or 0, last_scan or 0, last_feed or 0


def link(connection: Connection, transaction: int) -> bytes:
    """Give the link of the journal's chain at a transaction; empty where there is none."""
    found = select(txn.c.digest).where(txn.c.id == transaction)
    return bytes(connection.execute(found).scalar() or b"")


def scans(connection: Connection) -> list[ScanLine]:
    """Give every scan, by scope and time."""
    query = (
        select(
            scope.c.tool,
            scope.c.target,
            scope.c.configuration,
            scan.c.scanned_at,
            scan.c.is_complete,
        )
        .join(scan, scan.c.scope == scope.c.id)
        .order_by(scope.c.id, scan.c.scanned_at)
    )
    return [
        ScanLine(
            row.tool, row.target, row.configuration, from_seconds(row.scanned_at), row.is_complete
        )
        for row in connection.execute(query)
    ]


def skipped_records(connection: Connection) -> int:
    """Give how many records could not be read in the newest scan of each scope."""
    newest = (
        select(scan.c.scope, func.max(scan.c.scanned_at).label("at"))
        .group_by(scan.c.scope)
        .subquery()
    )
    query = (
        select(func.coalesce(func.sum(report.c.skipped), 0))
        .join(scan, scan.c.id == report.c.scan)
        .join(newest, and_(newest.c.scope == scan.c.scope, newest.c.at == scan.c.scanned_at))
    )
    return int(connection.execute(query).scalar_one())


def recorded_at(connection: Connection) -> datetime | None:
    """Give when the journal was last written; None when it is empty."""
    return from_optional_seconds(connection.execute(select(func.max(txn.c.recorded_at))).scalar())


def _batches(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(keys), _BATCH):
        yield keys[start : start + _BATCH]
