"""docs/expressions.md says what is true: every function is named, and the published figures are those of the test."""

import re
from pathlib import Path

import pytest

from tests.conformance.test_cel import EXPECTED
from tesuri.expressions.functions import FUNCTION_NAMES


@pytest.fixture(scope="module")
def page() -> str:
    root = Path(__file__).parents[2]
    return (root / "docs" / "expressions.md").read_text(encoding="utf-8")


def test_the_page_names_every_function_and_no_other(page: str) -> None:
    table = page.split("## What is understood")[1].split("\n- ", maxsplit=1)[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")]
    named = {
        name
        for row in rows
        if row.split("|")[1].strip() not in ("values", "operators") and "macros" not in row
        for name in re.findall(r"`([a-zA-Z.]+)`", row)
    }
    assert named - {"optMap", "optFlatMap"} == FUNCTION_NAMES


def test_the_published_share_of_the_official_cases_is_the_tested_one(page: str) -> None:
    shown = {
        name: (int(passed), int(outside))
        for name, passed, outside in re.findall(r"\| (\w+) \| (\d+) \| (\d+) \|", page)
    }
    assert shown == {
        name: (passed, outside)
        for name, (passed, _, outside) in EXPECTED.items()
        if passed or outside
    }
    passed = sum(figures[0] for figures in EXPECTED.values())
    total = sum(sum(figures) for figures in EXPECTED.values())
    assert f"{passed:,} of {total:,} pass and none fails" in page
    assert not any(failed for _, failed, _ in EXPECTED.values())
