"""Audit events of a Kubernetes API server → what was created, changed or entered, as an admission request would ask it.

Reads the log (JSON Lines), lists of events, and what CloudWatch Logs delivers or prints (EKS writes the log there). An
event tells its object only at the levels Request and RequestResponse; how many do not is counted. Reads, deletions, dry
runs, status updates and pods that a controller made are passed over and counted.

**source** Kubernetes, "Auditing", audit.k8s.io/v1 Event.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from tesuri.model.errors import BadInput
from tesuri.model.observation import Skipped
from tesuri.subjects.kubernetes.admission_review import AdmissionRequest, Operation, request_of
from tesuri.subjects.kubernetes.objects import Document as ObjectDocument
from tesuri.untrusted.byte_source import CHUNK_BYTES, Document
from tesuri.untrusted.instant import instant
from tesuri.untrusted.json_document import read_json
from tesuri.untrusted.json_entries import entries_of, open_entries, whole_value
from tesuri.untrusted.shape import at, items, join_pointer, mapping, shape_name, text

_GROUP: Final = "audit.k8s.io/"
_LISTS: Final = ("items", "logEvents", "events", "Records")
_MESSAGES: Final = ("message", "@message", "data", "detail", "record")
_DEEPEST: Final = 6
_TIMES: Final = ("stageTimestamp", "requestReceivedTimestamp", "timestamp")
_OPERATIONS: Final = {
    "create": Operation.CREATE,
    "update": Operation.UPDATE,
    "patch": Operation.UPDATE,
}
_CONNECTIONS: Final = {
    "exec": "PodExecOptions",
    "attach": "PodAttachOptions",
    "portforward": "PodPortForwardOptions",
}
_WHOLE: Final = ("", "ephemeralcontainers")
"""Parts of a thing whose requests tell the whole of it."""


class _Passed(StrEnum):
    """Why nothing is made of an event."""

    NO_CHANGE = "no change"
    NO_OBJECT = "no object"


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One change that a cluster was asked for."""

    request: AdmissionRequest
    failure: str
    """Why it changed nothing; empty when it was done."""
    seen_at: datetime | None = None
    """When the log says that it was done."""


class AuditLog:
    """The changes of one file, made of it each time that somebody goes over them.

    The figures are those of the events gone over so far: whole after the last one.
    """

    def __init__(self, document: Document, *, where: str) -> None:
        self._value = open_entries(document, where=where)
        self._where = where
        self._skipped: dict[str, Skipped] = {}
        self.total = 0
        """Events in the file."""
        self.passed_over = 0
        """Events that ask for no change of an object."""
        self.without_object = 0
        """Changes whose object the log does not hold."""

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """Give what is no event."""
        return tuple(self._skipped.values())

    @property
    def events(self) -> tuple[AuditEvent, ...]:
        """Give all changes at once."""
        return tuple(self)

    def __iter__(self) -> Iterator[AuditEvent]:
        """Give the changes in order. **raises** BadInput at the end when nothing in the file is an audit event."""
        self.total = self.passed_over = self.without_object = 0
        for pointer, record in self._records():
            if isinstance(record, Skipped):
                self._skipped[pointer] = record
                continue
            self.total += 1
            found = _event(record, ObjectDocument({}, self._where, pointer))
            if isinstance(found, AuditEvent):
                yield found
            elif found is _Passed.NO_CHANGE:
                self.passed_over += 1
            else:
                self.without_object += 1
        if not self.total:
            raise BadInput(
                "The file holds no audit event.",
                where=self._where,
                remedy="An event has kind Event and a verb.",
            )

    def _records(self) -> Iterator[tuple[str, Mapping[str, object] | Skipped]]:
        for pointer, piece, depth in entries_of(self._value, _LISTS, _is_event):
            value = whole_value(piece, where=f"{self._where}#{pointer}")
            yield from _records(value, pointer, depth)


def is_audit_log(document: Document) -> bool:
    """Whether a document looks like audit events; of a large one, whether its beginning does."""
    held = document if isinstance(document, bytes) else document.read(0, CHUNK_BYTES)
    return _GROUP.encode() in held


def read_audit_log(document: Document, *, where: str) -> AuditLog:
    """Give the changes of a log in order.

    **raises** BadInput when it is no JSON at once, and when it holds no event as somebody goes over it. **cost** Memory of a few chunks.
    """
    return AuditLog(document, where=where)


def _is_event(value: object) -> bool:
    return text(value, "kind") == "Event" and bool(text(value, "verb"))


def _records(
    value: object, pointer: str, depth: int
) -> Iterator[tuple[str, Mapping[str, object] | Skipped]]:
    if depth > _DEEPEST:
        yield pointer, Skipped(pointer, "the event is wrapped too deep")
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _records(part, join_pointer(pointer, number), depth + 1)
    elif not isinstance(value, dict):
        yield pointer, Skipped(pointer, f"the event is {shape_name(value)}, not a mapping")
    elif _is_event(value):
        yield pointer, value
    else:
        yield from _unwrapped(value, pointer, depth)


def _unwrapped(
    value: Mapping[str, object], pointer: str, depth: int
) -> Iterator[tuple[str, Mapping[str, object] | Skipped]]:
    for key in (*_LISTS, *_MESSAGES):
        inner, here = value.get(key), join_pointer(pointer, key)
        if isinstance(inner, list | dict):
            yield from _records(inner, here, depth + 1)
            return
        if isinstance(inner, str) and inner.lstrip()[:1] == "{":
            try:
                parsed = read_json(inner.encode(), where=here)
            except BadInput as problem:
                yield here, Skipped(here, problem.what)
                return
            yield from _records(parsed, here, depth + 1)
            return
    yield pointer, Skipped(pointer, "it is no audit event")


def _event(record: Mapping[str, object], document: ObjectDocument) -> AuditEvent | _Passed:
    part = text(record, "objectRef", "subresource")
    operation = Operation.CONNECT if part in _CONNECTIONS else _OPERATIONS.get(text(record, "verb"))
    is_final = text(record, "stage") in ("", "ResponseComplete", "Panic")
    is_asking = operation is None or "dryRun=All" in text(record, "requestURI")
    if is_asking or not is_final or (part not in _WHOLE and part not in _CONNECTIONS):
        return _Passed.NO_CHANGE
    failure = _failure(record)
    value = _connection(record, part) if part in _CONNECTIONS else _object(record, failure)
    if value is None:
        return _Passed.NO_OBJECT
    if _is_made(value) or operation is None:
        return _Passed.NO_CHANGE
    review = {"request": _request(record, operation, part, value)}
    told = (instant(at(record, key)) for key in _TIMES)
    seen_at = next((each for each in told if each is not None), None)
    return AuditEvent(request_of(review, document, ""), failure, seen_at)


def _object(record: Mapping[str, object], failure: str) -> Mapping[str, object] | None:
    """Give the object as it was stored, else as it was asked for; a patch asks for a difference."""
    stored = at(record, "responseObject")
    asked = at(record, "requestObject")
    if isinstance(stored, dict) and "metadata" in stored and not failure:
        return stored
    is_whole = isinstance(asked, dict) and text(record, "verb") != "patch"
    return asked if is_whole and isinstance(asked, dict) and "metadata" in asked else None


def _connection(record: Mapping[str, object], part: str) -> Mapping[str, object]:
    """Give the options of a connection: the address that was called tells them."""
    query = text(record, "requestURI").partition("?")[2]
    pairs = [word.partition("=") for word in query.split("&") if word]
    command = [value for key, _, value in pairs if key == "command"]
    switches = {
        key: value in ("true", "1")
        for key, _, value in pairs
        if key in ("stdin", "stdout", "stderr", "tty")
    }
    container = next((value for key, _, value in pairs if key == "container"), "")
    return {
        "apiVersion": "v1",
        "kind": _CONNECTIONS[part],
        **switches,
        **({"container": container} if container else {}),
        **({"command": command} if command else {}),
    }


def _request(
    record: Mapping[str, object], operation: Operation, part: str, value: Mapping[str, object]
) -> dict[str, object]:
    told = mapping(record, "objectRef")
    version = text(value, "apiVersion") or "/".join(
        word for word in (text(told, "apiGroup"), text(told, "apiVersion")) if word
    )
    group, _, number = version.rpartition("/")
    namespace = text(told, "namespace") or text(value, "metadata", "namespace")
    return {
        "uid": text(record, "auditID"),
        "operation": operation.value,
        "kind": {"group": group, "version": number, "kind": text(value, "kind")},
        "resource": {"resource": text(told, "resource")},
        "subResource": part,
        "namespace": namespace,
        "name": text(told, "name"),
        "object": value,
    }


def _failure(record: Mapping[str, object]) -> str:
    code = at(record, "responseStatus", "code")
    if isinstance(code, int) and code >= 400:
        reason = text(record, "responseStatus", "reason")
        return f"the call failed: {code} {reason}".rstrip()
    return ""


def _is_made(value: Mapping[str, object]) -> bool:
    """Whether a controller made the object: its workload was judged when somebody made that."""
    return any(
        mapping(owner).get("controller") is True
        for owner in items(value, "metadata", "ownerReferences")
    )
