"""`tesuri state`: policy states in a signed file, for gates that run where no store is."""

import os
import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from tesuri.cli.lists.output import print_json
from tesuri.cli.named_file import read_file, shown_name
from tesuri.cli.state import session_of, tell
from tesuri.exports.policy_book import render_signed
from tesuri.flows.gates.write_policy_book import LONGEST_HOURS
from tesuri.model.errors import BadInput, ExitCode
from tesuri.model.policy_book import BookReading
from tesuri.wiring.trust import new_key, policy_states, read_private_key, state_file

DEFAULT_HOURS: Final = 24
_OTHERS: Final = 0o077

app = typer.Typer(
    help="Policy states in a signed file, for gates without a store.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.callback()
def state() -> None:
    """Carry policy states to where no store is."""


@app.command()
def key(
    file: Annotated[str, typer.Argument(help="File of the new private key; FILE.pub is public.")],
) -> None:
    """Make a key pair for state files: FILE, which only you may read, and FILE.pub for those who check.

    Files that are there already stay as they are, and the command ends with 2.
    """
    made = new_key()
    _write_new(Path(file), made.pem, 0o600)
    _write_new(Path(f"{file}.pub"), made.public.pem, 0o644)
    sys.stdout.write(f"{made.public.key_id}\n")


@app.command()
def export(
    context: typer.Context,
    key_file: Annotated[str, typer.Option("--key", help="Private key, PEM (Ed25519).")],
    *,
    scope: Annotated[
        list[str] | None,
        typer.Option(help="Service whose state is told; may repeat. Without: every service."),
    ] = None,
    hours: Annotated[
        int, typer.Option(min=1, max=LONGEST_HOURS, help="How long it is believed.")
    ] = DEFAULT_HOURS,
    out: Annotated[str, typer.Option(help="File to write; - is standard output.")] = "-",
) -> None:
    """Write the policy state of every service, signed, for `tesuri check … --state FILE`.

    It names every declared service and the ownership rules, so that owners are found without a workspace; the state only of
    those in scope. Needs the extra `signed`.
    """
    session = session_of(context)
    signer = read_private_key(read_file(key_file), where=shown_name(key_file))
    if key_file != "-" and Path(key_file).stat().st_mode & _OTHERS:
        tell(f"Others can read {shown_name(key_file)}; take that right away with chmod 600.")
    payload = policy_states(session.site, scope=scope or (), hours=hours)
    data = render_signed(payload, key_id=signer.public.key_id, sign=signer.sign)
    if out == "-":
        sys.stdout.write(data.decode())
        return
    try:
        Path(out).write_bytes(data)
    except OSError as error:
        raise BadInput(f"The file cannot be written: {error.strerror}.", where=out) from error


@app.command()
def show(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help="State file; - is standard input.")],
    state_key: Annotated[list[str], typer.Option(help="Public key, PEM; may repeat.")],
) -> None:
    """Say what a state file tells, and whether it is believed now.

    Ends with 2 when it is not: badly signed, expired, or from the future.
    """
    now = session_of(context).gates.clock()
    keys = {shown_name(name): read_file(name) for name in state_key}
    reading = state_file(read_file(file), keys, where=shown_name(file), now=now)
    if reading.book is None:
        tell(reading.problem)
        raise typer.Exit(ExitCode.ERROR)
    print_json(_values(reading))


def _values(reading: BookReading) -> dict[str, object]:
    book = reading.book
    assert book is not None
    return {
        "schema": 1,
        "source": reading.source,
        "issuer": book.issuer,
        "issued_at": book.issued_at.isoformat(),
        "expires_at": book.expires_at.isoformat(),
        "scope": list(book.scope) or ["*"],
        "states": {
            service: {"state": standing.state.value, "reason": standing.reason}
            for service, standing in book.standings.items()
        },
        "default": {"state": book.default.state.value, "reason": book.default.reason},
        "waivers": len(book.waivers),
    }


def _write_new(path: Path, data: bytes, mode: int) -> None:
    """Write a file that is not there yet, with its rights from the first moment."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError as error:
        raise BadInput(
            "This file is there already.", where=str(path), remedy="Choose another name."
        ) from error
    except OSError as error:
        raise BadInput(f"The file cannot be written: {error.strerror}.", where=str(path)) from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
