"""Bounded decompression: a small file must not become a huge one."""

import zlib

from tesuri.model.errors import BadInput

MAX_BYTES = 256 * 1024 * 1024
"""Largest decompressed feed; EPSS of 2026 has 10 MB."""

_MAGIC = b"\x1f\x8b"
_PIECE = 64 * 1024


def gunzipped(data: bytes, *, where: str, max_bytes: int = MAX_BYTES) -> bytes:
    """Give the content of a gzip file; other bytes are given back as they are.

    **raises** BadInput when it is damaged, cut off, or larger than the limit once decompressed.
    """
    if not data.startswith(_MAGIC):
        return data
    content = bytearray()
    at = 0
    # A file may be several members one after the other; what follows the last one is passed over.
    while data.startswith(_MAGIC, at):
        reader = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        # NOTE: in pieces, because the rest of the file is copied at the end of each member.
        while not reader.eof:
            piece = data[at : at + _PIECE]
            if not piece:
                raise BadInput("The gzip file was cut off.", where=where, remedy="Fetch it again.")
            try:
                content += reader.decompress(piece, max_bytes - len(content) + 1)
            except zlib.error as error:
                raise BadInput("The gzip file is damaged.", where=where) from error
            if len(content) > max_bytes:
                what = f"The gzip file unpacks to more than {max_bytes:,} bytes."
                raise BadInput(what, where=where)
            at += len(piece) - len(reader.unused_data)
    return bytes(content)
