"""The blocks of a dynamic block that the evaluation of HCL loses, told from the source where it tells them.

tfparse makes none of some dynamic blocks (those inside other blocks), and loses the last one where blocks that are not
dynamic follow in the same block. What was lost must not read as absent: it is written out where members and content are
literals, and unknown otherwise.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from tesuri.model.resource import UNKNOWN
from tesuri.subjects.planned import Planned
from tesuri.subjects.terraform.literals import expressions, literal
from tesuri.subjects.terraform.source_text import Dynamic
from tesuri.untrusted.shape import at

_SET: Final = re.compile(r"(?:toset|tolist|tomap)\((.*)\)", re.DOTALL)
_CHOICE: Final = re.compile(r"(!?)\s*((?:var|local)\.[\w-]+)\s*\?\s*([^:?]+?)\s*:\s*([^:?]+)")
_STEP: Final = re.compile(r"\.?([\w-]+)|\[\"?([\w-]+)\"?\]")


def lost_blocks(dynamic: Dynamic, seen: int, names: Callable[[str], Planned]) -> list[Planned]:
    """Give the blocks that should be there beside those that were seen."""
    members = _members(dynamic.members, names)
    if not isinstance(members, list | dict):
        return [UNKNOWN] if not seen or dynamic.is_before_static else []
    if len(members) <= seen:
        return []
    # NOTE: nobody knows in which order a mapping was gone through, so each of its members is told again.
    pairs = list(members.items() if isinstance(members, dict) else enumerate(members))
    wanted = pairs if isinstance(members, dict) else pairs[seen:]
    return [_block(dynamic, key, value, names) for key, value in wanted]


def _members(written: str, names: Callable[[str], Planned]) -> Planned:
    if choice := _CHOICE.fullmatch(written):
        told = names(choice[2])
        if not isinstance(told, bool):
            return UNKNOWN
        return _members(choice[3] if told is not bool(choice[1]) else choice[4], names)
    match = _SET.fullmatch(written)
    inner = match[1].strip() if match else written
    if inner.startswith(("var.", "local.")):
        return names(inner)
    return literal(inner, names) if inner.startswith(("[", "{")) else UNKNOWN


def _block(
    dynamic: Dynamic, key: object, value: Planned, names: Callable[[str], Planned]
) -> Planned:
    if not dynamic.content:
        return UNKNOWN

    def look(path: str) -> Planned:
        head, *steps = _steps(path)
        if head != dynamic.iterator:
            return names(path) if head == "local" else UNKNOWN
        if steps == ["key"]:
            return key if isinstance(key, str | int) else UNKNOWN
        return _followed(value, steps[1:]) if steps[:1] == ["value"] else UNKNOWN

    return {name: literal(part, look) for name, part in expressions(dynamic.content).items()}


def _followed(value: Planned, steps: list[str]) -> Planned:
    found: object = value
    for step in steps:
        found = at(found, int(step)) if step.isdecimal() else at(found, step)
        if found is None:
            return UNKNOWN
    return found  # type: ignore[return-value] # a part of a planned value is one


def _steps(path: str) -> Iterator[str]:
    for match in _STEP.finditer(path):
        yield match[1] or match[2]
