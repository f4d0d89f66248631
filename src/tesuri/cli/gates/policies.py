"""`--policy DIR`: policies of Conftest and Gatekeeper beside our own controls, at every gate that can block."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

from tesuri.cli.state import Session, tell
from tesuri.model.errors import BadInput

PolicyFolder = Annotated[
    str,
    typer.Option(
        "--policy",
        metavar="DIR",
        help="Ask the Rego policies of this folder too: Conftest rules, Gatekeeper templates with constraints.",
    ),
]
PolicyData = Annotated[
    list[str] | None,
    typer.Option(
        "--data",
        metavar="PATH",
        help="File or folder of data for the policies; manifests in it are the objects of the cluster. May repeat.",
    ),
]
PolicyNamespace = Annotated[
    list[str] | None,
    typer.Option(
        "--namespace",
        metavar="NAME",
        help="Package whose rules count; main without it. May repeat.",
    ),
]
AllNamespaces = Annotated[
    bool, typer.Option("--all-namespaces", help="Let the rules of every package count.")
]


@dataclass(frozen=True, slots=True)
class PolicyChoice:
    """What the options say of policies."""

    folder: str
    data: Sequence[str] = ()
    namespaces: Sequence[str] = ()
    has_all: bool = False


def use_policies(session: Session, asked: PolicyChoice, *, seconds: float | None = None) -> None:
    """Let the gates of a session ask the policies too, for at most `seconds` an input.

    **raises** BadInput for a wrong folder, policy or choice.
    """
    if not asked.folder:
        if asked.data or asked.namespaces or asked.has_all:
            raise BadInput(
                "--data, --namespace and --all-namespaces are about the policies of a folder.",
                remedy="Name the folder with --policy.",
            )
        return
    if asked.namespaces and asked.has_all:
        raise BadInput("--namespace and --all-namespaces were both given.", remedy="Keep one.")
    policies = session.site.use_policies(
        asked.folder,
        asked.data,
        namespaces=asked.namespaces,
        has_all=asked.has_all,
        seconds=seconds,
    )
    if policies.passed_over:
        tell(
            f"{policies.passed_over} files or objects of {asked.folder} are neither policy nor data "
            "and were passed over"
        )
