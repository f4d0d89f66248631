"""What the text of a .tf file tells without being evaluated: which resources it declares, where blocks are dynamic."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_RESOURCE: Final = re.compile(r'^\s*resource\s+"(\w+)"\s+"([\w-]+)"\s*\{')
_DYNAMIC: Final = re.compile(r'^\s*dynamic\s+"([\w-]+)"\s*\{')
_OVER: Final = re.compile(r"^\s*(?:dynamic.*\{\s*)?for_each\s*=\s*(.*?)\s*$")
_ITERATOR: Final = re.compile(r"^\s*iterator\s*=\s*([\w-]+)\s*$")
_BLOCK: Final = re.compile(r'^\s*(dynamic\s|[\w-]+)(?:\s*"[^"]*")*\s*\{')
_CONTENT: Final = re.compile(r"^\s*content\s*\{")
_QUIET: Final = re.compile(r'"(?:[^"\\]|\\.)*"|#.*|//.*')


@dataclass(frozen=True, slots=True)
class Dynamic:
    """One dynamic block."""

    label: str
    line: int
    last_line: int
    members: str = ""
    """What it goes over, as written."""
    iterator: str = ""
    content: str = ""
    """The text of its content with the braces; empty when other blocks stand in it."""
    is_before_static: bool = False
    """Whether it is the last dynamic block of the block around it, and blocks that are not dynamic follow."""


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
            body = lines[number - 1 : last]
            over = next(filter(None, map(_OVER.match, body)), None)
            named = next(filter(None, map(_ITERATOR.match, body)), None)
            yield Dynamic(
                match[1],
                number,
                last,
                members=over[1] if over else "",
                iterator=named[1] if named else match[1],
                content=_content(lines, number, last),
                is_before_static=_is_before_static(lines, last, last_line),
            )


def _content(lines: list[str], first: int, last: int) -> str:
    for number in range(first, last + 1):
        if _CONTENT.match(lines[number - 1]):
            body = lines[number - 1 : _end(lines, number)]
            return "" if any(map(_BLOCK.match, body[1:])) else "\n".join(body)
    return ""


def _is_before_static(lines: list[str], after: int, last_line: int) -> bool:
    """Say whether blocks follow in the same block, and none of them is dynamic."""
    followers: list[str] = []
    depth = 0
    for line in lines[after : min(last_line, len(lines))]:
        bare = _QUIET.sub('""', line)
        if depth == 0 and (match := _BLOCK.match(bare)):
            followers.append(match[1].strip())
        depth += bare.count("{") - bare.count("}")
        if depth < 0:
            break
    return bool(followers) and "dynamic" not in followers


def _end(lines: list[str], first_line: int) -> int:
    depth = 0
    for number in range(first_line, len(lines) + 1):
        bare = _QUIET.sub("", lines[number - 1])
        depth += bare.count("{") - bare.count("}")
        if depth <= 0:
            return number
    return len(lines)
