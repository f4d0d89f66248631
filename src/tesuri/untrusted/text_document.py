"""Foreign bytes to text, whatever encoding a shell or an exporter chose.

It guesses UTF-16 without a mark only where the zero bytes leave no doubt, and refuses everything else
that is not UTF-8 with the offset of the first wrong byte. Nothing is replaced or dropped.
"""

from tesuri.model.errors import BadInput

MAX_BYTES = 512 * 1024 * 1024
"""Largest document that is read at all unless the caller says otherwise."""

# The longer mark first: the UTF-32 one begins with the UTF-16 one.
_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)


def read_text(data: bytes, *, where: str, max_bytes: int = MAX_BYTES) -> str:
    """Give the text of a document without its byte order mark.

    **raises** BadInput when it is empty, too large, binary or in another encoding.
    """
    if not data:
        raise BadInput(
            "The file is empty (0 bytes).",
            where=where,
            remedy="Check that the tool that should have written it ran to its end.",
        )
    if len(data) > max_bytes:
        raise BadInput(
            f"The file has {len(data):,} bytes; the limit is {max_bytes:,}.",
            where=where,
            remedy="Split it.",
        )
    mark, encoding = mark_and_encoding(data)
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        raise BadInput(
            f"Byte {len(mark) + error.start:,} is not valid {encoding.upper()}: this is a binary file "
            "or text in another encoding.",
            where=where,
            remedy="Save it as UTF-8.",
        ) from error
    if "\x00" in text[:4096]:
        raise BadInput(
            "The file holds zero bytes: it is binary, not text.",
            where=where,
            remedy="Give the report itself, unpacked.",
        )
    return text


def read_utf8(data: bytes, *, where: str, max_bytes: int = MAX_BYTES) -> bytes:
    """Give the same text as UTF-8 bytes, without a copy where it already is plain UTF-8.

    **raises** BadInput as `read_text` does, except that UTF-8 itself is left for the parser to check.
    """
    if 0 < len(data) <= max_bytes and mark_and_encoding(data) == (b"", "utf-8"):
        return data
    return read_text(data, where=where, max_bytes=max_bytes).encode()


def mark_and_encoding(data: bytes) -> tuple[bytes, str]:
    """Give the byte order mark and the encoding that the beginning of a document speaks for."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return mark, encoding
    # ASCII text as UTF-16 has every other byte zero; no UTF-8 text of any format has zeros at its start.
    head = data[:64]
    even, odd = head[0::2], head[1::2]
    if len(head) >= 4 and len(data) % 2 == 0:
        if any(even) and not any(odd):
            return b"", "utf-16-le"
        if any(odd) and not any(even):
            return b"", "utf-16-be"
    return b"", "utf-8"
