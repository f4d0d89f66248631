"""CloudTrail files → the records that matter, without decoding the others.

Of each record only the members are decoded that somebody names: its event's name, and what tells whether anything of
it is to be told. A large file is read in parts, so that it need not fit into memory. Every record is counted: wanted,
passed over, or told as no record. A digest file holds no events and is refused.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from msgspec import Raw, Struct

from tesuri.model.errors import BadInput
from tesuri.model.observation import Skipped
from tesuri.subjects.cloudtrail.records import (
    INSIGHT,
    LISTS,
    RecordedEvent,
    is_record,
    is_source,
    no_record,
    opened_texts,
    records_in,
)
from tesuri.untrusted.byte_source import Document, source_of
from tesuri.untrusted.json_entries import entries_of, open_entries, whole_value
from tesuri.untrusted.json_members import MemberReader, Path, Steps, Told, told_at
from tesuri.untrusted.json_pieces import Piece
from tesuri.untrusted.json_text import loads
from tesuri.untrusted.shape import join_pointer, mapping, text

_PROOFS: Final = (
    (b'"digestStartTime"', b'"digestS3Bucket"'),
    (b'"hashSignature"', b'"fileHashValue"'),
)
"""What a digest of log files, and the sign file of a query's results, begin with."""
_HEAD: Final = 4096
_NAMING: Final[tuple[Path, ...]] = (("eventName",), ("eventSource",))
_FAILURE: Final[Path] = ("errorCode",)
_ANSWER: Final[Path] = ("responseElements",)
_SIGN_IN: Final = b"ConsoleLogin"
_CALL: Final[tuple[Path, ...]] = (
    *(("requestParameters",), _ANSWER),
    *(("eventTime",), ("awsRegion",), ("recipientAccountId",)),
)
"""What tells of the resource that a call changes, beside its names and its caller."""
_CALLER: Final[tuple[Path, ...]] = (
    ("userIdentity", "accountId"),
    ("userIdentity", "arn"),
    ("userIdentity", "sessionContext", "sessionIssuer", "arn"),
)
"""What tells who the caller is: an account, and sometimes just what the call is about."""
_ENVELOPE: Final = "detail"
_NOTHING: Final = (b"", b"null", b'""')


class EventReader:
    """What is looked at of each record before it is decoded; one for as many files as one likes."""

    def __init__(self, reads: Iterable[Path] = ()) -> None:
        paths = [*_NAMING, _FAILURE, *_CALLER, *_CALL, *reads]
        self._members = MemberReader(paths)
        self._envelope = MemberReader([(name,) for name in (*LISTS, _ENVELOPE)])
        self._name, self._source = (self._members.steps(path) for path in _NAMING)
        self._failure = self._members.steps(_FAILURE)
        self._answer = self._members.steps(_ANSWER)
        told = {self._members.holder(path) or path for path in (*_CALLER, *_CALL)}
        self._told = [(path, self._members.steps(path)) for path in sorted(told)]

    def steps(self, path: Path) -> Steps | None:
        """Give how the member is reached that holds what stands at a path; None where it is not looked at."""
        held = self._members.holder(path)
        return None if held is None else self._members.steps(held)

    def glance(self, piece: Piece, pointer: str, where: str) -> "Glance | None":
        """Look at what may be a record; None where it has to be decoded to tell what it is."""
        if not isinstance(piece, Raw):
            return None
        members = self._members.read(piece)
        if members is None:
            return None
        name, source = _word(told_at(members, self._name)), _word(told_at(members, self._source))
        if name and is_source(source):
            return Glance(self, name, source, members, piece, pointer, where)
        return self._unwrapped(piece, pointer, where)

    def _unwrapped(self, piece: Raw, pointer: str, where: str) -> "Glance | None":
        """Look into an EventBridge envelope."""
        members = self._envelope.read(piece)
        if members is None:
            return None
        *lists, inner = (told_at(members, (f"m{number}",)) for number in range(len(LISTS) + 1))
        if any(lists) or not isinstance(inner, bytes) or inner[:1] != b"{":
            return None
        here = join_pointer(pointer, _ENVELOPE)
        members = self._members.read(inner)
        if members is None:
            return None
        name, source = _word(told_at(members, self._name)), _word(told_at(members, self._source))
        return (
            Glance(self, name, source, members, Raw(inner), here, where)
            if name and is_source(source)
            else None
        )

    def has_failed(self, members: Struct) -> bool:
        """Whether the record may be of a call that failed, or of a sign-in that did."""
        if told_at(members, self._failure) not in _NOTHING:
            return True
        answer = told_at(members, self._answer)
        return isinstance(answer, bytes) and _SIGN_IN in answer

    def call(self, members: Struct) -> dict[str, object]:
        """Give the members of a record that tell of the resource that it changes."""
        found: dict[str, object] = {}
        for path, steps in self._told:
            told = told_at(members, steps)
            if isinstance(told, bytes) and told:
                found = _with(found, path, loads(told))
        return found


@dataclass(slots=True)
class Glance:
    """A record of which only some members were looked at."""

    reader: EventReader
    name: str
    source: str
    members: Struct | None
    """None where all of it was decoded."""
    piece: Piece
    pointer: str
    where: str

    @property
    def may_have_failed(self) -> bool:
        """Whether the call may have failed; the whole record tells."""
        return self.members is None or self.reader.has_failed(self.members)

    def told(self, steps: Iterable[Steps]) -> tuple[Told, ...] | None:
        """Give some members as they are written; None where all of the record was decoded."""
        if self.members is None:
            return None
        return tuple([told_at(self.members, each) for each in steps])

    def call(self) -> RecordedEvent:
        """Give the record with only what tells of the resource that its call changes."""
        if self.members is None:
            return self.record()
        found = self.reader.call(self.members)
        return RecordedEvent(
            self.pointer, {**found, "eventName": self.name, "eventSource": self.source}
        )

    def record(self) -> RecordedEvent:
        """Give the record, decoded in full."""
        value = whole_value(self.piece, where=f"{self.where}#{self.pointer}")
        assert isinstance(value, dict)
        return RecordedEvent(self.pointer, value)


class EventFile:
    """The wanted records of one file, looked at each time that somebody goes over them, one after the other.

    The figures are those of the records gone over so far: whole after the last one.
    """

    def __init__(
        self,
        document: Document,
        *,
        where: str,
        wanted: frozenset[str] | None,
        reader: EventReader | None = None,
    ) -> None:
        self._where = where
        self._wanted = wanted
        self._reader = reader or EventReader()
        self._document = document
        is_texts = opened_texts(document, where=where) is not None
        self._value = None if is_texts else open_entries(document, where=where)
        self._is_texts = is_texts
        self._skipped: dict[str, Skipped] = {}
        self.total = 0
        """Records in the file, decoded or not."""
        self.passed_over = 0
        """Records of events that nobody asked about."""
        self.insights = 0
        """Records of CloudTrail Insights: they tell how often something is called, and change nothing."""

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """Give what is no record."""
        return tuple(self._skipped.values())

    @property
    def events(self) -> tuple[RecordedEvent, ...]:
        """Give all wanted records at once."""
        return tuple(self)

    def __iter__(self) -> Iterator[RecordedEvent]:
        """Give the wanted records, decoded in full. **raises** BadInput as `glances`."""
        return (each.record() for each in self.glances())

    def glances(self) -> Iterator[Glance]:
        """Give the wanted records, looked at. **raises** BadInput at the end when none of the file is a record."""
        self.total = self.passed_over = self.insights = 0
        for found in self._looked_at():
            self.total += 1
            if isinstance(found, Skipped):
                self._skip(found)
            elif self._wanted is None or found.name in self._wanted:
                yield found
            else:
                self.passed_over += 1
        if self._is_nothing():
            raise no_record(self.skipped, self._where)

    def _skip(self, found: Skipped) -> None:
        if found.reason == INSIGHT:
            self.insights += 1
        else:
            self._skipped[found.pointer] = found

    def _is_nothing(self) -> bool:
        # A log without records is one of a quiet hour; a bare list of nothing is what a failed export leaves behind.
        if not self.total:
            return self._is_texts or isinstance(self._value, list)
        return len(self._skipped) == self.total

    def _looked_at(self) -> Iterator[Glance | Skipped]:
        for pointer, piece, depth in self._entries():
            found = self._reader.glance(piece, pointer, self._where)
            if found is not None:
                yield found
                continue
            value = whole_value(piece, where=f"{self._where}#{pointer}")
            for each in records_in(value, pointer, depth=depth):
                yield each if isinstance(each, Skipped) else self._decoded(each)

    def _entries(self) -> Iterator[tuple[str, Piece, int]]:
        if not self._is_texts:
            return entries_of(self._value, LISTS, is_record)
        opened = opened_texts(self._document, where=self._where) or ()
        return ((pointer, piece, 1) for pointer, piece in opened)

    def _decoded(self, event: RecordedEvent) -> Glance:
        name, source = text(event.fields, "eventName"), text(event.fields, "eventSource")
        return Glance(self._reader, name, source, None, event.fields, event.pointer, self._where)


def _with(fields: Mapping[str, object], path: Path, value: object) -> dict[str, object]:
    """Give a mapping with one more value at a path."""
    name, *rest = path
    inner = _with(mapping(fields, name), tuple(rest), value) if rest else value
    return {**fields, name: inner}


@lru_cache(maxsize=8_192)
def _word(told: Told) -> str:
    """Give the text that a member is, as the readers of decoded records give it."""
    return text(loads(told)) if isinstance(told, bytes) and told else ""


def read_events(
    document: Document,
    *,
    where: str,
    wanted: frozenset[str] | None = None,
    reader: EventReader | None = None,
) -> EventFile:
    """Give the records whose event is wanted (None: all).

    **raises** BadInput when it is a digest or no JSON at once, and when it holds no record as they are gone over.
    **cost** A scan of the bytes, and decoding of the wanted records as they are gone over; memory of a few chunks.
    """
    if is_digest(document):
        raise BadInput(
            "This is a CloudTrail digest file: it lists log files and holds no events.",
            where=where,
            remedy="Give the log files themselves.",
        )
    return EventFile(document, where=where, wanted=wanted, reader=reader)


def is_digest(document: Document) -> bool:
    """Whether a document is what CloudTrail writes beside its logs to prove them."""
    head = source_of(document).read(0, _HEAD)
    return any(all(mark in head for mark in marks) for marks in _PROOFS)
