"""The books of many budgets under one objective as one: what is left of all together, at any instant of a span.

Late time of all is one curve. What they allow changes where something falls due or drops out of a window, so it is
another; both are merged once. Books with exclusions are asked one by one: in their windows time stands still.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tesuri.budgets.ledger import Ledger, balance
from tesuri.budgets.window import StepCurve, curve_from_steps

Times = tuple[Ledger, int]
"""Books, and for how many budgets they stand: those that count nothing share theirs."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Several books of the same window and target, between two instants."""

    window_seconds: int
    units_per_second: int
    allowed_units: int
    late: StepCurve
    bases: StepCurve
    """max(W, P) of all, in seconds."""
    debits: StepCurve
    """In units."""
    apart: Sequence[Times]
    """Books that could not be merged."""

    def left_units(self, at: int) -> int:
        """Give what is left of all together."""
        late = self.late.area(at - self.window_seconds, at)
        left = self.allowed_units * self.bases.level(at) - late * self.units_per_second
        for ledger, times in self.apart:
            consumed, allowance = balance(ledger, at)
            left += (allowance - consumed) * times
        return left - self.debits.level(at)


def totals_of(books: Sequence[Times], since: int, until: int) -> Totals:
    """Merge books of one objective, of which there must be some; they answer from `since` to `until`.

    **cost** O(n log n) in what was late and fell due.
    """
    first = books[0][0]
    merged = [each for each in books if not each[0].excluded.instants]
    return Totals(
        window_seconds=first.objective.window_seconds,
        units_per_second=first.units_per_second,
        allowed_units=first.allowed_units,
        late=_curve((at, by * n) for each, n in merged for at, by in _late(each)),
        bases=_curve((at, by * n) for each, n in merged for at, by in _bases(each, since, until)),
        debits=_curve((at, by * n) for each, n in merged for at, by in _debits(each)),
        apart=[each for each in books if each[0].excluded.instants],
    )


def _late(ledger: Ledger) -> Iterator[tuple[int, int]]:
    before = 0
    for at, level in zip(ledger.late.instants, ledger.late.levels, strict=True):
        yield at, level - before
        before = level


def _debits(ledger: Ledger) -> Iterator[tuple[int, int]]:
    for debit in ledger.debits:
        if debit.start < debit.end:
            yield debit.start, debit.units
            yield debit.end, -debit.units


def _bases(ledger: Ledger, since: int, until: int) -> Iterator[tuple[int, int]]:
    """Give max(W, P) at `since`, then how it changes."""
    window, dues = ledger.objective.window_seconds, ledger.dues
    gone, come = bisect_right(dues, since - window), bisect_right(dues, since)
    base = _counted_length(ledger, gone, come)
    yield since, base
    while come < len(dues) or gone < come:
        coming = dues[come] if come < len(dues) else until + 1
        going = dues[gone] + window if gone < come else until + 1
        at = min(coming, going)
        if at > until:
            return
        come, gone = bisect_right(dues, at, come), bisect_right(dues, at - window, gone)
        changed = _counted_length(ledger, gone, come)
        if changed != base:
            yield at, changed - base
        base = changed


def _counted_length(ledger: Ledger, gone: int, come: int) -> int:
    fallen_due = ledger.due_sums[come] - ledger.due_sums[gone]
    if ledger.due_cap is not None:
        fallen_due = min(fallen_due, ledger.due_cap)
    return max(ledger.objective.window_seconds, fallen_due)


def _curve(changes: Iterable[tuple[int, int]]) -> StepCurve:
    summed: dict[int, int] = defaultdict(int)
    for at, change in changes:
        summed[at] += change
    level = 0
    steps: list[tuple[int, int]] = []
    for at in sorted(summed):
        level += summed[at]
        steps.append((at, level))
    return curve_from_steps(steps)
