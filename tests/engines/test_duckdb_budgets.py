"""DuckDB and the books of each budget must give the same history, number by number."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.budgets.history import HOUR, IMMEDIATE, at, lived
from tests.budgets.test_laws import fact_lists, lives
from tesuri.budgets.clock import run_clock
from tesuri.budgets.days import budget_days, why_not_in_bulk
from tesuri.budgets.instants import DAY, seconds_of
from tesuri.engines.clock_file import write_clocks
from tesuri.engines.duckdb_budgets import read_budget_days, write_budget_days
from tesuri.model.budget import Exclusion
from tesuri.model.budget_day import BudgetDay
from tesuri.model.clock import Clock, Decided, Opened
from tesuri.model.identifiers import ObjectiveId
from tesuri.model.objective import Objective

NOW = at(24 * 500)
SHORT = replace(IMMEDIATE, id=ObjectiveId("a-week"), window_seconds=7 * DAY)
LONG = replace(
    IMMEDIATE, id=ObjectiveId("a-quarter"), window_seconds=90 * DAY, target=Fraction(9, 10)
)
OBJECTIVES = (IMMEDIATE, SHORT, LONG)

any_life = st.one_of(
    lives,
    st.tuples(st.integers(0, 12_000), st.none() | st.integers(0, 400 * 3600)).map(
        lambda life: lived(life[0], None if life[1] is None else life[0] + life[1] / 3600)
    ),
    st.tuples(st.integers(0, 300), fact_lists).map(
        lambda told: run_clock([Opened(at(told[0])), Decided(at(told[0]), 48 * HOUR), *told[1]])
    ),
)
fleets = st.dictionaries(
    st.tuples(st.sampled_from(["", 'a "b", c', "支払い"]), st.sampled_from(OBJECTIVES)),
    st.lists(any_life, max_size=12),
    min_size=1,
    max_size=5,
)
spans = st.lists(
    st.tuples(st.integers(11_000, 11_990), st.integers(1, 4)).map(
        lambda span: Exclusion(at(span[0]), at(span[0] + span[1]), "move", "ciso")
    ),
    max_size=2,
)


def by_books(
    fleet: dict[tuple[str, Objective], list[Clock]], days: int, exclusions: Sequence[Exclusion]
) -> list[BudgetDay]:
    found: list[BudgetDay] = []
    for (service, objective), clocks in fleet.items():
        named = [(str(number), clock) for number, clock in enumerate(clocks)]
        found += budget_days(
            objective, named, service=service, now=NOW, days=days, exclusions=exclusions
        )
    return sorted(found, key=lambda day: (day.objective, day.service, day.at))


def by_duckdb(
    fleet: dict[tuple[str, Objective], list[Clock]], days: int, exclusions: Sequence[Exclusion]
) -> list[BudgetDay]:
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "clocks.csv"
        counted = ((*key, clock) for key, clocks in fleet.items() for clock in clocks)
        write_clocks(file, fleet, counted)
        found = read_budget_days(
            file,
            OBJECTIVES,
            now=seconds_of(NOW),
            days=days,
            exclusions=[(seconds_of(e.start_at), seconds_of(e.end_at)) for e in exclusions],
            folder=Path(name),
        )
        return sorted(found, key=lambda day: (day.objective, day.service, day.at))


@settings(max_examples=60, deadline=None)
@given(fleets, st.integers(1, 40), spans)
def test_duckdb_gives_what_the_books_give(
    fleet: dict[tuple[str, Objective], list[Clock]], days: int, exclusions: list[Exclusion]
) -> None:
    assert by_duckdb(fleet, days, exclusions) == by_books(fleet, days, exclusions)


def test_a_file_of_columns_is_counted_without_python(tmp_path: Path) -> None:
    source, output = tmp_path / "clocks.parquet", tmp_path / "days.parquet"
    due, closed = seconds_of(at(11_900)), seconds_of(at(11_950))
    duckdb.execute(
        f"COPY (SELECT 'web' AS service, '{IMMEDIATE.id}' AS objective, {due - 48 * HOUR} AS started, {due} AS due, "
        f"{48 * HOUR} AS allowed, {due} AS late_from, {closed} AS late_until) TO '{source}'"
    )
    write_budget_days(source, output, OBJECTIVES, now=seconds_of(NOW), days=90, folder=tmp_path)
    answer = duckdb.read_parquet(str(output)).aggregate("count(*), max(late), sum(day_late)")
    assert answer.fetchall() == [(90, 50 * HOUR, 50 * HOUR)]


def test_the_burn_of_a_day_is_told_by_the_allowance_of_the_whole_window() -> None:
    clocks = [("one", lived(100, None))]
    (day,) = budget_days(IMMEDIATE, clocks, service="web", now=at(172), days=1)
    assert (day.late_seconds, day.day_late_seconds) == (24 * HOUR, 24 * HOUR)
    assert day.burn == Fraction(672) / Fraction(672, 20)
    assert day.left_seconds == Fraction(672 * HOUR, 20) - 24 * HOUR


@pytest.mark.parametrize(
    ("objective", "why"),
    [
        (replace(IMMEDIATE, tolerance=1), "it has a tolerance or a cap"),
        (replace(IMMEDIATE, cap=1), "it has a tolerance or a cap"),
        (replace(IMMEDIATE, window_seconds=36 * HOUR), "its window is no whole number of days"),
        (IMMEDIATE, ""),
    ],
)
def test_what_columns_cannot_say_is_named(objective: Objective, why: str) -> None:
    assert why_not_in_bulk(objective, []) == why


def test_a_day_is_whole_whatever_the_second_of_now() -> None:
    now = NOW + timedelta(seconds=1)
    days = [*budget_days(IMMEDIATE, [], service="", now=now, days=3)]
    assert [day.at - seconds_of(now) for day in days] == [-2 * DAY, -DAY, 0]
