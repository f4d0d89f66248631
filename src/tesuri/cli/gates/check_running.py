"""`tesuri check event` and `tesuri check snapshot`: what already runs. They show, and stop nothing by themselves."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from tesuri.cli.gates.answer import write_reports
from tesuri.cli.gates.baseline import BaselineOption, use_baseline
from tesuri.cli.gates.event_files import judged_events
from tesuri.cli.gates.formats import GateFormat
from tesuri.cli.gates.options import FormatOption, OutputOption
from tesuri.cli.lists.destinations import Destination, destinations
from tesuri.cli.named_file import read_file, shown_name
from tesuri.cli.state import Session, session_of, tell
from tesuri.cli.terminal import progress
from tesuri.flows.gates.gates import Gates
from tesuri.flows.moment import moment_of
from tesuri.model.control import GateReport, Point, VerdictKind
from tesuri.model.errors import BadInput, ExitCode
from tesuri.model.gate_record import GateRecord
from tesuri.wiring.gates import unpacked

if TYPE_CHECKING:
    from tesuri.subjects.aws.recorded.reply_files import RecordedFile

_SUFFIXES: Final = (".json", ".jsonl", ".ndjson", ".json.gz", ".yaml", ".yml")


class FailOnVerdict(StrEnum):
    """What makes the command exit with 1."""

    FAIL = "fail"
    UNKNOWN = "unknown"


_FAIL_ON = typer.Option(help="Exit with 1 on such a verdict; fail is part of unknown.")
_NOW: Final = "now"
_AsOf = Annotated[
    str,
    typer.Option(
        "--as-of",
        metavar="TIME",
        help="Judge as of then, not as of the time that the recording tells: now, 2026-10-01 (its end), "
        "2026-10-01T09:00:00Z, or 7d ago.",
    ),
]
_TARGET = typer.Option(
    help="What was recorded, where the recordings name no account: a cluster, as its scanners call it."
)


def snapshot(
    context: typer.Context,
    folder: Annotated[str, typer.Argument(help="Folder of recordings.")],
    *,
    fail_on: Annotated[FailOnVerdict | None, _FAIL_ON] = None,
    target: Annotated[str, _TARGET] = "",
    form: FormatOption = None,
    output: OutputOption = None,
    baseline: BaselineOption = "",
    as_of: _AsOf = "",
) -> None:
    """Evaluate recordings of what runs: AWS API replies, AWS Config items, Kubernetes objects.

    Reads every JSON and YAML file below the folder: one reply a file (service.Operation_N.json), records of service,
    operation, parameters, region, account and data, or what `kubectl get KIND -A -o json` prints. What a refused call
    could have told is unknown. Ages are those at the time that the answers date themselves, else now. With a store, a failing verdict is a finding by ARN or by the object's address, the same as
    a scanner's of that control and resource; it is fixed once the control passes there. Exits with 0 unless --fail-on asks for more, 2 when the folder holds none of these.
    """
    from tesuri.flows.gates.evaluate_snapshot import evaluate_snapshot  # noqa: PLC0415 - other points need none of it

    written = destinations(form, output, GateFormat.TABLE)
    session = session_of(context)
    judged_at = _judged_at(session, as_of)

    def judge(gates: Gates, _: bytes, name: str) -> GateReport:
        gate = replace(gates.gate(Point.LIVE), as_of=judged_at)
        found = evaluate_snapshot(_files(Path(name)), where=shown_name(name), gate=gate)
        return replace(found, target=target)

    use_baseline(session, baseline, subjects=1, judge=judge)
    report = session.gates.answer(judge(session.gates, b"", folder))
    _finish(session, [report], written, fail_on)


def event(
    context: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(
            help="CloudTrail records or audit events of a cluster, JSON, also gzip, or folders of them; - is standard input."
        ),
    ],
    *,
    fail_on: Annotated[FailOnVerdict | None, _FAIL_ON] = None,
    target: Annotated[str, _TARGET] = "",
    form: FormatOption = None,
    output: OutputOption = None,
    baseline: BaselineOption = "",
    as_of: _AsOf = "",
) -> None:
    """Evaluate events of CloudTrail and of a Kubernetes audit log: what a recorded call made of a resource.

    Reads log files, single records, EventBridge envelopes and JSON Lines, of any size, also in messages of queues, topics and
    streams and as eventJson of CloudTrail Lake; audit events (audit.k8s.io) also as
    CloudWatch Logs delivers them, and --target names their cluster. A folder, such as a copy of the bucket of a trail
    (AWSLogs/…), is one answer: its digest files are counted, and what in it holds no event is told. A call that failed
    changed nothing and is counted; what an event does not tell is unknown. With a store, a failing verdict is a finding; an
    event ends none. Exits with 0 unless --fail-on asks for more, 2 when a file or folder holds no event.
    """
    written = destinations(form, output, GateFormat.TABLE)
    session = session_of(context)
    reports: list[GateReport] = []
    judged_at = _judged_at(session, as_of)

    with ExitStack() as stack:

        def judge(gates: Gates, _: bytes, name: str) -> GateReport:
            # The store keeps no pass of an event.
            gate = replace(
                gates.gate(Point.EVENT),
                as_of=judged_at,
                is_keeping_passes=session.is_listing_all,
            )
            return replace(judged_events(name, gate, stack), target=target)

        use_baseline(session, baseline, subjects=len(files), judge=judge)
        is_failed = False
        for name in progress(files):
            try:
                reports.append(session.gates.answer(judge(session.gates, b"", name)))
            except BadInput as error:
                is_failed = True
                tell(str(error))
        _finish(session, reports, written, fail_on, is_failed=is_failed, is_one=len(files) == 1)


def _judged_at(session: Session, text: str) -> datetime | None:
    """Give the time that somebody asks to judge at; None leaves it to the recordings."""
    now = session.gates.clock()
    if text in ("", _NOW):
        return now if text else None
    return moment_of(text, now=now, zone=session.phrases.zone, where="--as-of", is_end=True)


def _files(folder: Path) -> "Iterator[RecordedFile]":
    if not folder.is_dir():
        raise BadInput(
            "There is no such folder." if not folder.exists() else "This is a file, not a folder.",
            where=shown_name(str(folder)),
            remedy="Name the folder that holds the recorded replies.",
        )
    from tesuri.subjects.aws.recorded.reply_files import RecordedFile  # noqa: PLC0415 - as above

    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name.endswith(_SUFFIXES):
            name = shown_name(path.relative_to(folder).as_posix())
            yield RecordedFile(name, partial(_content, path))


def _content(path: Path) -> bytes:
    return unpacked(read_file(str(path)), where=path.name)


def _finish(
    session: Session,
    reports: Sequence[GateReport],
    written: Sequence[Destination[GateFormat]],
    fail_on: FailOnVerdict | None,
    *,
    is_failed: bool = False,
    is_one: bool = True,
) -> None:
    write_reports(session, reports, written, is_one=is_one)
    _remember(session, reports)
    if is_failed:
        raise typer.Exit(ExitCode.ERROR)
    if any(_is_stopped(report, fail_on) for report in reports):
        raise typer.Exit(ExitCode.BLOCKED)


def _remember(session: Session, reports: Sequence[GateReport]) -> None:
    kept = [record for report in reports if (record := session.gates.remember(report))]
    if kept:
        whole = sum(kept, GateRecord())
        tell(
            f"Kept as findings: {whole.new} new, {whole.known} known, {whole.returned} came back, {whole.fixed} fixed."
        )
    if kept and (whole.linked or whole.unlinked):
        tell(f"From before deployment: {whole.linked} linked, {whole.unlinked} not linked.")


def _is_stopped(report: GateReport, fail_on: FailOnVerdict | None) -> bool:
    kinds = {
        None: (),
        FailOnVerdict.FAIL: (VerdictKind.FAIL,),
        FailOnVerdict.UNKNOWN: (VerdictKind.FAIL, VerdictKind.UNKNOWN),
    }[fail_on]
    return any(one.verdict.kind in kinds and one.waiver is None for one in report.departing)
