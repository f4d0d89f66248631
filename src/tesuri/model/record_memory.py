"""What the records of a scope's newest scan came to, so that the same bytes need not be read again."""

from dataclasses import dataclass
from enum import IntEnum


class RecordKind(IntEnum):
    """What a remembered record was; one byte each."""

    FINDING = 0
    SUPPRESSED = 1
    INFORMATIONAL = 2


@dataclass(frozen=True, slots=True)
class MemoryPart:
    """Some records side by side; the identities of more findings may follow that no record is remembered of."""

    digests: bytes
    """Sixteen bytes each (`report_slices`)."""
    kinds: bytes
    """One byte each."""
    identities: bytes
    """Sixteen bytes each; zeros for what is no finding."""
