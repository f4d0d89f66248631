"""Bytes that are read in parts, so that a report needs not fit into memory."""

import hashlib
from dataclasses import dataclass
from typing import Final, Protocol

from tesuri.model.errors import BadInput

STREAM_BYTES: Final = 16 * 1024 * 1024
"""A document of more bytes is read in parts; a smaller one at once, which is quicker."""

CHUNK_BYTES: Final = 2 * 1024 * 1024
"""Bytes that are in memory of a document that is read in parts; every value in it that is larger is taken apart."""

MAX_STREAM_BYTES: Final = 64 * 1024 * 1024 * 1024
"""Largest document that is read in parts; the limit only keeps a mistake from filling a day."""


class ByteSource(Protocol):
    """A finished document of known size. Whoever opened it closes it."""

    @property
    def size(self) -> int:
        """Give the number of bytes."""
        ...

    def read(self, start: int, count: int) -> bytes:
        """Give so many bytes from an offset on; fewer only at the end."""
        ...


@dataclass(frozen=True, slots=True)
class HeldBytes:
    """A source that is in memory."""

    content: bytes

    @property
    def size(self) -> int:
        """Give the number of bytes."""
        return len(self.content)

    def read(self, start: int, count: int) -> bytes:
        """Give so many bytes from an offset on; fewer only at the end."""
        return self.content[start : start + count]


Document = bytes | ByteSource
"""What a report is given as: its bytes, or where to read them."""


def source_of(document: Document) -> ByteSource:
    """Give bytes as a source; a source stays as it is."""
    return HeldBytes(document) if isinstance(document, bytes) else document


def is_large(document: Document) -> bool:
    """Whether a document is read in parts."""
    return not isinstance(document, bytes) and document.size > STREAM_BYTES


def sha256_of(document: Document) -> str:
    """Give the SHA-256 of all bytes as hexadecimal digits."""
    source = source_of(document)
    digest = hashlib.sha256()
    for start in range(0, source.size, CHUNK_BYTES):
        digest.update(source.read(start, CHUNK_BYTES))
    return digest.hexdigest()


def refuse_size(size: int, where: str, largest: int = MAX_STREAM_BYTES) -> None:
    """Refuse what is larger than any report. **raises** BadInput."""
    if size > largest:
        raise BadInput(
            f"The file has {size:,} bytes; the limit is {largest:,}.",
            where=where,
            remedy="Split it.",
        )
