"""`tesuri demo`: a whole company to look at, in a folder of its own, never in your store."""

import shutil
import sys
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Final

import typer

from tesuri.cli.lists.output import OutputFormat
from tesuri.cli.lists.week import write_week
from tesuri.cli.serve import DEFAULT_PORT, LOOPBACK, serve_site
from tesuri.cli.state import Session, session_of
from tesuri.flows.demo.build_demo import build_demo
from tesuri.flows.demo.declared import declared_files
from tesuri.flows.demo.plans import BLOCKED, WARNED
from tesuri.flows.demo.site import DemoClock
from tesuri.model.errors import BadInput
from tesuri.settings import Settings
from tesuri.untrusted.instant import instant
from tesuri.wiring.site import Site, site_at

_FOLDER: Final = Path(".tesuri") / "demo"
_MARK: Final = Path(".tesuri") / "demo-built-at"
"""Inside the demo; says that the folder is ours to replace, and how old it is."""

_KEPT_FOR: Final = timedelta(days=1)


def demo(
    context: typer.Context,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to serve on.")] = DEFAULT_PORT,
    *,
    is_served: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve the pages until stopped.")
    ] = True,
    is_fresh: Annotated[
        bool, typer.Option("--fresh", help="Build it anew, even when it is not a day old.")
    ] = False,
) -> None:
    """Build a company with 90 days of history, show its week, and serve its pages.

    Everything is invented and kept in .tesuri/demo of the workspace; delete that folder to be rid of it.
    """
    session = session_of(context)
    folder = demo_folder(session.site, is_fresh=is_fresh, tell=_progress(session))
    site = site_at(folder, session.site.settings)
    site.clock = session.site.clock
    try:
        shown = Session(site.settings, session.language, site=site)
        write_week(shown, "", OutputFormat.TABLE)
        typer.echo("\n".join(["", *_commands(session, _from_here(folder))]))
        if is_served:
            serve_site(site, LOOPBACK[0], port)
    finally:
        site.close()


def demo_folder(
    site: Site, *, is_fresh: bool, tell: Callable[[int, int], None] = lambda _done, _all: None
) -> Path:
    """Give the demo's folder, built when it is missing or older than a day.

    It is built beside its place and moved there when it is whole, so that a stopped build leaves nothing half done.

    **raises** BadInput when something else stands in its place.
    """
    folder = site.settings.workspace.value / _FOLDER
    now = site.clock()
    if not is_fresh and _is_recent(folder, now):
        return folder
    _refuse_foreign(folder)
    unfinished = folder.with_name("demo-unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    _keep_out_of_git(folder.parent)
    try:
        _build(unfinished, site.settings, now, tell)
        shutil.rmtree(folder, ignore_errors=True)
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return folder


def _build(
    folder: Path, settings: Settings, now: datetime, tell: Callable[[int, int], None]
) -> None:
    for path, content in declared_files(shipped_files(), now).items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    (folder / _MARK).parent.mkdir(exist_ok=True)
    clock = DemoClock(now)
    site = site_at(folder, settings)
    site.clock = clock
    try:
        build_demo(site, clock, now=now, tell=tell)
    finally:
        site.close()
    (folder / _MARK).write_text(f"{now.isoformat()}\n", encoding="utf-8")


def _keep_out_of_git(folder: Path) -> None:
    """Let nobody commit the demo by accident; a file that is there is left as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    ignored = folder / ".gitignore"
    if not ignored.exists():
        ignored.write_text("*\n", encoding="utf-8")


def _is_recent(folder: Path, now: datetime) -> bool:
    mark = folder / _MARK
    built_at = instant(mark.read_text(encoding="utf-8").strip()) if mark.is_file() else None
    return built_at is not None and timedelta(0) <= now - built_at < _KEPT_FOR


def _refuse_foreign(folder: Path) -> None:
    if folder.exists() and not (folder / _MARK).is_file():
        raise BadInput(
            "Something stands where the demo is to be built, and no demo made it.",
            where=str(folder),
            remedy="Move it away, or start the demo in another folder.",
        )


def shipped_files() -> Mapping[str, bytes]:
    """Give the declared files of the demo as they are shipped, by path."""
    found: dict[str, bytes] = {}
    pending: list[tuple[str, Traversable]] = [
        ("", resources.files("tesuri").joinpath("flows/demo_data"))
    ]
    while pending:
        prefix, place = pending.pop()
        for entry in place.iterdir():
            if entry.is_dir():
                pending.append((f"{prefix}{entry.name}/", entry))
            else:
                found[f"{prefix}{entry.name}"] = entry.read_bytes()
    return dict(sorted(found.items()))


def _commands(session: Session, folder: Path) -> list[str]:
    phrases = session.phrases
    return [
        phrases.gettext(
            "See it again:        {command}", command=f"tesuri --workspace {folder} week"
        ),
        phrases.gettext(
            "Ask the plan gate:   {command}",
            command=f"tesuri --workspace {folder} check plan {folder / 'plans' / WARNED} "
            f"{folder / 'plans' / BLOCKED}",
        ),
        phrases.gettext("Take in your own:    {command}", command="tesuri ingest YOUR-REPORT.json"),
    ]


def _from_here(folder: Path) -> Path:
    """Give the folder as somebody in this directory would write it."""
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder


def _progress(session: Session) -> Callable[[int, int], None]:
    """Give who shows how far the building is: nobody when standard error is no terminal."""
    if not sys.stderr.isatty():
        return lambda _done, _all: None

    words = session.phrases.gettext("Building the demo company")

    def show(done: int, whole: int) -> None:
        end = "\n" if done == whole else ""
        sys.stderr.write(f"\r{words}: {done * 100 // whole}%{end}")
        sys.stderr.flush()

    return show
