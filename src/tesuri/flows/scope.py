"""What of a survey a page is about: the services of one team, or everything; with names, zone and last scan."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from tesuri.flows.coverage import AssetSight, Source, coverage_of
from tesuri.flows.survey import Survey, derive, services_of_team
from tesuri.model.finding import Finding, State
from tesuri.model.identifiers import ServiceId, TeamId
from tesuri.model.views import Coverage
from tesuri.model.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of a survey that belongs to one team; everything, unowned things too, without a team."""

    survey: Survey
    team: TeamId | None
    services: frozenset[ServiceId | None]
    findings: tuple[Finding, ...]
    """Current episodes in any state, by key."""

    open_findings: tuple[Finding, ...]
    """Those that are open; waived ones are not among them."""
    sights: tuple[AssetSight, ...]
    """Assets of the scope."""
    last_scan_at: datetime | None
    """Newest complete scan, or first sight of a finding in a partial one; None before any."""

    sources: tuple[Source, ...]
    """Sources of scans of the scope's assets."""

    @property
    def declared_services(self) -> tuple[ServiceId, ...]:
        """Declared services of the scope, by id."""
        declared = self.survey.workspace.services
        return tuple(sorted(each for each in declared if each in self.services))

    @property
    def coverage(self) -> Coverage:
        """How much of the scope a scan has seen in time."""
        return coverage_of(self.sights, self.survey.now)


def scope_of(survey: Survey, team: TeamId | None) -> Scope:
    """Give the scope of a team; a team that nobody declared has nothing.

    Everything holds services too that are not declared any more, as long as a finding or an asset names them.

    **cost** one pass over the findings, once for each survey and team.
    """
    return derive(survey, ("scope", team), lambda: _scope(survey, team))


def _scope(survey: Survey, team: TeamId | None) -> Scope:
    services = services_of_team(survey.workspace, team)
    if team is None:
        services |= {service for _, service in survey.budgets}
        services |= {each.service for each in survey.findings}
    current = tuple(
        each
        for each in survey.findings
        if each.is_current and (team is None or each.service in services)
    )
    return narrowed(survey, team, services, current)


def narrowed(
    survey: Survey,
    team: TeamId | None,
    services: frozenset[ServiceId | None],
    findings: tuple[Finding, ...],
) -> Scope:
    """Give the scope of these services, of which `findings` are the current ones."""
    sights = tuple(each for each in survey.sights if each.service in services)
    assets = {sight.asset.id for sight in sights}
    sources = tuple(each for each in survey.sources if each.asset in assets)
    scans = [each.last_at for each in sources if each.last_at is not None]
    seen = [each.opened_at for each in findings if not each.is_neutral]
    return Scope(
        survey=survey,
        team=team,
        services=services,
        findings=findings,
        open_findings=tuple(each for each in findings if each.state is State.OPEN),
        sights=sights,
        sources=sources,
        last_scan_at=max((*scans, *seen), default=None),
    )


def owner_titles(workspace: Workspace, service: ServiceId | None) -> tuple[str, str]:
    """Give the English and Japanese title of the team that owns a service; empty when nobody does."""
    declared = workspace.services.get(service) if service else None
    return team_titles(workspace, declared.team if declared else None)


def team_titles(workspace: Workspace, team: TeamId | None) -> tuple[str, str]:
    """Give the English and Japanese title of a team; empty when nobody declared it."""
    declared = workspace.teams.get(team) if team else None
    return (declared.name, declared.name_ja) if declared else ("", "")


def zone_of(workspace: Workspace) -> tzinfo:
    """Give the zone in which the workspace's days begin: declared, else that of its language."""
    default = "Asia/Tokyo" if workspace.language == "ja" else "UTC"
    return ZoneInfo(workspace.time_zone or default)
