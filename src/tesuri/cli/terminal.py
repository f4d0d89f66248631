"""People's terminal: colour, width, text made safe to show, and progress; standard output holds only the answer."""

import os
import re
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from tesuri.settings import Colour

if TYPE_CHECKING:
    from rich.console import Console

_PIPE_WIDTH: Final = 160
"""Where no terminal says its width; COLUMNS says another."""

# Controls, and marks that reverse the reading direction: a report could move the cursor or hide words with them.
_UNSHOWN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def console(colour: Colour) -> "Console":
    """Give the console for people's output, coloured only where that is wanted."""
    from rich.console import Console  # noqa: PLC0415 - 30 ms, and machines read no tables

    forced = {Colour.ALWAYS: True, Colour.NEVER: False, Colour.AUTO: None}[colour]
    is_measured = sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdigit()
    return Console(
        force_terminal=forced,
        # Asked for, colour is given even where TERM says that there is none.
        color_system="standard" if colour is Colour.ALWAYS else "auto",
        no_color=colour is Colour.NEVER,
        highlight=False,
        width=None if is_measured else _PIPE_WIDTH,
    )


def plain(text: str) -> str:
    """Give the text on one line, without anything that a terminal would obey."""
    # What Python calls printable holds nothing of that kind, and is told five times as fast.
    return (
        text
        if text.isprintable()
        else _UNSHOWN.sub(lambda found: " " if found[0] in "\t\n\r" else "\ufffd", text)
    )


def say(out: "Console", text: str, style: str = "", *, indent: int = 0) -> None:
    """Write a sentence; on a terminal its further lines keep the indent, elsewhere it stays one line."""
    from rich.text import Text  # noqa: PLC0415 - as in console

    line = Text(plain(text), style=style)
    wrapped = line.wrap(out, max(20, out.width - indent)) if sys.stdout.isatty() else [line]
    for each in wrapped:
        each.rstrip()
        out.print(Text(" " * indent).append_text(each), soft_wrap=True)


def cut(text: str, width: int, *, is_cut_left: bool = False) -> str:
    """Give the text in at most `width` cells; what was cut is marked with …, at the left for ids and paths."""
    from rich.cells import cell_len  # noqa: PLC0415 - as in console

    if cell_len(text) <= width:
        return text
    kept: list[str] = []
    left = width - 1
    for letter in reversed(text) if is_cut_left else text:
        left -= cell_len(letter)
        if left < 0:
            break
        kept.append(letter)
    if is_cut_left:
        return "…" + "".join(reversed(kept))
    return "".join(kept) + "…"


def progress(names: Sequence[str]) -> Iterator[str]:
    """Give the names one by one; a terminal sees which one it is while several are worked on."""
    is_shown = len(names) > 1 and sys.stderr.isatty()
    for number, name in enumerate(names, start=1):
        if is_shown:
            sys.stderr.write(
                f"\r\x1b[2K{number}/{len(names)} {cut(plain(name), 60, is_cut_left=True)}"
            )
            sys.stderr.flush()
        yield name
        if is_shown:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()
