"""Qualys' asset data report (ASSET_DATA_REPORT): detections by host, explained in a glossary.

The host detections of the API (HOST_LIST_VM_DETECTION_OUTPUT) are the same without a glossary: title and advisories are
not in the file, and the QID stands for both.

Every detection is a finding, also potential ones and gathered information, because Qualys reports them; only what
Qualys has seen fixed is not.
"""

from collections.abc import Iterable, Iterator, Mapping

from tesuri.formats.qualys.vocabulary import cvss_of, judged, severity_of
from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
    Kind,
    Observation,
    Record,
    Report,
    Skipped,
    Suppressed,
    new_observation,
)
from tesuri.untrusted.advisory import advisories_in
from tesuri.untrusted.instant import instant
from tesuri.untrusted.markup import plain_text
from tesuri.untrusted.port import port_name
from tesuri.untrusted.repeated_reading import RepeatedReading
from tesuri.untrusted.score import best_cvss
from tesuri.untrusted.xml_document import (
    NOTHING,
    Element,
    attribute,
    child,
    children,
    content,
    contents,
    element,
)

_ROOT = "ASSET_DATA_REPORT"
_API_ROOT = "HOST_LIST_VM_DETECTION_OUTPUT"
_ENTRIES = (("VULN_INFO_LIST", "VULN_INFO"), ("DETECTION_LIST", "DETECTION"))
_MORE = "WARNING"
"""Element with the address of the next page."""


def _recognise(document: object) -> Likeness:
    root = element(document)
    if root.name in {_ROOT, _API_ROOT}:
        return Likeness(100, (f"root element {root.name}",))
    if any(children(root, "HOST_LIST", "HOST", "VULN_INFO_LIST", "VULN_INFO")):
        return Likeness(85, ("hosts with VULN_INFO",))
    return Likeness(0)


def _answer(root: Element) -> Element:
    """Give what holds the hosts: the root, or what an answer of the API wraps."""
    return child(root, "RESPONSE") if root.name == _API_ROOT else root


def _read(document: object) -> Report:
    root = element(document)
    if _recognise(root).score == 0:
        raise BadInput(f"A Qualys asset report is XML with the root element {_ROOT!r}.")
    answer = _answer(root)
    hosts = RepeatedReading(lambda: children(answer, "HOST_LIST", "HOST"))
    names = {host_name(host) for host in hosts} - {""}
    header = child(root, "HEADER")
    groups = sorted(set(contents(header, "TARGET", "USER_ASSET_GROUPS", "ASSET_GROUP_TITLE")))
    return Report(
        format="qualys-xml",
        version="",
        tool="qualys",
        tool_version="",
        target=", ".join(groups) or (names.pop() if len(names) == 1 else ""),
        configuration=content(header, "TEMPLATE"),
        scanned_at=instant(content(header, "GENERATION_DATETIME") or content(answer, "DATETIME")),
        records=_records(root, hosts),
        is_complete=child(answer, _MORE) is NOTHING,
    )


def host_name(host: Element) -> str:
    """Give the name by which Qualys follows the host: its DNS or NetBIOS name, else its address."""
    tracking = content(host, "TRACKING_METHOD").upper()
    by_tracking = content(host, tracking) if tracking in {"DNS", "NETBIOS"} else ""
    return by_tracking or content(host, "IP") or content(host, "DNS")


def _records(root: Element, hosts: Iterable[Element]) -> Iterator[Record]:
    glossary = {
        attribute(entry, "id") or content(entry, "QID"): entry
        for entry in children(root, "GLOSSARY", "VULN_DETAILS_LIST", "VULN_DETAILS")
    }
    for host in hosts:
        name = host_name(host)
        for listed, kind in _ENTRIES:
            for found in children(host, listed):
                for entry in found.children:
                    yield _record(entry, name, glossary, kind)


def _record(entry: Element, host: str, glossary: Mapping[str, Element], kind: str) -> Record:
    rule = content(entry, "QID")
    if entry.name != kind or not rule:
        return Skipped(entry.pointer, "the detection names no QID")
    details = glossary.get(attribute(child(entry, "QID"), "id")) or glossary.get(rule, NOTHING)
    observation = _observation(entry, details, rule, host)
    if content(entry, "IS_IGNORED") == "1" or content(entry, "IS_DISABLED") == "1":
        return Suppressed(entry.pointer, "ignored in the tool", observation)
    status = content(entry, "VULN_STATUS") or content(entry, "STATUS")
    return judged(observation, status, content(entry, "TICKET_STATE"))


def _observation(entry: Element, details: Element, rule: str, host: str) -> Observation:
    resource = port_name(content(entry, "PORT"), content(entry, "PROTOCOL"))
    parts = (
        content(details, "THREAT"),
        content(details, "IMPACT"),
        content(entry, "RESULT") or content(entry, "RESULTS"),
    )
    references = ("VENDOR_REFERENCE_LIST", "VENDOR_REFERENCE", "URL")
    links = (*contents(details, *references), *contents(details, "CVE_ID_LIST", "CVE_ID", "URL"))
    return new_observation(
        kind=Kind.VULNERABILITY,
        rule=rule,
        title=plain_text(content(details, "TITLE")) or f"QID {rule}",
        severity=severity_of(content(details, "SEVERITY") or content(entry, "SEVERITY")),
        pointer=entry.pointer,
        description="\n\n".join(words for part in parts if (words := plain_text(part))),
        remedy=plain_text(content(details, "SOLUTION")),
        advisories=advisories_in(*contents(details, "CVE_ID_LIST", "CVE_ID", "ID")),
        resource=resource,
        resource_type="port" if resource else "",
        target=host,
        cvss=best_cvss(
            (
                cvss_of(content(details, "CVSS3_SCORE", "CVSS3_BASE"), is_third=True),
                cvss_of(content(details, "CVSS_SCORE", "CVSS_BASE"), is_third=False),
            )
        ),
        first_seen_at=instant(
            content(entry, "FIRST_FOUND") or content(entry, "FIRST_FOUND_DATETIME")
        ),
        links=tuple(link for link in links if link.startswith(("https://", "http://"))),
    )


FORMAT = Format(
    name="qualys-xml",
    title="Qualys asset report XML",
    documents=("xml",),
    recognise=_recognise,
    read=_read,
)
