"""The answer to `tesuri check plan`, and its plain form said without the library of the command line.

A pipeline pays each tenth of a second of start-up thousands of times a day (decision 4). What is not a plain list of
files with known options is left to that library, which says what is wrong with it.
"""

import gc
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tesuri.cli.gates.answer import FailOnUnknown, exit_code, write_reports
from tesuri.cli.gates.formats import GateFormat
from tesuri.cli.lists.destinations import Destination
from tesuri.cli.state import Session, failed_files, open_session
from tesuri.flows.pause_collection import paused_collection
from tesuri.model.control import GateReport
from tesuri.model.errors import ExitCode

_OPTIONS: Final = ("--lang", "--workspace", "--repository", "--fail-on", "--format")
_LANGUAGES: Final = ("en", "ja")


@dataclass(frozen=True, slots=True)
class PlanQuestion:
    """What is asked about plans."""

    files: Sequence[str]
    repository: str = ""
    written: Sequence[Destination[GateFormat]] = (Destination(GateFormat.TABLE),)
    is_failing_on_unknown: bool = False
    baseline: str = ""
    """File that tells what was there before; empty for none."""


def answer_plans(session: Session, asked: PlanQuestion) -> ExitCode:
    """Evaluate the plans and write the answer; a file that is no plan stops no other."""
    reports: list[GateReport] = []
    if asked.baseline:
        from tesuri.cli.gates.baseline import use_baseline  # noqa: PLC0415 - most gates have none

        use_baseline(
            session, asked.baseline, subjects=len(asked.files), repository=asked.repository
        )
    is_failed = failed_files(
        asked.files,
        lambda name, data: reports.append(
            session.gates.check_plan(
                data,
                where=name,
                repository=asked.repository,
                fail_on_unknown=asked.is_failing_on_unknown,
            )
        ),
    )
    write_reports(session, reports, asked.written, is_one=len(asked.files) == 1)
    return exit_code(reports, is_failed=is_failed)


def answer_plain_plans(arguments: Sequence[str]) -> ExitCode | None:
    """Answer `check plan FILE…` with known options; None for everything else, nothing of it done."""
    words, given = _taken_apart(arguments)
    if os.environ.get("TESURI_SERVER"):
        return None
    if words[:2] != ["check", "plan"] or not words[2:] or not _are_known(given):
        return None
    workspace = given.get("--workspace")
    session = open_session(given.get("--lang"), Path(workspace) if workspace else None)
    asked = PlanQuestion(
        words[2:],
        given.get("--repository", ""),
        (Destination(GateFormat(given.get("--format", GateFormat.TABLE))),),
        is_failing_on_unknown="--fail-on" in given,
    )
    try:
        with paused_collection():
            return answer_plans(session, asked)
    finally:
        # The process ends with the answer: what it holds is not searched for cycles at its end.
        gc.freeze()
        session.close()


def _taken_apart(arguments: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Give words and options with their values; no words at all where an argument is neither."""
    words: list[str] = []
    given: dict[str, str] = {}
    waiting = list(arguments)
    while waiting:
        word = waiting.pop(0)
        name, equals, value = word.partition("=")
        if word == "-" or not word.startswith("-"):
            words.append(word)
        elif name not in _OPTIONS or name in given or not (equals or waiting):
            return [], {}
        else:
            given[name] = value if equals else waiting.pop(0)
    return words, given


def _are_known(given: dict[str, str]) -> bool:
    return (
        given.get("--format", GateFormat.TABLE) in tuple(GateFormat)
        and given.get("--fail-on", FailOnUnknown.UNKNOWN) in tuple(FailOnUnknown)
        and given.get("--lang", "en") in _LANGUAGES
        and given.get("--workspace") != ""
    )
