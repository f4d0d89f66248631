"""How long findings live, by objective, service, team, severity or kind: open ones say that they lived at least so long."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Final

from tesuri.budgets.instants import seconds_of
from tesuri.budgets.survival import (
    Lifetime,
    age_by_which,
    share_closed,
    share_closed_range,
    survival_curve,
)
from tesuri.flows.site.scope import scope_of
from tesuri.flows.site.survey import Survey
from tesuri.model.clock import Clock
from tesuri.model.finding import Finding, State
from tesuri.model.identifiers import ServiceId, TeamId
from tesuri.model.views_lifetimes import LifetimeRow, LifetimesBy, LifetimesView

_HALF: Final = Fraction(1, 2)
_MOST: Final = Fraction(9, 10)


def show_lifetimes(
    survey: Survey, *, by: LifetimesBy, team: TeamId | None, service: ServiceId | None = None
) -> LifetimesView:
    """Give the report over every episode of the scope that budgets look at.

    **cost** one pass over the findings, and a sort for each line.
    """
    services = scope_of(survey, team).services if service is None else frozenset({service})
    lives: dict[str, list[Lifetime]] = defaultdict(list)
    gone: Counter[str] = Counter()
    left_out = 0
    for finding in survey.findings:
        clock = survey.clocks.get(finding.key)
        if finding.service not in services or clock is None:
            continue
        if clock.is_counted and clock.started_at <= survey.now:
            name = _name(survey, finding, by)
            lives[name].append(_lifetime(finding, clock, survey.now))
            gone[name] += finding.state is State.GONE
        else:
            left_out += 1
    within = _within(survey) if by is LifetimesBy.OBJECTIVE else {}
    rows = [_row(name, found, gone[name], within.get(name)) for name, found in lives.items()]
    return LifetimesView(by, tuple(sorted(rows, key=_longest_first)), left_out, survey.now)


def _name(survey: Survey, finding: Finding, by: LifetimesBy) -> str:
    match by:
        case LifetimesBy.OBJECTIVE:
            return finding.objective or ""
        case LifetimesBy.SERVICE:
            return finding.service or ""
        case LifetimesBy.TEAM:
            known = survey.workspace.services.get(finding.service) if finding.service else None
            return (known.team or "") if known else ""
        case LifetimesBy.SEVERITY:
            return finding.severity.value
        case LifetimesBy.KIND:
            return finding.kind.value


def _within(survey: Survey) -> Mapping[str, int]:
    return {each.id: each.objective_seconds for each in survey.workspace.objectives}


def _lifetime(finding: Finding, clock: Clock, now: datetime) -> Lifetime:
    """Give its age at its end; the time of waivers and of closings that did not last is no part of it."""
    started, present = seconds_of(clock.started_at), seconds_of(now)
    closed = None if clock.closed_at is None else seconds_of(clock.closed_at)
    end = present if closed is None else min(closed, present)
    gaps = sum(_length(gap, end) for gap in clock.gaps)
    age = max(0, end - started - clock.paused_seconds - gaps)
    is_closed = closed is not None and closed <= present and finding.state is not State.GONE
    entered = max(0, seconds_of(finding.opened_at) - started)
    return Lifetime(age, is_closed, min(entered, age))


def _length(gap: tuple[datetime, datetime | None], end: int) -> int:
    start, until = gap
    return max(0, (end if until is None else min(seconds_of(until), end)) - seconds_of(start))


def _row(name: str, lives: Sequence[Lifetime], gone: int, within: int | None) -> LifetimeRow:
    curve = survival_curve(lives)
    closed = sum(life.is_closed for life in lives)
    return LifetimeRow(
        name=name,
        findings=len(lives),
        closed=closed,
        gone=gone,
        open=len(lives) - closed - gone,
        within_seconds=within,
        closed_in_time=None if within is None else share_closed(curve, within),
        closed_in_time_range=None if within is None else share_closed_range(curve, within),
        half_seconds=age_by_which(curve, _HALF),
        most_seconds=age_by_which(curve, _MOST),
    )


def _longest_first(row: LifetimeRow) -> tuple[bool, int, str]:
    half = row.half_seconds
    return half is not None, -(half or 0), row.name
