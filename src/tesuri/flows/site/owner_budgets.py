"""The budgets of every owner: what each counts, whatever the instant, and what it says at one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from statistics import median

from tesuri.budgets.evaluate import CountedClocks, Times, count_clocks, evaluate_budget
from tesuri.budgets.group import merge_clocks
from tesuri.budgets.policy import percent
from tesuri.flows.clocks.clock_facts import clocks_for
from tesuri.flows.legacy.legacy_budgets import legacy_budgets
from tesuri.flows.site.coverage import AssetSight, by_service, coverage_of, look_at
from tesuri.flows.site.lasting import Change
from tesuri.model.budget import Budget, Exclusion, Owner, OwnerKind
from tesuri.model.clock import Clock
from tesuri.model.finding import CountedFinding, Finding
from tesuri.model.identifiers import FindingKey, GroupKey, ObjectiveId, ServiceId
from tesuri.model.objective import Counted, Incident, Objective, PolicyState, worst_policy_state
from tesuri.model.ownership import PolicyFigures, PolicyStanding
from tesuri.model.workspace import Workspace
from tesuri.ports import Reader

_DAY_SECONDS = 86_400

BudgetKey = tuple[ObjectiveId, ServiceId | None]
UnitClock = tuple[str, Clock]


@dataclass(frozen=True, slots=True)
class Members:
    """What each budget counts, whatever the instant."""

    owners: frozenset[ServiceId | None]
    """Of findings under any objective, one too that nobody declares any more."""
    clocks: Mapping[BudgetKey, CountedClocks]


def count_members(
    findings: Iterable[Finding | CountedFinding],
    clocks: Mapping[FindingKey, Clock],
    workspace: Workspace,
) -> Members:
    """Count the clocks of every budget, whatever the instant.

    **cost** one pass over the findings; O(n log n) in those of each budget.
    """
    known = {each.id: each for each in workspace.objectives if each.counts is Counted.FINDINGS}
    units = unit_clocks(findings, clocks)
    times: dict[ObjectiveId, dict[Clock, Times]] = {each: {} for each in known}
    return Members(
        frozenset(owner for _, owner in units),
        {
            key: count_clocks(known[key[0]], clocks, times[key[0]])
            for key, clocks in units.items()
            if key[0] in known
        },
    )


def recount_members(
    members: Members,
    change: Change,
    findings: Mapping[ServiceId | None, Sequence[Finding]],
    workspace: Workspace,
) -> Members:
    """Give the members after a change, with only the clocks counted again that it touches.

    `findings` are those of each owner as they are. **cost** in proportion to those of the budgets that are touched.
    """
    touched = {(each.objective, each.service) for each in change.findings}
    owners = {owner for _, owner in touched}
    own = [each for owner in owners for each in findings.get(owner, ())]
    again = count_members(
        (each for each in own if (each.objective, each.service) in touched),
        change.clocks,
        workspace,
    )
    counted = {key: clocks for key, clocks in members.clocks.items() if key not in touched}
    still = {each.service for each in own if each.objective and each.key in change.clocks}
    return Members((members.owners - owners) | still, {**counted, **again.clocks})


def budgets_at(
    members: Members,
    assets: Mapping[ServiceId | None, Sequence[AssetSight]],
    legacy: Mapping[BudgetKey, Budget],
    workspace: Workspace,
    now: datetime,
    *,
    owner: ServiceId | None = None,
) -> Mapping[BudgetKey, Budget]:
    """Give the budgets of every owner, or of one, as of `now`, the `legacy` ones among them; services without a finding have theirs too."""
    owners: set[ServiceId | None] = {*workspace.services, *members.owners}
    if owner is not None:
        owners &= {owner}
        legacy = {key: budget for key, budget in legacy.items() if key[1] == owner}
    return {**_budgets(members, assets, workspace, now, owners), **legacy}


def by_owner(budgets: Mapping[BudgetKey, Budget]) -> Mapping[ServiceId | None, tuple[Budget, ...]]:
    """Give the budgets of each owner."""
    found: dict[ServiceId | None, list[Budget]] = defaultdict(list)
    for (_, owner), budget in budgets.items():
        found[owner].append(budget)
    return {owner: tuple(own) for owner, own in found.items()}


def deciding(own: Sequence[Budget], workspace: Workspace) -> tuple[PolicyState, Budget | None]:
    """Give the policy state that an owner's budgets make, and the one that decides it: the worst.

    An owner without any budget has the workspace's default state.
    """
    if not own:
        return workspace.default_policy_state, None
    state = worst_policy_state(tuple(budget.state for budget in own))
    worst = min((each for each in own if each.state is state), key=lambda each: each.remaining)
    return state, worst


def _budgets(
    members: Members,
    assets: Mapping[ServiceId | None, Sequence[AssetSight]],
    workspace: Workspace,
    now: datetime,
    owners: Iterable[ServiceId | None],
) -> Mapping[BudgetKey, Budget]:
    idle: dict[object, Budget] = {}
    ordered = sorted(owners, key=lambda owner: owner or "")
    circumstances = {
        owner: circumstances_of(owner, assets.get(owner, ()), workspace, now) for owner in ordered
    }
    return {
        (objective.id, owner): owner_budget(
            objective,
            owner,
            members.clocks.get((objective.id, owner), ()),
            circumstances[owner],
            now=now,
            idle=idle,
        )
        for objective in workspace.objectives
        if objective.counts is Counted.FINDINGS
        for owner in ordered
    }


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What all budgets of an owner share at an instant."""

    interval_seconds: int
    """Between two scans."""
    coverage: Fraction | None
    incidents: Sequence[Incident]
    exclusions: Sequence[Exclusion]


def circumstances_of(
    owner: ServiceId | None, sights: Sequence[AssetSight], workspace: Workspace, now: datetime
) -> Circumstances:
    """Give how an owner's assets were scanned, and what the workspace declares of it."""
    intervals = {sight.interval for sight in sights if sight.seen_at}
    if len(intervals) > 1:
        times = [sight.interval.total_seconds() for sight in sights if sight.seen_at]
        interval = int(median(map(int, times)))
    else:
        interval = int(next(iter(intervals)).total_seconds()) if intervals else _DAY_SECONDS
    return Circumstances(
        interval,
        coverage_of(sights, now).share,
        incidents_of(workspace, owner),
        exclusions_of(workspace, owner),
    )


def unit_clocks(
    findings: Iterable[Finding | CountedFinding], clocks: Mapping[FindingKey, Clock]
) -> Mapping[BudgetKey, Sequence[UnitClock]]:
    """Give what each budget counts: the clocks of its groups, each with its unit key."""
    members: dict[BudgetKey, dict[GroupKey, list[Clock]]] = defaultdict(lambda: defaultdict(list))
    for finding in findings:
        if finding.objective is not None and finding.key in clocks:
            units = members[finding.objective, finding.service]
            units[finding.group].append(clocks[finding.key])
    names = {group: str(group) for units in members.values() for group in units}
    return {
        key: [
            (names[group], clock) for group, each in units.items() for clock in merge_clocks(each)
        ]
        for key, units in members.items()
    }


def owner_budget(
    objective: Objective,
    owner: ServiceId | None,
    clocks: Sequence[UnitClock] | CountedClocks,
    around: Circumstances,
    *,
    now: datetime,
    idle: dict[object, Budget] | None = None,
) -> Budget:
    """Give one budget under the circumstances of its owner.

    Most budgets of a large company count nothing. `idle` keeps those between calls of the same instant: they
    differ by their owner alone.
    """
    whose = Owner(OwnerKind.SERVICE, owner or "")

    def evaluated() -> Budget:
        return evaluate_budget(
            objective,
            clocks,
            now=now,
            owner=whose,
            coverage=around.coverage,
            incidents=around.incidents,
            exclusions=around.exclusions,
            scan_interval_seconds=around.interval_seconds,
        )

    if idle is None or around.incidents or isinstance(clocks, CountedClocks) or clocks:
        return evaluated()
    alike = (objective.id, around.coverage, around.interval_seconds, tuple(around.exclusions))
    if alike not in idle:
        idle[alike] = evaluated()
    return replace(idle[alike], owner=whose)


def incidents_of(workspace: Workspace, owner: ServiceId | None) -> list[Incident]:
    """Give the incidents that debit the budgets of a service."""
    return [each for each in workspace.incidents if each.service == owner]


def exclusions_of(workspace: Workspace, owner: ServiceId | None) -> list[Exclusion]:
    """Give the time that counts for no budget of a service."""
    return [
        Exclusion(each.starts_at, each.ends_at, each.reason, each.approver)
        for each in workspace.exclusions
        if not each.services or owner in each.services
    ]


def standing_by(
    own: Sequence[Budget], service: ServiceId | None, workspace: Workspace
) -> PolicyStanding:
    """Give the policy state that gates take for an owner with these budgets.

    What nobody owns, or whose owner has no budget, takes the workspace's default.
    """
    if service is None:
        return PolicyStanding(workspace.default_policy_state, "nobody owns it")
    state, budget = deciding(own, workspace)
    if budget is None:
        return PolicyStanding(state, f"{service} has no budget")
    figures = PolicyFigures(
        objective=budget.objective,
        remaining=percent(budget.remaining),
        consumed_seconds=int(budget.consumed_seconds),
        allowance_seconds=int(budget.allowance_seconds),
    )
    return PolicyStanding(state, f"{budget.objective} of {service}: {budget.reason}", figures)


class OwnerStandings:
    """Reads the policy states of owners one after the other, for whoever has no survey; what they share is read once."""

    def __init__(self, workspace: Workspace, now: datetime) -> None:
        """Begin with nothing read."""
        self._workspace = workspace
        self._now = now
        self._shared: _Shared | None = None

    def read(self, reader: Reader, service: ServiceId | None) -> PolicyStanding:
        """Give what a survey would say of one owner.

        **cost** in proportion to the findings of the owner; the first time, one look at each scan beside.
        """
        workspace, now = self._workspace, self._now
        if service is None:
            return standing_by((), None, workspace)
        if self._shared is None:
            sights, _ = look_at(reader.scans(), workspace)
            self._shared = _Shared(by_service(sights), legacy_budgets(reader, workspace, now))
        findings = list(reader.counted_findings(service))
        clocks = clocks_for(reader, (each.key for each in findings))
        members = count_members(findings, clocks, workspace)
        shared = self._shared
        own = budgets_at(members, shared.assets, shared.legacy, workspace, now, owner=service)
        return standing_by(tuple(own.values()), service, workspace)


@dataclass(frozen=True, slots=True)
class _Shared:
    assets: Mapping[ServiceId | None, Sequence[AssetSight]]
    legacy: Mapping[BudgetKey, Budget]
