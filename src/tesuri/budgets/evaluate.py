"""Evaluates one budget: clocks of one owner under one objective in, everything that is shown of it out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from functools import partial

from tesuri.budgets.alerts import burn_alerts, forecast_alert, hours, trend_alert
from tesuri.budgets.book_line import BookLine
from tesuri.budgets.burn import burn_rate
from tesuri.budgets.exposure import exposed_seconds
from tesuri.budgets.forecast import (
    as_instant,
    closed_at_pace,
    cut_at,
    past_series,
    projected_series,
    usual_pace,
    zero_at,
)
from tesuri.budgets.instants import instant, seconds_of
from tesuri.budgets.ledger import (
    Ledger,
    balance,
    in_seconds,
    ledger_of,
    usual_due_cap,
    with_debits,
)
from tesuri.budgets.policy import policy_reading
from tesuri.budgets.window import Span, StepCurve, as_flag, clipped, curve_of, without
from tesuri.model.budget import (
    Alert,
    Budget,
    BudgetDetails,
    Debit,
    Exclusion,
    Forecast,
    Owner,
    Pace,
)
from tesuri.model.clock import Clock
from tesuri.model.errors import BadInput
from tesuri.model.later import Later
from tesuri.model.objective import ClockStart, Incident, IncidentGrade, Objective

_EXCLUDED_AT_MOST = Fraction(1, 20)


@dataclass(frozen=True, slots=True)
class Times:
    """One clock in whole seconds."""

    started: int
    due: int | None
    closed: int | None
    objective_seconds: int
    overdue: tuple[Span, ...]
    is_waiting: bool

    def is_open(self, now: int) -> bool:
        """Whether it has begun and is not closed."""
        return self.started <= now and (self.closed is None or self.closed > now)

    @property
    def not_due(self) -> Span | None:
        """While it is open and not due yet; None where it never is."""
        if self.due is None:
            return None
        end = self.due if self.closed is None else min(self.due, self.closed)
        return (self.started, end) if self.started < end else None

    def was_late(self, now: int) -> bool:
        """Whether it was or is late."""
        return any(start <= now for start, _ in self.overdue)


_Entry = tuple[str, Times]
"""A unit with its clock."""


@dataclass(frozen=True, slots=True)
class CountedClocks:
    """The clocks that one budget counts, in whole seconds and as books: what no instant changes."""

    clocks: Sequence[tuple[str, Clock]]
    """Kept only where the objective counts from a fix."""
    entries: Sequence[_Entry]
    late: StepCurve
    """How many are late at once, before tolerance and cap."""
    ledger: Ledger
    """Without exclusions and debits, and without a cap of what is usual."""
    first_start: int | None
    not_due: StepCurve
    """How many are open and not due yet at once."""
    zeros: dict[int | None, tuple[int, int | None]] = field(
        default_factory=dict, compare=False, repr=False
    )
    """Cap of what is usual → the last instant that was asked about, and the first after it with nothing left, of the plain books."""


def count_clocks(
    objective: Objective,
    clocks: Sequence[tuple[str, Clock]],
    times: dict[Clock, Times] | None = None,
) -> CountedClocks:
    """Count the clocks, grouped before: (unit key, clock); `times` is shared by the budgets of the objective.

    **cost** O(n log n) in the clocks, once for every instant that is asked about.
    """
    shared = {} if times is None else times
    entries = [
        (unit, _times(clock, objective, shared)) for unit, clock in clocks if clock.is_counted
    ]
    late = curve_of(span for _, each in entries for span in each.overdue)
    counted = clipped(late, tolerance=objective.tolerance, cap=objective.cap)
    dues = [(each.due, each.objective_seconds) for _, each in entries if each.due is not None]
    return CountedClocks(
        clocks=clocks if objective.clock is ClockStart.FIX_AVAILABLE else (),
        entries=entries,
        late=late,
        ledger=ledger_of(objective, counted, curve_of(()), dues),
        first_start=min((each.started for _, each in entries), default=None),
        not_due=curve_of(span for _, each in entries if (span := each.not_due)),
    )


def evaluate_budget(
    objective: Objective,
    clocks: Sequence[tuple[str, Clock]] | CountedClocks,
    *,
    now: datetime,
    owner: Owner,
    coverage: Fraction | None,
    incidents: Sequence[Incident] = (),
    exclusions: Sequence[Exclusion] = (),
    scan_interval_seconds: int = 24 * 3600,
) -> Budget:
    """Give the budget of one owner under one objective as of `now`.

    `clocks` are (unit key, clock), grouped before counting, or counted before; `incidents` are those of this owner.
    **raises** `BadInput` when more than 5% of the window is excluded. **cost** a few looks at each clock that was counted.
    """
    at = seconds_of(now)
    known = clocks if isinstance(clocks, CountedClocks) else count_clocks(objective, clocks)
    entries = known.entries
    excluded = _excluded(exclusions, at, objective.window_seconds)
    debits = _debit_spans(incidents, objective.window_seconds)
    ledger = _booked(_ledger(known, excluded, at), debits)
    breach = next((i.id for i, s, e in debits if _is_open_breach(i, s, e, at)), "")
    reading = policy_reading(ledger, at, coverage=coverage, open_breach=breach)
    consumed, allowance = (in_seconds(ledger, units) for units in balance(ledger, at))
    allowed, left = (_misses(each, objective) for each in (allowance, allowance - consumed))
    zero = _zero_at(known, ledger, at)
    return Budget(
        objective=objective.id,
        owner=owner,
        as_of=instant(at),
        window_seconds=objective.window_seconds,
        objective_seconds=objective.objective_seconds,
        target=objective.target,
        allowance_seconds=allowance,
        consumed_seconds=consumed,
        remaining=1 - consumed / allowance,
        state=reading.state,
        reason=reading.reason,
        misses_allowed=allowed,
        misses_used=max(0, allowed - left),
        misses_left=left,
        overdue_now=known.late.level(at),
        open_not_due=known.not_due.level(at),
        coverage=coverage,
        debits=_shown_debits(ledger, debits, at),
        forecast=_forecast(ledger, entries, at, zero),
        series=_past_line(ledger, at),
        details=Later(
            partial(_details, known, ledger, at, zero, scan_interval_seconds=scan_interval_seconds)
        ),
    )


def _zero_at(known: CountedClocks, ledger: Ledger, now: int) -> int | None:
    """Give the first second with nothing left; what an earlier instant found ahead of it is still ahead."""
    if ledger.excluded.instants or ledger.debits:
        return zero_at(ledger, now)
    asked_at, zero = known.zeros.get(ledger.due_cap, (now + 1, None))
    if asked_at <= now and (zero is None or now <= zero):
        return zero
    zero = zero_at(ledger, now)
    known.zeros.clear()
    known.zeros[ledger.due_cap] = (now, zero)
    return zero


def _details(
    known: CountedClocks, ledger: Ledger, at: int, zero: int | None, *, scan_interval_seconds: int
) -> BudgetDetails:
    entries, objective = known.entries, ledger.objective
    alerts = burn_alerts(ledger, at, scan_interval_seconds=scan_interval_seconds)
    judged, in_window = _judged(entries, at, objective.window_seconds)
    return BudgetDetails(
        burn_rates=_burn_rates(ledger, at, alerts),
        due=len(in_window),
        on_time=in_window.count(False),
        alerts=alerts,
        forecast_alert=forecast_alert(zero, at),
        trend_alert=trend_alert(judged, at, objective.target),
        contributions=_contributions(entries, ledger.excluded, at, objective.window_seconds),
        waiting_for_fix=sum(e.is_waiting and e.is_open(at) for _, e in entries),
        exposed_seconds=exposed_seconds(objective, known.clocks, ledger.excluded, at),
    )


def books_of(
    objective: Objective,
    clocks: Sequence[tuple[str, Clock]],
    *,
    now: datetime,
    incidents: Sequence[Incident] = (),
    exclusions: Sequence[Exclusion] = (),
) -> Ledger:
    """Give the books that `evaluate_budget` reads, to be asked at other instants too."""
    at = seconds_of(now)
    excluded = _excluded(exclusions, at, objective.window_seconds)
    ledger = _ledger(count_clocks(objective, clocks), excluded, at)
    return _booked(ledger, _debit_spans(incidents, objective.window_seconds))


def _judged(
    entries: Sequence[_Entry], now: int, window: int
) -> tuple[list[tuple[int, bool]], list[bool]]:
    """Give (due, was late) of all that fell due so far, and whether it was late of what did in the window."""
    judged = [(e.due, e.was_late(now)) for _, e in entries if e.due is not None and e.due <= now]
    return judged, [late for due, late in judged if due > now - window]


def _misses(seconds: Fraction, objective: Objective) -> int:
    """Give how many whole findings may each be a full objective late in so much time."""
    return max(0, int(seconds // objective.objective_seconds))


def _times(clock: Clock, objective: Objective, known: dict[Clock, Times]) -> Times:
    found = known.get(clock)
    if found is None:
        found = known[clock] = Times(
            started=seconds_of(clock.started_at),
            due=_optional(clock.due_at),
            closed=_optional(clock.closed_at),
            objective_seconds=clock.objective_seconds or objective.objective_seconds,
            overdue=tuple((seconds_of(start), _optional(end)) for start, end in clock.overdue),
            is_waiting=clock.is_waiting_for_fix,
        )
    return found


def _optional(at: datetime | None) -> int | None:
    return None if at is None else seconds_of(at)


_NO_TIME = curve_of(())


def _excluded(exclusions: Sequence[Exclusion], now: int, window: int) -> StepCurve:
    if not exclusions:
        return _NO_TIME
    for exclusion in exclusions:
        if exclusion.end_at <= exclusion.start_at:
            raise BadInput("An exclusion ends before it starts.", where=exclusion.reason)
    spans = [(seconds_of(e.start_at), seconds_of(e.end_at)) for e in exclusions]
    excluded = as_flag(curve_of(spans))
    dropped = excluded.area(now - window, now)
    if dropped > _EXCLUDED_AT_MOST * window:
        raise BadInput(
            f"Exclusions take {hours(dropped)} out of a window of {hours(window)}; at most 5% of it, "
            f"{hours(_EXCLUDED_AT_MOST * window)}, may be excluded.",
            remedy="Shorten or remove an exclusion.",
        )
    return excluded


def _ledger(known: CountedClocks, excluded: StepCurve, now: int) -> Ledger:
    ledger = known.ledger
    if excluded.instants:
        ledger = replace(ledger, late=without(ledger.late, excluded), excluded=excluded)
    due_cap = usual_due_cap(ledger, now, known.first_start)
    return ledger if due_cap is None else replace(ledger, due_cap=due_cap)


def _debit_spans(incidents: Sequence[Incident], window: int) -> list[tuple[Incident, int, int]]:
    spans = []
    for incident in incidents:
        start = seconds_of(incident.declared_at)
        closed = _optional(incident.closed_at)
        end = start + window if closed is None else min(start + window, closed)
        spans.append((incident, start, end))
    return spans


def _booked(ledger: Ledger, debits: Sequence[tuple[Incident, int, int]]) -> Ledger:
    if not debits:
        return ledger
    return with_debits(ledger, ((start, end, i.grade.debit) for i, start, end in debits))


def _is_open_breach(incident: Incident, start: int, end: int, now: int) -> bool:
    return incident.grade is IncidentGrade.BREACH and start <= now < end


def _shown_debits(
    ledger: Ledger, debits: Sequence[tuple[Incident, int, int]], now: int
) -> tuple[Debit, ...]:
    return tuple(
        Debit(i.id, i.grade, instant(start), instant(end), in_seconds(ledger, booked.units))
        for (i, start, end), booked in zip(debits, ledger.debits, strict=True)
        if start <= now < end
    )


def _burn_rates(ledger: Ledger, now: int, alerts: Sequence[Alert]) -> Mapping[int, Fraction]:
    rates = {alert.rule.long_seconds: alert.long_burn for alert in alerts}
    rates |= {alert.rule.short_seconds: alert.short_burn for alert in alerts}
    whole = ledger.objective.window_seconds
    return dict(sorted({**rates, whole: burn_rate(ledger, now, whole)}.items()))


def _forecast(ledger: Ledger, entries: Sequence[_Entry], now: int, zero: int | None) -> Forecast:
    return Forecast(
        zero_if_nothing_closed=as_instant(zero),
        if_nothing_closed=BookLine(
            ledger,
            now,
            now + ledger.objective.window_seconds,
            lambda line: projected_series(line.ledger, now, zero),
        ),
        pace=Later(partial(_pace, ledger, entries, now)),
    )


def _pace(ledger: Ledger, entries: Sequence[_Entry], now: int) -> Pace:
    window = ledger.objective.window_seconds
    closings = [entry.closed for _, entry in entries if entry.closed is not None]
    pace = usual_pace(closings, now, window)
    line = BookLine(
        _at_usual_pace(ledger, entries, now, pace),
        now,
        now + window,
        lambda line: projected_series(line.ledger, now, zero_at(line.ledger, now)),
    )
    return Pace(pace, line)


def _past_line(ledger: Ledger, now: int) -> BookLine:
    since = now - ledger.objective.window_seconds
    return BookLine(ledger, since, now, lambda line: past_series(line.ledger, line.until))


def _at_usual_pace(ledger: Ledger, entries: Sequence[_Entry], now: int, pace: Fraction) -> Ledger:
    objective = ledger.objective
    still_open = [
        (entry.due, place)
        for place, (_, entry) in enumerate(entries)
        if entry.due is not None and entry.is_open(now)
    ]
    ends = closed_at_pace(still_open, now, pace, objective.window_seconds)
    if not ends:
        return ledger
    spans: list[Span] = []
    for place, (_, entry) in enumerate(entries):
        end = ends.get(place)
        spans.extend(entry.overdue if end is None else cut_at(entry.overdue, end))
    late = clipped(curve_of(spans), tolerance=objective.tolerance, cap=objective.cap)
    return replace(ledger, late=without(late, ledger.excluded))


def _contributions(
    entries: Sequence[_Entry], excluded: StepCurve, now: int, window: int
) -> tuple[tuple[str, int], ...]:
    late: dict[str, int] = {}
    for unit, entry in entries:
        for start, end in entry.overdue:
            begin, until = max(start, now - window), now if end is None else min(end, now)
            if begin < until:
                counted = until - begin
                counted -= excluded.area(begin, until) if excluded.instants else 0
                late[unit] = late.get(unit, 0) + counted
    ordered = sorted(late.items(), key=lambda item: (-item[1], item[0]))
    return tuple((unit, seconds) for unit, seconds in ordered if seconds > 0)
