"""A report as raw pieces with a digest each, so that records which are known already need not be read again.

A reader offers slices where it finds a record's bytes without decoding them, and where these bytes, with what stands
around them, say all that the record is made of. The store remembers what each digest came to (docs/store.md); what it
does not remember is read. Nothing here knows identities: that is triage.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

SLICE_DIGEST_BYTES: Final = 16
"""Length of every digest: `hashlib.blake2b(raw, digest_size=16)`, with the context hashed before the raw bytes."""

R_co = TypeVar("R_co", covariant=True)


@dataclass(frozen=True, slots=True)
class SliceBatch(Generic[R_co]):
    """Some thousand slices of a report, in its order; a reader makes them as large as it likes, up to 10,000."""

    digests: Sequence[bytes]
    """One for each slice. The context belongs into it: everything outside the raw bytes that the record is made of
    (the list's target and type in a Trivy report, the rules of a SARIF run), but never the scan's time or the position."""
    read: Callable[[Sequence[int]], Sequence[R_co]]
    """Gives the records of the slices at these positions of the batch, exactly one for each, in the given order."""
    others: Sequence[R_co] = ()
    """Records that have no slice (a list that is none, an inventory line); they are always looked at."""


class Slices(Protocol[R_co]):
    """The same records as `Report.records`, sliced; only one of the two is asked."""

    @property
    def reader(self) -> str:
        """Give format and version of the reading, as trivy/1: raised when the same bytes are read to other records."""
        ...

    def batches(self) -> Iterator[SliceBatch[R_co]]:
        """Give the batches of the whole report; when called again, give the same once more.

        **raises** BadInput where the report turns out to be broken.
        """
        ...
