"""The `tesuri` program from start to end: its streams, its answer, and how a failure is said."""

import gc
import os
import sys
from collections.abc import Sequence
from typing import Final

from tesuri.cli.arguments import is_asked_by_atlantis
from tesuri.cli.state import tell
from tesuri.model.errors import ExitCode, TesuriError

_MANY_RECORDS: Final = 50_000
"""How many records are made before cycles among them are looked for: there are few, and every command makes many records."""


def run(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; every failure is one sentence and exit code 2."""
    if sys.stdout is None:
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal that is not UTF-8 shows an escape where it has no letter.
            stream.reconfigure(errors="backslashreplace")
    gc.set_threshold(_MANY_RECORDS)
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
            code = _answer(arguments)
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
    return code


def _answer(arguments: Sequence[str]) -> ExitCode:
    code = None
    if "plan" in arguments:
        from tesuri.cli.gates.plan_answer import answer_plain_plans  # noqa: PLC0415 - only gates need it

        code = answer_plain_plans(arguments)
    if code is None:
        from tesuri.cli.app import answer  # noqa: PLC0415 - its library costs 0.1 s

        answer(arguments)
    return code or ExitCode.DONE


def _pipe_closed() -> int:
    """Say nothing more: the reader, such as head, has what it wanted."""
    _drop_output()
    return ExitCode.DONE


def _drop_output() -> None:
    """Let Python write what is left to nowhere when it ends, instead of failing once more."""
    # Typer may have wrapped the stream; what is left in the first one is written when Python ends.
    sys.stdout = sys.__stdout__ or sys.stdout
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
