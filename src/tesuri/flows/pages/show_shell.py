"""What surrounds every page: names, numbers of the navigation, how fresh the data is."""

from tesuri.flows.site.coverage import stale_sources
from tesuri.flows.site.scope import scope_of
from tesuri.flows.site.survey import Survey
from tesuri.model.identifiers import TeamId
from tesuri.model.views import NavCounts, Shell


def show_shell(survey: Survey, *, team: TeamId | None) -> Shell:
    """Give the frame of a page in the scope of a team (None: everything)."""
    scope = scope_of(survey, team)
    whole = scope if team is None else scope_of(survey, None)
    workspace = survey.workspace
    return Shell(
        company=workspace.name,
        company_ja=workspace.name_ja,
        data_as_of=whole.last_scan_at or survey.recorded_at,
        counts=NavCounts(
            findings=len(scope.open_findings),
            services=len(scope.declared_services),
            objectives=len(workspace.objectives),
            waivers=len(workspace.waivers),
        ),
        teams=tuple(sorted(workspace.teams.values(), key=lambda each: each.id)),
        team=team,
        stale_sources=stale_sources(scope.sources, survey.now),
    )
