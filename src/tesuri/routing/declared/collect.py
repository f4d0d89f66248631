"""Everything that declared files say, gathered over all files, with every fault on the way.

`Collection` is the only thing here with a lifetime: one loading of one workspace.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Generic, TypeVar

from tesuri.routing.declared.fields import Fault, FieldType, faults_in
from tesuri.untrusted.shape import text

RecordT = TypeVar("RecordT")


@dataclass(frozen=True, slots=True)
class Document:
    """One decoded file."""

    file: str
    value: object
    default_id: str = ""
    """Id of its record when it holds one without id; empty when the file may not name one."""
    lines: Mapping[int, int] = field(default_factory=dict)
    """For tables: position of the record → line."""


@dataclass(frozen=True, slots=True)
class PlacedFault:
    """A fault with its file."""

    file: str
    fault: Fault
    line: int = 0
    """0 when only the pointer tells."""


@dataclass(frozen=True, slots=True)
class Placed(Generic[RecordT]):
    """A record with the place where it was declared."""

    file: str
    pointer: str
    record: RecordT
    line: int = 0

    def fault(self, fault: Fault) -> PlacedFault:
        """Place a fault of this record, whose pointer starts at the record."""
        whole = Fault(f"{self.pointer}{fault.pointer}", fault.what, fault.remedy)
        return PlacedFault(self.file, whole, self.line)


@dataclass(slots=True)
class Collection:
    """Faults and ids met so far."""

    faults: list[PlacedFault] = field(default_factory=list)
    ids: dict[str, dict[str, str]] = field(default_factory=dict)
    """Kind → id → file; also ids of records that have faults, so that one fault does not make two."""

    def add(self, file: str, faults: Iterator[Fault] | Sequence[Fault]) -> None:
        """Keep faults of one file."""
        self.faults.extend(PlacedFault(file, fault) for fault in faults)

    def records(
        self,
        kind: str,
        documents: Sequence[Document],
        expected: FieldType,
        build: Callable[[Placed[object]], RecordT],
    ) -> tuple[Placed[RecordT], ...]:
        """Check and build every record of one kind, in the order of files and of their lists."""
        found: list[Placed[RecordT]] = []
        for document in documents:
            for raw in _raw_records(document):
                faults = list(faults_in(raw.record, expected))
                self.faults.extend(raw.fault(fault) for fault in faults)
                self._claim_id(kind, raw)
                if not faults:
                    built = build(raw)
                    found.append(Placed(raw.file, raw.pointer, built, raw.line))
        return tuple(found)

    def refer(self, kind: str, name: str, at: Placed[RecordT], pointer: str) -> None:
        """Keep a fault when no record of this kind has that id."""
        known = self.ids.get(kind, {})
        if name in known:
            return
        close = get_close_matches(name, known, n=1)
        hint = f"Did you mean {close[0]!r}?" if close else f"Declare it, or correct the {kind}."
        self.faults.append(at.fault(Fault(pointer, f"No {kind} has the id {name!r}.", hint)))

    def _claim_id(self, kind: str, raw: Placed[object]) -> None:
        identifier = text(raw.record, "id")
        if kind == "effort":
            return
        if not identifier:
            if isinstance(raw.record, dict) and "id" not in raw.record:
                missing = Fault(
                    "", "The key 'id' is missing.", "Give every record of a list an id."
                )
                self.faults.append(raw.fault(missing))
            return
        claimed = self.ids.setdefault(kind, {})
        if identifier in claimed:
            what = f"The {kind} {identifier!r} is declared twice, also in {claimed[identifier]}."
            self.faults.append(raw.fault(Fault("/id", what, "Remove one.")))
        claimed.setdefault(identifier, raw.file)


def _raw_records(document: Document) -> Iterator[Placed[object]]:
    if isinstance(document.value, list):
        for position, value in enumerate(document.value):
            line = document.lines.get(position, 0)
            pointer = "" if line else f"/{position}"
            yield Placed(document.file, pointer, value, line)
        return
    value = document.value
    if isinstance(value, dict) and document.default_id and "id" not in value:
        value = {"id": document.default_id, **value}
    yield Placed(document.file, "", value)
