"""`--policy DIR`: policies of Conftest and Gatekeeper beside our own controls, at every gate that can block."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

from tesuri.cli.state import Session, tell
from tesuri.flows.gates.policy_choice import Choice
from tesuri.model.errors import BadInput

PolicyFolders = Annotated[
    list[str] | None,
    typer.Option(
        "--policy",
        metavar="DIR",
        help="Ask the Rego policies of this folder too: Conftest rules, Gatekeeper templates with constraints. May repeat.",
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
Combined = Annotated[
    bool,
    typer.Option(
        "--combine",
        help="Let the Conftest rules see all files as one input, a list of path and contents.",
    ),
]


@dataclass(frozen=True, slots=True)
class PolicyChoice:
    """What the options say of policies."""

    folders: Sequence[str]
    data: Sequence[str] = ()
    namespaces: Sequence[str] = ()
    has_all: bool = False
    is_combining: bool = False


def use_policies(session: Session, asked: PolicyChoice, *, seconds: float | None = None) -> None:
    """Let the gates of a session ask the policies too, for at most `seconds` an input.

    **raises** BadInput for a wrong folder, policy or choice.
    """
    if not asked.folders:
        if asked.data or asked.namespaces or asked.has_all or asked.is_combining:
            raise BadInput(
                "--data, --namespace, --all-namespaces and --combine are about the policies of a folder.",
                remedy="Name the folder with --policy.",
            )
        return
    if asked.namespaces and asked.has_all:
        raise BadInput("--namespace and --all-namespaces were both given.", remedy="Keep one.")
    policies = session.site.use_policies(
        asked.folders,
        asked.data,
        Choice(tuple(asked.namespaces), has_all=asked.has_all, is_combining=asked.is_combining),
        seconds=seconds,
    )
    if policies.passed_over:
        tell(
            f"{policies.passed_over} files or objects of {policies.where} are neither policy nor data "
            "and were passed over"
        )
