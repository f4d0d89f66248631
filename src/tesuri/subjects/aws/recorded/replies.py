"""One recorded answer of the AWS API: which call, of whom, what it answered; and what several pages say together."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from tesuri.untrusted.shape import at, text

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

_TOKENS: Final = (
    *("NextToken", "nextToken", "Marker", "NextMarker", "NextContinuationToken"),
    "ContinuationToken",
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
    about: str = ""
    """Name of the one thing that was asked about, as the name of the file tells it."""

    @property
    def folder_name(self) -> str:
        """Give the name of the folder that the file is in."""
        return self.file.rpartition("/")[0].rpartition("/")[2]

    @property
    def is_reading(self) -> bool:
        """Whether the call only looks."""
        return is_reading(self.operation)

    @property
    def is_denied(self) -> bool:
        """Whether nobody can tell because the reader had no right to look."""
        return any(word in self.error for word in ("Denied", "Unauthorized", "Forbidden"))


@dataclass(frozen=True, slots=True)
class Recording:
    """Replies of one account and region, or of one folder that names neither: all, or those that are joined."""

    folder: str
    account: str
    region: str
    replies: tuple[Reply, ...]
    recorded_at: datetime | None = None
    """Time of the last answer: what was recorded was so then."""


def is_reading(operation: str) -> bool:
    """Whether a call only looks."""
    return operation.partition(".")[2].startswith(_READING)


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
    page = next((part for part in reply.data.values() if _is_page(part)), reply.data)
    if at(page, "IsTruncated") is False:
        return False
    return any(text(page, token) for token in _TOKENS)


def _is_page(part: object) -> bool:
    """Whether a member is the page itself: some services have it one level deeper."""
    return isinstance(at(part, "IsTruncated"), bool)


def _joined(first: Reply, second: Reply) -> Reply:
    return replace(second, data=_united_data(first.data, second.data))


def _united_data(first: Mapping[str, object], second: Mapping[str, object]) -> dict[str, object]:
    data: dict[str, object] = dict(second)
    for key, part in first.items():
        other = data.get(key, [])
        if isinstance(part, list) and isinstance(other, list):
            data[key] = [*part, *other]
        elif isinstance(part, dict) and isinstance(other, dict) and _is_page(part):
            data[key] = _united_data(part, other)
    return data
