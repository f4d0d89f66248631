"""Many books as one say at every instant what they say one by one."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.budgets.history import IMMEDIATE, at, budget, lived
from tests.budgets.test_laws import histories, named
from tesuri.budgets.evaluate import books_of
from tesuri.budgets.instants import DAY, seconds_of
from tesuri.budgets.ledger import Ledger, balance
from tesuri.budgets.totals import totals_of
from tesuri.flows.budgets.budget_lines import MANY, summed
from tesuri.model.budget import Exclusion
from tesuri.model.clock import Clock
from tesuri.model.objective import Incident, IncidentGrade

NOW = at(24 * 60)
INCIDENT = Incident("INC-1", IncidentGrade.NEAR_MISS, "web", at(24 * 50))
MOVE = Exclusion(at(24 * 55), at(24 * 55 + 3), "move", "ciso")


def books(clocks: Sequence[Clock], kind: str) -> Ledger:
    return books_of(
        IMMEDIATE if kind != "tolerant" else replace(IMMEDIATE, tolerance=1, cap=2),
        named(clocks),
        now=NOW,
        incidents=[INCIDENT] if kind == "debited" else [],
        exclusions=[MOVE] if kind == "excluded" else [],
    )


kinds = st.sampled_from(["plain", "debited", "excluded", "tolerant"])


@settings(deadline=None)
@given(
    st.lists(st.tuples(histories, kinds, st.integers(1, 3)), min_size=1, max_size=5),
    st.lists(st.integers(-28 * DAY, 28 * DAY), max_size=5),
)
def test_books_together_leave_what_each_of_them_leaves(
    told: list[tuple[list[Clock], str, int]], instants: list[int]
) -> None:
    now = seconds_of(NOW)
    members = [(books(clocks, kind), times) for clocks, kind, times in told]
    whole = totals_of(members, now - 28 * DAY, now + 28 * DAY)
    edges = [edge for ledger, _ in members for edge in (*ledger.dues, *ledger.late.instants)]
    near = [edge for edge in edges if abs(edge - now) <= 28 * DAY]
    for instant in (now - 28 * DAY, now, now + 28 * DAY, *near, *(now + by for by in instants)):
        each = [(balance(ledger, instant), times) for ledger, times in members]
        expected = sum((allowed - used) * times for (used, allowed), times in each)
        assert whole.left_units(instant) == expected


@pytest.mark.parametrize("is_late", [True, False])
def test_a_sum_of_many_lines_ends_at_what_is_left_of_all(is_late: bool) -> None:  # noqa: FBT001 - a parameter of the test
    closed = None if is_late else 20
    budgets = [budget(named([lived(10 + number, closed)]), now=672) for number in range(MANY + 1)]
    line = summed([each.series for each in budgets])
    assert line[-1][1] == sum(each.remaining_seconds for each in budgets)
    assert len(line) < 200
