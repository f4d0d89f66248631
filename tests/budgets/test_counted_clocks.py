"""Clocks that are counted once and asked at many instants give what clocks give that are counted for each."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.budgets.history import HOUR, IMMEDIATE, NOW, START, at, budget, lived
from tesuri.budgets.evaluate import count_clocks, evaluate_budget
from tesuri.model.budget import Owner, OwnerKind
from tesuri.model.later import Later

LIVES = st.lists(
    st.tuples(st.integers(0, NOW), st.one_of(st.none(), st.integers(1, 200))), max_size=12
)
INSTANTS = st.lists(st.integers(NOW - 200, NOW + 900), min_size=1, max_size=8)


@settings(max_examples=60, deadline=None)
@given(lives=LIVES, instants=INSTANTS)
def test_a_budget_is_the_same_whatever_was_asked_before(
    lives: list[tuple[int, int | None]], instants: list[int]
) -> None:
    clocks = [
        (str(number), lived(opened, None if hours is None else opened + hours))
        for number, (opened, hours) in enumerate(lives)
    ]
    counted = count_clocks(IMMEDIATE, clocks)
    for now in instants:
        fresh = budget(clocks, now=now)
        kept = evaluate_budget(
            IMMEDIATE,
            counted,
            now=at(now),
            owner=Owner(OwnerKind.SERVICE, "checkout"),
            coverage=Fraction(1),
            scan_interval_seconds=HOUR,
        )
        assert kept == fresh
        still_open = [
            clock
            for _, clock in clocks
            if clock.started_at <= at(now)
            and (clock.closed_at is None or clock.closed_at > at(now))
        ]
        waiting = [each for each in still_open if each.due_at is not None and each.due_at > at(now)]
        assert kept.open_not_due == len(waiting)


def test_what_is_made_later_is_made_once_and_compared_by_value() -> None:
    asked: list[int] = []

    def make() -> object:
        asked.append(1)
        return START

    late = Later(make)
    assert late == Later(lambda: START)
    assert late != Later(lambda: at(1))
    assert (late.value, len(asked)) == (START, 1)
