"""How a command that is a gate ends: its answer written, and the exit code that a pipeline reads."""

from collections.abc import Sequence

import typer

from tesuri.cli.gates.answer import exit_code, write_reports
from tesuri.cli.gates.formats import GateFormat
from tesuri.cli.lists.destinations import Destination
from tesuri.cli.state import Session
from tesuri.model.control import GateReport
from tesuri.model.errors import ExitCode


def finish(
    session: Session,
    reports: Sequence[GateReport],
    asked: Sequence[Destination[GateFormat]],
    *,
    is_failed: bool,
    is_one: bool,
) -> None:
    """Write the answers and end as a gate does; `is_failed` says that a file could not be read."""
    write_reports(session, reports, asked, is_one=is_one)
    end_as_gate(reports, is_failed=is_failed)


def end_as_gate(reports: Sequence[GateReport], *, is_failed: bool) -> None:
    """End with 2 when a file could not be read, else with 1 when something blocks."""
    code = exit_code(reports, is_failed=is_failed)
    if code is not ExitCode.DONE:
        raise typer.Exit(code)
