"""The page of the command line, made from the commands themselves; `make golden` writes docs/cli.md with it."""

import sys
from collections.abc import Iterator
from typing import Final

from typer import Context
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from tesuri.cli.app import whole_app

Command = TyperCommand | TyperGroup

_WIDTH: Final = 100
_HEAD: Final = """\
# Command line

Made from the program by `tools/cli_reference.py`; `make golden` writes it anew.

- Data goes to standard output, everything else to standard error. Progress and colour show on a terminal only;
  `NO_COLOR` and `FORCE_COLOR` are honoured, and so is `COLUMNS` where no terminal says its width (160 otherwise).
- `--lang` and `--workspace` may stand before or after the command, `--format` too.
- `--lang ja` translates what is shown for people. Errors, JSON keys, CSV keys and this page stay English.
- `--format json` is one object with `schema`, facts about the whole and the rows; `jsonl` is one row a line; `csv` has
  the same values, and a text that a spreadsheet would run as a formula has a quote before it; `markdown` is a table.
- `tesuri --install-completion` sets up completion of the shell, `--show-completion` prints it.

| exit code | meaning |
|---|---|
| 0 | done, and nothing blocks; `ingest`, `week` and `findings` however much they find |
| 1 | a gate blocks (`check`, `scp lint`, `controls test` only) |
| 2 | bad input, bad configuration or our error; the sentence on standard error says what, where and what to do |
"""


def reference() -> str:
    """Give the page: each command with what its --help says."""
    return "\n".join([_HEAD, *_sections(_made(get_command(whole_app())), "tesuri", None)])


def _sections(command: Command, name: str, parent: Context | None) -> Iterator[str]:
    context = command.make_context(
        name,
        [],
        parent=parent,
        resilient_parsing=True,
        terminal_width=_WIDTH,
        max_content_width=_WIDTH,
    )
    yield f"{'##' if parent is None else '###'} {context.command_path}\n"
    yield f"```text\n{_trimmed(command.get_help(context))}\n```\n"
    if isinstance(command, TyperGroup):
        for child_name, child in sorted(command.commands.items()):
            yield from _sections(_made(child), child_name, context)  # type: ignore[arg-type]  # typer keeps the class of contexts private


def _made(command: object) -> Command:
    assert isinstance(command, TyperCommand | TyperGroup)
    return command


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.splitlines()).strip()


if __name__ == "__main__":
    sys.stdout.write(reference())
