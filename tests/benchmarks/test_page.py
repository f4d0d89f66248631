from benchmarks.measure import Measured
from benchmarks.page import Line, Section, Table, page, page_section

_TOOK = Measured(wall_seconds=2.0, processor_seconds=1.0, peak_bytes=5_000_000, runs=3)


def _section(title: str, provenance: str) -> str:
    return page_section(Section(title, "nothing", [Line("import", _TOOK, _TOOK, 100)]), provenance)


def test_a_part_that_is_measured_anew_replaces_its_section_and_leaves_the_others() -> None:
    before = page([_section("One", "monday"), _section("Two", "monday")])
    after = page([_section("Two", "friday"), _section("Three", "friday")], before)
    assert after == page(
        [_section("One", "monday"), _section("Two", "friday"), _section("Three", "friday")]
    )


def test_a_whole_run_keeps_nothing_of_the_page_before() -> None:
    assert page([_section("Two", "friday")]).count("## ") == 1


def test_a_line_gives_rates_for_the_clock_and_for_the_processor() -> None:
    assert "| 50 | 100 |" in _section("One", "monday")


def test_figures_of_another_kind_keep_their_head() -> None:
    shown = page_section(Table("Labels", "A note.", ("Point", "Right"), (("plan", "9"),)), "monday")
    assert "\n## Labels\n\nmonday\n\nA note.\n" in shown
    assert "| Point | Right |\n| --- | ---: |\n| plan | 9 |\n" in shown
