"""`--baseline`: what was there before a change, so that only what the change adds decides."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from tesuri.cli.gates.judged_file import judged_file
from tesuri.cli.named_file import read_file, shown_name
from tesuri.cli.state import Session
from tesuri.flows.gates.compare_baseline import Baseline
from tesuri.flows.gates.gates import Gates
from tesuri.flows.waivers.judged_violations import read_answers, violations_of
from tesuri.model.control import GateReport
from tesuri.model.errors import BadInput

BaselineOption = Annotated[
    str,
    typer.Option(
        "--baseline",
        "--against",
        help="What was there before: the answer that --format json wrote, or the earlier file itself. It is counted, "
        "and only what the change adds decides.",
    ),
]

Judge = Callable[[Gates, bytes, str], GateReport]
"""What a gate says of an earlier input of its own kind: bytes and the name to show."""


def use_baseline(
    session: Session, name: str, *, subjects: int, repository: str = "", judge: Judge | None = None
) -> None:
    """Let the gates of a session answer only for what was added since a baseline; nothing to do without one.

    `subjects` is how many files are asked about; `judge` is asked of an earlier file where the gate looks at a kind of its own.
    **raises** BadInput for a baseline that tells nothing of these.
    """
    if not name:
        return
    gates = session.gates
    # What was there before is not what somebody asked to explain.
    gates.seen = None
    if judge is not None and Path(name).is_dir():
        earlier = judge(gates, b"", name)
        session.baseline = Baseline.of(violations_of([earlier]), is_of_one=True)
        return
    data, where = read_file(name), shown_name(name)
    answers = read_answers(data, where=where)
    if answers is not None:
        is_of_one = subjects == 1 and len({each.subject for each in answers}) <= 1
        session.baseline = Baseline.of(answers, is_of_one=is_of_one)
        return
    if subjects > 1:
        raise BadInput(
            "One earlier file tells nothing of several files.",
            where=where,
            remedy="Check one file, or name the answer that --format json wrote for all.",
        )
    earlier = (
        judge(gates, data, name)
        if judge
        else judged_file(gates, data, Path(name), where, repository)
    )
    session.baseline = Baseline.of(violations_of([earlier]), is_of_one=True)
