"""What of a survey a page is about: the services of one team, or everything; with names, zone and last scan."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import chain
from zoneinfo import ZoneInfo

from tesuri.flows.site.coverage import AssetSight, Source, coverage_of
from tesuri.flows.site.lasting import Change, patched
from tesuri.flows.site.survey import (
    Survey,
    derive,
    derive_lasting,
    findings_by_owner,
    services_of_team,
)
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
        services |= survey.running
        services |= {each.service for each in survey.findings}
    held = derive_lasting(
        survey,
        ("held", team),
        lambda: _held(survey, team, services),
        lambda known, change: _held_after(known, change, team, services),
    )
    return _scope_with(survey, team, services, held)


def narrowed(survey: Survey, team: TeamId | None, service: ServiceId) -> Scope:
    """Give the scope of one service."""
    held = _holding(findings_by_service(survey).get(service, ()))
    return _scope_with(survey, team, frozenset({service}), held)


def findings_by_service(survey: Survey) -> Mapping[ServiceId | None, Sequence[Finding]]:
    """Give the findings of each service in any state, past episodes too, by key."""
    return findings_by_owner(survey.lasting, survey.findings)


@dataclass(frozen=True, slots=True)
class _Held:
    """The findings of a scope."""

    current: tuple[Finding, ...]
    open: tuple[Finding, ...]
    seen_at: datetime | None
    """When the last one was first seen, gates' own aside."""


def _held(survey: Survey, team: TeamId | None, services: frozenset[ServiceId | None]) -> _Held:
    if team is None:
        return _holding(survey.findings)
    known = findings_by_service(survey)
    found = chain.from_iterable(known.get(service, ()) for service in services)
    return _holding(sorted(found, key=lambda each: each.key))


def _holding(findings: Iterable[Finding]) -> _Held:
    current = tuple(each for each in findings if each.is_current)
    return _Held(
        current=current,
        open=tuple(each for each in current if each.state is State.OPEN),
        seen_at=max((each.opened_at for each in current if _was_seen(each)), default=None),
    )


def _was_seen(finding: Finding) -> bool:
    return finding.is_current and not finding.is_neutral


def _held_after(
    held: _Held, change: Change, team: TeamId | None, services: frozenset[ServiceId | None]
) -> _Held:
    """Give what is held after a change, at the cost of a copy."""

    def is_own(finding: Finding) -> bool:
        return finding.is_current and (team is None or finding.service in services)

    current = patched(held.current, change, is_own)
    lost = [each.opened_at for each in change.before.values() if _was_seen(each)]
    came = [each.opened_at for each in change.after.values() if is_own(each) and _was_seen(each)]
    if held.seen_at in lost:
        seen_at = max((each.opened_at for each in current if _was_seen(each)), default=None)
    else:
        seen_at = max((*came, *([held.seen_at] if held.seen_at else [])), default=None)
    is_open = patched(held.open, change, lambda each: is_own(each) and each.state is State.OPEN)
    return _Held(current, is_open, seen_at)


def _scope_with(
    survey: Survey, team: TeamId | None, services: frozenset[ServiceId | None], held: _Held
) -> Scope:
    sights = tuple(each for each in survey.sights if each.service in services)
    assets = {sight.asset.id for sight in sights}
    sources = tuple(each for each in survey.sources if each.asset in assets)
    scans = [each.last_at for each in sources if each.last_at is not None]
    seen = [] if held.seen_at is None else [held.seen_at]
    return Scope(
        survey=survey,
        team=team,
        services=services,
        findings=held.current,
        open_findings=held.open,
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


def declared_zone(workspace: Workspace) -> tzinfo | None:
    """Give the zone that the workspace names for every reader; None where it names none."""
    return ZoneInfo(workspace.time_zone) if workspace.time_zone else None


def zone_of(workspace: Workspace) -> tzinfo:
    """Give the zone in which the workspace's days begin: declared, else that of its language."""
    default = "Asia/Tokyo" if workspace.language == "ja" else "UTC"
    return ZoneInfo(workspace.time_zone or default)
