"""The package that a vulnerability in SARIF speaks of, found where each scanner writes it.

SARIF has no field for packages: scanners put them into labelled lines (Trivy, Grype, Snyk), package URLs
(Docker Scout, Dependency-Check), logical locations or the sentence itself (OSV-Scanner).
"""

import re
from collections.abc import Iterator, Mapping

from tesuri.formats.sarif.run import Rule, Run
from tesuri.model.observation import Package, new_package
from tesuri.untrusted.package_url import is_system_package, package_from_purl, package_named
from tesuri.untrusted.shape import items, mapping, text, texts

_LABELLED = re.compile(r"^[ \t*-]*([A-Za-z][A-Za-z ]{2,30}?)\s?:[ \t]*(.*)$", re.MULTILINE)
_QUOTED = re.compile(r"Package '([^'@\s]+)@([^'\s]+)'")
_GRYPE = re.compile(r" reports (\S+) at version (\S+) +which is a vulnerable \((\S+)\) package")
_GRYPE_NOW = re.compile(r"vulnerability in (\S+) package: (\S+), version (\S+) was found")
_NAME_AT_VERSION = re.compile(r"(@?[^@\s:]+)@([^@\s:]+)")
_PURL = re.compile(r"pkg:[A-Za-z][A-Za-z0-9.+-]*/[^\s\"'`)|\]]+")
_MAX_TEXT = 20_000
"""Characters of a text that are searched; a rule's help may hold a whole page."""


def package_in(result: Mapping[str, object], rule: Rule, message: str, run: Run) -> Package | None:
    """Give the package that a vulnerability speaks of; None when the report names none."""
    message = message[:_MAX_TEXT]
    page = text(rule, "help", "text") or text(rule, "help", "markdown")
    labels = _labels(page) | _labels(message)
    fixed = _fixed_versions(labels, rule)
    path = run.uri_of(_artifact(result))
    for purl in _purls(result, rule, message):
        found = package_from_purl(purl, fixed_versions=fixed, path=path)
        if found is not None:
            return _placed(found, rule)
    named = _named(result, rule, message, labels)
    if named is None:
        return None
    name, version, ecosystem = named
    package = package_named(name, version, ecosystem=ecosystem, fixed_versions=fixed, path=path)
    return _placed(package, rule)


def _labels(words: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for label, value in _LABELLED.findall(words[:_MAX_TEXT]):
        found.setdefault(label.strip().lower(), value.strip())
    return found


def _fixed_versions(labels: Mapping[str, str], rule: Rule) -> tuple[str, ...]:
    given = (
        labels.get("fixed version")
        or labels.get("fix version")
        or text(rule, "properties", "fixed_version")
    )
    is_named = given.lower() not in {"", "not fixed", "none", "n/a"}
    return tuple(part.strip() for part in given.split(",") if part.strip()) if is_named else ()


def _artifact(result: Mapping[str, object]) -> object:
    return mapping(result, "locations", 0, "physicalLocation", "artifactLocation")


def _purls(result: Mapping[str, object], rule: Rule, message: str) -> Iterator[str]:
    for part in (result, rule):
        yield from texts(part, "properties", "purls")
        yield from texts(part, "properties", "purl")
    for location in items(result, "locations"):
        for place in items(location, "logicalLocations"):
            yield from _PURL.findall(text(place, "fullyQualifiedName")[:_MAX_TEXT])
    yield from _PURL.findall(message[:_MAX_TEXT])


def _named(
    result: Mapping[str, object], rule: Rule, message: str, labels: Mapping[str, str]
) -> tuple[str, str, str] | None:
    """Give name, version and the scanner's word for the ecosystem."""
    if found := _GRYPE.search(message):
        return found[1], found[2], found[3]
    if found := _GRYPE_NOW.search(message):
        return found[2], found[3], found[1]
    if found := _QUOTED.search(message):
        return found[1], found[2], ""
    return _labelled(result, rule, labels) or _placed_component(result)


def _labelled(
    result: Mapping[str, object], rule: Rule, labels: Mapping[str, str]
) -> tuple[str, str, str] | None:
    name = labels.get("package") or labels.get("vulnerable module") or ""
    if name:
        version = labels.get("installed version") or labels.get("version") or ""
        ecosystem = labels.get("package manager") or labels.get("type") or ""
        return name, version or _spelled_version(result, rule, name), ecosystem
    return None


def _placed_component(result: Mapping[str, object]) -> tuple[str, str, str] | None:
    """Give the component of the result's own properties, else the one that a place names with its version."""
    own = mapping(result, "properties")
    if component := text(own, "component"):
        return component, text(own, "componentVersion"), text(own, "componentOrigin")
    for location in items(result, "locations"):
        for place in items(location, "logicalLocations"):
            if found := _NAME_AT_VERSION.fullmatch(text(place, "fullyQualifiedName")):
                return found[1], found[2], ""
    return None


def _spelled_version(result: Mapping[str, object], rule: Rule, name: str) -> str:
    """Give the version of name@version where Snyk writes it: beside the place or in the rule."""
    places = items(result, "locations", 0, "logicalLocations")
    spelled = [text(place, "fullyQualifiedName") for place in places]
    for word in " ".join((*spelled, text(rule, "fullDescription", "text")[:_MAX_TEXT])).split():
        if word.startswith(f"{name}@"):
            return word.removeprefix(f"{name}@")
    return ""


def _placed(package: Package, rule: Rule) -> Package:
    """Take the path off a package that a system's package manager put there: it names an image."""
    is_system = is_system_package(package) or text(rule, "name").startswith("OsPackage")
    if not is_system:
        return package
    return new_package(
        package.name, package.version, package.ecosystem, package.namespace, package.fixed_versions
    )
