"""Policy states: ample, low, spent, breached, unknown; and what several budgets say together.

The state is worked out from the books each time, history included: nothing remembers it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tesuri.budgets.instants import DAY
from tesuri.budgets.ledger import Ledger, balance, segments
from tesuri.model.budget import Budget, RollUp
from tesuri.model.objective import PolicyState, worst_policy_state

AMPLE_ABOVE = Fraction(1, 4)
COVERAGE_AT_LEAST = Fraction(9, 10)
LEAVE_SPENT_AT = Fraction(1, 10)
LEAVE_SPENT_AFTER_SECONDS = DAY
_USED_AT_MOST, _OF = (1 - LEAVE_SPENT_AT).as_integer_ratio()


@dataclass(frozen=True, slots=True)
class PolicyReading:
    """A policy state with its reason as a sentence."""

    state: PolicyState
    reason: str


def policy_reading(
    ledger: Ledger, now: int, *, coverage: Fraction | None, open_breach: str = ""
) -> PolicyReading:
    """Give the worst state that applies; `open_breach` names the breach whose debit is open."""
    consumed, allowance = balance(ledger, now)
    left = 1 - Fraction(consumed, allowance)
    candidates = [_by_remaining(ledger, now, left), _by_coverage(coverage)]
    if open_breach:
        breached = f"The debit of {open_breach} is open."
        candidates.append(PolicyReading(PolicyState.BREACHED, breached))
    return max((c for c in candidates if c is not None), key=lambda found: found.state.rank)


def _by_remaining(ledger: Ledger, now: int, left: Fraction) -> PolicyReading:
    share = percent(left)
    if left <= 0:
        return PolicyReading(PolicyState.SPENT, f"{share} of the allowance is left.")
    if is_still_spent(ledger, now):
        why = f"{share} is left; it was spent, and 10% for 24 h have not been left since."
        return PolicyReading(PolicyState.SPENT, why)
    state = PolicyState.AMPLE if left > AMPLE_ABOVE else PolicyState.LOW
    return PolicyReading(state, f"{share} of the allowance is left.")


def _by_coverage(coverage: Fraction | None) -> PolicyReading | None:
    if coverage is None:
        return PolicyReading(PolicyState.UNKNOWN, "Nobody knows which assets were scanned.")
    if coverage < COVERAGE_AT_LEAST:
        seen = (
            f"Only {percent(coverage)} of the assets in scope were scanned in time; 90% are needed."
        )
        return PolicyReading(PolicyState.UNKNOWN, seen)
    return None


def percent(share: Fraction) -> str:
    """Give a share as a percentage with one decimal, rounded down so that no threshold seems met."""
    tenths = share * 1000 // 1
    sign = "−" if tenths < 0 else ""
    whole, tenth = divmod(abs(tenths), 10)
    return f"{sign}{whole}.{tenth}%" if tenth else f"{sign}{whole}%"


def is_still_spent(ledger: Ledger, now: int) -> bool:
    """Whether it was spent and has not had 10% left for 24 h in a row since.

    **cost** goes back from now, and stops at the first day that settles it.
    """
    return is_held_spent(_marks_going_back(ledger, now), now)


SpentMark = tuple[Fraction, Fraction] | None
"""A stretch with 10% left, or None where it was spent."""


def is_held_spent(marks: Iterable[SpentMark], now: int) -> bool:
    """Whether marks, latest first, lead to *spent* before 24 h in a row with 10% left."""
    good_from: Fraction | None = None
    good_until = Fraction(now)
    for mark in marks:
        if mark is None:
            return True
        begin, end = mark
        good_until = good_until if good_from == end else end
        good_from = begin
        if good_until - good_from >= LEAVE_SPENT_AFTER_SECONDS:
            return False
    return False


def _marks_going_back(ledger: Ledger, now: int) -> Iterator[SpentMark]:
    """Give stretches with 10% left, latest first, and None wherever it was spent."""
    start = _history_start(ledger)
    if start is None or start >= now:
        return
    for begin, end in reversed(list(segments(ledger, start, now))):
        after_begin, before_end = balance(ledger, begin), balance(ledger, end, jumps_at=begin)
        yield from spent_marks(begin, end, after_begin, before_end)


def spent_marks(
    begin: int, end: int, after_begin: tuple[int, int], before_end: tuple[int, int]
) -> Iterator[SpentMark]:
    """Give the marks of a stretch between whose ends (consumed, allowance) run straight, latest first."""
    at_begin, at_end = _margin(*after_begin), _margin(*before_end)
    if before_end[0] >= before_end[1]:
        yield None
    if at_begin >= 0 or at_end >= 0:
        yield _good_part(begin, end, at_begin, at_end)
    if after_begin[0] >= after_begin[1]:
        yield None


def _history_start(ledger: Ledger) -> int | None:
    """Give an instant a good day before anything was late, due or debited."""
    firsts = [*ledger.late.instants[:1], *ledger.dues[:1], *(d.start for d in ledger.debits)]
    return min(firsts) - 2 * LEAVE_SPENT_AFTER_SECONDS if firsts else None


def _margin(consumed: int, allowance: int) -> int:
    """Give how much more than the tenth that leaving *spent* needs is left; negative: too little."""
    return allowance * _USED_AT_MOST - consumed * _OF


def _good_part(begin: int, end: int, at_begin: int, at_end: int) -> tuple[Fraction, Fraction]:
    """Give the part of a stretch in which a straight line, good at one end at least, is not below zero."""
    if at_begin >= 0 and at_end >= 0:
        return Fraction(begin), Fraction(end)
    crossing = begin + Fraction(at_begin * (end - begin), at_begin - at_end)
    return (Fraction(begin), crossing) if at_begin >= 0 else (crossing, Fraction(end))


def roll_up(budgets: Sequence[Budget]) -> RollUp:
    """Add the hours of several budgets, and let the least healthy member decide."""
    consumed = sum((budget.consumed_seconds for budget in budgets), Fraction(0))
    allowance = sum((budget.allowance_seconds for budget in budgets), Fraction(0))
    return RollUp(
        consumed_seconds=consumed,
        allowance_seconds=allowance,
        remaining=1 - consumed / allowance if allowance else None,
        state=worst_policy_state(tuple(budget.state for budget in budgets)),
        worst=min(budgets, key=lambda b: (-b.state.rank, b.remaining), default=None),
        members=len(budgets),
    )
