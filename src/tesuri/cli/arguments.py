"""Puts options where the parser wants them, so that they may stand where people write them.

`tesuri week --lang ja`, `tesuri --format json week` and `tesuri findings -has:waiver` mean what they say.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from tesuri.model.errors import BadInput

PROGRAM_OPTIONS: Final = ("--lang", "--workspace")
_OF_AN_ANSWER: Final = ("--format", "-o", "--output")
_OF_CHECK: Final = ("--state", "--state-key", "--server", "--token-env")
_FLAGS_OF_CHECK: Final = ("--explain", "--all")
_OF_BUDGET: Final = {
    "show",
    "simulate",
    "history",
    "legacy",
    "report",
    "presets",
    "export",
    "-h",
    "--help",
}
"""What may follow `tesuri budget`; anything else is shown: `tesuri budget OBJECTIVE`."""
_NEVER_EMPTY: Final = frozenset(
    (
        *("--target", "--as", "--scanned-at", "--as-of", "--since"),
        *("--team", "--service", "--objective", "--journey"),
    )
)
"""Options that say nothing when they are empty, which is mostly a variable that was not set."""
_EXCLUDING_TERM: Final = re.compile(r"-[a-z_]{2,}:")


def refuse_empty(arguments: Sequence[str]) -> None:
    """Refuse an option whose value is empty. **raises** BadInput, because the answer would be about something else."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    for word, after in pairwise([*arguments[:end], "-"]):
        name, equals, value = word.partition("=")
        if name in _NEVER_EMPTY and (value if equals else after).strip() == "":
            raise BadInput(
                "Its value is empty.",
                where=name,
                remedy="Give one, or leave the option out; a variable may not be set.",
            )


def arranged(arguments: Sequence[str]) -> list[str]:
    """Give the arguments with the program's options first and the command's format last; after -- nothing moves."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    rest, terms = list(arguments[:end]), list(arguments[end + 1 :])
    first = _taken(rest, PROGRAM_OPTIONS)
    last = _taken(rest, _OF_AN_ANSWER)
    last = _paired(last) if rest[:1] in (["check"], ["scp"]) else last
    if rest[:1] == ["check"]:
        flags = [flag for flag in _FLAGS_OF_CHECK if flag in rest]
        rest = [each for each in rest if each not in flags]
        rest[1:1] = [*flags, *_taken(rest, _OF_CHECK)]
    if rest[:1] == ["findings"] or rest[:2] == ["export", "vex"]:
        excluding = [each for each in rest if _EXCLUDING_TERM.match(each)]
        rest = [each for each in rest if each not in excluding]
        terms = [*excluding, *terms]
    if rest[:1] == ["budget"] and not set(rest[1:2]) & _OF_BUDGET:
        rest.insert(1, "show")
    is_ended = end < len(arguments) or terms
    return [*first, *rest, *last, *(["--", *terms] if is_ended else [])]


def _paired(taken: Sequence[str]) -> list[str]:
    """Give formats and files so that each file has the number of its format: a file is of the format before it.

    A file before every format is of the first one that has no file. Files that are left over stay, to be refused.
    """
    formats: list[list[str]] = []
    free: list[str] = []
    waiting = list(taken)
    while waiting:
        name, equals, value = waiting.pop(0).partition("=")
        if not equals:
            value = waiting.pop(0) if waiting else ""
        if name == "--format":
            formats.append([value])
        elif formats and len(formats[-1]) == 1:
            formats[-1].append(value)
        else:
            free.append(value)
    if not free and all(len(each) == 1 for each in formats):
        return list(taken)
    for each in formats:
        if len(each) == 1 and free:
            each.append(free.pop(0))
    formats.sort(key=len, reverse=True)
    files = [*(each[1] for each in formats if len(each) > 1), *free]
    return [
        *(f"--format={each[0]}" for each in formats),
        *(f"--output={each}" for each in files),
    ]


def is_asked_by_atlantis(arguments: Sequence[str]) -> bool:
    """Whether a gate is asked to answer in the words that Atlantis reads."""
    asked = " ".join(arguments[: arguments.index("--") if "--" in arguments else None])
    return (
        arguments[:1] != ["--"]
        and re.search(r"(?:^|\s)--format[= ]atlantis(?:\s|$)", asked) is not None
    )


def _taken(arguments: list[str], names: Sequence[str]) -> list[str]:
    """Take the options of these names with their values out of the arguments."""
    taken: list[str] = []
    position = 0
    while position < len(arguments):
        name, equals, _ = arguments[position].partition("=")
        if name not in names:
            position += 1
            continue
        width = 1 if equals else 2
        taken += arguments[position : position + width]
        del arguments[position : position + width]
    return taken
