"""Merges the clocks of a group's members: one fix is late once, on however many resources.

Grouping is fixed before counting and part of the definition of a budget.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from tesuri.model.clock import Clock, Interval

_SAME_EPISODE = timedelta(days=7)


def merge_clocks(clocks: Sequence[Clock]) -> tuple[Clock, ...]:
    """Give the group's own clocks, by start: it opens with the first member and closes with the last.

    A new clock begins where every member had been closed for more than seven days. Members that count
    in no budget are left out, unless there are no others: then the first stands for the group.
    """
    counted = sorted((c for c in clocks if c.is_counted), key=lambda clock: clock.started_at)
    if not counted:
        return tuple(sorted(clocks, key=lambda clock: clock.started_at)[:1])
    return tuple(_merged(episode) for episode in _episodes(counted))


def _episodes(clocks: Sequence[Clock]) -> Iterable[list[Clock]]:
    episode: list[Clock] = []
    closed_at: datetime | None = None
    for clock in clocks:
        if episode and closed_at is not None and clock.started_at - closed_at > _SAME_EPISODE:
            yield episode
            episode = []
        is_first = not episode
        episode.append(clock)
        if is_first:
            closed_at = clock.closed_at
        elif closed_at is not None:
            closed_at = None if clock.closed_at is None else max(closed_at, clock.closed_at)
    yield episode


def _merged(members: Sequence[Clock]) -> Clock:
    if len(members) == 1:
        return members[0]
    closings = [clock.closed_at for clock in members if clock.closed_at is not None]
    dated = [(c.due_at, c.objective_seconds or 0, c) for c in members if c.due_at is not None]
    first_due = min(dated, key=lambda entry: entry[:2])[2] if dated else members[0]
    return Clock(
        started_at=members[0].started_at,
        due_at=first_due.due_at,
        closed_at=max(closings) if len(closings) == len(members) else None,
        objective_seconds=first_due.objective_seconds,
        overdue=union(span for clock in members for span in clock.overdue),
        paused_seconds=first_due.paused_seconds,
        fix_at=first_due.fix_at,
        is_waiting_for_fix=all(clock.is_waiting_for_fix for clock in members),
    )


def union(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Give the same instants as intervals that are in order and apart from each other."""
    joined: list[Interval] = []
    for start, end in sorted(intervals, key=lambda span: span[0]):
        if joined and _reaches(joined[-1][1], start):
            first, until = joined[-1]
            joined[-1] = (first, _later(until, end))
        else:
            joined.append((start, end))
    return tuple(joined)


def _reaches(end: datetime | None, start: datetime) -> bool:
    return end is None or start <= end


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return None if one is None or other is None else max(one, other)
