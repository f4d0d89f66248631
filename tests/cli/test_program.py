"""The program itself: what only a shell sees."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Ask


def test_the_version_is_said_without_the_command_line_library(program: Ask, folder: Path) -> None:
    answer = program("--version")
    assert answer.code == 0
    assert answer.out.startswith("tesuri 0.")
    seen = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "tesuri", "--version"],
        cwd=folder,
        capture_output=True,
        check=True,
    )
    loaded = {line.rpartition(b"|")[2].strip() for line in seen.stderr.splitlines()}
    assert not loaded & {b"typer", b"rich", b"sqlalchemy", b"importlib.metadata", b"tesuri.cli"}


@pytest.mark.parametrize("size", [2, 4000])
def test_a_reader_that_has_enough_ends_the_program_in_peace(folder: Path, size: int) -> None:
    first = subprocess.Popen(
        [sys.executable, "-m", "tesuri", "inspect", *["a.json"] * size, "--format", "jsonl"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert first.stdout is not None
    assert first.stderr is not None
    if size > 2:
        first.stdout.readline()
    first.stdout.close()
    told = first.stderr.read()
    first.stderr.close()
    assert (first.wait(60), told) == (0, b"")


def test_a_terminal_without_our_letters_shows_escapes(program: Ask) -> None:
    answer = program("services", "--lang", "ja", PYTHONIOENCODING="ascii")
    assert (answer.code, answer.err) == (0, "")
    assert "\\u30b5" in answer.out


def test_a_full_disk_is_said(folder: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    with full.open("wb") as out:
        done = subprocess.run(
            [sys.executable, "-m", "tesuri", "inspect", "a.json"],
            cwd=folder,
            env={**os.environ},
            stdout=out,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.startswith(b"tesuri: The system refused a step: ")


def test_the_answer_for_people_has_a_colour_only_where_it_is_wanted(program: Ask) -> None:
    assert "\x1b" not in program("check", "plan", "plan-b.json").out
    assert "\x1b[33m" in program("check", "plan", "plan-b.json", FORCE_COLOR="1").out


def test_completion_is_printed(program: Ask) -> None:
    # Not --show-completion: that asks which shell the tests were started from.
    answer = program(_TESURI_COMPLETE="source_bash")
    assert answer.code == 0
    assert "_TESURI_COMPLETE" in answer.out
    offered = program("_", _TESURI_COMPLETE="complete_bash", COMP_WORDS="tesuri in", COMP_CWORD="1")
    assert set(offered.out.split()) >= {"ingest", "inspect"}
