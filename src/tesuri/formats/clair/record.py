"""One vulnerability of a package of an image, from whichever keys a client of Clair writes."""

from collections.abc import Mapping
from dataclasses import dataclass

from tesuri.model.observation import Kind, Package, Record, Skipped, new_observation, new_package
from tesuri.model.severity import Severity, severity_from_word
from tesuri.untrusted.advisory import aliases_of
from tesuri.untrusted.fix import update_sentence, versions_listed, web_links
from tesuri.untrusted.instant import instant
from tesuri.untrusted.package_url import is_system_package, package_named
from tesuri.untrusted.shape import text

_WORST = "defcon1"
"""Clair's own word above critical: somebody has to be woken."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What a client calls the parts of a record."""

    name: str
    feature: str
    version: str
    distribution: str
    description: str
    link: str
    severity: str
    fix: str
    issued: str = ""


def clair_record(entry: Mapping[str, object], pointer: str, keys: Keys) -> Record:
    """Give the finding that a record means under the keys of its client."""
    name = text(entry, keys.name)
    package = _package(entry, keys)
    if not name or not package.name:
        return Skipped(pointer, "the record names no vulnerability or no package")
    fixes = package.fixed_versions
    links = text(entry, keys.link).split()
    return new_observation(
        kind=Kind.VULNERABILITY,
        rule=name,
        title=f"{name} in {package.name} {package.version}".rstrip(),
        severity=_severity(text(entry, keys.severity)),
        pointer=pointer,
        description=text(entry, keys.description),
        remedy=update_sentence(package.name, fixes),
        advisories=aliases_of(name),
        package=package,
        has_fix=bool(fixes) if keys.fix in entry else None,
        published_at=instant(entry.get(keys.issued)),
        links=web_links(links),
    )


def _severity(word: str) -> Severity:
    return Severity.CRITICAL if word.lower() == _WORST else severity_from_word(word)


def _package(entry: Mapping[str, object], keys: Keys) -> Package:
    distribution = text(entry, keys.distribution).partition(":")[0].lower()
    fixes = versions_listed(text(entry, keys.fix))
    package = package_named(
        text(entry, keys.feature),
        text(entry, keys.version),
        ecosystem=distribution,
        fixed_versions=fixes,
    )
    if not is_system_package(package):
        return package
    return new_package(package.name, package.version, package.ecosystem, distribution, fixes)
