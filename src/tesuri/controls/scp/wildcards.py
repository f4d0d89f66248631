"""Patterns with * and ?, matched without backtracking, so that no pattern is slow.

A pattern is made of pieces, because a value that a policy variable brought in has no wildcards.
"""

from dataclasses import dataclass
from functools import lru_cache

_Segment = tuple[str | None, ...]
"""Characters between two stars; None stands for any one character."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a pattern."""

    text: str
    is_literal: bool = False
    """* and ? in it mean themselves."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern cut at its stars."""

    segments: tuple[_Segment, ...]

    def matches(self, text: str) -> bool:
        """Whether the whole text fits. **cost** length of the text times length of the pattern."""
        first, *rest = self.segments
        if not _fits(first, text, 0):
            return False
        if not rest:
            return len(text) == len(first)
        *middle, last = rest
        position = len(first)
        for segment in middle:
            position = _found(segment, text, position)
            if position < 0:
                return False
        start = len(text) - len(last)
        return start >= position and _fits(last, text, start)


@lru_cache(maxsize=4096)  # A replay compares with the same few patterns a hundred thousand times.
def pattern_of(pieces: tuple[Piece, ...]) -> Pattern:
    """Give the pattern that the pieces make."""
    segments: list[list[str | None]] = [[]]
    for piece in pieces:
        for sign in piece.text:
            if sign == "*" and not piece.is_literal:
                segments.append([])
            else:
                is_any = sign == "?" and not piece.is_literal
                segments[-1].append(None if is_any else sign)
    return Pattern(tuple(tuple(segment) for segment in segments))


def is_like(text: str, pattern: str) -> bool:
    """Whether a text fits a pattern that is written out."""
    return pattern_of((Piece(pattern),)).matches(text)


def _fits(segment: _Segment, text: str, start: int) -> bool:
    if start + len(segment) > len(text):
        return False
    return all(sign is None or sign == text[start + offset] for offset, sign in enumerate(segment))


def _found(segment: _Segment, text: str, start: int) -> int:
    """Give the position after the first place from `start` where the segment fits; -1 for none."""
    for place in range(start, len(text) - len(segment) + 1):
        if _fits(segment, text, place):
            return place + len(segment)
    return -1
