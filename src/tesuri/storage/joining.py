"""Findings that turned out to be one: what leads to which, which two were told apart, and rows as they are stored."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, Row, Select, delete, insert, select

from tesuri.model.event import Event, EventKind
from tesuri.model.identifiers import FindingKey, Identity
from tesuri.model.joining import KeptSighting, StoredFinding
from tesuri.model.observation import Kind
from tesuri.storage.bulk import rows_among
from tesuri.storage.tables import (
    finding,
    identity_link,
    parted,
    record_memory,
    scan,
    scan_content,
    sighting,
    work_group,
)

_BATCH = 500
_COLUMNS = (
    *("id", "identity", "is_current", "kind", "rule", "severity", "state", "work", "asset"),
    *("opened_at", "closed_at", "due_at", "outcome", "objective", "decision", "is_stale"),
    *("is_neutral", "waiver", "score", "detail", "merged_into"),
)


def identity_links(connection: Connection) -> dict[Identity, Identity]:
    """Give under which identity a finding is kept that goes by several; all of them, mostly none.

    **cost** a row for each identity that leads elsewhere.
    """
    query = select(identity_link.c.identity, finding.c.identity.label("kept")).join(
        finding, finding.c.id == identity_link.c.finding
    )
    links = {
        Identity(bytes(row.identity)): Identity(bytes(row.kept))
        for row in connection.execute(query)
    }
    return {identity: _end(identity, links) for identity in links}


def _end(identity: Identity, links: Mapping[Identity, Identity]) -> Identity:
    seen = {identity}
    while (following := links.get(identity)) is not None and following not in seen:
        identity = following
        seen.add(identity)
    return identity


def parted_identities(connection: Connection) -> set[frozenset[Identity]]:
    """Give the pairs that somebody told apart."""
    return {
        frozenset((Identity(bytes(row.identity)), Identity(bytes(row.other))))
        for row in connection.execute(select(parted))
    }


def stored_findings(connection: Connection, keys: Iterable[FindingKey]) -> list[StoredFinding]:
    """Give the rows of these findings, merged ones too, by key."""
    wanted = sorted({int(key) for key in keys})
    found: list[StoredFinding] = []
    for start in range(0, len(wanted), _BATCH):
        found += _stored(
            connection, _rows().where(finding.c.id.in_(wanted[start : start + _BATCH]))
        )
    return found


def misconfigurations(connection: Connection, after: FindingKey, most: int) -> list[StoredFinding]:
    """Give the next current misconfigurations, by key."""
    query = _rows().where(
        finding.c.id > after,
        finding.c.kind == Kind.MISCONFIGURATION.value,
        finding.c.is_current,
    )
    return _stored(connection, query.limit(most))


def undeployed(connection: Connection) -> list[StoredFinding]:
    """Give the current findings from before deployment, by key."""
    return _stored(connection, _rows().where(finding.c.is_neutral, finding.c.is_current))


def _rows() -> Select[tuple[object, ...]]:
    columns = [finding.c[name] for name in _COLUMNS]
    query = select(*columns, work_group.c.key.label("group_key"))
    return query.join(work_group, work_group.c.id == finding.c.work_group).order_by(finding.c.id)


def _stored(connection: Connection, query: Select[tuple[object, ...]]) -> list[StoredFinding]:
    rows = connection.execute(query).all()
    sightings: dict[int, list[KeptSighting]] = defaultdict(list)
    asked = "SELECT finding, scope, first_scan, missed_scan, absent_scan, detail FROM sighting"
    for key, scope, *rest in rows_among(connection, asked, "finding", [row.id for row in rows]):
        first, missed, absent, detail = rest
        sightings[int(str(key))].append(
            KeptSighting(
                int(str(scope)), int(str(first)), _whole(missed), _whole(absent), str(detail)
            )
        )
    return [_record(row, sightings[row.id]) for row in rows]


def _record(row: Row[tuple[object, ...]], sightings: Sequence[KeptSighting]) -> StoredFinding:
    return StoredFinding(
        key=FindingKey(row.id),
        identity=Identity(bytes(row.identity)),
        is_current=row.is_current,
        kind=row.kind,
        rule=row.rule,
        severity=row.severity,
        state=row.state,
        work=row.work,
        group=row.group_key,
        asset=row.asset,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        due_at=row.due_at,
        outcome=row.outcome,
        objective=row.objective,
        decision=row.decision,
        is_stale=row.is_stale,
        is_neutral=row.is_neutral,
        waiver=row.waiver,
        score=row.score,
        detail=row.detail,
        merged_into=None if row.merged_into is None else FindingKey(row.merged_into),
        sightings=tuple(sorted(sightings, key=lambda each: each.scope)),
    )


def _whole(value: object) -> int | None:
    return None if value is None else int(str(value))


def settle(connection: Connection, events: Sequence[Event]) -> None:
    """Bring working memory into line with what events join and part: memories of records, contents of scans."""
    changed = [event for event in events if event.kind in _CHANGING and event.finding is not None]
    keys = sorted({int(str(event.finding)) for event in changed})
    if not keys:
        return
    for start in range(0, len(keys), _BATCH):
        some = keys[start : start + _BATCH]
        scopes = select(sighting.c.scope).where(sighting.c.finding.in_(some))
        connection.execute(delete(record_memory).where(record_memory.c.scope.in_(scopes)))
    for event in changed:
        if event.kind is EventKind.UNMERGED:
            _count_as_seen(connection, int(str(event.finding)))


_CHANGING = frozenset({EventKind.MERGED, EventKind.UNMERGED, EventKind.RELINKED})


def _count_as_seen(connection: Connection, key: int) -> None:
    """Let scans in which the two were one lack neither of them: a later one has to tell."""
    scopes = select(sighting.c.scope).where(sighting.c.finding == key)
    with_content = (
        select(scan_content.c.scan)
        .join(scan, scan.c.id == scan_content.c.scan)
        .where(scan.c.scope.in_(scopes))
        .distinct()
    )
    identity = connection.execute(
        select(finding.c.identity).where(finding.c.id == key)
    ).scalar_one()
    for scan_key in connection.execute(with_content).scalars().all():
        connection.execute(insert(scan_content).values(scan=scan_key, identities=bytes(identity)))


def vulnerabilities_named(
    connection: Connection, names: set[str], *, since: FindingKey | None
) -> list[FindingKey]:
    """Give the current findings of these vulnerabilities, by key; with `since`, only later ones.

    **cost** one pass over the names of groups.
    """
    groups = [
        key
        for key, text in connection.execute(select(work_group.c.id, work_group.c.key))
        if _vulnerability(text) in names
    ]
    found: list[FindingKey] = []
    for start in range(0, len(groups), _BATCH):
        query = select(finding.c.id).where(
            finding.c.work_group.in_(groups[start : start + _BATCH]), finding.c.is_current
        )
        if since is not None:
            query = query.where(finding.c.id >= since)
        found += [FindingKey(key) for key in connection.execute(query).scalars()]
    return sorted(found)


def _vulnerability(group: str) -> str:
    """Give the name of the vulnerability that a group is about; "" for another group."""
    parts = group.rsplit("|", 2)
    return parts[1] if len(parts) == 3 and parts[0].endswith("|vulnerability") else ""
