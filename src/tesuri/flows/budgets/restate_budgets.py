"""Budgets of an earlier instant with everything that was recorded since: what then was true, not what then was known.

A scan that came in late, a second clean scan that dates a closing back, a waiver that was applied later: they change
figures of the past, because budgets count by the time at which something happened.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from tesuri.flows.clocks.clock_facts import read_clocks
from tesuri.flows.legacy.legacy_budgets import legacy_budgets
from tesuri.flows.site.coverage import by_service, look_at
from tesuri.flows.site.owner_budgets import BudgetKey, circumstances_of, owner_budget, unit_clocks
from tesuri.flows.site.survey import Survey
from tesuri.model.budget import Budget
from tesuri.model.event import Event, EventKind
from tesuri.model.identifiers import FindingKey, ObjectiveId
from tesuri.model.objective import Counted
from tesuri.ports import Reader


def restated_budgets(then: Survey, reader: Reader) -> Mapping[BudgetKey, Budget]:
    """Give the budgets of the survey's instant as this reading, of a later moment, has them.

    Owners are those of the later moment. **cost** one pass over the clock events of the journal.
    """
    at, workspace = then.now, then.workspace
    events = [
        event for event in reader.events(kinds=[EventKind.DECIDED]) if event.happened_at <= at
    ]
    clocks, objectives = read_clocks(reader, until=at), _objectives(events)
    findings = (
        replace(each, objective=objectives.get(each.key))
        for each in reader.findings()
        if each.key in clocks
    )
    members = unit_clocks(findings, clocks)
    sights, _ = look_at([each for each in reader.scans() if each.scanned_at <= at], workspace)
    assets = by_service(sights)
    by_id = {each.id: each for each in workspace.objectives if each.counts is Counted.FINDINGS}
    components = legacy_budgets(reader, workspace, at)
    findings_budgets = {
        (objective, owner): owner_budget(
            by_id[objective],
            owner,
            members.get((objective, owner), ()),
            circumstances_of(owner, assets.get(owner, ()), workspace, at),
            now=at,
        )
        for objective, owner in then.budgets
        if objective in by_id
    }
    return {
        **findings_budgets,
        **{key: components[key] for key in then.budgets if key in components},
    }


def _objectives(events: Iterable[Event]) -> Mapping[FindingKey, ObjectiveId]:
    """Give the objective of each finding after these events, none where its last decision has none."""
    found: dict[FindingKey, ObjectiveId] = {}
    for event in events:
        if event.kind is not EventKind.DECIDED or event.finding is None:
            continue
        changed = event.payload.get("set")
        name = changed.get("objective") if isinstance(changed, Mapping) else None
        found.pop(event.finding, None)
        if isinstance(name, str):
            found[event.finding] = ObjectiveId(name)
    return found
