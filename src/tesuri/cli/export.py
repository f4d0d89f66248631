"""`tesuri export`: what is known, in formats that other tools read."""

import sys
from enum import StrEnum
from typing import Annotated

import typer

from tesuri.cli.state import session_of, tell
from tesuri.exports.cyclonedx_vex import render_cyclonedx_vex
from tesuri.exports.openvex import render_openvex
from tesuri.model.identifiers import TeamId

app = typer.Typer(
    help="Exports: what is known, in formats that other tools read.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


class VexFormat(StrEnum):
    """Formats of statements."""

    OPENVEX = "openvex"
    CYCLONEDX = "cyclonedx"


@app.callback()
def export() -> None:
    """Keep `vex` a command of its own."""


@app.command()
def vex(
    context: typer.Context,
    query: Annotated[
        list[str] | None,
        typer.Argument(help="As for findings: service:checkout asset:shop/* state:not-affected"),
    ] = None,
    team: Annotated[str, typer.Option(help="Only this team's services.")] = "",
    author: Annotated[
        str, typer.Option(help="Who states it; without, the name of the workspace.")
    ] = "",
    form: Annotated[
        VexFormat, typer.Option("--format", help="OpenVEX 0.2.0 or CycloneDX 1.5.")
    ] = VexFormat.OPENVEX,
) -> None:
    """State what is known of vulnerabilities: not affected, fixed, affected, under investigation.

    In any state unless the query names one. New findings are under investigation, those that somebody took up, waived or
    mitigated are affected. Products are the assets by name, with the package URL of each package. The id
    of the document follows from what it states. What left the inventory, and what is no vulnerability, is counted on
    standard error.

    Example: tesuri export vex service:checkout --format cyclonedx --author "Example Pay"
    """
    site = session_of(context).site
    now = site.clock()
    found = site.export_vex(
        query=" ".join(query or ()), team=TeamId(team) if team else None, now=now
    )
    if found.other_kinds:
        tell(f"Left out, since they are no vulnerabilities: {found.other_kinds}.")
    if found.gone:
        tell(f"Left out, since what had them left the inventory: {found.gone}.")
    render = render_cyclonedx_vex if form is VexFormat.CYCLONEDX else render_openvex
    document = render(found.statements, author=author or site.workspace.name or "Tesuri", now=now)
    sys.stdout.write(document.decode())
