"""Recordings of AWS API replies → replies: which call, of whom, what it answered, in order.

Understood are one reply a file (`service.Operation_N.json` with `status_code` and `data`, as botocore recorders write),
files of `{service, operation, parameters, region, account, data | error}` (one, a list, or one a line), and what the
command line of the provider prints (`describe-security-groups.json`). Pages of one call are united.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from tesuri.model.errors import BadInput
from tesuri.model.resource import Unread
from tesuri.untrusted.instant import instant
from tesuri.untrusted.json_document import read_json_or_lines
from tesuri.untrusted.shape import at, items, mapping, shape_name, text

_FLIGHT: Final = re.compile(r"([A-Za-z][\w-]*(?:\.[a-z][\w-]*)*)\.([A-Z]\w+)_(\d+)\.json")
_COMMAND: Final = re.compile(r"(?:([a-z0-9-]+)[._ ])?((?:describe|list|get)-[a-z0-9-]+)\.json")
_ACCOUNT: Final = re.compile(r"(?<!\d)\d{12}(?!\d)")
_REGION: Final = re.compile(r"(?<![a-z])(?:af|ap|ca|cn|eu|il|me|mx|sa|us)(?:-gov)?-[a-z]+-\d(?!\d)")
_READING: Final = (
    "Get",
    "List",
    "Describe",
    "BatchGet",
    "Search",
    "Select",
    "Scan",
    "Query",
    "Head",
)

# The service's name in a recording is its endpoint's; the API's own name is another one for these.
_SERVICES: Final[Mapping[str, str]] = {
    "monitoring": "cloudwatch",
    "elasticfilesystem": "efs",
    "s3-control": "s3control",
    "elasticmapreduce": "emr",
    "es": "opensearch",
    "states": "stepfunctions",
    "api.sagemaker": "sagemaker",
    "api.ecr": "ecr",
    "elasticloadbalancingv2": "elbv2",
    "elasticloadbalancing": "elb",
}
_TOKENS: Final = (
    *("NextToken", "nextToken", "Marker", "NextMarker", "NextContinuationToken"),
    *("PaginationToken", "LastEvaluatedTableName", "position", "nextPageToken"),
)


@dataclass(frozen=True, slots=True)
class Reply:
    """What one call answered."""

    operation: str
    """service.Operation: ec2.DescribeSecurityGroups."""
    data: Mapping[str, object]
    parameters: Mapping[str, object] = field(default_factory=dict)
    """Empty when the recording does not keep them."""
    error: str = ""
    """Error code; empty when it answered."""
    message: str = ""
    account: str = ""
    region: str = ""
    file: str = ""
    number: int = 0
    is_incomplete: bool = False
    """Whether the answer says that there is more, and the recording does not have it."""
    answered_at: datetime | None = None
    """As the answer dates itself, or the recording says; None where neither does."""

    @property
    def is_reading(self) -> bool:
        """Whether the call only looks."""
        return self.operation.partition(".")[2].startswith(_READING)

    @property
    def is_denied(self) -> bool:
        """Whether nobody can tell because the reader had no right to look."""
        return any(word in self.error for word in ("Denied", "Unauthorized", "Forbidden"))


@dataclass(frozen=True, slots=True)
class Recording:
    """The replies of one account and region, or of one folder that names neither."""

    folder: str
    account: str
    region: str
    replies: tuple[Reply, ...]

    @property
    def recorded_at(self) -> datetime | None:
        """Give the time of the last answer: what was recorded was so then."""
        told = (one.answered_at for one in self.replies)
        return max((at for at in told if at is not None), default=None)


def read_recordings(
    files: Iterable[tuple[str, bytes]],
) -> tuple[tuple[Recording, ...], tuple[Unread, ...]]:
    """Read the files of a folder, by path; what is no reply is told."""
    groups: dict[tuple[str, str, str], list[Reply]] = {}
    unread: list[Unread] = []
    for name, data in sorted(files):
        folder = name.rpartition("/")[0]
        for found in _replies(name, data):
            if isinstance(found, Unread):
                unread.append(found)
            else:
                groups.setdefault((folder, found.account, found.region), []).append(found)
    recordings = [
        Recording(folder, account or _account_said(replies), region, united(replies))
        for (folder, account, region), replies in groups.items()
    ]
    return tuple(recordings), tuple(unread)


def _account_said(replies: list[Reply]) -> str:
    said = (
        text(one.data, "Account") for one in replies if one.operation == "sts.GetCallerIdentity"
    )
    return next(said, "")


def _replies(name: str, data: bytes) -> Iterator[Reply | Unread]:
    try:
        document = read_json_or_lines(data, where=name)
    except BadInput as error:
        yield Unread(name, error.what)
        return
    base = name.rpartition("/")[2]
    place = Reply(
        "",
        {},
        account=_last(_ACCOUNT, name.rpartition("/")[0]),
        region=_last(_REGION, name),
        file=name,
    )
    match = _FLIGHT.fullmatch(base)
    if match and not isinstance(document, dict):
        yield Unread(name, f"a reply is a mapping; this is {shape_name(document)}")
        return
    if match:
        service = _SERVICES.get(match[1].casefold(), match[1].casefold())
        operation = f"{service}.{match[2]}"
        yield _answered(replace(place, operation=operation, number=int(match[3])), document)
        return
    held = items(document, "replies") or document
    records = held if isinstance(held, list) else [held]
    if records and all(text(one, "operation") and text(one, "service") for one in records):
        for number, one in enumerate(records):
            yield _recorded(replace(place, number=number), one)
    elif (match := _COMMAND.fullmatch(base)) and isinstance(document, dict):
        operation = "".join(word.capitalize() for word in match[2].split("-"))
        yield _answered(replace(place, operation=f"{match[1] or '*'}.{operation}"), document)
    else:
        kind = shape_name(document)
        yield Unread(name, f"it is no recorded reply: {kind} without service and operation")


def _last(pattern: re.Pattern[str], name: str) -> str:
    found = pattern.findall(name)
    return str(found[-1]) if found else ""


def _recorded(place: Reply, one: object) -> Reply:
    service = text(one, "service").casefold()
    reply = replace(
        place,
        operation=f"{_SERVICES.get(service, service)}.{text(one, 'operation')}",
        parameters=mapping(one, "parameters"),
        account=text(one, "account") or place.account,
        region=text(one, "region") or place.region,
        answered_at=instant(at(one, "recorded_at")) or _dated(mapping(one, "data")),
    )
    error = at(one, "error")
    if error is not None:
        code = text(error, "Code") or text(error, "code") or text(error)
        words = text(error, "Message") or text(error, "message")
        return replace(reply, error=code or "unknown error", message=words)
    return replace(reply, data=mapping(one, "data"))


def _answered(reply: Reply, document: object) -> Reply:
    is_flight = isinstance(at(document, "data"), dict) and at(document, "status_code") is not None
    data = mapping(document, "data") if is_flight else mapping(document)
    reply = replace(reply, answered_at=_dated(data))
    status = at(document, "status_code") if is_flight else None
    error = mapping(data, "Error")
    if error or (isinstance(status, int) and status >= 400):
        code = text(error, "Code") or f"HTTP {status}"
        named = {key: text(part) for key, part in error.items() if key not in ("Code", "Message")}
        return replace(reply, error=code, message=text(error, "Message"), parameters=named)
    return replace(
        reply, data={key: part for key, part in data.items() if key != "ResponseMetadata"}
    )


def _dated(data: Mapping[str, object]) -> datetime | None:
    """Give the time that the server wrote into the head of its answer."""
    head = mapping(data, "ResponseMetadata", "HTTPHeaders")
    dated = (value for key, value in head.items() if key.casefold() == "date")
    return instant(next(dated, None))


def united(replies: list[Reply]) -> tuple[Reply, ...]:
    """Unite the pages of each call, and keep the last of several answers to the same question.

    Where the recording does not keep the questions, every answer is kept, in order.
    """
    kept: dict[tuple[str, str], Reply] = {}
    nameless: list[Reply] = []
    continued: dict[tuple[str, str], Reply] = {}
    for reply in sorted(replies, key=lambda one: (one.operation, one.number)):
        if not reply.is_reading:
            nameless.append(reply)
            continue
        lasting = _lasting(reply.parameters)
        key = (reply.operation, repr(sorted(lasting.items())))
        before = continued.pop(key, None)
        whole = _joined(before, reply) if before else reply
        if _is_continued(reply):
            continued[key] = whole
        elif lasting:
            kept[key] = whole
        else:
            nameless.append(whole)
    cut = [replace(one, is_incomplete=True) for one in continued.values()]
    return (*kept.values(), *nameless, *cut)


def _lasting(parameters: Mapping[str, object]) -> Mapping[str, object]:
    """Give the parameters without the page."""
    return {key: part for key, part in parameters.items() if key not in _TOKENS}


def _is_continued(reply: Reply) -> bool:
    if at(reply.data, "IsTruncated") is False:
        return False
    return any(text(reply.data, token) for token in _TOKENS)


def _joined(first: Reply, second: Reply) -> Reply:
    data: dict[str, object] = dict(second.data)
    for key, part in first.data.items():
        if isinstance(part, list) and isinstance(data.get(key, []), list):
            data[key] = [*part, *items(data, key)]
    return replace(second, data=data)
