"""The history of one budget by the day, from its books: what the bulk engines must give too, number by number.

All days are read from the books of the last one: what is usual, and so what P may have, is as it is known then.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from tesuri.budgets.evaluate import books_of
from tesuri.budgets.instants import DAY, seconds_of
from tesuri.budgets.ledger import Ledger, balance, window_length
from tesuri.model.budget import Exclusion
from tesuri.model.budget_day import BudgetDay
from tesuri.model.clock import Clock
from tesuri.model.objective import Incident, Objective


def budget_days(
    objective: Objective,
    clocks: Sequence[tuple[str, Clock]],
    *,
    service: str,
    now: datetime,
    days: int,
    incidents: Sequence[Incident] = (),
    exclusions: Sequence[Exclusion] = (),
) -> Iterator[BudgetDay]:
    """Give the budget at the end of each of the last `days` times 24 hours, oldest first; the last one ends now.

    **raises** `BadInput` when more than 5% of the window is excluded.
    """
    ledger = books_of(objective, clocks, now=now, incidents=incidents, exclusions=exclusions)
    last = seconds_of(now)
    for number in range(days - 1, -1, -1):
        yield _day(ledger, service, last - number * DAY)


def _day(ledger: Ledger, service: str, at: int) -> BudgetDay:
    objective = ledger.objective
    consumed, allowance = balance(ledger, at)
    return BudgetDay(
        service=service,
        objective=objective.id,
        at=at,
        late_seconds=ledger.late.area(at - objective.window_seconds, at),
        day_late_seconds=ledger.late.area(at - DAY, at),
        consumed_units=consumed,
        allowance_units=allowance,
        units_per_second=ledger.units_per_second,
        window_seconds=window_length(ledger, at, objective.window_seconds),
        day_seconds=window_length(ledger, at, DAY),
    )


def why_not_in_bulk(objective: Objective, incidents: Sequence[Incident]) -> str:
    """Give why a budget is counted from its books one by one: half a sentence; empty where columns can say it."""
    if objective.tolerance or objective.cap is not None:
        return "it has a tolerance or a cap"
    if objective.window_seconds % DAY:
        return "its window is no whole number of days"
    return "an incident debits it" if incidents else ""
