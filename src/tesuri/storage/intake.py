"""Scans on their way in: which scan a report belongs to, and what the store knows of its findings."""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import islice

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from tesuri.model.finding import State, Work
from tesuri.model.identifiers import FindingKey, Identity
from tesuri.model.severity import Severity
from tesuri.model.standing import ReportFigures, ScanPlace, Standing, Unseen
from tesuri.storage.bulk import insert_tuples, rows_among
from tesuri.storage.columns import columns_of
from tesuri.storage.instants import from_optional_seconds, from_seconds, to_seconds
from tesuri.storage.joining import identity_links
from tesuri.storage.tables import finding, report, scan, scan_content, scope, sighting, staged
from tesuri.storage.texts import storable

_MOST_IDENTITIES = 100_000
_STAGE_BATCH = 50_000
_WORTH_COUNTING = 1000
_IDENTITY_BYTES = 16


def place_scan(
    connection: Connection,
    *,
    tool: str,
    target: str,
    configuration: str,
    scanned_at: datetime | None,
    content: str,
    is_complete: bool,
    recorded_at: datetime,
) -> ScanPlace:
    """Find or make the scan that a report belongs to (words: Scan).

    A time that the clock here has not reached yet names the scan and dates nothing: it counts as made when it is
    recorded, or one clock that is wrong would keep every later scan from closing anything.
    """
    where = (scope.c.tool == tool, scope.c.target == target, scope.c.configuration == configuration)
    key = connection.execute(select(scope.c.id).where(*where)).scalar()
    if key is None:
        made = insert(scope).values(tool=tool, target=target, configuration=configuration)
        key = connection.execute(made.returning(scope.c.id)).scalar_one()
    told = _name_of(scanned_at, content)
    same = scan.c.content == told
    if scanned_at is not None:
        same = or_(same, and_(scan.c.scanned_at == to_seconds(scanned_at), scan.c.content == ""))
    known = connection.execute(select(scan).where(scan.c.scope == key, same)).first()
    is_dated = scanned_at is not None and scanned_at <= recorded_at
    at = to_seconds(min(scanned_at or recorded_at, recorded_at))
    at = at if known is None else known.scanned_at
    newest = connection.execute(
        select(func.max(scan.c.scanned_at)).where(scan.c.scope == key)
    ).scalar()
    scan_key = known.id if known else None
    if scan_key is None:
        made = insert(scan).values(
            scope=key,
            scanned_at=at,
            recorded_at=to_seconds(recorded_at),
            content="" if is_dated else told,
            is_complete=is_complete,
        )
        scan_key = connection.execute(made.returning(scan.c.id)).scalar_one()
    elif known is not None and known.is_complete and not is_complete:
        connection.execute(update(scan).where(scan.c.id == scan_key).values(is_complete=False))
    return ScanPlace(
        scope=key,
        scan=scan_key,
        scanned_at=from_seconds(at),
        is_new_scan=known is None,
        is_newest=newest is None or at >= newest,
        is_complete=is_complete and (known is None or known.is_complete),
        clean_after=_complete_after(connection, key, at),
    )


def _name_of(scanned_at: datetime | None, content: str) -> str:
    """Give what tells a scan that has no usable time of its own: what it contains, or the time that was told."""
    return content if scanned_at is None else f"at {to_seconds(scanned_at)}"


def _complete_after(
    connection: Connection, scope_key: int, at: int
) -> tuple[tuple[int, datetime], ...]:
    query = (
        select(scan.c.id, scan.c.scanned_at)
        .where(scan.c.scope == scope_key, scan.c.is_complete, scan.c.scanned_at > at)
        .order_by(scan.c.scanned_at, scan.c.id)
        .limit(2)
    )
    return tuple((row.id, from_seconds(row.scanned_at)) for row in connection.execute(query))


def has_report(connection: Connection, scan_key: int, digest: str) -> bool:
    """Whether this very file is already part of this scan."""
    query = select(report.c.id).where(report.c.scan == scan_key, report.c.digest == digest)
    return connection.execute(query).first() is not None


def add_report(connection: Connection, scan_key: int, figures: ReportFigures) -> None:
    """Keep what a report said of itself."""
    connection.execute(
        insert(report).values(
            scan=scan_key,
            digest=figures.digest,
            file=storable(figures.file),
            format=figures.format,
            format_version=storable(figures.format_version),
            tool_version=storable(figures.tool_version),
            findings=figures.findings,
            suppressed=figures.suppressed,
            informational=figures.informational,
            skipped=figures.skipped,
            skipped_examples=orjson.dumps(figures.skipped_examples).decode(),
        )
    )


def add_content(connection: Connection, scan_key: int, identities: Iterable[Identity]) -> None:
    """Keep which findings a part of a scan contains."""
    rest = iter(identities)
    while some := b"".join(islice(rest, _MOST_IDENTITIES)):
        connection.execute(insert(scan_content).values(scan=scan_key, identities=some))


def _stage(connection: Connection, identities: Iterable[Identity]) -> None:
    staged.create(connection, checkfirst=True)
    connection.execute(delete(staged))
    count, rest = 0, iter(identities)
    while rows := [(identity,) for identity in islice(rest, _STAGE_BATCH)]:
        insert_tuples(connection, columns_of(staged), rows)
        count += len(rows)
    if connection.dialect.name == "postgresql" and count >= _WORTH_COUNTING:
        # Nobody else counts a temporary table, and an uncounted one is joined row by row.
        connection.exec_driver_sql("ANALYZE staged")


def _stage_united(connection: Connection, place: ScanPlace) -> None:
    """Stage what every part of the scan contains, and every later scan of its scope."""
    later = scan.c.scanned_at > to_seconds(place.scanned_at)
    _stage(connection, _contents(connection, place, or_(scan.c.id == place.scan, later)))
    _drop_older_content(connection, place)


def seen_after(connection: Connection, place: ScanPlace) -> frozenset[Identity]:
    """Give what later scans of the scope contain."""
    later = scan.c.scanned_at > to_seconds(place.scanned_at)
    return frozenset(_contents(connection, place, later))


def _contents(
    connection: Connection, place: ScanPlace, chosen: ColumnElement[bool]
) -> Iterator[Identity]:
    """Give what some scans of the scope contain, each identity as it is known now."""
    query = (
        select(scan_content.c.identities)
        .join(scan, scan.c.id == scan_content.c.scan)
        .where(scan.c.scope == place.scope, chosen)
    )
    links = identity_links(connection)
    for packed in connection.execute(query).scalars().all():
        for start in range(0, len(packed), _IDENTITY_BYTES):
            identity = Identity(bytes(packed[start : start + _IDENTITY_BYTES]))
            yield links.get(identity, identity)


def _drop_older_content(connection: Connection, place: ScanPlace) -> None:
    at = to_seconds(place.scanned_at)
    older = select(scan.c.id).where(scan.c.scope == place.scope, scan.c.scanned_at < at)
    connection.execute(delete(scan_content).where(scan_content.c.scan.in_(older)))


def has_findings(connection: Connection) -> bool:
    """Whether there is any finding."""
    return connection.execute(select(finding.c.id).limit(1)).first() is not None


def standings(
    connection: Connection, scope_key: int, identities: Sequence[Identity]
) -> dict[Identity, Standing]:
    """Give the current episode of each of these identities that the store knows."""
    if not identities:
        return {}
    _stage(connection, identities)
    here = and_(sighting.c.finding == finding.c.id, sighting.c.scope == scope_key)
    query = (
        select(
            finding,
            sighting.c.detail.label("detail_here"),
            sighting.c.missed_scan,
            sighting.c.absent_scan,
        )
        .join(staged, staged.c.identity == finding.c.identity)
        .outerjoin(sighting, here)
        .where(finding.c.is_current)
    )
    known: dict[Identity, Standing] = {}
    for row in connection.execute(query):
        identity = Identity(bytes(row.identity))
        known[identity] = Standing(
            key=FindingKey(row.id),
            identity=identity,
            episode=row.episode,
            state=State(row.state),
            work=Work(row.work),
            opened_at=from_seconds(row.opened_at),
            closed_at=from_optional_seconds(row.closed_at),
            severity=Severity(row.severity),
            detail=row.detail,
            detail_here=row.detail_here,
            is_missed_here=row.missed_scan is not None,
            missed_scan=row.missed_scan,
            absent_scan=row.absent_scan,
            is_waived=row.waiver is not None,
            is_neutral=row.is_neutral,
        )
    return known


def unseen(connection: Connection, place: ScanPlace) -> list[Unseen]:
    """Give the findings that the scope saw before, and neither a part of the scan nor a later scan has."""
    if not place.superseded and _is_first(connection, place):
        return []
    _stage_united(connection, place)
    return _unseen(connection, place, is_staged=False)


def unseen_among(
    connection: Connection, place: ScanPlace, identities: Iterable[Identity]
) -> list[Unseen]:
    """Give the same of findings that the scan is known to lack."""
    _stage(connection, identities)
    _drop_older_content(connection, place)
    return _unseen(connection, place, is_staged=True)


def _unseen(connection: Connection, place: ScanPlace, *, is_staged: bool) -> list[Unseen]:
    query = (
        select(
            finding.c.id,
            finding.c.state,
            finding.c.work,
            sighting.c.scope,
            sighting.c.missed_scan,
            sighting.c.detail,
            scan.c.scanned_at.label("missed_at"),
        )
        .join(sighting, sighting.c.finding == finding.c.id)
        .outerjoin(scan, scan.c.id == sighting.c.missed_scan)
        .outerjoin(staged, staged.c.identity == finding.c.identity)
        .where(
            finding.c.is_current,
            _is_of(place),
            sighting.c.absent_scan.is_(None),
            staged.c.identity.is_not(None) if is_staged else staged.c.identity.is_(None),
        )
        .order_by(finding.c.id)
    )
    rows = list({row.id: row for row in connection.execute(query)}.values())
    own = {place.scope, *place.superseded}
    elsewhere = _elsewhere(connection, own, [row.id for row in rows])
    return [
        Unseen(
            key=FindingKey(row.id),
            state=State(row.state),
            work=Work(row.work),
            missed_at=from_optional_seconds(row.missed_at),
            missed_scan=row.missed_scan,
            is_visible_elsewhere=elsewhere.get(row.id, _NOWHERE)[0],
            clean_elsewhere_at=elsewhere.get(row.id, _NOWHERE)[1],
            scope=row.scope,
            told=row.detail,
        )
        for row in rows
    ]


def _is_of(place: ScanPlace) -> ColumnElement[bool]:
    """Whether the scope saw it, or only one that it supersedes did."""
    own = sighting.c.scope == place.scope
    if not place.superseded:
        return own
    mine = sighting.alias("mine")
    seen_here = select(mine.c.finding).where(mine.c.scope == place.scope)
    earlier = and_(sighting.c.scope.in_(place.superseded), sighting.c.finding.not_in(seen_here))
    return or_(own, earlier)


_NOWHERE: tuple[bool, datetime | None] = (False, None)
_OTHERS = """
SELECT other.finding, other.scope, other.absent_scan, scan.scanned_at
FROM sighting AS other LEFT JOIN scan ON scan.id = other.missed_scan
"""


def _elsewhere(
    connection: Connection, own: AbstractSet[int], keys: Sequence[int]
) -> dict[int, tuple[bool, datetime | None]]:
    """Give of findings that other scopes know whether one sees them, and the latest first clean scan of these."""
    found: dict[int, tuple[bool, datetime | None]] = {}
    for key, other, absent_scan, at in rows_among(connection, _OTHERS, "other.finding", keys):
        if other in own:
            continue
        is_visible, clean_at = found.get(int(str(key)), _NOWHERE)
        seconds = [int(str(at))] if at is not None else []
        seconds += [to_seconds(clean_at)] if clean_at else []
        found[int(str(key))] = (
            is_visible or absent_scan is None,
            from_optional_seconds(max(seconds, default=None)),
        )
    return found


def _is_first(connection: Connection, place: ScanPlace) -> bool:
    """Whether the scope has no other scan: what it sees, this one contains."""
    other = select(scan.c.id).where(scan.c.scope == place.scope, scan.c.id != place.scan)
    return connection.execute(other.limit(1)).first() is None
