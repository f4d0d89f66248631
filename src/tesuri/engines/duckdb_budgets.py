"""Histories of many budgets at once in DuckDB: clocks as rows of a file, one line for each service, objective and day.

No clock meets a day: each gives a step up and a step down, and the overdue time until an instant is that instant times
the number of steps, less their sum. Everything is whole seconds. `budgets.days` defines what comes out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

import duckdb

from tesuri.budgets.instants import DAY
from tesuri.budgets.window import StepCurve, as_flag, curve_of
from tesuri.engines.duckdb_verdicts import configuration
from tesuri.expressions.sql.duckdb_text import quoted
from tesuri.model.budget_day import BudgetDay
from tesuri.model.identifiers import ObjectiveId
from tesuri.model.objective import Objective

COLUMNS: Final = {
    "service": "VARCHAR",
    "objective": "VARCHAR",
    "started": "BIGINT",
    "due": "BIGINT",
    "allowed": "BIGINT",
    "late_from": "BIGINT",
    "late_until": "BIGINT",
}
"""What a row of clocks has, in seconds since 1970. A clock that was late more than once has a row for each time, of
which one has `due` and `allowed`; a service that has no clock may have a row without any number."""

_MEMORY_LIMIT: Final = "600MB"
_BATCH: Final = 10_000
_MONTH: Final = 30 * DAY
_MONTHS: Final = 12
_LEAST_MONTHS: Final = 3


@dataclass(frozen=True, slots=True)
class _Cuts:
    """The instants between which steps are added up: the days, and the beginnings of their windows."""

    first: int
    last: int
    window: int
    days: int

    @property
    def skipped(self) -> int:
        """Whole days between the beginnings of the windows and the days, which are one stretch."""
        return max(0, self.window // DAY - self.days - 1)

    @property
    def lag(self) -> int:
        """How many cuts lie between a day and the beginning of its window."""
        return min(self.window // DAY, self.days + 1)

    @property
    def count(self) -> int:
        return self.lag + self.days + 1

    def at(self, number: int) -> int:
        return self.first + DAY * (number if number <= self.days else number + self.skipped)

    def number_of(self, instant: str) -> str:
        """Give the SQL for the first cut at or after an instant; beyond the last one where there is none."""
        day = f"greatest(0, ({instant} - {self.first} + {DAY - 1}) // {DAY})"
        if not self.skipped:
            return day
        beyond = f"greatest({self.days + 1}, {day} - {self.skipped})"
        return f"CASE WHEN {day} <= {self.days} THEN {day} ELSE {beyond} END"


def cuts_of(window_seconds: int, now: int, days: int) -> _Cuts:
    """Give the cuts of a window; one day more than is asked, so that the first one has a day before it."""
    return _Cuts(now - days * DAY - window_seconds, now, window_seconds, days)


def write_budget_days(
    file: Path,
    output: Path,
    objectives: Sequence[Objective],
    *,
    now: int,
    days: int,
    exclusions: Sequence[tuple[int, int]] = (),
    folder: Path,
) -> None:
    """Write the histories of a Parquet file of clocks as Parquet; `folder` takes what memory does not hold."""
    with duckdb.connect(config=_configuration(folder)) as connection:
        connection.execute(f"CREATE TEMP VIEW clocks AS FROM read_parquet({quoted(str(file))})")
        tables = _tables(connection, objectives, now=now, days=days, exclusions=exclusions)
        answer = " UNION ALL ".join(f"FROM {table}" for table in tables)
        connection.execute(f"COPY ({answer}) TO {quoted(str(output))} (FORMAT parquet)")


def read_budget_days(
    file: Path,
    objectives: Sequence[Objective],
    *,
    now: int,
    days: int,
    exclusions: Sequence[tuple[int, int]] = (),
    folder: Path,
) -> Iterator[BudgetDay]:
    """Give the histories of a CSV file of clocks with the columns `COLUMNS`, by objective, service and day."""
    with duckdb.connect(config=_configuration(folder)) as connection:
        types = ", ".join(f"{quoted(name)}: {quoted(kind)}" for name, kind in COLUMNS.items())
        # NOTE: an empty text is a service, an empty number is none; texts stand in quotes.
        connection.execute(
            f"CREATE TEMP VIEW clocks AS SELECT * REPLACE (coalesce(service, '') AS service) "  # noqa: S608 - quoted
            f"FROM read_csv({quoted(str(file))}, header = false, quote = '\"', escape = '\"', "
            f"columns = {{{types}}}, auto_detect = false, delim = ',')"
        )
        for table in _tables(connection, objectives, now=now, days=days, exclusions=exclusions):
            rows = connection.execute(f"FROM {table} ORDER BY objective, service, day_end")
            while batch := rows.fetchmany(_BATCH):
                yield from (BudgetDay(row[0], ObjectiveId(row[1]), *row[2:]) for row in batch)


def _configuration(folder: Path) -> dict[str, str | bool | int | float | list[str]]:
    return {
        **configuration(folder),
        "memory_limit": _MEMORY_LIMIT,
        "preserve_insertion_order": False,
    }


def _tables(
    connection: duckdb.DuckDBPyConnection,
    objectives: Sequence[Objective],
    *,
    now: int,
    days: int,
    exclusions: Sequence[tuple[int, int]],
) -> Iterator[str]:
    """Make a table of answers for each length of window, one after the other; give its name."""
    excluded = as_flag(curve_of(exclusions))
    windows = sorted(objectives, key=lambda each: each.window_seconds)
    for number, (window, alike) in enumerate(groupby(windows, key=lambda e: e.window_seconds)):
        _make_keys(connection, list(alike))
        cuts = cuts_of(window, now, days)
        _make_steps(connection, cuts, excluded)
        _make_caps(connection, now, window)
        _make_cuts(connection, cuts, excluded)
        name = f"answer_{number}"
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {_answer(cuts)}")
        yield name


def _make_keys(connection: duckdb.DuckDBPyConnection, objectives: Sequence[Objective]) -> None:
    """Number the budgets: one whole number is grouped faster than two texts."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE terms (objective VARCHAR, part BIGINT, misses BIGINT)"
    )
    connection.executemany(
        "INSERT INTO terms VALUES (?, ?, ?)",
        [
            (each.id, each.target.denominator, each.target.denominator - each.target.numerator)
            for each in objectives
        ],
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE keys AS SELECT (row_number() OVER ())::INTEGER AS key, * "
        "FROM (SELECT DISTINCT service, objective FROM clocks) JOIN terms USING (objective)"
    )


def _make_steps(connection: duckdb.DuckDBPyConnection, cuts: _Cuts, excluded: StepCurve) -> None:
    """Add up what begins and ends to be late, and what falls due, up to each cut since the one before."""
    late_from, late_until = _counted("late_from", excluded), _counted("late_until", excluded)
    rows = "FROM clocks JOIN keys USING (service, objective)"
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE steps AS
        SELECT key, cut, sum(n)::BIGINT AS n, sum(s)::BIGINT AS s, sum(d)::BIGINT AS d FROM (
          SELECT key, {cuts.number_of("due")} AS cut, coalesce(late_from = due, false)::BIGINT AS n,
                 CASE WHEN late_from = due THEN {late_from} ELSE 0 END AS s, coalesce(allowed, 0) AS d
          {rows} WHERE due <= {cuts.last}
          UNION ALL
          SELECT key, {cuts.number_of("late_from")}, 1, {late_from}, 0
          {rows} WHERE late_from <= {cuts.last} AND late_from IS DISTINCT FROM due
          UNION ALL
          SELECT key, {cuts.number_of("late_until")}, -1, -({late_until}), 0
          {rows} WHERE late_until <= {cuts.last}
          UNION ALL
          SELECT key, range, 0, 0, 0 FROM keys CROSS JOIN range({cuts.count})
        ) GROUP BY key, cut
        """  # noqa: S608 - whole numbers and our own names
    )


def _make_caps(connection: duckdb.DuckDBPyConnection, now: int, window: int) -> None:
    """Say for each budget how much P may have: three times its median over twelve months."""
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE parts AS
        SELECT key, greatest(1, ({now} - due - {window}) // {_MONTH} + 1) AS first,
               least({_MONTHS}, ({now} - due) // {_MONTH}) AS last,
               sum(allowed)::BIGINT AS d, min(started) AS started
        FROM clocks JOIN keys USING (service, objective) GROUP BY ALL
        """  # noqa: S608 - whole numbers and our own names
    )
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE caps AS
        WITH months AS (
          SELECT key, month, sum(d)::BIGINT AS d FROM (
            SELECT key, unnest(range(first, last + 1)) AS month, d FROM parts WHERE first <= last
            UNION ALL SELECT key, range, 0 FROM keys CROSS JOIN range(1, {_MONTHS + 1})
          ) GROUP BY key, month
        ), seen AS (
          SELECT key, list(d ORDER BY d) AS l FROM months
          JOIN (SELECT key, min(started) AS started FROM parts GROUP BY key) USING (key)
          WHERE {now} - month * {_MONTH} >= started + {window} GROUP BY key
        )
        SELECT key, (3 * (l[(len(l) + 1) // 2] + l[len(l) // 2 + 1])) // 2 AS cap
        FROM seen WHERE len(l) >= {_LEAST_MONTHS}
        """  # noqa: S608 - whole numbers and our own names
    )


def _make_cuts(connection: duckdb.DuckDBPyConnection, cuts: _Cuts, excluded: StepCurve) -> None:
    """Write down each day that is asked for, with the seconds that count until it and until its window begins."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE cuts (cut BIGINT, day_end BIGINT, until BIGINT, "
        "since BIGINT, day_since BIGINT)"
    )

    def counted(instant: int) -> int:
        return instant - excluded.area_until(instant)

    days = [(number, cuts.at(number)) for number in range(cuts.lag + 1, cuts.count)]
    connection.executemany(
        "INSERT INTO cuts VALUES (?, ?, ?, ?, ?)",
        [
            (number, at, counted(at), counted(at - cuts.window), counted(at - DAY))
            for number, at in days
        ],
    )


def _answer(cuts: _Cuts) -> str:
    """Give the query for every day of every budget; sums are taken in one pass over the ordered steps."""
    sums = ", ".join(
        f"coalesce(sum({column}) OVER {window}, 0)::BIGINT AS {column}_{window}"
        for column, window in (
            ("n", "here"),
            ("s", "here"),
            ("n", "opening"),
            ("s", "opening"),
            ("n", "eve"),
            ("s", "eve"),
            ("d", "inside"),
        )
    )
    prefix = "(PARTITION BY key ORDER BY cut ROWS BETWEEN UNBOUNDED PRECEDING AND"
    return f"""
        WITH sums AS (
          SELECT key, cut, {sums} FROM steps WINDOW here AS {prefix} CURRENT ROW),
            opening AS {prefix} {cuts.lag} PRECEDING), eve AS {prefix} 1 PRECEDING),
            inside AS (PARTITION BY key ORDER BY cut ROWS BETWEEN {cuts.lag - 1} PRECEDING AND CURRENT ROW)
        ), days AS (
          SELECT key, day_end, until * n_here - s_here - (since * n_opening - s_opening) AS late,
                 until * n_here - s_here - (day_since * n_eve - s_eve) AS day_late,
                 greatest(until - since, least(d_inside, coalesce(cap, d_inside))) AS base,
                 until - since AS length, until - day_since AS day_length
          FROM sums JOIN cuts USING (cut) LEFT JOIN caps USING (key)
        )
        SELECT service, objective, day_end, late, day_late, late * 10 * part AS consumed,
               base * 10 * misses AS allowance, 10 * part AS units, length, day_length
        FROM days JOIN keys USING (key)
    """  # noqa: S608 - whole numbers and our own names


def _counted(column: str, excluded: StepCurve) -> str:
    """Give the SQL for the seconds up to an instant that are not excluded; as long as they last, nothing passes."""
    spans = zip(excluded.instants[::2], excluded.instants[1::2], strict=True)
    return column + "".join(
        f" - greatest(0, least({column}, {end}) - {start})" for start, end in spans
    )
