"""This week: what fits the hours, what stays below the line, what is late, and what budgets are left."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import compress

from tesuri.flows.budgets.budget_rows import cost_a_day, least_of_services, members_of
from tesuri.flows.findings.finding_column import both
from tesuri.flows.findings.finding_rows import do_of
from tesuri.flows.findings.show_findings import columns_of, open_among
from tesuri.flows.pages.standing_units import effort_knowledge, standing_units
from tesuri.flows.pages.week_reasons import reasons
from tesuri.flows.pages.work_units import WorkUnit, fix_subject, work_units
from tesuri.flows.site.scope import Scope, owner_titles, scope_of, team_titles, zone_of
from tesuri.flows.site.survey import Survey, seconds_late
from tesuri.model.identifiers import GroupKey, ServiceId, TeamId
from tesuri.model.signal import Signals
from tesuri.model.views import (
    Capacity,
    CapacitySource,
    DueWeek,
    LateNow,
    Waiting,
    WeekRow,
    WeekView,
)
from tesuri.ports import Reader
from tesuri.routing.effort import group_effort
from tesuri.routing.ownership import unlabelled
from tesuri.routing.week import plan_week

DEFAULT_CAPACITY_MINUTES = 480
"""One person's day a week: taken, and shown as a default, when nobody declared hours."""

LATER_ROWS = 10
"""Rows shown below the line."""

DUE_WEEKS = 13
_WEEK = timedelta(days=7)


def show_week(survey: Survey, reader: Reader, *, team: TeamId | None) -> WeekView:
    """Give the week of a team, or of everything.

    Weeks begin on Monday in the workspace's zone. The order and the line are those of `routing.week`.
    **cost** one look at each group with open findings; decisions and feeds once for the rows shown.
    """
    scope = scope_of(survey, team)
    standing = standing_units(scope, reader)
    capacity = capacity_of(scope)
    candidates = (unit.candidate_at(survey.now) for unit in standing.values())
    plan = plan_week(candidates, capacity.minutes)
    later = [left.candidate for left in plan.later]
    shown = [standing[each.group].findings for each in (*plan.planned, *later[:LATER_ROWS])]
    rows = _rows(scope, reader, work_units(survey, reader, shown))
    starts_on = _monday(survey)
    budgets = least_of_services(scope)
    return WeekView(
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=6),
        capacity=capacity,
        planned_minutes=plan.planned_minutes,
        planned=rows[: len(plan.planned)],
        later=rows[len(plan.planned) :],
        later_total=len(later),
        carried_risk=plan.carried_share if standing else None,
        late=_late_now(scope),
        coverage=scope.coverage,
        waiting=_waiting(scope, reader),
        budgets=budgets,
        budgets_total=len(budgets),
        last_scan_at=scope.last_scan_at,
        due_weeks=_due_weeks(scope, starts_on),
    )


def capacity_of(scope: Scope) -> Capacity:
    """Give the hours of the team, or of all teams that declared some or have the workspace's default."""
    workspace = scope.survey.workspace
    teams = [each for each in workspace.teams.values() if scope.team in (None, each.id)]
    declared = [
        minutes
        for each in teams
        if (minutes := _first(each.capacity_minutes, workspace.default_capacity_minutes))
        is not None
    ]
    if declared:
        return Capacity(sum(declared), CapacitySource.DECLARED, len(declared))
    if workspace.default_capacity_minutes is not None:
        return Capacity(workspace.default_capacity_minutes, CapacitySource.DECLARED)
    return Capacity(DEFAULT_CAPACITY_MINUTES, CapacitySource.DEFAULT)


def _first(minutes: int | None, default: int | None) -> int | None:
    return default if minutes is None else minutes


def _signals(reader: Reader, units: Sequence[WorkUnit]) -> Mapping[GroupKey, list[Signals]]:
    """Ask the feeds once for the rows shown, one question for each distinct set of ids."""
    asked = [
        (unit.group, advisories)
        for unit in units
        for advisories in sorted({each.advisories for each in unit.findings})
    ]
    known: dict[GroupKey, list[Signals]] = {unit.group: [] for unit in units}
    answers = reader.signals([advisories for _, advisories in asked])
    for (group, _), signals in zip(asked, answers, strict=True):
        known[group].append(signals)
    return known


def _rows(scope: Scope, reader: Reader, units: Sequence[WorkUnit]) -> tuple[WeekRow, ...]:
    survey = scope.survey
    signals = _signals(reader, units)
    knowledge = effort_knowledge(survey, reader)
    week_ends_at = _begin(survey, _monday(survey) + _WEEK)
    return tuple(
        WeekRow(
            rank=rank,
            group=unit.group,
            do=do_of(survey, unit.group, unit.lead.title),
            severity=unit.severity,
            why=reasons(survey, unit, signals[unit.group], week_ends_at),
            effort=group_effort(fix_subject(unit.findings), knowledge),
            due_at=unit.due_at,
            late_seconds=unit.late_seconds,
            services=unit.services,
            owner=owner,
            owner_ja=owner_ja,
            restored_seconds=unit.restored_seconds,
            outcome=unit.outcome,
            findings=len(unit.findings),
        )
        for rank, unit in enumerate(units, start=1)
        for owner, owner_ja in [_owner(scope, unit)]
    )


def _owner(scope: Scope, unit: WorkUnit) -> tuple[str, str]:
    """Give the team of the service with most findings of the unit."""
    if not unit.services:
        return team_titles(scope.survey.workspace, None)
    return owner_titles(scope.survey.workspace, unit.services[0])


def _late_now(scope: Scope) -> LateNow:
    survey, columns = scope.survey, columns_of(scope)
    lateness, services = columns.column("late"), columns.column("service")
    # Only what is open has a lateness among the columns.
    seconds = [seconds_late(each.late, survey.now) for each in lateness.samples]
    late = lateness.chosen(each > 0 for each in seconds)
    by_service: dict[ServiceId, int] = {}
    pairs = Counter(
        zip(compress(services.codes, late), compress(lateness.codes, late), strict=True)
    )
    for (place, code), count in pairs.items():
        service = services.samples[place].finding.service
        if service is not None:
            by_service[service] = by_service.get(service, 0) + seconds[code] * count
    return LateNow(
        findings=late.count(1),
        groups=len(set(compress(columns.column("group").codes, late))),
        longest_seconds=max(
            (each for each, count in zip(seconds, lateness.counts(late), strict=True) if count),
            default=0,
        ),
        cost_seconds_a_day=sum(
            cost_a_day(objective, budget)
            for objective in survey.workspace.objectives
            for budget in members_of(scope, objective.id).values()
        ),
        services=tuple(sorted(by_service, key=lambda each: (-by_service[each], each))),
    )


def _waiting(scope: Scope, reader: Reader) -> Waiting:
    """Count what waits for a person; unread records belong to nobody yet, so every team sees them."""
    columns = columns_of(scope)
    return Waiting(
        unowned_findings=both(
            columns.mask("service", lambda each: each.finding.service is None), open_among(columns)
        ).count(1),
        unowned_assets=sum(each.service is None for each in scope.sights),
        unlabelled_services=sum(
            each.id in scope.services for each in unlabelled(scope.survey.workspace)
        ),
        skipped_records=reader.skipped_records(),
    )


def _due_weeks(scope: Scope, starts_on: date) -> tuple[DueWeek, ...]:
    """Count open findings by the week in which they fall, or fell, due; empty with nothing open."""
    zone = zone_of(scope.survey.workspace)
    columns = columns_of(scope)
    dues = columns.column("due")
    weeks: Counter[int] = Counter()
    for each, count in zip(dues.samples, dues.counts(open_among(columns)), strict=True):
        if each.due_at is not None and count:
            weeks[(each.due_at.astimezone(zone).date() - starts_on).days // 7] += count
    if not any(0 <= week < DUE_WEEKS for week in weeks):
        return ()
    return tuple(DueWeek(starts_on + _WEEK * number, weeks[number]) for number in range(DUE_WEEKS))


def _monday(survey: Survey) -> date:
    today = survey.now.astimezone(zone_of(survey.workspace)).date()
    return today - timedelta(days=today.weekday())


def _begin(survey: Survey, day: date) -> datetime:
    """Give the first instant of a day in the workspace's zone."""
    return datetime.combine(day, time(), zone_of(survey.workspace))
