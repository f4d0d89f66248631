r"""Regular expressions as the reference implementation reads them (RE2), for the engine's own (Rust's). Runs in the child only.

Both are the same language but for a few letters, and a different reading would be a silent one: `\w` and `\d` are ASCII in RE2
and all of Unicode in Rust; `[` in a class and a `{` that counts nothing are themselves in RE2 and errors in Rust.

**source** https://github.com/google/re2/wiki/Syntax and https://docs.rs/regex
"""

import re
from functools import lru_cache
from typing import Final

_CLASSES: Final = {"d": "0-9", "w": "0-9A-Za-z_", "s": r"\t\n\f\r "}
_COUNT: Final = re.compile(r"\{\d+(,\d*)?\}")
_DOUBLED: Final = "&-~"
"""Two of one of them in a class are an operation in Rust."""
_MEANT: Final = frozenset(r"\[{")
_MOST_KNOWN: Final = 4096


@lru_cache(maxsize=_MOST_KNOWN)
def pattern(words: str) -> str:
    """Give the pattern that says in Rust's language what this one says in RE2's."""
    parts: list[str] = []
    at = 0
    while at < len(words):
        letter = words[at]
        if letter == "\\":
            piece, at = _escape(words, at, in_class=False)
        elif letter == "[":
            piece, at = _class(words, at)
        elif letter == "{" and not (parts and _COUNT.match(words, at)):
            piece, at = r"\{", at + 1
        else:
            piece, at = letter, at + 1
        parts.append(piece)
    return "".join(parts)


def is_same(words: str) -> bool:
    """Whether a pattern means the same in both languages as it stands."""
    return not set(words) & _MEANT or pattern(words) == words


def _escape(words: str, at: int, *, in_class: bool) -> tuple[str, int]:
    letter = words[at + 1 : at + 2]
    after = at + 2
    if letter == "Q":
        end = words.find(r"\E", after)
        end = len(words) if end < 0 else end
        return re.escape(words[after:end]), end + 2
    if letter.lower() in _CLASSES:
        return _letters(letter, in_class=in_class), after
    if letter in ("b", "B") and not in_class:
        return rf"(?-u:\{letter})", after
    if letter in ("<", ">"):
        return letter, after
    if octal := re.compile(r"[0-7]{3}|0[0-7]?").match(words, at + 1):
        return f"\\x{{{int(octal[0], 8):X}}}", octal.end()
    return f"\\{letter}", after


def _letters(letter: str, *, in_class: bool) -> str:
    inside = _CLASSES[letter.lower()]
    if letter.isupper():
        return f"[^{inside}]"
    return inside if in_class else f"[{inside}]"


def _class(words: str, at: int) -> tuple[str, int]:
    """Translate a class; one without an end stays as it is, for the engine to refuse."""
    parts = ["["]
    begin = at
    at += 1
    if words[at : at + 1] == "^":
        parts.append("^")
        at += 1
    first = at
    while at < len(words):
        letter = words[at]
        if letter == "]" and at > first:
            return "".join([*parts, "]"]), at + 1
        if letter == "\\":
            piece, at = _escape(words, at, in_class=True)
        elif named := re.compile(r"\[:\^?\w+:\]").match(words, at):
            piece, at = named[0], named.end()
        else:
            is_doubled = letter in _DOUBLED and words[at + 1 : at + 2] == letter
            piece, at = f"\\{letter}" if letter in "[]" or is_doubled else letter, at + 1
        parts.append(piece)
    return words[begin:], len(words)
