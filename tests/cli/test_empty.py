"""Looking at a folder without a store makes nothing in it, and says how to begin."""

from pathlib import Path

import pytest

from tests.cli.conftest import Ask


@pytest.mark.parametrize("command", ["week", "findings", "services", "budget", "feeds", "doctor"])
def test_a_command_that_only_reads_makes_no_file(
    ask: Ask, tmp_path: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert ask("--workspace", str(folder), command).code == 0
    assert list(folder.iterdir()) == []


def test_an_empty_week_says_how_to_begin(ask: Ask, tmp_path: Path) -> None:
    assert "tesuri ingest" in ask("--workspace", str(tmp_path / "assets"), "week").out
