"""Burp Suite's XML export of issues: one issue is one finding at one address.

The requests and responses in it are left alone, because they hold cookies and passwords. Burp's serial number counts
inside one project only, so it is no fingerprint.
"""

import re
from collections.abc import Iterator

from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
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
from tesuri.untrusted.instant import instant
from tesuri.untrusted.markup import addresses_in, plain_text
from tesuri.untrusted.xml_document import (
    Element,
    attribute,
    child,
    children,
    content,
    contents,
    element,
)

_PARAMETER = re.compile(r"\[(.{1,300})\]\Z", re.DOTALL)


def _recognise(document: object) -> Likeness:
    root = element(document)
    if root.name != "issues":
        return Likeness(0)
    if "burpVersion" in root.attributes:
        return Likeness(100, ("root element issues", "burpVersion"))
    first = child(root, "issue")
    names = {inner.name for inner in first.children}
    if {"serialNumber", "type", "host"} <= names:
        return Likeness(90, ("root element issues", "serialNumber, type and host"))
    return Likeness(0)


def _read(document: object) -> Report:
    root = element(document)
    if root.name != "issues":
        raise BadInput("A Burp report is XML with the root element 'issues'.")
    hosts = _some_hosts(root)
    return Report(
        format="burp-xml",
        version="",
        tool="burp",
        tool_version=attribute(root, "burpVersion"),
        target=hosts[0] if len(hosts) == 1 else "",
        configuration="",
        scanned_at=instant(attribute(root, "exportTime")),
        records=_records(root, has_many_hosts=len(hosts) > 1),
    )


def _some_hosts(root: Element) -> list[str]:
    """Give the host, or two of them where there are several: one or more is all that anybody asks."""
    found: dict[str, None] = {}
    for issue in children(root, "issue"):
        found.update(dict.fromkeys(contents(issue, "host")))
        if len(found) > 1:
            break
    return list(found)


def _records(root: Element, *, has_many_hosts: bool) -> Iterator[Record]:
    for issue in root.children:
        if issue.name != "issue":
            yield Skipped(issue.pointer, f"the element {issue.name[:40]} is no issue")
        else:
            yield _record(issue, content(issue, "host") if has_many_hosts else "")


def _record(issue: Element, target: str) -> Record:
    rule = content(issue, "type") or content(issue, "name")
    if not rule:
        return Skipped(issue.pointer, "the issue has neither a type nor a name")
    observation = _observation(issue, rule, target)
    if content(issue, "severity").lower().startswith("false"):
        return Suppressed(issue.pointer, "false positive in the tool", observation)
    return observation


def _observation(issue: Element, rule: str, target: str) -> Observation:
    background = content(issue, "issueBackground")
    detail = content(issue, "issueDetail")
    items = contents(issue, "issueDetailItems", "issueDetailItem")
    remedies = (content(issue, "remediationDetail"), content(issue, "remediationBackground"))
    references = content(issue, "references")
    classes = content(issue, "vulnerabilityClassifications")
    parts = (detail, *(() if detail else items), background)
    return new_observation(
        kind=Kind.WEB,
        rule=rule,
        title=plain_text(content(issue, "name")) or f"Issue {rule}",
        severity=severity_from_word(content(issue, "severity")),
        pointer=issue.pointer,
        description="\n\n".join(words for part in parts if (words := plain_text(part))),
        remedy="\n\n".join(words for part in remedies if (words := plain_text(part))),
        advisories=advisories_in(content(issue, "name"), detail),
        weaknesses=weaknesses_in(classes),
        place=_place(issue),
        target=target,
        links=addresses_in(references, classes),
    )


def _place(issue: Element) -> Place:
    path = content(issue, "path")
    location = content(issue, "location")
    found = _PARAMETER.search(location.rstrip())
    requests = children(issue, "requestresponse", "request")
    method = next((word for one in requests if (word := attribute(one, "method"))), "")
    host = content(issue, "host").rstrip("/")
    return new_place(
        method=method.upper(),
        url=f"{host}/{path.lstrip('/')}" if host or path else "",
        parameter=found[1].removesuffix(" parameter").strip() if found else "",
    )


FORMAT = Format(
    name="burp-xml",
    title="Burp Suite XML",
    documents=("xml",),
    recognise=_recognise,
    read=_read,
)
