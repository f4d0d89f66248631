"""Scans on their way in: which scan a report belongs to, and what the store knows of its findings."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import orjson
from sqlalchemy import (
    Connection,
    and_,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from tesuri.model.finding import State, Work
from tesuri.model.identifiers import FindingKey, GroupKey, Identity
from tesuri.model.severity import Severity
from tesuri.model.standing import ReportFigures, ScanPlace, Standing, Unseen
from tesuri.storage.bulk import insert_rows
from tesuri.storage.instants import from_optional_seconds, from_seconds, to_seconds
from tesuri.storage.tables import finding, report, scan, scope, sighting, staged, work_group
from tesuri.storage.texts import storable

_BATCH = 500
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
    """Find or make the scan that a report belongs to (words: Scan)."""
    where = (scope.c.tool == tool, scope.c.target == target, scope.c.configuration == configuration)
    key = connection.execute(select(scope.c.id).where(*where)).scalar()
    if key is None:
        made = insert(scope).values(tool=tool, target=target, configuration=configuration)
        key = connection.execute(made.returning(scope.c.id)).scalar_one()
    same = (
        scan.c.content == content
        if scanned_at is None
        else and_(scan.c.scanned_at == to_seconds(scanned_at), scan.c.content == "")
    )
    known = connection.execute(select(scan).where(scan.c.scope == key, same)).first()
    at = to_seconds(scanned_at or recorded_at) if known is None else known.scanned_at
    newest = connection.execute(
        select(func.max(scan.c.scanned_at)).where(scan.c.scope == key)
    ).scalar()
    scan_key = known.id if known else None
    if scan_key is None:
        made = insert(scan).values(
            scope=key,
            scanned_at=at,
            recorded_at=to_seconds(recorded_at),
            content=content if scanned_at is None else "",
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


def stage(connection: Connection, identities: Iterable[Identity], scan_key: int) -> None:
    """Put the identities of the report at hand into the staging table, and add them to its scan."""
    here = list(identities)
    staged.create(connection, checkfirst=True)
    _restage(connection, here)
    earlier = connection.execute(select(scan.c.identities).where(scan.c.id == scan_key)).scalar()
    united = (earlier or b"") + b"".join(here)
    connection.execute(update(scan).where(scan.c.id == scan_key).values(identities=united))


def _restage(connection: Connection, identities: Iterable[Identity]) -> None:
    connection.execute(delete(staged))
    rows = [{"identity": identity} for identity in identities]
    insert_rows(connection, staged, rows)
    if connection.dialect.name == "postgresql" and len(rows) >= _WORTH_COUNTING:
        # Nobody else counts a temporary table, and an uncounted one is joined row by row.
        connection.exec_driver_sql("ANALYZE staged")


def _stage_united(connection: Connection, place: ScanPlace) -> None:
    """Stage what every part of the scan contains, and every later scan of its scope."""
    at = to_seconds(place.scanned_at)
    query = select(scan.c.identities).where(
        scan.c.scope == place.scope,
        scan.c.identities.is_not(None),
        or_(scan.c.id == place.scan, scan.c.scanned_at > at),
    )
    found = {
        Identity(bytes(packed[start : start + _IDENTITY_BYTES]))
        for packed in connection.execute(query).scalars()
        for start in range(0, len(packed), _IDENTITY_BYTES)
    }
    known = connection.execute(select(func.count()).select_from(staged)).scalar_one()
    if len(found) != known:
        _restage(connection, found)
    needless = (scan.c.scope == place.scope, scan.c.scanned_at < at)
    connection.execute(update(scan).where(*needless).values(identities=None))


def standings(connection: Connection, scope_key: int) -> dict[Identity, Standing]:
    """Give the current episode of every staged identity that the store knows."""
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
        )
    return known


def unseen(connection: Connection, place: ScanPlace) -> list[Unseen]:
    """Give the findings that the scope saw before, and neither a part of the scan nor a later scan has."""
    _stage_united(connection, place)
    scope_key = place.scope
    other = sighting.alias("other")
    other_scan = scan.alias("other_scan")
    elsewhere = (
        select(
            other.c.finding,
            func.max(case((other.c.absent_scan.is_not(None), 0), else_=1)).label("visible"),
            func.max(other_scan.c.scanned_at).label("clean_at"),
        )
        .outerjoin(other_scan, other_scan.c.id == other.c.missed_scan)
        .where(other.c.scope != scope_key)
        .group_by(other.c.finding)
        .subquery()
    )
    query = (
        select(
            finding.c.id,
            finding.c.state,
            finding.c.work,
            sighting.c.missed_scan,
            scan.c.scanned_at.label("missed_at"),
            elsewhere.c.visible,
            elsewhere.c.clean_at,
        )
        .join(sighting, sighting.c.finding == finding.c.id)
        .outerjoin(scan, scan.c.id == sighting.c.missed_scan)
        .outerjoin(elsewhere, elsewhere.c.finding == finding.c.id)
        .outerjoin(staged, staged.c.identity == finding.c.identity)
        .where(
            finding.c.is_current,
            sighting.c.scope == scope_key,
            sighting.c.absent_scan.is_(None),
            staged.c.identity.is_(None),
        )
        .order_by(finding.c.id)
    )
    return [
        Unseen(
            key=FindingKey(row.id),
            state=State(row.state),
            work=Work(row.work),
            missed_at=from_optional_seconds(row.missed_at),
            missed_scan=row.missed_scan,
            is_visible_elsewhere=bool(row.visible),
            clean_elsewhere_at=from_optional_seconds(row.clean_at),
        )
        for row in connection.execute(query)
    ]


def groups(
    connection: Connection, titles: Mapping[str, tuple[str, str]]
) -> tuple[dict[str, GroupKey], list[dict[str, object]]]:
    """Find or make the groups of these keys, and say which got another title and what it was before.

    Titles are (English, Japanese); the latest win.
    """
    keys: Sequence[str] = sorted(titles)
    known: dict[str, GroupKey] = {}
    renamings: list[dict[str, object]] = []
    for start in range(0, len(keys), _BATCH):
        wanted = keys[start : start + _BATCH]
        query = select(work_group).where(work_group.c.key.in_(wanted))
        renamed = []
        for row in connection.execute(query):
            known[row.key] = GroupKey(row.id)
            title, title_ja = titles[row.key]
            if (row.title, row.title_ja) != (title, title_ja):
                renamed.append((row.id, title, title_ja))
                renamings.append(
                    {
                        "group": row.id,
                        "title": title,
                        "title_before": row.title,
                        "title_ja_before": row.title_ja,
                    }
                )
        for key, title, title_ja in renamed:
            connection.execute(
                update(work_group)
                .where(work_group.c.id == key)
                .values(title=title, title_ja=title_ja)
            )
        fresh = [
            {"key": key, "title": titles[key][0], "title_ja": titles[key][1]}
            for key in wanted
            if key not in known
        ]
        if fresh:
            made = connection.execute(
                insert(work_group).returning(work_group.c.id, work_group.c.key), fresh
            )
            known.update({row.key: GroupKey(row.id) for row in made})
    return known, renamings
