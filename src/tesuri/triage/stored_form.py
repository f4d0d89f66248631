"""What is kept of an observation: masked, shortened, and without the secret or its surroundings."""

from collections.abc import Mapping
from itertools import compress
from typing import Final, NamedTuple

from tesuri.model.observation import Cvss, Observation, Package
from tesuri.model.severity import Severity
from tesuri.triage.masking import mask, shows_nothing

# A description is for reading, not for keeping: the report itself has the rest.
_LONGEST_TEXT = 2000
_LONGEST_TITLE = 300
_MOST_LINKS = 10
_MASKED_LENGTHS = 8
_SHORTEST_SECRET = 4
_NO_PACKAGE: Final = Package("")
_NO_SCORE: Final = Cvss(0.0)
_KEYS: Final = (
    *(
        "advisories",
        "cvss_vector",
        "cvss_version",
        "description",
        "fix_available_at",
        "fixed_versions",
    ),
    *("line", "links", "method", "names", "package", "package_ecosystem", "package_namespace"),
    *("package_path", "package_version", "parameter", "parts", "path", "published_at", "remedy"),
    *("resource", "resource_type", "url", "weaknesses"),
)
"""Of what is kept, but for `has_fix`, which counts when it is false too."""


class StoredForm(NamedTuple):
    """The part of an observation that becomes a row."""

    rule: str
    title: str
    severity: Severity
    score: float | None
    detail: Mapping[str, object]
    """JSON types, a tuple for a list; keys with empty values are left out, so that equal things are spelled equally."""
    is_plain: bool
    """Whether nothing had to be hidden, in the texts beside it neither."""


Shown = tuple[str, str, str, str, str, str, str, str, tuple[str, ...]]
"""Texts that somebody wrote, with nothing in them that has to be hidden.

Rule, title, description, remedy, path, URL, parameter, resource, and the links.
"""


def stored_form(observation: Observation, beside: tuple[str, ...] = ()) -> StoredForm:
    """Give what may be stored of an observation; `beside` are texts that are looked at together with it."""
    shown, is_plain = _shown(observation, beside)
    cvss, title = observation.cvss, shown[1]
    return StoredForm(
        shown[0],
        (title if len(title) <= _LONGEST_TITLE else _cut(title, _LONGEST_TITLE)) or shown[0],
        observation.severity,
        cvss.score if cvss else None,
        _detail(observation, shown),
        is_plain,
    )


def _shown(observation: Observation, beside: tuple[str, ...]) -> tuple[Shown, bool]:
    place, secret = observation.place, observation.secret
    rule, resource, links = observation.rule, observation.resource, observation.links[:_MOST_LINKS]
    title = observation.title[: _LONGEST_TITLE * _MASKED_LENGTHS]
    description = observation.description[: _LONGEST_TEXT * _MASKED_LENGTHS]
    remedy = observation.remedy[: _LONGEST_TEXT * _MASKED_LENGTHS]
    path, url, parameter = place.path, place.url, place.parameter
    if not secret:
        texts = (rule, title, description, remedy, path, url, parameter, resource)
        if shows_nothing("\n".join((*texts, *links, *beside))):
            return (*texts, links), True
    sentences = (hide(title, secret), hide(description, secret), hide(remedy, secret))
    places = (mask(path), mask(url), mask(parameter), mask(resource))
    return (mask(rule), *sentences, *places, tuple(map(mask, links))), False


def _detail(observation: Observation, shown: Shown) -> dict[str, object]:
    """Give the details in the order of their names, but for `has_fix`, which stands at the end."""
    place, package = observation.place, observation.package or _NO_PACKAGE
    cvss = observation.cvss or _NO_SCORE
    _, _, description, remedy, path, url, parameter, resource, links = shown
    values = (
        observation.advisories,
        cvss.vector,
        cvss.version,
        description if len(description) <= _LONGEST_TEXT else _cut(description, _LONGEST_TEXT),
        _instant(observation.fix_available_at),
        package.fixed_versions,
        place.line,
        links,
        place.method,
        observation.names and tuple(map(mask, observation.names)),
        package.name,
        package.ecosystem,
        package.namespace,
        package.path,
        package.version,
        parameter,
        observation.parts,
        path,
        _instant(observation.published_at),
        remedy if len(remedy) <= _LONGEST_TEXT else _cut(remedy, _LONGEST_TEXT),
        resource,
        observation.resource_type,
        url,
        observation.weaknesses,
    )
    kept: dict[str, object] = dict(compress(zip(_KEYS, values, strict=True), values))
    if observation.has_fix is not None:
        kept["has_fix"] = observation.has_fix
    return kept


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
