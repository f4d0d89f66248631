"""Unpack what a report was packed into: gzip, and a zip archive with one file, as CI systems hand out artifacts."""

import lzma
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

from tesuri.model.errors import BadInput
from tesuri.untrusted.byte_source import CHUNK_BYTES, refuse_size

_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_LARGEST_ARCHIVE: Final = 4 * 1024 * 1024 * 1024
_FOREIGN: Final = "__MACOSX/"
"""Folder that macOS adds to each archive; nothing in it was packed by anybody."""

_ENCRYPTED: Final = 0x1
# What the library raises for archives that are none: their offsets, names and streams may be anything.
_DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    OSError,
    EOFError,
    RuntimeError,  # NotImplementedError, for a compression that it has not, among them
    ValueError,
    OverflowError,
)


def is_packed(head: bytes) -> bool:
    """Whether a file begins like one that has to be unpacked first."""
    return head.startswith((_GZIP, *_ZIP))


def unpacked(parts: Iterator[bytes], head: bytes, where: str) -> Iterator[bytes]:
    """Give what the parts hold when they are unpacked. **raises** BadInput when they are damaged or cut off."""
    return _from_gzip(parts, where) if head.startswith(_GZIP) else _from_zip(parts, where)


def _from_gzip(parts: Iterator[bytes], where: str) -> Iterator[bytes]:
    """Give what a gzip file holds, all of its members."""
    reader = _gzip_reader()
    try:
        for part in parts:
            rest = part
            while rest:
                if reader.eof:
                    reader = _gzip_reader()
                yield reader.decompress(rest, CHUNK_BYTES)
                rest = reader.unused_data if reader.eof else reader.unconsumed_tail
        yield reader.flush()
    except zlib.error as error:
        raise BadInput(
            "The gzip file is damaged.", where=where, remedy="Fetch or pack it again."
        ) from error
    if not reader.eof:
        raise BadInput("The gzip file was cut off.", where=where, remedy="Fetch it again.")


def _gzip_reader() -> "zlib._Decompress":
    return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)


def _from_zip(parts: Iterator[bytes], where: str) -> Iterator[bytes]:
    """Give the only file of a zip archive, whose list of files stands at its end."""
    with tempfile.TemporaryFile() as file:
        size = 0
        for part in parts:
            size += len(part)
            refuse_size(size, where, _LARGEST_ARCHIVE)
            file.write(part)
        try:
            yield from _only_file(file, where)
        except _DAMAGED as error:
            raise BadInput(
                "The zip archive is damaged or packed in a way that cannot be read.",
                where=where,
                remedy="Unpack it and give the report itself.",
            ) from error


def _only_file(file: BinaryIO, where: str) -> Iterator[bytes]:
    with zipfile.ZipFile(file) as archive:
        files = [
            info
            for info in archive.infolist()
            if not info.is_dir() and not info.filename.startswith(_FOREIGN)
        ]
        if len(files) != 1 or files[0].flag_bits & _ENCRYPTED:
            locked = "one file with a password" if len(files) == 1 else f"{len(files):,} files"
            raise BadInput(
                f"The zip archive holds {locked}; a report is one file.",
                where=where,
                remedy="Unpack it and name the reports.",
            )
        with archive.open(files[0]) as packed:
            while part := packed.read(CHUNK_BYTES):
                yield part
