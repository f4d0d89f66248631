"""The other indicators: shares of entity-hours for dense states, and the ratio of findings as a report.

Dense states are those that hold at every hour: a supported version, a young key, a posture. The ratio of
findings says little about few of them, so it comes with its interval and never fires a burn alert.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import pairwise

from tesuri.budgets.forecast import as_instant
from tesuri.budgets.instants import seconds_of
from tesuri.budgets.window import Span, StepCurve, curve_of
from tesuri.model.clock import Interval

_DECIMALS = 10_000


@dataclass(frozen=True, slots=True)
class Entity:
    """Something that is in order or not at every hour that it exists."""

    present: tuple[Interval, ...]
    compliant: tuple[Interval, ...]
    """May reach into the future where the end is known: a version's end of life."""


@dataclass(frozen=True, slots=True)
class DenseShare:
    """Compliant entity-seconds of a window, and the budget that the target makes of the rest."""

    total_seconds: int
    compliant_seconds: int
    allowance_seconds: Fraction
    remaining: Fraction | None
    """None when there was nothing to look at: unknown, not full."""
    zero_at: datetime | None
    """When nothing is left if nothing changes but what is known to end; None for never."""

    @property
    def share(self) -> Fraction | None:
        """Compliant share of all entity-hours; None when there were none."""
        if self.total_seconds == 0:
            return None
        return Fraction(self.compliant_seconds, self.total_seconds)

    @property
    def consumed_seconds(self) -> int:
        """Entity-seconds out of order."""
        return self.total_seconds - self.compliant_seconds


@dataclass(frozen=True, slots=True)
class DenseCurves:
    """How many entities there were, and how many of them were in order, over time."""

    present: StepCurve
    compliant: StepCurve

    def units(self, at: int, *, window_seconds: int, target: Fraction) -> tuple[int, int]:
        """Give (consumed, allowance) at an instant, in whole parts of a second as the target divides it."""
        total = self.present.area(at - window_seconds, at)
        good = self.compliant.area(at - window_seconds, at)
        part = target.denominator
        return (total - good) * part, (part - target.numerator) * total

    def left(self, at: int, *, window_seconds: int, target: Fraction) -> Fraction:
        """Give what is left at an instant, in entity-seconds."""
        consumed, allowance = self.units(at, window_seconds=window_seconds, target=target)
        return Fraction(allowance - consumed, target.denominator)


def dense_share(
    entities: Sequence[Entity], *, now: datetime, window_seconds: int, target: Fraction
) -> DenseShare:
    """Give the share of entity-hours in order over the window that ends now."""
    return dense_of(dense_curves(entities), now=now, window_seconds=window_seconds, target=target)


def dense_curves(entities: Sequence[Entity]) -> DenseCurves:
    """Give the curves that any window can be cut from."""
    present = curve_of(span for entity in entities for span in _seconds(entity.present))
    compliant = curve_of(
        span
        for entity in entities
        for span in _intersection(_seconds(entity.present), _seconds(entity.compliant))
    )
    return DenseCurves(present, compliant)


def dense_of(
    curves: DenseCurves, *, now: datetime, window_seconds: int, target: Fraction
) -> DenseShare:
    """Give the share of the window that ends now."""
    present, compliant = curves.present, curves.compliant
    at = seconds_of(now)
    total = present.area(at - window_seconds, at)
    good = compliant.area(at - window_seconds, at)
    allowance = (1 - target) * total
    return DenseShare(
        total_seconds=total,
        compliant_seconds=good,
        allowance_seconds=allowance,
        remaining=1 - (total - good) / allowance if total else None,
        zero_at=as_instant(_dense_zero(present, compliant, at, window_seconds, target)),
    )


def _seconds(intervals: Iterable[Interval]) -> list[Span]:
    return [(seconds_of(a), None if b is None else seconds_of(b)) for a, b in intervals]


def _intersection(ones: Iterable[Span], others: Sequence[Span]) -> list[Span]:
    found: list[Span] = []
    for start, end in ones:
        for other_start, other_end in others:
            begin = max(start, other_start)
            ends = [at for at in (end, other_end) if at is not None]
            until = min(ends, default=None)
            if until is None or begin < until:
                found.append((begin, until))
    return found


def _dense_zero(
    present: StepCurve, compliant: StepCurve, now: int, window: int, target: Fraction
) -> int | None:
    edges = {*present.instants, *compliant.instants}
    points = sorted(
        {now, *(at + shift for at in edges for shift in (0, window) if at + shift > now)}
    )

    def overdrawn(at: int) -> Fraction:
        total = present.area(at - window, at)
        return target * total - compliant.area(at - window, at)

    if present.area(now - window, now) and overdrawn(now) >= 0:
        return now
    # every change shows in the window by its end, so the line after the last point is level
    for begin, end in pairwise(points):
        low, high = overdrawn(begin), overdrawn(end)
        if low < 0 <= high:
            return begin + math.ceil(-low * (end - begin) / (high - low))
    return None


@dataclass(frozen=True, slots=True)
class EventRatio:
    """Findings on time of those that fell due, with what so few can prove. Four decimals."""

    due: int
    on_time: int
    share: Fraction | None
    low: Fraction
    high: Fraction
    probability_on_target: Fraction
    """How likely the true share is at least the target, given what was seen."""


def event_ratio(due: int, on_time: int, *, target: Fraction, confidence: Fraction) -> EventRatio:
    """Give the ratio with its equal-tailed Jeffreys interval; none due: 0 to 1.

    **source** Brown, Cai, DasGupta 2001, section 3.1.1, with its ends at 0 and 1.
    """
    a, b = on_time + 0.5, due - on_time + 0.5
    tail = float(1 - confidence) / 2
    return EventRatio(
        due=due,
        on_time=on_time,
        share=Fraction(on_time, due) if due else None,
        low=Fraction(0) if on_time == 0 else _rounded(beta_quantile(tail, a, b)),
        high=Fraction(1) if on_time == due else _rounded(beta_quantile(1 - tail, a, b)),
        probability_on_target=_rounded(1 - beta_share(float(target), a, b)),
    )


def _rounded(value: float) -> Fraction:
    return Fraction(round(value * _DECIMALS), _DECIMALS)


def beta_quantile(share: float, a: float, b: float) -> float:
    """Give x with I_x(a, b) = share, by halving."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if beta_share(middle, a, b) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def beta_share(x: float, a: float, b: float) -> float:
    """Give the regularised incomplete beta function I_x(a, b).

    **source** DLMF 8.17.22, continued fraction; 8.17.4 for the symmetry.
    """
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_share(1 - x, b, a)
    log_front = a * math.log(x) + b * math.log1p(-x)
    log_front += math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    return math.exp(log_front) / a / _beta_fraction(x, a, b)


def _beta_fraction(x: float, a: float, b: float) -> float:
    """Give 1 + d₁/(1 + d₂/(1 + …)), from the tail, which converges long before 400 terms below the mean."""
    value = 1.0
    for number in range(400, 0, -1):
        half = number // 2
        if number % 2:
            term = -(a + half) * (a + b + half) * x / ((a + 2 * half) * (a + 2 * half + 1))
        else:
            term = half * (b - half) * x / ((a + 2 * half - 1) * (a + 2 * half))
        value = 1 + term / value
    return value
