"""ZAP's XML report. Requests and responses in it are left alone, because they hold cookies and passwords."""

from collections.abc import Iterator

from tesuri.formats.zap.alert import Alert, distinct_places, record_of
from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import Record, Report, Skipped
from tesuri.untrusted.instant import instant
from tesuri.untrusted.xml_document import (
    Element,
    attribute,
    children,
    content,
    contents,
    element,
)


def _recognise(document: object) -> Likeness:
    root = element(document)
    if root.name == "OWASPZAPReport":
        return Likeness(100, ("root element OWASPZAPReport",))
    if root.name in {"report", "ZAPReport"} and any(children(root, "site", "alerts")):
        return Likeness(80, ("sites with alerts",))
    return Likeness(0)


def _read(document: object) -> Report:
    root = element(document)
    if _recognise(root).score == 0:
        raise BadInput("A ZAP report is XML with the root element 'OWASPZAPReport'.")
    sites = {attribute(site, "name") for site in children(root, "site")} - {""}
    return Report(
        format="zap-xml",
        version="",
        tool="zap",
        tool_version=attribute(root, "version"),
        target=next(iter(sites)) if len(sites) == 1 else "",
        configuration="",
        scanned_at=instant(attribute(root, "generated")) or instant(attribute(root, "created")),
        records=_records(root, has_many_sites=len(sites) > 1),
    )


def _records(root: Element, *, has_many_sites: bool) -> Iterator[Record]:
    for site in children(root, "site"):
        for alerts in children(site, "alerts"):
            for alert in alerts.children:
                yield _record(alert, attribute(site, "name"), has_many_sites=has_many_sites)


def _record(entry: Element, site: str, *, has_many_sites: bool) -> Record:
    if entry.name != "alertitem":
        return Skipped(entry.pointer, f"the element {entry.name[:40]} is no alert")
    return record_of(_alert(entry), site=site, target=site if has_many_sites else "")


def _alert(entry: Element) -> Alert:
    name = content(entry, "name") or content(entry, "alert")
    # Before 2.4 the only instance stood in the alert itself.
    instances = list(children(entry, "instances", "instance")) or [entry]
    return Alert(
        pointer=entry.pointer,
        rule=content(entry, "alertRef") or content(entry, "pluginid") or name,
        name=name,
        risk_code=content(entry, "riskcode"),
        risk=content(entry, "riskdesc"),
        confidence=content(entry, "confidence"),
        description=content(entry, "desc"),
        other=content(entry, "otherinfo"),
        solution=content(entry, "solution"),
        weakness=content(entry, "cweid"),
        references=(*contents(entry, "reference"), *contents(entry, "reference", "p")),
        places=distinct_places(
            (content(one, "method"), content(one, "uri"), content(one, "param"))
            for one in instances
        ),
    )


FORMAT = Format(
    name="zap-xml",
    title="ZAP XML",
    documents=("xml",),
    recognise=_recognise,
    read=_read,
)
