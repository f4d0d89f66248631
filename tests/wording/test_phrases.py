from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

from tesuri.wording import spans
from tesuri.wording.catalogue import Language
from tesuri.wording.instants import JAPAN
from tesuri.wording.phrases import phrases_for

EN, JA = phrases_for(Language.EN, JAPAN), phrases_for(Language.JA)
NOW = datetime(2026, 11, 24, 0, 36, tzinfo=UTC)
DUE = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
HOUR, DAY = 3_600, 86_400


def test_a_deadline_is_written_in_full() -> None:
    assert (EN.instant(DUE, NOW), JA.instant(DUE, NOW)) == ("Thu 26 Nov 18:00", "11/26（木）18:00")


def test_another_year_is_named() -> None:
    past = DUE.replace(year=2025)
    assert EN.instant(past, NOW) == "Wed 26 Nov 2025 18:00"
    assert JA.instant(past, NOW) == "2025/11/26（水）18:00"


def test_english_without_a_zone_is_in_utc_and_japanese_in_jst() -> None:
    assert phrases_for(Language.EN).clock(NOW) == "00:36 UTC"
    assert JA.clock(NOW) == "09:36 JST"


@pytest.mark.parametrize(
    ("at", "english", "japanese"),
    [
        (NOW + timedelta(hours=8, minutes=24), "today 18:00", "今日 18:00"),
        (DUE, "Thu 18:00", "木 18:00"),
        (NOW + timedelta(days=8), "2 Dec", "12/2"),
        (NOW - timedelta(hours=34), "34 h late", "34時間超過"),
        (NOW - timedelta(days=20), "20 d late", "20日超過"),
    ],
)
def test_a_deadline_in_a_narrow_column_is_as_short_as_it_stays_clear(
    at: datetime, english: str, japanese: str
) -> None:
    assert (EN.due(at, NOW), JA.due(at, NOW)) == (english, japanese)


def test_time_that_is_left_and_time_that_has_passed() -> None:
    assert (EN.ahead(DUE, NOW), JA.ahead(DUE, NOW)) == ("in 2 d 8 h", "あと2日8時間")
    past = NOW - timedelta(hours=2, minutes=50)
    assert (EN.ago(past, NOW), JA.ago(past, NOW)) == ("2 h ago", "2時間前")
    assert (EN.ago(NOW, NOW), JA.ago(NOW, NOW)) == ("just now", "たった今")


@pytest.mark.parametrize(
    ("seconds", "english", "japanese"),
    [
        (4 * HOUR, "4 h", "4時間"),
        (1_800, "0.5 h", "0.5時間"),
        (248 * HOUR + 3_599, "248 h", "248時間"),
        (4_320 * HOUR, "4,320 h", "4,320時間"),
        (-24 * HOUR, "−24 h", "−24時間"),
        (120, "2 min", "2分"),
        (0, "0 h", "0時間"),
    ],
)
def test_hours_are_cut_and_never_rounded_up(seconds: int, english: str, japanese: str) -> None:
    assert (EN.hours(seconds), JA.hours(seconds)) == (english, japanese)


def test_effort_keeps_its_half_hour_at_any_size() -> None:
    assert (EN.work(750), JA.work(750)) == ("12.5 h", "12.5時間")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(5 * DAY + 5 * HOUR, "5 d 5 h"), (7 * DAY, "7 d"), (5_400, "1 h 30 min"), (59, "0 min")],
)
def test_a_span_has_its_two_largest_units(seconds: int, text: str) -> None:
    assert EN.span(seconds) == text


def test_a_share_below_a_threshold_never_looks_as_if_it_were_met() -> None:
    assert spans.percent(Fraction(8_999, 10_000)) == "89%"
    assert spans.percent(Fraction(57, 60), digits=1) == "95.0%"
    assert spans.percent(Fraction(-1, 8), digits=1) == "−12.5%"


def test_days_of_a_week_across_two_months() -> None:
    start, end = date(2026, 11, 30), date(2026, 12, 6)
    assert EN.days(start, end) == "30 November to 6 December"
    assert JA.days(start, end) == "11月30日〜12月6日"
    assert EN.days(date(2026, 11, 23), date(2026, 11, 29)) == "23 to 29 November"


def test_a_count_has_its_form() -> None:
    assert EN.ngettext("{count} service", "{count} services", 1) == "1 service"
    assert EN.ngettext("{count} service", "{count} services", 1_482) == "1,482 services"
    assert JA.ngettext("{count} service", "{count} services", 2) == "2サービス"


def test_a_title_begins_with_a_number_word_below_ten() -> None:
    assert [EN.number_word(count) for count in (1, 7, 10)] == ["One", "Seven", "10"]
    assert JA.number_word(7) == "7"
