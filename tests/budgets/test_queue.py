"""What a pace of arrivals and closings leads to; hours after the first instant."""

from fractions import Fraction

from tests.budgets.history import HOUR, IMMEDIATE, at, decided, in_hours
from tesuri.budgets.clock import run_clock
from tesuri.budgets.queue import clocks_at_pace
from tesuri.model.clock import Clock, Opened


def opened(hours: float) -> Clock:
    return run_clock([Opened(at(hours)), decided(hours)])


def lives(
    clocks: dict[str, Clock], arrival_hours: float | None, closing_hours: float | None
) -> dict[str, tuple[float | None, float | None]]:
    planned = clocks_at_pace(
        IMMEDIATE,
        list(clocks.items()),
        now=at(100),
        arrival_gap=None if arrival_hours is None else Fraction(arrival_hours) * HOUR,
        closing_gap=None if closing_hours is None else Fraction(closing_hours) * HOUR,
    )
    return {unit: (in_hours(c.started_at), in_hours(c.closed_at)) for unit, c in planned}


def test_the_earliest_due_is_closed_first_one_gap_apart() -> None:
    found = lives({"young": opened(90), "old": opened(10)}, None, 20)
    assert found == {"old": (10, 120), "young": (90, 140)}


def test_nothing_is_closed_without_a_pace() -> None:
    assert lives({"one": opened(90)}, None, None) == {"one": (90, None)}


def test_arrivals_come_at_even_distances_through_one_window() -> None:
    found = lives({}, 336, None)
    assert found == {"arrival 1": (436, None), "arrival 2": (772, None)}


def test_an_idle_team_waits_for_the_next_arrival() -> None:
    found = lives({}, 336, 10)
    assert found == {"arrival 1": (436, 446), "arrival 2": (772, None)}


def test_what_is_closed_late_was_overdue_until_then() -> None:
    (planned,) = clocks_at_pace(
        IMMEDIATE,
        [("one", opened(90))],
        now=at(100),
        arrival_gap=None,
        closing_gap=Fraction(60 * HOUR),
    )
    assert planned[1].overdue == ((at(138), at(160)),)


def test_a_closed_clock_stays_as_it_was() -> None:
    closed = clocks_at_pace(
        IMMEDIATE,
        [("one", opened(200))],
        now=at(100),
        arrival_gap=None,
        closing_gap=Fraction(HOUR),
    )
    assert closed == [("one", opened(200))]
