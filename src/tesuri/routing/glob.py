"""Globs of targets, repositories and packages: `*` is any run of characters, `?` is one; nothing else is special."""

import re
from functools import lru_cache

_ANY = re.compile(r"[*?]")


def is_glob(pattern: str) -> bool:
    """Whether the pattern can match more than itself."""
    return _ANY.search(pattern) is not None


def matches(pattern: str, word: str) -> bool:
    """Whether the whole word has the form of the pattern; upper and lower case differ."""
    if not is_glob(pattern):
        return pattern == word
    return _compiled(pattern).fullmatch(word) is not None


def specificity(pattern: str) -> tuple[int, int, int]:
    """Give how much a pattern says: exact before glob, then letters given, then fewer wildcards."""
    wildcards = len(_ANY.findall(pattern))
    return (0 if wildcards else 1, len(pattern) - wildcards, -wildcards)


def literal_start(pattern: str) -> str:
    """Give the letters before the first wildcard."""
    return _ANY.split(pattern, maxsplit=1)[0]


def can_both_match(one: str, other: str) -> bool:
    """Whether some word has the form of both patterns.

    **cost** product of the two lengths.
    """
    # reachable[j]: the rest of `one` from the current position and `other[j:]` share a word.
    reachable = [all(sign == "*" for sign in other[j:]) for j in range(len(other) + 1)]
    for sign in reversed(one):
        reachable = _row(sign, other, reachable)
    return reachable[0]


def _row(sign: str, other: str, below: list[bool]) -> list[bool]:
    row = [False] * (len(other) + 1)
    row[len(other)] = sign == "*" and below[len(other)]
    for j in range(len(other) - 1, -1, -1):
        if sign == "*" or other[j] == "*":
            is_either_empty = (sign == "*" and below[j]) or (other[j] == "*" and row[j + 1])
            # The star takes one letter that the other side gives.
            is_shared = (other[j] == "*" and below[j]) or (sign == "*" and row[j + 1])
            row[j] = is_either_empty or is_shared
        else:
            row[j] = below[j + 1] and ("?" in {sign, other[j]} or sign == other[j])
    return row


@lru_cache(maxsize=10_000)
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = (
        {"*": ".*", "?": "."}.get(part, re.escape(part)) for part in re.split(r"([*?])", pattern)
    )
    return re.compile("".join(parts), re.DOTALL)
