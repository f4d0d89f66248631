"""`tesuri budget history`: every budget at the end of every day."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from tests.cli.conftest import Ask
from tesuri.cli.demo import demo_folder
from tesuri.flows.budgets.show_history import show_history
from tesuri.model.views_history import HistoryView
from tesuri.settings import read_settings
from tesuri.wiring.site import Site, days_in_bulk, site_at


def _days(document: dict[str, object]) -> list[dict[str, object]]:
    days = document["days"]
    assert isinstance(days, list)
    return days


def test_the_last_day_is_what_the_budget_says_now(ask_known: Ask) -> None:
    told = ask_known("budget", "history", "--days", "3", "--format", "json").json()
    assert told["asked_days"] == 3
    last = {(day["objective"], day["service"]): day for day in _days(told)}
    shown = ask_known("budget", "--service", "b", "--format", "json").json()["budgets"]
    assert isinstance(shown, list)
    for row in shown:
        day = last[row["objective"], "b"]
        assert day["left_seconds"] == pytest.approx(row["remaining_seconds"], abs=60)
        assert day["allowance_seconds"] == pytest.approx(row["allowance_seconds"], abs=1)
    assert any(row["late_now"] for row in shown)


def test_a_day_that_used_budget_leaves_less_than_the_day_before(ask_known: Ask) -> None:
    rows = _days(
        ask_known("budget", "history", "--days", "2", "--service", "b", "--format", "json").json()
    )
    late = [row for row in rows if row["day_late_seconds"]]
    assert late
    before = {(row["objective"], row["at"]): row["left_seconds"] for row in rows}
    for row in late:
        earlier = min(str(at) for objective, at in before if objective == row["objective"])
        if row["at"] != earlier:
            assert float(str(row["left_seconds"])) < float(str(before[row["objective"], earlier]))


def test_the_table_has_a_line_a_budget_and_csv_a_row_a_day(ask_known: Ask) -> None:
    asked = ("budget", "history", "--days", "4", "--service", "a")
    table = ask_known(*asked).out.splitlines()
    rows = ask_known(*asked, "--format", "csv").out.splitlines()
    assert "Days spent" in table[0]
    assert rows[0].startswith("at,objective,service,remaining,")
    assert len(rows) - 1 == 4 * sum("  a  " in line for line in table[1:])


@pytest.mark.parametrize(
    ("option", "said"), [("--service", "no service"), ("--objective", "no objective")]
)
def test_a_name_that_nobody_declared_is_refused(ask_known: Ask, option: str, said: str) -> None:
    refused = ask_known("budget", "history", option, "nobody")
    assert (refused.code, said in refused.err) == (2, True)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Site:
    settings = read_settings({}, tmp_path_factory.mktemp("company"))
    return site_at(demo_folder(Site(settings), is_fresh=True, tell=_untold), settings)


def _untold(number: int, count: int) -> None:
    assert number <= count


def test_many_budgets_at_once_have_the_same_days_as_one_by_one(company: Site) -> None:
    with company.survey(datetime.now(UTC)) as (survey, _):
        one_by_one = show_history(survey, days=90, team=None)
        together = show_history(survey, days=90, team=None, in_bulk=days_in_bulk, bulk_from=0)
    assert _plain(together) == _plain(one_by_one)
    assert len(one_by_one.courses) > 40


def _plain(view: HistoryView) -> Sequence[object]:
    return sorted(
        (str(day.objective), day.service, day.at, day.remaining, day.late_seconds, day.burn)
        for course in view.courses
        for day in course.days
    )
