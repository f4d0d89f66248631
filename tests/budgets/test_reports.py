"""Reports beside the budget: the ratio with its interval, dense states."""

from fractions import Fraction

import pytest

from tests.budgets.history import HOUR, at, in_hours
from tesuri.budgets.indicator import Entity, dense_share, event_ratio

TARGET = Fraction(95, 100)


def test_the_ratio_of_the_worked_example_proves_little() -> None:
    ratio = event_ratio(7, 5, target=TARGET, confidence=Fraction(9, 10))
    assert ratio.share == Fraction(5, 7)
    assert (ratio.low, ratio.high) == (Fraction(4071, 10_000), Fraction(9119, 10_000))
    assert ratio.probability_on_target == Fraction(138, 10_000)


@pytest.mark.parametrize(("due", "on_time"), [(0, 0), (5, 0), (5, 5), (5000, 4750)])
def test_the_interval_holds_the_ratio(due: int, on_time: int) -> None:
    ratio = event_ratio(due, on_time, target=TARGET, confidence=Fraction(9, 10))
    assert 0 <= ratio.low <= (ratio.share or 0) <= ratio.high <= 1
    assert (ratio.share is None) == (due == 0)


def test_more_findings_narrow_the_interval() -> None:
    few = event_ratio(20, 19, target=TARGET, confidence=Fraction(9, 10))
    many = event_ratio(2000, 1900, target=TARGET, confidence=Fraction(9, 10))
    assert many.high - many.low < (few.high - few.low) / 5


def test_a_version_that_nobody_supports_consumes_entity_hours() -> None:
    supported = Entity(((at(0), None),), ((at(0), None),))
    ended = Entity(((at(0), None),), ((at(0), at(570)),))
    share = dense_share(
        [supported, ended], now=at(600), window_seconds=600 * HOUR, target=Fraction(9, 10)
    )
    assert share.total_seconds == 1200 * HOUR
    assert share.consumed_seconds == 30 * HOUR
    assert share.share == Fraction(1170, 1200)
    assert share.allowance_seconds == 120 * HOUR
    assert share.remaining == Fraction(3, 4)
    assert in_hours(share.zero_at) == 690


def test_a_known_end_of_support_tells_when_the_budget_ends() -> None:
    """A tenth of 600 h may be out of order: gone 60 h after the end of life at hour 900."""
    ends = Entity(((at(0), None),), ((at(0), at(900)),))
    share = dense_share([ends], now=at(700), window_seconds=600 * HOUR, target=Fraction(9, 10))
    assert share.remaining == 1
    assert in_hours(share.zero_at) == 960


def test_nothing_to_look_at_is_unknown_and_not_full() -> None:
    share = dense_share([], now=at(0), window_seconds=HOUR, target=TARGET)
    assert (share.share, share.remaining, share.zero_at) == (None, None, None)


def test_what_is_in_order_for_ever_never_reaches_zero() -> None:
    fine = Entity(((at(0), None),), ((at(0), None),))
    share = dense_share([fine], now=at(100), window_seconds=HOUR, target=TARGET)
    assert share.zero_at is None
