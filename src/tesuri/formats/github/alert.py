"""What GitHub's alerts have in common: pages of them, the repository, and what their state means.

A dismissed alert, and a secret closed as false positive, won't fix or used in tests, was waived in GitHub: it is suppressed.
A fixed alert, a revoked secret, and one whose pattern is gone, need nobody any more: informational.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from tesuri.model.observation import Informational, Observation, Record, Report, Skipped, Suppressed
from tesuri.untrusted.record_list import Entry, listed_records, probe
from tesuri.untrusted.secret_text import without_secret
from tesuri.untrusted.shape import join_pointer, mapping, text

_REPOSITORY = re.compile(
    r"https?://[^/\s]+/(?:api/v3/)?(?:repos/)?([^/\s]+/[^/\s]+)/[^\s]*", re.ASCII
)
_DISMISSED = frozenset({"dismissed", "auto_dismissed"})
_WAIVED = frozenset({"false_positive", "wont_fix", "used_in_tests", "won't_fix"})
_MAX_REASON = 200

AlertReader = Callable[[Mapping[str, object], str, str], Observation | Skipped]
"""Takes an alert, its pointer and its asset (empty where the report has only one)."""


def repository_of(alert: Mapping[str, object]) -> str:
    """Give owner/name, from the alert's repository (in answers about an organisation) or its addresses."""
    if name := text(alert, "repository", "full_name") or text(
        alert, "repository", "name_with_owner"
    ):
        return name
    for key in ("html_url", "url", "instances_url", "locations_url"):
        if match := _REPOSITORY.match(text(alert, key)):
            return match[1]
    return ""


def _is_message(entry: Mapping[str, object]) -> bool:
    return isinstance(entry.get("alert"), dict)


def alerts_in(document: object) -> Iterator[Entry | Skipped]:
    """Give the alerts of a list, of pages, or of the messages that GitHub sends to a webhook."""
    for entry in listed_records(document):
        if isinstance(entry, Skipped) or not _is_message(entry.fields):
            yield entry
        else:
            alert, repository = mapping(entry.fields, "alert"), entry.fields.get("repository")
            pointer = join_pointer(entry.pointer, "alert")
            yield Entry(pointer, {"repository": repository, **alert})


def first_alerts(document: object) -> list[Mapping[str, object]]:
    """Give the mappings among the first fifty alerts: enough to tell the format by."""
    return probe(alerts_in(document))


def read_alerts(document: object, *, name: str, tool: str, read_one: AlertReader) -> Report:
    """Read a list of REST alerts, or pages of them, or one alert, or messages about them."""
    repositories = {
        repository_of(entry.fields) for entry in alerts_in(document) if isinstance(entry, Entry)
    } - {""}
    messages = (
        _is_message(entry.fields) for entry in listed_records(document) if isinstance(entry, Entry)
    )
    return Report(
        format=name,
        version="",
        tool=tool,
        tool_version="",
        target=next(iter(repositories)) if len(repositories) == 1 else "",
        configuration="",
        scanned_at=None,
        records=_records(document, read_one, has_many=len(repositories) > 1),
        # A message tells of one alert, never of all.
        is_complete=not any(messages),
    )


def _records(document: object, read_one: AlertReader, *, has_many: bool) -> Iterator[Record]:
    for entry in alerts_in(document):
        if isinstance(entry, Skipped):
            yield entry
        else:
            target = repository_of(entry.fields) if has_many else ""
            yield by_state(entry.fields, read_one(entry.fields, entry.pointer, target))


def by_state(alert: Mapping[str, object], read: Observation | Skipped) -> Record:
    """Give the record that an alert's state makes of its observation; an unknown state is open."""
    if isinstance(read, Skipped):
        return read
    state = _state(alert)
    resolution = text(alert, "resolution").lower()
    if state in _DISMISSED or resolution in _WAIVED:
        reason = without_secret(_reason(alert, resolution), read.secret)
        return Suppressed(read.pointer, reason[:_MAX_REASON], read)
    if state == "fixed":
        return Informational(read.pointer, "fixed")
    if state == "resolved":
        return Informational(read.pointer, f"resolved: {resolution or 'no reason given'}")
    return read


def _state(alert: Mapping[str, object]) -> str:
    """Give the state; GraphQL answers that did not ask for it still have its dates."""
    state = text(alert, "state").lower() or text(alert, "most_recent_instance", "state").lower()
    if state:
        return state
    dates = {"fixed_at": "fixed", "dismissed_at": "dismissed", "auto_dismissed_at": "dismissed"}
    return next((word for key, word in dates.items() if text(alert, key) not in {"", "None"}), "")


def _reason(alert: Mapping[str, object], resolution: str) -> str:
    """Give why it was waived, with the comment that somebody left."""
    reason = resolution or text(alert, "dismissed_reason") or text(alert, "dismiss_reason")
    keys = ("dismissed_comment", "dismiss_comment", "resolution_comment")
    comment = next((found for key in keys if (found := text(mapping(alert), key))), "")
    words = [part for part in (reason.replace("_", " "), comment) if part and part != "None"]
    return ": ".join(["dismissed in GitHub", *words])
