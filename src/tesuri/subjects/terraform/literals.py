"""What an expression of HCL tells by itself, where its evaluation gave up: the literals around a part that is not known.

tfparse gives null for `jsonencode({…})` as soon as one leaf of it is not known, and for an explicit null. Here objects,
lists, texts, numbers and references to identities are read from the source; whatever else is written is UNKNOWN.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from tesuri.model.resource import UNKNOWN, Unknown, partly_known
from tesuri.subjects.planned import Planned
from tesuri.subjects.terraform.plan_references import named_by

_SPACE: Final = re.compile(r"(?:[ \t\r]|\\\n|/\*.*?\*/)*", re.DOTALL)
_GAP: Final = re.compile(r"(?:\s|#[^\n]*|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_COMMENT: Final = re.compile(r"#[^\n]*|//[^\n]*|/\*.*?\*/", re.DOTALL)
_NAME: Final = re.compile(r"[A-Za-z_][\w-]*")
_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_PATH: Final = re.compile(r"[A-Za-z_][\w-]*(?:\.[\w-]+|\.?\[[^\]\n]*\])*")
_QUOTED: Final = re.compile(r'"(?:[^"\\$]|\\.|\$(?!\{)|\$\{(?:[^{}]|\{[^{}]*\})*\})*"')
_HEREDOC: Final = re.compile(r"<<-?(\w+)\n.*?^[ \t]*\1[ \t]*$", re.DOTALL | re.MULTILINE)
_PLACE: Final = re.compile(r"(?<!\$)\$\{((?:[^{}]|\{[^{}]*\})*)\}")
_ENCODE: Final = re.compile(r"jsonencode\(")
_OF_ITERATOR: Final = re.compile(r"[\w-]+\.(?:key|value)\b")
_WORDS: Final = {"true": True, "false": False, "null": None, "True": True, "False": False}
"""Words that are values; Terraform refuses the capitals, and what they mean is plain."""
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}
_DEEPEST: Final = 40


def expressions(block: str) -> dict[str, str]:
    """Give the attributes of a block's text with what is written after `=`; blocks inside it are passed over."""
    found: dict[str, str] = {}
    at = block.find("{") + 1
    while at < len(block):
        at = _end(_GAP, block, at)
        name = _NAME.match(block, at)
        if name is None:
            at = _after(block, at)
            continue
        sign = _end(_SPACE, block, name.end())
        if block[sign : sign + 1] == "=" and block[sign + 1 : sign + 2] != "=":
            start = _end(_SPACE, block, sign + 1)
            at = _statement_end(block, start)
            found.setdefault(name[0], block[start:at].strip())
        else:
            at = name.end()
    return found


def literal(expression: str, names: Callable[[str], Planned]) -> Planned:
    """Give the value of an expression as far as it is written; `names` gives what locals are."""
    return _Reader(expression, names).whole()


def completed(value: Planned, written: Planned) -> Planned:
    """Give an evaluated value whose unknown parts are replaced by what the source tells."""
    if isinstance(value, Unknown):
        return written if value == UNKNOWN else value
    if isinstance(value, dict) and isinstance(written, dict):
        return {key: completed(part, written.get(key, part)) for key, part in value.items()}
    if isinstance(value, list) and isinstance(written, list) and len(value) == len(written):
        return [completed(*pair) for pair in zip(value, written, strict=True)]
    return value


def has_gap(value: Planned) -> bool:
    """Whether something of a value is not known at all."""
    if isinstance(value, dict):
        return any(map(has_gap, value.values()))
    return any(map(has_gap, value)) if isinstance(value, list) else value == UNKNOWN


class _Reader:
    """Reads one expression from left to right."""

    def __init__(self, text: str, names: Callable[[str], Planned]) -> None:
        self._text = text
        self._names = names
        self._at = 0
        self._depth = 0

    def whole(self) -> Planned:
        encoded = _ENCODE.match(self._text)
        if encoded:
            self._at = encoded.end()
        self._skip()
        value = self._value()
        self._skip()
        rest = self._text[self._at :]
        return value if rest == (")" if encoded else "") else UNKNOWN

    def _skip(self) -> None:
        self._at = _end(_GAP, self._text, self._at)

    def _value(self) -> Planned:
        start, self._depth = self._at, self._depth + 1
        value = self._plain() if self._depth <= _DEEPEST else UNKNOWN
        self._depth -= 1
        after = _end(_SPACE, self._text, self._at)
        if self._text[after : after + 1] not in ("", ",", "\n", "}", "]", ")", "#", "/"):
            # An operator or a call: nobody works it out here.
            self._at = _expression_end(self._text, start)
            return UNKNOWN
        return value

    def _plain(self) -> Planned:
        first = self._text[self._at : self._at + 1]
        if first == "{":
            return self._object()
        if first == "[":
            return self._list()
        if match := _QUOTED.match(self._text, self._at):
            self._at = match.end()
            return _unquoted(match[0][1:-1], self._names)
        if match := _NUMBER.match(self._text, self._at):
            self._at = match.end()
            return float(match[0]) if "." in match[0] else int(match[0])
        if match := _PATH.match(self._text, self._at):
            self._at = match.end()
            return _WORDS[match[0]] if match[0] in _WORDS else _named(match[0], self._names)
        self._at = max(_expression_end(self._text, self._at), self._at + 1)
        return UNKNOWN

    def _list(self) -> Planned:
        found = [self._value() for _ in self._members("]")]
        # NOTE: [for …] makes a list that is not written out.
        return UNKNOWN if found and self._is_loop(found) else found

    def _object(self) -> Planned:
        found: dict[str, Planned] = {}
        is_told = True
        for _ in self._members("}"):
            key = _QUOTED.match(self._text, self._at) or _NAME.match(self._text, self._at)
            is_told = is_told and key is not None and key[0] != "for" and "${" not in key[0]
            self._at = key.end() if key else _expression_end(self._text, self._at)
            self._skip()
            self._at += self._text[self._at : self._at + 1] in ("=", ":")
            self._skip()
            value = self._value()
            if key:
                found[key[0].strip('"')] = value
        return found if is_told else UNKNOWN

    def _is_loop(self, found: list[Planned]) -> bool:
        return "for " in self._text and any(part == UNKNOWN for part in found) and len(found) == 1

    def _members(self, closing: str) -> Iterator[None]:
        """Stand before each member of a list or object, and after it at the end."""
        self._at += 1
        while True:
            self._skip()
            if self._text[self._at : self._at + 1] in (closing, ""):
                self._at += 1
                return
            before = self._at
            yield
            self._skip()
            self._at += self._text[self._at : self._at + 1] == ","
            if self._at == before:
                self._at += 1


def _named(path: str, names: Callable[[str], Planned]) -> Planned:
    # NOTE: the default of a variable may be overruled elsewhere; a local is what it is.
    if path.startswith("local."):
        return names(path)
    if _OF_ITERATOR.match(path) and (told := names(path)) != UNKNOWN:
        return told
    return named_by(path)


def _unquoted(text: str, names: Callable[[str], Planned]) -> Planned:
    if "%{" in text:
        return UNKNOWN
    places = list(_PLACE.finditer(text))
    if len(places) == 1 and places[0][0] == text:
        return _named(places[0][1].strip(), names)
    pieces, end = [""], 0
    for place in places:
        pieces[-1] += _unescaped(text[end : place.start()])
        end = place.end()
        known = _named(place[1].strip(), names)
        if isinstance(known, str):
            pieces[-1] += known
        else:
            pieces.append("")
    pieces[-1] += _unescaped(text[end:])
    return pieces[0] if len(pieces) == 1 else partly_known(pieces)


def _unescaped(text: str) -> str:
    plain = re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[0]), text)
    return plain.replace("$${", "${")


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


def _after(text: str, at: int) -> int:
    """Give the place after a text, a heredoc, brackets with all that they hold, or one character."""
    for pattern in (_QUOTED, _HEREDOC, _COMMENT):
        if match := pattern.match(text, at):
            return match.end()
    if text[at : at + 1] not in ("{", "[", "("):
        return at + 1
    depth = 0
    while at < len(text):
        if match := _QUOTED.match(text, at) or _HEREDOC.match(text, at) or _COMMENT.match(text, at):
            at = match.end()
            continue
        depth += (text[at] in "{[(") - (text[at] in "}])")
        at += 1
        if depth == 0:
            break
    return at


def _statement_end(text: str, at: int) -> int:
    """Give where the expression of an attribute ends: at the end of its line, outside of all brackets."""
    while at < len(text) and text[at] not in "\n}":
        at = _after(text, at)
    return at


def _expression_end(text: str, at: int) -> int:
    while at < len(text) and text[at] not in ",\n}])":
        at = _after(text, at)
    return at
