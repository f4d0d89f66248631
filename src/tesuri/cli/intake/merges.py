"""`tesuri merges`: findings that turned out to be one, and undoing it."""

from typing import Annotated

import typer

from tesuri.cli.lists.commands import finding_key
from tesuri.cli.lists.listing import Column, Line, Listing
from tesuri.cli.lists.output import OutputFormat
from tesuri.cli.lists.output_file import FileOption
from tesuri.cli.state import FORMAT_HELP, Session, session_of
from tesuri.flows.lifecycle.unmerge_finding import Merge
from tesuri.flows.lifecycle.unmerge_finding import merges as merges_of
from tesuri.model.errors import BadInput
from tesuri.model.identifiers import finding_name

app = typer.Typer(
    help="Findings that turned out to be one: which they are, and how to undo it.",
    no_args_is_help=False,
    invoke_without_command=True,
    rich_markup_mode=None,
)


@app.callback()
def merges(
    context: typer.Context,
    form: Annotated[OutputFormat, typer.Option("--format", help=FORMAT_HELP)] = OutputFormat.TABLE,
    _output: FileOption = None,
) -> None:
    """Show what was merged into what, and why.

    Findings are merged when a report names two advisories as one, or a control says the same as two rules, after both
    were found. The older one stays; the name of the other leads to it.
    """
    if context.invoked_subcommand is None:
        session = session_of(context)
        found = _standing(session)
        notes = [] if found else [session.phrases.gettext("Nothing is merged.")]
        _write(session, found, notes, form)


@app.command()
def undo(
    context: typer.Context,
    finding: Annotated[str, typer.Argument(help="The finding that was merged: FND-12.")],
    by: Annotated[str, typer.Option(help="Who says that they are two.")],
    reason: Annotated[str, typer.Option(help="Why they are two.")],
    form: Annotated[OutputFormat, typer.Option("--format", help=FORMAT_HELP)] = OutputFormat.TABLE,
    _output: FileOption = None,
) -> None:
    """Make two findings of one again, as they were when they were merged.

    What scans said since stays with the finding that stayed; the next scans say what has become of the other. The two
    are never merged again by themselves. Name and reason are kept in the journal.

    Example: tesuri merges undo FND-9 --by sato --reason "another file"
    """
    session = session_of(context)
    for name, value in (("--by", by), ("--reason", reason)):
        if not value.strip():
            raise BadInput("It is empty.", where=name, remedy="The journal keeps who and why.")
    undone = session.site.unmerge(finding_key(finding), by=by.strip(), reason=reason.strip())
    note = session.phrases.gettext(
        "{finding} and {into} are two findings again.",
        finding=finding_name(undone.finding),
        into=finding_name(undone.into),
    )
    _write(session, _standing(session), [note], form)


def _standing(session: Session) -> tuple[Merge, ...]:
    with session.site.readable().read() as reader:
        return merges_of(reader)


def _write(
    session: Session, found: tuple[Merge, ...], notes: list[str], form: OutputFormat
) -> None:
    phrases = session.phrases
    columns = [
        Column("finding", phrases.gettext("Finding")),
        Column("into", phrases.gettext("Merged into")),
        Column("at", phrases.gettext("Merged at")),
        Column("reason", phrases.gettext("Reason")),
    ]
    lines = [
        Line(
            {
                "finding": finding_name(each.finding),
                "into": finding_name(each.into),
                "at": each.at.isoformat().replace("+00:00", "Z"),
                "reason": each.reason,
            },
            [
                finding_name(each.finding),
                finding_name(each.into),
                phrases.instant(each.at),
                phrases.said(each.reason),
            ],
        )
        for each in found
    ]
    session.write(Listing("merges", columns, lines, notes=notes), form)
