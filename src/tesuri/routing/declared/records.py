"""Checked values of declared files to the records of the model.

Every function takes a value in which `fields.faults_in` found nothing; it decides nothing and refuses nothing.
"""

from datetime import tzinfo

from tesuri.model.effort import DeclaredEffort
from tesuri.model.estate import Asset, DataClass, Exposure, Journey, Layer, Service, Team
from tesuri.model.identifiers import AssetId, JourneyId, ServiceId, TeamId, WaiverId
from tesuri.model.objective import Incident, IncidentGrade
from tesuri.model.observation import Kind
from tesuri.model.severity import Severity
from tesuri.model.violation import Violation
from tesuri.model.waiver import Waiver
from tesuri.model.workspace import ExclusionWindow, OwnershipRules
from tesuri.routing.declared.fields import duration_seconds, end_utc, moment_utc
from tesuri.untrusted.shape import at, items, mapping, text, texts


def service_from(value: object) -> Service:
    """Give the service that a checked record declares."""
    tier = at(value, "tier")
    interval = text(value, "scan_interval")
    return Service(
        id=ServiceId(text(value, "id")),
        name=text(value, "name"),
        name_ja=text(value, "name_ja"),
        team=TeamId(text(value, "team")) if text(value, "team") else None,
        tier=tier if isinstance(tier, int) else None,
        exposure=_exposure(value),
        layer=_layer(value),
        data_class=DataClass(text(value, "data_class")) if text(value, "data_class") else None,
        repositories=texts(value, "repositories"),
        modules=texts(value, "modules"),
        scan_interval_hours=max(1, duration_seconds(interval) // 3_600) if interval else None,
        components=texts(value, "components"),
    )


def team_from(value: object) -> Team:
    """Give the team that a checked record declares."""
    return Team(
        id=TeamId(text(value, "id")),
        name=text(value, "name"),
        name_ja=text(value, "name_ja"),
        capacity_minutes=minutes_of(value, "capacity"),
        members=texts(value, "members"),
    )


def journey_from(value: object) -> Journey:
    """Give the journey that a checked record declares."""
    return Journey(
        id=JourneyId(text(value, "id")),
        name=text(value, "name"),
        name_ja=text(value, "name_ja"),
        services=tuple(ServiceId(name) for name in texts(value, "services")),
    )


def asset_from(value: object, *, source: str) -> Asset:
    """Give the asset that a checked record declares; `source` is its file."""
    return Asset(
        id=AssetId(text(value, "id")),
        name=text(value, "name") or text(value, "id"),
        service=ServiceId(text(value, "service")) if text(value, "service") else None,
        targets=texts(value, "targets"),
        formerly=texts(value, "formerly"),
        exposure=_exposure(value),
        layer=_layer(value),
        environment=text(value, "environment"),
        kind=text(value, "kind"),
        tags=tuple((key, text(tag)) for key, tag in mapping(value, "tags").items()),
        source=source,
    )


def waiver_from(value: object, zone: tzinfo, *, source: str = "") -> Waiver:
    """Give the waiver that a checked record declares; dates are days of `zone`, `source` is its file."""
    approved = text(value, "approved")
    return Waiver(
        id=WaiverId(text(value, "id")),
        scope=text(value, "scope"),
        reason=text(value, "reason"),
        requester=text(value, "requester"),
        approvers=texts(value, "approvers"),
        created_at=moment_utc(text(value, "created") or approved, zone),
        approved_at=moment_utc(approved, zone),
        expires_at=moment_utc(text(value, "expires"), zone, is_end=True),
        review_on=moment_utc(text(value, "review"), zone) if text(value, "review") else None,
        compensating_control=text(value, "compensating_control"),
        renewals=_whole(value, "renewals"),
        severity=Severity(text(value, "severity")) if text(value, "severity") else None,
        violations=tuple(_violation(each) for each in items(value, "violations")),
        exposure=_exposure(value),
        source=source,
    )


def _violation(value: object) -> Violation:
    return Violation(
        control=text(value, "control"),
        address=text(value, "address"),
        parts=texts(value, "parts"),
        service=text(value, "service"),
        message=text(value, "message"),
    )


def incident_from(value: object, zone: tzinfo) -> Incident:
    """Give the incident that a checked record declares; dates are days of `zone`."""
    closed = text(value, "closed")
    return Incident(
        id=text(value, "id"),
        grade=IncidentGrade(text(value, "grade")),
        service=text(value, "service"),
        declared_at=moment_utc(text(value, "declared"), zone),
        title=text(value, "title"),
        closed_at=moment_utc(closed, zone) if closed else None,
        actions_done_at=moment_utc(text(value, "actions_done"), zone)
        if text(value, "actions_done")
        else None,
    )


def effort_from(value: object, *, source: str) -> DeclaredEffort:
    """Give the declared effort of a checked record; `source` is its file and place."""
    kind = text(value, "kind")
    return DeclaredEffort(
        minutes=minutes_of(value, "effort") or 0,
        advisory=text(value, "advisory"),
        rule=text(value, "rule"),
        package=text(value, "package"),
        kind=Kind(kind) if kind else None,
        source=source,
    )


def ownership_from(value: object) -> OwnershipRules:
    """Give the ownership rules of checked settings; what is left out keeps its default."""
    standard = OwnershipRules()
    default = text(value, "default")
    return OwnershipRules(
        service_tags=texts(value, "service_tags") or standard.service_tags,
        team_tags=texts(value, "team_tags") or standard.team_tags,
        tag_values=_services_by(value, "tag_values"),
        namespaces=_services_by(value, "namespaces"),
        paths=_services_by(value, "paths"),
        repositories=_services_by(value, "repositories"),
        default=ServiceId(default) if default else None,
    )


def exclusions_from(value: object, zone: tzinfo) -> tuple[ExclusionWindow, ...]:
    """Give the exclusion windows of checked settings, in the order of the file."""
    return tuple(
        ExclusionWindow(
            starts_at=moment_utc(text(window, "from"), zone),
            ends_at=end_utc(text(window, "to"), zone),
            reason=text(window, "reason"),
            approver=text(window, "approver"),
            services=tuple(ServiceId(name) for name in texts(window, "services")),
        )
        for window in items(value, "exclusions")
    )


def minutes_of(value: object, key: str) -> int | None:
    """Give the minutes of a checked duration; None when it is not declared."""
    written = text(value, key)
    return duration_seconds(written) // 60 if written else None


def _services_by(value: object, key: str) -> dict[str, ServiceId]:
    return {name: ServiceId(text(service)) for name, service in mapping(value, key).items()}


def _exposure(value: object) -> Exposure | None:
    word = text(value, "exposure")
    return Exposure(word) if word else None


def _layer(value: object) -> Layer | None:
    word = text(value, "layer")
    return Layer(word) if word else None


def _whole(value: object, key: str) -> int:
    found = at(value, key)
    return found if isinstance(found, int) else 0
