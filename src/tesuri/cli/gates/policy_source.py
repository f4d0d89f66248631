"""Where a gate learns the policy state when it has no store: the options that every `tesuri check …` takes."""

import os
from typing import Annotated

import typer

from tesuri.cli.named_file import read_file, shown_name
from tesuri.cli.state import Session, tell
from tesuri.model.errors import BadInput

StateOption = Annotated[
    str, typer.Option("--state", help="Signed state file to take policy states from, not a store.")
]
StateKeyOption = Annotated[
    list[str] | None,
    typer.Option("--state-key", help="Public key, PEM, that may have signed it; may repeat."),
]


ServerOption = Annotated[
    str,
    typer.Option(
        "--server", help="Tesuri server to ask for policy states, https://HOST (TESURI_SERVER)."
    ),
]
TokenOption = Annotated[
    str, typer.Option("--token-env", help="Variable that holds the token for the server.")
]


def follow_server(session: Session, server: str, variable: str) -> None:
    """Let the gates of a session believe a server; where it does not answer, policy states are unknown, and it is said."""
    url = server or session.settings.server.value
    if not url:
        return
    token = os.environ.get(variable, "")
    if not token:
        raise BadInput(
            "There is no token to show to the server.",
            where=variable,
            remedy="Make one where the server is with: tesuri token create NAME.",
        )
    from tesuri.wiring.trust import server_reading  # noqa: PLC0415 - most gates have none

    gates = session.gates
    session.policy_book = server_reading(url, token, now=gates.clock())
    if session.policy_book.problem:
        tell(f"{session.policy_book.problem} The policy state is unknown.")


def follow_state_file(session: Session, state: str, keys: list[str]) -> None:
    """Let the gates of a session believe a state file, as long as it can be believed; else say why not.

    **raises** BadInput for a file that is not there, or without a key.
    """
    if not state:
        return
    if not keys:
        raise BadInput(
            "Nothing says whose signature is believed.",
            where="--state",
            remedy="Give the public key with --state-key FILE.",
        )
    from tesuri.wiring.trust import state_file  # noqa: PLC0415 - most gates have none

    gates = session.gates
    public = {shown_name(name): read_file(name) for name in keys}
    where = shown_name(state)
    session.policy_book = state_file(read_file(state), public, where=where, now=gates.clock())
    if session.policy_book.problem:
        tell(f"{session.policy_book.problem} The policy state is unknown.")
