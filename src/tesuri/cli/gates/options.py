"""Options that several gates have: in which formats they answer and where to, whose change it is, what blocks."""

from typing import Annotated

import typer

from tesuri.cli.gates.answer import FailOnUnknown
from tesuri.cli.gates.formats import FORMAT_HELP, GateFormat

FormatOption = Annotated[
    list[GateFormat] | None,
    typer.Option("--format", help=f"{FORMAT_HELP} May repeat.", show_default="table"),
]
OutputOption = Annotated[
    list[str] | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="File for the format that was named before it, written whole or not at all; may repeat. What has no file "
        "goes to standard output.",
    ),
]
RepositoryOption = Annotated[
    str, typer.Option(help="Repository of the change (owner/name), to find the owner by.")
]
FailOnOption = Annotated[
    FailOnUnknown | None, typer.Option(help="Block on verdicts that nobody can tell.")
]
