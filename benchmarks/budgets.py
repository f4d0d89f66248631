"""Budgets of 5,000 services, four outcomes and 90 days: the engine against SQL that is written for this one question.

The plain SQL knows one window, no exclusions, no usual size of what falls due and no allowance: hours of lateness in the
window, for each day. Both read the same Parquet file and write one. `python -m benchmarks.budgets 1000000` prints the section;
its other arguments are the processes that are measured.
"""

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Final

import duckdb

from benchmarks.measure import measure
from benchmarks.page import Line, Section, page_section
from tesuri.budgets.instants import DAY
from tesuri.engines.duckdb_budgets import write_budget_days
from tesuri.model.decision import Outcome
from tesuri.model.identifiers import ObjectiveId
from tesuri.model.objective import Objective

SERVICES: Final = 5_000
DAYS: Final = 90
_WINDOW: Final = 28
_NOW: Final = 20_000 * DAY
_ALLOWED: Final = (2, 7, 30, 90)
_ROOT: Final = Path(__file__).resolve().parent.parent
_PROCESS: Final = [
    sys.executable,
    "-c",
    (
        f"import sys; sys.path.insert(0, {str(_ROOT)!r}); "
        "from benchmarks.budgets import main; main(sys.argv[1:])"
    ),
]
OBJECTIVES: Final = tuple(
    Objective(
        id=ObjectiveId(f"objective-{number}"),
        title="",
        title_ja="",
        outcome=outcome,
        objective_seconds=days * DAY,
        target=Fraction(95, 100),
        window_seconds=_WINDOW * DAY,
    )
    for number, (outcome, days) in enumerate(zip(Outcome, _ALLOWED, strict=False))
)
OWN_WINDOWS: Final = tuple(
    replace(each, window_seconds=days * DAY)
    for each, days in zip(OBJECTIVES, (28, 28, 90, 365), strict=True)
)
"""As the built-in objectives have them."""

# Over 380 days; four of five are closed within 120 days.
_CLOCKS: Final = """
    SELECT service, objective, started, due, allowed, late_from,
           CASE WHEN late_from IS NOT NULL THEN closed END AS late_until
    FROM (SELECT *, CASE WHEN closed IS NULL OR closed > due THEN due END AS late_from FROM (
      SELECT 'service-' || (hash(i) % {services}) AS service, 'objective-' || (hash(i * 3 + 1) % 4) AS objective,
             started, started + allowed AS due, allowed,
             CASE WHEN hash(i * 5) % 10 < 8 THEN started + (hash(i * 7) % (120 * {day}))::BIGINT END AS closed
      FROM (SELECT i, {now} - (hash(i * 11) % (380 * {day}))::BIGINT AS started,
                   {allowed}[1 + (hash(i * 3 + 1) % 4)::INTEGER] * {day} AS allowed FROM range({count}) t(i)
    ))) WHERE started <= {now}
"""

_PLAIN: Final = """
    WITH f AS (FROM 'clocks.parquet'),
    steps AS (
      SELECT service, objective, {from_day} AS d, 1 AS n, late_from AS s FROM f WHERE late_from <= {now}
      UNION ALL SELECT service, objective, {until_day}, -1, -late_until FROM f WHERE late_until <= {now}
    ),
    daily AS (SELECT service, objective, d, sum(n)::BIGINT AS n, sum(s)::BIGINT AS s FROM steps GROUP BY ALL),
    grid AS (SELECT * FROM (SELECT DISTINCT service, objective FROM f) CROSS JOIN range({days}) t(d)),
    sums AS (
      SELECT service, objective, g.d, sum(coalesce(n, 0)) OVER w AS n, sum(coalesce(s, 0)) OVER w AS s
      FROM grid g LEFT JOIN daily USING (service, objective, d)
      WINDOW w AS (PARTITION BY service, objective ORDER BY g.d)
    ),
    area AS (SELECT service, objective, d, ({first} + d * {day}) * n - s AS late FROM sums),
    answer AS (
      SELECT service, objective, d,
             (late - lag(late, {window}) OVER (PARTITION BY service, objective ORDER BY d))::BIGINT AS late FROM area
    )
    SELECT * FROM answer WHERE d > {window}
"""


def section(folder: Path, count: int, *, runs: int) -> Section:
    """Measure so many clocks, and compare what both say."""
    place = folder / f"budgets-{count}"
    place.mkdir()
    prepare(place, count)
    plain = measure([*_PROCESS, "plain"], place, runs=runs)
    engine = measure([*_PROCESS, "engine"], place, runs=runs)
    found, expected = sums(place / "days.parquet"), sums(place / "plain.parquet")
    if found != expected:
        raise RuntimeError(f"the engine says {found}, plain SQL {expected}")
    own = measure([*_PROCESS, "own"], place, runs=runs)
    lines = [
        Line("the engine, windows of 28 days", engine, plain, count),
        Line("the engine, windows of the built-in objectives", own, plain, count),
        Line("plain SQL", plain, plain, count),
    ]
    title = f"Budgets of {SERVICES:,} services × 4 outcomes × {DAYS} days from {count:,} clocks"
    return Section(title, "plain DuckDB SQL for the late time of each window", lines)


def prepare(place: Path, count: int) -> None:
    """Write about so many clocks, the same ones at every call."""
    allowed = str(list(_ALLOWED))
    clocks = _CLOCKS.format(services=SERVICES, day=DAY, now=_NOW, count=count, allowed=allowed)
    duckdb.execute(f"COPY ({clocks}) TO '{place / 'clocks.parquet'}'")


def sums(file: Path) -> list[tuple[object, ...]]:
    """Give how many days there are, and their late seconds added up."""
    rows: list[tuple[object, ...]] = (
        duckdb.read_parquet(str(file)).aggregate("count(*), sum(late)").fetchall()
    )
    return rows


def _plain() -> None:
    first = _NOW - (DAYS + _WINDOW) * DAY
    # Days are counted from the first window's beginning; what happened before belongs to it.
    day = f"greatest(0, ({{}} - {first - DAY + 1}) // {DAY})"
    query = _PLAIN.format(
        from_day=day.format("late_from"),
        until_day=day.format("late_until"),
        now=_NOW,
        first=first,
        day=DAY,
        window=_WINDOW,
        days=DAYS + _WINDOW + 1,
    )
    duckdb.execute(f"COPY ({query}) TO 'plain.parquet'")


def main(arguments: Sequence[str]) -> None:
    """Run one of the measured processes, or all of them."""
    here = Path()
    match arguments:
        case ["plain"]:
            _plain()
        case ["engine" | "own" as windows]:
            objectives = OBJECTIVES if windows == "engine" else OWN_WINDOWS
            output = here / ("days.parquet" if windows == "engine" else "own.parquet")
            source = here / "clocks.parquet"
            write_budget_days(source, output, objectives, now=_NOW, days=DAYS, folder=here)
        case [count]:
            with tempfile.TemporaryDirectory() as folder:
                print(page_section(section(Path(folder), int(count), runs=3), ""))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
