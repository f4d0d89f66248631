"""Answers of the store: rows turned back into records."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, Row, RowMapping, Select, and_, func, select

from tesuri.model.decision import Outcome
from tesuri.model.event import Event, EventKind
from tesuri.model.finding import Finding, State, Work
from tesuri.model.identifiers import (
    AssetId,
    FindingKey,
    GroupKey,
    Identity,
    ObjectiveId,
    ServiceId,
    WaiverId,
)
from tesuri.model.observation import Kind
from tesuri.model.severity import Severity
from tesuri.ports import GroupName, ScanLine
from tesuri.storage.instants import from_optional_seconds, from_seconds
from tesuri.storage.journal import events_in, row_kinds
from tesuri.storage.tables import (
    feed,
    finding,
    journal,
    report,
    scan,
    scope,
    sighting,
    txn,
    work_group,
)

_BATCH = 500
_Columns = tuple[object, ...]


def findings(connection: Connection, states: Sequence[State] | None = None) -> list[Finding]:
    """Give every episode, past ones too, in these states (all without), by key."""
    query = select(finding).where(finding.c.merged_into.is_(None))
    if states is not None:
        query = query.where(finding.c.state.in_([state.value for state in states]))
    return _with_tools(connection, query.order_by(finding.c.id))


def findings_by_key(connection: Connection, keys: Iterable[FindingKey]) -> list[Finding]:
    """Give these findings, by key; unknown keys are left out, and those that are merged into others."""
    found: list[Finding] = []
    known = select(finding).where(finding.c.merged_into.is_(None))
    for some in _batches(sorted({int(key) for key in keys})):
        found += _with_tools(connection, known.where(finding.c.id.in_(some)))
    return sorted(found, key=lambda each: each.key)


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
    read = _FindingReading(is_short=True)
    known = select(finding).where(finding.c.merged_into.is_(None))
    if keys is None:
        return _with_tools(connection, known.order_by(finding.c.id), read)
    found: list[Finding] = []
    for some in _batches(sorted({int(key) for key in keys})):
        found += _with_tools(connection, known.where(finding.c.id.in_(some)), read)
    return sorted(found, key=lambda each: each.key)


def group_findings(connection: Connection, key: GroupKey) -> list[Finding]:
    """Give every finding of a group, past episodes too, by key."""
    own = and_(finding.c.work_group == key, finding.c.merged_into.is_(None))
    return _with_tools(connection, select(finding).where(own).order_by(finding.c.id))


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
    """Give the findings that transactions after this one wrote of, by key."""
    query = select(journal.c.finding).where(journal.c.txn > after, journal.c.finding.is_not(None))
    return sorted({FindingKey(key) for key in connection.execute(query).scalars()})


def head(connection: Connection) -> tuple[int, int, int]:
    """Give the newest transaction, scan and feed; zeros where there is none."""
    newest = select(
        *(select(func.max(table.c.id)).scalar_subquery() for table in (txn, scan, feed))
    )
    transaction, last_scan, last_feed = connection.execute(newest).one()
    return transaction or 0, last_scan or 0, last_feed or 0


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


def _with_tools(
    connection: Connection, query: Select[_Columns], read: "_FindingReading | None" = None
) -> list[Finding]:
    chosen = query.subquery()
    seen_by = (
        select(sighting.c.finding, scope.c.tool)
        .join(scope, scope.c.id == sighting.c.scope)
        .join(chosen, chosen.c.id == sighting.c.finding)
        .distinct()
        .order_by(sighting.c.finding, scope.c.tool)
    )
    tools: dict[int, tuple[str, ...]] = {}
    # Few sets of tools see many findings: equal ones are one tuple.
    shared: dict[tuple[str, ...], tuple[str, ...]] = {}
    for key, tool in connection.execute(seen_by):
        both = (*tools.get(key, ()), tool)
        tools[key] = shared.setdefault(both, both)
    reading = read or _FindingReading()
    return [reading.finding(row, tools.get(row.id, ())) for row in connection.execute(query)]


_KINDS: Mapping[str, Kind] = {each.value: each for each in Kind}
_SEVERITIES: Mapping[str, Severity] = {each.value: each for each in Severity}
_STATES: Mapping[str, State] = {each.value: each for each in State}
_WORKS: Mapping[str, Work] = {each.value: each for each in Work}
_OUTCOMES: Mapping[str, Outcome] = {each.value: each for each in Outcome}


class _FindingReading:
    """Turns rows into findings; a text or an instant that many rows have is kept once."""

    def __init__(self, *, is_short: bool = False) -> None:
        self._decode = (_SHORT_DETAIL if is_short else _DETAIL).decode
        self._texts: dict[str, str] = {}
        self._lists: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._instants: dict[int, datetime] = {}

    def finding(self, row: Row[_Columns], tools: tuple[str, ...]) -> Finding:
        """Give the finding of a row of the table."""
        detail = self._decode(row.detail)
        text, texts, at = self._text, self._list, self._at
        return Finding(
            key=FindingKey(row.id),
            identity=Identity(bytes(row.identity)),
            episode=row.episode,
            is_current=row.is_current,
            kind=_KINDS[row.kind],
            rule=text(row.rule),
            title=text(row.title),
            severity=_SEVERITIES[row.severity],
            state=_STATES[row.state],
            work=_WORKS[row.work],
            group=GroupKey(row.work_group),
            opened_at=at(row.opened_at),
            asset=AssetId(text(row.asset)),
            service=None if row.service is None else ServiceId(text(row.service)),
            owner_source=text(row.owner_source),
            closed_at=None if row.closed_at is None else at(row.closed_at),
            due_at=None if row.due_at is None else at(row.due_at),
            outcome=None if row.outcome is None else _OUTCOMES[row.outcome],
            objective=None if row.objective is None else ObjectiveId(text(row.objective)),
            decision=row.decision,
            is_stale=row.is_stale,
            is_neutral=row.is_neutral,
            regression_of=None if row.regression_of is None else FindingKey(row.regression_of),
            waiver=None if row.waiver is None else WaiverId(row.waiver),
            cvss_score=row.score,
            tools=tools,
            advisories=texts(detail.advisories),
            package=text(detail.package),
            package_ecosystem=text(detail.package_ecosystem),
            package_namespace=text(detail.package_namespace),
            installed_version=text(detail.package_version),
            fixed_versions=texts(detail.fixed_versions),
            path=text(detail.path),
            line=detail.line,
            method=text(detail.method),
            url=text(detail.url),
            parameter=text(detail.parameter),
            resource=text(detail.resource),
            resource_type=text(detail.resource_type),
            cvss_vector=text(detail.cvss_vector),
            has_fix=detail.has_fix,
            description=detail.description if isinstance(detail, _Detail) else "",
            remedy=detail.remedy if isinstance(detail, _Detail) else "",
            weaknesses=texts(detail.weaknesses),
            links=detail.links if isinstance(detail, _Detail) else (),
            parts=texts(detail.parts),
        )

    def _text(self, text: str) -> str:
        return self._texts.setdefault(text, text)

    def _list(self, texts: tuple[str, ...]) -> tuple[str, ...]:
        return self._lists.setdefault(texts, texts)

    def _at(self, seconds: int) -> datetime:
        known = self._instants.get(seconds)
        if known is None:
            known = self._instants[seconds] = from_seconds(seconds)
        return known


class _ShortDetail(msgspec.Struct):
    """What lists need of the JSON text of a finding's `detail` column."""

    advisories: tuple[str, ...] = ()
    weaknesses: tuple[str, ...] = ()
    package: str = ""
    package_ecosystem: str = ""
    package_namespace: str = ""
    package_version: str = ""
    fixed_versions: tuple[str, ...] = ()
    path: str = ""
    line: int = 0
    method: str = ""
    url: str = ""
    parameter: str = ""
    resource: str = ""
    resource_type: str = ""
    cvss_vector: str = ""
    has_fix: bool | None = None
    parts: tuple[str, ...] = ()


class _Detail(_ShortDetail):
    """All of it."""

    description: str = ""
    remedy: str = ""
    links: tuple[str, ...] = ()


_DETAIL = msgspec.json.Decoder(_Detail)
_SHORT_DETAIL = msgspec.json.Decoder(_ShortDetail)
