"""Counts over time as step curves that any window can be cut from at once.

A curve is built once in O(n log n); the area under any window of it then costs two look-ups.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Span = tuple[int, int | None]
"""Whole seconds since 1970, from the first up to the second; None while it goes on."""


@dataclass(frozen=True, slots=True)
class StepCurve:
    """A level that holds from each instant to the next; zero before the first."""

    instants: Sequence[int]
    """Seconds since 1970, rising."""
    levels: Sequence[int]
    areas: Sequence[int]
    """Area under the curve up to each instant, in level-seconds."""

    def level(self, at: int) -> int:
        """Give the level that holds from `at` on."""
        place = bisect_right(self.instants, at) - 1
        return self.levels[place] if place >= 0 else 0

    def area_until(self, at: int) -> int:
        """Give the area under everything before `at`."""
        place = bisect_right(self.instants, at) - 1
        if place < 0:
            return 0
        return self.areas[place] + self.levels[place] * (at - self.instants[place])

    def area(self, start: int, end: int) -> int:
        """Give the area between two instants, in level-seconds."""
        return self.area_until(end) - self.area_until(start)


def curve_of(spans: Iterable[Span]) -> StepCurve:
    """Give the curve of how many spans hold at once."""
    changes: dict[int, int] = {}
    for start, end in spans:
        changes[start] = changes.get(start, 0) + 1
        if end is not None:
            changes[end] = changes.get(end, 0) - 1
    level = 0
    steps: list[tuple[int, int]] = []
    for at in sorted(changes):
        level += changes[at]
        steps.append((at, level))
    return curve_from_steps(steps)


def curve_from_steps(steps: Iterable[tuple[int, int]]) -> StepCurve:
    """Give the curve of (instant, level from there on), which must be in order."""
    instants: list[int] = []
    levels: list[int] = []
    areas: list[int] = []
    level = 0
    for at, new_level in steps:
        if new_level == level:
            continue
        areas.append(areas[-1] + level * (at - instants[-1]) if instants else 0)
        instants.append(at)
        levels.append(new_level)
        level = new_level
    return StepCurve(tuple(instants), tuple(levels), tuple(areas))


def clipped(curve: StepCurve, *, tolerance: int, cap: int | None) -> StepCurve:
    """Give min(cap, max(0, level − tolerance)): what of the curve counts."""
    if tolerance == 0 and cap is None:
        return curve
    over = [max(0, level - tolerance) for level in curve.levels]
    counted = over if cap is None else [min(cap, level) for level in over]
    return curve_from_steps(zip(curve.instants, counted, strict=True))


def without(curve: StepCurve, excluded: StepCurve) -> StepCurve:
    """Give the curve at zero wherever `excluded` holds."""
    if not excluded.instants:
        return curve
    instants = sorted({*curve.instants, *excluded.instants})
    return curve_from_steps(
        (at, 0 if excluded.level(at) > 0 else curve.level(at)) for at in instants
    )


def as_flag(curve: StepCurve) -> StepCurve:
    """Give 1 wherever the curve is above zero."""
    return clipped(curve, tolerance=0, cap=1)
