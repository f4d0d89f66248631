"""The books of one budget: what was late, what fell due, what was debited; asked at any instant.

Consumption and allowance come out as whole *units* of 1 / `units_per_second` seconds, so that target, debits
and thresholds are compared in integers. `balance` tells the two apart from their jumps: between two
neighbouring breakpoints both run in straight lines.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import accumulate, pairwise

from tesuri.budgets.instants import DAY
from tesuri.budgets.window import StepCurve
from tesuri.model.objective import Objective

_TENTHS = 10
# Every share that is compared or debited is a whole number of tenths of the allowance.

_MEDIAN_MULTIPLE = 3
# P may exceed its usual size by this much before more findings stop adding allowance (slo.md 2.2).

_MONTH = 30 * DAY
_LEAST_MONTHS = 3


@dataclass(frozen=True, slots=True)
class DebitUnits:
    """A debit that holds from one second up to another."""

    start: int
    end: int
    units: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything that one budget counts."""

    objective: Objective
    late: StepCurve
    """What counts as late at once: after tolerance, cap and exclusions."""
    excluded: StepCurve
    """1 where time was declared not to count."""
    dues: Sequence[int]
    """When clocks fell or fall due, rising."""
    due_sums: Sequence[int]
    """Sum of objectives of the first n of them; one longer than `dues`."""
    units_per_second: int
    allowed_units: int
    """Units of allowance for each second of max(W, P)."""
    debits: tuple[DebitUnits, ...] = ()
    due_cap: int | None = None
    """Most seconds that P may have; None while too little is known to say what is usual."""


def ledger_of(
    objective: Objective, late: StepCurve, excluded: StepCurve, dues: Iterable[tuple[int, int]]
) -> Ledger:
    """Open the books; `dues` are (due at, objective seconds) in any order."""
    ordered = sorted(dues)
    sums = (0, *accumulate(seconds for _, seconds in ordered))
    target = objective.target
    return Ledger(
        objective=objective,
        late=late,
        excluded=excluded,
        dues=tuple(at for at, _ in ordered),
        due_sums=sums,
        units_per_second=_TENTHS * target.denominator,
        allowed_units=_TENTHS * (target.denominator - target.numerator),
    )


def due_seconds(ledger: Ledger, at: int) -> int:
    """Give P uncapped: Σ D of what fell due in the window that ends at `at`."""
    last = bisect_right(ledger.dues, at)
    first = bisect_right(ledger.dues, at - ledger.objective.window_seconds)
    return ledger.due_sums[last] - ledger.due_sums[first]


def usual_due_cap(ledger: Ledger, now: int, first_start: int | None) -> int | None:
    """Give three times the 12-month median of P, from at least three whole windows; else None."""
    if first_start is None:
        return None
    earliest = first_start + ledger.objective.window_seconds
    months = [at for at in range(now - _MONTH, now - 13 * _MONTH, -_MONTH) if at >= earliest]
    if len(months) < _LEAST_MONTHS:
        return None
    seen = sorted(due_seconds(ledger, at) for at in months)
    middle = len(seen) // 2
    if len(seen) % 2:
        return _MEDIAN_MULTIPLE * seen[middle]
    return _MEDIAN_MULTIPLE * (seen[middle - 1] + seen[middle]) // 2


def window_length(ledger: Ledger, at: int, window_seconds: int) -> int:
    """Give the seconds of the window ending at `at` that were not excluded."""
    if not ledger.excluded.instants:
        return window_seconds
    return window_seconds - ledger.excluded.area(at - window_seconds, at)


def balance(ledger: Ledger, at: int, *, jumps_at: int | None = None) -> tuple[int, int]:
    """Give (consumed, allowance) in units at an instant.

    With `jumps_at`, everything that jumps stands as it stood then: the limit from the left.
    """
    since = at if jumps_at is None else jumps_at
    window = ledger.objective.window_seconds
    consumed = ledger.late.area(at - window, at) * ledger.units_per_second
    for debit in ledger.debits:
        consumed += debit.units if debit.start <= since < debit.end else 0
    fallen_due = due_seconds(ledger, since)
    if ledger.due_cap is not None:
        fallen_due = min(fallen_due, ledger.due_cap)
    return consumed, ledger.allowed_units * max(window_length(ledger, at, window), fallen_due)


def in_seconds(ledger: Ledger, units: int) -> Fraction:
    """Turn units into seconds."""
    return Fraction(units, ledger.units_per_second)


def with_debits(ledger: Ledger, debits: Iterable[tuple[int, int, Fraction]]) -> Ledger:
    """Book debits (start, end, share in whole tenths) of the allowance as it was at their start."""
    booked = []
    for start, end, share in debits:
        _, allowance = balance(ledger, start)
        # exact: every share is a whole number of tenths, and so is an allowance in units
        booked.append(DebitUnits(start, end, int(share * allowance)))
    return replace(ledger, debits=tuple(booked))


def breakpoints(ledger: Ledger, since: int, until: int) -> list[int]:
    """Give, in order, every instant in (since, until) where a line bends or something jumps."""
    window = ledger.objective.window_seconds
    found: set[int] = set()
    for instants in (ledger.late.instants, ledger.excluded.instants, ledger.dues):
        found.update(_between(instants, since, until))
        found.update(at + window for at in _between(instants, since - window, until - window))
    edges = (edge for debit in ledger.debits for edge in (debit.start, debit.end))
    found.update(edge for edge in edges if since < edge < until)
    return sorted(found)


def _between(instants: Sequence[int], since: int, until: int) -> Sequence[int]:
    first = bisect_right(instants, since)
    last = bisect_right(instants, until - 1)
    return instants[first:last]


def segments(ledger: Ledger, since: int, until: int) -> Iterator[tuple[int, int]]:
    """Give the stretches between neighbouring breakpoints, in order, without gaps."""
    points = [since, *breakpoints(ledger, since, until), until]
    yield from pairwise(points)
