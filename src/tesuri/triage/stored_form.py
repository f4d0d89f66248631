"""What is kept of an observation: masked, shortened, and without the secret or its surroundings."""

from collections.abc import Mapping
from dataclasses import dataclass

from tesuri.model.observation import Observation
from tesuri.model.severity import Severity
from tesuri.triage.masking import mask

# A description is for reading, not for keeping: the report itself has the rest.
_LONGEST_TEXT = 2000
_LONGEST_TITLE = 300
_MOST_LINKS = 10
_MASKED_LENGTHS = 8
_SHORTEST_SECRET = 4


@dataclass(frozen=True, slots=True)
class StoredForm:
    """The part of an observation that becomes a row."""

    title: str
    severity: Severity
    score: float | None
    detail: Mapping[str, object]
    """JSON types; keys with empty values are left out, so that equal things are spelled equally."""


def stored_form(observation: Observation) -> StoredForm:
    """Give what may be stored of an observation."""
    place = observation.place
    cvss = observation.cvss
    secret = observation.secret
    detail: dict[str, object] = {
        "description": _text(observation.description, _LONGEST_TEXT, secret),
        "remedy": _text(observation.remedy, _LONGEST_TEXT, secret),
        "advisories": list(observation.advisories),
        "weaknesses": list(observation.weaknesses),
        "path": mask(place.path),
        "line": place.line,
        "method": place.method,
        "url": mask(place.url),
        "parameter": mask(place.parameter),
        "resource": mask(observation.resource),
        "resource_type": observation.resource_type,
        "cvss_vector": cvss.vector if cvss else "",
        "cvss_version": cvss.version if cvss else "",
        "links": [mask(link) for link in observation.links[:_MOST_LINKS]],
        "published_at": _instant(observation.published_at),
        "fix_available_at": _instant(observation.fix_available_at),
        **_package(observation),
    }
    kept = {name: value for name, value in detail.items() if value not in ("", [], 0, None)}
    if observation.has_fix is not None:
        kept["has_fix"] = observation.has_fix
    return StoredForm(
        title=_text(observation.title, _LONGEST_TITLE, secret) or mask(observation.rule),
        severity=observation.severity,
        score=cvss.score if cvss else None,
        detail=kept,
    )


def _package(observation: Observation) -> dict[str, object]:
    package = observation.package
    if package is None:
        return {}
    return {
        "package": package.name,
        "package_version": package.version,
        "package_ecosystem": package.ecosystem,
        "package_namespace": package.namespace,
        "package_path": package.path,
        "fixed_versions": list(package.fixed_versions),
    }


def hide(text: str, secret: str) -> str:
    """Give a text without this secret, each line of it, and whatever else looks like one."""
    if secret:
        for line in (secret.strip(), *secret.splitlines()):
            if len(line.strip()) >= _SHORTEST_SECRET:
                text = text.replace(line.strip(), "…")
    return mask(text)


def _text(text: str, longest: int, secret: str) -> str:
    """Hide, then cut: far more is looked at than is kept, so that no half of a secret is left over."""
    hidden = hide(text[: longest * _MASKED_LENGTHS], secret)
    return hidden if len(hidden) <= longest else hidden[: longest - 1] + "…"


def _instant(instant: object) -> str | None:
    return str(instant) if instant else None
