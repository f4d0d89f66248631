"""Alerts of GitHub code scanning, as the REST API lists them for a repository or an organisation.

GitHub numbers an alert once and keeps the number while it finds the same thing again, so the number is its fingerprint.
"""

from collections.abc import Mapping

from tesuri.formats.github.alert import first_alerts, read_alerts
from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import Kind, Observation, Report, Skipped, new_observation, new_place
from tesuri.model.severity import Severity, severity_from_word
from tesuri.untrusted.advisory import advisories_in, aliases_of, weaknesses_in
from tesuri.untrusted.fix import web_links
from tesuri.untrusted.instant import instant
from tesuri.untrusted.secret_text import without_literals
from tesuri.untrusted.shape import mapping, shape_name, text, texts, whole

_CONFIGURATION = frozenset({"misconfiguration", "iac", "infrastructure-as-code"})
_CREDENTIALS = frozenset({"CWE-259", "CWE-321", "CWE-798"})


def _recognise(document: object) -> Likeness:
    for alert in first_alerts(document):
        if {"rule", "tool", "most_recent_instance"} <= alert.keys():
            return Likeness(95, ("rule", "tool", "most_recent_instance"))
        if "/code-scanning/" in text(alert, "html_url") and "rule" in alert:
            return Likeness(85, ("an address of code scanning", "rule"))
    return Likeness(0)


def _read(document: object) -> Report:
    if not isinstance(document, (dict, list)):
        raise BadInput(f"Code scanning alerts are a list, not {shape_name(document)}.")
    name = "github-code-scanning"
    return read_alerts(document, name=name, tool=name, read_one=_observation)


def _observation(alert: Mapping[str, object], pointer: str, target: str) -> Observation | Skipped:
    rule = mapping(alert, "rule")
    name = text(rule, "id") or text(rule, "name")
    if not name:
        return Skipped(pointer, "the alert names no rule")
    instance = mapping(alert, "most_recent_instance")
    weaknesses = weaknesses_in(*texts(rule, "tags"))
    kind = _kind(name, rule)
    message = text(instance, "message", "text")
    if kind is Kind.SECRET or _CREDENTIALS & set(weaknesses):
        message = without_literals(message)
    number = text(alert, "number")
    parts = (message, text(rule, "full_description"))
    return new_observation(
        kind=kind,
        rule=name,
        title=text(rule, "description") or text(rule, "name") or message or name,
        severity=_severity(rule),
        pointer=pointer,
        description="\n\n".join(dict.fromkeys(part for part in parts if part)),
        advisories=aliases_of(name) if kind is Kind.VULNERABILITY else (),
        weaknesses=weaknesses,
        place=new_place(
            path=text(instance, "location", "path"),
            line=whole(instance, "location", "start_line"),
        ),
        target=target,
        fingerprints=(("githubAlertNumber", number),) if number else (),
        first_seen_at=instant(alert.get("created_at")),
        links=web_links((text(alert, "html_url"), text(rule, "help_uri"))),
    )


def _kind(name: str, rule: Mapping[str, object]) -> Kind:
    tags = {tag.lower() for tag in texts(rule, "tags")}
    if advisories_in(name):
        return Kind.VULNERABILITY
    if "secret" in tags or "secrets" in tags:
        return Kind.SECRET
    return Kind.MISCONFIGURATION if tags & _CONFIGURATION else Kind.WEAKNESS


def _severity(rule: Mapping[str, object]) -> Severity:
    """Give the severity for security, else that of a diagnostic (error, warning, note)."""
    found = severity_from_word(text(rule, "security_severity_level"))
    return found if found is not Severity.UNKNOWN else severity_from_word(text(rule, "severity"))


FORMAT = Format(
    name="github-code-scanning",
    title="GitHub code scanning alerts",
    documents=("json", "jsonl"),
    recognise=_recognise,
    read=_read,
)
