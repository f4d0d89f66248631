"""Writes remarks about a place in a policy file."""

from dataclasses import dataclass
from typing import Final

from tesuri.model.scp import LintLevel, LintRemark

_LONGEST: Final = 120


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file."""

    file: str
    pointer: str

    def at(self, pointer: str) -> "Place":
        """Give a place below this one."""
        return Place(self.file, self.pointer + pointer)


def error(place: Place, rule: str, message: str, remedy: str = "") -> LintRemark:
    """Say that Amazon refuses something, or that it does not do what it says."""
    return LintRemark(rule, LintLevel.ERROR, place.file, place.pointer, message, remedy)


def warning(place: Place, rule: str, message: str, remedy: str = "") -> LintRemark:
    """Say that something is likely not what was meant."""
    return LintRemark(rule, LintLevel.WARNING, place.file, place.pointer, message, remedy)


def brief(text: str) -> str:
    """Give a foreign text as a sentence can hold it: on one line, and not longer than a line."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
