"""`tesuri token`: what programs show to the server. A token has one right: to read policy states."""

import secrets
import sys
from typing import Annotated

import typer

from tesuri.cli.lists.listing import Column, Line, Listing
from tesuri.cli.lists.output import OutputFormat
from tesuri.cli.state import FORMAT_HELP, session_of
from tesuri.flows.gates.access_tokens import LONGEST_DAYS, make_token
from tesuri.model.errors import BadInput
from tesuri.wiring.trust import keep_tokens, kept_tokens

app = typer.Typer(
    help="Tokens that programs show to the server.", no_args_is_help=True, rich_markup_mode=None
)


@app.callback()
def token() -> None:
    """Make, list and revoke tokens."""


@app.command()
def create(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Who shows it: ci of acme/shop.")],
    *,
    scope: Annotated[
        list[str] | None,
        typer.Option(help="Service whose policy state it may read; may repeat. Without: all."),
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=LONGEST_DAYS, help="How long it holds.")] = 90,
) -> None:
    """Make a token and print it: this once, only its digest is kept.

    It may read policy states, with the names of services, the ownership rules and the waivers that gates go by; nothing
    else, and it changes nothing.
    """
    site = session_of(context).site
    if missing := sorted(set(scope or ()) - set(site.workspace.services)):
        raise BadInput(f"There is no service {missing[0]!r}.", where="--scope")
    made, shown = make_token(
        secrets.token_hex(4),
        secrets.token_urlsafe(32),
        name=name,
        services=scope or (),
        lasting=(site.clock(), days),
    )
    keep_tokens(site.settings, [*kept_tokens(site.settings), made])
    sys.stdout.write(f"{shown}\n")


@app.command("list")
def list_tokens(
    context: typer.Context,
    form: Annotated[OutputFormat, typer.Option("--format", help=FORMAT_HELP)] = OutputFormat.TABLE,
) -> None:
    """List tokens: id, name, services, end. Secrets are not kept."""
    session = session_of(context)
    keys = ("id", "name", "services", "created_at", "expires_at")
    lines = [
        Line(
            {
                "id": one.id,
                "name": one.name,
                "services": list(one.services),
                "created_at": one.created_at.isoformat(),
                "expires_at": one.expires_at.isoformat(),
            },
            [
                *(one.id, one.name, ", ".join(one.services) or "*"),
                *(f"{one.created_at:%Y-%m-%d}", f"{one.expires_at:%Y-%m-%d}"),
            ],
            "",
        )
        for one in kept_tokens(session.settings)
    ]
    session.write(Listing("tokens", [Column(key, key) for key in keys], lines), form)


@app.command()
def revoke(
    context: typer.Context, identity: Annotated[str, typer.Argument(help="Id of the token.")]
) -> None:
    """Take a token back; the server refuses it from the next question on."""
    settings = session_of(context).settings
    tokens = kept_tokens(settings)
    left = [one for one in tokens if one.id != identity]
    if len(left) == len(tokens):
        raise BadInput(f"There is no token {identity!r}.", where="tokens")
    keep_tokens(settings, left)
