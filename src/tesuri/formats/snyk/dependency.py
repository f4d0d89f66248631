"""One vulnerability or licence issue of a dependency, as `snyk test` and `snyk container test` write it."""

from collections.abc import Mapping
from dataclasses import dataclass

from tesuri.model.observation import (
    Cvss,
    Kind,
    Package,
    Record,
    Skipped,
    new_observation,
    new_package,
    new_place,
)
from tesuri.untrusted.advisory import aliases_of, weaknesses_listed
from tesuri.untrusted.fix import update_sentence, web_links
from tesuri.untrusted.instant import instant
from tesuri.untrusted.package_url import is_system_package, package_named
from tesuri.untrusted.score import best_cvss, cvss_from, severity_or_rating
from tesuri.untrusted.shape import at, items, mapping, number, text, texts

# Snyk's words for package managers that nobody else uses.
_MANAGERS = {
    "gomodules": "golang",
    "golangdep": "golang",
    "govendor": "golang",
    "paket": "nuget",
    "rhel": "redhat",
    "amzn": "amazon",
    "linux": "deb",
}


@dataclass(frozen=True, slots=True)
class Project:
    """What the issues of one project have in common."""

    path: str
    """Its manifest or lock file; empty for an image."""
    manager: str
    target: str


def dependency_record(issue: object, pointer: str, project: Project) -> Record:
    """Give the finding that an entry of `vulnerabilities` means."""
    name = text(issue, "id")
    entry = mapping(issue)
    if not name:
        return Skipped(pointer, "the record has no id")
    package = _package(entry, project)
    if not package.name:
        return Skipped(pointer, "the record names no package")
    fixes = package.fixed_versions
    is_licence = text(entry, "type") == "license" or name.startswith("snyk:lic:")
    identifiers = mapping(entry, "identifiers")
    aliases = [word for key in ("CVE", "GHSA") for word in texts(identifiers, key)]
    cvss = _cvss(entry)
    return new_observation(
        kind=Kind.LICENCE if is_licence else Kind.VULNERABILITY,
        rule=(text(entry, "license") or name) if is_licence else name,
        title=_title(entry, package),
        severity=severity_or_rating(
            text(entry, "severityWithCritical") or text(entry, "severity"), cvss
        ),
        pointer=pointer,
        description=_description(entry),
        remedy=_remedy(entry, package),
        advisories=() if is_licence else aliases_of(name, *aliases),
        weaknesses=weaknesses_listed(*texts(identifiers, "CWE")),
        package=package,
        place=new_place(path=package.path),
        target=project.target,
        cvss=cvss,
        has_fix=bool(fixes) if isinstance(at(entry, "fixedIn"), list) else None,
        published_at=instant(at(entry, "publicationTime")),
        links=web_links(text(part, "url") for part in items(entry, "references")),
    )


def _title(entry: Mapping[str, object], package: Package) -> str:
    title = text(entry, "title") or text(entry, "id")
    name = package.name if is_system_package(package) else text(entry, "name") or package.name
    return f"{title} in {name}"


def _description(entry: Mapping[str, object]) -> str:
    through = " > ".join(texts(entry, "from"))
    parts = (f"Introduced through {through}." if through else "", text(entry, "description"))
    return "\n\n".join(part for part in parts if part)


def _package(entry: Mapping[str, object], project: Project) -> Package:
    manager, _, _ = (text(entry, "packageManager") or project.manager).lower().partition(":")
    word = _MANAGERS.get(manager, manager)
    name = text(entry, "name") or text(entry, "packageName") or text(entry, "moduleName")
    version = text(entry, "version")
    fixes = texts(entry, "fixedIn")
    package = package_named(name, version, ecosystem=word, fixed_versions=fixes, path=project.path)
    if not is_system_package(package):
        return package
    # Snyk writes source/binary; the binary is what is installed and what others report.
    binary = name.rpartition("/")[2]
    return new_package(binary, version, package.ecosystem, manager, fixes)


def _remedy(entry: Mapping[str, object], package: Package) -> str:
    # The first step of the path is the project itself, the second what its manifest names.
    step = next((word for word in texts(entry, "upgradePath") if word != "false"), "")
    name, _, version = step.rpartition("@")
    if name and version:
        return update_sentence(name, (version,))
    return update_sentence(package.name, package.fixed_versions)


def _cvss(entry: Mapping[str, object]) -> Cvss | None:
    own = [
        cvss_from(text(part, "vector"), number(part, "baseScore"), source=text(part, "assigner"))
        for part in items(entry, "cvssSources")
        if text(part, "type") != "secondary"
    ]
    given = cvss_from(text(entry, "CVSSv3"), number(entry, "cvssScore"), source="snyk")
    return best_cvss((given, *own))
