"""Foreign XML to a small tree that cannot change: names, attributes, texts, and where each element stood.

It declares nothing and fetches nothing: an entity that the document makes itself, an external one and an external
DTD are refused or left alone, XInclude is an element like any other. A DTD inside the document that only describes
elements (Burp, Nmap and Qualys write one) is passed over. Prefixes of names are dropped: reports never need them.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NoReturn, Protocol, runtime_checkable
from xml.parsers import expat

from tesuri.model.errors import BadInput
from tesuri.model.record_maker import maker_of
from tesuri.untrusted.text_document import MAX_BYTES, read_text, read_utf8

MAX_DEPTH = 100
"""Deepest nesting that is accepted; real reports stay under 20."""

MAX_ELEMENTS = 5_000_000
MAX_ATTRIBUTES = 200
"""Attributes of one element; real reports stay under 20."""

MAX_POINTER = 1_000
"""Characters of all names from the root to an element; every element carries them. Real reports stay under 100."""

MAX_TEXT = 32 * 1024 * 1024
"""Characters of one element; a web scanner pastes whole responses."""

_DECLARED = re.compile(rb"""\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_WIDE = ("utf-16", "utf-32", "ucs-2", "ucs-4", "iso-10646-ucs", "unicode")
_CUT_OFF = frozenset(
    (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
)


@dataclass(frozen=True, slots=True)
class Element:
    """One element; the one without a name stands for an element that is not there."""

    name: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: Sequence["Element"] = ()
    text: str = ""
    """Its own characters, without those of its children."""
    pointer: str = ""
    """XPath from the root: /report/results/result[3]."""
    line: int = 0
    """1-based line on which it begins."""


NOTHING = Element()
_new_element = maker_of(Element)


def read_xml(data: bytes, *, where: str, max_bytes: int = MAX_BYTES) -> Element:
    """Give the root of the document that the bytes hold.

    **raises** BadInput with the line when they hold none, more than one, or a monster.
    """
    document = read_utf8(data, where=where, max_bytes=max_bytes)
    if not document.strip():
        raise BadInput("The file holds only white space, no XML element.", where=where)
    start = len(document) - len(document.lstrip())
    tree = Tree(where, encoding_for(data, document), document[:start].count(b"\n"))
    try:
        tree.parser.Parse(document[start:], True)
    except expat.ExpatError as error:
        raise tree.refusal_of(error, document) from error
    except (LookupError, UnicodeDecodeError, ValueError) as error:
        # An encoding that nobody here knows, or one with several bytes for a letter.
        raise tree.refusal("The XML declares an encoding that cannot be read.") from error
    return tree.root


@runtime_checkable
class Selective(Protocol):
    """Children that are read from a file and need not all be read for those of one name."""

    def named(self, name: str) -> Iterator[Element]:
        """Give the children of a name, in the document's order."""
        ...

    def count_named(self, name: str) -> int:
        """Give how many children have a name, without reading them."""
        ...


def element(value: object) -> Element:
    """Give the value as an element; the one without a name when it is something else."""
    return value if isinstance(value, Element) else NOTHING


def children(parent: Element, *names: str) -> Iterator[Element]:
    """Give every element at a path of names under another one, in the document's order."""
    if not names:
        yield parent
        return
    first, *rest = names
    for inner in _named(parent, first):
        if inner.name == first:
            if rest:
                yield from children(inner, *rest)
            else:
                yield inner


def _named(parent: Element, name: str) -> Iterable[Element]:
    """Give the children among which are those of a name."""
    found = parent.children
    # NOTE: the tuple first: asking for a protocol is dear, and nearly every element has one.
    return (
        found.named(name)
        if not isinstance(found, tuple) and isinstance(found, Selective)
        else found
    )


def count(parent: Element, name: str) -> int:
    """Give how many children of an element have a name."""
    found = parent.children
    if not isinstance(found, tuple) and isinstance(found, Selective):
        return found.count_named(name)
    return sum(1 for inner in found if inner.name == name)


def child(parent: Element, *names: str) -> Element:
    """Give the first element at a path of names; the one without a name when there is none."""
    found = parent.children
    if len(names) != 1 or not isinstance(parent.children, tuple):
        return next(children(parent, *names), NOTHING)
    # The usual step stands here, too: this function is called some twenty times for each record.
    name = names[0]
    for inner in found:
        if inner.name == name:
            return inner
    return NOTHING


def content(parent: Element, *names: str) -> str:
    """Give the text of the first element at a path, without surrounding space; empty when there is none."""
    return child(parent, *names).text.strip()


def contents(parent: Element, *names: str) -> tuple[str, ...]:
    """Give the texts of all elements at a path, without empty ones."""
    found = (inner.text.strip() for inner in children(parent, *names))
    return tuple(words for words in found if words)


def attribute(parent: Element, name: str) -> str:
    """Give the value of an attribute without surrounding space; empty when there is none."""
    return parent.attributes.get(name, "").strip()


def declared_encoding(document: bytes) -> str | None:
    """Give the encoding that the document declares; None where it declares none."""
    declared = _DECLARED.match(document[:400])
    return declared[1].decode() if declared else None


def encoding_for(data: bytes, document: bytes) -> str | None:
    """Give the encoding that the parser must take instead of the declared one; None where that is right."""
    declared = _DECLARED.match(document[:400])
    is_wide = declared and declared[1].decode().lower().startswith(_WIDE)
    return "utf-8" if document is not data or is_wide else None


@dataclass(slots=True)
class OpenElement:
    """An element whose end has not come yet."""

    name: str
    attributes: dict[str, str]
    pointer: str
    line: int
    children: list[Element] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    size: int = 0
    counts: dict[str, int] = field(default_factory=dict)


class Keeper(Protocol):
    """Keeps the children of large elements elsewhere than in memory."""

    def before_child(self, parent: OpenElement, line: int) -> None:
        """Hear that another child begins where the parser stands."""
        ...

    def children_of(self, done: OpenElement) -> Sequence[Element]:
        """Give the children of an element that ends where the parser stands."""
        ...


class Tree:
    """The elements that are open while the parser runs, and what it may not meet."""

    def __init__(
        self, where: str, encoding: str | None, empty_lines: int, keeper: Keeper | None = None
    ) -> None:
        self.where = where
        self.empty_lines = empty_lines
        self.keeper = keeper
        # What a keeper keeps elsewhere fills no memory.
        self.most_elements = MAX_ELEMENTS if keeper is None else sys.maxsize
        self.root = NOTHING
        self.open: list[OpenElement] = []
        self.elements = 0
        parser = expat.ParserCreate(encoding)
        parser.buffer_text = True
        # NOTE: a DTD may give every element a long default attribute; only what is written counts.
        parser.specified_attributes = True
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.EntityDeclHandler = self._refuse_entity
        parser.ExternalEntityRefHandler = self._refuse_entity
        parser.SkippedEntityHandler = self._refuse_entity
        self.parser = parser

    def close(self) -> None:
        """Let the parser go, which else holds the tree and is held by it until cycles are collected."""
        self.parser.StartElementHandler = None
        self.parser.EndElementHandler = None
        self.parser.CharacterDataHandler = None
        self.parser.EntityDeclHandler = None
        self.parser.ExternalEntityRefHandler = None
        self.parser.SkippedEntityHandler = None

    @property
    def line(self) -> int:
        """The line of the file at which the parser stands."""
        return self.empty_lines + self.parser.CurrentLineNumber

    def refusal(self, what: str) -> BadInput:
        """Give the error that names the line at which the parser stands."""
        return BadInput(what, where=f"{self.where}: line {self.line}")

    def refusal_of(self, error: expat.ExpatError, document: bytes) -> BadInput:
        """Give the sentence for what the parser refuses."""
        message = expat.ErrorString(error.code) or ""
        line, column = self.empty_lines + error.lineno, error.offset + 1
        where = f"{self.where}: line {line}"
        if message in _CUT_OFF:
            return BadInput(
                f"The XML ends before it is complete (line {line}): the file was cut off.",
                where=where,
                remedy="Write it again with the tool that made it.",
            )
        declared = _DECLARED.match(document[:400])
        if not declared or declared[1].lower() == b"utf-8":
            # The text reader names the first wrong byte, if that is what is wrong.
            read_text(document, where=self.where)
        if message == expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT:
            return BadInput("More text follows the root element.", where=where)
        return BadInput(
            f"This is not XML at line {line}, column {column}: {message}.",
            where=where,
            remedy="Write it again with the tool that made it.",
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        # NOTE: this runs for each of some million elements; what it calls seldom stands elsewhere.
        opened = self.open
        self.elements += 1
        if (
            len(opened) >= MAX_DEPTH
            or len(attributes) > MAX_ATTRIBUTES
            or self.elements > self.most_elements
        ):
            raise self._too_much(attributes)
        local = (name.rpartition(":")[2] or name) if ":" in name else name
        line = self.empty_lines + self.parser.CurrentLineNumber
        if opened:
            parent = opened[-1]
            if self.keeper is not None:
                self.keeper.before_child(parent, line)
            number = parent.counts[local] = parent.counts.get(local, 0) + 1
            pointer = (
                f"{parent.pointer}/{local}[{number}]" if number > 1 else f"{parent.pointer}/{local}"
            )
        else:
            pointer = f"/{local}"
        if len(pointer) > MAX_POINTER:
            raise self.refusal("The XML has elements with names longer than any report writes.")
        opened.append(OpenElement(local, attributes, pointer, line, [], [], 0, {}))

    def _too_much(self, attributes: dict[str, str]) -> BadInput:
        if len(self.open) >= MAX_DEPTH:
            return self.refusal(f"The XML nests deeper than {MAX_DEPTH:,} levels.")
        if len(attributes) > MAX_ATTRIBUTES:
            return self.refusal(
                f"The XML has an element with more than {MAX_ATTRIBUTES:,} attributes."
            )
        return self.refusal(f"The XML has more than {MAX_ELEMENTS:,} elements.")

    def _characters(self, words: str) -> None:
        if not self.open:
            return
        parent = self.open[-1]
        parent.size += len(words)
        if parent.size > MAX_TEXT:
            raise self.refusal(f"The XML has a text of more than {MAX_TEXT:,} characters.")
        parent.words.append(words)

    def _end(self, _name: str) -> None:
        done = self.open.pop()
        made = _new_element(
            done.name,
            done.attributes,
            self.keeper.children_of(done) if self.keeper else tuple(done.children),
            "".join(done.words) if done.words else "",
            done.pointer,
            done.line,
        )
        if self.open:
            self.open[-1].children.append(made)
        else:
            self.root = made

    def _refuse_entity(self, *_about: object) -> NoReturn:
        raise self.refusal(
            "The XML declares or uses an entity of its own, which no report needs and which is refused."
        )
