"""Regular expressions that cannot explode: the RE2 subset that people write, in time linear in the text.

A pattern becomes a list of steps that is walked with a set of positions, never with backtracking. Back references,
look-around and Unicode classes are refused, as in RE2 (the last one is ours); `pattern_syntax.py` reads the text.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from tesuri.expressions.pattern_syntax import (
    Alternative,
    Assertion,
    Characters,
    Piece,
    Repeat,
    Sequence,
    read_pattern,
)
from tesuri.expressions.values import Meter

MAX_STEPS: Final = 5_000
"""Steps of one compiled pattern; bounds what {n,m} may expand to."""


_SHORT: Final = 200
_MOST_KEPT: Final = 4_096
"""Texts of a pattern whose answer is kept: with `_SHORT` at most some megabytes for all patterns of a catalogue."""


class PatternError(ValueError):
    """The pattern is wrong or outside of the subset; the text is one sentence."""


@dataclass(frozen=True, slots=True)
class _Take:
    characters: Characters


@dataclass(slots=True)
class _Fork:
    ways: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Require:
    assertion: Assertion


@dataclass(frozen=True, slots=True)
class _Done:
    pass


_Step = _Take | _Fork | _Require | _Done


class Pattern:
    """A compiled pattern."""

    def __init__(self, steps: list[_Step]) -> None:
        self._steps = steps
        first = steps[0]
        self._begins_the_text = isinstance(first, _Require) and first.assertion.kind == "^"
        self._answers: dict[str, bool] = {}
        """Of the short texts that were asked for: the same few words come again in every resource."""

    def is_found_in(self, text: str, meter: Meter) -> bool:
        """Whether any part of the text matches."""
        answer = self._answers.get(text)
        if answer is None:
            answer = self._walk(text, meter)
            if len(text) <= _SHORT and len(self._answers) < _MOST_KEPT:
                self._answers[text] = answer
        return answer

    def _walk(self, text: str, meter: Meter) -> bool:
        threads: set[int] = set()
        for position in range(len(text) + 1):
            meter.spend(1 + len(threads))
            if position == 0 or not self._begins_the_text:
                threads.add(0)
            elif not threads:
                return False
            ready = self._reached(threads, text, position)
            if ready is None:
                return True
            if position < len(text):
                char = text[position]
                threads = {
                    at + 1
                    for at in ready
                    if isinstance(step := self._steps[at], _Take) and step.characters.has(char)
                }
        return False

    def _reached(self, threads: set[int], text: str, position: int) -> set[int] | None:
        """Follow forks and assertions; None when the end of the pattern is reached."""
        seen: set[int] = set()
        waiting = list(threads)
        while waiting:
            at = waiting.pop()
            if at in seen:
                continue
            seen.add(at)
            match self._steps[at]:
                case _Done():
                    return None
                case _Fork(ways):
                    waiting.extend(ways)
                case _Require(assertion) if assertion.holds(text, position):
                    waiting.append(at + 1)
        return seen


@lru_cache(maxsize=256)
def compile_pattern(source: str) -> Pattern:
    """Compile a pattern; raises PatternError with a sentence."""
    try:
        steps: list[_Step] = []
        _emit(read_pattern(source), steps)
    except ValueError as error:
        raise PatternError(f"The pattern '{source[:80]}' cannot be used: {error}") from error
    steps.append(_Done())
    return Pattern(steps)


def _emit(piece: Piece, steps: list[_Step]) -> None:
    if len(steps) > MAX_STEPS:
        raise ValueError("it expands to too many steps")
    match piece:
        case Characters():
            steps.append(_Take(piece))
        case Assertion():
            steps.append(_Require(piece))
        case Sequence(parts):
            for part in parts:
                _emit(part, steps)
        case Alternative(choices):
            _emit_choices(choices, steps)
        case Repeat():
            _emit_repeat(piece, steps)


def _emit_choices(choices: tuple[Piece, ...], steps: list[_Step]) -> None:
    fork = _Fork()
    steps.append(fork)
    starts: list[int] = []
    exits: list[_Fork] = []
    for choice in choices:
        starts.append(len(steps))
        _emit(choice, steps)
        leave = _Fork()
        exits.append(leave)
        steps.append(leave)
    fork.ways = tuple(starts)
    for leave in exits:
        leave.ways = (len(steps),)


def _emit_repeat(piece: Repeat, steps: list[_Step]) -> None:
    for _ in range(piece.least):
        _emit(piece.part, steps)
    if piece.most is None:
        fork = _Fork()
        start = len(steps)
        steps.append(fork)
        _emit(piece.part, steps)
        steps.append(_Fork((start,)))
        fork.ways = (start + 1, len(steps))
        return
    forks: list[_Fork] = []
    for _ in range(piece.most - piece.least):
        fork = _Fork((len(steps) + 1,))
        forks.append(fork)
        steps.append(fork)
        _emit(piece.part, steps)
    for fork in forks:
        fork.ways = (*fork.ways, len(steps))
