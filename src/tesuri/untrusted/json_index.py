"""Where the parts of a large JSON document stand, found in one pass that keeps none of it in memory.

Everything smaller than a chunk is skipped as a whole at the decoder's own speed; only what is larger is looked into.
The result is the document as `json_pieces` gives it, except that its large lists and mappings are read from the source
again each time somebody iterates over them. The pass checks the syntax of every byte.
"""

import re
from codecs import getincrementaldecoder
from dataclasses import dataclass, field
from typing import Final

import msgspec
from msgspec import Raw

from tesuri.model.errors import BadInput, Defect
from tesuri.untrusted.byte_source import CHUNK_BYTES, ByteSource
from tesuri.untrusted.json_pieces import MAX_DEPTH

MAX_VALUE: Final = 64 * 1024 * 1024
"""Bytes of the longest text in a streamed document."""

_RAW = msgspec.json.Decoder(Raw)
_ITEMS = msgspec.json.Decoder(list[Raw])
_MEMBERS = msgspec.json.Decoder(dict[str, Raw])
_TRAILING = re.compile(r"trailing characters \(byte (\d+)\)")
_AT_BYTE = re.compile(r" \(byte (\d+)\)$")
_SPACE = re.compile(rb"[ \t\r\n]*")
_TRIES: Final = 12
"""Guesses at where the last whole item in a chunk ends, each half as far as the one before."""

_NEAR_END: Final = 8
_SIGNATURE: Final = 24
"""Bytes at the beginning of an item that are usual for the list: its first key."""


@dataclass(frozen=True, slots=True)
class Run:
    """Small items of a list, or members of a mapping, one after the other with their commas."""

    start: int
    end: int
    count: int


@dataclass(slots=True)
class Container:
    """A list or a mapping that is larger than a chunk."""

    is_list: bool
    parts: list[tuple[str, "Run | Container"]] = field(default_factory=list)
    """In order; a container in a mapping has its key."""
    count: int = 0

    def add(self, start: int, end: int, count: int) -> None:
        """Add small items; they join the run before as long as it stays smaller than a chunk."""
        self.count += count
        last = self.parts[-1][1] if self.parts else None
        if isinstance(last, Run) and end - last.start <= CHUNK_BYTES:
            self.parts[-1] = ("", Run(last.start, end, last.count + count))
        else:
            self.parts.append(("", Run(start, end, count)))

    def nest(self, key: str, inner: "Container") -> None:
        """Add a large item."""
        self.count += 1
        self.parts.append((key, inner))


def _counted_from() -> int:
    """Give the number that the decoder's messages have for the first byte: 0 or 1, by its version."""
    try:
        _RAW.decode(b"1 2")
    except msgspec.DecodeError as error:
        found = _TRAILING.search(str(error))
        if found:
            return int(found[1]) - 2
    raise Defect("The installed msgspec does not say where a JSON value ends.")


_COUNTED_FROM: Final = _counted_from()


def index_json(
    source: ByteSource, *, where: str, start: int = 0, chunk: int = CHUNK_BYTES
) -> tuple[Run | Container, int]:
    """Give the parts of the value that begins at an offset, and where it ends.

    **raises** BadInput with the offset of what is not JSON, nests too deep, or ends too soon.
    """
    return _Walk(source, where, chunk).value(start, MAX_DEPTH)


class _Walk:
    """The pass over a source: the part of it that is in memory, and how far its letters were checked."""

    def __init__(self, source: ByteSource, where: str, chunk: int) -> None:
        self.source = source
        self.where = where
        self.chunk = chunk
        self.base = 0
        self.window = b""
        self.checked = 0
        self.single_until = 0
        """Offset up to which items are looked at one by one, because a guess has failed."""
        self.letters = getincrementaldecoder("utf-8")()

    def value(self, start: int, room: int) -> tuple[Run | Container, int]:
        """Give the parts of the value at an offset and where it ends."""
        start = self.after_space(start)
        end = self.end_of(start)
        if end is not None:
            return Run(start, end, 1), end
        if room <= 0:
            raise self.refusal(f"The JSON nests deeper than {MAX_DEPTH} levels.", start)
        return self.members(start, room) if self.byte(start) == b"{" else self.items(start, room)

    def items(self, start: int, room: int) -> tuple[Container, int]:
        """Give the parts of the list that begins at an offset, and where it ends."""
        found = Container(is_list=True)
        here = self.after_space(start + 1)
        if self.byte(here) == b"]":
            return found, here + 1
        sign = b""
        while True:
            bulk = self.bulk(here, sign, b"[]")
            if bulk is not None:
                found.add(here, *bulk)
                here, _ = self.after_comma(bulk[0], b"]")
                continue
            part, end = self.value(here, room - 1)
            _take(found, "", part)
            here, is_last = self.after_comma(end, b"]")
            if is_last:
                return found, here
            sign = sign or self.sign_between(end, here)

    def members(self, start: int, room: int) -> tuple[Container, int]:
        """Give the parts of the mapping that begins at an offset, and where it ends."""
        found = Container(is_list=False)
        here = self.after_space(start + 1)
        if self.byte(here) == b"}":
            return found, here + 1
        sign = b""
        while True:
            bulk = self.bulk(here, sign, b"{}")
            if bulk is not None:
                found.add(here, *bulk)
                here, _ = self.after_comma(bulk[0], b"}")
                continue
            key, value_at = self.key(here)
            part, end = self.value(value_at, room - 1)
            _take(found, key, part if isinstance(part, Container) else Run(here, end, 1))
            here, is_last = self.after_comma(end, b"}")
            if is_last:
                return found, here
            sign = sign or self.text(end, here - end + 1)

    def bulk(self, start: int, sign: bytes, brackets: bytes) -> tuple[int, int] | None:
        """Give the end and the number of the whole items from an offset on; None where they have to be looked at.

        What is between two items and how an item begins tells where one may end; whether it does, the decoder says:
        a beginning of the list is whole only when it was cut between two of its items.
        """
        if not sign or start < self.single_until:
            return None
        self.load(start, self.chunk)
        offset = start - self.base
        stop = len(self.window)
        decoder = _ITEMS if brackets == b"[]" else _MEMBERS
        for _ in range(_TRIES):
            cut = self.window.rfind(sign, offset, stop)
            if cut <= offset:
                break
            try:
                whole = decoder.decode(brackets[:1] + self.window[offset:cut] + brackets[1:])
            except msgspec.DecodeError:
                stop = offset + (cut - offset) // 2
                continue
            return self.base + cut, len(whole)
        self.single_until = self.base + len(self.window)
        return None

    def key(self, start: int) -> tuple[str, int]:
        """Give the key at an offset and where its value begins."""
        end = self.end_of(start)
        if end is None or self.byte(start) != b'"':
            raise self.refusal("A key in quotes is expected", start)
        key = msgspec.json.decode(self.text(start, end - start), type=str)
        colon = self.after_space(end)
        if self.byte(colon) != b":":
            raise self.refusal("A colon is expected", colon)
        return key, self.after_space(colon + 1)

    def after_comma(self, end: int, closing: bytes) -> tuple[int, bool]:
        """Give where the next item begins, or the end of the container and that it is the end."""
        here = self.after_space(end)
        sign = self.byte(here)
        if sign == closing:
            return here + 1, True
        if sign != b",":
            raise self.refusal(f"A comma or {closing.decode()} is expected", here)
        here = self.after_space(here + 1)
        if self.byte(here) == closing:
            raise self.refusal("A value is expected after the comma", here)
        return here, False

    def sign_between(self, end: int, here: int) -> bytes:
        """Give what stands between two items, with the beginning of the second one."""
        between = self.text(end, here - end)
        beginning = self.text(here, _SIGNATURE)
        # A first key that is followed by its value would only fit this one item.
        key = re.match(rb'\{\s*"[^"\\]*"|.', beginning, re.DOTALL)
        return between + (key[0] if key else b"")

    def end_of(self, start: int) -> int | None:
        """Give where the value at an offset ends; None where a container is larger than a chunk."""
        self.load(start, 1)
        is_container = self.byte(start) in (b"{", b"[")
        size = self.chunk
        while (end := self.end_in_window(start, is_delimited=is_container)) is None:
            if self.base + len(self.window) >= self.source.size:
                raise self.cut_off()
            held = self.base + len(self.window) - start
            if is_container and held >= self.chunk:
                return None
            if held > MAX_VALUE:
                raise self.refusal(f"The JSON has a text of more than {MAX_VALUE:,} bytes", start)
            self.load(start, size)
            size *= 2
        return end

    def end_in_window(self, start: int, *, is_delimited: bool) -> int | None:
        """Give where the value at an offset ends; None where that is not in memory."""
        limit = self.base + len(self.window)
        try:
            _RAW.decode(memoryview(self.window)[start - self.base :])
        except msgspec.DecodeError as error:
            if trailing := _TRAILING.search(str(error)):
                return start + int(trailing[1]) - _COUNTED_FROM
            refused_at = _AT_BYTE.search(str(error))
            # What ends with the window looks wrong there and may be right behind it.
            is_inside = refused_at and start + int(refused_at[1]) < limit - _NEAR_END
            if "truncated" in str(error) or (not is_inside and limit < self.source.size):
                return None
            raise self.malformed(error, start) from error
        except RecursionError as error:
            raise self.refusal("The JSON nests deeper than 1,000 levels", start) from error
        # A number may go on behind the window.
        return limit if is_delimited or limit >= self.source.size else None

    def after_space(self, start: int) -> int:
        """Give the offset of the next byte that is no white space."""
        while True:
            self.load(start, 1)
            found = _SPACE.match(self.window, start - self.base)
            end = self.base + (found.end() if found else 0)
            if end < self.base + len(self.window) or end >= self.source.size:
                return end
            start = end

    def byte(self, start: int) -> bytes:
        """Give the byte at an offset. **raises** BadInput at the end of the document."""
        self.load(start, 1)
        found = self.window[start - self.base : start - self.base + 1]
        if not found:
            raise self.cut_off()
        return found

    def text(self, start: int, count: int) -> bytes:
        """Give so many bytes from an offset on."""
        self.load(start, count)
        return self.window[start - self.base : start - self.base + count]

    def load(self, start: int, count: int) -> None:
        """Have so many bytes from an offset on in memory, as far as there are any."""
        end = min(start + count, self.source.size)
        if start >= self.base and end <= self.base + len(self.window):
            return
        self.base = start
        self.window = self.source.read(start, max(count, self.chunk))
        reach = start + len(self.window)
        if reach > self.checked:
            self.check_letters(
                self.window[self.checked - start :], is_end=reach >= self.source.size
            )
            self.checked = reach

    def check_letters(self, fresh: bytes, *, is_end: bool) -> None:
        """Refuse bytes that are not UTF-8."""
        try:
            self.letters.decode(fresh, is_end)
        except UnicodeDecodeError as error:
            raise BadInput(
                f"About byte {self.checked + error.start:,} the file is not valid UTF-8: this is a binary file "
                "or text in another encoding.",
                where=self.where,
                remedy="Save it as UTF-8.",
            ) from error

    def refusal(self, what: str, offset: int) -> BadInput:
        """Give the error that names a byte."""
        return BadInput(f"This is not JSON at byte {offset:,}: {what}.", where=self.where)

    def malformed(self, error: msgspec.DecodeError, start: int) -> BadInput:
        """Give the error for what the decoder refused in the value at an offset."""
        words = str(error).removeprefix("JSON is malformed: ")
        at = _AT_BYTE.search(words)
        return self.refusal(_AT_BYTE.sub("", words), start + (int(at[1]) if at else 0))

    def cut_off(self) -> BadInput:
        """Give the error for a document that ends too soon."""
        return BadInput(
            f"The JSON ends before it is complete (byte {self.source.size:,}): the file was cut off.",
            where=self.where,
            remedy="Write it again with the tool that made it.",
        )


def _take(found: Container, key: str, part: Run | Container) -> None:
    if isinstance(part, Run):
        found.add(part.start, part.end, part.count)
    else:
        found.nest(key, part)
