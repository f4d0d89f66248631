"""Files as the person named them: their names as they are said, their bytes, and the sentence for what is refused."""

import os
import sys
from pathlib import Path

from tesuri.model.errors import BadInput
from tesuri.untrusted.text_document import MAX_BYTES


def shown_name(name: str) -> str:
    """Give a file's name as it is said and stored: bytes that are no UTF-8 are escaped."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def read_file(name: str) -> bytes:
    """Give a file's bytes; `-` is standard input. **raises** BadInput that names the file."""
    try:
        if name == "-":
            return sys.stdin.buffer.read(MAX_BYTES + 1)
        with Path(name).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise unreadable(name, error) from error


def unreadable(name: str, error: OSError) -> BadInput:
    """Give the sentence for a file that the system does not let us read."""
    if isinstance(error, IsADirectoryError):
        return BadInput(
            "This is a folder, not a file.", where=shown_name(name), remedy="Name the files in it."
        )
    return BadInput(
        f"The file cannot be read: {error.strerror or error}.",
        where=shown_name(name),
        remedy="Check the name and the permissions.",
    )
