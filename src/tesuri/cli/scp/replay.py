"""`tesuri scp replay`: which recorded calls a proposed policy would have denied."""

from typing import Annotated

import typer

from tesuri.cli.lists.output import OutputFormat
from tesuri.cli.scp.files import (
    BIND_HELP,
    ORGANIZATION_HELP,
    call_files,
    read_policies,
    read_tree,
)
from tesuri.cli.scp.lists import replay_listing
from tesuri.cli.state import FORMAT_HELP, failed_files, session_of
from tesuri.flows.organization.replay_calls import Replay, need_policies, replay_file
from tesuri.model.errors import ExitCode
from tesuri.wiring.gates import unpacked


def replay(
    context: typer.Context,
    calls: Annotated[
        list[str],
        typer.Argument(
            help="CloudTrail: log file, record, EventBridge event, JSON Lines, .gz, or a folder of them."
        ),
    ],
    policy: Annotated[
        list[str] | None, typer.Option(help="Proposed policy file; may be repeated.")
    ] = None,
    *,
    organization: Annotated[str, typer.Option(help=ORGANIZATION_HELP)] = "",
    at: Annotated[
        str, typer.Option(help="Propose it only for this root, unit or account (id or name).")
    ] = "",
    bind: Annotated[list[str] | None, typer.Option(help=BIND_HELP)] = None,
    form: Annotated[OutputFormat, typer.Option("--format", help=FORMAT_HELP)] = OutputFormat.TABLE,
) -> None:
    """Say which recorded calls proposed policies would have denied, by whom, and which nobody can tell.

    A condition key that a record does not show is unknown: the call is counted so, never as passed. Without policies
    the organization as it is declared is replayed. Exits with 0 however many calls would be denied, with 2 when a
    file cannot be read; the others are still replayed.
    """
    session, bindings = session_of(context), bind or []
    tree = read_tree(session, organization, bindings)
    policies = read_policies(policy or [], bindings)
    need_policies(policies, tree)
    found = Replay()
    is_failed = failed_files(
        list(call_files(calls)),
        lambda name, data: replay_file(
            unpacked(data, where=name),
            found,
            where=name,
            policies=policies,
            organization=tree,
            at=at,
        ),
    )
    session.write(replay_listing(session.phrases, found), form)
    if is_failed:
        raise typer.Exit(ExitCode.ERROR)
