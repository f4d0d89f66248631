"""How long findings live: the worked example, late entry, what is still open, and how sure the share is."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tests.budgets.history import HOUR
from tesuri.budgets.survival import (
    Lifetime,
    age_by_which,
    share_closed,
    share_closed_range,
    survival_curve,
)

EXAMPLE = [
    *(Lifetime(hours * HOUR, is_closed=True) for hours in (20, 40, 54, 20, 45, 60, 40)),
    Lifetime(32 * HOUR, is_closed=False),
]


def test_worked_example_gives_its_shares_and_its_half() -> None:
    curve = survival_curve(EXAMPLE)
    shares = {hours: share_closed(curve, hours * HOUR) for hours in (19, 20, 40, 45, 48, 54)}
    assert shares == {
        19: 0,
        20: Fraction(25, 100),
        40: Fraction(55, 100),
        45: Fraction(70, 100),
        48: Fraction(70, 100),
        54: Fraction(85, 100),
    }
    assert age_by_which(curve, Fraction(1, 2)) == 40 * HOUR
    assert age_by_which(curve, Fraction(9, 10)) == 60 * HOUR


def test_an_open_finding_says_only_that_it_lived_so_long() -> None:
    curve = survival_curve([Lifetime(10, is_closed=True), Lifetime(5, is_closed=False)])
    assert share_closed(curve, 9) == 0
    assert share_closed(curve, 10) == 1


def test_a_finding_that_was_old_when_we_met_it_is_at_risk_only_from_then_on() -> None:
    known = [Lifetime(10, is_closed=True), Lifetime(20, is_closed=True)]
    met_late = Lifetime(30, is_closed=True, entered_seconds=15)
    closed_when_met = Lifetime(10, is_closed=True, entered_seconds=10)
    curve = survival_curve([*known, met_late, closed_when_met])
    assert share_closed(curve, 10) == Fraction(1, 2)
    assert share_closed(curve, 20) == Fraction(3, 4)


def test_what_is_closed_at_once_is_closed() -> None:
    curve = survival_curve([Lifetime(0, is_closed=True), Lifetime(7, is_closed=False)])
    assert share_closed(curve, 0) == Fraction(1, 2)


def test_nothing_known_has_no_half_and_no_range() -> None:
    curve = survival_curve([])
    assert age_by_which(curve, Fraction(1, 2)) is None
    assert share_closed(curve, 5) == 0
    assert share_closed_range(curve, 5) is None


def test_range_of_few_is_wide_and_of_many_narrow() -> None:
    few = share_closed_range(survival_curve(EXAMPLE), 48 * HOUR)
    many = share_closed_range(survival_curve(EXAMPLE * 100), 48 * HOUR)
    # Greenwood on the scale of log(-log S), worked out by hand for S = 0.3, sum 0.3095: 0.421 to 0.915.
    assert few is not None
    assert many is not None
    assert many[1] - many[0] < (few[1] - few[0]) / 5


LIVES = st.lists(
    st.builds(
        Lifetime, st.integers(0, 90), is_closed=st.booleans(), entered_seconds=st.integers(0, 40)
    ),
    max_size=30,
)


@given(LIVES)
def test_share_rises_with_age_and_lies_in_its_range(lives: list[Lifetime]) -> None:
    curve = survival_curve(lives)
    shares = [share_closed(curve, age) for age in range(100)]
    assert shares == sorted(shares)
    assert all(0 <= share <= 1 for share in shares)
    for age in range(0, 100, 7):
        if (found := share_closed_range(curve, age)) is not None:
            assert found[0] <= round(share_closed(curve, age), 4) <= found[1]


@given(LIVES)
def test_without_open_or_late_ones_it_is_the_plain_share(lives: list[Lifetime]) -> None:
    plain = [Lifetime(life.seconds, is_closed=True) for life in lives]
    curve = survival_curve(plain)
    for age in range(0, 100, 9):
        expected = sum(life.seconds <= age for life in plain)
        assert share_closed(curve, age) == (Fraction(expected, len(plain)) if plain else 0)
