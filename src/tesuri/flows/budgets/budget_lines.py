"""Lines of budget over time: read between their points, added up over services, cut, and turned into steps.

Between two neighbouring points a budget runs straight; the points are those at which something changes. Sums
are exact at every instant that some member names. Amounts are rounded down to whole seconds last of all.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from math import floor

from tesuri.budgets.book_line import BookLine
from tesuri.budgets.instants import instant
from tesuri.budgets.totals import totals_of
from tesuri.model.budget import Budget, Series
from tesuri.model.views_slo import BudgetPoint

STEPS = 160
"""Even steps that a past line is drawn with, beside every instant at which it changes."""

MANY = 64
"""Above so many members a sum is read at even steps; up to then at every instant that one of them names."""

_MOST_POINTS = 600
_SECOND = timedelta(seconds=1)


def value_at(series: Series, at: datetime) -> Fraction:
    """Give the value of a line at an instant; beyond its ends that of the end."""
    place = bisect_right(series, at, key=lambda point: point[0])
    if place == 0:
        return series[0][1]
    if place == len(series):
        return series[-1][1]
    (start, low), (end, high) = series[place - 1], series[place]
    share = Fraction(_seconds(at - start), _seconds(end - start))
    return low + (high - low) * share


def summed(lines: Sequence[Series]) -> Series:
    """Add lines up at every instant that one of them names.

    **cost** one pass over all points in the order of time: between two of them the sum runs as steeply as its
    members together.
    """
    filled = _merged(lines)
    if len(filled) == 1:
        return filled[0]
    bends: dict[datetime, Fraction] = defaultdict(Fraction)
    # Budgets that count nothing share one line.
    times = Counter(map(id, filled))
    for line in {id(line): line for line in filled}.values():
        for at, bend in _bends(line):
            bends[at] += bend * times[id(line)]
    value, slope = sum((line[0][1] for line in filled), Fraction(0)), Fraction(0)
    found: list[tuple[datetime, Fraction]] = []
    for at in sorted(bends):
        if found:
            value += slope * _seconds(at - found[-1][0])
        slope += bends[at]
        found.append((at, value))
    return tuple(found)


def _merged(lines: Sequence[Series]) -> list[Series]:
    """Give the lines that have points; where many have books of one objective, one line stands for them."""
    alike: dict[tuple[object, ...], list[BookLine]] = defaultdict(list)
    others: list[Series] = []
    for line in lines:
        if isinstance(line, BookLine):
            alike[line.since, line.until, line.ledger.objective].append(line)
        elif line:
            others.append(line)
    for found in alike.values():
        others += [_total(found)] if len({id(line) for line in found}) > MANY else found
    return others


def _total(lines: Sequence[BookLine]) -> Series:
    """Give what is left of many budgets at even steps, from their books as one."""
    since, until = lines[0].since, lines[0].until
    times = Counter(id(line) for line in lines)
    books = [(line.ledger, times[id(line)]) for line in {id(each): each for each in lines}.values()]
    whole = totals_of(books, since, until)
    steps = [since + (until - since) * number // STEPS for number in range(STEPS + 1)]
    units = whole.units_per_second
    return tuple((instant(at), Fraction(whole.left_units(at), units)) for at in steps)


def _bends(line: Series) -> Iterator[tuple[datetime, Fraction]]:
    """Give how much steeper the line runs from each of its points on; it is level before and after."""
    before = Fraction(0)
    for (start, low), (end, high) in pairwise(line):
        slope = (high - low) / _seconds(end - start)
        yield start, slope - before
        before = slope
    yield line[-1][0], -before


def past_line(budgets: Sequence[Budget]) -> Series:
    """Give what was left of these budgets together over the past window.

    A debit is a jump: a point stands one second before it, so that nobody reads a slope out of it.
    """
    whole = summed([_with_jumps(budget) for budget in budgets])
    if not whole:
        return ()
    since, until = whole[0][0], whole[-1][0]
    even = {since + (until - since) * number // STEPS for number in range(STEPS + 1)}
    named = {at for at, _ in whole}
    instants = sorted(even | named if len(named) <= _MOST_POINTS - STEPS else even)
    return tuple((at, value_at(whole, at)) for at in instants)


def zero_of(line: Series) -> datetime | None:
    """Give the first whole second at which nothing is left; None when that does not come."""
    for (start, before), (end, after) in pairwise(line):
        if before <= 0:
            return start
        if after <= 0:
            share = before / (before - after)
            return start + timedelta(seconds=floor(share * _seconds(end - start)))
    return line[-1][0] if line and line[-1][1] <= 0 else None


def cut_line(line: Series, until: datetime) -> Series:
    """Give the line up to an instant, with a point there."""
    if not line or line[0][0] > until:
        return ()
    kept = [point for point in line if point[0] < until]
    return (*kept, (until, value_at(line, until)))


def as_points(line: Iterable[tuple[datetime, Fraction]]) -> tuple[BudgetPoint, ...]:
    """Give the points with whole seconds, rounded down: nobody is shown more than there is."""
    return tuple(BudgetPoint(at, floor(left)) for at, left in line)


def _with_jumps(budget: Budget) -> Series:
    line = budget.series
    for debit in budget.debits:
        before = debit.start_at - _SECOND
        if not line or not line[0][0] < before < line[-1][0]:
            continue
        left = value_at(line, debit.start_at) + debit.seconds
        line = tuple(sorted((*(point for point in line if point[0] != before), (before, left))))
    return line


def _seconds(span: timedelta) -> int:
    return span.days * 86_400 + span.seconds
