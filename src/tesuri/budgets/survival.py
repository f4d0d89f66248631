"""Kaplan–Meier: how long findings live, with those still open counted fairly. A report, not a budget."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

_Z: Final = 1.644853626951
"""Of the normal distribution: 90 % lie within."""
_DECIMALS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How old a finding was when it was closed, or is now."""

    seconds: int
    is_closed: bool
    """False for one that is still open, or that went away with its asset: it says only that it lived at least so long."""
    entered_seconds: int = 0
    """Its age when we first knew of it; it cannot have been closed before under our eyes."""


@dataclass(frozen=True, slots=True)
class Step:
    """The share still open from an age on."""

    seconds: int
    share: Fraction
    spread: float
    """Σ d / (n (n − d)) up to here, as Greenwood adds them; infinite once nothing is left."""


Curve = Sequence[Step]
"""Steps, rising in age."""


def survival_curve(lives: Iterable[Lifetime]) -> Curve:
    """Give S(x) = Π (1 − closed at x / at risk at x).

    **source** Kaplan and Meier 1958; late entry as in Klein and Moeschberger, section 4.6.
    **cost** one pass after sorting.
    """
    changes: dict[int, list[int]] = {}
    for life in lives:
        if 0 < life.entered_seconds >= life.seconds:
            continue  # It was never open before our eyes.
        changes.setdefault(life.entered_seconds, [0, 0, 0])[0] += 1
        changes.setdefault(life.seconds, [0, 0, 0])[1 if life.is_closed else 2] += 1
    at_risk, share, spread = 0, Fraction(1), 0.0
    curve: list[Step] = []
    for age in sorted(changes):
        entered, closed, censored = changes[age]
        # Whoever is known from this age on was not yet at risk at it, unless it is known from the start.
        looked_at = at_risk + (entered if age == 0 else 0)
        if closed:
            share *= 1 - Fraction(closed, looked_at)
            spread += (
                closed / (looked_at * (looked_at - closed)) if closed < looked_at else math.inf
            )
            curve.append(Step(age, share, spread))
        at_risk += entered - closed - censored
    return curve


def share_closed(curve: Curve, seconds: int) -> Fraction:
    """Give the share that is closed by an age."""
    step = _step(curve, seconds)
    return 1 - step.share if step else Fraction(0)


def share_closed_range(curve: Curve, seconds: int) -> tuple[Fraction, Fraction] | None:
    """Give between what that share lies in 90 of 100 cases; None where nothing was closed by then, or everything.

    **source** Greenwood's variance on the scale of log(−log S), Kalbfleisch and Prentice 2002, section 1.4.1.
    """
    step = _step(curve, seconds)
    if step is None or step.share == 0 or math.isinf(step.spread):
        return None
    left = float(step.share)
    factor = math.exp(_Z * math.sqrt(step.spread) / abs(math.log(left)))
    return _rounded(1 - left ** (1 / factor)), _rounded(1 - left**factor)


def age_by_which(curve: Curve, share: Fraction) -> int | None:
    """Give the age in seconds by which this share is closed; None while less is."""
    return next((step.seconds for step in curve if 1 - step.share >= share), None)


def _step(curve: Curve, seconds: int) -> Step | None:
    return next((step for step in reversed(curve) if step.seconds <= seconds), None)


def _rounded(value: float) -> Fraction:
    return Fraction(round(value * _DECIMALS), _DECIMALS)
