"""Every row of the table of edge cases, and the clocks of groups."""

from datetime import timedelta

import pytest

from tests.budgets.history import (
    HOUR,
    at,
    budget,
    clock_with,
    closed,
    decided,
    in_hours,
    late_hours,
    lived,
)
from tesuri.budgets.clock import run_clock
from tesuri.budgets.group import merge_clocks
from tesuri.model.clock import ClockFact, Neutral, Opened, Reopened, SeenLive, Waived, WaiverEnded
from tesuri.model.errors import Defect
from tesuri.model.finding import State


def test_open_and_not_yet_due_is_neither_good_nor_bad() -> None:
    seen = budget([("a", clock_with())], now=47)
    assert (seen.due, seen.on_time, seen.overdue_now, seen.open_not_due) == (0, 0, 0, 1)
    assert seen.consumed_seconds == 0


def test_open_and_overdue_counts_every_hour_however_old() -> None:
    seen = budget([("a", clock_with())], now=5000)
    assert late_hours(clock_with()) == [(48, None)]
    assert seen.overdue_now == 1
    assert seen.consumed_seconds == 672 * HOUR


def test_fixed_early_is_good_on_its_due_date_and_not_before() -> None:
    early = [("a", clock_with(closed(10)))]
    assert (budget(early, now=47).due, budget(early, now=47).on_time) == (0, 0)
    assert (budget(early, now=48).due, budget(early, now=48).on_time) == (1, 1)


def test_raised_severity_gives_the_new_objective_from_the_change_on() -> None:
    clock = run_clock([Opened(at(0)), decided(0, 720), decided(500, 48)])
    assert in_hours(clock.due_at) == 548


def test_raised_severity_never_moves_a_due_date_back() -> None:
    clock = run_clock([Opened(at(0)), decided(0, 720), decided(700, 48)])
    assert in_hours(clock.due_at) == 720


def test_raised_from_defer_gets_the_whole_new_objective() -> None:
    clock = run_clock([Opened(at(0)), decided(0, None), decided(900, 48)])
    assert in_hours(clock.due_at) == 948


def test_lowered_severity_counts_from_the_start_and_refunds_nothing() -> None:
    clock = clock_with(decided(60, 168))
    assert in_hours(clock.due_at) == 168
    assert late_hours(clock) == [(48, 60), (168, None)]


def test_lowered_to_an_objective_that_is_past_anyway_changes_nothing() -> None:
    clock = clock_with(decided(200, 168))
    assert in_hours(clock.due_at) == 48
    assert late_hours(clock) == [(48, None)]


def test_lowered_to_defer_stops_further_burn() -> None:
    clock = clock_with(decided(60, None))
    assert clock.due_at is None
    assert late_hours(clock) == [(48, 60)]


def test_a_late_first_decision_is_never_overdue_before_it_was_made() -> None:
    clock = run_clock([Opened(at(0)), decided(100)])
    assert late_hours(clock) == [(100, None)]


def test_mitigated_closes_the_clock() -> None:
    clock = clock_with(closed(60, State.MITIGATED))
    assert in_hours(clock.closed_at) == 60
    assert late_hours(clock) == [(48, 60)]


def test_waiver_before_due_holds_the_clock_and_is_due_at_once_on_expiry() -> None:
    clock = clock_with(Waived(at(40), at(1000)))
    assert in_hours(clock.due_at) == 1000
    assert late_hours(clock) == [(1000, None)]
    assert clock.paused_seconds == 960 * HOUR


def test_waiver_before_due_that_is_taken_back_gives_the_rest_of_the_time() -> None:
    clock = clock_with(Waived(at(40), at(1000)), WaiverEnded(at(100)))
    assert in_hours(clock.due_at) == 108


def test_renewed_waiver_is_due_when_the_last_one_expires() -> None:
    clock = clock_with(Waived(at(40), at(1000)), Waived(at(900), at(2000)))
    assert in_hours(clock.due_at) == 2000


def test_late_waiver_stops_further_burn_and_refunds_nothing() -> None:
    clock = clock_with(Waived(at(60), at(1000)))
    assert in_hours(clock.due_at) == 48
    assert late_hours(clock) == [(48, 60), (1000, None)]
    assert clock.paused_seconds == 0


def test_a_waiver_at_the_due_instant_is_late() -> None:
    clock = clock_with(Waived(at(48), at(1000)), WaiverEnded(at(100)))
    assert late_hours(clock) == [(100, None)]


def test_waiver_on_a_deferred_finding_makes_it_due_when_it_expires() -> None:
    clock = run_clock([Opened(at(0)), decided(0, None), Waived(at(0), at(4000))])
    assert late_hours(clock) == [(4000, None)]


@pytest.mark.parametrize("state", [State.FALSE_POSITIVE, State.NOT_AFFECTED])
def test_what_never_was_a_finding_leaves_the_cohort_retroactively(state: State) -> None:
    removed = clock_with(closed(100, state))
    kept = clock_with(closed(100))
    assert removed.overdue == ()
    assert budget([("a", removed)]).due == 0
    assert budget([("a", removed)]).consumed_seconds == 0
    assert budget([("a", kept)]).consumed_seconds == 52 * HOUR


def test_a_false_positive_that_is_reopened_counts_again_with_its_old_due_date() -> None:
    clock = clock_with(closed(100, State.FALSE_POSITIVE), Reopened(at(120)))
    assert late_hours(clock) == [(48, 100), (120, None)]


def test_reopened_within_a_week_keeps_its_due_date_and_loses_the_good_verdict() -> None:
    fixed = clock_with(closed(40))
    reopened = clock_with(closed(40), Reopened(at(100)), closed(110))
    assert in_hours(reopened.due_at) == 48
    assert late_hours(reopened) == [(100, 110)]
    assert budget([("a", fixed)]).on_time == 1
    assert budget([("a", reopened)]).on_time == 0


def test_seen_again_later_is_another_clock_with_its_own_due_date() -> None:
    both = [("first", lived(0, 40)), ("again", lived(300, None))]
    assert budget(both, now=340).overdue_now == 0
    assert (budget(both, now=360).due, budget(both, now=360).on_time) == (2, 1)


def test_a_scanner_that_stopped_reporting_leaves_the_clock_running() -> None:
    """Staleness is no fact of the clock: without a closing it burns on."""
    assert late_hours(clock_with()) == [(48, None)]
    assert clock_with().closed_at is None


def test_gone_closes_the_clock() -> None:
    assert in_hours(clock_with(closed(70, State.GONE)).closed_at) == 70


def test_found_before_deployment_is_neutral_until_seen_live() -> None:
    opened: list[ClockFact] = [Opened(at(0)), Neutral(at(0)), decided(0)]
    assert run_clock(opened).is_neutral
    assert run_clock(opened).overdue == ()
    assert budget([("a", run_clock(opened))]).due == 0
    live = run_clock([*opened, SeenLive(at(500))])
    assert in_hours(live.started_at) == 500
    assert late_hours(live) == [(548, None)]


def test_a_history_without_opening_is_our_own_fault() -> None:
    with pytest.raises(Defect, match="no opening"):
        run_clock([closed(1)])


def test_a_finding_cannot_be_closed_as_open() -> None:
    with pytest.raises(Defect, match="closed as open"):
        clock_with(closed(1, State.OPEN))


def test_facts_in_any_order_and_told_twice_make_the_same_clock() -> None:
    facts: list[ClockFact] = [Opened(at(0)), decided(1), Waived(at(30), at(90))]
    facts += [closed(100), Reopened(at(120))]
    assert run_clock([*reversed(facts), *facts]) == run_clock(facts)


def test_parts_of_a_second_are_dropped() -> None:
    clock = run_clock([Opened(at(0) + timedelta(microseconds=999_999)), decided(0)])
    assert clock.started_at == at(0)


def test_a_group_opens_with_the_first_and_closes_with_the_last() -> None:
    (group,) = merge_clocks([lived(10, 100), lived(0, 60), lived(20, 30)])
    assert in_hours(group.started_at) == 0
    assert in_hours(group.closed_at) == 100
    assert in_hours(group.due_at) == 48


def test_a_group_is_late_whenever_a_member_is_and_only_once() -> None:
    (group,) = merge_clocks([lived(0, 60), lived(5, 100), lived(80, 200)])
    assert late_hours(group) == [(48, 100), (128, 200)]


def test_a_group_with_an_open_member_is_open() -> None:
    (group,) = merge_clocks([lived(0, None), lived(5, 100)])
    assert group.closed_at is None
    assert late_hours(group) == [(48, None)]


def test_a_group_that_was_closed_for_over_a_week_starts_another_clock() -> None:
    groups = merge_clocks([lived(0, 10), lived(10 + 168, 190), lived(400, None)])
    assert [in_hours(group.started_at) for group in groups] == [0, 400]


def test_members_that_never_counted_do_not_count_in_the_group() -> None:
    removed = clock_with(closed(500, State.FALSE_POSITIVE))
    assert merge_clocks([removed, lived(5, 10)]) == (lived(5, 10),)
    assert merge_clocks([removed]) == (removed,)
    assert merge_clocks([]) == ()
