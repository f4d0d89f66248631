"""Clocks as the rows of a CSV file, which DuckDB reads with all cores: the columns are those of `duckdb_budgets`."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from tesuri.budgets.instants import seconds_of
from tesuri.model.clock import Clock
from tesuri.model.objective import Objective

Counted = tuple[str, Objective, Clock]
"""Service (empty: nobody), objective, and a clock that counts there."""


def write_clocks(
    file: Path, budgets: Iterable[tuple[str, Objective]], clocks: Iterable[Counted]
) -> None:
    """Write one row for each budget and for each time that a clock was late, or at least one for each clock."""
    with file.open("w", encoding="utf-8") as lines:
        for service, objective in budgets:
            lines.write(f"{_text(service)},{_text(objective.id)},,,,,\n")
        for service, objective, clock in clocks:
            lines.writelines(_rows(service, objective, clock))


def _rows(service: str, objective: Objective, clock: Clock) -> Iterator[str]:
    if not clock.is_counted:
        return
    head = f"{_text(service)},{_text(objective.id)},{seconds_of(clock.started_at)}"
    due = ","
    if clock.due_at is not None:
        allowed = clock.objective_seconds or objective.objective_seconds
        due = f"{seconds_of(clock.due_at)},{allowed}"
    for start, end in clock.overdue or ((None, None),):
        late_from = "" if start is None else seconds_of(start)
        yield f"{head},{due},{late_from},{'' if end is None else seconds_of(end)}\n"
        due = ","


def _text(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
