"""GitLab's report of dependency scanning: a vulnerable package in a lock file.

The packages of `dependency_files` are an inventory that the report repeats for the vulnerable ones; only their package
manager is looked at.
"""

from collections.abc import Mapping

from tesuri.formats.gitlab.envelope import Scan, read_scan, recognise_scan
from tesuri.formats.gitlab.vulnerability import (
    advisories_of,
    advisory_of,
    cvss_of,
    fixes_of,
    has_fix_of,
    links_of,
    named_in,
    severity_of,
    title_of,
    weaknesses_of,
)
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
    Kind,
    Package,
    Record,
    Report,
    Skipped,
    new_observation,
    new_place,
)
from tesuri.untrusted.package_url import package_named, package_type
from tesuri.untrusted.shape import items, text, whole

# Lock files whose name tells the ecosystem, where the report names no package manager.
_ECOSYSTEM_OF_FILE = {
    "go.sum": "golang",
    "go.mod": "golang",
    "package-lock.json": "npm",
    "npm-shrinkwrap.json": "npm",
    "yarn.lock": "npm",
    "pnpm-lock.yaml": "npm",
    "gemfile.lock": "gem",
    "composer.lock": "composer",
    "requirements.txt": "pypi",
    "pipfile.lock": "pypi",
    "poetry.lock": "pypi",
    "setup.py": "pypi",
    "pom.xml": "maven",
    "build.gradle": "maven",
    "gradle.lockfile": "maven",
    "build.sbt": "maven",
    "packages.lock.json": "nuget",
    "conan.lock": "conan",
    "cargo.lock": "cargo",
}
_MANAGERS = {"setuptools": "pypi", "bundler": "gem"}


def _recognise(document: object) -> Likeness:
    return recognise_scan(document, Scan.DEPENDENCY)


def _read(document: object) -> Report:
    return read_scan(document, Scan.DEPENDENCY, _record)


def _record(fields: Mapping[str, object], pointer: str, root: Mapping[str, object]) -> Record:
    package = _package(fields, root)
    name = advisory_of(fields)
    if not name:
        return Skipped(pointer, "the vulnerability has no identifier and no name")
    return new_observation(
        kind=Kind.VULNERABILITY,
        rule=name,
        title=title_of(fields, named_in(name, package)),
        severity=severity_of(fields),
        pointer=pointer,
        description=text(fields, "description"),
        remedy=text(fields, "solution"),
        advisories=advisories_of(fields),
        weaknesses=weaknesses_of(fields),
        package=package if package.name else None,
        place=new_place(path=package.path, line=whole(fields, "location", "start_line")),
        cvss=cvss_of(fields),
        has_fix=has_fix_of(fields, root),
        links=links_of(fields),
    )


def _package(fields: Mapping[str, object], root: Mapping[str, object]) -> Package:
    path = text(fields, "location", "file")
    ecosystem = _ecosystem(path, root)
    name = text(fields, "location", "dependency", "package", "name")
    return package_named(
        # GitLab's advisories divide group and artefact of Maven by a slash.
        name.replace("/", ":") if ecosystem == "maven" else name,
        text(fields, "location", "dependency", "version"),
        ecosystem=ecosystem,
        fixed_versions=fixes_of(fields),
        path=path,
    )


def _ecosystem(path: str, root: Mapping[str, object]) -> str:
    for listed in items(root, "dependency_files"):
        if text(listed, "path") == path:
            manager = text(listed, "package_manager").lower()
            if found := package_type(manager) or _MANAGERS.get(manager, ""):
                return found
    return _ECOSYSTEM_OF_FILE.get(path.replace("\\", "/").rpartition("/")[2].lower(), "")


FORMAT = Format(
    name="gitlab-dependency",
    title="GitLab dependency scanning",
    documents=("json",),
    recognise=_recognise,
    read=_read,
    lists=(("vulnerabilities",),),
)
