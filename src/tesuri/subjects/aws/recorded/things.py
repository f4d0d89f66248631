"""Replies → things: what was listed, completed with what the calls about each single one answered.

A property that only an unanswered call could tell is unknown, and why is told; a call whose thing nobody can name is
told, never guessed, unless there is only one thing that it can be about.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from tesuri.model.resource import UNKNOWN, Origin, Unread
from tesuri.subjects.aws.recorded import data_stores, identity, network, services, storage
from tesuri.subjects.aws.recorded.replies import Recording, Reply
from tesuri.subjects.aws.recorded.shape import Properties, entries, parts_of, pick
from tesuri.subjects.aws.recorded.sources import Detail, Listing
from tesuri.untrusted.shape import at, join_pointer, text

_TABLES: Final = (
    network,
    storage,
    identity,
    data_stores,
    services,
)
LISTINGS: Final = tuple(one for table in _TABLES for one in table.LISTINGS)
DETAILS: Final = tuple(one for table in _TABLES for one in table.DETAILS)
ACCOUNT_WIDE: Final = (
    *network.ACCOUNT_WIDE,
    *storage.ACCOUNT_WIDE,
    *data_stores.ACCOUNT_WIDE,
)
_BY_OPERATION: Final[Mapping[str, tuple[Listing, ...]]] = {
    name: tuple(one for one in LISTINGS if one.operation == name)
    for name in {one.operation for one in LISTINGS}
}
_DETAIL_OF: Final[Mapping[str, Detail]] = {one.operation: one for one in DETAILS}
_DETAILS_BY_KIND: Final[Mapping[str, tuple[Detail, ...]]] = {
    kind: tuple(one for one in DETAILS if one.kind == kind) for kind in {d.kind for d in DETAILS}
}
MAPPED: Final = frozenset(
    {*_BY_OPERATION, *_DETAIL_OF, *(one.operation for one in ACCOUNT_WIDE)}
    | {"iam.GetCredentialReport", "iam.GetAccountSummary", "iam.GetAccountPasswordPolicy"}
    | {"iam.ListVirtualMFADevices", "account.GetAlternateContact", "account.GetContactInformation"}
    | {"sts.GetCallerIdentity", "iam.ListEntitiesForPolicy", "s3.HeadBucket"}
)
"""Every call that tells something."""
NOT_SET_UP: Final[Mapping[str, tuple[str, ...]]] = {
    "securityhub.DescribeHub": ("InvalidAccessException", "ResourceNotFoundException"),
    "macie2.GetMacieSession": ("InvalidAccessException", "ResourceNotFoundException"),
}
"""Errors that are an answer: the watch is off."""


@dataclass(slots=True)
class Thing:
    """One resource under construction."""

    kind: str
    id: str
    names: set[str]
    properties: Properties
    origin: Origin
    told: set[str] = field(default_factory=set)
    """Calls that were answered about it."""
    refused: dict[str, str] = field(default_factory=dict)
    """Calls that were refused → the error code."""
    why: dict[str, str] = field(default_factory=dict)
    """Property that nobody could tell → why."""


@dataclass(slots=True)
class Things:
    """All resources of one recording."""

    recording: Recording
    found: dict[tuple[str, str], Thing] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)
    passed_over: int = 0
    _answered: set[str] | None = None
    _kinds: dict[str, list[Thing]] = field(default_factory=dict)
    _names: dict[tuple[str, str], Thing] = field(default_factory=dict)
    _tails: dict[tuple[str, str], list[Thing]] = field(default_factory=dict)

    def of_kind(self, kind: str) -> list[Thing]:
        """Give the things of a type, in order."""
        return self._kinds.get(kind, [])

    def answered(self, *operations: str) -> bool:
        """Whether one of these calls was answered at all."""
        if self._answered is None:
            self._answered = {one.operation for one in self.recording.replies if not one.error}
        return not self._answered.isdisjoint(operations)

    def put(self, kind: str, names: list[str], properties: Properties, origin: Origin) -> Thing:
        """Add a thing, or complete the one that carries its first name; the first name is its id."""
        identity = names[0]
        thing = self.found.get((kind, identity)) or self._names.get((kind, identity))
        if thing is None:
            thing = Thing(kind, identity, set(), {}, origin)
            self.found[kind, identity] = thing
            self._kinds.setdefault(kind, []).append(thing)
        for name in names:
            if name not in thing.names:
                thing.names.add(name)
                self._names.setdefault((kind, name), thing)
                self._tails.setdefault((kind, _tail(name)), []).append(thing)
        thing.properties |= properties
        return thing

    def named(self, kind: str, name: str) -> Thing | None:
        """Give the thing that carries exactly this name."""
        return self._names.get((kind, name))

    def about(self, kind: str, names: set[str]) -> Thing | None:
        """Give the thing that carries one of the names, whole or at the end of an ARN or URL."""
        for name in sorted(names):
            if (kind, name) in self._names:
                return self._names[kind, name]
        fitting = {
            thing.id: thing for name in names for thing in self._tails.get((kind, _tail(name)), ())
        }
        return next(iter(fitting.values())) if len(fitting) == 1 else None


def _tail(name: str) -> str:
    """Give the last part of an ARN or URL: the name as people say it."""
    return name.rpartition("/")[2].rpartition(":")[2]


def things_of(recording: Recording) -> Things:
    """Give the resources of a recording with the details that belong to each."""
    things = Things(recording)
    for reply in recording.replies:
        _tell_missing_pages(things, reply)
        for listing in _BY_OPERATION.get(reply.operation, ()):
            _list(things, listing, reply)
    for reply in recording.replies:
        detail = _DETAIL_OF.get(reply.operation)
        if detail:
            _detail(things, detail, reply)
    for thing in things.found.values():
        for detail in _DETAILS_BY_KIND.get(thing.kind, ()):
            if detail.operation not in thing.told or detail.tells_one:
                _leave_unknown(thing, detail)
    return things


def _tell_missing_pages(things: Things, reply: Reply) -> None:
    if reply.is_incomplete:
        reason = f"{reply.operation} has further pages that were not recorded"
        things.unread.append(_unread(reply, reason))


def _leave_unknown(thing: Thing, detail: Detail) -> None:
    code = thing.refused.get(detail.operation)
    why = f"{detail.operation} {f'answered {code}' if code else 'was not recorded'}"
    for name in detail.fills:
        if name not in thing.properties:
            thing.properties[name] = UNKNOWN
            thing.why[name] = why


def _list(things: Things, listing: Listing, reply: Reply) -> None:
    if reply.error:
        if reply.error not in NOT_SET_UP.get(reply.operation, ()):
            _tell_error(things, reply, listing.kind)
        return
    for pointer, entry in entries_at(reply.data, listing.path, ""):
        if listing.is_passed_over(entry):
            things.passed_over += 1
            continue
        names = [name_of(entry, name, reply.parameters) for name in listing.names]
        known = [name for name in dict.fromkeys(names) if name]
        if not known:
            things.unread.append(
                _unread(reply, f"an entry of {reply.operation} has no name", pointer)
            )
            continue
        kind = data_stores.type_of_engine(listing.kind, entry)
        things.put(kind, known, listing.build(entry), Origin(reply.file, pointer=pointer))


def name_of(entry: object, name: str, parameters: Mapping[str, object] | None = None) -> str:
    """Give a name of an entry: a field, the entry itself, or several fields of entry and question (a+b)."""
    if not name:
        return text(entry)
    parts = [text(pick(entry, part)) or text(pick(parameters, part)) for part in name.split("+")]
    return "/".join(part for part in parts if part)


def entries_at(value: object, path: tuple[str, ...], pointer: str) -> Iterator[tuple[str, object]]:
    """Give each entry below an answer; an object at the end of the path is one entry."""
    if not path:
        if isinstance(value, dict) and not (pointer and entries(value)):
            yield pointer, value
            return
        # NOTE: where a list is expected and none is, an entry stands that has no name: it is told as not read.
        for number, one in enumerate(entries(value) or parts_of(value)):
            yield join_pointer(pointer, number), one
        return
    head, *rest = path
    if head == "*":
        for number, one in enumerate(entries(value)):
            yield from entries_at(one, tuple(rest), join_pointer(pointer, number))
        return
    inner = pick(value, head)
    if inner is not None:
        yield from entries_at(inner, tuple(rest), join_pointer(pointer, head))


def _detail(things: Things, detail: Detail, reply: Reply) -> None:
    thing = _thing_of(things, detail, reply)
    if reply.error:
        _failed(things, detail, reply, thing)
        return
    if thing is None:
        names = _names(detail, reply)
        if detail.is_whole and names:
            thing = things.put(detail.kind, sorted(names), {}, Origin(reply.file))
        else:
            _tell_nobody(things, detail, reply)
            return
    thing.told.add(detail.operation)
    thing.properties |= detail.build(reply.data)


def _failed(things: Things, detail: Detail, reply: Reply, thing: Thing | None) -> None:
    if reply.error in detail.absent:
        if thing is None:
            _tell_nobody(things, detail, reply)
            return
        thing.told.add(detail.operation)
        for name in detail.fills:
            thing.properties.pop(name, None)
        thing.properties |= detail.absent[reply.error]
        return
    if thing:
        thing.refused[detail.operation] = reply.error
    _tell_error(things, reply, thing.id if thing else detail.kind)


def _thing_of(things: Things, detail: Detail, reply: Reply) -> Thing | None:
    names = _names(detail, reply)
    if names:
        return things.about(detail.kind, names)
    if reply.about:
        return things.about(detail.kind, {reply.about})
    if reply.folder_name and (found := things.named(detail.kind, reply.folder_name)):
        return found
    candidates = things.of_kind(detail.kind)
    return candidates[0] if len(candidates) == 1 else None


def _names(detail: Detail, reply: Reply) -> set[str]:
    found: set[str] = set()
    for name in detail.parameters:
        steps = [int(step) if step.isdecimal() else step for step in name.split(".")]
        said = (text(pick(reply.parameters, name)), text(at(reply.data, *steps)))
        found |= {one for one in said if one}
        found |= {text(one) for one in entries(pick(reply.parameters, name))}
    return found - {""}


def _tell_nobody(things: Things, detail: Detail, reply: Reply) -> None:
    count = len(things.of_kind(detail.kind))
    reason = (
        f"{reply.operation} was recorded without saying of which {detail.kind}; there are {count}"
    )
    things.unread.append(_unread(reply, reason))


def _tell_error(things: Things, reply: Reply, about: str) -> None:
    things.unread.append(_unread(reply, f"{reply.operation} of {about} answered {reply.error}"))


def _unread(reply: Reply, reason: str, pointer: str = "") -> Unread:
    return Unread(reply.file, reason, Origin(reply.file, pointer=pointer))
