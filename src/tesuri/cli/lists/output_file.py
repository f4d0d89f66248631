"""The option of every list that sends its answer to a file."""

from typing import Annotated

import typer

from tesuri.cli.lists.destinations import destinations
from tesuri.cli.lists.output import OutputFormat
from tesuri.cli.state import session_of


def _keep(context: typer.Context, name: str | None) -> str | None:
    """Remember the file for the answer. **raises** BadInput where none of this name can be written."""
    if name is not None:
        (found,) = destinations([OutputFormat.TABLE], [name], OutputFormat.TABLE)
        session_of(context).output = found.file
    return name


FileOption = Annotated[
    str | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write the answer to this file, whole or not at all; - is standard output.",
        callback=_keep,
    ),
]
