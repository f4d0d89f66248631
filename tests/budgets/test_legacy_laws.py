"""Laws of the legacy budget, for whatever runs and whenever it ends."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tesuri.budgets.legacy_budget import legacy_budget
from tesuri.model.budget import Budget, Owner, OwnerKind
from tesuri.model.identifiers import ObjectiveId
from tesuri.model.legacy import Component, Cycle
from tesuri.model.objective import Counted, Objective, PolicyState

NOW = datetime(2026, 11, 22, 7, 30, 11, tzinfo=UTC)
SECOND = timedelta(seconds=1)
OBJECTIVE = Objective(
    id=ObjectiveId("legacy"),
    title="What runs is supported",
    title_ja="",
    outcome=None,
    objective_seconds=86_400,
    target=Fraction(95, 100),
    window_seconds=90 * 86_400,
    counts=Counted.COMPONENTS,
)

_ENDS = st.one_of(
    st.builds(Cycle, st.just("1"), st.dates(date(2026, 6, 1), date(2027, 6, 1))),
    st.just(Cycle("1")),
    st.just(Cycle("1", is_ended=True)),
    st.none(),
)


@st.composite
def components(draw: st.DrawFn) -> list[Component]:
    found = []
    for number in range(draw(st.integers(0, 6))):
        since = NOW - timedelta(hours=draw(st.integers(0, 3_000)))
        until = draw(st.none() | st.integers(1, 3_000).map(lambda hours: hours))
        span = (since, None if until is None else min(NOW, since + timedelta(hours=until)))
        presence = draw(st.sampled_from((None, (span,))))
        if presence is not None and span[1] is not None and span[1] <= span[0]:
            presence = None
        found.append(Component(f"part {number}", draw(_ENDS), f"asset {number}", presence))
    return found


def budget(running: list[Component], now: datetime = NOW) -> Budget:
    return legacy_budget(OBJECTIVE, running, owner=Owner(OwnerKind.SERVICE, "shop"), now=now)


@given(components())
def test_what_each_used_adds_up_to_what_was_consumed(running: list[Component]) -> None:
    found = budget(running)
    assert sum(seconds for _, seconds in found.contributions) == found.consumed_seconds
    assert found.remaining_seconds == found.allowance_seconds - found.consumed_seconds


@given(components())
def test_the_day_of_zero_is_exact(running: list[Component]) -> None:
    """A second before something is left; at that instant nothing is."""
    found = budget(running)
    zero = found.forecast.zero_if_nothing_closed
    if zero is None:
        return
    assert budget(running, zero).remaining_seconds <= 0
    if zero > NOW:
        assert budget(running, zero - SECOND).remaining_seconds > 0


@given(components())
def test_nobody_is_ample_without_knowing_nine_tenths(running: list[Component]) -> None:
    found = budget(running)
    if found.state in (PolicyState.AMPLE, PolicyState.LOW):
        assert found.coverage is not None
        assert found.coverage >= Fraction(9, 10)


@given(components(), st.integers(1, 400))
def test_support_that_ends_later_never_costs_more(running: list[Component], days: int) -> None:
    longer = [
        Component(each.declared, _later(each.cycle, days), each.asset, each.presence)
        for each in running
    ]
    assert budget(longer).consumed_seconds <= budget(running).consumed_seconds


def _later(cycle: Cycle | None, days: int) -> Cycle | None:
    if cycle is None or cycle.ends_on is None:
        return cycle
    return Cycle(cycle.name, cycle.ends_on + timedelta(days=days))


@given(components())
def test_the_line_ends_where_the_budget_stands(running: list[Component]) -> None:
    found = budget(running)
    assert found.series[-1] == (NOW, found.remaining_seconds)
    assert found.forecast.if_nothing_closed[0] == (NOW, found.remaining_seconds)
