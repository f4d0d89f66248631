"""An alert of ZAP, however the report writes it: one alert of a site is one finding.

An alert at one address keeps it; one at several belongs to the site, so that it stays the same finding while single
addresses come and go.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from tesuri.model.observation import (
    Kind,
    Observation,
    Place,
    Skipped,
    Suppressed,
    new_observation,
    new_place,
)
from tesuri.model.severity import Severity, severity_from_word
from tesuri.untrusted.advisory import advisories_in, weaknesses_listed
from tesuri.untrusted.markup import addresses_in, plain_text

# From: https://www.zaproxy.org/docs/desktop/start/features/alerts/ (risk levels, confidence 0 = false positive)
_RISKS = {"0": Severity.LOW, "1": Severity.LOW, "2": Severity.MEDIUM, "3": Severity.HIGH}
_FALSE_POSITIVES = frozenset({"0", "false positive"})
_SHOWN_ADDRESSES = 20


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert as its report has it; texts are foreign and may be empty."""

    pointer: str
    rule: str
    name: str
    risk_code: str
    risk: str
    """The word for the risk, in full reports with the confidence behind it: `Medium (High)`."""
    confidence: str
    description: str
    other: str
    solution: str
    weakness: str
    references: tuple[str, ...]
    places: tuple[Place, ...]


def distinct_places(instances: Iterable[tuple[str, str, str]]) -> tuple[Place, ...]:
    """Give each place once, from (method, address, parameter); without an address there is none."""
    found = (
        new_place(method=method.upper(), url=url, parameter=parameter)
        for method, url, parameter in instances
    )
    return tuple(place for place in dict.fromkeys(found) if place.url)


def record_of(alert: Alert, *, site: str, target: str) -> Observation | Suppressed | Skipped:
    """Give the alert as a record of the report; `target` is empty where the report has only one site."""
    if not alert.rule:
        return Skipped(alert.pointer, "the alert has neither a plug-in id nor a name")
    observation = _observation(alert, site, target)
    doubts = (alert.confidence, alert.risk.partition("(")[2].rstrip(")"))
    if any(doubt.strip().lower() in _FALSE_POSITIVES for doubt in doubts):
        return Suppressed(alert.pointer, "false positive in the tool", observation)
    return observation


def _observation(alert: Alert, site: str, target: str) -> Observation:
    word = alert.risk.partition("(")[0]
    return new_observation(
        kind=Kind.WEB,
        rule=alert.rule,
        title=plain_text(alert.name) or f"Alert {alert.rule}",
        severity=_RISKS.get(alert.risk_code) or severity_from_word(word),
        pointer=alert.pointer,
        description=_description(alert),
        remedy=plain_text(alert.solution),
        advisories=advisories_in(alert.name, alert.other),
        weaknesses=weaknesses_listed(alert.weakness),
        place=_one_place(alert.places, site),
        target=target,
        links=addresses_in(*alert.references),
    )


def _one_place(places: tuple[Place, ...], site: str) -> Place:
    if len(places) == 1:
        return places[0]
    methods = {place.method for place in places}
    parameters = {place.parameter for place in places}
    return new_place(
        method=methods.pop() if len(methods) == 1 else "",
        url=site,
        parameter=parameters.pop() if len(parameters) == 1 else "",
    )


def _description(alert: Alert) -> str:
    addresses = list(dict.fromkeys(place.url for place in alert.places))
    seen = addresses[:_SHOWN_ADDRESSES] if len(addresses) > 1 else []
    more = len(addresses) - len(seen)
    listed = "\n".join([*seen, *([f"and {more} more"] if seen and more else [])])
    parts = (
        plain_text(alert.description),
        plain_text(alert.other),
        f"Seen at:\n{listed}" if listed else "",
    )
    return "\n\n".join(part for part in parts if part)
