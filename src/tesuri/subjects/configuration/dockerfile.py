"""A Dockerfile → the list of its instructions that Conftest's policies know: Cmd, SubCmd, Flags, JSON, Value, Stage.

Nothing is built or looked up, and no variable is replaced. Comments stand as instructions of their own before what they belong to.

**source** The Dockerfile reference; BuildKit's parser for what is one value and what is several.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tesuri.model.errors import BadInput

_ESCAPE: Final = re.compile(r"#\s*escape\s*=\s*(?P<sign>[\\`])\s*$", re.IGNORECASE)
_INSTRUCTION: Final = re.compile(r"(?P<name>[A-Za-z]+)(?:\s+(?P<rest>.*))?$", re.DOTALL)
_FLAG: Final = re.compile(r"--[^\s=]+(?:=(?:\"[^\"]*\"|'[^']*'|\S)*)?(?:\s+|$)")
_HEREDOC: Final = re.compile(r"<<-?\s*([\"']?)([A-Za-z_]\w*)\1")
_WORD: Final = re.compile(r"(?:\"(?:[^\"\\]|\\.)*\"|'[^']*'|\\.|[^\s\"'\\]|[\"'\\])+", re.DOTALL)
_WITH_HEREDOCS: Final = ("run", "copy", "add")
_ONE_TEXT: Final = ("run", "cmd", "entrypoint", "shell")
_LISTS: Final = ("add", "copy", "volume")
_WORDS: Final = ("from", "expose")
_PAIRS: Final = ("env", "label")
_PLAIN: Final = ("user", "workdir", "stopsignal", "maintainer")
_KNOWN: Final = frozenset(
    (*_ONE_TEXT, *_LISTS, *_WORDS, *_PAIRS, *_PLAIN, "arg", "healthcheck", "onbuild")
)

Command = dict[str, object]


@dataclass(frozen=True, slots=True)
class _Line:
    """One instruction with its continued lines joined, and the comments before it."""

    number: int
    text: str
    comments: tuple[str, ...]


def read_dockerfile(source: str, *, where: str) -> list[Command]:
    """Give the instructions in their order. **raises** BadInput with the line of what is no instruction."""
    commands: list[Command] = []
    stage = -1
    for line in _lines(source):
        command = _command(line, where)
        stage += command["Cmd"] == "from"
        shown = max(stage, 0)
        commands += [
            {"Cmd": "comment", "SubCmd": "", "JSON": False, "Flags": None, "Value": [comment]}
            | {"Stage": shown}
            for comment in line.comments
        ]
        commands.append(command | {"Stage": shown})
    if not commands:
        raise BadInput("The Dockerfile holds no instruction.", where=where)
    return commands


def _lines(source: str) -> Iterator[_Line]:
    escape = "\\"
    comments: list[str] = []
    parts: list[str] = []
    first = 0
    lines = iter(enumerate(source.splitlines(), start=1))
    for number, line in lines:
        bare = line.strip()
        if bare.startswith("#"):
            if match := _ESCAPE.fullmatch(bare):
                escape = match["sign"]
            if not parts:
                comments.append(bare[1:].strip())
            continue
        if not bare:
            comments = comments if parts else []
            continue
        first = first if parts else number
        cut = line.rstrip()
        if cut.endswith(escape):
            parts.append(cut[: -len(escape)])
            continue
        joined = "".join([*parts, line]).strip()
        parts = []
        _pass_heredocs(joined, lines)
        yield _Line(first, joined, tuple(comments))
        comments = []
    if parts:
        yield _Line(first, "".join(parts).strip(), tuple(comments))


def _pass_heredocs(text: str, lines: Iterator[tuple[int, str]]) -> None:
    """Go behind the texts that an instruction takes from the lines below it."""
    if text.partition(" ")[0].lower() not in _WITH_HEREDOCS:
        return
    for match in _HEREDOC.finditer(text):
        for _, line in lines:
            if line.strip() == match[2]:
                break


def _command(line: _Line, where: str) -> Command:
    match = _INSTRUCTION.match(line.text)
    name = match["name"].lower() if match else ""
    if match is None or name not in _KNOWN:
        word = line.text.partition(" ")[0]
        raise BadInput(
            f"{word!r} is no instruction of a Dockerfile.", where=f"{where}: line {line.number}"
        )
    rest = (match["rest"] or "").strip()
    flags: list[str] = []
    while flag := _FLAG.match(rest):
        flags.append(flag[0].strip())
        rest = rest[flag.end() :]
    found: Command = {"Cmd": name, "SubCmd": "", "JSON": False, "Flags": flags}
    if name == "onbuild":
        if not rest:
            raise BadInput("ONBUILD names no instruction.", where=f"{where}: line {line.number}")
        inner = _command(_Line(line.number, rest, ()), where)
        return found | {"SubCmd": rest.split(maxsplit=1)[0]} | {k: inner[k] for k in _OF_INNER}
    values, is_json = _values(name, rest)
    return found | {"JSON": is_json, "Value": values or None}


_OF_INNER: Final = ("JSON", "Value")


def _values(name: str, rest: str) -> tuple[list[str], bool]:
    if name == "healthcheck":
        kind, _, command = rest.partition(" ")
        values, is_json = _values("cmd", command.strip())
        return [kind, *values], is_json
    if name in (*_ONE_TEXT, *_LISTS) and (listed := _listed(rest)) is not None:
        return listed, True
    if name in (*_LISTS, *_WORDS):
        return rest.split(), False
    if name in _PAIRS:
        return _pairs(rest), False
    if name == "arg":
        return _WORD.findall(rest), False
    return [rest] if rest else [], False


def _listed(rest: str) -> list[str] | None:
    if not rest.startswith("["):
        return None
    try:
        found: object = json.loads(rest)
    except (ValueError, RecursionError):
        return None
    if isinstance(found, list) and all(isinstance(each, str) for each in found):
        return found
    return None


def _pairs(rest: str) -> list[str]:
    """Give name, value and sign of each pair, one after the other."""
    words = _WORD.findall(rest)
    if words and "=" not in words[0]:
        name, _, value = rest.partition(" ")
        return [name, value.strip(), ""]
    return [part for word in words for part in (*_halves(word), "=")]


def _halves(word: str) -> tuple[str, str]:
    name, _, value = word.partition("=")
    return name, value
