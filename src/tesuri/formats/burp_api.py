"""The answer of Burp Suite's REST API about one scan: its issue events, each one issue at one address.

Of the requests only the method is looked at, because they hold cookies and passwords. A scan that has not *succeeded*
is not complete.
"""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator, Mapping

from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
    Informational,
    Kind,
    Observation,
    Place,
    Record,
    Report,
    Skipped,
    Suppressed,
    new_observation,
    new_place,
)
from tesuri.model.severity import severity_from_word
from tesuri.untrusted.advisory import advisories_in, weaknesses_in
from tesuri.untrusted.markup import addresses_in, plain_text
from tesuri.untrusted.record_list import mappings_in, records_at
from tesuri.untrusted.shape import items, mapping, shape_name, text

_PARAMETER = re.compile(r"\[(.{1,300})\]\Z", re.DOTALL)
_METHOD = re.compile(rb"([A-Z]{3,10}) ")
_FOUND = frozenset({"", "issue_found", "issue_updated"})


def _recognise(document: object) -> Likeness:
    root = mapping(document)
    if not isinstance(root.get("issue_events"), list):
        return Likeness(0)
    if {"scan_status", "scan_metrics", "task_id"} & root.keys():
        return Likeness(100, ("issue_events", "scan_status"))
    issues = [mapping(event, "issue") for event in mappings_in(root, "issue_events")[:20]]
    if any({"type_index", "origin"} <= issue.keys() for issue in issues):
        return Likeness(90, ("issue_events with type_index and origin",))
    return Likeness(0)


def _read(document: object) -> Report:
    root = mapping(document)
    if not isinstance(root.get("issue_events"), list):
        found = shape_name(root.get("issue_events"))
        raise BadInput(
            f"A scan of Burp's API has a list `issue_events`, not {found}.", where="/issue_events"
        )
    origins = {text(event, "issue", "origin") for event in items(root, "issue_events")} - {""}
    status = text(root, "scan_status").lower()
    return Report(
        format="burp-api",
        version="",
        tool="burp",
        tool_version="",
        target=origins.pop() if len(origins) == 1 else "",
        configuration="",
        scanned_at=None,
        records=_records(root, has_many_origins=len(origins) > 1),
        is_complete=status in {"", "succeeded"},
    )


def _records(root: Mapping[str, object], *, has_many_origins: bool) -> Iterator[Record]:
    for event in records_at(root, "issue_events"):
        if isinstance(event, Skipped):
            yield event
        else:
            yield _record(event.fields, event.pointer, has_many_origins=has_many_origins)


def _record(event: Mapping[str, object], pointer: str, *, has_many_origins: bool) -> Record:
    issue = mapping(event, "issue")
    kind = text(event, "type").lower()
    if kind not in _FOUND:
        return Informational(pointer, f"an event of type {kind[:40]}")
    rule = text(issue, "type_index") or text(issue, "name")
    if not rule:
        return Skipped(pointer, "the event has no issue with a type or a name")
    observation = _observation(
        issue, pointer, rule, text(issue, "origin") if has_many_origins else ""
    )
    if text(issue, "severity").lower().startswith("false"):
        return Suppressed(pointer, "false positive in the tool", observation)
    return observation


def _observation(issue: Mapping[str, object], pointer: str, rule: str, target: str) -> Observation:
    detail = text(issue, "description") or text(issue, "issue_detail")
    background = text(issue, "issue_background")
    remedies = (text(issue, "remediation"), text(issue, "remediation_detail"))
    classes = text(issue, "vulnerability_classifications")
    name = text(issue, "name")
    return new_observation(
        kind=Kind.WEB,
        rule=rule,
        title=plain_text(name) or f"Issue {rule}",
        severity=severity_from_word(text(issue, "severity")),
        pointer=pointer,
        description="\n\n".join(w for part in (detail, background) if (w := plain_text(part))),
        remedy="\n\n".join(words for part in remedies if (words := plain_text(part))),
        advisories=advisories_in(name, detail),
        weaknesses=weaknesses_in(classes),
        place=_place(issue),
        target=target,
        links=addresses_in(detail, text(issue, "references"), classes),
    )


def _place(issue: Mapping[str, object]) -> Place:
    origin, path = text(issue, "origin").rstrip("/"), text(issue, "path")
    found = _PARAMETER.search(text(issue, "caption"))
    return new_place(
        method=_method(issue),
        url=f"{origin}/{path.lstrip('/')}" if origin or path else "",
        parameter=found[1].removesuffix(" parameter").strip() if found else "",
    )


def _method(issue: Mapping[str, object]) -> str:
    """Give the first word of the first request, which stands in base64 in the evidence."""
    for evidence in items(issue, "evidence"):
        segment = text(evidence, "request_response", "request", 0, "data")[:16]
        try:
            match = _METHOD.match(b64decode(segment[: len(segment) // 4 * 4]))
        except (NotBase64, ValueError):
            continue
        if match:
            return match[1].decode()
    return ""


FORMAT = Format(
    name="burp-api",
    title="Burp Suite REST API",
    documents=("json",),
    recognise=_recognise,
    read=_read,
    lists=(("issue_events",),),
)
