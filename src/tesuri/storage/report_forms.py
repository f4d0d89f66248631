"""In which forms reports of one tool about one target came, and where stands what they show."""

from collections.abc import Iterable

import orjson
from sqlalchemy import Connection, Select, select

from tesuri.model.finding import State
from tesuri.model.identifiers import FindingKey, Identity
from tesuri.model.observation import Kind
from tesuri.model.report_form import FormReport, StandingPlace
from tesuri.storage.instants import from_seconds
from tesuri.storage.tables import finding, report, scan, scope, sighting
from tesuri.storage.texts import short_key
from tesuri.untrusted.shape import text, whole

_CLOSED = (State.FIXED.value, State.GONE.value)


def report_forms(connection: Connection, scope_key: int) -> list[FormReport]:
    """Give the reports of the same tool about the same target, by the time of their scans."""
    query = (
        select(scan.c.id, scan.c.scanned_at, report.c.format)
        .join(report, report.c.scan == scan.c.id)
        .where(scan.c.scope.in_(_scopes(scope_key)))
        .order_by(scan.c.scanned_at, scan.c.id, report.c.id)
    )
    return [
        FormReport(row.id, from_seconds(row.scanned_at), row.format)
        for row in connection.execute(query)
    ]


def standing_places(connection: Connection, scope_key: int) -> list[StandingPlace]:
    """Give where findings of the same tool and target stand that are not closed, by key; each once."""
    query = (
        select(
            finding.c.id,
            finding.c.identity,
            finding.c.kind,
            finding.c.asset,
            finding.c.detail,
            sighting.c.first_scan,
            sighting.c.missed_scan,
            sighting.c.detail.label("told"),
        )
        .join(sighting, sighting.c.finding == finding.c.id)
        .where(
            finding.c.is_current,
            finding.c.state.not_in(_CLOSED),
            sighting.c.scope.in_(_scopes(scope_key)),
        )
        # What the scope itself says counts before what another configuration says.
        .order_by(finding.c.id, sighting.c.scope != scope_key)
    )
    places: dict[FindingKey, StandingPlace] = {}
    for row in connection.execute(query):
        detail: object = orjson.loads(row.detail)
        told: object = orjson.loads(row.told)
        key = FindingKey(row.id)
        places.setdefault(
            key,
            StandingPlace(
                key=key,
                identity=Identity(bytes(row.identity)),
                kind=Kind(row.kind),
                asset=row.asset,
                rule=text(told, "rule"),
                path=text(detail, "path"),
                line=whole(told, "line"),
                first_scan=row.first_scan,
                is_missed=row.missed_scan is not None,
            ),
        )
    return list(places.values())


def scopes_of(connection: Connection, scope_key: int, targets: Iterable[str]) -> list[int]:
    """Give the scopes of the same tool that have one of these targets."""
    one, other = scope.alias("one"), scope.alias("other")
    query = (
        select(other.c.id)
        .join(one, one.c.tool == other.c.tool)
        .where(one.c.id == scope_key, other.c.target.in_([short_key(each) for each in targets]))
    )
    return list(connection.execute(query).scalars())


def targets_beside(connection: Connection, scope_key: int) -> list[str]:
    """Give the other targets that the same tool looked at, the newest first."""
    one, other = scope.alias("one"), scope.alias("other")
    query = (
        select(other.c.target)
        .join(one, (one.c.tool == other.c.tool) & (one.c.target != other.c.target))
        .where(one.c.id == scope_key)
        .order_by(other.c.id.desc())
    )
    return list(dict.fromkeys(connection.execute(query).scalars()))


def _scopes(scope_key: int) -> Select[tuple[int]]:
    one, other = scope.alias("one"), scope.alias("other")
    return (
        select(other.c.id)
        .join(one, (one.c.tool == other.c.tool) & (one.c.target == other.c.target))
        .where(one.c.id == scope_key)
    )
