"""What is open and what will come, closed one after the other at a steady pace: the forecast with arrivals.

Deterministic: arrivals and closings stand at even distances, and the earliest due is always taken first. It answers
what a rate leads to, not what chance makes of it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from heapq import heappop, heappush

from tesuri.budgets.instants import instant, seconds_of
from tesuri.model.clock import Clock
from tesuri.model.objective import Objective

UnitClock = tuple[str, Clock]


def clocks_at_pace(
    objective: Objective,
    clocks: Sequence[UnitClock],
    *,
    now: datetime,
    arrival_gap: Fraction | None,
    closing_gap: Fraction | None,
) -> list[UnitClock]:
    """Give the clocks as one window of this pace would leave them, arrivals added.

    A gap is the seconds between two; None: none comes, or none is closed.
    **cost** O(n log n) in what is open and what arrives.
    """
    start = seconds_of(now)
    until = start + objective.window_seconds
    settled = [each for each in clocks if not _is_open(each[1], now)]
    waiting = [each for each in clocks if _is_open(each[1], now)]
    waiting += _arrivals(objective, start, until, arrival_gap)
    ends = _ends(waiting, start, until, closing_gap)
    planned = [
        (unit, _closed(clock, ends[place]) if place in ends else clock)
        for place, (unit, clock) in enumerate(waiting)
    ]
    return [*settled, *planned]


def _is_open(clock: Clock, now: datetime) -> bool:
    is_running = clock.started_at <= now and (clock.closed_at is None or clock.closed_at > now)
    return clock.is_counted and clock.due_at is not None and is_running


def _arrivals(
    objective: Objective, start: int, until: int, gap: Fraction | None
) -> list[UnitClock]:
    if gap is None:
        return []
    seconds = objective.objective_seconds
    made = []
    for number in range(1, int((until - start) / gap) + 1):
        opened = start + int(gap * number)
        due = instant(opened + seconds)
        clock = Clock(instant(opened), due, None, seconds, overdue=((due, None),))
        made.append((f"arrival {number}", clock))
    return made


def _ends(
    waiting: Sequence[UnitClock], start: int, until: int, gap: Fraction | None
) -> dict[int, datetime]:
    """Give place → when it is closed, as far as one window reaches."""
    ends: dict[int, datetime] = {}
    if gap is None:
        return ends
    coming = sorted(
        (max(start, seconds_of(clock.started_at)), _due(clock), place)
        for place, (_, clock) in enumerate(waiting)
    )
    ready: list[tuple[int, int]] = []
    at, position = Fraction(start), 0
    while ready or position < len(coming):
        if not ready:
            at = max(at, Fraction(coming[position][0]))
        while position < len(coming) and coming[position][0] <= at:
            heappush(ready, coming[position][1:])
            position += 1
        at += gap
        if at > until:
            break
        ends[heappop(ready)[1]] = instant(int(at))
    return ends


def _due(clock: Clock) -> int:
    return seconds_of(clock.due_at) if clock.due_at is not None else 0


def _closed(clock: Clock, end: datetime) -> Clock:
    overdue = tuple(
        (start, end if until is None else min(until, end))
        for start, until in clock.overdue
        if start < end
    )
    return replace(clock, closed_at=end, overdue=overdue)
