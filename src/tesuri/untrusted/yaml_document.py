"""Foreign YAML to plain JSON values, read as Kubernetes and CloudFormation read it.

It builds from libyaml's events, so nothing of the text is ever executed or constructed: tags are refused
unless the caller lists them, aliases are counted as if written out, a key given twice is refused. Keys are
always text; dates stay text (`shape.instant` reads them); `yes`, `no`, `on`, `off` are booleans as values.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

import yaml

from tesuri.model.errors import BadInput
from tesuri.untrusted.text_document import read_text

MAX_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 100
MAX_NODES = 1_000_000
"""Values in one file, each alias counted as all that it stands for."""

MAX_POINTERS = 128 * 1024 * 1024
"""Characters of the JSON pointers of all values; a file of the largest size that people write has a tenth."""

_NULL = re.compile(r"(?:~|null|Null|NULL|)")
_TRUE = re.compile(r"(?:true|True|TRUE|yes|Yes|YES|on|On|ON)")
_FALSE = re.compile(r"(?:false|False|FALSE|no|No|NO|off|Off|OFF)")
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9_]{0,4000})")
_OCTAL = re.compile(r"0o?([0-7_]{1,64})")
_HEXADECIMAL = re.compile(r"0x([0-9a-fA-F_]{1,64})")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_STANDARD_TAG = "tag:yaml.org,2002:"
_TEXT_TAG = f"{_STANDARD_TAG}str"
_ACCEPTED_TAGS = {
    f"{_STANDARD_TAG}{name}"
    for name in ("str", "int", "float", "bool", "null", "map", "seq", "timestamp")
}
_Event = Any  # The stubs give events no attributes.


def read_yaml(data: bytes, *, where: str, tags: Mapping[str, str] | None = None) -> object:
    """Give the value of a file with exactly one YAML document; an empty document is None.

    `tags` lists accepted tags: {"!Ref": "Ref"} turns `!Ref x` into {"Ref": "x"}; {"*": ""} drops every tag: "x".

    **raises** BadInput with the line.
    """
    documents = read_yaml_documents(data, where=where, tags=tags)
    if len(documents) > 1:
        raise BadInput(
            f"The file holds {len(documents)} YAML documents; one is expected.", where=where
        )
    return documents[0] if documents else None


def read_yaml_documents(
    data: bytes, *, where: str, tags: Mapping[str, str] | None = None
) -> tuple[object, ...]:
    """Give the values of all documents of a YAML stream, in order.

    **raises** BadInput with the line.
    """
    builder = _builder(data, where, tags)
    return tuple(builder.documents())


def read_yaml_lines(
    data: bytes, *, where: str, tags: Mapping[str, str] | None = None
) -> Mapping[str, int]:
    """Give the 1-based line of every value, by JSON pointer; for the first document only."""
    builder = _builder(data, where, tags)
    next(builder.documents(), None)
    return builder.lines


def read_yaml_with_lines(
    data: bytes, *, where: str, tags: Mapping[str, str] | None = None
) -> tuple[tuple[object, Mapping[str, int]], ...]:
    """Give each document of a stream with the 1-based line of every value, by JSON pointer.

    **raises** BadInput with the line.
    """
    builder = _builder(data, where, tags)
    return tuple((value, dict(builder.lines)) for value in builder.documents())


def _builder(data: bytes, where: str, tags: Mapping[str, str] | None) -> "_Builder":
    text = read_text(data, where=where, max_bytes=MAX_BYTES)
    return _Builder(_events(text, where), where, tags or {})


def _events(text: str, where: str) -> Iterator[_Event]:
    try:
        yield from yaml.parse(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise BadInput(
            f"This is not YAML: {error.problem or error.context}.", where=f"{where}: line {line}"
        ) from error
    except (yaml.YAMLError, UnicodeError) as error:
        reason = str(error).splitlines()[0]
        raise BadInput(f"This is not YAML: {reason}.", where=where) from error


@dataclass(slots=True)
class _Builder:
    """Builds values from events; holds the anchors and the count of one stream."""

    events: Iterator[_Event]
    where: str
    tags: Mapping[str, str]
    lines: dict[str, int] = field(default_factory=dict)
    anchors: dict[str, tuple[object, int]] = field(default_factory=dict)
    nodes: int = 0
    pointers: int = 0

    def documents(self) -> Iterator[object]:
        """Give the value of each document of the stream."""
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                self.anchors.clear()
                self.lines.clear()
                yield self._value(next(self.events), "", 0)

    def _value(self, event: _Event, pointer: str, depth: int) -> object:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        before = self.nodes
        self._count(1, event)
        self.pointers += len(pointer)
        if self.pointers > MAX_POINTERS:
            raise self._refusal("The YAML's keys are too long for the number of its values.", event)
        self.lines[pointer] = event.start_mark.line + 1
        if depth > MAX_DEPTH:
            raise self._refusal(f"The YAML nests deeper than {MAX_DEPTH} levels.", event)
        value = self._tagged(event, self._content(event, pointer, depth))
        if event.anchor is not None:
            self.anchors[event.anchor] = (value, self.nodes - before)
        return value

    def _content(self, event: _Event, pointer: str, depth: int) -> object:
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(event, pointer, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(pointer, depth)
        return _scalar(event)

    def _sequence(self, pointer: str, depth: int) -> list[object]:
        values: list[object] = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            values.append(self._value(event, f"{pointer}/{len(values)}", depth + 1))
        return values

    def _mapping(self, start: _Event, pointer: str, depth: int) -> dict[str, object]:
        own: dict[str, object] = {}
        merged: dict[str, object] = {}
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            if not isinstance(event, yaml.ScalarEvent):
                raise self._refusal("A key is a list or a mapping; only text can be a key.", event)
            key = str(event.value)
            self._count(1, event)
            inner = f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
            value = self._value(next(self.events), inner, depth + 1)
            if key == "<<" and event.implicit[0]:
                merged = {**self._merge(value, event), **merged}
            elif key in own:
                raise self._refusal(f"The key {key!r} is given twice in one mapping.", event)
            else:
                own[key] = value
        self._count(len(merged), start)
        return {**merged, **own}

    def _merge(self, value: object, event: _Event) -> dict[str, object]:
        parts = value if isinstance(value, list) else [value]
        result: dict[str, object] = {}
        for part in reversed(parts):
            if not isinstance(part, dict):
                raise self._refusal("A merge key (<<) needs a mapping.", event)
            result.update(part)
        return result

    def _alias(self, event: _Event) -> object:
        if event.anchor not in self.anchors:
            raise self._refusal(f"The alias *{event.anchor} names no finished value.", event)
        value, size = self.anchors[event.anchor]
        self._count(size, event)
        return value

    def _tagged(self, event: _Event, value: object) -> object:
        tag = event.tag
        if tag is None or tag == "!" or tag in _ACCEPTED_TAGS:
            return value
        name = self.tags.get(tag, self.tags.get("*"))
        if name is None:
            raise self._refusal(f"The tag {tag} is not accepted here.", event)
        return {name: value} if name else value

    def _count(self, more: int, event: _Event) -> None:
        self.nodes += more
        if self.nodes > MAX_NODES:
            raise self._refusal(f"The YAML expands to more than {MAX_NODES:,} values.", event)

    def _refusal(self, what: str, event: _Event) -> BadInput:
        return BadInput(what, where=f"{self.where}: line {event.start_mark.line + 1}")


def _scalar(event: _Event) -> object:
    text = str(event.value)
    if event.tag in _ACCEPTED_TAGS and event.tag != _TEXT_TAG:
        return _plain(text)
    return _plain(text) if event.implicit[0] and event.tag is None else text


def _plain(text: str) -> object:
    if len(text) > 5000:
        return text
    if _NULL.fullmatch(text):
        return None
    if _TRUE.fullmatch(text):
        return True
    if _FALSE.fullmatch(text):
        return False
    return _number(text)


def _number(text: str) -> int | float | str:
    digits = text.replace("_", "")
    # NOTE: 0644 is octal, but 012345678901 is an account that somebody forgot to quote.
    if text.startswith("0") and digits.isdigit() and len(digits) > 5:
        return text
    if _INTEGER.fullmatch(text):
        return int(digits)
    for pattern, base in ((_OCTAL, 8), (_HEXADECIMAL, 16)):
        if match := pattern.fullmatch(digits):
            return int(match.group(1), base)
    if _FLOAT.fullmatch(text) and isfinite(float(digits)):
        return float(digits)
    return text
