"""What is kept of an observation: masked, shortened, and without the secret or its surroundings."""

from collections.abc import Mapping
from dataclasses import dataclass

from tesuri.model.observation import Observation, Package
from tesuri.model.severity import Severity
from tesuri.triage.masking import mask, shows_nothing

# A description is for reading, not for keeping: the report itself has the rest.
_LONGEST_TEXT = 2000
_LONGEST_TITLE = 300
_MOST_LINKS = 10
_MASKED_LENGTHS = 8
_SHORTEST_SECRET = 4


@dataclass(frozen=True, slots=True)
class StoredForm:
    """The part of an observation that becomes a row."""

    rule: str
    title: str
    severity: Severity
    score: float | None
    detail: Mapping[str, object]
    """JSON types; keys with empty values are left out, so that equal things are spelled equally."""
    is_plain: bool
    """Whether nothing had to be hidden, in the texts beside it neither."""


def stored_form(observation: Observation, beside: tuple[str, ...] = ()) -> StoredForm:
    """Give what may be stored of an observation; `beside` are texts that are looked at together with it."""
    place, cvss, secret = observation.place, observation.cvss, observation.secret
    links = observation.links[:_MOST_LINKS]
    texts = (
        observation.rule,
        observation.title[: _LONGEST_TITLE * _MASKED_LENGTHS],
        observation.description[: _LONGEST_TEXT * _MASKED_LENGTHS],
        observation.remedy[: _LONGEST_TEXT * _MASKED_LENGTHS],
        place.path,
        place.url,
        place.parameter,
        observation.resource,
        *links,
    )
    is_plain = not secret and shows_nothing("\n".join((*texts, *beside)))
    if not is_plain:
        hidden = [hide(text, secret) for text in texts[1:4]]
        texts = (mask(observation.rule), *hidden, *map(mask, texts[4:]))
    rule, title, description, remedy, path, url, parameter, resource, *links_shown = texts
    detail: dict[str, object] = {
        "advisories": list(observation.advisories),
        "cvss_vector": cvss.vector if cvss else "",
        "cvss_version": cvss.version if cvss else "",
        "description": _cut(description, _LONGEST_TEXT),
        "fix_available_at": _instant(observation.fix_available_at),
        "line": place.line,
        "links": links_shown,
        "method": place.method,
        **_package(observation.package),
        "parameter": parameter,
        "names": [mask(name) for name in observation.names],
        "parts": list(observation.parts),
        "path": path,
        "published_at": _instant(observation.published_at),
        "remedy": _cut(remedy, _LONGEST_TEXT),
        "resource": resource,
        "resource_type": observation.resource_type,
        "url": url,
        "weaknesses": list(observation.weaknesses),
    }
    kept = {name: value for name, value in detail.items() if value}
    if observation.has_fix is not None:
        kept["has_fix"] = observation.has_fix
    return StoredForm(
        rule=rule,
        title=_cut(title, _LONGEST_TITLE) or rule,
        severity=observation.severity,
        score=cvss.score if cvss else None,
        detail=kept,
        is_plain=is_plain,
    )


def _package(package: Package | None) -> dict[str, object]:
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


def _cut(hidden: str, longest: int) -> str:
    """Cut what was hidden before: far more is looked at than is kept, so that no half of a secret is left over."""
    return hidden if len(hidden) <= longest else hidden[: longest - 1] + "…"


def _instant(instant: object) -> str | None:
    return str(instant) if instant else None
