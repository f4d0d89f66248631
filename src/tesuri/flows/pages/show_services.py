"""What we run: services with their worst budget first, and what nobody has claimed or labelled yet."""

from collections import Counter, defaultdict
from collections.abc import Mapping

from tesuri.flows.budgets.budget_rows import member_row, objective_of
from tesuri.flows.site.coverage import by_service, coverage_of
from tesuri.flows.site.scope import Scope, owner_titles, scope_of
from tesuri.flows.site.survey import Survey, late_seconds, state_of
from tesuri.model.budget import Budget
from tesuri.model.estate import Service
from tesuri.model.identifiers import AssetId, ServiceId, TeamId
from tesuri.model.views import BudgetRow, Coverage
from tesuri.model.views_services import (
    ServiceRow,
    ServicesView,
    UnlabelledService,
    UnownedAsset,
)
from tesuri.routing.ownership import unlabelled

UNOWNED_ROWS = 50
"""Unclaimed assets that are listed; all are counted."""


def show_services(survey: Survey, *, team: TeamId | None) -> ServicesView:
    """Give the services of the scope; what nobody owns only in the scope of everything.

    **cost** one pass over findings and assets.
    """
    scope = scope_of(survey, team)
    unclaimed = _unowned(scope)
    return ServicesView(
        rows=_service_rows(scope),
        unowned=unclaimed[:UNOWNED_ROWS],
        unowned_total=len(unclaimed),
        unlabelled=tuple(
            UnlabelledService(each.id, each.name, _missing(each), each.name_ja)
            for each in unlabelled(survey.workspace)
            if each.id in scope.services
        ),
    )


def _service_rows(scope: Scope) -> tuple[ServiceRow, ...]:
    survey = scope.survey
    assets = by_service(survey.sights)
    coverage = {
        service: coverage_of(assets.get(service, ()), survey.now)
        for service in scope.declared_services
    }
    open_by_service = Counter(each.service for each in scope.open_findings)
    late_by_service = Counter(
        each.service for each in scope.open_findings if late_seconds(survey, each.key) > 0
    )
    rows = [
        _row(
            survey,
            survey.workspace.services[service],
            coverage=coverage[service],
            open_findings=open_by_service[service],
            late_findings=late_by_service[service],
        )
        for service in scope.declared_services
    ]
    return tuple(
        sorted(
            rows, key=lambda row: (-row.state.rank, -row.late_findings, -row.open_findings, row.id)
        )
    )


def _row(
    survey: Survey,
    service: Service,
    *,
    coverage: Coverage,
    open_findings: int,
    late_findings: int,
) -> ServiceRow:
    state, deciding = state_of(survey, service.id)
    owner, owner_ja = owner_titles(survey.workspace, service.id)
    journeys = [each for each in survey.workspace.journeys.values() if service.id in each.services]
    return ServiceRow(
        id=service.id,
        title=service.name,
        state=state,
        open_findings=open_findings,
        late_findings=late_findings,
        coverage=coverage,
        title_ja=service.name_ja,
        owner=owner,
        owner_ja=owner_ja,
        tier=service.tier,
        exposure=service.exposure,
        journeys=tuple(each.name for each in journeys),
        journeys_ja=tuple(each.name_ja for each in journeys),
        worst=_worst(survey, deciding, service.id, coverage),
    )


def _worst(
    survey: Survey, budget: Budget | None, service: ServiceId, coverage: Coverage
) -> BudgetRow | None:
    objective = objective_of(survey, budget.objective) if budget else None
    return member_row(survey, objective, service, coverage=coverage) if objective else None


def _unowned(scope: Scope) -> tuple[UnownedAsset, ...]:
    """Give what a scan saw and no service claims, most findings first."""
    names: dict[AssetId, str] = {}
    tools: Mapping[AssetId, set[str]] = defaultdict(set)
    for sight in scope.sights:
        if sight.service is None:
            names[sight.asset.id] = sight.asset.name
            tools[sight.asset.id].update(sight.tools)
    counts: Counter[AssetId] = Counter()
    for finding in scope.open_findings:
        if finding.service is None and not finding.is_neutral:
            names.setdefault(finding.asset, finding.asset)
            tools[finding.asset].update(finding.tools)
            counts[finding.asset] += 1
    return tuple(
        UnownedAsset(asset, names[asset], counts[asset], tuple(sorted(tools[asset])))
        for asset in sorted(names, key=lambda asset: (-counts[asset], asset))
    )


def _missing(service: Service) -> tuple[str, ...]:
    fields = {
        "tier": service.tier,
        "exposure": service.exposure,
        "data_class": service.data_class,
        "team": service.team,
    }
    return tuple(name for name, value in fields.items() if value is None)
