"""A file of HCL as it is written → the document that Conftest makes of it: no variable is looked up, nothing is evaluated.

A block is a member of a list below its labels; a text, a number, a list or an object is itself; every other expression stays
what was written, between `${` and `}`.

**source** HCL native syntax specification (hashicorp/hcl); the README of tmccombs/hcl2json for the shape.
"""

import re
import sys
from dataclasses import dataclass
from typing import Final

from tesuri.model.errors import BadInput

_DEEPEST: Final = 60
_SPACE: Final = re.compile(r"(?:[ \t\r]|/\*.*?\*/)*", re.DOTALL)
_BLANK: Final = re.compile(r"(?:\s|#[^\n]*|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_NAME: Final = re.compile(r"[^\W\d][\w-]*")
_OBJECT_KEY: Final = re.compile(r"[\w.-]+")
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w.])")
_WORD: Final = re.compile(r"(true|false|null)(?![\w.(\[-])")
_HEREDOC: Final = re.compile(r"<<(-?)([^\W\d][\w-]*)\r?\n")
_FOR: Final = re.compile(r"[\[{]\s*for\s")
_ESCAPE: Final = re.compile(r'\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([nrt"\\]))')
_PLAIN: Final = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_HALVES: Final = range(0xD800, 0xE000)
"""Halves of characters, which stand nowhere by themselves."""
_WORDS: Final = {"true": True, "false": False, "null": None}
_CLOSING: Final = {"(": ")", "[": "]", "{": "}"}


def read_hcl(source: str, *, where: str) -> dict[str, object]:
    """Give the document. **raises** BadInput with the line of what is no HCL."""
    reader = _Reader(source, where)
    return reader.body("", 0)


@dataclass(slots=True)
class _Reader:
    """One pass over a text."""

    text: str
    where: str
    at: int = 0

    def body(self, end: str, depth: int) -> dict[str, object]:
        """Read attributes and blocks until the end of the text, or a closing brace."""
        found: dict[str, object] = {}
        while True:
            self._skip(_BLANK)
            if self.at >= len(self.text) and not end:
                return found
            if end and self._takes(end):
                return found
            name = self._name()
            self._skip(_SPACE)
            if self._peek() == "=" and self._peek(1) != "=":
                self.at += 1
                found[name] = self.expression(depth + 1, is_ended_by_line=True)
            else:
                self._block(name, found, depth + 1)

    def _block(self, name: str, into: dict[str, object], depth: int) -> None:
        self._refuse_depth(depth)
        key = name
        while not self._takes("{"):
            label = self._text() if self._peek() == '"' else self._name()
            below = into.setdefault(key, {})
            if not isinstance(below, dict):
                raise self._wrong(f"the block {name} has labels here and none before")
            into, key = below, str(label)
            self._skip(_SPACE)
        known = into.setdefault(key, [])
        value = self.body("}", depth)
        if not isinstance(known, list):
            raise self._wrong(f"{key} is given twice, as a block and otherwise")
        known.append(value)

    def expression(self, depth: int, *, is_ended_by_line: bool) -> object:
        """Read one expression."""
        self._refuse_depth(depth)
        self._skip(_SPACE if is_ended_by_line else _BLANK)
        start = self.at
        value, is_known = self._value(depth)
        ended = self._is_ended(is_ended_by_line=is_ended_by_line)
        if is_known and ended:
            return value
        self.at = start
        self._pass_over(is_ended_by_line=is_ended_by_line)
        written = self.text[start : self.at].rstrip()
        if not written:
            raise self._wrong("an expression is missing")
        return f"${{{written}}}"

    def _value(self, depth: int) -> tuple[object, bool]:
        """Read what is itself; False for what is an expression of several parts, or none at all."""
        if match := _NUMBER.match(self.text, self.at):
            self.at = match.end()
            is_whole = match[0].lstrip("-").isdigit()
            return (int(match[0]) if is_whole else float(match[0])), True
        if match := _WORD.match(self.text, self.at):
            self.at = match.end()
            return _WORDS[match[1]], True
        first = self._peek()
        if first == '"':
            return self._wrapped(self._text(), depth), True
        if match := _HEREDOC.match(self.text, self.at):
            return self._heredoc(match), True
        if first in ("[", "{") and first and not _FOR.match(self.text, self.at):
            return (self._listing(depth) if first == "[" else self._object(depth)), True
        return None, False

    def _wrapped(self, text: str, depth: int) -> object:
        """Give the literal that is all that stands in `"${…}"`, else the text."""
        if not text.startswith("${") or _end_of_part(text, 2) != len(text):
            return text
        inner = _Reader(text[2:-1], self.where)
        value = inner.expression(depth + 1, is_ended_by_line=False)
        return value if isinstance(value, bool | int | float) else text

    def _listing(self, depth: int) -> list[object]:
        self.at += 1
        found: list[object] = []
        while True:
            self._skip(_BLANK)
            if self._takes("]"):
                return found
            found.append(self.expression(depth + 1, is_ended_by_line=False))
            self._skip(_BLANK)
            if not self._takes(",") and self._peek() != "]":
                raise self._wrong("a comma or ] is missing")

    def _object(self, depth: int) -> dict[str, object]:
        self.at += 1
        found: dict[str, object] = {}
        while True:
            self._skip(_BLANK)
            if self._takes("}"):
                return found
            key = self._key()
            self._skip(_SPACE)
            if not (self._takes("=") or self._takes(":")):
                raise self._wrong("= is missing in an object")
            found[key] = self.expression(depth + 1, is_ended_by_line=True)
            self._skip(_SPACE)
            self._takes(",")

    def _key(self) -> str:
        if self._peek() == '"':
            return self._text()
        start = self.at
        if self._peek() == "(":
            self._pass_over_brackets()
            return f"${{{self.text[start + 1 : self.at - 1].strip()}}}"
        found = _OBJECT_KEY.match(self.text, start)
        if found is None:
            raise self._wrong("a key is missing in an object")
        self.at = found.end()
        return found[0]

    def _text(self) -> str:
        """Read a text in quotes; its parts `${…}` stay as they are written."""
        self.at += 1
        parts: list[str] = []
        while True:
            start = self.at
            while self._peek() not in ('"', "\\", "$", "%", "\n", ""):
                self.at += 1
            parts.append(self.text[start : self.at])
            sign = self._peek()
            if sign == '"':
                self.at += 1
                return "".join(parts)
            parts.append(self._part(sign))

    def _part(self, sign: str) -> str:
        if sign == "\\":
            match = _ESCAPE.match(self.text, self.at)
            if match is None:
                raise self._wrong("a text holds an escape that is none")
            number = 0 if match[3] else int(match[1] or match[2], 16)
            if number > sys.maxunicode or number in _HALVES:
                raise self._wrong("a text holds an escape that is no character")
            self.at = match.end()
            return _PLAIN[match[3]] if match[3] else chr(number)
        if sign in ("$", "%") and sign:
            start = self.at
            if self.text.startswith(f"{sign}{sign}{{", start):
                self.at += 3
                return f"{sign}{{"
            if self._peek(1) == "{":
                self.at = _end_of_part(self.text, start + 2)
                if self.at < 0:
                    self.at = start
                    raise self._wrong("a part ${ of a text does not end")
            else:
                self.at += 1
            return self.text[start : self.at]
        raise self._wrong("a text does not end on its line")

    def _heredoc(self, match: re.Match[str]) -> str:
        lines: list[str] = []
        self.at = match.end()
        while self.at < len(self.text):
            end = self.text.find("\n", self.at)
            line = self.text[self.at : end if end >= 0 else len(self.text)].rstrip("\r")
            after = end + 1 if end >= 0 else len(self.text)
            if line.strip() == match[2]:
                # What follows the end of a text here is the end of its line.
                self.at = after - 1 if end >= 0 else after
                indents = [len(one) - len(one.lstrip()) for one in lines if one.strip()]
                cut = min(indents, default=0) if match[1] else 0
                return "".join(f"{one[cut:]}\n" for one in lines)
            lines.append(line)
            self.at = after
        raise self._wrong(f"the text {match[2]} does not end")

    def _is_ended(self, *, is_ended_by_line: bool) -> bool:
        self._skip(_SPACE if is_ended_by_line else _BLANK)
        rest = self.text[self.at : self.at + 2]
        return rest[:1] in ("", "\n", ",", "]", "}", ")", "#") or rest == "//"

    def _pass_over(self, *, is_ended_by_line: bool) -> None:
        """Go to the end of an expression of several parts."""
        while self.at < len(self.text):
            sign = self._peek()
            if sign in (",", "]", "}", ")", "#") or self.text.startswith(("//", "/*"), self.at):
                return
            if sign == "\n" and is_ended_by_line:
                return
            if sign in _CLOSING:
                self._pass_over_brackets()
            elif sign == '"':
                self._text()
            elif match := _HEREDOC.match(self.text, self.at):
                self._heredoc(match)
            else:
                self.at += 1

    def _pass_over_brackets(self) -> None:
        open_ones = [_CLOSING[self._peek()]]
        self.at += 1
        while open_ones:
            self._skip(_BLANK)
            sign = self._peek()
            if not sign:
                raise self._wrong(f"{open_ones[-1]} is missing")
            if sign == open_ones[-1]:
                open_ones.pop()
                self.at += 1
            elif sign in _CLOSING:
                open_ones.append(_CLOSING[sign])
                self.at += 1
            elif sign == '"':
                self._text()
            elif match := _HEREDOC.match(self.text, self.at):
                self._heredoc(match)
            else:
                self.at += 1

    def _name(self) -> str:
        match = _NAME.match(self.text, self.at)
        if match is None:
            raise self._wrong("a name is missing")
        self.at = match.end()
        return match[0]

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def _peek(self, ahead: int = 0) -> str:
        return self.text[self.at + ahead : self.at + ahead + 1]

    def _takes(self, sign: str) -> bool:
        is_there = self.text.startswith(sign, self.at)
        self.at += len(sign) * is_there
        return is_there

    def _refuse_depth(self, depth: int) -> None:
        if depth > _DEEPEST:
            raise self._wrong(f"it is nested more than {_DEEPEST} levels deep")

    def _wrong(self, what: str) -> BadInput:
        line = self.text.count("\n", 0, self.at) + 1
        return BadInput(f"This is not HCL: {what}.", where=f"{self.where}: line {line}")


def _end_of_part(text: str, at: int) -> int:
    """Give the place after the brace that ends `${…`, which began before `at`; -1 where it does not end."""
    depth, is_quoted = 1, False
    nested: list[int] = []
    while at < len(text):
        sign = text[at]
        if is_quoted and sign == "\\":
            at += 1
        elif sign == '"':
            is_quoted = not is_quoted
        elif is_quoted and text.startswith(("${", "%{"), at):
            # What stands in a text within an expression is an expression again.
            nested.append(depth)
            depth, is_quoted = depth + 1, False
            at += 1
        elif not is_quoted and sign in "{}":
            depth += 1 if sign == "{" else -1
            if depth == 0:
                return at + 1
            if nested and depth == nested[-1]:
                nested.pop()
                is_quoted = True
        at += 1
    return -1
