"""The legacy budget of every service, under each objective that counts components."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from tesuri.budgets.legacy_budget import legacy_budget
from tesuri.flows.legacy.legacy_components import what_runs
from tesuri.model.budget import Budget, Owner, OwnerKind
from tesuri.model.identifiers import ObjectiveId, ServiceId
from tesuri.model.legacy import Component
from tesuri.model.objective import Counted
from tesuri.model.workspace import Workspace
from tesuri.ports import Reader


def legacy_budgets(
    reader: Reader, workspace: Workspace, now: datetime
) -> Mapping[tuple[ObjectiveId, ServiceId | None], Budget]:
    """Give them by objective and service; nothing is read where no objective counts components.

    Every declared service has one, *unknown* where nobody knows what it runs on; what nobody owns has one where
    something is listed. What was seen after `now` is left out.
    """
    objectives = [each for each in workspace.objectives if each.counts is Counted.COMPONENTS]
    if not objectives:
        return {}
    components = what_runs(reader, workspace).components
    return {
        (objective.id, owner): legacy_budget(
            objective,
            _until(components[owner], now),
            owner=Owner(OwnerKind.SERVICE, owner or ""),
            now=now,
        )
        for objective in objectives
        for owner in sorted(components, key=lambda owner: owner or "")
    }


def _until(components: Sequence[Component], now: datetime) -> Sequence[Component]:
    kept = [_seen_until(each, now) for each in components]
    return [each for each in kept if each.presence != ()]


def _seen_until(component: Component, now: datetime) -> Component:
    if component.presence is None:
        return component
    seen = tuple(
        (since, None if until is None or until > now else until)
        for since, until in component.presence
        if since <= now
    )
    return replace(component, presence=seen)
