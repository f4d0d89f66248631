"""The worked example of docs/budgets.md, states, alerts, debits, exclusions and forecasts."""

from dataclasses import replace
from fractions import Fraction

import pytest

from tests.budgets.history import (
    HOUR,
    IMMEDIATE,
    NOW,
    at,
    budget,
    example,
    in_hours,
    incident,
    late_for,
    lived,
)
from tesuri.budgets.alerts import at_least, check_rule, rules_for
from tesuri.budgets.forecast import closed_at_pace
from tesuri.budgets.policy import percent, roll_up
from tesuri.model.budget import AlertAction, Budget, Exclusion
from tesuri.model.clock import Clock
from tesuri.model.errors import BadInput
from tesuri.model.objective import IncidentGrade, PolicyState

ALLOWANCE = Fraction(336, 10) * HOUR


def one_late(hours: float) -> list[tuple[str, Clock]]:
    return [("a", late_for(hours))]


def firing(seen: Budget) -> set[str]:
    return {alert.rule.name for alert in seen.alerts if alert.is_firing}


def test_the_worked_example() -> None:
    seen = budget(example())
    assert seen.allowance_seconds == ALLOWANCE
    assert seen.consumed_seconds == 18 * HOUR
    assert percent(1 - seen.remaining) == "53.5%"
    assert percent(seen.remaining) == "46.4%"
    assert seen.state is PolicyState.AMPLE
    assert (seen.due, seen.on_time, seen.overdue_now, seen.open_not_due) == (7, 5, 0, 1)
    assert seen.burn_rates[7 * 24 * HOUR] == Fraction(10, 7)
    assert firing(seen) == set()
    assert seen.contributions == (("F", 12 * HOUR), ("C", 6 * HOUR))


def test_the_worked_example_in_time_slices_is_the_same() -> None:
    sliced = budget(example(), objective=replace(IMMEDIATE, cap=1))
    assert sliced.consumed_seconds == 18 * HOUR
    assert sliced.allowance_seconds == ALLOWANCE


def test_the_worked_example_with_one_still_open_burns_at_twenty() -> None:
    clocks = [(u, lived(500, None) if u == "F" else c) for u, c in example()]
    seen = budget(clocks)
    assert percent(1 - seen.remaining) == "386.9%"
    assert {seen.burn_rates[h * HOUR] for h in (1, 6, 24, 72)} == {20}
    assert percent(seen.burn_rates[7 * 24 * HOUR] / 100) == "14.7%"


@pytest.mark.parametrize(
    ("found", "late", "by_hours", "consumed"),
    [(4, 1, 10, "29.7%"), (4, 1, 40, "119%"), (40, 2, 24, "50%"), (200, 10, 48, "100%")],
)
def test_consumption_of_so_many_found_and_late(
    found: int, late: int, by_hours: int, consumed: str
) -> None:
    ends = [48 + by_hours] * late + [10] * (found - late)
    clocks = [(str(number), lived(0, end)) for number, end in enumerate(ends)]
    assert percent(1 - budget(clocks, now=600).remaining) == consumed


def test_one_old_finding_overdue_all_window_consumes_twenty_allowances() -> None:
    assert budget(one_late(2000)).remaining == 1 - 20


def test_misses_are_whole_objectives_of_lateness() -> None:
    week = replace(IMMEDIATE, objective_seconds=168 * HOUR)
    on_time = [(str(n), lived(100, 110, 168)) for n in range(58)]
    late = [("late", lived(0, 168 + 146, 168)), ("later", lived(200, 368 + 110, 168))]
    seen = budget([*on_time, *late], objective=week)
    assert seen.allowance_seconds == 504 * HOUR
    assert seen.remaining_seconds == 248 * HOUR
    assert (seen.misses_allowed, seen.misses_used, seen.misses_left) == (3, 2, 1)
    assert seen.misses_left_exact == Fraction(248, 168)


def test_what_was_late_rolls_off_exactly_one_window_later() -> None:
    clocks = [("a", lived(0, 58))]
    assert budget(clocks, now=48 + 672).consumed_seconds == 10 * HOUR
    assert budget(clocks, now=57 + 672).consumed_seconds == HOUR
    assert budget(clocks, now=58 + 672).consumed_seconds == 0


def test_tolerance_counts_only_what_is_late_beyond_it() -> None:
    tolerant = replace(IMMEDIATE, tolerance=1)
    assert budget(one_late(20), objective=tolerant).consumed_seconds == 0
    two = [*one_late(20), ("b", late_for(5))]
    assert budget(two, objective=tolerant).consumed_seconds == 5 * HOUR


def test_a_flood_of_trivia_does_not_inflate_the_allowance() -> None:
    steady = [(f"s{n}", lived(n * 24, n * 24 + 1)) for n in range(400)]
    flood = [(f"f{n}", lived(9000, 9001)) for n in range(5000)]
    usual = budget(steady, now=9500)
    flooded = budget([*steady, *flood], now=9500)
    assert usual.allowance_seconds == Fraction(28 * 48, 20) * HOUR
    assert flooded.allowance_seconds == 3 * usual.allowance_seconds


# Policy states


@pytest.mark.parametrize(
    ("consumed_share", "state"),
    [
        (Fraction(0), PolicyState.AMPLE),
        (Fraction(3, 4), PolicyState.LOW),
        (Fraction(1), PolicyState.SPENT),
        (Fraction(3, 2), PolicyState.SPENT),
    ],
)
def test_the_state_at_its_boundaries(consumed_share: Fraction, state: PolicyState) -> None:
    assert budget(one_late(float(consumed_share * ALLOWANCE / HOUR))).state is state


def test_a_second_less_than_three_quarters_is_ample() -> None:
    assert budget(one_late(25.2 - 1 / HOUR)).state is PolicyState.AMPLE
    assert budget(one_late(33.6 - 1 / HOUR)).state is PolicyState.LOW


def test_coverage_below_ninety_percent_is_unknown_and_never_ample() -> None:
    assert budget([], coverage=Fraction(9, 10)).state is PolicyState.AMPLE
    assert budget([], coverage=Fraction(899, 1000)).state is PolicyState.UNKNOWN
    assert budget([], coverage=None).state is PolicyState.UNKNOWN


def test_unknown_is_worse_than_low_and_better_than_spent() -> None:
    poor = Fraction(1, 2)
    assert budget(one_late(30), coverage=poor).state is PolicyState.UNKNOWN
    assert budget(one_late(40), coverage=poor).state is PolicyState.SPENT


def test_a_confirmed_breach_debits_the_whole_allowance_for_one_window() -> None:
    breach = (incident(IncidentGrade.BREACH, 600),)
    assert budget([], now=599, incidents=breach).remaining == 1
    seen = budget([], now=600, incidents=breach)
    assert seen.remaining == 0
    assert seen.state is PolicyState.BREACHED
    assert seen.debits[0].seconds == ALLOWANCE
    assert budget([], now=600 + 671, incidents=breach).state is PolicyState.BREACHED
    after = budget([], now=600 + 672, incidents=breach)
    assert after.remaining == 1
    assert after.debits == ()


def test_a_breach_that_two_people_closed_debits_no_more() -> None:
    breach = (incident(IncidentGrade.BREACH, 600, ended=610),)
    assert budget([], now=609, incidents=breach).state is PolicyState.BREACHED
    assert budget([], now=610, incidents=breach).remaining == 1
    # Spent is left after a day with a tenth left, also when the debit ended early.
    assert budget([], now=633, incidents=breach).state is PolicyState.SPENT
    assert budget([], now=634, incidents=breach).state is PolicyState.AMPLE


@pytest.mark.parametrize(
    ("grade", "left", "state"),
    [
        (IncidentGrade.INCIDENT, Fraction(1, 2), PolicyState.AMPLE),
        (IncidentGrade.NEAR_MISS, Fraction(9, 10), PolicyState.AMPLE),
    ],
)
def test_lesser_incidents_only_lower_what_remains(
    grade: IncidentGrade, left: Fraction, state: PolicyState
) -> None:
    seen = budget([], incidents=(incident(grade, 600),))
    assert (seen.remaining, seen.state) == (left, state)


def test_leaving_spent_needs_ten_percent_for_a_whole_day() -> None:
    """40 h late until hour 88; they roll off from hour 720 on, and at 729.76 a tenth is left."""
    clocks = [("a", lived(0, 88))]
    tenth_back = 48 + 672 + 40 - Fraction(9, 10) * Fraction(336, 10)
    assert budget(clocks, now=727).remaining > 0
    assert budget(clocks, now=727).state is PolicyState.SPENT
    assert budget(clocks, now=float(tenth_back) + 23.9).state is PolicyState.SPENT
    assert budget(clocks, now=float(tenth_back) + 24.1).state is PolicyState.AMPLE


def test_a_day_with_a_tenth_left_counts_even_when_it_fell_again_since() -> None:
    spent, again = ("a", lived(0, 88)), ("b", lived(760 - 48, 760 + 31))
    seen = budget([spent, again], now=792)
    assert 0 < seen.remaining < Fraction(1, 10)
    assert seen.state is PolicyState.LOW


def test_a_spent_budget_says_that_it_still_counts_as_spent() -> None:
    assert "10% for 24 h" in budget([("a", lived(0, 88))], now=735).reason


# Alerts


@pytest.mark.parametrize(
    ("name", "after_hours", "action"),
    [
        ("fast", 3.36, AlertAction.PAGE),
        ("slow", 8.4, AlertAction.PAGE),
        ("drift", 10.08, AlertAction.TICKET),
        ("creep", 13.44, AlertAction.TICKET),
    ],
)
def test_one_overdue_critical_fires_after_so_many_hours(
    name: str, after_hours: float, action: AlertAction
) -> None:
    second = 1 / HOUR
    assert name not in firing(budget(one_late(after_hours)))
    seen = budget(one_late(after_hours + second))
    assert name in firing(seen)
    assert {alert.rule.action for alert in seen.alerts if alert.rule.name == name} == {action}


def test_an_alert_is_quiet_once_its_short_window_is() -> None:
    closed_long_ago = [("a", lived(NOW - 60, NOW - 2))]
    assert "fast" not in firing(budget(closed_long_ago))


@pytest.mark.parametrize(
    ("days", "factors"),
    [
        (28, [Fraction(112, 10), 7, Fraction(28, 10), Fraction(16, 10)]),
        (90, [9, Fraction(75, 10), Fraction(27, 10), Fraction(12, 7)]),
    ],
)
def test_factors_are_share_times_window_over_long(days: int, factors: list[Fraction]) -> None:
    assert [rule.factor for rule in rules_for(days * 24 * HOUR)] == factors


@pytest.mark.parametrize("days", [7, 14, 28, 56, 90, 180, 365, 546])
def test_every_window_has_four_rules_that_can_work(days: int) -> None:
    rules = rules_for(days * 24 * HOUR)
    assert len(rules) == 4
    for rule in rules:
        check_rule(rule, replace(IMMEDIATE, window_seconds=days * 24 * HOUR))


def test_a_short_window_under_two_scan_intervals_is_late_by_up_to_one_scan() -> None:
    late = {a.rule.name: a.late_by_seconds for a in budget([], scan_hours=2).alerts}
    assert late == {"fast": 2 * HOUR, "slow": 2 * HOUR, "drift": 0, "creep": 0}


def test_an_alert_says_how_many_late_findings_it_takes() -> None:
    week = replace(IMMEDIATE, objective_seconds=168 * HOUR)
    seen = budget([(str(n), lived(100, 110, 168)) for n in range(60)], objective=week)
    assert [alert.late_at_once for alert in seen.alerts] == [9, 6, 3, 2]


def test_an_alert_below_burn_rate_one_is_refused_with_its_arithmetic() -> None:
    rule = replace(rules_for(28 * 24 * HOUR)[0], factor=Fraction(93, 100))
    with pytest.raises(BadInput, match=r"burn rate 0\.93.*burns at 1"):
        check_rule(rule, IMMEDIATE)


def test_an_alert_whose_short_window_is_too_long_is_refused() -> None:
    rule = replace(rules_for(28 * 24 * HOUR)[0], short_seconds=2 * HOUR)
    with pytest.raises(BadInput, match=r"6 h / 6 = 1 h"):
        check_rule(rule, IMMEDIATE)


def test_an_alert_that_can_never_fire_is_refused_with_its_arithmetic() -> None:
    objective = replace(IMMEDIATE, target=Fraction(9, 10), cap=1)
    with pytest.raises(BadInput, match=r"1 / \(1 − 0\.9\) = 10: it can never fire"):
        check_rule(rules_for(28 * 24 * HOUR)[0], objective)


@pytest.mark.parametrize(("due", "late", "fires"), [(19, 9, False), (20, 4, False), (20, 5, True)])
def test_the_trend_ticket_needs_twenty_due_and_less_than_one_percent_chance(
    due: int, late: int, *, fires: bool
) -> None:
    ends = [NOW - 50 if n < late else NOW - 100 for n in range(due)]
    clocks = [(str(n), lived(NOW - 110, end)) for n, end in enumerate(ends)]
    trend = budget(clocks).trend_alert
    assert (trend.due, trend.late, trend.is_firing) == (due, late, fires)


def test_the_binomial_tail_is_exact() -> None:
    assert at_least(0, 5, Fraction(1, 2)) == 1
    assert at_least(5, 5, Fraction(1, 2)) == Fraction(1, 32)
    assert at_least(1, 2, Fraction(1, 20)) == 1 - Fraction(19, 20) ** 2


# Exclusions


def test_an_exclusion_drops_time_from_late_hours_and_from_the_window() -> None:
    freeze = Exclusion(at(NOW - 20), at(NOW - 10), "year-end freeze", "misaki")
    seen = budget(one_late(30), exclusions=(freeze,))
    assert seen.consumed_seconds == 20 * HOUR
    assert seen.allowance_seconds == Fraction(672 - 10, 20) * HOUR
    assert seen.contributions == (("a", 20 * HOUR),)


def test_more_than_a_twentieth_of_the_window_cannot_be_excluded() -> None:
    widest = Exclusion(at(NOW - 33.6), at(NOW), "move", "misaki")
    budget([], exclusions=(widest,))
    wider = replace(widest, start_at=at(NOW - 33.7))
    with pytest.raises(BadInput, match=r"33\.7 h out of a window of 672 h.*33\.6 h"):
        budget([], exclusions=(wider,))


def test_an_exclusion_is_exact_to_the_second_at_both_edges() -> None:
    """Late from hour 642 on; the first second is excluded and the last is not."""
    second = 1 / HOUR
    first = Exclusion(at(642), at(642 + second), "one second", "misaki")
    assert budget(one_late(30), exclusions=(first,)).consumed_seconds == 30 * HOUR - 1
    before = Exclusion(at(641), at(642), "ends as it begins to be late", "misaki")
    assert budget(one_late(30), exclusions=(before,)).consumed_seconds == 30 * HOUR
    after = Exclusion(at(NOW), at(NOW + 5), "begins now", "misaki")
    seen = budget(one_late(30), exclusions=(after,))
    assert seen.consumed_seconds == 30 * HOUR
    assert seen.allowance_seconds == ALLOWANCE


def test_exclusions_that_touch_or_overlap_count_once() -> None:
    one, other = (Exclusion(at(a), at(b), "move", "misaki") for a, b in ((650, 655), (653, 660)))
    seen = budget(one_late(30), exclusions=(one, other))
    assert seen.consumed_seconds == 20 * HOUR
    assert seen.allowance_seconds == Fraction(672 - 10, 20) * HOUR


def test_an_exclusion_rolls_out_of_the_window_to_the_second() -> None:
    freeze = Exclusion(at(10), at(20), "freeze", "misaki")
    for now, dropped in ((682, 10), (687, 5), (692, 0)):
        seen = budget([], now=now, exclusions=(freeze,))
        assert seen.allowance_seconds == Fraction(672 - dropped, 20) * HOUR


def test_a_reversed_exclusion_is_refused() -> None:
    with pytest.raises(BadInput, match="ends before it starts"):
        budget([], exclusions=(Exclusion(at(5), at(4), "typing", "misaki"),))


# Forecasts


def test_the_forecast_says_when_nothing_is_left_if_nothing_is_closed() -> None:
    """Due at 688, so 33.6 h late at 721.6; C's 6 h and F's 12 h leave no room before."""
    seen = budget(example())
    assert in_hours(seen.forecast.zero_if_nothing_closed) == 688 + 33.6 - 18
    assert seen.forecast_alert.is_firing


def test_the_forecast_is_what_the_budget_becomes() -> None:
    zero = budget(example()).forecast.zero_if_nothing_closed
    hours = in_hours(zero)
    assert hours is not None
    assert budget(example(), now=hours).remaining == 0
    assert budget(example(), now=hours - 1 / HOUR).remaining > 0


def test_nothing_open_never_reaches_zero() -> None:
    seen = budget([("a", lived(500, 560))])
    assert seen.forecast.zero_if_nothing_closed is None
    assert not seen.forecast_alert.is_firing


def test_a_spent_budget_is_at_zero_now() -> None:
    assert in_hours(budget(one_late(40)).forecast.zero_if_nothing_closed) == NOW


def test_the_usual_pace_is_four_times_the_median_quarter() -> None:
    """Two closings in three quarters, thirty in the last: one busy week is not the usual pace."""
    steady = [(f"s{n}", lived(n * 84, n * 84 + 40)) for n in range(6)]
    busy = [(f"b{n}", lived(600, 620)) for n in range(30)]
    assert budget([*steady, *busy]).forecast.closings_per_window == 8


def test_the_usual_pace_closes_the_earliest_due_first() -> None:
    assert closed_at_pace([(90, 7), (80, 3)], 1000, Fraction(4), 400) == {3: 1100, 7: 1200}
    assert closed_at_pace([(90, 7)], 1000, Fraction(0), 400) == {}


def test_a_pace_that_keeps_up_never_reaches_zero() -> None:
    past = [(f"p{n}", lived(n * 21, n * 21 + 10)) for n in range(31)]
    seen = budget([*past, ("x", lived(650, None))])
    assert seen.forecast.zero_if_nothing_closed is not None


def test_the_burn_down_starts_a_window_ago_and_ends_now() -> None:
    seen = budget(example())
    assert (in_hours(seen.series[0][0]), in_hours(seen.series[-1][0])) == (0, NOW)
    assert seen.series[-1][1] == seen.remaining_seconds
    assert dict(seen.series)[at(254)] == ALLOWANCE - 6 * HOUR


def test_a_long_history_is_shown_in_four_hundred_steps() -> None:
    clocks = [(str(n), lived(n / 10, n / 10 + 50)) for n in range(1000)]
    seen = budget(clocks)
    assert len(seen.series) == 400
    assert seen.series[-1][1] == seen.remaining_seconds


def test_the_projection_starts_with_what_is_left_and_passes_through_zero() -> None:
    seen = budget(example())
    projected = dict(seen.forecast.if_nothing_closed)
    zero = seen.forecast.zero_if_nothing_closed
    assert zero is not None
    assert projected[at(NOW)] == seen.remaining_seconds
    assert projected[zero] == 0


# Roll-ups


def test_hours_add_up_and_the_worst_member_decides() -> None:
    fine, spent = budget(example()), budget(one_late(40))
    total = roll_up([fine, spent])
    assert total.consumed_seconds == 58 * HOUR
    assert total.allowance_seconds == 2 * ALLOWANCE
    assert total.remaining == 1 - Fraction(58 * HOUR) / (2 * ALLOWANCE)
    assert (total.state, total.worst, total.members) == (PolicyState.SPENT, spent, 2)


def test_no_budget_at_all_is_unknown() -> None:
    total = roll_up([])
    assert (total.state, total.remaining, total.worst) == (PolicyState.UNKNOWN, None, None)


def test_budgets_of_which_nothing_is_known_add_up_to_unknown() -> None:
    nobody_knows = replace(
        budget(example()), allowance_seconds=Fraction(0), state=PolicyState.UNKNOWN
    )
    total = roll_up([nobody_knows, nobody_knows])
    assert (total.state, total.remaining, total.members) == (PolicyState.UNKNOWN, None, 2)


def test_a_percentage_never_reads_better_than_it_is() -> None:
    assert percent(Fraction(9999, 10000)) == "99.9%"
    assert percent(Fraction(-1, 10000)) == "−0.1%"
    assert percent(Fraction(-12, 100)) == "−12%"
