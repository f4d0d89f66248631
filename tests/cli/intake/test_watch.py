"""`tesuri watch`: one line a file, nothing moved, and an end after the file at hand."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from tests.cli.company import EXPLOITED, OTHER, Answer, report
from tests.cli.conftest import Ask

LONG_AGO = 1_700_000_000


def put(folder: Path, name: str, text: str) -> Path:
    """Write a file that nobody has touched for long."""
    place = folder / name
    place.write_text(text, encoding="utf-8")
    os.utime(place, (LONG_AGO, LONG_AGO))
    return place


def rows(answer: Answer) -> list[dict[str, object]]:
    return [json.loads(line) for line in answer.out.splitlines()]


@pytest.fixture
def inbox(folder: Path) -> Path:
    inbox = folder / "inbox"
    inbox.mkdir()
    put(inbox, "a.json", report("shop-a:1", OTHER, days_ago=1))
    put(inbox, "bad.json", '{"weather": "fine"}')
    put(inbox, "later.json.part", "{")
    (inbox / "inside").mkdir()
    return inbox


def test_one_pass_takes_in_what_is_there_and_moves_nothing(ask: Ask, inbox: Path) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in inbox.iterdir()}
    answer = ask("watch", "inbox", "--once")
    assert answer.code == 2
    assert answer.out == "a.json: 1 new, 0 known, 0 came back, 0 missed once, 0 closed, 0 skipped\n"
    assert [line for line in answer.err.splitlines() if "bad.json" in line] == [
        line for line in answer.err.splitlines() if line
    ]
    assert {path.name: path.stat().st_mtime_ns for path in inbox.iterdir()} == before
    assert ask("findings", "--format", "json").json()["total"] == 1


def test_a_second_pass_changes_nothing_and_says_so(ask: Ask, inbox: Path) -> None:
    (inbox / "bad.json").unlink()
    assert ask("watch", "inbox", "--once").code == 0
    again = ask("watch", "inbox", "--once", "--format", "jsonl")
    assert (again.code, again.err) == (0, "")
    (row,) = rows(again)
    assert (row["is_known"], row["new"]) == (True, 0)


def test_the_target_is_given_where_a_report_has_none(ask: Ask, inbox: Path) -> None:
    (inbox / "bad.json").unlink()
    put(inbox, "a.json", report("", OTHER, days_ago=1))
    ask("watch", "inbox", "--once", "--target", "shop-b:7")
    assert [row["asset"] for row in rows(ask("findings", "--format", "jsonl"))] == ["b-image"]


@pytest.mark.parametrize("options", [("--every", "soon"), ("--format", "csv"), ("--every", "0s")])
def test_a_watch_that_cannot_be_is_refused_in_one_sentence(
    ask: Ask, inbox: Path, options: tuple[str, str]
) -> None:
    answer = ask("watch", str(inbox), "--once", *options)
    assert (answer.code, answer.out) == (2, "")
    assert options[0] in answer.err


def test_a_folder_that_is_not_there_is_said(ask: Ask) -> None:
    answer = ask("watch", "nowhere", "--once")
    assert answer.code == 2
    assert answer.err.startswith("tesuri: nowhere: The folder cannot be read: No such file")


@pytest.fixture
def watching(folder: Path, inbox: Path) -> Iterator[subprocess.Popen[str]]:
    """Give the program while it watches the inbox every second."""
    with subprocess.Popen(
        [sys.executable, "-m", "tesuri", "watch", "inbox", "--every", "1s"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        yield running
        running.kill()


def line_of(stream: IO[str] | None) -> str:
    assert stream is not None
    return stream.readline()


def test_a_running_watch_sees_what_comes_says_a_bad_file_once_and_ends_on_a_signal(
    watching: subprocess.Popen[str], folder: Path, inbox: Path
) -> None:
    assert line_of(watching.stdout).startswith("a.json: 1 new")
    assert "bad.json" in line_of(watching.stderr)
    made = put(folder, "b.json", report("shop-b:1", EXPLOITED, days_ago=1))
    made.rename(inbox / "b.json")
    assert line_of(watching.stdout).startswith("b.json: 1 new")
    # The same content with another time is no news; what follows it is.
    os.utime(inbox / "b.json", (LONG_AGO + 9, LONG_AGO + 9))
    put(inbox, "c.json", report("shop-b:1", OTHER, days_ago=0))
    assert line_of(watching.stdout).startswith("c.json: 1 new, 0 known, 0 came back, 1 missed")
    put(inbox, "bad.json", report("shop-a:1", OTHER, days_ago=0))
    assert line_of(watching.stdout).startswith("bad.json: 0 new, 1 known")
    watching.send_signal(signal.SIGTERM)
    out, err = watching.communicate(timeout=30)
    assert (watching.returncode, out, err) == (0, "", "")


def test_standard_input_is_taken_in_like_a_file(program: Ask, folder: Path) -> None:
    data = (folder / "a.json").read_bytes()
    taken = program("ingest", "-", "--format", "jsonl", given=data)
    assert taken.code == 0
    (row,) = rows(taken)
    assert (row["file"], row["new"], row["target"]) == ("-", 1, "shop-a:1")
    again = program("ingest", "a.json", "-", "--format", "jsonl", given=data)
    assert [each["is_known"] for each in rows(again)] == [True, True]


def test_nothing_on_standard_input_is_said(program: Ask) -> None:
    answer = program("ingest", "-")
    assert answer.code == 2
    assert answer.err.startswith("tesuri: -: ")


def test_a_service_declared_while_it_runs_owns_what_comes_next(folder: Path) -> None:
    inbox = folder / "inbox"
    inbox.mkdir()
    command = [sys.executable, "-m", "tesuri", "watch", "inbox", "--every", "1s"]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        try:
            assert running.stdout is not None
            assert running.stderr is not None
            put(inbox, "a.json", report("shop-a:1", OTHER, days_ago=1))
            assert "a.json: 1 new" in running.stdout.readline()
            place = put(folder / "services", "a.yaml", "{name: Shop front, team: nobody}\n")
            put(inbox, "b.json", report("shop-b:1", EXPLOITED, days_ago=1))
            assert "b.json: 1 new" in running.stdout.readline()
            assert "not taken over" in running.stderr.readline()
            place.write_text("{name: Shop front, team: red}\n", encoding="utf-8")
            os.utime(place, (LONG_AGO + 1, LONG_AGO + 1))
            put(inbox, "c.json", report("shop-a:2", EXPLOITED, days_ago=1))
            assert "c.json: " in running.stdout.readline()
        finally:
            running.send_signal(signal.SIGTERM)
        said = running.stderr.read()
    assert "are taken over" in said
    assert running.returncode == 0
