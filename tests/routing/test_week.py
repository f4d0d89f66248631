from datetime import UTC, datetime, timedelta
from fractions import Fraction
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tesuri.model.decision import Outcome
from tesuri.model.estate import Exposure
from tesuri.model.identifiers import GroupKey
from tesuri.routing.week import (
    Below,
    Candidate,
    Exploitation,
    plan_week,
    restored_by_closing,
    risk_points,
    worth_per_hour,
)

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def candidate(key: int, outcome: Outcome, minutes: int, **more: int) -> Candidate:
    return Candidate(
        GroupKey(key),
        outcome,
        minutes,
        resources=more.get("resources", 1),
        overdue_seconds=more.get("overdue", 0),
        restored_seconds=more.get("restored", 0),
    )


CANDIDATES = st.lists(
    st.builds(
        Candidate,
        group=st.integers(1, 1_000).map(GroupKey),
        outcome=st.sampled_from(Outcome),
        effort_minutes=st.integers(0, 600),
        exposure=st.sampled_from([None, *Exposure]),
        exploitation=st.sampled_from(Exploitation),
        resources=st.integers(1, 100),
        overdue_seconds=st.integers(0, 10**6),
        due_at=st.none() | st.integers(-100, 100).map(lambda h: NOW + timedelta(hours=h)),
        restored_seconds=st.integers(0, 604_800),
    ),
    max_size=12,
    unique_by=lambda each: each.group,
)


@given(CANDIDATES, st.integers(0, 2_000))
def test_a_plan_never_exceeds_the_capacity_and_loses_nothing(
    candidates: list[Candidate], capacity: int
) -> None:
    plan = plan_week(candidates, capacity)
    assert plan.planned_minutes <= plan.capacity_minutes
    placed = [*plan.planned, *(left.candidate for left in plan.later)]
    assert sorted(each.group for each in placed) == sorted(each.group for each in candidates)
    assert 0 <= plan.carried_share <= 1


@given(CANDIDATES, st.randoms(use_true_random=False), st.integers(0, 2_000))
def test_the_order_of_the_input_changes_nothing(
    candidates: list[Candidate], shuffler: Random, capacity: int
) -> None:
    shuffled = list(candidates)
    shuffler.shuffle(shuffled)
    assert plan_week(shuffled, capacity) == plan_week(candidates, capacity)


@given(CANDIDATES, st.integers(1, 2_000))
def test_nothing_less_urgent_is_filled_in_after_something_that_did_not_fit(
    candidates: list[Candidate], capacity: int
) -> None:
    plan = plan_week(candidates, capacity)
    for left in plan.later:
        if left.reason is Below.DOES_NOT_FIT:
            waits = left.candidate
            behind = [each for each in plan.planned if each.outcome.rank > waits.outcome.rank]
            assert not behind or waits.outcome is not Outcome.IMMEDIATE
            assert all(worth_per_hour(each) >= worth_per_hour(waits) for each in behind)


def test_risk_removed_per_hour_decides_the_order() -> None:
    quick = candidate(1, Outcome.SCHEDULED, 30)
    slow = candidate(2, Outcome.SCHEDULED, 60)
    wide = candidate(3, Outcome.SCHEDULED, 60, resources=23)
    assert [each.group for each in plan_week((slow, quick, wide), 480).planned] == [3, 1, 2]


def test_restored_budget_lifts_a_late_group() -> None:
    late = candidate(1, Outcome.SCHEDULED, 60, restored=168 * 3_600, overdue=3_600)
    urgent = candidate(2, Outcome.OUT_OF_CYCLE, 60)
    assert [each.group for each in plan_week((urgent, late), 480).planned] == [1, 2]


def test_immediate_groups_come_first_and_late_ones_before_them() -> None:
    cheap = candidate(1, Outcome.SCHEDULED, 1, resources=100)
    immediate = candidate(2, Outcome.IMMEDIATE, 60)
    late = candidate(3, Outcome.IMMEDIATE, 400, overdue=1)
    assert [each.group for each in plan_week((cheap, immediate, late), 480).planned] == [3, 2, 1]


def test_a_less_urgent_group_does_not_slip_past_one_that_did_not_fit() -> None:
    first = candidate(1, Outcome.IMMEDIATE, 60)
    large = candidate(2, Outcome.OUT_OF_CYCLE, 110, resources=16)
    equal = candidate(3, Outcome.OUT_OF_CYCLE, 50)
    small = candidate(4, Outcome.SCHEDULED, 10)
    plan = plan_week((first, large, equal, small), 120)
    assert [each.group for each in plan.planned] == [1, 3]
    assert {left.candidate.group: left.reason for left in plan.later} == {
        2: Below.DOES_NOT_FIT,
        4: Below.LESS_URGENT,
    }


def test_a_group_larger_than_the_week_does_not_hold_the_others_up() -> None:
    huge = candidate(1, Outcome.IMMEDIATE, 1_000)
    small = candidate(2, Outcome.DEFER, 30)
    plan = plan_week((huge, small), 480)
    assert [each.group for each in plan.planned] == [2]
    assert plan.later[0].reason is Below.LARGER_THAN_WEEK
    assert plan.carried_share == Fraction(risk_points(huge), risk_points(huge) + risk_points(small))


def test_nothing_fits_into_no_capacity_and_an_empty_week_carries_nothing() -> None:
    assert plan_week((candidate(1, Outcome.IMMEDIATE, 0),), 0).carried_share == 1
    assert plan_week((), 480).carried_share == 0


def test_risk_is_the_documented_product() -> None:
    known = Candidate(
        GroupKey(1),
        Outcome.OUT_OF_CYCLE,
        60,
        exposure=Exposure.CONTROLLED,
        exploitation=Exploitation.POC,
        resources=4,
    )
    assert risk_points(known) == 9 * 2 * 2 * 3
    assert risk_points(candidate(1, Outcome.DEFER, 60)) == 3


def test_closing_restores_what_would_burn_until_the_end() -> None:
    until = NOW + timedelta(days=7)
    assert restored_by_closing(NOW - timedelta(days=3), now=NOW, until=until) == 7 * 86_400
    assert restored_by_closing(NOW + timedelta(days=6), now=NOW, until=until) == 86_400
    assert restored_by_closing(NOW + timedelta(days=9), now=NOW, until=until) == 0
    assert restored_by_closing(None, now=NOW, until=until) == 0
