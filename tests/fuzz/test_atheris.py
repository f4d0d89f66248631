"""Two targets of `make fuzz` in every run of the tests, others at every commit; together under two minutes."""

import os
import subprocess
import sys

import pytest

from tests.fuzz.targets import ROOT, TARGETS
from tools import fuzz

SECONDS = 30
TURNS = 2


@pytest.fixture(scope="session")
def atheris() -> None:
    """Have atheris at hand; where it cannot be, skip and say so, but fail in CI."""
    reason = "" if fuzz.found() else "make test or make fuzz brings it."
    if os.environ.get("TESURI_TEST_FUZZ") == "bring":
        try:
            fuzz.bring()
        except fuzz.Unavailable as error:
            reason = str(error)
        else:
            reason = ""
    if reason and os.environ.get("CI"):
        pytest.fail(f"The readers were not fuzzed with atheris: {reason}", pytrace=False)
    if reason:
        pytest.skip(f"The readers were not fuzzed with atheris: {reason}")


@pytest.mark.parametrize("turn", range(TURNS))
def test_the_readers_whose_turn_it_is_at_this_commit_survive(atheris: None, turn: int) -> None:
    name = fuzz.targets_of(fuzz.commit(), list(TARGETS), TURNS)[turn]
    outcome = fuzz.fuzz(name, SECONDS, seed=1)
    assert outcome.is_clean, outcome.line


def test_every_reader_has_its_turn_at_some_commit_and_two_differ_at_one() -> None:
    names = list(TARGETS)
    chosen = [fuzz.targets_of(f"commit {number}", names, TURNS) for number in range(1_000)]
    assert {name for pair in chosen for name in pair} == set(names)
    assert all(len(set(pair)) == TURNS for pair in chosen)
    assert chosen[0] == fuzz.targets_of("commit 0", names, TURNS)


def test_a_kept_input_is_run_again_by_its_file() -> None:
    place = "examples/trivy.json"
    done = subprocess.run(
        [sys.executable, "-m", "tools.fuzz", "--input", place, "trivy"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, f"{place} is read or refused by trivy.\n")


def test_an_unknown_target_is_named() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.fuzz", "nobody"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "There is no target nobody" in done.stderr
