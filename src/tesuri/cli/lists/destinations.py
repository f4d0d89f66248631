"""Where an answer goes: one run, each format to its file, and at most one to standard output.

`--format sarif -o out.sarif --format table` writes both. A file is written whole or not at all. Which file belongs to
which format is settled by `arguments.py`: here they have the same number.
"""

import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, Generic, Protocol, TypeVar

from tesuri.cli.named_file import shown_name
from tesuri.model.errors import BadInput
from tesuri.settings import Colour

STANDARD_OUTPUT: Final = "-"

Form = TypeVar("Form", bound=StrEnum)


class Coloured(Protocol):
    """What answers are written for: a session of the command line."""

    colour: Colour


@dataclass(frozen=True, slots=True)
class Destination(Generic[Form]):
    """A format, and the file that gets it; None is standard output."""

    form: Form
    file: Path | None = None


def destinations(
    forms: Sequence[Form] | None, files: Sequence[str] | None, default: Form
) -> tuple[Destination[Form], ...]:
    """Give where each format goes. **raises** BadInput for files without a format, two answers in one place, or no folder."""
    asked = list(forms or (default,))
    names = list(files or ())
    if len(names) > len(asked):
        raise BadInput(
            f"Nothing says in which format {shown_name(names[-1])} is written.",
            where="--output",
            remedy="Give a --format before each -o.",
        )
    places = [None if name == STANDARD_OUTPUT else _place(name) for name in names]
    places += [None] * (len(asked) - len(places))
    for place in places:
        if places.count(place) > 1:
            where = "standard output" if place is None else shown_name(str(place))
            raise BadInput(
                f"Two formats would be written to {where}.",
                where="--format",
                remedy="Give a -o FILE after each --format but one.",
            )
    return tuple(Destination(form, place) for form, place in zip(asked, places, strict=True))


def write_each(
    session: Coloured,
    asked: Sequence[Destination[Form]],
    write: Callable[[Form], None],
) -> None:
    """Let an answer be written in each format, files first. **raises** BadInput for a file that cannot be written."""
    for each in sorted(asked, key=lambda one: one.file is None):
        if each.file is None:
            write(each.form)
            continue
        with _uncoloured(session), redirect_stdout(io.StringIO()) as text:
            write(each.form)
        _write_whole(each.file, text.getvalue().encode("utf-8", "backslashreplace"))


def _place(name: str) -> Path:
    place = Path(name)
    if not name or place.is_dir():
        raise BadInput(
            "This is a folder, not a file." if name else "The name of the file is empty.",
            where=shown_name(name) or "--output",
            remedy="Name a file to write the answer to.",
        )
    if not place.parent.is_dir():
        raise BadInput(
            "The folder of the file does not exist.",
            where=shown_name(name),
            remedy="Make it first, or choose another.",
        )
    return place


@contextmanager
def _uncoloured(session: Coloured) -> Iterator[None]:
    colour, session.colour = session.colour, Colour.NEVER
    try:
        yield
    finally:
        session.colour = colour


def _write_whole(place: Path, data: bytes) -> None:
    """Write a file whole or not at all; a device or a pipe just gets the bytes."""
    try:
        whole = place.resolve()
        if whole.exists() and not whole.is_file():
            sys.stdout.flush()
            whole.write_bytes(data)
            return
        beside = whole.with_name(f".{whole.name}.{os.getpid()}")
        try:
            beside.write_bytes(data)
            beside.replace(whole)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(place, error) from error


def _unwritable(place: Path, error: OSError) -> BadInput:
    return BadInput(
        f"The answer cannot be written: {error.strerror or error}.",
        where=shown_name(str(place)),
        remedy="Check the folder, its permissions and the space on the disk.",
    )
