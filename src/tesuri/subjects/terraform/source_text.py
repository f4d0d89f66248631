"""What the text of a .tf file tells without being evaluated: which resources it declares, where blocks are dynamic."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_RESOURCE: Final = re.compile(r'^\s*resource\s+"(\w+)"\s+"([\w-]+)"\s*\{')
_DYNAMIC: Final = re.compile(r'^\s*dynamic\s+"([\w-]+)"\s*\{')
_OVER: Final = re.compile(r"^\s*(?:dynamic.*\{\s*)?for_each\s*=\s*(\S+)\s*$")
_QUIET: Final = re.compile(r'"(?:[^"\\]|\\.)*"|#.*|//.*')


@dataclass(frozen=True, slots=True)
class Dynamic:
    """One dynamic block."""

    label: str
    line: int
    last_line: int
    members: str = ""
    """What it goes over, as written."""


def resources_of(source: str) -> Iterator[tuple[str, str, int]]:
    """Give type, name and line of each resource that a file declares."""
    for number, line in enumerate(source.splitlines(), start=1):
        if match := _RESOURCE.match(line):
            yield match[1], match[2], number


def dynamics_of(source: str, first_line: int, last_line: int) -> Iterator[Dynamic]:
    """Give the dynamic blocks between two lines."""
    if "dynamic" not in source:
        return
    lines = source.splitlines()
    for number in range(first_line, min(last_line, len(lines)) + 1):
        if match := _DYNAMIC.match(lines[number - 1]):
            last = _end(lines, number)
            over = next(filter(None, map(_OVER.match, lines[number - 1 : last])), None)
            yield Dynamic(match[1], number, last, over[1] if over else "")


def _end(lines: list[str], first_line: int) -> int:
    depth = 0
    for number in range(first_line, len(lines) + 1):
        bare = _QUIET.sub("", lines[number - 1])
        depth += bare.count("{") - bare.count("}")
        if depth <= 0:
            return number
    return len(lines)
