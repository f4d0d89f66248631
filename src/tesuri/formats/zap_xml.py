"""ZAP's XML report: one alert of a site is one finding, however many addresses it was seen at.

An alert at one address keeps it; one at several belongs to the site, so that it stays the same finding while single
addresses come and go. Requests and responses in it are left alone, because they hold cookies and passwords.
"""

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
from tesuri.model.severity import Severity, severity_from_word
from tesuri.untrusted.advisory import advisories_in, weaknesses_listed
from tesuri.untrusted.instant import instant
from tesuri.untrusted.markup import addresses_in, plain_text
from tesuri.untrusted.xml_document import (
    Element,
    attribute,
    children,
    content,
    contents,
    element,
)

# From: https://www.zaproxy.org/docs/desktop/start/features/alerts/ (risk levels, confidence 0 = false positive)
_RISKS = {"0": Severity.LOW, "1": Severity.LOW, "2": Severity.MEDIUM, "3": Severity.HIGH}
_SHOWN_ADDRESSES = 20


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
        target=sites.pop() if len(sites) == 1 else "",
        configuration="",
        scanned_at=instant(attribute(root, "generated")) or instant(attribute(root, "created")),
        records=_records(root),
    )


def _records(root: Element) -> Iterator[Record]:
    sites = list(children(root, "site"))
    has_many = len({attribute(site, "name") for site in sites}) > 1
    for site in sites:
        for alerts in children(site, "alerts"):
            for alert in alerts.children:
                yield _record(alert, attribute(site, "name"), has_many_sites=has_many)


def _record(alert: Element, site: str, *, has_many_sites: bool) -> Record:
    if alert.name != "alertitem":
        return Skipped(alert.pointer, f"the element {alert.name[:40]} is no alert")
    rule = content(alert, "alertRef") or content(alert, "pluginid") or _title(alert)
    if not rule:
        return Skipped(alert.pointer, "the alert has neither a plug-in id nor a name")
    observation = _observation(alert, rule, site, site if has_many_sites else "")
    if (
        content(alert, "confidence") == "0"
        or "false positive" in content(alert, "riskdesc").lower()
    ):
        return Suppressed(alert.pointer, "false positive in the tool", observation)
    return observation


def _title(alert: Element) -> str:
    return content(alert, "name") or content(alert, "alert")


def _observation(alert: Element, rule: str, site: str, target: str) -> Observation:
    places = _places(alert)
    return new_observation(
        kind=Kind.WEB,
        rule=rule,
        title=plain_text(_title(alert)) or f"Alert {rule}",
        severity=_severity(alert),
        pointer=alert.pointer,
        description=_description(alert, places),
        remedy=plain_text(content(alert, "solution")),
        advisories=advisories_in(_title(alert), content(alert, "otherinfo")),
        weaknesses=weaknesses_listed(content(alert, "cweid")),
        place=_one_place(places, site),
        target=target,
        links=addresses_in(*contents(alert, "reference"), *contents(alert, "reference", "p")),
    )


def _severity(alert: Element) -> Severity:
    known = _RISKS.get(content(alert, "riskcode"))
    # "Medium (High)": the risk, then the confidence.
    return known or severity_from_word(content(alert, "riskdesc").partition("(")[0])


def _places(alert: Element) -> list[Place]:
    """Give each place once; before 2.4 the only one stood in the alert itself."""
    instances = list(children(alert, "instances", "instance")) or [alert]
    found = (
        new_place(
            method=content(instance, "method").upper(),
            url=content(instance, "uri"),
            parameter=content(instance, "param"),
        )
        for instance in instances
    )
    return [place for place in dict.fromkeys(found) if place.url]


def _one_place(places: list[Place], site: str) -> Place:
    if len(places) == 1:
        return places[0]
    methods = {place.method for place in places}
    parameters = {place.parameter for place in places}
    return new_place(
        method=methods.pop() if len(methods) == 1 else "",
        url=site,
        parameter=parameters.pop() if len(parameters) == 1 else "",
    )


def _description(alert: Element, places: list[Place]) -> str:
    addresses = list(dict.fromkeys(place.url for place in places))
    seen = addresses[:_SHOWN_ADDRESSES] if len(addresses) > 1 else []
    more = len(addresses) - len(seen)
    listed = "\n".join([*seen, *([f"and {more} more"] if seen and more else [])])
    parts = (
        plain_text(content(alert, "desc")),
        plain_text(content(alert, "otherinfo")),
        f"Seen at:\n{listed}" if listed else "",
    )
    return "\n\n".join(part for part in parts if part)


FORMAT = Format(
    name="zap-xml",
    title="ZAP XML",
    documents=("xml",),
    recognise=_recognise,
    read=_read,
)
