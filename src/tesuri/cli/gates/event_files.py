"""Open files and folders of events, each as often as somebody goes over them: large ones are read in parts.

A folder is a copy of a bucket as a trail writes it, or any other: files that are neither JSON nor gzip only counted.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from tesuri.cli.intake.report_file import report_document
from tesuri.cli.named_file import shown_name
from tesuri.flows.gates.evaluate_events import (
    OpenedFile,
    evaluate_event_file,
    evaluate_event_folder,
)
from tesuri.flows.gates.judge_resources import Gate
from tesuri.model.control import GateReport
from tesuri.model.errors import BadInput

_SUFFIXES: Final = (".json", ".jsonl", ".ndjson", ".log", ".csv", ".gz")
_STANDARD_INPUT: Final = "-"


def judged_events(name: str, gate: Gate, stack: ExitStack) -> GateReport:
    """Give what a gate says of a file or a folder of events; `stack` closes what can be read only once.

    **raises** BadInput when it holds no event.
    """
    where = shown_name(name)
    path = Path(name)
    if name == _STANDARD_INPUT:
        held = stack.enter_context(report_document(name))
        return evaluate_event_file(lambda: ((where, held),), where=where, gate=gate)
    if path.is_dir():
        return evaluate_event_folder(lambda: _in_folder(path), where=where, gate=gate)
    return evaluate_event_file(lambda: _one(name), where=where, gate=gate)


def _one(name: str) -> Iterator[OpenedFile]:
    with report_document(name) as document:
        yield shown_name(name), document


def _in_folder(folder: Path) -> Iterator[OpenedFile]:
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        where = shown_name(path.relative_to(folder).as_posix())
        if not path.name.endswith(_SUFFIXES):
            yield where, None
            continue
        try:
            with report_document(str(path)) as document:
                yield where, document
        except BadInput as problem:
            yield where, problem
