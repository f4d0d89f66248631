"""Burn rates: how many times faster than allowed the budget is being used."""

from collections.abc import Callable
from fractions import Fraction

from tesuri.budgets.ledger import Ledger, balance, in_seconds, window_length


def allowance_seconds(ledger: Ledger, at: int) -> Fraction:
    """Give A = (1 − T) · max(W, P): how late everything together may be."""
    return in_seconds(ledger, balance(ledger, at)[1])


def consumed_seconds(ledger: Ledger, at: int) -> Fraction:
    """Give the overdue seconds of the window that ends at `at`, plus open debits."""
    return in_seconds(ledger, balance(ledger, at)[0])


def remaining(ledger: Ledger, at: int) -> Fraction:
    """Give 1 − consumed / A; below zero when more was used than there was."""
    consumed, allowance = balance(ledger, at)
    return 1 - Fraction(consumed, allowance)


def burn_rate(ledger: Ledger, at: int, window_seconds: int) -> Fraction:
    """Give (overdue seconds in the window / window) / (A / W); debits are no burn.

    The denominator always comes from the whole window W: a short one never divides by a handful of findings.
    """
    return burn_rates(ledger, at)(window_seconds)


def burn_rates(ledger: Ledger, at: int) -> Callable[[int], Fraction]:
    """Give the burn rate of any window that ends at `at`, in seconds."""
    whole = window_length(ledger, at, ledger.objective.window_seconds)
    allowed = whole / allowance_seconds(ledger, at)
    above, below = allowed.numerator, allowed.denominator

    def rate(window_seconds: int) -> Fraction:
        late = ledger.late.area(at - window_seconds, at)
        length = window_length(ledger, at, window_seconds) if late else 0
        return Fraction(late * above, length * below) if length else _NOTHING

    return rate


_NOTHING = Fraction(0)
