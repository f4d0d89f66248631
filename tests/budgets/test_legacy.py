"""The legacy budget: supported component-hours; days after the first instant."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from tesuri.budgets.legacy import legacy_row
from tesuri.budgets.products import component_of, index_products
from tesuri.model.legacy import Component, Cycle, LegacyRow, Product
from tesuri.model.objective import PolicyState

NOW = datetime(2026, 11, 22, tzinfo=UTC)
DAY = 86_400
PYTHON = Product(
    frozenset({"python"}),
    "Python",
    (Cycle("3.9", date(2025, 10, 31)), Cycle("3.11", date(2027, 4, 1)), Cycle("3")),
)
EKS = Product(frozenset({"eks", "amazon eks"}), "Amazon EKS", (Cycle("1.2", is_ended=True),))
FOREVER = Component("forever 1", Cycle("1"))


def row(*components: Component) -> LegacyRow:
    return legacy_row(None, components, now=NOW, window_seconds=90 * DAY, target=Fraction(95, 100))


def ending(day: date) -> Component:
    return Component(f"thing {day}", Cycle("1", day))


@pytest.mark.parametrize(
    ("declared", "cycle"),
    [
        ("python 3.11.2", "3.11"),
        ("Python 3.9", "3.9"),
        ("python 3.1", "3"),
        ("python 3", "3"),
        ("amazon eks 1.2.7", "1.2"),
        ("python 2.7", None),
        ("eks 1.29", None),
        ("cobol 85", None),
    ],
)
def test_the_longest_cycle_that_begins_the_version_is_taken(
    declared: str, cycle: str | None
) -> None:
    found = component_of(declared, index_products([PYTHON, EKS])).cycle
    assert (found.name if found else None) == cycle


def test_the_day_on_which_nothing_is_left_is_exact() -> None:
    """The example of docs/budgets.md: 5% of two components over 90 days are 9 days."""
    found = row(ending(date(2027, 4, 1)), FOREVER)
    assert found.allowance_seconds == found.remaining_seconds == 9 * DAY
    assert found.zero_at == datetime(2027, 4, 11, tzinfo=UTC)
    assert found.next_end == ending(date(2027, 4, 1))
    assert found.state is PolicyState.AMPLE


def test_the_last_day_of_support_is_a_supported_day() -> None:
    found = row(*(FOREVER for _ in range(9)), ending(date(2026, 11, 20)))
    assert found.ended == 1
    assert found.allowance_seconds - found.remaining_seconds == DAY
    assert found.share == Fraction(899, 900)


def test_an_end_on_a_day_that_nobody_told_is_no_support_at_all() -> None:
    found = row(Component("eks 1.2", EKS.cycles[0]))
    assert (found.state, found.zero_at) == (PolicyState.SPENT, NOW)
    assert found.share == 0


def test_nothing_ends_where_no_end_is_known() -> None:
    found = row(FOREVER)
    assert (found.state, found.zero_at, found.next_end) == (PolicyState.AMPLE, None, None)


def test_too_many_that_nobody_knows_make_it_unknown_and_never_ample() -> None:
    stranger = Component("cobol 85", None)
    assert row(*(FOREVER for _ in range(8)), stranger).state is PolicyState.UNKNOWN
    assert row(*(FOREVER for _ in range(9)), stranger).state is PolicyState.AMPLE
    alone = row(stranger)
    assert (alone.state, alone.share, alone.remaining) == (PolicyState.UNKNOWN, None, None)


def test_what_is_spent_stays_spent_however_much_is_unknown() -> None:
    found = row(ending(date(2020, 1, 1)), Component("cobol 85", None))
    assert found.state is PolicyState.SPENT


def test_a_quarter_or_less_is_low() -> None:
    """Of 4.5 days 3.5 were used: the end of support is four days past, its last day included."""
    found = row(ending(date(2026, 11, 17)))
    assert found.remaining == Fraction(1, 9)
    assert found.state is PolicyState.LOW
