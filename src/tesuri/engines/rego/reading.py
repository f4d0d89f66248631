"""A text of Rego → the engine's tree of it. Runs in the child process only.

Two forms that the reference implementation reads and the engine does not are written out for it, on the same lines.
"""

import json
import re
from collections.abc import Mapping
from typing import Final

import regorus

PLACE: Final = re.compile(r"--> (?P<file>.+?):(?P<line>\d+):(?P<column>\d+)")
_NO_BODY: Final = "rule must have a body or assignment"
_MORE_BODIES: Final = "else cannot be used with set rules"
_HEAD: Final = re.compile(r"^[A-Za-z_][\w.]*[ \t]*\[", re.MULTILINE)


def read_tree(path: str, words: str, *, is_v0: bool) -> tuple[str, Mapping[str, object]]:
    """Give a text that the engine reads, and what it read. **raises** RuntimeError for what is no Rego."""
    while True:
        engine = regorus.Engine()
        engine.set_rego_v0(is_v0)
        try:
            engine.add_policy(path, words)
            return words, json.loads(engine.get_ast_as_json())[0]["ast"]
        except RuntimeError as error:
            written = _written_out(words, str(error))
            if written == words:
                raise
            words = written


def _written_out(words: str, message: str) -> str:
    """Give the text with what the engine stumbled over in a form that it knows; the same text where there is none."""
    found = PLACE.search(message)
    if found is None:
        return words
    lines = words.split("\n")
    number, column = int(found["line"]) - 1, int(found["column"]) - 1
    if number < len(lines) and _NO_BODY in message:
        lines[number] = _with_value(lines[number])
    elif number < len(lines) and _MORE_BODIES in message:
        at = sum(len(line) + 1 for line in lines[:number]) + column
        return _with_head(words, at)
    return "\n".join(lines)


def _with_value(line: str) -> str:
    """Say of a function without a body, `f("a")`, that it is true."""
    head = re.match(r".*\)(?=\s*(#.*)?$)", line)
    return line if head is None else f"{head[0]} := true{line[head.end() :]}"


def _with_head(words: str, at: int) -> str:
    """Give a second body of a set, `deny[msg] { … } { … }`, a head of its own."""
    heads = list(_HEAD.finditer(words, 0, at))
    if not heads or words[at : at + 1] != "{":
        return words
    start = heads[-1].start()
    depth, end = 1, heads[-1].end()
    while depth and end < at:
        depth += {"[": 1, "]": -1}.get(words[end], 0)
        end += 1
    head = " ".join(words[start:end].split())
    return f"{words[:at]}{head} {words[at:]}"
