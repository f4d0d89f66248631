"""`tesuri ingest FOLDER`: every finished report in it and below it."""

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Ask


@pytest.fixture
def reports(folder: Path) -> Path:
    below = folder / "reports" / "below"
    below.mkdir(parents=True)
    shutil.move(folder / "a.json", below.parent / "a.json")
    shutil.move(folder / "b.json", below / "b.json")
    (below / "half.json.part").write_text("{", encoding="utf-8")
    (below / ".hidden").write_text("{", encoding="utf-8")
    return below.parent


@pytest.mark.parametrize("command", ["inspect", "ingest"])
def test_a_folder_is_the_finished_reports_in_it_and_below(
    ask: Ask, reports: Path, command: str
) -> None:
    assert reports.is_dir()
    answer = ask(command, "reports", "--format", "jsonl")
    assert (answer.code, answer.out.count("\n")) == (0, 2)
    assert "reports/a.json" in answer.out
    assert "reports/below/b.json" in answer.out


def test_a_file_of_a_folder_that_nobody_can_read_is_said_and_stops_no_other(
    ask: Ask, reports: Path
) -> None:
    (reports / "notes.txt").write_text("nothing", encoding="utf-8")
    answer = ask("ingest", "reports", "--format", "jsonl")
    assert (answer.code, answer.out.count("\n")) == (2, 2)
    assert "reports/notes.txt" in answer.err


def test_a_folder_without_a_report_is_refused(ask: Ask, folder: Path) -> None:
    (folder / "empty").mkdir()
    refused = ask("ingest", "empty")
    assert (refused.code, "no report in this folder" in refused.err) == (2, True)
