"""Records whose bytes a scope's newest scan had already: what they came to is remembered, not worked out again.

Only what depends on nothing but its own bytes is remembered: no finding of several records, and nothing of a report in
which one record may decide under which name the advisory of another is known. The rest takes the ordinary way.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain, compress
from struct import Struct
from typing import Final, cast

from tesuri.model.identifiers import Identity
from tesuri.model.observation import Kind, Observation
from tesuri.model.record_memory import MemoryPart, RecordKind
from tesuri.model.workspace import Workspace
from tesuri.triage.fingerprint import IDENTITY_VERSION

_VERSION: Final = 1
"""Raised when the same record comes to other stored details than before."""
_NO_IDENTITY = bytes(16)
_PART_RECORDS = 100_000
_PIECE: Final = Struct("16s")
_IS_FINDING: Final = bytes(kind == RecordKind.FINDING for kind in range(256))
_AS_SEEN: Final = (bytes(mark == 0 for mark in range(256)), bytes(mark == 1 for mark in range(256)))
"""What turns marks into ones: of what this scan lacks, of what it has."""


class MemoryFails(Exception):
    """A record that is new has to do with one that is only remembered: all of them must be read."""


def memory_mark(reader: str, workspace: Workspace) -> str:
    """Give what else an outcome depends on: our own rules, the reading, and which target is which asset."""
    rules = sorted(workspace.rule_controls.items())
    said = repr((_VERSION, IDENTITY_VERSION, reader, workspace.assets, rules))
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


class Remembered:
    """The records of the scan before, and which of them this scan has too."""

    def __init__(self, parts: Sequence[MemoryPart], unsettled: AbstractSet[Identity]) -> None:
        """Take a memory; findings that a sighting would change something about are left to the ordinary way.

        **cost** about 150 bytes for each record.
        """
        self._unnamed = [part.identities[16 * len(part.kinds) :] for part in parts]
        """Of more findings, of which no record is remembered."""
        self._kinds = b"".join(part.kinds for part in parts)
        self._identities = b"".join(part.identities[: 16 * len(part.kinds)] for part in parts)
        digests = chain.from_iterable(_pieces(part.digests) for part in parts)
        self._numbers = dict(zip(digests, range(len(self._kinds)), strict=True))
        if unsettled:
            self._numbers = {
                digest: number
                for digest, number in self._numbers.items()
                if self._identity(number) not in unsettled
            }
        self._seen = bytearray(len(self._kinds))
        self.met = [0] * len(RecordKind)
        """Records that this scan has too, by kind."""

    def unknown(self, digests: Sequence[bytes]) -> Sequence[int]:
        """Give the positions of the records that must be read; the others are counted."""
        numbers = list(map(self._numbers.get, digests))
        unknown: list[int] = []
        if None in numbers:
            unknown = [position for position, number in enumerate(numbers) if number is None]
        known = [number for number in numbers if number is not None]
        for number in known:
            self._seen[number] = 1
        for kind, count in Counter(map(self._kinds.__getitem__, known)).items():
            self.met[kind] += count
        return unknown

    @property
    def findings(self) -> int:
        """Give how many findings were met, each once."""
        return self._marked(is_seen=1).count(1)

    @property
    def is_same(self) -> bool:
        """Whether this scan has every record that is remembered, and nothing else was there."""
        return 0 not in self._seen and not any(self._unnamed)

    def check(self, others: AbstractSet[Identity]) -> None:
        """Make sure that nothing that was read is a finding that was met. **raises** MemoryFails."""
        if others and any(map(others.__contains__, self._findings(is_seen=1))):
            raise MemoryFails

    def met_findings(self) -> Iterator[Identity]:
        """Give the findings that were met."""
        return self._findings(is_seen=1)

    def not_met(self) -> Iterator[Identity]:
        """Give the findings of the scan before that were not met, or of which no record is remembered."""
        yield from self._findings(is_seen=0)
        for packed in self._unnamed:
            yield from _identities(packed)

    def met_parts(self) -> list[MemoryPart]:
        """Give the memory without what this scan does not have."""
        kept = [number for number, is_seen in enumerate(self._seen) if is_seen]
        digests = {number: digest for digest, number in self._numbers.items()}
        return [
            MemoryPart(
                b"".join([digests[number] for number in some]),
                bytes([self._kinds[number] for number in some]),
                b"".join([self._identity(number) for number in some]),
            )
            for some in _batched(kept)
        ]

    def _findings(self, *, is_seen: int) -> Iterator[Identity]:
        return compress(_identities(self._identities), self._marked(is_seen=is_seen))

    def _marked(self, *, is_seen: int) -> bytes:
        """Give a one for each record that is a finding, and that this scan has or has not; all at once as one number."""
        wanted = self._kinds.translate(_IS_FINDING)
        seen = self._seen.translate(_AS_SEEN[is_seen])
        both = int.from_bytes(wanted, "big") & int.from_bytes(seen, "big")
        return both.to_bytes(len(wanted), "big")

    def _identity(self, number: int) -> Identity:
        return Identity(self._identities[16 * number : 16 * number + 16])


class Remembering:
    """Collects what records came to, for the next scan of the scope."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._digests = bytearray()
        self._kinds = bytearray()
        self._identities = bytearray()
        self._loose: set[Identity] = set()
        self.is_possible = True
        """False once a record was met whose advisory may be known by a name that only another record tells."""

    def add(self, digests: bytes, kinds: bytes, identities: Sequence[Identity]) -> None:
        """Take records that have a digest, by kind; `identities` are those of the findings among them.

        Without digests only the findings are taken note of.
        """
        if not digests:
            self._loose.update(identities)
            return
        if len(identities) == len(kinds):
            self._identities += b"".join(identities)
            self._digests += digests
            self._kinds += kinds
            return
        rest = iter(identities)
        for number, kind in enumerate(kinds):
            identity = next(rest) if kind == RecordKind.FINDING else _NO_IDENTITY
            if kind < len(RecordKind):
                self._identities += identity
                self._digests += digests[16 * number : 16 * number + 16]
                self._kinds.append(kind)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be remembered."""
        return not self._kinds

    def parts(
        self, shared: AbstractSet[Identity], everything: AbstractSet[Identity]
    ) -> Iterator[MemoryPart]:
        """Give the memory; findings of several records are left out of it, but named at its end.

        `everything` are the findings of the scan that were read. **cost** one part of the memory once more.
        """
        for start in range(0, len(self._kinds), _PART_RECORDS):
            end = start + _PART_RECORDS
            part = MemoryPart(
                bytes(self._digests[16 * start : 16 * end]),
                bytes(self._kinds[start:end]),
                bytes(self._identities[16 * start : 16 * end]),
            )
            yield _without(part, shared) if shared else part
        if unnamed := b"".join(each for each in (self._loose | shared) if each in everything):
            yield MemoryPart(b"", b"", unnamed)


def speaks_for_itself(observation: Observation) -> bool:
    """Whether no other record decides under which name its advisory is known."""
    if observation.kind is Kind.VULNERABILITY:
        return observation.rule in observation.advisories
    return True


def _without(part: MemoryPart, shared: AbstractSet[Identity]) -> MemoryPart:
    kept = [
        number
        for number, piece in enumerate(_pieces(part.identities))
        if Identity(piece) not in shared
    ]
    return MemoryPart(
        b"".join([part.digests[16 * number : 16 * number + 16] for number in kept]),
        bytes([part.kinds[number] for number in kept]),
        b"".join([part.identities[16 * number : 16 * number + 16] for number in kept]),
    )


def _identities(packed: bytes) -> Iterator[Identity]:
    """Give the same as identities, without a call for each of a million."""
    return cast("Iterator[Identity]", _pieces(packed))


def _pieces(packed: bytes) -> Iterator[bytes]:
    return chain.from_iterable(_PIECE.iter_unpack(packed))


def _batched(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), _PART_RECORDS):
        yield numbers[start : start + _PART_RECORDS]
