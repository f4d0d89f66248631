"""`tesuri scp`: service control policies checked, generated, simulated, replayed and explained, all from files."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from tesuri.cli.gates.options import OutputOption
from tesuri.cli.lists.destinations import destinations
from tesuri.cli.lists.output import SCHEMA_VERSION, print_json
from tesuri.cli.named_file import read_file, shown_name
from tesuri.cli.scp.files import (
    BIND_HELP,
    ORGANIZATION_HELP,
    bound,
    folder_files,
    is_tree,
    organization_folder,
    policy_files,
    read_policies,
    read_tree,
)
from tesuri.cli.scp.lint import LINT_FORMAT_HELP, LintFormat, write_lint
from tesuri.cli.scp.replay import replay
from tesuri.cli.scp.text import write_answer, write_explanation
from tesuri.cli.scp.values import answer_values, explanation_values
from tesuri.cli.scp.written import write_generated
from tesuri.cli.state import FORMAT_HELP, Session, session_of, tell
from tesuri.controls.scp.generate import generate_policies
from tesuri.controls.scp.quotas import MAX_CHARACTERS
from tesuri.controls.scp.request import read_request
from tesuri.flows.organization.explain_denial import explain_denial
from tesuri.flows.organization.lint_policies import (
    LintReport,
    lint_organization_files,
    lint_policies,
)
from tesuri.flows.organization.replay_calls import need_policies
from tesuri.flows.organization.simulate_policy import simulate_policy
from tesuri.model.errors import BadInput, ExitCode
from tesuri.model.scp import LintLevel

app = typer.Typer(
    help="Service control policies: check, generate, simulate, replay, explain.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


class AnswerFormat(StrEnum):
    """How one answer is written."""

    TABLE = "table"
    JSON = "json"


_OrganizationOption = Annotated[str, typer.Option(help=ORGANIZATION_HELP)]
_BindOption = Annotated[list[str] | None, typer.Option(help=BIND_HELP)]
_AnswerOption = Annotated[AnswerFormat, typer.Option("--format", help=FORMAT_HELP)]


@app.callback()
def scp() -> None:
    """Look at policies before Amazon does."""


@app.command()
def lint(
    context: typer.Context,
    files: Annotated[
        list[str] | None,
        typer.Argument(
            help="Policy files, folders of them, or folders with an organization.yaml; "
            "without, organization/ of the workspace."
        ),
    ] = None,
    form: Annotated[
        list[LintFormat] | None,
        typer.Option("--format", help=f"{LINT_FORMAT_HELP} May repeat.", show_default="table"),
    ] = None,
    output: OutputOption = None,
) -> None:
    """Find what Amazon would refuse or silently ignore, and what locks people out.

    Exits with 0 when there is no error (warnings may be), 1 with errors, 2 when a file holds no policy.
    """
    written = destinations(form, output, LintFormat.TABLE)
    session = session_of(context)
    report = _lint(session, files or [])
    for sentence in report.refused:
        tell(sentence)
    write_lint(session, report, written)
    if report.refused:
        raise typer.Exit(ExitCode.ERROR)
    if report.count(LintLevel.ERROR):
        raise typer.Exit(ExitCode.BLOCKED)


def _lint(session: Session, names: list[str]) -> LintReport:
    folder = "" if names else organization_folder(session, "")
    if not names and not folder:
        raise BadInput(
            "There is nothing to check.",
            where="FILES",
            remedy="Name policy files, or declare organization/organization.yaml.",
        )
    reports = [
        lint_organization_files(folder_files(name), where=shown_name(name))
        if is_tree(name)
        else lint_policies(policy_files([name]))
        for name in names or [folder]
    ]
    return LintReport(
        sum(each.policies for each in reports),
        tuple(remark for each in reports for remark in each.remarks),
        tuple(sentence for each in reports for sentence in each.refused),
    )


@app.command()
def simulate(
    context: typer.Context,
    request: Annotated[
        str,
        typer.Option(
            help="JSON file {principal_arn, principal_role_arn, action, resource, context}; - is standard input."
        ),
    ],
    policy: Annotated[list[str] | None, typer.Option(help="Policy file; may be repeated.")] = None,
    files: Annotated[list[str] | None, typer.Argument(help="Further policy files.")] = None,
    *,
    organization: _OrganizationOption = "",
    at: Annotated[
        str, typer.Option(help="Attach the files only to this root, unit or account (id or name).")
    ] = "",
    bind: _BindOption = None,
    form: _AnswerOption = AnswerFormat.TABLE,
) -> None:
    """Ask policies about one request: does a statement deny it, which, and is each condition true?

    Without an organization the files are asked alone, and taken with FullAWSAccess when none of them allows anything.
    With one, they are taken as attached once more. What no organization file declares is not guessed. Exits with 0
    whatever the decision.

    --format json is {schema, decision, policy, statement_index, sid, target, conditions, why, considered, problems};
    problems are errors that lint finds in the files.
    """
    session = session_of(context)
    names, bindings = [*(policy or ()), *(files or ())], bind or []
    # Files alone are asked alone; the workspace's tree counts when it is named, or when nothing else is.
    tree = read_tree(session, organization, bindings) if organization or not names else None
    policies = read_policies(names, bindings)
    need_policies(policies, tree)
    asked = read_request(read_file(request), where=shown_name(request), now=session.site.clock())
    answer = simulate_policy(asked, policies=policies, organization=tree, at=at)
    written = {name: bound(data, bindings) for name, data in policy_files(names).items()}
    problems = [each for each in lint_policies(written).remarks if each.level is LintLevel.ERROR]
    if form is AnswerFormat.JSON:
        print_json({"schema": SCHEMA_VERSION, **answer_values(answer, problems)})
        return
    write_answer(session, answer)
    for problem in problems:
        tell(f"{problem.file}#{problem.pointer}: {session.phrases.said(problem.message)}")


@app.command()
def explain(
    context: typer.Context,
    denial: Annotated[
        str,
        typer.Argument(
            help="File with a CloudTrail record, a decoded authorization message or the text of a denial; "
            "or the text itself; - is standard input."
        ),
    ],
    *,
    policy: Annotated[list[str] | None, typer.Option(help="Policy file; may be repeated.")] = None,
    organization: _OrganizationOption = "",
    bind: _BindOption = None,
    form: _AnswerOption = AnswerFormat.TABLE,
) -> None:
    """Explain a denial: policy, statement, each condition's truth, owner, and how to ask for a waiver.

    A text shows less than a record: what it does not show is unknown, and the statement that remains is called likely
    or possible, never certain. Exits with 0 also when nothing explains it.
    """
    session, bindings = session_of(context), bind or []
    found = explain_denial(
        _denial_bytes(denial),
        where="text" if _is_text(denial) else shown_name(denial),
        policies=read_policies(policy or [], bindings),
        organization=read_tree(session, organization, bindings),
        controls=[compiled.control for compiled in session.site.controls],
    )
    if form is AnswerFormat.JSON:
        print_json({"schema": SCHEMA_VERSION, **explanation_values(found)})
        return
    write_explanation(session, found)


def _denial_bytes(given: str) -> bytes:
    """Give the bytes of a file, or the text itself: a text has spaces, a missing file is not taken for one."""
    return given.encode(errors="replace") if _is_text(given) else read_file(given)


def _is_text(given: str) -> bool:
    try:
        return " " in given and not Path(given).exists()
    except OSError:
        # Too long for the name of a file.
        return True


@app.command()
def generate(
    context: typer.Context,
    control: Annotated[
        list[str] | None, typer.Option(help="Only this control; may be repeated.")
    ] = None,
    leave_out: Annotated[
        list[str] | None,
        typer.Option(
            help="ARN pattern of a role that no statement reaches; may be repeated. "
            "Without, exempt_roles of organization.yaml."
        ),
    ] = None,
    *,
    out: Annotated[
        str, typer.Option(help="Folder to write the policies to; without, they are printed.")
    ] = "",
    max_characters: Annotated[int, typer.Option(help="Longest policy.", min=200)] = MAX_CHARACTERS,
    organization: _OrganizationOption = "",
) -> None:
    """Write the policies that enforce the controls: one statement a control, in as few policies as fit.

    Controls that no policy can enforce are listed with their reason. The Sid of a statement leads back to its control.
    """
    session = session_of(context)
    known = {compiled.control.id: compiled.control for compiled in session.site.controls}
    for name in control or ():
        if name not in known:
            raise BadInput(f"There is no control {name!r}.", where="--control")
    chosen = [each for name, each in known.items() if not control or name in control]
    tree = None if leave_out else read_tree(session, organization)
    generated = generate_policies(
        chosen,
        exempt_roles=leave_out or (tree.exempt_roles if tree else ()),
        max_characters=max_characters,
    )
    write_generated(session, generated, Path(out) if out else None)
    sys.stdout.flush()


app.command()(replay)
