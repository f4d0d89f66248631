"""What fits this week: groups in order of risk removed and budget restored per hour, cut at the capacity.

The formula, in whole numbers:

    risk   = outcome × exposure × exploitation × breadth
             outcome: immediate 27, out-of-cycle 9, scheduled 3, defer 1
             exposure: open 3, controlled 2, small 1 (nobody declared it: 3)
             exploitation: active 3, poc 2, none 1
             breadth: 1 for one resource, +1 for each doubling (2–3: 2, 4–7: 3, 8–15: 4 …)
    worth  = (risk + budget restored in hours) / effort in hours

One point of risk thus weighs as much as one overdue hour. Immediate groups come first, and late ones
before others there; within a band the order is worth, then due date, then key. The line is drawn from the top: a group that does not fit goes below,
and after it only groups at least as urgent by outcome may still fill the rest. A group that is larger than the whole
week can never fit: it goes below with that reason, and does not hold the others up.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from fractions import Fraction

from tesuri.model.decision import Outcome
from tesuri.model.estate import Exposure
from tesuri.model.identifiers import GroupKey

_OUTCOME_WEIGHTS = {
    Outcome.IMMEDIATE: 27,
    Outcome.OUT_OF_CYCLE: 9,
    Outcome.SCHEDULED: 3,
    Outcome.DEFER: 1,
}
_EXPOSURE_WEIGHTS = {Exposure.OPEN: 3, Exposure.CONTROLLED: 2, Exposure.SMALL: 1, None: 3}
_FINE = 32
_NEVER = datetime.max.replace(tzinfo=UTC)


class Exploitation(StrEnum):
    """What attackers are known to do with it (SSVC Exploitation)."""

    ACTIVE = "active"
    POC = "poc"
    NONE = "none"


_EXPLOITATION_WEIGHTS = {Exploitation.ACTIVE: 3, Exploitation.POC: 2, Exploitation.NONE: 1}


class Below(StrEnum):
    """Why a group stands below the line."""

    DOES_NOT_FIT = "does-not-fit"
    LESS_URGENT = "less-urgent"
    """It would fit, but something more urgent did not."""
    LARGER_THAN_WEEK = "larger-than-week"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One open group that somebody could close."""

    group: GroupKey
    outcome: Outcome
    effort_minutes: int
    exposure: Exposure | None = None
    """The widest of its resources."""
    exploitation: Exploitation = Exploitation.NONE
    resources: int = 1
    overdue_seconds: int = 0
    due_at: datetime | None = None
    restored_seconds: int = 0
    """Overdue time that closing it now keeps out of the budgets (`restored_by_closing`)."""


@dataclass(frozen=True, slots=True)
class Left:
    """A group below the line."""

    candidate: Candidate
    reason: Below


@dataclass(frozen=True, slots=True)
class WeekPlan:
    """The list of a week: above the line, below it, and what stays open by that."""

    planned: tuple[Candidate, ...]
    later: tuple[Left, ...]
    capacity_minutes: int
    planned_minutes: int
    carried_share: Fraction
    """Risk below the line of all risk; 0 when there is none at all."""


def plan_week(candidates: Iterable[Candidate], capacity_minutes: int) -> WeekPlan:
    """Rank groups and draw the line at the capacity; the order of the input changes nothing."""
    planned: list[Candidate] = []
    later: list[Left] = []
    left_minutes = max(0, capacity_minutes)
    open_until = len(Outcome)
    for candidate in sorted(candidates, key=_order):
        minutes = max(1, candidate.effort_minutes)
        if minutes > capacity_minutes:
            later.append(Left(candidate, Below.LARGER_THAN_WEEK))
        elif candidate.outcome.rank > open_until:
            later.append(Left(candidate, Below.LESS_URGENT))
        elif minutes > left_minutes:
            later.append(Left(candidate, Below.DOES_NOT_FIT))
            open_until = min(open_until, candidate.outcome.rank)
        else:
            planned.append(candidate)
            left_minutes -= minutes
    return WeekPlan(
        planned=tuple(planned),
        later=tuple(later),
        capacity_minutes=max(0, capacity_minutes),
        planned_minutes=sum(max(1, candidate.effort_minutes) for candidate in planned),
        carried_share=_carried_share(planned, [left.candidate for left in later]),
    )


def risk_points(candidate: Candidate) -> int:
    """Give the risk that closing a group removes, by the formula above."""
    return (
        _OUTCOME_WEIGHTS[candidate.outcome]
        * _EXPOSURE_WEIGHTS[candidate.exposure]
        * _EXPLOITATION_WEIGHTS[candidate.exploitation]
        * max(1, candidate.resources).bit_length()
    )


def worth_per_hour(candidate: Candidate) -> Fraction:
    """Give risk points plus restored hours for each hour of effort."""
    gained = risk_points(candidate) + Fraction(candidate.restored_seconds, 3_600)
    return gained / Fraction(max(1, candidate.effort_minutes), 60)


def restored_by_closing(due_at: datetime | None, *, now: datetime, until: datetime) -> int:
    """Give the overdue seconds between now and `until` that closing now prevents; 0 without due date."""
    if due_at is None:
        return 0
    return max(0, int((until - max(due_at, now)).total_seconds()))


def _order(candidate: Candidate) -> tuple[bool, bool, int, Fraction, datetime, int]:
    is_immediate = candidate.outcome is Outcome.IMMEDIATE
    worth = worth_per_hour(candidate)
    return (
        not is_immediate,
        not (is_immediate and candidate.overdue_seconds > 0),
        # Nearly always enough, and compared much faster than fractions.
        -((worth.numerator << _FINE) // worth.denominator),
        -worth,
        candidate.due_at or _NEVER,
        candidate.group,
    )


def _carried_share(planned: Iterable[Candidate], later: Iterable[Candidate]) -> Fraction:
    below = sum(map(risk_points, later))
    whole = below + sum(map(risk_points, planned))
    return Fraction(below, whole) if whole else Fraction(0)
