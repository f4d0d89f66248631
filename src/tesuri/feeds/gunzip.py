"""Bounded decompression: a small file must not become a huge one."""

import zlib

from tesuri.model.errors import BadInput

MAX_BYTES = 256 * 1024 * 1024
"""Largest decompressed feed; EPSS of 2026 has 10 MB."""

_MAGIC = b"\x1f\x8b"


def gunzipped(data: bytes, *, where: str, max_bytes: int = MAX_BYTES) -> bytes:
    """Give the content of a gzip file; other bytes are given back as they are.

    **raises** BadInput when it is damaged, cut off, or larger than the limit once decompressed.
    """
    if not data.startswith(_MAGIC):
        return data
    parts: list[bytes] = []
    total = 0
    rest = data
    while rest.startswith(_MAGIC):
        reader = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            part = reader.decompress(rest, max_bytes - total + 1)
        except zlib.error as error:
            raise BadInput("The gzip file is damaged.", where=where) from error
        total += len(part)
        if total > max_bytes:
            raise BadInput(f"The gzip file unpacks to more than {max_bytes:,} bytes.", where=where)
        if not reader.eof:
            raise BadInput("The gzip file was cut off.", where=where, remedy="Fetch it again.")
        parts.append(part)
        rest = reader.unused_data
    return b"".join(parts)
