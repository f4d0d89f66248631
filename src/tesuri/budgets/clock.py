"""Runs the clock of one finding: facts in, due date and overdue intervals out.

The rules are the table of edge cases in docs/budgets.md, each with a test of that name. There is no `now`
here: a clock runs on for ever, and whoever counts cuts it off at the instant that they ask about.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tesuri.budgets.instants import instant, seconds_of
from tesuri.model.clock import (
    Clock,
    ClockFact,
    Closed,
    Decided,
    FixKnown,
    Neutral,
    NoFixYet,
    Opened,
    Reopened,
    SeenLive,
    Waived,
    WaiverEnded,
)
from tesuri.model.errors import Defect
from tesuri.model.finding import State
from tesuri.model.objective import ClockStart

_CLOSES = frozenset({State.FIXED, State.GONE, State.MITIGATED})
_REMOVES = frozenset({State.NOT_AFFECTED, State.FALSE_POSITIVE})


@dataclass(frozen=True, slots=True)
class _Course:
    """Where a clock stands at one second of its life."""

    at: int
    started: int
    due: int | None = None
    objective: int | None = None
    is_decided: bool = False
    closed: int | None = None
    is_removed: bool = False
    is_neutral: bool = False
    waived_until: int | None = None
    is_pausing: bool = False
    """The waiver was approved in time, so the due date moves along with it."""
    paused: int = 0
    is_from_fix: bool = False
    fix: int | None = None
    """Since when there is a fix, as far as is known."""
    is_without_fix: bool = False
    """Somebody said that there is none, and nobody that there is one."""
    overdue: tuple[tuple[int, int | None], ...] = ()
    gaps: tuple[tuple[int, int], ...] = ()
    """Closed for a while, then reopened."""


def run_clock(facts: Sequence[ClockFact]) -> Clock:
    """Give the clock that the facts of one episode make.

    Order matters only among facts of the same second; a fact told twice counts once; a fact dated
    before the opening counts from the opening.

    **raises** `Defect` when nothing was opened, or something was closed into an open state.
    """
    if (clock := _plain_clock(facts)) is not None:
        return clock
    openings = [seconds_of(fact.at) for fact in facts if isinstance(fact, Opened)]
    if not openings:
        raise Defect("A finding's history has no opening.", remedy="Rebuild it from the journal.")
    started = min(openings)
    course = _Course(at=started, started=started)
    for fact in sorted(dict.fromkeys(facts), key=lambda fact: fact.at):
        course = _apply(_run_until(course, seconds_of(fact.at)), fact)
    return _clock_of(_run_until(course, None))


def _plain_clock(facts: Sequence[ClockFact]) -> Clock | None:
    """Give the clock of what was opened, then decided, then perhaps closed: nearly every one.

    None for any other history, which is then walked through step by step.
    """
    match facts:
        case [Opened(opened), Decided(decided, objective, ClockStart.DETECTED)] if (
            opened <= decided
        ):
            closed = None
        case [
            Opened(opened),
            Decided(decided, objective, ClockStart.DETECTED),
            Closed(closed_at, state),
        ] if opened <= decided <= closed_at and state in _CLOSES:
            closed = seconds_of(closed_at)
        case _:
            return None
    started = seconds_of(opened)
    due = None if objective is None else max(started + objective, seconds_of(decided))
    is_late = due is not None and (closed is None or due < closed)
    due_at = None if due is None else instant(due)
    closed_at_second = None if closed is None else instant(closed)
    return Clock(
        started_at=instant(started),
        due_at=due_at,
        closed_at=closed_at_second,
        objective_seconds=objective,
        overdue=((due_at, closed_at_second),) if due_at is not None and is_late else (),
    )


def _clock_of(course: _Course) -> Clock:
    counts = not (course.is_removed or course.is_neutral)
    spans = course.overdue if counts else ()
    return Clock(
        started_at=instant(course.started),
        due_at=None if course.due is None else instant(course.due),
        closed_at=None if course.closed is None else instant(course.closed),
        objective_seconds=course.objective,
        overdue=tuple((instant(a), None if b is None else instant(b)) for a, b in spans),
        is_removed=course.is_removed,
        is_neutral=course.is_neutral,
        paused_seconds=course.paused,
        fix_at=None if course.fix is None or not course.is_from_fix else instant(course.fix),
        is_waiting_for_fix=_is_waiting(course),
        gaps=tuple((instant(a), instant(b)) for a, b in course.gaps),
    )


def _run_until(course: _Course, until: int | None) -> _Course:
    """Let time pass up to `until` (None: for ever), with a waiver expiring on the way."""
    if course.waived_until is not None:
        if until is not None and until < course.waived_until:
            return _pass_time(course, until)
        course = _expire(_pass_time(course, course.waived_until))
    return _pass_time(course, until)


def _expire(course: _Course) -> _Course:
    """On expiry it is due at once, without grace; a due date missed before stays the one missed."""
    assert course.waived_until is not None
    is_due_now = course.is_pausing and not _is_waiting(course)
    due = course.waived_until if is_due_now else course.due
    return replace(course, waived_until=None, is_pausing=False, due=due)


def _pass_time(course: _Course, until: int | None) -> _Course:
    if until is not None and until <= course.at:
        return course
    if course.closed is None and course.is_pausing:
        assert until is not None
        passed = until - course.at
        due = None if course.due is None else course.due + passed
        return replace(course, at=until, due=due, paused=course.paused + passed)
    overdue = course.overdue
    if _is_running(course) and course.due is not None:
        begin = max(course.at, course.due)
        if until is None or begin < until:
            overdue = _appended(overdue, begin, until)
    return replace(course, at=course.at if until is None else until, overdue=overdue)


def _is_running(course: _Course) -> bool:
    is_held = course.closed is not None or course.waived_until is not None
    return not is_held and not course.is_neutral


def _appended(
    spans: tuple[tuple[int, int | None], ...], begin: int, end: int | None
) -> tuple[tuple[int, int | None], ...]:
    if spans and spans[-1][1] == begin:
        return (*spans[:-1], (spans[-1][0], end))
    return (*spans, (begin, end))


def _decide(course: _Course, fact: ClockFact) -> _Course:
    assert isinstance(fact, Decided)
    new = fact.objective_seconds
    is_from_fix = fact.start is ClockStart.FIX_AVAILABLE
    retimed = replace(course, is_from_fix=is_from_fix)
    due = (
        _moved_due(course, _due_from_start(retimed, new))
        if course.is_decided and is_from_fix is not course.is_from_fix
        else _due_after(retimed, new)
    )
    return replace(retimed, objective=new, is_decided=True, due=due)


def _counts_from(course: _Course) -> int | None:
    """Give the second from which D counts; None while a fix is waited for."""
    if not course.is_from_fix:
        return course.started
    if course.fix is None:
        return None if course.is_without_fix else course.started
    return course.fix


def _is_waiting(course: _Course) -> bool:
    return course.objective is not None and _counts_from(course) is None


def _due_from_start(course: _Course, objective: int | None) -> int | None:
    start = _counts_from(course)
    return None if objective is None or start is None else start + objective + course.paused


def _moved_due(course: _Course, new: int | None) -> int | None:
    """Move the due date for another start: never before now, and what has been missed stays so."""
    if new is None or course.due is None:
        return None if new is None else max(new, course.at)
    if new > course.due:
        return new if new > course.at else course.due
    return min(course.due, max(new, course.at))


def _due_after(course: _Course, new: int | None) -> int | None:
    """Move the due date for a new objective; never into the past, never refunding burnt hours."""
    counted_from_start = _due_from_start(course, new)
    if not course.is_decided:
        return None if counted_from_start is None else max(counted_from_start, course.at)
    if new == course.objective:
        return course.due
    if new is None or counted_from_start is None:
        return None
    if course.objective is None or new < course.objective:
        raised = course.at + new
        return raised if course.due is None else min(course.due, raised)
    if course.due is None or counted_from_start <= course.at:
        return course.due
    return max(course.due, counted_from_start)


def _waive(course: _Course, fact: ClockFact) -> _Course:
    assert isinstance(fact, Waived)
    expires = seconds_of(fact.expires_at)
    if expires <= course.at:
        return course
    if course.waived_until is not None:
        return replace(course, waived_until=max(course.waived_until, expires))
    is_in_time = course.due is None or course.at < course.due
    return replace(course, waived_until=expires, is_pausing=is_in_time)


def _end_waiver(course: _Course, _fact: ClockFact) -> _Course:
    return replace(course, waived_until=None, is_pausing=False)


def _close(course: _Course, fact: ClockFact) -> _Course:
    assert isinstance(fact, Closed)
    if fact.state in _REMOVES:
        return replace(course, closed=course.at, is_removed=True)
    if fact.state not in _CLOSES:
        raise Defect(f"A finding cannot be closed as {fact.state}.")
    return course if course.closed is not None else replace(course, closed=course.at)


def _reopen(course: _Course, _fact: ClockFact) -> _Course:
    gap = () if course.closed is None else ((course.closed, course.at),)
    return replace(course, closed=None, is_removed=False, gaps=(*course.gaps, *gap))


def _make_neutral(course: _Course, _fact: ClockFact) -> _Course:
    return replace(course, is_neutral=True)


def _learn_fix(course: _Course, fact: ClockFact) -> _Course:
    assert isinstance(fact, FixKnown)
    since = min(seconds_of(fact.since), course.at)
    if course.fix is not None and course.fix <= since:
        return course
    is_first = course.is_without_fix and course.fix is None
    # What a waiver held before there was a fix held nothing: the clock had not begun.
    learnt = replace(course, fix=since, paused=0 if is_first else course.paused)
    return _restarted(learnt)


def _learn_that_none(course: _Course, _fact: ClockFact) -> _Course:
    return _restarted(replace(course, is_without_fix=True))


def _restarted(course: _Course) -> _Course:
    if not (course.is_decided and course.is_from_fix):
        return course
    return replace(course, due=_moved_due(course, _due_from_start(course, course.objective)))


def _see_live(course: _Course, _fact: ClockFact) -> _Course:
    if not course.is_neutral:
        return course
    is_undated = course.objective is None or _is_waiting(course)
    due = None if is_undated or course.objective is None else course.at + course.objective
    return replace(course, is_neutral=False, started=course.at, due=due, paused=0)


def _stay(course: _Course, _fact: ClockFact) -> _Course:
    return course


_STEPS: dict[type, Callable[[_Course, ClockFact], _Course]] = {
    Opened: _stay,
    Decided: _decide,
    Waived: _waive,
    WaiverEnded: _end_waiver,
    Closed: _close,
    Reopened: _reopen,
    Neutral: _make_neutral,
    SeenLive: _see_live,
    FixKnown: _learn_fix,
    NoFixYet: _learn_that_none,
}


def _apply(course: _Course, fact: ClockFact) -> _Course:
    return _STEPS[type(fact)](course, fact)
