"""`tesuri init`: the first files of a workspace."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from tesuri.cli.state import Session, session_of, tell
from tesuri.flows.site.scaffold_workspace import id_of, scaffold_workspace
from tesuri.model.errors import BadInput
from tesuri.model.views_services import UnownedAsset
from tesuri.settings import has_store

_NOT_IN_GIT = ".tesuri/.gitignore"


def init(
    context: typer.Context,
    *,
    service: Annotated[
        str, typer.Option(help="Id of the first service; the name of the folder without.")
    ] = "",
    team: Annotated[str, typer.Option(help="Id of the team that owns it.")] = "my-team",
    zone: Annotated[
        str, typer.Option("--time-zone", help="Zone of days and times, such as Asia/Tokyo.")
    ] = "UTC",
) -> None:
    """Write the first files of a workspace here: settings, a team, a service, an inventory.

    Other files that are there stay. What scanners already reported and no service claims stands in assets/inventory.csv, so
    that only the column service is left to fill in; the next tesuri tick gives the findings to their owners. Every command also works without any of these files.

    Example: tesuri ingest report.json && tesuri init --service checkout --team payments
    """
    session = session_of(context)
    folder = Path(session.settings.workspace.value)
    if (folder / "tesuri.yaml").exists():
        raise BadInput(
            "This is a workspace already.",
            where=str(folder / "tesuri.yaml"),
            remedy="Add files beside it; docs/workspace.md says which.",
        )
    here = folder.resolve().name
    files = scaffold_workspace(
        here or "Example",
        service=service or id_of(here) or "my-service",
        team=team,
        zone=zone,
        assets=_unowned(session),
    )
    written = _write_new(folder, {**files, _NOT_IN_GIT: "*\n"})
    for name in files:
        typer.echo(name if name in written else _kept(session, name))
    tell(
        session.phrases.gettext(
            "Edit them, then take them over and look: tesuri tick, tesuri services"
        )
    )


def _unowned(session: Session) -> Sequence[UnownedAsset]:
    if not has_store(session.settings):
        return ()
    return session.site.services(team=None, now=session.site.clock()).unowned


def _kept(session: Session, name: str) -> str:
    return session.phrases.gettext("{name} is there already and stays", name=name)


def _write_new(folder: Path, files: Mapping[str, str]) -> frozenset[str]:
    """Write those that are not there, and give their names."""
    written = set()
    for name, text in files.items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            continue
        except OSError as error:
            raise BadInput(
                f"The file cannot be written: {error.strerror or error}.",
                where=str(path),
                remedy="Check the permissions of the folder.",
            ) from error
        written.add(name)
    return frozenset(written)
