"""What the records of a report come to before the store is asked: counted, masked, hashed, written as they are stored.

It needs nothing but the report, so that a large one is read beside whoever takes it in (`Ahead`): what one process
reads, the other one places. A batch goes from one to the other as bytes.
"""

import pickle
from collections.abc import Generator, Iterable, Iterator, Sequence
from itertools import islice
from math import ceil
from typing import Final

import msgspec

from tesuri.flows.intake.remember_records import Remembered, speaks_for_itself
from tesuri.model.inventory import SeenComponent
from tesuri.model.observation import Informational, Observation, Record, Report, Skipped, Suppressed
from tesuri.model.record_memory import RecordKind
from tesuri.model.report_slices import Slices
from tesuri.ports import Ahead
from tesuri.triage.gist import Gisting, Gists
from tesuri.triage.masking import mask

SKIPPED_EXAMPLES: Final = 100
NOT_REMEMBERED: Final = 255
"""In place of a kind: a record that has to be looked at in every scan."""


class ReadBatch(msgspec.Struct, array_like=True, gc=False):
    """Some records of a report, in their order."""

    findings: Gists
    digests: bytes = b""
    """Sixteen bytes for each record; empty where they have none."""
    kinds: bytes = b""
    """One byte for each digest: a `RecordKind`, or NOT_REMEMBERED."""
    suppressed: int = 0
    informational: int = 0
    skipped: int = 0
    components: list[SeenComponent] = []
    skipped_examples: list[tuple[str, str]] = []
    speaks_for_itself: bool = True
    """Whether no other record decides under which name an advisory in it is known."""


def read_batch(records: Iterable[Record], digests: Sequence[bytes], secret_key: bytes) -> ReadBatch:
    """Give what these records come to; each has a digest, or none of them has."""
    made = Gisting(secret_key)
    batch = ReadBatch(made.gists, b"".join(digests), components=[], skipped_examples=[])
    kinds = bytearray()
    for record in records:
        kinds.append(_add(batch, made, record))
    batch.kinds = bytes(kinds) if digests else b""
    return batch


def _add(batch: ReadBatch, made: Gisting, record: Record) -> int:
    """Take a record in and give its kind."""
    match record:
        case Observation():
            made.add(record)
            if batch.speaks_for_itself and not speaks_for_itself(record):
                batch.speaks_for_itself = False
            return RecordKind.FINDING
        case Suppressed():
            batch.suppressed += 1
            return RecordKind.SUPPRESSED
        case Informational(component=component):
            batch.informational += 1
            if component is None:
                return RecordKind.INFORMATIONAL
            batch.components.append(component)
        case Skipped():
            batch.skipped += 1
            if batch.skipped <= SKIPPED_EXAMPLES:
                batch.skipped_examples.append((record.pointer, mask(record.reason)))
    return NOT_REMEMBERED


def batches_of(report: Report, most: int, secret_key: bytes) -> Generator[ReadBatch]:
    """Give every record of a report, without digests."""
    while some := list(islice(report.records, most)):
        yield read_batch(some, (), secret_key)


def sliced_batches(
    slices: Slices[Record], remembered: Remembered | None, most: int, secret_key: bytes
) -> Generator[ReadBatch]:
    """Give the records of a report that are not remembered."""
    for batch in slices.batches():
        every = range(len(batch.digests))
        unknown = remembered.unknown(batch.digests) if remembered else every
        # Of equal size, so that neither of two processes waits for the other's larger one.
        parts = max(1, ceil(len(unknown) / most))
        size = max(1, ceil(len(unknown) / parts))
        for start in range(0, len(unknown), size):
            positions = unknown[start : start + size]
            digests = [batch.digests[each] for each in positions]
            yield read_batch(batch.read(positions), digests, secret_key)
        if batch.others:
            yield read_batch(batch.others, (), secret_key)


def read_ahead(batches: Iterator[ReadBatch], ahead: Ahead) -> Generator[ReadBatch]:
    """Give the same batches, made by another process while this one is busy with those before."""
    packed = ahead(map(_packed, batches))
    try:
        yield from map(_unpacked, packed)
    finally:
        packed.close()


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(ReadBatch)
_PLAIN, _ODD = b"p", b"o"


def _packed(batch: ReadBatch) -> bytes:
    try:
        return _PLAIN + _ENCODER.encode(batch)
    except (UnicodeEncodeError, OverflowError):
        # Half characters and endless numbers: rare, hostile, and nothing to fail at.
        return _ODD + pickle.dumps(batch)


def _unpacked(packed: bytes) -> ReadBatch:
    if packed[:1] == _PLAIN:
        return _DECODER.decode(memoryview(packed)[1:])
    batch = pickle.loads(memoryview(packed)[1:])  # noqa: S301 - from our own process, made two lines above
    if not isinstance(batch, ReadBatch):
        raise TypeError(type(batch))
    return batch
