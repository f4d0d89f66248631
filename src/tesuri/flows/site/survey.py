"""Everything that a page or a gate is made of, read once: findings, their clocks, coverage and budgets.

A survey is a value: the pages are functions of it. It holds for the journal as it was read and for one instant.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar, cast

from tesuri.flows.legacy.legacy_budgets import legacy_budgets
from tesuri.flows.pause_collection import paused_collection
from tesuri.flows.site.coverage import AssetSight, Source, by_service, coverage_of, look_at
from tesuri.flows.site.lasting import Change, Lasting, sorted_anew, sorted_out
from tesuri.flows.site.owner_budgets import (
    BudgetKey,
    Members,
    budgets_at,
    by_owner,
    count_members,
    deciding,
    recount_members,
    standing_by,
)
from tesuri.flows.site.register import Register, read_register
from tesuri.model.budget import Budget
from tesuri.model.clock import Clock, Interval
from tesuri.model.finding import Finding, State
from tesuri.model.identifiers import FindingKey, GroupKey, ServiceId, TeamId
from tesuri.model.later import LaterMapping
from tesuri.model.objective import PolicyState
from tesuri.model.ownership import PolicyStanding
from tesuri.model.views import Coverage
from tesuri.model.workspace import Workspace
from tesuri.ports import GroupName, Reader

_NO_ASSETS = Coverage(seen=0, total=0, unknown=0)

ValueT = TypeVar("ValueT")


@dataclass(frozen=True, slots=True)
class Survey:
    """What is known at one instant."""

    now: datetime
    workspace: Workspace
    findings: tuple[Finding, ...]
    """Every current episode, open or closed, and every past one, by key."""
    clocks: Mapping[FindingKey, Clock]
    groups: Mapping[GroupKey, GroupName]
    sights: tuple[AssetSight, ...]
    sources: tuple[Source, ...]
    budgets: Mapping[BudgetKey, Budget]
    """By objective and service (None: nobody owns it); services without a finding have theirs too. Made at the first look."""
    budgets_of: Mapping[ServiceId | None, tuple[Budget, ...]]
    """The same by service."""
    running: frozenset[ServiceId | None]
    """Owners with a budget of what runs."""
    coverages: Mapping[ServiceId | None, Coverage]
    """Of each service's assets, and of those that nobody owns."""
    recorded_at: datetime | None
    derived: dict[object, object] = field(default_factory=dict, compare=False, repr=False)
    """What was made of it before: kept as long as the survey, no part of its value. Use `derive`."""
    lasting: Lasting = field(default_factory=Lasting, compare=False, repr=False)
    """What was made of findings, clocks and the workspace alone, whatever the instant. Use `derive_lasting`."""

    @property
    def open_findings(self) -> tuple[Finding, ...]:
        """Current episodes that are open, waived ones not among them."""
        return tuple(each for each in self.findings if each.is_current and each.state is State.OPEN)


def derive(survey: Survey, name: object, make: Callable[[], ValueT]) -> ValueT:
    """Give what `make` makes of the survey, made once; `name` stands for it and for its arguments."""
    if name not in survey.derived:
        survey.derived[name] = make()
    return cast(ValueT, survey.derived[name])


def derive_lasting(
    survey: Survey,
    name: object,
    make: Callable[[], ValueT],
    follow: Callable[[ValueT, Change], ValueT | None] | None = None,
) -> ValueT:
    """Give the same of what no instant changes: later surveys of the same findings and files have it too.

    `follow` puts what was written since in place of what was before it; where it gives None, everything is made anew.
    """
    return survey.lasting.get(name, make, follow)


def findings_by_group(survey: Survey) -> Mapping[GroupKey, Sequence[Finding]]:
    """Give the findings of each group in any state, past episodes too, by key."""
    return derive_lasting(
        survey,
        "by group",
        lambda: sorted_out(survey.findings, lambda each: each.group),
        lambda known, change: sorted_anew(known, change, lambda each: each.group),
    )


@paused_collection()
def take_survey(
    reader: Reader,
    workspace: Workspace,
    now: datetime,
    *,
    known: Sequence[Finding] | None = None,
) -> Survey:
    """Read the store and evaluate every budget as of `now`; `known` are its findings where they were just read.

    **cost** one pass over the clock events of the journal; O(n log n) in the findings of each budget.
    """
    return survey_of(read_register(reader, known=known), reader, workspace, now)


@paused_collection()
def survey_of(
    register: Register,
    reader: Reader,
    workspace: Workspace,
    now: datetime,
    *,
    lasting: Lasting | None = None,
) -> Survey:
    """Give the survey of what was read before, with the scans of now: every budget as of `now`.

    `lasting` is that of an earlier survey of the same register and workspace.
    """
    kept = Lasting() if lasting is None else lasting
    sights, sources = look_at(reader.scans(), workspace)
    assets = by_service(sights)
    legacy = legacy_budgets(reader, workspace, now)

    @paused_collection()
    def evaluated() -> Mapping[BudgetKey, Budget]:
        return budgets_at(members_in(kept, register, workspace), assets, legacy, workspace, now)

    budgets = LaterMapping(evaluated)
    return Survey(
        now=now,
        workspace=workspace,
        findings=register.findings,
        clocks=register.clocks,
        groups=register.groups,
        sights=sights,
        sources=sources,
        budgets=budgets,
        budgets_of=LaterMapping(lambda: by_owner(budgets)),
        running=frozenset(owner for _, owner in legacy),
        coverages={owner: coverage_of(found, now) for owner, found in assets.items()},
        recorded_at=reader.recorded_at(),
        lasting=kept,
    )


def members_in(lasting: Lasting, register: Register, workspace: Workspace) -> Members:
    """Give what each budget counts, kept in the lasting part of surveys of the same register and workspace."""
    by_owner = findings_by_owner(lasting, register.findings)
    return lasting.get(
        "members",
        lambda: count_members(register.findings, register.clocks, workspace),
        lambda known, change: recount_members(known, change, by_owner, workspace),
    )


def findings_by_owner(
    lasting: Lasting, findings: Iterable[Finding]
) -> Mapping[ServiceId | None, Sequence[Finding]]:
    """Give the findings of each service in any state, past episodes too, by key; they are those of `lasting`."""
    return lasting.get(
        "by owner",
        lambda: sorted_out(findings, lambda each: each.service),
        lambda known, change: sorted_anew(known, change, lambda each: each.service),
    )


def late_seconds(survey: Survey, key: FindingKey) -> int:
    """Give how long an open finding has been overdue without a break; 0 when it is not."""
    return seconds_late(last_lateness(survey, key), survey.now)


def last_lateness(survey: Survey, key: FindingKey) -> Interval | None:
    """Give when a finding was, is or will be overdue last; None when it never is."""
    return lateness_of(survey.clocks.get(key))


def lateness_of(clock: Clock | None) -> Interval | None:
    """Give when a clock was, is or will be overdue last; None when it never is."""
    if clock is None or not clock.overdue or not clock.is_counted:
        return None
    return clock.overdue[-1]


def seconds_late(lateness: Interval | None, now: datetime) -> int:
    """Give how long it has been late at an instant; 0 when it is not."""
    if lateness is None:
        return 0
    start, end = lateness
    is_late = start <= now and (end is None or end > now)
    return int((now - start).total_seconds()) if is_late else 0


def coverage_at(survey: Survey, service: ServiceId | None) -> Coverage:
    """Give the coverage of one service's assets (None: of what nobody owns)."""
    return survey.coverages.get(service, _NO_ASSETS)


def state_of(survey: Survey, service: ServiceId | None) -> tuple[PolicyState, Budget | None]:
    """Give the policy state of a service and the budget that decides it: the worst one.

    A service without any budget has the workspace's default state.
    """
    known: dict[ServiceId | None, tuple[PolicyState, Budget | None]]
    known = derive(survey, "states", dict)
    if service not in known:
        known[service] = deciding(survey.budgets_of.get(service, ()), survey.workspace)
    return known[service]


def standing_of(survey: Survey, service: ServiceId | None) -> PolicyStanding:
    """Give the policy state that gates take for an owner, with the budget that says so."""
    own = () if service is None else survey.budgets_of.get(service, ())
    return standing_by(own, service, survey.workspace)


def services_of_team(workspace: Workspace, team: TeamId | None) -> frozenset[ServiceId | None]:
    """Give the services in the scope of a team; None is every service and what nobody owns."""
    if team is None:
        return frozenset((*workspace.services, None))
    return frozenset(each.id for each in workspace.services.values() if each.team == team)
