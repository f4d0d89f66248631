"""ZAP's JSON report: one alert of a site is one finding, however many addresses it was seen at.

An alert at one address keeps it; one at several belongs to the site, so that it stays the same finding while single
addresses come and go. The list of alerts that ZAP's own API gives (one for each address) is read too.
"""

from collections.abc import Iterator, Mapping

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
from tesuri.untrusted.record_list import mappings_in, records_at
from tesuri.untrusted.shape import items, mapping, text, texts

# From: https://www.zaproxy.org/docs/desktop/start/features/alerts/ (risk levels, confidence 0 = false positive)
_RISKS = {"0": Severity.LOW, "1": Severity.LOW, "2": Severity.MEDIUM, "3": Severity.HIGH}
_FALSE_POSITIVES = frozenset({"0", "false positive"})
_SHOWN_ADDRESSES = 20


def _recognise(document: object) -> Likeness:
    root = mapping(document)
    if isinstance(root.get("site"), (list, dict)) and {"@version", "@generated"} & root.keys():
        is_named = "zap" in text(root, "@programName").lower()
        return Likeness(100 if is_named else 95, ("@version", "@generated", "site"))
    sites = mappings_in(root, "site")
    if any("@name" in site and "alerts" in site for site in sites[:20]):
        return Likeness(85, ("sites with alerts",))
    alerts = mappings_in(root, "alerts")[:20]
    if any({"pluginId", "risk", "alert"} <= alert.keys() for alert in alerts):
        return Likeness(90, ("alerts with pluginId and risk",))
    return Likeness(0)


def _read(document: object) -> Report:
    root = mapping(document)
    if not root.keys() & {"site", "alerts"}:
        raise BadInput("A ZAP report has a list `site`, there is none.", where="/site")
    sites = {text(site, "@name") for site in mappings_in(root, "site")} - {""}
    return Report(
        format="zap-json",
        version="",
        tool="zap",
        tool_version=text(root, "@version"),
        target=sites.pop() if len(sites) == 1 else "",
        configuration="",
        scanned_at=instant(root.get("@generated")) or instant(root.get("created")),
        records=_records(root, has_many_sites=len(sites) > 1),
    )


def _records(root: Mapping[str, object], *, has_many_sites: bool) -> Iterator[Record]:
    for site in records_at(root, "site"):
        if isinstance(site, Skipped):
            yield site
            continue
        name = text(site.fields, "@name")
        for alert in records_at(site.fields, "alerts", pointer=site.pointer):
            if isinstance(alert, Skipped):
                yield alert
            else:
                target = name if has_many_sites else ""
                yield _record(alert.fields, alert.pointer, name, target)
    for alert in records_at(root, "alerts"):
        if isinstance(alert, Skipped):
            yield alert
        else:
            yield _record(alert.fields, alert.pointer, "", "")


def _record(alert: Mapping[str, object], pointer: str, site: str, target: str) -> Record:
    rule = _either(alert, "alertRef", "pluginid", "pluginId", "name", "alert")
    if not rule:
        return Skipped(pointer, "the alert has neither a plug-in id nor a name")
    observation = _observation(alert, pointer, rule, site, target)
    doubts = (text(alert, "confidence"), text(alert, "riskdesc").partition("(")[2].rstrip(")"))
    if any(doubt.lower() in _FALSE_POSITIVES for doubt in doubts):
        return Suppressed(pointer, "false positive in the tool", observation)
    return observation


def _either(alert: Mapping[str, object], *keys: str) -> str:
    return next((found for key in keys if (found := text(alert, key))), "")


def _observation(
    alert: Mapping[str, object], pointer: str, rule: str, site: str, target: str
) -> Observation:
    places = _places(alert)
    name = _either(alert, "name", "alert")
    other = _either(alert, "otherinfo", "other")
    return new_observation(
        kind=Kind.WEB,
        rule=rule,
        title=plain_text(name) or f"Alert {rule}",
        severity=_severity(alert),
        pointer=pointer,
        description=_description(alert, other, places),
        remedy=plain_text(text(alert, "solution")),
        advisories=advisories_in(name, other),
        weaknesses=weaknesses_listed(text(alert, "cweid")),
        place=_one_place(places, site),
        target=target,
        links=addresses_in(*texts(alert, "reference")),
    )


def _severity(alert: Mapping[str, object]) -> Severity:
    known = _RISKS.get(text(alert, "riskcode"))
    # "Medium (High)": the risk, then the confidence.
    word = text(alert, "riskdesc").partition("(")[0] or text(alert, "risk")
    return known or severity_from_word(word)


def _places(alert: Mapping[str, object]) -> list[Place]:
    """Give each place once; an alert of the API has the only one in itself."""
    found = (
        new_place(
            method=text(instance, "method").upper(),
            url=_either(mapping(instance), "uri", "url"),
            parameter=text(instance, "param"),
        )
        for instance in (items(alert, "instances") or [alert])
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


def _description(alert: Mapping[str, object], other: str, places: list[Place]) -> str:
    addresses = list(dict.fromkeys(place.url for place in places))
    seen = addresses[:_SHOWN_ADDRESSES] if len(addresses) > 1 else []
    more = len(addresses) - len(seen)
    listed = "\n".join([*seen, *([f"and {more} more"] if seen and more else [])])
    parts = (
        plain_text(_either(alert, "desc", "description")),
        plain_text(other),
        f"Seen at:\n{listed}" if listed else "",
    )
    return "\n\n".join(part for part in parts if part)


FORMAT = Format(
    name="zap-json",
    title="ZAP JSON",
    documents=("json",),
    recognise=_recognise,
    read=_read,
)
