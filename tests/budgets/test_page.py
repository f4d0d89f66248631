"""docs/budgets.md says what the code does."""

import re
from pathlib import Path

from tests.budgets.history import EXAMPLE, HOUR, IMMEDIATE, NOW, budget, example, in_hours
from tesuri.budgets.alerts import rules_for
from tesuri.budgets.load import objectives_from
from tesuri.budgets.policy import percent
from tesuri.untrusted.yaml_document import read_yaml

PAGE = (Path(__file__).parents[2] / "docs" / "budgets.md").read_text(encoding="utf-8")


def test_the_example_of_the_page_gives_its_figures() -> None:
    rows = re.findall(r"^\| ([A-H]) \| (\d+) \| (\d+|–) \| (\d+) \|$", PAGE, re.MULTILINE)
    lives = {unit: (int(a), None if b == "–" else int(b)) for unit, a, b, _ in rows}
    assert lives == EXAMPLE
    seen = budget(example())
    late = {unit: int(hours) * HOUR for unit, _, _, hours in rows if hours != "0"}
    assert dict(seen.contributions) == late
    zero = in_hours(seen.forecast.zero_if_nothing_closed)
    text = " ".join(PAGE.split())
    assert f"now is hour {NOW}" in text
    assert f"A = 5% of 672 h = {float(seen.allowance_seconds / HOUR)} h" in text
    assert (
        f"Consumed are {seen.consumed_seconds / HOUR} h: {percent(seen.remaining)} remain" in text
    )
    assert f"the state is *{seen.state}*" in text
    assert f"the budget is gone at hour {zero}" in text


def test_the_alert_table_of_the_page_is_the_one_in_force() -> None:
    rows = re.findall(
        r"^\| (\w+) \| (\d+) (h|d) \| (\d+) h \| ([\d.]+) \| (\w+) \|$", PAGE, re.MULTILINE
    )
    said = [
        (name, int(long) * (24 if unit == "d" else 1), int(short), float(factor), action)
        for name, long, unit, short, factor, action in rows
    ]
    assert said == [
        (r.name, r.long_seconds // HOUR, r.short_seconds // HOUR, float(r.factor), r.action)
        for r in rules_for(IMMEDIATE.window_seconds)
    ]


def test_the_objective_of_the_page_can_be_read() -> None:
    blocks = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    (objective,) = objectives_from(read_yaml(blocks[0].encode(), where="page"), where="page")
    assert (objective.id, objective.cap, objective.agreed_by) == ("web-14d", 5, "Misaki Sato")
