"""What if: the present clocks under other assumptions."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from tests.flows.sample_survey import (
    CHECKOUT,
    DAY,
    HOUR,
    IMMEDIATE,
    NOW,
    PAYMENTS,
    PLATFORM,
    Journal,
    workspace,
)
from tesuri.flows.budgets.simulate_budget import simulate_budget
from tesuri.model.decision import Outcome
from tesuri.model.errors import BadInput
from tesuri.model.identifiers import ObjectiveId, ServiceId
from tesuri.model.objective import PolicyState
from tesuri.model.simulation import Change, SimulatedRow, Simulation

WEEK = timedelta(days=7)


def journal(*ages_hours: int) -> Journal:
    """Give immediate findings of the checkout, open for so many hours; one closed in time, one long ago."""
    made = Journal()
    ancient = made.find(98, outcome=Outcome.IMMEDIATE, age=60 * DAY)
    made.close(ancient, NOW - 59 * DAY)
    for key, hours in enumerate(ages_hours, start=1):
        made.find(key, outcome=Outcome.IMMEDIATE, age=hours * HOUR)
    done = made.find(99, outcome=Outcome.IMMEDIATE, age=28 * DAY - HOUR)
    made.close(done, NOW - 27 * DAY)
    return made


def simulated(made: Journal, **change: object) -> Simulation:
    asked = replace(Change(objective=IMMEDIATE), **change)  # type: ignore[arg-type]  # tests name the fields
    return simulate_budget(made.survey(), made, asked, team=PAYMENTS)


def checkout(made: Journal, **change: object) -> SimulatedRow:
    return next(each for each in simulated(made, **change).rows if each.service == CHECKOUT)


def test_a_shorter_time_counts_what_would_have_been_late() -> None:
    row = checkout(journal(40), within="24h")
    assert row.now.remaining_seconds == row.now.allowance_seconds == Fraction(336, 10) * 3600
    assert row.then.allowance_seconds - row.then.remaining_seconds == 16 * 3600
    assert (row.now.overdue_now, row.then.overdue_now) == (0, 1)


def test_a_higher_target_leaves_less_and_moves_the_state() -> None:
    row = checkout(journal(60), target="99%")
    assert (row.now.state, row.then.state) == (PolicyState.AMPLE, PolicyState.SPENT)
    assert row.then.allowance_seconds == Fraction(672, 100) * 3600


def test_nothing_changed_says_the_same_twice() -> None:
    row = checkout(journal(60, 10))
    assert row.now == row.then


def test_more_arrivals_make_the_backlog_grow_by_them() -> None:
    row = checkout(journal(60, 10, 5), arrival_factor=Fraction(3, 2))
    before, after = row.now.throughput, row.then.throughput
    assert before.arrivals_per_week == 1
    assert after.arrivals_per_week == Fraction(3, 2)
    assert before.closings_per_week == after.closings_per_week == Fraction(1, 4)
    assert after.growth_per_week == Fraction(5, 4)


def test_littles_law_says_how_long_they_are_open_and_how_many_may_be() -> None:
    rates = checkout(journal(60, 10, 5)).now.throughput
    assert rates.open_now == 3
    assert rates.usual_seconds_open == 3 * WEEK.total_seconds()
    assert rates.open_at_most == Fraction(2, 7)


def test_more_capacity_closes_more_and_moves_the_end() -> None:
    made = journal(60, 10, 5)
    row = checkout(made, capacity_minutes=120 * 100)
    assert row.then.throughput.closings_per_week == 25
    assert row.now.zero_at_pace is not None
    assert row.then.zero_at_pace is None
    assert row.then.zero_if_nothing_closed == row.now.zero_if_nothing_closed


def test_arrivals_that_nobody_closes_bring_the_end_nearer() -> None:
    made = journal(10)
    calm, busy = (checkout(made, arrival_factor=Fraction(n)) for n in (0, 100))
    assert calm.then.zero_at_pace is not None
    assert busy.then.zero_at_pace is not None
    assert busy.then.zero_at_pace < calm.then.zero_at_pace


def test_a_capacity_is_compared_with_the_one_that_the_team_declares() -> None:
    found = simulated(journal(10), capacity_minutes=240)
    assert (found.capacity_minutes, found.new_capacity_minutes) == (120, 240)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (Change(within="24h"), "This changes one objective, and none is named."),
        (Change(ObjectiveId("no-such")), "There is no objective 'no-such'."),
        (Change(IMMEDIATE, within="10d"), "3 × 240 h = 720 h"),
        (Change(IMMEDIATE, target="100%"), "leaves an allowance of 1 − 1 = 0 of the time"),
        (Change(IMMEDIATE, within="soon"), "'soon' is not a duration."),
        (Change(arrival_factor=Fraction(-1, 2)), "An arrival of -0.5 times"),
        (Change(capacity_minutes=60), "A capacity is that of one team, and none is named."),
    ],
)
def test_what_cannot_be_is_refused(change: Change, sentence: str) -> None:
    made = journal(10)
    with pytest.raises(BadInput) as caught:
        simulate_budget(made.survey(), made, change)
    assert sentence in str(caught.value)


def test_a_team_without_capacity_has_nothing_to_compare_with() -> None:
    made = journal(10)
    with pytest.raises(BadInput, match="The team platform declares no capacity"):
        simulate_budget(made.survey(), made, Change(capacity_minutes=60), team=PLATFORM)


def test_an_unknown_service_is_refused() -> None:
    made = journal(10)
    with pytest.raises(BadInput, match="There is no service 'chekout'"):
        simulate_budget(made.survey(), made, Change(), service=ServiceId("chekout"))


def test_a_capped_objective_whose_alert_could_never_fire_is_refused_with_the_arithmetic() -> None:
    space = workspace()
    objectives = [replace(each, cap=1) for each in space.objectives]
    made = journal(10)
    survey = made.survey(replace(space, objectives=tuple(objectives)))
    with pytest.raises(BadInput, match=r"the burn rate is at most 1 / \(1 − 0.8\) = 5"):
        simulate_budget(survey, made, Change(IMMEDIATE, target="80%"))
