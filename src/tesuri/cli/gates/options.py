"""`--format` and `-o`: in which formats a gate answers, and where to, as options of its commands."""

from typing import Annotated

import typer

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
