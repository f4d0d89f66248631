"""Open a report for reading in parts: a large file stays on disk, and what comes through a pipe is put there first.

A gzip file and a zip archive of one file are unpacked, and text that is not UTF-8 is written anew, into a file that nobody else sees and that is gone
with the process. What has at most 16 MB is simply read.
"""

import os
import sys
import tempfile
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final

from tesuri.cli.intake.packed_report import is_packed, unpacked
from tesuri.cli.named_file import shown_name, unreadable
from tesuri.cli.state import tell
from tesuri.cli.terminal import progress
from tesuri.model.errors import BadInput, Unsupported
from tesuri.untrusted.byte_source import (
    CHUNK_BYTES,
    MAX_STREAM_BYTES,
    STREAM_BYTES,
    Document,
    refuse_size,
)
from tesuri.untrusted.text_document import mark_and_encoding

_HEAD: Final = 4096
_LARGEST_UNPACKED: Final = 16 * 1024 * 1024 * 1024
"""Bytes that a packed or foreign file may fill on disk."""


@dataclass(frozen=True, slots=True)
class _FileSource:
    """A file on disk; it is closed by whoever opened it."""

    number: int
    size: int

    def read(self, start: int, count: int) -> bytes:
        """Give so many bytes from an offset on; fewer only at the end."""
        return os.pread(self.number, max(0, min(count, self.size - start)), start)


@contextmanager
def report_document(name: str) -> Iterator[Document]:
    """Give a report's bytes, or where to read them; `-` is standard input. **raises** BadInput that names the file."""
    with ExitStack() as stack:
        try:
            found = _opened(name, stack)
        except OSError as error:
            raise unreadable(name, error) from error
        yield found


@contextmanager
def streamed_document(parts: Iterator[bytes], where: str) -> Iterator[Document]:
    """Give a report that comes in parts, put on disk where it is large. **raises** BadInput that names it."""
    with ExitStack() as stack:
        first = next(parts, b"")
        joined = chain([first], parts)
        if is_packed(first):
            joined = chain(unpacked(joined, first, where))
        yield _spooled(joined, where, stack)


def failed_reports(names: Sequence[str], step: Callable[[str, Document], None]) -> bool:
    """Do a step for each report; whether one of them was refused, which is told and stops no other."""
    is_failed = False
    for name in progress(names):
        try:
            with report_document(name) as document:
                step(shown_name(name), document)
        except (BadInput, Unsupported) as error:
            is_failed = True
            tell(str(error))
    return is_failed


def _opened(name: str, stack: ExitStack) -> Document:
    file: BinaryIO = sys.stdin.buffer
    if name != "-":
        file = stack.enter_context(Path(name).open("rb"))  # noqa: SIM115 # the stack closes it
    held = file.read(STREAM_BYTES + 1)
    has_packed = is_packed(held)
    if len(held) <= STREAM_BYTES and not has_packed:
        return held
    is_utf8 = mark_and_encoding(held[:_HEAD])[1] == "utf-8"
    if name != "-" and is_utf8 and not has_packed:
        size = os.fstat(file.fileno()).st_size
        refuse_size(size, shown_name(name), MAX_STREAM_BYTES)
        return _FileSource(file.fileno(), size)
    parts = _chunks(held, file)
    if has_packed:
        parts = unpacked(parts, held, shown_name(name))
    return _spooled(parts, shown_name(name), stack)


def _chunks(held: bytes, file: BinaryIO) -> Iterator[bytes]:
    yield held
    while more := file.read(CHUNK_BYTES):
        yield more


def _spooled(parts: Iterator[bytes], where: str, stack: ExitStack) -> Document:
    """Put the parts into a file of our own, as UTF-8."""
    file = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 # the stack closes it
    size = 0
    for part in _as_utf8(parts, where):
        size += len(part)
        refuse_size(size, where, _LARGEST_UNPACKED)
        file.write(part)
    file.flush()
    source = _FileSource(file.fileno(), size)
    return source if size > STREAM_BYTES else source.read(0, size)


def _as_utf8(parts: Iterator[bytes], where: str) -> Iterator[bytes]:
    first = next(parts, b"")
    mark, encoding = mark_and_encoding(first[:_HEAD])
    if encoding == "utf-8":
        yield first
        yield from parts
        return
    decoder = getincrementaldecoder(encoding)()
    try:
        yield decoder.decode(first[len(mark) :]).encode()
        for part in parts:
            yield decoder.decode(part).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError as error:
        raise BadInput(
            f"The file begins as {encoding.upper()} but does not go on so.",
            where=where,
            remedy="Save it as UTF-8.",
        ) from error
