"""Kaplan–Meier: how long findings live, with those still open counted fairly. A report, not a budget."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tesuri.budgets.instants import seconds_of
from tesuri.model.clock import Clock

SurvivalCurve = tuple[tuple[int, Fraction], ...]
"""(Age in seconds, share still open from that age on), rising in age."""


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How old a finding was when it was closed, or is now."""

    seconds: int
    is_closed: bool
    """False for one that is still open: it says only that it lived at least so long."""
    entered_seconds: int = 0
    """Its age when we first knew of it; it cannot have been closed before under our eyes."""


def lifetimes(clocks: Iterable[Clock], *, now: int) -> tuple[Lifetime, ...]:
    """Give the lifetimes of all clocks that count and had started by `now`."""
    lives = []
    for clock in clocks:
        started = seconds_of(clock.started_at)
        if not clock.is_counted or started > now:
            continue
        closed = None if clock.closed_at is None else seconds_of(clock.closed_at)
        is_closed = closed is not None and closed <= now
        end = closed if closed is not None and is_closed else now
        lives.append(Lifetime(end - started, is_closed))
    return tuple(lives)


def survival_curve(lives: Sequence[Lifetime]) -> SurvivalCurve:
    """Give S(x) = Π (1 − closed at x / at risk at x).

    **source** Kaplan and Meier 1958; late entry as in Klein and Moeschberger, section 4.6.
    **cost** one pass after sorting.
    """
    changes: dict[int, list[int]] = {}
    for life in lives:
        changes.setdefault(life.entered_seconds, [0, 0, 0])[0] += 1
        changes.setdefault(life.seconds, [0, 0, 0])[1 if life.is_closed else 2] += 1
    at_risk, share = 0, Fraction(1)
    curve: list[tuple[int, Fraction]] = []
    for age in sorted(changes):
        entered, closed, censored = changes[age]
        if closed and at_risk:
            share *= 1 - Fraction(closed, at_risk)
            curve.append((age, share))
        at_risk += entered - closed - censored
    return tuple(curve)


def share_open_after(curve: SurvivalCurve, seconds: int) -> Fraction:
    """Give the share that lives longer than an age."""
    return next((share for age, share in reversed(curve) if age <= seconds), Fraction(1))


def median_lifetime(curve: SurvivalCurve) -> int | None:
    """Give the age by which half is closed; None while fewer than half are."""
    return next((age for age, share in curve if share <= Fraction(1, 2)), None)
