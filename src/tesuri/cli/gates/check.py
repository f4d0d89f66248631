"""`tesuri check`: the gates. One command a point; a gate that blocks exits with 1."""

from typing import Annotated

import typer

from tesuri.cli.gates.baseline import BaselineOption
from tesuri.cli.gates.check_admission import admission
from tesuri.cli.gates.check_running import event, snapshot
from tesuri.cli.gates.check_source import commit, template
from tesuri.cli.gates.formats import GateFormat
from tesuri.cli.gates.options import FailOnOption, FormatOption, OutputOption, RepositoryOption
from tesuri.cli.gates.plan_answer import PlanQuestion, answer_plans
from tesuri.cli.gates.policies import (
    AllNamespaces,
    PolicyChoice,
    PolicyData,
    PolicyFolders,
    PolicyNamespace,
    use_policies,
)
from tesuri.cli.gates.policy_source import (
    ServerOption,
    StateKeyOption,
    StateOption,
    TokenOption,
    follow_server,
    follow_state_file,
)
from tesuri.cli.lists.destinations import destinations
from tesuri.cli.state import session_of
from tesuri.model.errors import BadInput, ExitCode

app = typer.Typer(
    help="Gates: what the guardrails say of a change.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


app.command("admission")(admission)
app.command("template")(template)
app.command("commit")(commit)
app.command("event")(event)
app.command("snapshot")(snapshot)


@app.callback()
def check(
    context: typer.Context,
    *,
    state: StateOption = "",
    state_key: StateKeyOption = None,
    server: ServerOption = "",
    token_env: TokenOption = "TESURI_TOKEN",  # noqa: S107 - the name of a variable
    explain: Annotated[
        bool,
        typer.Option(
            "--explain",
            help="Say of each verdict that is no pass what led there: each part of the condition, the values and "
            "their places, owner, budget, waivers, what to do. Beside other formats than table: on standard error.",
        ),
    ] = False,
    lists_all: Annotated[
        bool,
        typer.Option(
            "--all",
            help="List passes, too, as table, JSON, CSV or Markdown; without it they are counted.",
        ),
    ] = False,
) -> None:
    """Look at a change before it is made.

    The options of this page may also stand after the command. Without them the policy state comes from the store of the
    workspace; a state file that cannot be believed, or a server that does not answer, makes it unknown, never ample.
    """
    session = session_of(context)
    session.seen = [] if explain else None
    session.is_listing_all = lists_all
    if state and server:
        raise BadInput("Policy states come from a file or from a server.", where="--server")
    if state:
        follow_state_file(session, state, state_key or [])
    else:
        follow_server(session, server, token_env)


@app.command()
def plan(
    context: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(help="Output of `terraform show -json PLAN`; - is standard input."),
    ],
    *,
    repository: RepositoryOption = "",
    fail_on: FailOnOption = None,
    policy: PolicyFolders = None,
    data: PolicyData = None,
    namespace: PolicyNamespace = None,
    all_namespaces: AllNamespaces = False,
    form: FormatOption = None,
    output: OutputOption = None,
    baseline: BaselineOption = "",
) -> None:
    """Evaluate Terraform plans, as strictly as the budget demands.

    A failing control warns while its owner's budget lasts and blocks when it is spent. Exits with 0 when nothing blocks, 1 when a control blocks, 2 when a file is no plan; the other files are still
    evaluated. The answer names control, owner, policy state and why. With a store it is remembered, and failing
    verdicts become findings.

    --format json is one document {summary, verdicts, unread}; an array of them when several files are given.
    jsonl is one such document a line. sarif and junit unite all files, csv is one line a verdict. One run writes several
    formats: --format sarif -o FILE --format table.
    """
    session = session_of(context)
    use_policies(
        session, PolicyChoice(policy or (), data or (), namespace or (), has_all=all_namespaces)
    )
    asked = PlanQuestion(
        files,
        repository,
        destinations(form, output, GateFormat.TABLE),
        is_failing_on_unknown=fail_on is not None,
        baseline=baseline,
    )
    code = answer_plans(session, asked)
    if code is not ExitCode.DONE:
        raise typer.Exit(code)
