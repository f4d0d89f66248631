"""`-o FILE` of a list: the answer whole in a file, and nothing on standard output."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Ask

LISTS = (
    ("week",),
    ("findings",),
    ("services",),
    ("budget",),
    ("budget", "history", "--days", "2"),
    ("budget", "report"),
    ("budget", "simulate", "--arrival", "+10%"),
    ("controls", "list"),
    ("controls", "coverage"),
    ("waivers",),
    ("feeds",),
    ("merges",),
    ("doctor",),
    ("inspect", "a.json"),
)


@pytest.mark.parametrize("command", LISTS, ids=" ".join)
def test_the_file_has_what_standard_output_would_have(
    ask_known: Ask, folder: Path, command: tuple[str, ...]
) -> None:
    shown = ask_known(*command, "--format", "json")
    written = ask_known(*command, "--format", "json", "-o", "answer.json")
    assert (written.code, written.out) == (0, "")
    told = json.loads((folder / "answer.json").read_text(encoding="utf-8"))
    assert told.keys() == shown.json().keys()


def test_a_folder_that_does_not_exist_is_said_before_anything_is_done(
    ask_known: Ask, folder: Path
) -> None:
    refused = ask_known("ingest", "a.json", "--output", "none/answer.csv")
    assert (refused.code, "folder of the file does not exist" in refused.err) == (2, True)
    assert not (folder / "none").exists()


def test_a_dash_is_standard_output(ask_known: Ask) -> None:
    assert ask_known("week", "-o", "-").out == ask_known("week").out
