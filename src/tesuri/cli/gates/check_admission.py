"""`tesuri check admission`: what the webhook would answer, asked with files."""

import sys
from typing import Annotated

import orjson
import typer

from tesuri.cli.gates.answer import FailOnUnknown, write_reports
from tesuri.cli.gates.baseline import BaselineOption, use_baseline
from tesuri.cli.gates.ending import end_as_gate
from tesuri.cli.gates.formats import GateFormat
from tesuri.cli.gates.options import FailOnOption, FormatOption, OutputOption
from tesuri.cli.gates.policies import (
    AllNamespaces,
    PolicyChoice,
    PolicyData,
    PolicyFolders,
    PolicyNamespace,
    use_policies,
)
from tesuri.cli.lists.destinations import destinations
from tesuri.cli.state import failed_files, session_of
from tesuri.model.control import GateReport, Point
from tesuri.model.errors import BadInput

_Files = Annotated[
    list[str],
    typer.Argument(help="AdmissionReview or manifest, JSON or YAML; - is standard input."),
]
_Closed = Annotated[
    list[str] | None,
    typer.Option(help="Block when nobody can tell the verdict of this control; may repeat."),
]
_Response = Annotated[
    bool,
    typer.Option(
        "--response", help="Write the AdmissionReview of each answer, one a line, instead."
    ),
]


def admission(
    context: typer.Context,
    files: _Files,
    *,
    fail_on: FailOnOption = None,
    policy: PolicyFolders = None,
    data: PolicyData = None,
    namespace: PolicyNamespace = None,
    all_namespaces: AllNamespaces = False,
    closed: _Closed = None,
    response: _Response = False,
    form: FormatOption = None,
    output: OutputOption = None,
    baseline: BaselineOption = "",
) -> None:
    """Answer AdmissionReviews as the webhook does.

    A failing control warns while its owner's budget lasts and blocks when it is spent; what nobody can tell is allowed
    and counted. Exits with 0 when nothing blocks, 1 when a control blocks, 2 when a file holds no review and no manifest.
    A manifest is answered as if it were created.
    """
    from tesuri.flows.gates.review_admission import review_admission  # noqa: PLC0415 - other points need none of it

    if response and baseline:
        raise BadInput(
            "What the webhook answers has no baseline.",
            where="--response",
            remedy="Leave out --response or --baseline.",
        )
    written = destinations(form, output, GateFormat.TABLE)
    session = session_of(context)
    asked = PolicyChoice(policy or (), data or (), namespace or (), has_all=all_namespaces)
    use_policies(session, asked)
    use_baseline(session, baseline, subjects=len(files))
    reports: list[GateReport] = []
    responses: list[bytes] = []
    gate = session.gates.gate(
        Point.ADMISSION, fail_on_unknown=fail_on is FailOnUnknown.UNKNOWN, closed=closed or ()
    )

    def answer(name: str, data: bytes) -> None:
        found = review_admission(data, where=name, gate=gate)
        report = session.gates.answer(found.report)
        session.gates.remember(report)
        reports.append(report)
        responses.extend(orjson.dumps(each.response) for each in found.answers)

    is_failed = failed_files(files, answer)
    if response:
        sys.stdout.write("".join(f"{line.decode()}\n" for line in responses))
    else:
        write_reports(session, reports, written, is_one=len(files) == 1)
    end_as_gate(reports, is_failed=is_failed)
