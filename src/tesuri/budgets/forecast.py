"""Forecasts: since due dates are known, so is when the budget ends if nobody does anything.

No finding that nobody has found yet is guessed at: both ways count what is open now.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from fractions import Fraction

from tesuri.budgets.instants import instant
from tesuri.budgets.ledger import Ledger, balance, breakpoints, in_seconds, segments
from tesuri.budgets.window import Span
from tesuri.model.budget import Series

_MOST_STEPS = 400
_PROJECTION_STEPS = 60
_QUARTERS = 4


def zero_at(ledger: Ledger, now: int) -> int | None:
    """Give the first whole second from now on at which nothing is left; None if that never comes."""
    horizon = _horizon(ledger, now)
    for begin, end in segments(ledger, now, horizon):
        overdrawn_begin = _overdrawn(ledger, begin, begin)
        if overdrawn_begin >= 0:
            return begin
        overdrawn_end = _overdrawn(ledger, end, begin)
        if overdrawn_end >= 0:
            rise = overdrawn_end - overdrawn_begin
            return begin - (overdrawn_begin * (end - begin) // rise)
    return None


def _overdrawn(ledger: Ledger, at: int, jumps_at: int) -> int:
    consumed, allowance = balance(ledger, at, jumps_at=jumps_at)
    return consumed - allowance


def _horizon(ledger: Ledger, now: int) -> int:
    """Give an instant after which nothing changes any more."""
    lasts = (*ledger.late.instants[-1:], *ledger.excluded.instants[-1:], *ledger.dues[-1:], now)
    return max(lasts) + ledger.objective.window_seconds + 1


def usual_pace(closings: Iterable[int], now: int, window_seconds: int) -> Fraction:
    """Give closings per window: the median of its four quarters, times four."""
    counts = [0] * _QUARTERS
    for at in closings:
        age = now - at
        if 0 <= age < window_seconds:
            counts[age * _QUARTERS // window_seconds] += 1
    _, low, high, _ = sorted(counts)
    return Fraction((low + high) * _QUARTERS, 2)


def closed_at_pace(
    open_dues: Sequence[tuple[int, int]], now: int, pace: Fraction, window_seconds: int
) -> dict[int, int]:
    """Give place → when it is closed at that pace, earliest due first; empty when nothing is closed.

    `open_dues` are (due at, place) of open clocks.
    """
    if pace == 0:
        return {}
    apart = window_seconds / pace
    return {
        place: now + int(apart * number)
        for number, (_, place) in enumerate(sorted(open_dues), start=1)
    }


def cut_at(spans: Iterable[Span], end: int) -> list[Span]:
    """Give the part of the spans that lies before `end`."""
    return [
        (start, end if until is None else min(until, end)) for start, until in spans if start < end
    ]


def past_series(ledger: Ledger, now: int) -> Series:
    """Give what was left at every change of the past window, or at 400 even steps."""
    since = now - ledger.objective.window_seconds
    points = [since, *breakpoints(ledger, since, now), now]
    if len(points) > _MOST_STEPS:
        points = _even_steps(since, now, _MOST_STEPS)
    return _left_at(ledger, points)


def projected_series(ledger: Ledger, now: int, zero: int | None) -> Series:
    """Give what will be left during the coming window, with the instant of zero among the steps."""
    until = now + ledger.objective.window_seconds
    points = _even_steps(now, until, _PROJECTION_STEPS)
    if zero is not None and now < zero < until:
        points = sorted({*points, zero})
    return _left_at(ledger, points)


def _left_at(ledger: Ledger, points: Iterable[int]) -> Series:
    left = []
    for at in points:
        consumed, allowance = balance(ledger, at)
        left.append((instant(at), in_seconds(ledger, allowance - consumed)))
    return tuple(left)


def _even_steps(since: int, until: int, steps: int) -> list[int]:
    return [since + (until - since) * number // (steps - 1) for number in range(steps)]


def as_instant(seconds: int | None) -> datetime | None:
    """Give an instant, or None for never."""
    return None if seconds is None else instant(seconds)
