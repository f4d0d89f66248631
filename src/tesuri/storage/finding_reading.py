"""Rows of findings turned back into records; what many of them say is read and kept once."""

from collections.abc import Iterator, Mapping
from datetime import datetime

import msgspec
from sqlalchemy import Connection, Row, Select, select

from tesuri.model.decision import Outcome
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
from tesuri.storage.instants import from_seconds
from tesuri.storage.tables import finding, scope, sighting

_Values = tuple[
    *tuple[FindingKey, bytes, int, bool, str, str, str, str, str, str, GroupKey, AssetId],
    *tuple[ServiceId | None, str, int, int | None, int | None, str | None, ObjectiveId | None],
    *tuple[int | None, bool, bool, FindingKey | None, WaiverId | None, float | None, str],
    *tuple[int | None],
]
"""The columns of the table of findings, in their order."""

_MOST_DETAILS = 20_000
"""Texts of details that are remembered while findings are read, of about 1 KB each."""

_AT_ONCE = 2000
"""Rows that are taken from the driver at a time."""


def read_findings(
    connection: Connection,
    query: Select[*_Values],
    reading: "FindingReading | None" = None,
    *,
    is_part: bool = True,
) -> list[Finding]:
    """Give the findings that a query of their table names, by key, with the tools that saw each.

    `is_part` unless those are nearly all: then every sighting is read.
    **cost** two passes side by side, over the findings and over their sightings.
    """
    seen_by = select(sighting.c.finding, sighting.c.scope).order_by(sighting.c.finding)
    if is_part:
        chosen = query.subquery()
        seen_by = seen_by.where(sighting.c.finding.in_(select(chosen.c.id)))
    tools = _Tools(
        {row.id: row.tool for row in connection.execute(select(scope.c.id, scope.c.tool))},
        iter(connection.execute(seen_by)),
    )
    read = (reading or FindingReading()).finding
    rows = connection.execute(query.order_by(finding.c.id))
    return [read(row, tools.of(row[0])) for some in rows.partitions(_AT_ONCE) for row in some]


class _Tools:
    """Which tools saw each finding, told in the order of their keys."""

    def __init__(self, names: Mapping[int, str], sightings: Iterator[Row[int, int]]) -> None:
        self._names = names
        self._sightings = sightings
        self._next = next(sightings, None)
        # Few sets of scopes see many findings, and few sets of tools many scopes: equal ones are one tuple.
        self._known: dict[tuple[int, ...], tuple[str, ...]] = {}
        self._shared: dict[tuple[str, ...], tuple[str, ...]] = {}

    def of(self, key: int) -> tuple[str, ...]:
        """Give the tools of a finding, by name; keys must rise from call to call."""
        found: tuple[int, ...] = ()
        seen = self._next
        while seen is not None and seen[0] <= key:
            if seen[0] == key:
                found = (*found, seen[1])
            seen = next(self._sightings, None)
        self._next = seen
        known = self._known.get(found)
        if known is None:
            names = tuple(sorted({self._names[each] for each in found}))
            known = self._known[found] = self._shared.setdefault(names, names)
        return known


_KINDS: Mapping[str, Kind] = {each.value: each for each in Kind}
_SEVERITIES: Mapping[str, Severity] = {each.value: each for each in Severity}
_STATES: Mapping[str, State] = {each.value: each for each in State}
_WORKS: Mapping[str, Work] = {each.value: each for each in Work}
_OUTCOMES: Mapping[str, Outcome] = {each.value: each for each in Outcome}


class FindingReading:
    """Turns rows into findings; a text or an instant that many rows have is kept once."""

    def __init__(self, *, is_short: bool = False) -> None:
        self._decode = (_SHORT_DETAIL if is_short else _DETAIL).decode
        self._texts: dict[str, str] = {}
        self._numbers: dict[int, int] = {}
        self._scores: dict[float, float] = {}
        self._lists: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._instants: dict[int, datetime] = {}
        self._details: dict[str, _ShortDetail] = {}

    def finding(self, row: Row[*_Values], tools: tuple[str, ...]) -> Finding:
        """Give the finding of a row of the table, its columns in their order."""
        key, identity, episode, is_current, kind, rule, title, severity, state, work = row[:10]
        group, asset, service, owner_source, opened_at, closed_at, due_at, outcome = row[10:18]
        objective, decision, is_stale, is_neutral, regression_of, waiver, score, text = row[18:26]
        detail = self._detail(text)
        shared = self._texts.setdefault
        number = self._numbers.setdefault
        return Finding(
            key=key,
            identity=Identity(bytes(identity)),
            episode=episode,
            is_current=is_current,
            kind=_KINDS[kind],
            rule=shared(rule, rule),
            title=shared(title, title),
            severity=_SEVERITIES[severity],
            state=_STATES[state],
            work=_WORKS[work],
            group=GroupKey(number(group, group)),
            opened_at=self._at(opened_at),
            asset=AssetId(shared(asset, asset)),
            service=None if service is None else ServiceId(shared(service, service)),
            owner_source=shared(owner_source, owner_source),
            closed_at=None if closed_at is None else self._at(closed_at),
            due_at=None if due_at is None else self._at(due_at),
            outcome=None if outcome is None else _OUTCOMES[outcome],
            objective=None if objective is None else ObjectiveId(shared(objective, objective)),
            decision=None if decision is None else number(decision, decision),
            is_stale=is_stale,
            is_neutral=is_neutral,
            regression_of=regression_of,
            waiver=waiver,
            cvss_score=None if score is None else self._scores.setdefault(score, score),
            tools=tools,
            advisories=detail.advisories,
            package=detail.package,
            package_ecosystem=detail.package_ecosystem,
            package_namespace=detail.package_namespace,
            installed_version=detail.package_version,
            fixed_versions=detail.fixed_versions,
            path=detail.path,
            line=detail.line,
            method=detail.method,
            url=detail.url,
            parameter=detail.parameter,
            resource=detail.resource,
            resource_type=detail.resource_type,
            cvss_vector=detail.cvss_vector,
            has_fix=detail.has_fix,
            description=detail.description if isinstance(detail, _Detail) else "",
            remedy=detail.remedy if isinstance(detail, _Detail) else "",
            weaknesses=detail.weaknesses,
            links=detail.links if isinstance(detail, _Detail) else (),
            parts=detail.parts,
        )

    def _detail(self, text: str) -> "_ShortDetail":
        """Give what a text says. A rule's findings on many assets mostly say the same."""
        known = self._details.get(text)
        if known is not None:
            return known
        detail = self._decode(text)
        shared, listed = self._texts.setdefault, self._lists.setdefault
        for name in _TEXTS:
            value = getattr(detail, name)
            setattr(detail, name, shared(value, value))
        for name in _LISTS:
            value = getattr(detail, name)
            setattr(detail, name, listed(value, value))
        if len(self._details) < _MOST_DETAILS:
            self._details[text] = detail
        return detail

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


_TEXTS = (
    *("package", "package_ecosystem", "package_namespace", "package_version", "path", "method"),
    *("url", "parameter", "resource", "resource_type", "cvss_vector"),
)
_LISTS = ("advisories", "fixed_versions", "weaknesses", "parts")
_DETAIL = msgspec.json.Decoder(_Detail)
_SHORT_DETAIL = msgspec.json.Decoder(_ShortDetail)
