import re
from dataclasses import replace
from fractions import Fraction
from xml.etree import ElementTree as ET

import pytest

from tests.web.sample_budgets import (
    AMPLE_ROW,
    BURN_DOWN,
    HOUR,
    MISSES,
    SPENT_ROW,
    UNKNOWN_ROW,
    URGENT_ROW,
)
from tests.web.sample_views import WEEK
from tesuri.charts.burn_down import burn_down, burn_down_rows
from tesuri.charts.burn_frame import MIDDLE, NARROW, WIDE, Size
from tesuri.charts.decision_path import path_link
from tesuri.charts.labels import Labels
from tesuri.charts.pips import pips
from tesuri.charts.strip import strip
from tesuri.model.views import BudgetRow
from tesuri.model.views_slo import BudgetPoint
from tesuri.wording.catalogue import Language
from tesuri.wording.instants import JAPAN
from tesuri.wording.phrases import phrases_for

EN = phrases_for(Language.EN, JAPAN)


def drawn(row: BudgetRow) -> ET.Element:
    return ET.fromstring(pips(row, label="left", name="x", width=200))  # noqa: S314  our own text


def parts(svg: ET.Element, kind: str) -> list[float]:
    return [float(node.get("width", "")) for node in svg if node.get("class") == kind]


def test_a_budget_has_one_segment_for_each_whole_allowed_miss() -> None:
    svg = drawn(URGENT_ROW)
    assert len(parts(svg, "void")) == 3
    whole, part = parts(svg, "left")
    assert part / whole == pytest.approx(0.476, abs=0.01)


def test_a_spent_budget_has_nothing_left_and_an_unknown_one_is_hatched() -> None:
    assert parts(drawn(SPENT_ROW), "left") == []
    unknown = drawn(UNKNOWN_ROW)
    assert unknown.get("class") == "pips unk"
    assert parts(unknown, "left") == []


def test_many_misses_and_less_than_one_are_a_single_bar() -> None:
    many = replace(AMPLE_ROW, miss_seconds=HOUR)
    below_one = replace(AMPLE_ROW, miss_seconds=AMPLE_ROW.allowance_seconds * 2)
    assert [len(parts(drawn(row), "void")) for row in (many, below_one)] == [1, 1]


def test_a_budget_without_any_allowance_is_drawn_as_empty() -> None:
    assert parts(drawn(replace(AMPLE_ROW, allowance_seconds=0)), "left") == []


@pytest.mark.parametrize("size", [WIDE, MIDDLE, NARROW])
@pytest.mark.parametrize("language", list(Language))
def test_the_burn_down_stays_inside_its_frame(size: Size, language: Language) -> None:
    text = burn_down(BURN_DOWN, MISSES, phrases_for(language, JAPAN), size, title="t & <t>")
    svg = ET.fromstring(text)  # noqa: S314  our own text
    assert svg.findtext("title") == "t & <t>"
    places = [float(x) for x in re.findall(r' x="([-\d.]+)"', text)]
    assert min(places) >= 0
    assert max(places) <= size.width
    assert "style" not in text


def test_the_burn_down_shows_misses_forecast_and_events() -> None:
    text = burn_down(BURN_DOWN, MISSES, EN, WIDE, title="t")
    for words in ("A", "B", "C", "now", "gone Sun 29 Nov if nothing is closed", "WVR-66 lapsed"):
        assert f">{words}</text>" in text
    assert text.count('class="g-proj') == 2


def test_an_overspent_budget_is_drawn_below_zero() -> None:
    over = replace(
        BURN_DOWN,
        points=(*BURN_DOWN.points[:-1], BudgetPoint(BURN_DOWN.now, -200 * HOUR)),
        if_nothing_closed=(),
        zero_at=None,
        usual_pace=(),
    )
    text = burn_down(over, (), EN, WIDE, title="t")
    assert ">−1 misses</text>" in text
    assert ">−200 h</text>" in text


def test_a_budget_of_less_than_a_miss_is_measured_in_hours() -> None:
    small = replace(BURN_DOWN, allowance_seconds=504 * HOUR, miss_seconds=1_000 * HOUR)
    assert ">504 h</text>" in burn_down(small, (), EN, WIDE, title="t")


def test_the_table_twin_has_one_row_a_day() -> None:
    rows = burn_down_rows(BURN_DOWN)
    assert rows[-1] == BURN_DOWN.points[-1]
    assert len({point.at.date() for point in rows}) == len(rows)


def test_a_label_goes_to_the_first_free_place_or_nowhere() -> None:
    labels = Labels(left=0, right=100)
    assert 'x="10.0"' in labels.place("words", ((10, 20), (10, 60)), "")[0]
    assert 'y="60.0"' in labels.place("words", ((10, 20), (10, 60)), "")[0]
    assert labels.place("words", ((10, 20), (90, 90)), "") == []


def test_the_strip_counts_over_each_bar_and_gives_zero_a_foot() -> None:
    text = strip(WEEK.due_weeks, EN, name="due", title="Due")
    assert text.count("g-bar zero") == sum(1 for week in WEEK.due_weeks if not week.count)
    assert ">11</text>" in text


def test_a_path_joins_the_rows_of_two_answers() -> None:
    assert "M0 14C50 14 50 42 100 42" in path_link(0, 1, 3)


def test_shares_of_a_budget_are_exact() -> None:
    assert URGENT_ROW.misses_left == Fraction(248, 168)
