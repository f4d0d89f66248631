"""Files of recorded AWS API replies → where each reply stands, and the replies once somebody wants them.

Understood are one reply a file (`service.Operation_N.json` with `status_code` and `data`, as botocore recorders write),
files of `{service, operation, parameters, region, account, data | error}` (one, a list, or one a line), and what the
command line of the provider prints (`describe-security-groups.json`). Of a record only its names are looked at first.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Final

import msgspec

from tesuri.model.errors import BadInput
from tesuri.model.resource import Unread
from tesuri.subjects.aws.recorded.calls import call_named, call_of_file, is_service
from tesuri.subjects.aws.recorded.replies import Reply
from tesuri.untrusted.instant import instant
from tesuri.untrusted.json_document import read_json_or_lines
from tesuri.untrusted.json_pieces import value_of
from tesuri.untrusted.shape import at, items, mapping, shape_name, text
from tesuri.untrusted.text_document import read_utf8

_FLIGHT: Final = re.compile(r"([A-Za-z][\w-]*(?:\.[a-z][\w-]*)*)\.([A-Z]\w+)_(\d+)\.json")
_COMMAND: Final = re.compile(r"(?:([a-z0-9-]+)[._ ])?((?:describe|list|get)-[a-z0-9-]+)\.json")
"""A command that no table has."""
_ACCOUNT: Final = re.compile(r"(?<!\d)\d{12}(?!\d)")
_REGION: Final = re.compile(r"(?<![a-z])(?:af|ap|ca|cn|eu|il|me|mx|sa|us)(?:-gov)?-[a-z]+-\d(?!\d)")

_REFUSED: Final = re.compile(
    rb"An error occurred \((?P<code>[\w.]+)\) when calling the (?P<name>\w+) operation"
    rb"(?: \([^)]*\))?:(?P<words>[^\r\n]*)"
)
"""What the command line of the provider prints of a call that failed."""
_LONGEST_REFUSAL: Final = 4_096


@dataclass(frozen=True, slots=True)
class RecordedFile:
    """A file of a folder of recordings, which can be read as often as somebody wants."""

    name: str
    """Path below the folder."""
    read: Callable[[], bytes]
    """Give its content, unpacked. **raises** BadInput."""

    @classmethod
    def held(cls, name: str, data: bytes) -> "RecordedFile":
        """Give a file that is in memory."""
        return cls(name, lambda: data)


@dataclass(frozen=True, slots=True)
class Place:
    """What the names of a file and of its folders say of its replies."""

    file: str
    account: str
    region: str
    folder: str
    """Under which everything is of one recording: the one called after an account or region, else the file's own."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What is looked at of a reply before it is decoded."""

    operation: str
    account: str
    region: str
    answered_at: datetime | None


Written = bytes | Reply
"""A reply as it is written, or decoded where that is how its heading was found out."""


def place_of(name: str) -> Place:
    """Give what a path says: the last number of twelve digits of its folders, the last region of all of it."""
    folder = name.rpartition("/")[0]
    return Place(name, _last(_ACCOUNT, folder), _last(_REGION, name), _recording_folder(folder))


def _recording_folder(folder: str) -> str:
    parts = folder.split("/")
    for count in range(len(parts), 0, -1):
        if _ACCOUNT.search(parts[count - 1]) or _REGION.search(parts[count - 1]):
            return "/".join(parts[:count])
    return folder.rpartition("/")[0] if is_service(parts[-1]) else folder


def _last(pattern: re.Pattern[str], name: str) -> str:
    found = pattern.findall(name)
    return str(found[-1]) if found else ""


class _Headers(msgspec.Struct, gc=False):
    HTTPHeaders: dict[str, msgspec.Raw] | None = None


class _Answer(msgspec.Struct, gc=False):
    ResponseMetadata: _Headers | None = None


class _Record(msgspec.Struct, gc=False):
    """The names of a record."""

    service: str = ""
    operation: str = ""
    account: str | None = None
    region: str | None = None
    recorded_at: str | None = None
    data: _Answer | None = None


class _Listed(msgspec.Struct, gc=False):
    replies: list[msgspec.Raw]


_RECORD: Final = msgspec.json.Decoder(_Record)
_LISTED: Final = msgspec.json.Decoder(_Listed)
_LIST: Final = msgspec.json.Decoder(list[msgspec.Raw])
_OTHER: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def written_replies(data: bytes, place: Place) -> Sequence[Written | Unread]:
    """Give the replies of a file in order, undecoded where possible; what is none is told."""
    try:
        document = read_utf8(data, where=place.file)
        records = _records(document)
        return records or list(_decoded(document, place))
    except BadInput as error:
        refused = _refusal(data, place)
        return [refused or Unread(place.file, error.what)]


def _records(document: bytes) -> list[bytes]:
    """Give the records of a file that holds nothing else; none of any other."""
    if not document.isascii():
        document.decode()
    try:
        found = _taken_apart(document)
        for one in found:
            head = _RECORD.decode(one)
            if not head.service.strip() or not head.operation.strip():
                return []
    except _OTHER:
        return []
    return found


def _taken_apart(document: bytes) -> list[bytes]:
    start = document.lstrip()[:1]
    if start == b"[":
        return [bytes(one) for one in _LIST.decode(document)]
    if b"\n{" in document:
        return [line for line in document.splitlines() if line.strip()]
    try:
        return [bytes(one) for one in _LISTED.decode(document).replies]
    except msgspec.ValidationError:
        return [document]


def heading_of(written: Written, place: Place) -> Heading:
    """Give the names of a reply."""
    if isinstance(written, Reply):
        return Heading(written.operation, written.account, written.region, written.answered_at)
    head = _RECORD.decode(written)
    return Heading(
        call_named(head.service, head.operation),
        (head.account or "").strip() or place.account,
        (head.region or "").strip() or place.region,
        _moment(head.recorded_at) or _date_of(head.data),
    )


def _date_of(answer: _Answer | None) -> datetime | None:
    held = answer.ResponseMetadata if answer else None
    for key, value in (held.HTTPHeaders or {}).items() if held else ():
        if key.casefold() == "date":
            return _moment(text(value_of(value)))
    return None


@lru_cache(maxsize=1_024)
def _moment(words: str | None) -> datetime | None:
    return instant(words)


def reply_of(written: Written, place: Place, number: int) -> Reply:
    """Decode a reply. **raises** BadInput when it nests too deep."""
    if isinstance(written, Reply):
        return written
    return _recorded(value_of(msgspec.Raw(written)), place, number)


def _decoded(document: bytes, place: Place) -> Iterator[Reply | Unread]:
    name = place.file
    value = read_json_or_lines(document, where=name)
    base = name.rpartition("/")[2].removesuffix(".gz")
    match = _FLIGHT.fullmatch(base)
    if match and not isinstance(value, dict):
        yield Unread(name, f"a reply is a mapping; this is {shape_name(value)}")
        return
    if match:
        yield _answered(value, place, call_named(match[1], match[2]), int(match[3]))
        return
    held = items(value, "replies") or value
    records = held if isinstance(held, list) else [held]
    if records and all(text(one, "operation") and text(one, "service") for one in records):
        for number, one in enumerate(records):
            yield _recorded(one, place, number)
    elif isinstance(value, dict) and (said := call_of_file(name, value)):
        reply = _answered(value, place, said.operation, said.number)
        yield replace(reply, about=said.about)
    elif isinstance(value, dict) and (match := _COMMAND.fullmatch(base)):
        yield _answered(value, place, call_named(match[1] or "*", match[2]), 0)
    else:
        kind = shape_name(value)
        yield Unread(name, f"it is no recorded reply: {kind} without service and operation")


def _refusal(data: bytes, place: Place) -> Reply | None:
    """Give the reply that a printed error is; None for any other text."""
    found = _REFUSED.search(data) if len(data) <= _LONGEST_REFUSAL else None
    if found is None:
        return None
    name = found["name"].decode()
    said = call_of_file(place.file, None)
    is_same = said is not None and said.operation.endswith(f".{name}")
    operation = said.operation if said is not None and is_same else f"*.{name}"
    return Reply(
        operation=operation,
        data={},
        error=found["code"].decode(),
        message=found["words"].decode(errors="replace").strip(),
        account=place.account,
        region=place.region,
        file=place.file,
        about=said.about if said is not None and is_same else "",
    )


def _recorded(one: object, place: Place, number: int) -> Reply:
    data = mapping(one, "data")
    reply = Reply(
        operation=call_named(text(one, "service"), text(one, "operation")),
        data=data,
        parameters=mapping(one, "parameters"),
        account=text(one, "account") or place.account,
        region=text(one, "region") or place.region,
        file=place.file,
        number=number,
        answered_at=instant(at(one, "recorded_at")) or _dated(data),
    )
    error = at(one, "error")
    if error is None:
        given = at(one, "data")
        is_broken = given is not None and not isinstance(given, dict)
        return replace(reply, error=f"with {shape_name(given)}") if is_broken else reply
    code = text(error, "Code") or text(error, "code") or text(error)
    words = text(error, "Message") or text(error, "message")
    return replace(reply, data={}, error=code or "unknown error", message=words)


def _answered(document: object, place: Place, operation: str, number: int) -> Reply:
    is_flight = isinstance(at(document, "data"), dict) and at(document, "status_code") is not None
    data = mapping(document, "data") if is_flight else mapping(document)
    reply = Reply(
        operation=operation,
        data={key: part for key, part in data.items() if key != "ResponseMetadata"},
        account=place.account,
        region=place.region,
        file=place.file,
        number=number,
        answered_at=_dated(data),
    )
    status = at(document, "status_code") if is_flight else None
    error = mapping(data, "Error")
    if error or (isinstance(status, int) and status >= 400):
        code = text(error, "Code") or f"HTTP {status}"
        named = {key: text(part) for key, part in error.items() if key not in ("Code", "Message")}
        words = text(error, "Message")
        return replace(reply, data={}, error=code, message=words, parameters=named)
    return reply


def _dated(data: Mapping[str, object]) -> datetime | None:
    """Give the time that the server wrote into the head of its answer."""
    head = mapping(data, "ResponseMetadata", "HTTPHeaders")
    dated = (value for key, value in head.items() if key.casefold() == "date")
    return instant(next(dated, None))
