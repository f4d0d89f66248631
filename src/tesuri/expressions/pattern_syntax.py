"""Text of a regular expression → its pieces; refuses what RE2 refuses.

**source** https://github.com/google/re2/wiki/Syntax
"""

import re
from dataclasses import dataclass, replace
from typing import Final

MAX_REPEAT: Final = 1_000
# From: https://github.com/google/re2/wiki/Syntax (counting forms above 1000 are rejected)
MAX_NESTING: Final = 50

_Range = tuple[str, str]

_DIGIT: Final[tuple[_Range, ...]] = (("0", "9"),)
_WORD: Final[tuple[_Range, ...]] = (("0", "9"), ("A", "Z"), ("a", "z"), ("_", "_"))
_SPACE: Final[tuple[_Range, ...]] = tuple((char, char) for char in "\t\n\f\r ")
_NAMED: Final = {"d": _DIGIT, "w": _WORD, "s": _SPACE}
_POSIX: Final[dict[str, tuple[_Range, ...]]] = {
    "alnum": (("0", "9"), ("A", "Z"), ("a", "z")),
    "alpha": (("A", "Z"), ("a", "z")),
    "digit": _DIGIT,
    "lower": (("a", "z"),),
    "upper": (("A", "Z"),),
    "punct": (("!", "/"), (":", "@"), ("[", "`"), ("{", "~")),
    "space": (*_SPACE, ("\v", "\v")),
    "word": _WORD,
    "xdigit": (("0", "9"), ("A", "F"), ("a", "f")),
}
_CONTROL: Final = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_COUNT: Final = re.compile(r"\{(\d{1,5})(,(\d{0,5}))?\}")
_HEX: Final = re.compile(r"x(?:([0-9a-fA-F]{2})|\{([0-9a-fA-F]{1,6})\})")
_FLAGS: Final = re.compile(r"\?([ims]*)(?:-([ims]+))?([:)])")
_GROUP_NAME: Final = re.compile(r"\?P?<\w+>")


@dataclass(frozen=True, slots=True)
class Characters:
    """One character out of a set."""

    ranges: tuple[_Range, ...]
    is_negated: bool = False
    ignores_case: bool = False

    def has(self, char: str) -> bool:
        """Whether the set holds a character."""
        forms = {char, char.lower(), char.upper()} if self.ignores_case else {char}
        is_listed = any(low <= form <= high for form in forms for low, high in self.ranges)
        return is_listed is not self.is_negated


@dataclass(frozen=True, slots=True)
class Assertion:
    """A condition on a place between characters."""

    kind: str
    """^ $ for the text, m^ m$ for a line, b B for word boundaries."""

    def holds(self, text: str, position: int) -> bool:
        """Whether the place satisfies the condition."""
        before, after = text[:position][-1:], text[position : position + 1]
        match self.kind:
            case "^":
                return position == 0
            case "$":
                return position == len(text)
            case "m^":
                return before in ("", "\n")
            case "m$":
                return after in ("", "\n")
            case _:
                return (_is_word(before) is not _is_word(after)) is (self.kind == "b")


@dataclass(frozen=True, slots=True)
class Sequence:
    """Pieces one after the other."""

    parts: tuple["Piece", ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """One of several pieces."""

    choices: tuple["Piece", ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A piece from `least` to `most` times; None is without end."""

    part: "Piece"
    least: int
    most: int | None


Piece = Characters | Assertion | Sequence | Alternative | Repeat


def _is_word(char: str) -> bool:
    return bool(char) and any(low <= char <= high for low, high in _WORD)


@dataclass(frozen=True, slots=True)
class _Flags:
    ignores_case: bool = False
    is_multiline: bool = False
    dot_takes_newline: bool = False

    def changed(self, letters: str, *, to: bool) -> "_Flags":
        names = {"i": "ignores_case", "m": "is_multiline", "s": "dot_takes_newline"}
        return replace(self, **{names[letter]: to for letter in letters})


def read_pattern(source: str) -> Piece:
    """Give the pieces of a pattern; raises ValueError with half a sentence."""
    return _Reader(source).whole()


class _Reader:
    """Reads one pattern from left to right."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._depth = 0

    def whole(self) -> Piece:
        piece = self._choices(_Flags())
        if self._at < len(self._source):
            raise ValueError("a ')' has no '('")
        return piece

    def _peek(self) -> str:
        return self._source[self._at : self._at + 1]

    def _next(self) -> str:
        char = self._peek()
        if not char:
            raise ValueError("it ends too early")
        self._at += 1
        return char

    def _taken(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self._source, self._at)
        if match:
            self._at = match.end()
        return match

    def _choices(self, flags: _Flags) -> Piece:
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise ValueError(f"it nests deeper than {MAX_NESTING} groups")
        choices: list[Piece] = []
        parts: list[Piece] = []
        while (char := self._peek()) and char != ")":
            if char == "|":
                self._at += 1
                choices.append(Sequence(tuple(parts)))
                parts = []
            elif change := self._flag_change(flags):
                flags = change
            else:
                parts.append(self._repeated(self._atom(flags)))
        self._depth -= 1
        last = Sequence(tuple(parts))
        return Alternative((*choices, last)) if choices else last

    def _flag_change(self, flags: _Flags) -> _Flags | None:
        """Read `(?i)`, which holds to the end of the group."""
        match = _FLAGS.match(self._source, self._at + 1) if self._peek() == "(" else None
        if match is None or match[3] != ")":
            return None
        self._at = match.end()
        return flags.changed(match[1], to=True).changed(match[2] or "", to=False)

    def _repeated(self, piece: Piece) -> Piece:
        counts: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        char = self._peek()
        if char in counts and char:
            self._at += 1
            least, most = counts[char]
        elif match := self._taken(_COUNT):
            least = int(match[1])
            most = least if match[2] is None else int(match[3]) if match[3] else None
            if max(least, most or 0) > MAX_REPEAT or (most is not None and most < least):
                raise ValueError(f"{match[0]} is no possible count")
        else:
            return piece
        if self._peek() == "?":
            self._at += 1
        elif self._peek() in ("*", "+"):
            raise ValueError("two repetitions follow each other")
        return Repeat(piece, least, most)

    def _atom(self, flags: _Flags) -> Piece:
        char = self._next()
        match char:
            case "(":
                return self._group(flags)
            case "[":
                return replace(self._set(), ignores_case=flags.ignores_case)
            case ".":
                return Characters(
                    () if flags.dot_takes_newline else (("\n", "\n"),), is_negated=True
                )
            case "^" | "$":
                return Assertion(f"m{char}" if flags.is_multiline else char)
            case "\\":
                return self._escape(flags)
            case "*" | "+" | "?":
                raise ValueError(f"'{char}' has nothing to repeat")
            case _:
                return Characters(((char, char),), ignores_case=flags.ignores_case)

    def _group(self, flags: _Flags) -> Piece:
        if self._peek() == "?" and not self._taken(_GROUP_NAME):
            match = self._taken(_FLAGS)
            if match is None:
                raise ValueError("look-around and other (?…) groups are not supported")
            flags = flags.changed(match[1], to=True).changed(match[2] or "", to=False)
        piece = self._choices(flags)
        if self._peek() != ")":
            raise ValueError("a '(' has no ')'")
        self._at += 1
        return piece

    def _escape(self, flags: _Flags) -> Piece:
        char = self._peek()
        anchors = {"A": "^", "z": "$", "b": "b", "B": "B"}
        if char in anchors and char:
            self._at += 1
            return Assertion(anchors[char])
        if char.lower() in _NAMED and char:
            self._at += 1
            return Characters(_NAMED[char.lower()], is_negated=char.isupper())
        letter = self._character()
        return Characters(((letter, letter),), ignores_case=flags.ignores_case)

    def _character(self) -> str:
        """Give the character that an escape stands for."""
        if match := self._taken(_HEX):
            code = int(match[1] or match[2], 16)
            if code > 0x10FFFF:
                raise ValueError(f"\\{match[0]} is no character")
            return chr(code)
        char = self._next()
        if char in _CONTROL:
            return _CONTROL[char]
        if char.isalnum():
            raise ValueError(f"\\{char} is not supported")
        return char

    def _set(self) -> Characters:
        is_negated = self._peek() == "^"
        self._at += is_negated
        ranges: list[_Range] = []
        is_first = True
        while (char := self._next()) != "]" or is_first:
            is_first = False
            ranges.extend(self._set_part(char))
        return Characters(tuple(ranges), is_negated)

    def _set_part(self, char: str) -> tuple[_Range, ...]:
        if char == "[" and self._peek() == ":":
            return self._posix()
        if char == "\\" and self._peek().lower() in _NAMED and self._peek():
            name = self._next()
            if name.isupper():
                raise ValueError(f"\\{name} inside [] is not supported")
            return _NAMED[name]
        low = self._character() if char == "\\" else char
        if self._peek() != "-" or self._source[self._at + 1 : self._at + 2] in ("]", ""):
            return ((low, low),)
        self._at += 1
        high = self._next()
        high = self._character() if high == "\\" else high
        if high < low:
            raise ValueError(f"{low}-{high} is no range")
        return ((low, high),)

    def _posix(self) -> tuple[_Range, ...]:
        end = self._source.find(":]", self._at)
        name = self._source[self._at + 1 : end]
        if end < 0 or name not in _POSIX:
            raise ValueError("[: is not the start of a known class")
        self._at = end + 2
        return _POSIX[name]
