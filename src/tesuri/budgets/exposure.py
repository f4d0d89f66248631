"""Known-vulnerable time: how long things were open although there was a fix, on time or late."""

from collections.abc import Iterator, Sequence

from tesuri.budgets.instants import seconds_of
from tesuri.budgets.window import Span, StepCurve, curve_of, without
from tesuri.model.clock import Clock
from tesuri.model.objective import ClockStart, Objective


def exposed_seconds(
    objective: Objective, clocks: Sequence[tuple[str, Clock]], excluded: StepCurve, now: int
) -> int | None:
    """Give the seconds in the window that the clocks were open with a fix, added up over them.

    One of which nobody said whether there is a fix counts from its opening; excluded time is dropped. None where the
    objective does not count from a fix.
    """
    if objective.clock is not ClockStart.FIX_AVAILABLE:
        return None
    counted = (each for _, each in clocks if each.is_counted and not each.is_waiting_for_fix)
    spans = [span for clock in counted for span in _open_with_fix(clock)]
    return without(curve_of(spans), excluded).area(now - objective.window_seconds, now)


def _open_with_fix(clock: Clock) -> Iterator[Span]:
    fix = clock.started_at if clock.fix_at is None else clock.fix_at
    begin = seconds_of(max(clock.started_at, fix))
    for closed, reopened in clock.gaps:
        if begin < seconds_of(closed):
            yield begin, seconds_of(closed)
        begin = max(begin, seconds_of(reopened)) if reopened is not None else begin
    closed_at = None if clock.closed_at is None else seconds_of(clock.closed_at)
    if closed_at is None or begin < closed_at:
        yield begin, closed_at
