"""Every error that Tesuri raises on purpose, divided by whose fault it is.

    TesuriError
    ├── BadInput      the file, option or workspace that the user gave is wrong
    ├── Unsupported   the input is right, but Tesuri cannot do this (yet)
    ├── Unavailable   something outside did not answer: disk, database, network
    └── Defect        our own bug

Expected outcomes (a failing verdict, a skipped record) are values, never errors.
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a command answers to the shell (words: exit codes)."""

    DONE = 0
    BLOCKED = 1
    ERROR = 2


class TesuriError(Exception):
    """An error that explains itself: what happened, where, and what to do next.

    `what` and `remedy` are one sentence each; `where` is a file, a JSON pointer, a line or an id.
    """

    exit_code = ExitCode.ERROR
    http_status = 500

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        remedy = f" {self.remedy}" if self.remedy else ""
        return f"{place}{self.what}{remedy}"


class BadInput(TesuriError):
    """The user's file, option or workspace is wrong; nothing was stored."""

    http_status = 400


class Unsupported(TesuriError):
    """The input may be right, but Tesuri has no way to treat it."""

    http_status = 422


class Unavailable(TesuriError):
    """Something outside the process did not answer; trying again may work."""

    http_status = 503


class Pending(Unavailable):
    """What was asked for is being made; asking again gives it."""

    retry_seconds = 5
    """When it is worth asking again."""


class Defect(TesuriError):
    """Tesuri contradicted itself; the message asks for a report."""
