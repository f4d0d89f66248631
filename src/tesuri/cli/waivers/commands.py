"""`tesuri waivers`: what was agreed to stay as it is, whether it still holds, and renewing it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from tesuri.cli.lists.listing import Listing
from tesuri.cli.lists.output import OutputFormat
from tesuri.cli.lists.output_file import FileOption
from tesuri.cli.state import FORMAT_HELP, session_of, tell
from tesuri.cli.waivers.lists import flaw_listing, waiver_listing, waivers_listing
from tesuri.exports.waiver_file import moment_text
from tesuri.flows.waivers.approve_violations import Asked
from tesuri.flows.waivers.renew_waiver import renew_waiver, rewritten
from tesuri.model.errors import BadInput
from tesuri.model.identifiers import WaiverId
from tesuri.model.waiver import Waiver

app = typer.Typer(
    help="Waivers: what was agreed to stay as it is, until when, and whether that still holds.",
    rich_markup_mode=None,
)

_Format = Annotated[OutputFormat, typer.Option("--format", help=FORMAT_HELP)]
_Id = Annotated[str, typer.Argument(metavar="ID", help="As the list names it: WVR-77.")]


@app.callback(invoke_without_command=True)
def waivers(
    context: typer.Context, form: _Format = OutputFormat.TABLE, _output: FileOption = None
) -> None:
    """List the waivers of the workspace: void and unused ones first, expired ones last.

    A waiver is void once what it covers is known to be exploited, or more people can reach it than was agreed; unused when
    nothing has needed it for a day, as far as the store knows. What waivers hide now is counted below as accepted
    exposure.
    """
    if context.invoked_subcommand is not None:
        return
    session = session_of(context)
    now = session.site.clock()
    session.write(waivers_listing(session.phrases, session.site.waivers(now=now)), form)


@app.command()
def show(
    context: typer.Context,
    waiver: _Id,
    form: _Format = OutputFormat.TABLE,
    _output: FileOption = None,
) -> None:
    """Show one waiver: its terms, and what it covers, hides, or no longer hides."""
    session = session_of(context)
    now = session.site.clock()
    found = session.site.waiver(_known(session.site.workspace.waivers, waiver).id, now=now)
    assert found is not None
    session.write(waiver_listing(session.phrases, found, now), form)


@app.command()
def lint(
    context: typer.Context, form: _Format = OutputFormat.TABLE, _output: FileOption = None
) -> None:
    """Say which waivers somebody should look at, and why.

    Void, unused, renewed twice or more, due for review, about to end, expired, covering every finding, or listing a
    control that is not there. A file that is wrong is refused, as by every command: exits with 2, else with 0.
    """
    session = session_of(context)
    view = session.site.waivers(now=session.site.clock())
    listing: Listing = flaw_listing(session.phrases, view)
    session.write(listing, form)


@app.command()
def renew(
    context: typer.Context,
    waiver: _Id,
    *,
    approver: Annotated[
        list[str], typer.Option("--by", help="Who approves; may repeat. Never the requester.")
    ],
    requester: Annotated[str, typer.Option("--requested-by", help="Who asked.")],
    days: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=3_650,
            help="Life from now; as long as before without, and never more than the severity allows.",
        ),
    ] = None,
    reason: Annotated[str, typer.Option(help="Why still; the reason of before without.")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the file instead of writing it.")
    ] = False,
) -> None:
    """Renew a waiver: agreed anew from now on, and counted.

    Writes the new terms into the file that declares it, to be reviewed and committed.
    """
    session = session_of(context)
    site = session.site
    known = _known(site.workspace.waivers, waiver)
    asked = Asked(reason.strip(), requester, tuple(approver), days)
    longest = site.workspace.longest_waiver_seconds
    renewed = renew_waiver(known, asked, longest=longest, now=site.clock())
    path = Path(site.settings.workspace.value) / known.source
    text = rewritten(path.read_text(encoding="utf-8"), renewed, where=known.source)
    if dry_run:
        typer.echo(text, nl=False)
    else:
        path.write_text(text, encoding="utf-8")
        typer.echo(known.source)
    tell(
        f"{known.id} is renewed for time {renewed.renewals}, until {moment_text(renewed.expires_at)}."
    )


def _known(waivers: Sequence[Waiver], name: str) -> Waiver:
    wanted = WaiverId(name)
    for each in waivers:
        if each.id == wanted:
            return each
    known = ", ".join(sorted(each.id for each in waivers)[:20]) or "none is declared"
    raise BadInput(f"There is no waiver {name!r}.", where="ID", remedy=f"Known: {known}.")
