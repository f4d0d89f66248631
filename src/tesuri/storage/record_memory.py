"""The memory of records: one for each scope, of its newest complete scan. It is safe to lose: then everything is read."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, and_, delete, func, insert, or_, select, update

from tesuri.model.finding import State, Work
from tesuri.model.identifiers import Identity
from tesuri.model.record_memory import MemoryPart
from tesuri.model.standing import ScanPlace
from tesuri.storage.instants import to_seconds
from tesuri.storage.tables import finding, record_memory, scan, sighting


def load(connection: Connection, place: ScanPlace, mark: str) -> Sequence[MemoryPart]:
    """Give the memory that this scan may be compared with; nothing where any other scan came in between.

    The mark stands for everything else that the outcome depends on; it must be the same.
    """
    at = to_seconds(place.scanned_at)
    before = select(func.max(scan.c.scanned_at)).where(
        scan.c.scope == place.scope, scan.c.scanned_at < at
    )
    previous = select(scan.c.id).where(
        scan.c.scope == place.scope, scan.c.scanned_at == before.scalar_subquery()
    )
    keys = connection.execute(previous).scalars().all()
    if len(keys) != 1:
        return []
    query = (
        select(record_memory)
        .where(
            record_memory.c.scope == place.scope,
            record_memory.c.scan == keys[0],
            record_memory.c.mark == mark,
        )
        .order_by(record_memory.c.id)
    )
    return [
        MemoryPart(bytes(row.digests), bytes(row.kinds), bytes(row.identities))
        for row in connection.execute(query)
    ]


def forget(connection: Connection, scope: int) -> None:
    """Drop the memory of a scope."""
    connection.execute(delete(record_memory).where(record_memory.c.scope == scope))


def keep(
    connection: Connection, place: ScanPlace, mark: str, parts: Iterable[MemoryPart] | None
) -> None:
    """Keep what this scan's records came to; None where it is the same as of the scan before."""
    if parts is None:
        here = record_memory.c.scope == place.scope
        connection.execute(update(record_memory).where(here).values(scan=place.scan))
        return
    forget(connection, place.scope)
    for part in parts:
        connection.execute(
            insert(record_memory).values(
                scope=place.scope,
                scan=place.scan,
                mark=mark,
                digests=part.digests,
                kinds=part.kinds,
                identities=part.identities,
            )
        )


def unsettled(connection: Connection, scope: int) -> set[Identity]:
    """Give the findings that the scope sees and that a new sighting would change something about."""
    # Two questions, each about one table, because one about both has to join every row before it can leave any out.
    sighted = (
        select(finding.c.identity)
        .join(sighting, sighting.c.finding == finding.c.id)
        .where(sighting.c.scope == scope)
    )
    missed = sighted.where(sighting.c.missed_scan.is_not(None))
    closed = sighted.where(
        or_(
            ~finding.c.is_current,
            finding.c.state.in_([State.FIXED.value, State.GONE.value]),
            finding.c.work == Work.AWAITING_VERIFICATION.value,
        )
    )
    return {
        Identity(bytes(identity))
        for each in (missed, closed)
        for identity in connection.execute(each).scalars()
    }


def missed_once(connection: Connection, scope: int) -> set[Identity]:
    """Give the findings that the scope's newest complete scan lacked for the first time."""
    query = (
        select(finding.c.identity)
        .join(sighting, sighting.c.finding == finding.c.id)
        .where(
            and_(
                sighting.c.scope == scope,
                sighting.c.missed_scan.is_not(None),
                sighting.c.absent_scan.is_(None),
            ),
            finding.c.is_current,
        )
    )
    return {Identity(bytes(identity)) for identity in connection.execute(query).scalars()}
