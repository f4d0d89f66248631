"""Alerts of GitHub secret scanning, as the REST API lists them.

GitHub gives no severity; a secret that it has tried and found active is critical. With `hide_secret=true` there is no
secret, and the alert's number and place have to do.
"""

from collections.abc import Mapping

from tesuri.formats.github.alert import first_alerts, read_alerts
from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
    Kind,
    Observation,
    Place,
    Report,
    Skipped,
    new_observation,
    new_place,
)
from tesuri.model.severity import Severity
from tesuri.untrusted.fix import web_links
from tesuri.untrusted.instant import instant
from tesuri.untrusted.secret_text import real_secret
from tesuri.untrusted.shape import mapping, shape_name, text, whole


def _recognise(document: object) -> Likeness:
    for alert in first_alerts(document):
        if "secret_type" in alert and {"number", "state", "resolution"} & alert.keys():
            return Likeness(95, ("secret_type", "state", "resolution"))
    return Likeness(0)


def _read(document: object) -> Report:
    if not isinstance(document, (dict, list)):
        raise BadInput(f"Secret scanning alerts are a list, not {shape_name(document)}.")
    name = "github-secret-scanning"
    return read_alerts(document, name=name, tool=name, read_one=_observation)


def _observation(alert: Mapping[str, object], pointer: str, target: str) -> Observation | Skipped:
    rule = text(alert, "secret_type")
    if not rule:
        return Skipped(pointer, "the alert names no type of secret")
    is_active = text(alert, "validity").lower() == "active"
    display = text(alert, "secret_type_display_name")
    secret = real_secret(text(alert, "secret"))
    title = display if display and not (secret and secret in display) else rule
    state = "GitHub found the secret to be active." if is_active else ""
    return new_observation(
        kind=Kind.SECRET,
        rule=rule,
        title=title,
        severity=Severity.CRITICAL if is_active else Severity.UNKNOWN,
        pointer=pointer,
        description=state,
        place=_place(alert),
        # Without the secret and its file only the alert's own address tells two of a type apart.
        resource="" if secret else text(alert, "html_url"),
        target=target,
        secret=secret,
        first_seen_at=instant(alert.get("created_at")),
        links=web_links((text(alert, "html_url"),)),
    )


def _place(alert: Mapping[str, object]) -> Place:
    """Give the first place; it may also be a pull request or an issue, which has an address only."""
    location = mapping(alert, "first_location_detected") or mapping(
        alert, "locations", 0, "details"
    )
    path = text(location, "path")
    if path:
        return new_place(path=path, line=whole(location, "start_line"))
    found = (text(value) for key, value in location.items() if key.endswith("_url"))
    return new_place(url=next((url for url in found if url), ""))


FORMAT = Format(
    name="github-secret-scanning",
    title="GitHub secret scanning alerts",
    documents=("json", "jsonl"),
    recognise=_recognise,
    read=_read,
)
