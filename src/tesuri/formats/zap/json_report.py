"""ZAP's JSON report: sites with their alerts, and the list that ZAP's own API gives, one alert for each address."""

from collections.abc import Iterator, Mapping

from tesuri.formats.zap.alert import Alert, distinct_places, record_of
from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import Record, Report, Skipped
from tesuri.untrusted.instant import instant
from tesuri.untrusted.record_list import mappings_in, records_at
from tesuri.untrusted.shape import items, mapping, text, texts


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
                yield record_of(_alert(alert.fields, alert.pointer), site=name, target=target)
    for alert in records_at(root, "alerts"):
        if isinstance(alert, Skipped):
            yield alert
        else:
            yield record_of(_alert(alert.fields, alert.pointer), site="", target="")


def _alert(entry: Mapping[str, object], pointer: str) -> Alert:
    return Alert(
        pointer=pointer,
        rule=_either(entry, "alertRef", "pluginid", "pluginId", "name", "alert"),
        name=_either(entry, "name", "alert"),
        risk_code=text(entry, "riskcode"),
        risk=_either(entry, "riskdesc", "risk"),
        confidence=text(entry, "confidence"),
        description=_either(entry, "desc", "description"),
        other=_either(entry, "otherinfo", "other"),
        solution=text(entry, "solution"),
        weakness=text(entry, "cweid"),
        references=tuple(texts(entry, "reference")),
        places=distinct_places(
            (text(one, "method"), _either(mapping(one), "uri", "url"), text(one, "param"))
            for one in (items(entry, "instances") or [entry])
        ),
    )


def _either(entry: Mapping[str, object], *keys: str) -> str:
    return next((found for key in keys if (found := text(entry, key))), "")


FORMAT = Format(
    name="zap-json",
    title="ZAP JSON",
    documents=("json",),
    recognise=_recognise,
    read=_read,
)
