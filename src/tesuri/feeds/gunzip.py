"""Bounded decompression: a small file must not become a huge one, and a long one need not be in memory at once."""

import zlib
from codecs import getincrementaldecoder
from collections.abc import Iterator
from dataclasses import dataclass

from tesuri.model.errors import BadInput
from tesuri.untrusted.text_document import mark_and_encoding

MAX_BYTES = 256 * 1024 * 1024
"""Largest decompressed feed; EPSS of 2026 has 10 MB."""

_MAGIC = b"\x1f\x8b"
_PIECE = 64 * 1024
_LONGEST_LINE = 1024 * 1024


def gunzipped(data: bytes, *, where: str, max_bytes: int = MAX_BYTES) -> bytes:
    """Give the content of a gzip file; other bytes are given back as they are.

    **raises** BadInput when it is damaged, cut off, or larger than the limit once decompressed.
    """
    if not data.startswith(_MAGIC):
        return data
    return b"".join(_unpacked(data, where, max_bytes))


def beginning(data: bytes, *, where: str) -> bytes:
    """Give the first bytes of a file, unpacked: enough to tell what it is. **raises** BadInput as `gunzipped`."""
    return next(_pieces(data, where), b"")


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a file, plain or gzipped; each iteration reads them anew and holds only a few.

    An iteration **raises** BadInput when the file is damaged or is not text.
    """

    data: bytes
    where: str

    def __iter__(self) -> Iterator[str]:
        rest = ""
        for words in self._texts():
            lines = (rest + words).split("\n")
            rest = lines.pop()
            if len(rest) > _LONGEST_LINE:
                raise BadInput(
                    f"A line has more than {_LONGEST_LINE:,} characters.", where=self.where
                )
            yield from lines
        if rest:
            yield rest

    def _texts(self) -> Iterator[str]:
        """Give the text piece by piece, in whatever encoding its beginning speaks for."""
        pieces = _pieces(self.data, self.where)
        first = next(pieces, b"")
        mark, encoding = mark_and_encoding(first)
        decoder = getincrementaldecoder(encoding)()
        try:
            yield decoder.decode(first[len(mark) :])
            for piece in pieces:
                yield decoder.decode(piece)
            yield decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            raise BadInput(
                f"The file is not valid {encoding.upper()}: it is binary or text in another encoding.",
                where=self.where,
                remedy="Save it as UTF-8.",
            ) from error


def _pieces(data: bytes, where: str) -> Iterator[bytes]:
    if data.startswith(_MAGIC):
        yield from _unpacked(data, where, MAX_BYTES)
    else:
        yield from (data[at : at + _PIECE] for at in range(0, len(data), _PIECE))


def _unpacked(data: bytes, where: str, max_bytes: int) -> Iterator[bytes]:
    """Give the content of a gzip file piece by piece."""
    size = at = 0
    # A file may be several members one after the other; what follows the last one is passed over.
    while data.startswith(_MAGIC, at):
        reader = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        # NOTE: in pieces, because the rest of the file is copied at the end of each member.
        while not reader.eof:
            piece = reader.unconsumed_tail or data[at : at + _PIECE]
            at += 0 if reader.unconsumed_tail else len(piece)
            try:
                content = reader.decompress(piece, _PIECE)
            except zlib.error as error:
                raise BadInput(
                    "The gzip file is damaged.", where=where, remedy="Fetch or pack it again."
                ) from error
            # What was read may still have more to give when nothing is left to read.
            if not piece and not content and not reader.eof:
                raise BadInput("The gzip file was cut off.", where=where, remedy="Fetch it again.")
            size += len(content)
            if size > max_bytes:
                what = f"The gzip file unpacks to more than {max_bytes:,} bytes."
                raise BadInput(what, where=where)
            if content:
                yield content
        at -= len(reader.unused_data)
