"""Every budget of the scope: one line an objective, and one line an objective and service, least first."""

from tesuri.flows.budgets.budget_rows import deciding_rows, least_first, member_row, members_of
from tesuri.flows.site.coverage import by_service, coverage_of
from tesuri.flows.site.scope import scope_of
from tesuri.flows.site.survey import Survey
from tesuri.model.identifiers import TeamId
from tesuri.model.views_slo import SloListView


def show_slos(survey: Survey, *, team: TeamId | None) -> SloListView:
    """Give the budgets of a team's services, or of everything."""
    scope = scope_of(survey, team)
    coverage = {
        service: coverage_of(sights, survey.now)
        for service, sights in by_service(survey.sights).items()
    }
    members = (
        member_row(survey, objective, service, coverage=coverage.get(service))
        for objective in survey.workspace.objectives
        for service in members_of(scope, objective.id)
    )
    return SloListView(rows=deciding_rows(scope), members=least_first(members))
