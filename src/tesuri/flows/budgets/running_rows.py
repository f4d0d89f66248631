"""What runs, line by line, as the page of a legacy budget lists it."""

from datetime import UTC, datetime, timedelta

from tesuri.budgets.legacy import ends_at, is_there, presence_of
from tesuri.budgets.legacy_budget import seconds_out
from tesuri.flows.legacy.legacy_components import what_runs
from tesuri.flows.site.survey import Survey
from tesuri.model.identifiers import ServiceId
from tesuri.model.legacy import Component
from tesuri.model.objective import Counted, Objective
from tesuri.model.views_slo import ComponentRow, RunningView
from tesuri.ports import Reader

_NEVER = datetime.max.replace(tzinfo=UTC)


def running_rows(
    reader: Reader, survey: Survey, services: frozenset[ServiceId | None], objective: Objective
) -> RunningView | None:
    """Give the components of these services: most time out of support first, then what ends first, unknown ones last.

    None where the objective does not count components.
    """
    if objective.counts is not Counted.COMPONENTS:
        return None
    running = what_runs(reader, survey.workspace)
    since = survey.now - timedelta(seconds=objective.window_seconds)
    rows = [
        _row(each, service, survey.now, objective)
        for service, components in running.components.items()
        if service in services
        for each in components
        if _ran(each, since, survey.now)
    ]
    untracked = sum(number for owner, number in running.untracked.items() if owner in services)
    return RunningView(tuple(sorted(rows, key=_order)), untracked)


def _ran(component: Component, since: datetime, now: datetime) -> bool:
    return any(
        begin <= now and (end is None or end > since) for begin, end in presence_of(component)
    )


def _row(
    component: Component, service: ServiceId | None, now: datetime, objective: Objective
) -> ComponentRow:
    return ComponentRow(
        name=component.declared,
        service=service,
        asset=component.asset,
        is_known=component.cycle is not None,
        supported_until=ends_at(component.cycle) if component.cycle else None,
        seconds_out=seconds_out(component, now, objective.window_seconds),
        is_there=is_there(component, now),
    )


def _order(row: ComponentRow) -> tuple[int, bool, datetime, str, str, str]:
    end = row.supported_until or _NEVER
    return (-row.seconds_out, not row.is_known, end, row.name, row.asset, row.service or "")
