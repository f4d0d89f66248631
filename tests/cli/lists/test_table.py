"""Tables fit their width: long texts give way, then the last columns stand on a second line."""

import pytest
from rich.cells import cell_len

from tests.cli.conftest import Ask
from tesuri.cli.terminal import cut, plain

COMMANDS = (("week",), ("findings",), ("budget",), ("services",), ("doctor",), ("ingest", "a.json"))


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("width", [60, 80, 120, 160])
def test_the_rows_of_a_table_fit_the_width(
    ask_known: Ask, monkeypatch: pytest.MonkeyPatch, width: int, language: str
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    for command in COMMANDS:
        lines = ask_known(*command, "--lang", language).out.splitlines()
        start = 1 if command == ("week",) else 0
        head, first = lines[start : start + 2]
        assert cell_len(head) <= width, command
        assert cell_len(first) <= width, command
        assert [line for line in lines if line != line.rstrip()] == []


def test_what_does_not_fit_stands_under_its_row(
    ask_known: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = ask_known("findings").out
    monkeypatch.setenv("COLUMNS", "60")
    narrow = ask_known("findings").out
    assert "Tools  State" in wide.splitlines()[0]
    assert "Tools" not in narrow.splitlines()[0]
    assert "Tools trivy · State Open" in narrow.splitlines()[2]


def test_the_line_of_the_week_stands_after_what_fits(ask_known: Ask) -> None:
    lines = ask_known("week").out.splitlines()
    assert lines[0].startswith("2 things fit this week")
    assert lines[4].startswith("━━ 2 h of 16 h planned")


@pytest.mark.parametrize(
    ("text", "width", "is_cut_left", "shown"),
    [
        ("short", 5, False, "short"),
        ("longer", 5, False, "long…"),
        ("reports/today.json", 11, True, "…today.json"),
        ("検出事項です", 7, False, "検出事…"),
        ("検出事項です", 7, True, "…項です"),
    ],
)
def test_a_text_is_cut_to_cells(text: str, width: int, is_cut_left: bool, shown: str) -> None:  # noqa: FBT001 - a parameter of the table above
    assert cut(text, width, is_cut_left=is_cut_left) == shown


def test_plain_text_is_one_line_without_controls() -> None:
    assert plain("a\nb\tc\x1b[0m\x07\u202ed\x9b") == "a b c\ufffd[0m\ufffd\ufffdd\ufffd"
