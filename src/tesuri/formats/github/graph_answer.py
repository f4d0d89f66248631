"""Dependabot's alerts inside an answer of GitHub's GraphQL API, brought to the names of the REST API.

A query chooses its own way to `vulnerabilityAlerts` (repository, organisation, search, one alias or another), so the whole
answer is walked; the nearest name above tells the repository.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tesuri.model.observation import Skipped
from tesuri.untrusted.shape import at, flag, items, join_pointer, mapping, shape_name, text

_HUMP = re.compile(r"(?<=[a-z0-9])([A-Z])")
_ALERTS = "vulnerabilityAlerts"
_ROOTS = frozenset(
    (
        _ALERTS,
        "data",
        "enterprise",
        "organization",
        "repositories",
        "repository",
        "search",
        "user",
        "viewer",
    )
)
_MAX_DEPTH = 12
"""Levels under the root; the way over an enterprise, its organisations and their repositories takes ten."""


@dataclass(frozen=True, slots=True)
class Page:
    """One connection `vulnerabilityAlerts` of the answer."""

    pointer: str
    repository: str
    connection: Mapping[str, object]

    @property
    def has_more(self) -> bool:
        """Whether the server says that further pages follow."""
        return flag(self.connection, "pageInfo", "hasNextPage") is True


def pages_in(document: object) -> Iterator[Page]:
    """Give every connection of alerts in an answer, or in a list of answers, in its order."""
    if isinstance(document, dict) and document.keys() & _ROOTS:
        yield from _walk(document, "", "", _MAX_DEPTH)
    elif isinstance(document, list):
        for index, answer in enumerate(document):
            if isinstance(answer, dict) and answer.keys() & _ROOTS:
                yield from _walk(answer, join_pointer("", index), "", _MAX_DEPTH)


def _walk(answer: object, pointer: str, repository: str, depth: int) -> Iterator[Page]:
    if depth == 0:
        return
    if isinstance(answer, list):
        for index, part in enumerate(answer):
            yield from _walk(part, join_pointer(pointer, index), repository, depth - 1)
    elif isinstance(answer, dict):
        named = text(answer, "nameWithOwner") or text(answer, "name") or repository
        for key, part in answer.items():
            here = join_pointer(pointer, key)
            is_connection = isinstance(part, dict) and part.keys() & {"nodes", "edges"}
            if is_connection and (key == _ALERTS or _has_alerts(part)):
                yield Page(here, named, mapping(part))
            elif isinstance(part, (dict, list)):
                yield from _walk(part, here, named, depth - 1)


def _has_alerts(connection: object) -> bool:
    """Whether a connection under an alias holds alerts."""
    first = mapping(connection, "nodes", 0) or mapping(connection, "edges", 0, "node")
    return "securityVulnerability" in first or "securityAdvisory" in first


def alerts_of(page: Page) -> Iterator[tuple[str, Mapping[str, object] | Skipped]]:
    """Give each alert of a page with its pointer, its keys written as the REST API does."""
    key = "nodes" if isinstance(page.connection.get("nodes"), list) else "edges"
    for index, entry in enumerate(items(page.connection, key)):
        pointer = join_pointer(page.pointer, key, index)
        node = at(entry, "node") if key == "edges" else entry
        if isinstance(node, dict):
            yield pointer, mapping(_renamed(node))
        else:
            yield pointer, Skipped(pointer, f"the alert is {shape_name(node)}, not a mapping")


def _renamed(value: object) -> object:
    if isinstance(value, dict):
        return {_HUMP.sub(r"_\1", key).lower(): _renamed(part) for key, part in value.items()}
    return [_renamed(part) for part in value] if isinstance(value, list) else value
