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


class _Shown(NamedTuple):
    """The texts of an observation that somebody wrote, with nothing in them that has to be hidden."""

    rule: str
    title: str
    description: str
    remedy: str
    path: str
    url: str
    parameter: str
    resource: str
    links: tuple[str, ...]


def stored_form(observation: Observation, beside: tuple[str, ...] = ()) -> StoredForm:
    """Give what may be stored of an observation; `beside` are texts that are looked at together with it."""
    shown, is_plain = _shown(observation, beside)
    cvss = observation.cvss
    return StoredForm(
        shown.rule,
        _cut(shown.title, _LONGEST_TITLE) or shown.rule,
        observation.severity,
        cvss.score if cvss else None,
        _detail(observation, shown),
        is_plain,
    )


def _shown(observation: Observation, beside: tuple[str, ...]) -> tuple[_Shown, bool]:
    place, secret = observation.place, observation.secret
    shown = _Shown(
        observation.rule,
        observation.title[: _LONGEST_TITLE * _MASKED_LENGTHS],
        observation.description[: _LONGEST_TEXT * _MASKED_LENGTHS],
        observation.remedy[: _LONGEST_TEXT * _MASKED_LENGTHS],
        place.path,
        place.url,
        place.parameter,
        observation.resource,
        observation.links[:_MOST_LINKS],
    )
    if not secret and _are_plain(shown, beside):
        return shown, True
    rule, *sentences, path, url, parameter, resource, links = shown
    title, description, remedy = (hide(text, secret) for text in sentences)
    places = (mask(path), mask(url), mask(parameter), mask(resource))
    return _Shown(mask(rule), title, description, remedy, *places, tuple(map(mask, links))), False


def _are_plain(shown: _Shown, beside: tuple[str, ...]) -> bool:
    *texts, links = shown
    return shows_nothing("\n".join((*texts, *links, *beside)))


def _detail(observation: Observation, shown: _Shown) -> dict[str, object]:
    place, package = observation.place, observation.package or _NO_PACKAGE
    cvss = observation.cvss or _NO_SCORE
    values = (
        observation.advisories,
        cvss.vector,
        cvss.version,
        shown.description and _cut(shown.description, _LONGEST_TEXT),
        _instant(observation.fix_available_at),
        package.fixed_versions,
        place.line,
        shown.links,
        place.method,
        observation.names and tuple(map(mask, observation.names)),
        package.name,
        package.ecosystem,
        package.namespace,
        package.path,
        package.version,
        shown.parameter,
        observation.parts,
        shown.path,
        _instant(observation.published_at),
        shown.remedy and _cut(shown.remedy, _LONGEST_TEXT),
        shown.resource,
        observation.resource_type,
        shown.url,
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
