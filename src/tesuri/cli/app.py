"""The `tesuri` command: its options, its commands, and how a failure is said."""

from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Final

import typer

from tesuri.cli.arguments import PROGRAM_OPTIONS, arranged, refuse_empty
from tesuri.cli.state import open_session

_COMMANDS: Final[Mapping[str, str]] = {
    "demo": "demo",
    "init": "init",
    "serve": "serve",
    "tick": "tick",
    "ingest": "intake.ingest",
    "watch": "intake.watch",
    "vex": "intake.vex",
    "inspect": "intake.inspect",
    "week": "lists.week",
    "findings": "lists.commands",
    "services": "lists.commands",
    "explain": "lists.commands",
    "approve": "waivers.approve",
    "doctor": "doctor",
}
"""Command → its module in this package, where it is a function of the same name."""
_GROUPS: Final = (
    *("check", "admission", "waivers", "controls", "evidence", "scp"),
    *("feeds", "merges", "export", "budget", "state", "token"),
)
"""Commands with commands of their own: `app` of the module of that name."""
_MODULES: Final = {
    "check": "gates.check",
    "admission": "gates.admission",
    "waivers": "waivers.commands",
    "controls": "catalogue.controls",
    "evidence": "catalogue.evidence",
    "scp": "scp.commands",
    "feeds": "intake.feeds",
    "merges": "intake.merges",
    "budget": "budgets.commands",
    "state": "gates.policy_state",
}
"""Those whose module has another name."""


def _show_version(*, is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"tesuri {version('tesuri')}")
        raise typer.Exit


def options(
    context: typer.Context,
    lang: Annotated[
        str | None, typer.Option(help="Language of the answer: en or ja; also after the command.")
    ] = None,
    workspace: Annotated[
        Path | None,
        typer.Option(
            help="Folder of the declared files (TESURI_WORKSPACE); also after the command."
        ),
    ] = None,
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            "-V",
            help="Print the version.",
            is_eager=True,
            callback=lambda value: _show_version(is_asked=value),
        ),
    ] = False,
) -> None:
    """Open the session that every command uses."""
    session = open_session(lang, workspace)
    context.obj = session
    context.call_on_close(session.close)


def whole_app() -> typer.Typer:
    """Give the program with all its commands."""
    return _app((*_COMMANDS, *_GROUPS))


def answer(arguments: Sequence[str]) -> None:
    """Answer a command line; only what the named command needs is loaded."""
    refuse_empty(arguments)
    words = arranged(arguments)
    named = next((word for word in _after_options(words)), "")
    known = (named,) if named in _COMMANDS or named in _GROUPS else (*_COMMANDS, *_GROUPS)
    _app(known)(args=words, prog_name="tesuri")


def _app(names: Iterable[str]) -> typer.Typer:
    app = typer.Typer(
        name="tesuri",
        help="Run security the way SRE runs reliability: findings, error budgets, guardrails.",
        epilog="Exit codes: 0 done and nothing blocks, 1 a gate blocks (check, scp lint, controls test), "
        "2 bad input, bad configuration or our error.",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(options)
    for name in names:
        if name in _GROUPS:
            module = import_module(f"tesuri.cli.{_MODULES.get(name, name)}")
            app.add_typer(module.app, name=name)
        else:
            app.command()(getattr(import_module(f"tesuri.cli.{_COMMANDS[name]}"), name))
    return app


def _after_options(words: Sequence[str]) -> Sequence[str]:
    """Give the words from the command on; the program's own options stand before it."""
    position = 0
    while position < len(words) and words[position].startswith("-"):
        has_value = words[position] in PROGRAM_OPTIONS
        position += 2 if has_value else 1
    return words[position:]
