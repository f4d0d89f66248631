"""The `tesuri` command: its options, its commands, and how a failure is said."""

import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from tesuri.cli import (
    admission,
    budget,
    check,
    controls,
    demo,
    doctor,
    evidence,
    export,
    feeds,
    ingest,
    inspect,
    lists,
    scp,
    serve,
    tick,
    vex,
    watch,
    week,
)
from tesuri.cli.arguments import arranged, is_asked_by_atlantis
from tesuri.cli.state import open_session, tell
from tesuri.model.errors import ExitCode, TesuriError

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


def _show_version(*, is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"tesuri {version('tesuri')}")
        raise typer.Exit


@app.callback()
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
    context.call_on_close(session.site.close)


for _command in (
    demo.demo,
    serve.serve,
    tick.tick,
    ingest.ingest,
    watch.watch,
    vex.vex,
    inspect.inspect,
    week.week,
    lists.findings,
    lists.services,
    lists.explain,
    doctor.doctor,
):
    app.command()(_command)
app.add_typer(check.app, name="check")
app.add_typer(admission.app, name="admission")
app.add_typer(controls.app, name="controls")
app.add_typer(evidence.app, name="evidence")
app.add_typer(scp.app, name="scp")
app.add_typer(feeds.app, name="feeds")
app.add_typer(export.app, name="export")
app.add_typer(budget.app, name="budget")


def run(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; every failure is one sentence and exit code 2."""
    if sys.stdout is None:
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal that is not UTF-8 shows an escape where it has no letter.
            stream.reconfigure(errors="backslashreplace")
    given = sys.argv[1:] if arguments is None else arguments
    code = _exit_code(given)
    if code == ExitCode.ERROR and is_asked_by_atlantis(given):
        # Atlantis reads words: a gate that could not look must not be taken for one that passed.
        sys.stdout.write("FAIL - the gate did not answer; see the log\n1 failure\n")
        sys.stdout.flush()
    sys.exit(code)


def _exit_code(arguments: Sequence[str]) -> int | str | None:
    """Run one command. Everything that went wrong has been said when it gives its exit code."""
    try:
        try:
            app(args=arranged(arguments), prog_name="tesuri")
        finally:
            sys.stdout.flush()
    except SystemExit as ending:
        # Typer ends with 1 when the reader closes the pipe, which here means that a gate blocks.
        return _pipe_closed() if isinstance(ending.__context__, BrokenPipeError) else ending.code
    except BrokenPipeError:
        return _pipe_closed()
    except (TesuriError, OSError) as error:
        is_ours = isinstance(error, TesuriError)
        tell(str(error) if is_ours else f"The system refused a step: {error}.")
        if not is_ours:
            _drop_output()
        return ExitCode.ERROR
    except KeyboardInterrupt:
        return 130
    # The outermost boundary: our own bug, said in one sentence.
    except Exception as error:
        tell(
            f"This is a bug of ours ({type(error).__name__}: {error}). "
            "Nothing was changed by the step that failed. Report it with the command that you ran."
        )
        if os.environ.get("TESURI_TEST_TRACEBACK"):
            raise
        return ExitCode.ERROR
    return ExitCode.DONE


def _pipe_closed() -> int:
    """Say nothing more: the reader, such as head, has what it wanted."""
    _drop_output()
    return ExitCode.DONE


def _drop_output() -> None:
    """Let Python write what is left to nowhere when it ends, instead of failing once more."""
    # Typer may have wrapped the stream; what is left in the first one is written when Python ends.
    sys.stdout = sys.__stdout__ or sys.stdout
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
