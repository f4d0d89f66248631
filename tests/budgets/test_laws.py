"""Laws that hold whatever happened: hours are compared with counting them one by one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.budgets.history import HOUR, IMMEDIATE, NOW, at, budget, decided, in_hours, lived
from tesuri.budgets.clock import run_clock
from tesuri.budgets.group import merge_clocks
from tesuri.budgets.instants import seconds_of
from tesuri.budgets.ledger import Ledger, balance, ledger_of
from tesuri.budgets.policy import LEAVE_SPENT_AT, is_still_spent
from tesuri.budgets.window import curve_of
from tesuri.model.clock import (
    Clock,
    ClockFact,
    Closed,
    Decided,
    Opened,
    Reopened,
    Waived,
    WaiverEnded,
)
from tesuri.model.finding import State

hours = st.integers(0, 1400)
lives = st.tuples(st.integers(0, 900), st.none() | st.integers(1, 400)).map(
    lambda life: lived(life[0], None if life[1] is None else life[0] + life[1])
)
histories = st.lists(lives, max_size=8)
later_facts = st.one_of(
    hours.map(lambda h: decided(h, 24)),
    hours.map(lambda h: decided(h, 240)),
    hours.map(lambda h: decided(h, None)),
    st.tuples(hours, st.integers(1, 300)).map(lambda w: Waived(at(w[0]), at(w[0] + w[1]))),
    hours.map(lambda h: WaiverEnded(at(h))),
    hours.map(lambda h: Closed(at(h), State.FIXED)),
    hours.map(lambda h: Reopened(at(h))),
)
fact_lists = st.lists(later_facts, max_size=6, unique_by=lambda fact: fact.at)


def named(clocks: Sequence[Clock]) -> list[tuple[str, Clock]]:
    return [(str(number), clock) for number, clock in enumerate(clocks)]


def consumed(clocks: Sequence[Clock], now: float = NOW) -> Fraction:
    return budget(named(clocks), now=now).consumed_seconds


def is_late(clock: Clock, hour: int) -> bool:
    moment = at(hour)
    return any(start <= moment and (end is None or moment < end) for start, end in clock.overdue)


def counted_one_by_one(clocks: Sequence[Clock], now: int) -> int:
    window = range(now - 672, now)
    return sum(is_late(clock, hour) for hour in window for clock in clocks) * HOUR


@settings(max_examples=60, deadline=None)
@given(histories, st.integers(0, 1400))
def test_consumption_is_what_counting_hour_by_hour_gives(clocks: list[Clock], now: int) -> None:
    assert consumed(clocks, now) == counted_one_by_one(clocks, now)


@settings(max_examples=60, deadline=None)
@given(histories, st.integers(0, 900), st.integers(1, 400), st.integers(1, 400))
def test_closing_earlier_never_raises_consumption(
    others: list[Clock], opened: int, one: int, other: int
) -> None:
    early, late = sorted((opened + one, opened + other))
    earlier = consumed([*others, lived(opened, early)])
    assert earlier <= consumed([*others, lived(opened, late)])
    assert earlier <= consumed([*others, lived(opened, None)])


@settings(max_examples=60, deadline=None)
@given(histories, st.integers(0, 900), st.integers(1, 48))
def test_a_finding_that_was_never_late_never_raises_consumption(
    clocks: list[Clock], opened: int, lasted: int
) -> None:
    assert consumed([*clocks, lived(opened, opened + lasted)]) == consumed(clocks)


@settings(max_examples=60, deadline=None)
@given(histories)
def test_time_slices_never_consume_more_than_hours(clocks: list[Clock]) -> None:
    sliced = budget(named(clocks), objective=replace(IMMEDIATE, cap=1))
    assert sliced.consumed_seconds <= consumed(clocks)


@settings(max_examples=60, deadline=None)
@given(histories)
def test_burn_over_the_whole_window_is_consumption_over_allowance(clocks: list[Clock]) -> None:
    seen = budget(named(clocks))
    assert seen.burn_rates[seen.window_seconds] == seen.consumed_seconds / seen.allowance_seconds


@settings(max_examples=60, deadline=None)
@given(histories)
def test_used_and_left_make_the_whole(clocks: list[Clock]) -> None:
    seen = budget(named(clocks))
    assert seen.consumed_seconds + seen.remaining_seconds == seen.allowance_seconds
    assert seen.remaining == seen.remaining_seconds / seen.allowance_seconds
    assert sum(seconds for _, seconds in seen.contributions) == seen.consumed_seconds
    assert seen.misses_used + seen.misses_left == max(seen.misses_allowed, seen.misses_left)


@settings(max_examples=60, deadline=None)
@given(st.lists(lives, min_size=1, max_size=6))
def test_splitting_a_group_never_lowers_its_hours(members: list[Clock]) -> None:
    assert consumed(merge_clocks(members)) <= consumed(members)


@settings(max_examples=60, deadline=None)
@given(histories, st.integers(0, 1400))
def test_consumption_moves_by_no_more_than_what_is_late(clocks: list[Clock], now: int) -> None:
    step = abs(consumed(clocks, now + 1) - consumed(clocks, now))
    assert step <= len(clocks) * HOUR


@settings(max_examples=60, deadline=None)
@given(histories, st.integers(0, 900), st.integers(49, 400))
def test_hours_roll_off_exactly_one_window_after_the_last_of_them(
    clocks: list[Clock], opened: int, lasted: int
) -> None:
    gone_at = opened + lasted + 672
    late = [*clocks, lived(opened, opened + lasted)]
    assert consumed(late, gone_at) == consumed(clocks, gone_at)
    assert consumed(late, gone_at - 1) > consumed(clocks, gone_at - 1)


@settings(max_examples=60, deadline=None)
@given(fact_lists.flatmap(lambda facts: st.tuples(st.just(facts), st.permutations(facts))))
def test_the_order_and_repetition_of_facts_change_nothing(
    told: tuple[list[ClockFact], list[ClockFact]],
) -> None:
    facts, shuffled = told
    opened: list[ClockFact] = [Opened(at(-1))]
    assert run_clock([*shuffled, *opened, *facts]) == run_clock([*opened, *facts])


@settings(max_examples=100, deadline=None)
@given(fact_lists)
def test_overdue_intervals_are_in_order_and_never_before_the_opening(
    later: list[ClockFact],
) -> None:
    clock = run_clock([Opened(at(0)), decided(0), *later])
    flat = [in_hours(edge) for span in clock.overdue for edge in span]
    ends = [edge for edge in flat if edge is not None]
    assert ends == sorted(set(ends))
    assert all(edge >= 0 for edge in ends)
    assert flat.count(None) <= 1
    assert (clock.closed_at is not None) <= (None not in flat)


@settings(max_examples=60, deadline=None)
@given(fact_lists, st.integers(0, 1400), st.integers(1, 400))
def test_a_waiver_never_adds_a_late_hour_while_it_runs(
    later: list[ClockFact], approved: int, lasts: int
) -> None:
    """Nothing is overdue from approval to expiry, unless the waiver is taken back or the finding returns."""
    kept = [f for f in later if not isinstance(f, WaiverEnded)]
    waiver = Waived(at(approved), at(approved + lasts))
    clock = run_clock([Opened(at(0)), decided(0), *kept, waiver])
    assert not any(is_late(clock, hour) for hour in range(approved, approved + lasts))


WEEK = replace(IMMEDIATE, window_seconds=200 * HOUR)
STEP = HOUR // 6
FIRST = seconds_of(at(0))
spans = st.lists(st.tuples(st.integers(0, 500), st.integers(1, 20)), max_size=3)


def spent_step_by_step(ledger: Ledger, now: int) -> bool:
    is_spent, good_since = False, FIRST - 1000 * HOUR
    for moment in range(FIRST, now + 1, STEP):
        used, allowance = balance(ledger, moment)
        left = 1 - Fraction(used, allowance)
        if left < LEAVE_SPENT_AT:
            good_since = moment + STEP
        is_spent = left <= 0 or (is_spent and moment - good_since < 24 * HOUR)
    return is_spent


@settings(max_examples=40, deadline=None)
@given(spans, st.integers(0, 800))
def test_leaving_spent_agrees_with_going_through_history_step_by_step(
    late: list[tuple[int, int]], now: int
) -> None:
    curve = curve_of(
        (FIRST + start * HOUR, FIRST + (start + lasts) * HOUR) for start, lasts in late
    )
    ledger = ledger_of(WEEK, curve, curve_of([]), [])
    moment = FIRST + now * HOUR + STEP // 2
    used, allowance = balance(ledger, moment)
    assert (used >= allowance or is_still_spent(ledger, moment)) == spent_step_by_step(
        ledger, moment
    )


@given(
    parts=st.tuples(
        st.integers(0, 3_000_000), st.integers(0, 3_000_000), st.integers(0, 3_000_000)
    ),
    objective=st.none() | st.integers(0, 2_000_000),
    state=st.sampled_from([State.FIXED, State.GONE, State.MITIGATED, State.FALSE_POSITIVE]),
    is_closed=st.booleans(),
)
def test_the_plain_history_gives_the_clock_that_every_step_gives(
    parts: tuple[int, int, int], objective: int | None, state: State, *, is_closed: bool
) -> None:
    """A fact told twice counts once, and takes the long way."""
    first, second, third = (timedelta(milliseconds=part) for part in parts)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    facts: list[ClockFact] = [Opened(start + first), Decided(start + second, objective)]
    facts += [Closed(start + third, state)] if is_closed else []
    assert run_clock(facts) == run_clock([*facts, facts[0], facts[0]])
