"""Qualys' scan result as its web interface saves it (SCAN): by host and category, with its own four lists.

VULNS and PRACTICES (potential vulnerabilities) are findings; INFOS and SERVICES are inventory and informational.
"""

from collections.abc import Iterator

from tesuri.formats.qualys.vocabulary import cvss_of, severity_of
from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
    Informational,
    Kind,
    Observation,
    Record,
    Report,
    Skipped,
    new_observation,
)
from tesuri.untrusted.advisory import advisories_in
from tesuri.untrusted.instant import instant
from tesuri.untrusted.markup import addresses_in, plain_text
from tesuri.untrusted.port import port_name
from tesuri.untrusted.score import best_cvss
from tesuri.untrusted.xml_document import (
    Element,
    attribute,
    children,
    content,
    contents,
    element,
)

_LISTS = frozenset({"VULNS", "PRACTICES", "INFOS", "SERVICES"})
_INVENTORY = {"INFOS": "inventory: gathered information", "SERVICES": "inventory: a service"}
_UNFINISHED = frozenset({"CANCELED", "CANCELLED", "ERROR", "PAUSED", "RUNNING", "INTERRUPTED"})


def _recognise(document: object) -> Likeness:
    root = element(document)
    if root.name != "SCAN":
        return Likeness(0)
    if any(_LISTS & {inner.name for inner in host.children} for host in children(root, "IP")):
        return Likeness(100, ("root element SCAN", "hosts with VULNS"))
    if attribute(root, "value").startswith("scan/") or any(children(root, "HEADER", "KEY")):
        return Likeness(90, ("root element SCAN", "HEADER with KEY"))
    return Likeness(0)


def _read(document: object) -> Report:
    root = element(document)
    if root.name != "SCAN":
        raise BadInput("A Qualys scan result is XML with the root element 'SCAN'.")
    header = {
        attribute(key, "value").upper(): key.text.strip() for key in children(root, "HEADER", "KEY")
    }
    hosts = {attribute(host, "value") for host in children(root, "IP")} - {""}
    return Report(
        format="qualys-infrascan",
        version="",
        tool="qualys",
        tool_version="",
        target=header.get("TARGET", "") or (hosts.pop() if len(hosts) == 1 else ""),
        configuration=content(root, "HEADER", "OPTION_PROFILE", "OPTION_PROFILE_TITLE"),
        scanned_at=instant(header.get("DATE", "")),
        records=_records(root),
        is_complete=header.get("STATUS", "").upper() not in _UNFINISHED
        and not any(children(root, "ERROR")),
    )


def _records(root: Element) -> Iterator[Record]:
    for error in children(root, "ERROR"):
        yield Skipped(error.pointer, f"the scan reports an error: {error.text.strip()[:200]}")
    for host in children(root, "IP"):
        name = attribute(host, "value") or attribute(host, "name")
        for section in host.children:
            if section.name in _LISTS:
                yield from _section(section, name)


def _section(section: Element, host: str) -> Iterator[Record]:
    for category in children(section, "CAT"):
        port = port_name(attribute(category, "port"), attribute(category, "protocol"))
        for entry in category.children:
            rule = attribute(entry, "number")
            if not rule:
                yield Skipped(entry.pointer, "the detection has no number")
            elif section.name in _INVENTORY:
                yield Informational(entry.pointer, _INVENTORY[section.name])
            else:
                yield _observation(entry, rule, host, port)


def _observation(entry: Element, rule: str, host: str, port: str) -> Observation:
    parts = (content(entry, name) for name in ("DIAGNOSIS", "CONSEQUENCE", "RESULT"))
    names = (attribute(entry, "cveid"), *contents(entry, "CVE_ID_LIST", "CVE_ID", "ID"))
    references = contents(entry, "VENDOR_REFERENCE_LIST", "VENDOR_REFERENCE", "URL")
    return new_observation(
        kind=Kind.VULNERABILITY,
        rule=rule,
        title=plain_text(content(entry, "TITLE")) or f"QID {rule}",
        severity=severity_of(attribute(entry, "severity")),
        pointer=entry.pointer,
        description="\n\n".join(words for part in parts if (words := plain_text(part))),
        remedy=plain_text(content(entry, "SOLUTION")),
        advisories=advisories_in(*names),
        resource=port,
        resource_type="port" if port else "",
        target=host,
        cvss=best_cvss(
            (
                cvss_of(content(entry, "CVSS3_BASE"), is_third=True),
                cvss_of(content(entry, "CVSS_BASE"), is_third=False),
            )
        ),
        links=addresses_in(*references),
    )


FORMAT = Format(
    name="qualys-infrascan",
    title="Qualys scan result XML",
    documents=("xml",),
    recognise=_recognise,
    read=_read,
)
