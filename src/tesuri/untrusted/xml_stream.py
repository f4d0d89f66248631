"""A large XML document whose elements are read from the source while somebody iterates, as `xml_document` reads small ones.

One pass checks the whole document and remembers where the children of large elements stand; the children themselves
are forgotten, and read again from there whenever they are asked for.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, overload
from xml.parsers import expat

from tesuri.model.errors import BadInput
from tesuri.untrusted.byte_source import MAX_STREAM_BYTES, ByteSource, refuse_size
from tesuri.untrusted.xml_document import (
    Element,
    OpenElement,
    Tree,
    declared_encoding,
    encoding_for,
)

SPAN_BYTES: Final = 256 * 1024
"""Bytes of children that are in memory at a time, as elements of twenty times the size."""

_HEAD: Final = 4096
_FEED: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class _Span:
    """Some children of one element, one after the other."""

    start: int
    end: int
    line: int
    """Line of the file on which the first one begins."""
    counts: Counter[str]
    """How many children of each name come before."""
    size: int
    """Number of children."""
    names: Counter[str]
    """How many children have each name: a reader that asks for others need not read them."""


@dataclass(frozen=True, slots=True)
class _File:
    """Where the document stands, and how its letters are spelled."""

    source: ByteSource
    where: str
    encoding: str | None


@dataclass(frozen=True, slots=True)
class StreamedChildren(Sequence[Element]):
    """The children of a large element; each iteration reads them anew."""

    file: _File
    pointer: str
    parts: Sequence[_Span | Element]
    """Small children, and between them those that are large themselves."""

    def __len__(self) -> int:
        return sum(part.size if isinstance(part, _Span) else 1 for part in self.parts)

    def __iter__(self) -> Iterator[Element]:
        for part in self.parts:
            if isinstance(part, Element):
                yield part
            else:
                yield from _read_span(self.file, part, self.pointer)

    def named(self, name: str) -> Iterator[Element]:
        """Give the children of a name; of parts of the file that have none of it nothing is read."""
        for part in self.parts:
            if isinstance(part, Element):
                yield from [part] if part.name == name else []
            elif name in part.names:
                found = _read_span(self.file, part, self.pointer)
                yield from (inner for inner in found if inner.name == name)

    def count_named(self, name: str) -> int:
        """Give how many children have a name, without reading them."""
        return sum(
            part.names[name] if isinstance(part, _Span) else part.name == name
            for part in self.parts
        )

    @overload
    def __getitem__(self, index: int) -> Element: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Element]: ...
    def __getitem__(self, index: int | slice) -> Element | Sequence[Element]:
        return tuple(self)[index]


@dataclass(slots=True)
class _Pending:
    """The children of an open element that are still in memory."""

    starts: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    """How many children of each name come before them."""
    parts: list[_Span | Element] = field(default_factory=list)


class _Spans:
    """Remembers where children stand (`tesuri.untrusted.xml_document.Keeper`)."""

    def __init__(self, file: _File, start: int, limit: int) -> None:
        self.file = file
        self.start = start
        """Offset in the file at which the parser began."""
        self.limit = limit
        self.pending: dict[int, _Pending] = {}
        self.tree: Tree | None = None

    def before_child(self, parent: OpenElement, line: int) -> None:
        """Hear that another child begins where the parser stands."""
        here = self.offset()
        pending = self.pending.get(id(parent))
        if pending is None:
            pending = self.pending[id(parent)] = _Pending()
        if parent.children and here - pending.starts[0] > self.limit:
            _forget(parent, pending, here)
        pending.starts.append(here)
        pending.lines.append(line)

    def children_of(self, done: OpenElement) -> Sequence[Element]:
        """Give the children of an element that ends where the parser stands."""
        pending = self.pending.pop(id(done), None)
        if pending is None or not pending.parts:
            return tuple(done.children)
        if done.children:
            _forget(done, pending, self.offset())
        return StreamedChildren(self.file, done.pointer, tuple(pending.parts))

    def offset(self) -> int:
        """Give the offset in the file at which the parser stands."""
        return self.start + (self.tree.parser.CurrentByteIndex if self.tree else 0)


def stream_xml(
    source: ByteSource, *, where: str, limit: int = SPAN_BYTES, feed: int = _FEED
) -> Element:
    """Give the root of the document that a source holds; the children of large elements are not kept.

    White space around large children is not text of their parent.

    **raises** BadInput with the line of what is not XML. **cost** One pass.
    """
    refuse_size(source.size, where, MAX_STREAM_BYTES)
    head = source.read(0, _HEAD)
    start = len(head) - len(head.lstrip())
    encoding = encoding_for(head, head)
    file = _File(source, where, encoding or declared_encoding(head))
    spans = _Spans(file, start, limit)
    tree = Tree(where, encoding, head[:start].count(b"\n"), spans)
    spans.tree = tree
    try:
        for offset in range(start, source.size, feed):
            tree.parser.Parse(source.read(offset, feed), False)
        tree.parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise tree.refusal_of(error, b"<x/>") from error
    except (LookupError, UnicodeDecodeError, ValueError) as error:
        raise tree.refusal("The XML declares an encoding that cannot be read.") from error
    finally:
        tree.close()
    return tree.root


def _forget(parent: OpenElement, pending: _Pending, end: int) -> None:
    """Put the place of the children into the parts instead of them; large ones stay."""
    ends = (*pending.starts[1:], end)
    first, before = 0, pending.counts.copy()
    for position, child in enumerate(parent.children):
        if isinstance(child.children, StreamedChildren):
            _add_span(pending, parent.children[first:position], first, ends, before)
            pending.parts.append(child)
            first, before = position + 1, pending.counts.copy()
            before.update(each.name for each in parent.children[: position + 1])
    _add_span(pending, parent.children[first:], first, ends, before)
    pending.counts.update(each.name for each in parent.children)
    pending.starts.clear()
    pending.lines.clear()
    parent.children.clear()
    parent.words[:] = [words for words in parent.words if words.strip()]
    parent.size = sum(map(len, parent.words))


def _add_span(
    pending: _Pending,
    found: Sequence[Element],
    first: int,
    ends: Sequence[int],
    before: Counter[str],
) -> None:
    if found:
        last = first + len(found) - 1
        names = Counter(each.name for each in found)
        span = _Span(
            pending.starts[first], ends[last], pending.lines[first], before, len(found), names
        )
        pending.parts.append(span)


def _read_span(file: _File, span: _Span, pointer: str) -> Sequence[Element]:
    """Read the children of a span as those of an element of no name."""
    tree = Tree(file.where, file.encoding, span.line - 1)
    try:
        tree.parser.Parse(b"<r>", False)
        tree.open[0].pointer = pointer
        tree.open[0].counts = dict(span.counts)
        tree.parser.Parse(file.source.read(span.start, span.end - span.start), False)
        tree.parser.Parse(b"</r>", True)
    except expat.ExpatError as error:
        raise BadInput("The file changed while it was read.", where=file.where) from error
    finally:
        tree.close()
    return tree.root.children
