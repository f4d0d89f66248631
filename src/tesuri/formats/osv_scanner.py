"""OSV-Scanner's JSON report: advisories of the OSV schema for each package of each source.

Each advisory of a package is one finding: the groups only say which of them are other names of each other. What the
tool's call analysis found unreachable, or calls unimportant, is suppressed as the tool itself does.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
    Cvss,
    Informational,
    Kind,
    Package,
    Record,
    Report,
    Skipped,
    Suppressed,
    new_observation,
    new_package,
    new_place,
)
from tesuri.model.severity import Severity, severity_from_score, severity_from_word
from tesuri.untrusted.advisory import aliases_of, weaknesses_in
from tesuri.untrusted.fix import update_sentence, web_links
from tesuri.untrusted.instant import instant
from tesuri.untrusted.package_url import is_system_package, package_named
from tesuri.untrusted.score import best_cvss, cvss_from
from tesuri.untrusted.shape import (
    at,
    flag,
    items,
    join_pointer,
    mapping,
    number,
    shape_name,
    text,
    texts,
)

_LISTS = ("vulnerabilities", "license_violations")


@dataclass(frozen=True, slots=True)
class _Found:
    """A package of a source, with what the tool's own analysis says of its advisories."""

    package: Package
    path: str
    word: str
    """The ecosystem as OSV writes it: `Debian:12`, `PyPI`."""
    groups: list[object]


def _source(result: object) -> object:
    # It was called packageSource before 1.1.
    return at(result, "source") or at(result, "packageSource")


def _recognise(document: object) -> Likeness:
    root = mapping(document)
    if "results" not in root or not isinstance(root["results"], (list, type(None))):
        return Likeness(0)
    first = mapping(root, "results", 0)
    if _source(first) and isinstance(first.get("packages"), list):
        is_sure = isinstance(at(first, "packages", 0, "package"), dict)
        return Likeness(95 if is_sure else 75, ("results of source and packages",))
    if not first and root.keys() & {"experimental_config", "license_summary", "image_metadata"}:
        return Likeness(85, ("empty results", "experimental_config"))
    return Likeness(0)


def _read(document: object) -> Report:
    root = mapping(document)
    results = root.get("results")
    if results is not None and not isinstance(results, list):
        found = shape_name(results)
        raise BadInput(
            f"An OSV-Scanner report has a list `results`, not {found}.", where="/results"
        )
    images = {
        text(_source(entry), "path")
        for entry in items(results)
        if text(_source(entry), "type") in {"docker", "image"}
    }
    return Report(
        format="osv-scanner",
        version="",
        tool="osv-scanner",
        tool_version="",
        target=images.pop() if len(images) == 1 else "",
        configuration="",
        scanned_at=None,
        records=_records(items(results)),
    )


def _records(results: list[object]) -> Iterator[Record]:
    for index, result in enumerate(results):
        pointer = join_pointer("/results", index, "packages")
        packages = at(result, "packages")
        if packages is not None and not isinstance(packages, list):
            yield Skipped(pointer, f"packages is {shape_name(packages)}, not a list")
        if not isinstance(result, dict):
            yield Skipped(f"/results/{index}", f"the result is {shape_name(result)}, not a mapping")
        path = text(_source(result), "path")
        for place, entry in enumerate(items(packages)):
            yield from _package_records(entry, join_pointer(pointer, place), path)


def _package_records(entry: object, pointer: str, path: str) -> Iterator[Record]:
    found = _found(entry, path)
    if not found.package.name:
        yield Skipped(pointer, "the package has no name")
        return
    for key in _LISTS:
        if at(entry, key) is not None and not isinstance(at(entry, key), list):
            yield Skipped(join_pointer(pointer, key), f"{key} is {shape_name(at(entry, key))}")
    for index, advisory in enumerate(items(entry, "vulnerabilities")):
        yield _vulnerability(advisory, join_pointer(pointer, "vulnerabilities", index), found)
    for index, licence in enumerate(items(entry, "license_violations")):
        yield _licence(text(licence), join_pointer(pointer, "license_violations", index), found)
    if not any(at(entry, key) for key in _LISTS):
        yield Informational(pointer, "inventory: a package without findings")


def _found(entry: object, path: str) -> _Found:
    word = text(entry, "package", "ecosystem")
    commit = text(entry, "package", "commit")
    name = text(entry, "package", "name") or (path if commit else "")
    system, _, release = word.partition(":")
    package = package_named(
        name, text(entry, "package", "version") or commit, ecosystem=system, path=path
    )
    if is_system_package(package):
        # The file is the image or its package database; the distribution is the namespace.
        package = new_package(package.name, package.version, package.ecosystem, system.lower())
    return _Found(package, package.path, f"{system}:{release}", items(entry, "groups"))


def _vulnerability(advisory: object, pointer: str, found: _Found) -> Record:
    name = text(advisory, "id")
    if not name:
        return Skipped(pointer, "the record names no advisory")
    package = _with_fixes(mapping(advisory), found)
    group = next((part for part in found.groups if name in texts(part, "ids")), None)
    cvss = _cvss(mapping(advisory))
    observation = new_observation(
        kind=Kind.VULNERABILITY,
        rule=name,
        title=text(advisory, "summary") or f"{name} in {package.name} {package.version}".rstrip(),
        severity=_severity(mapping(advisory), cvss, number(group, "max_severity")),
        pointer=pointer,
        description=text(advisory, "details"),
        remedy=update_sentence(package.name, package.fixed_versions),
        advisories=aliases_of(name, *texts(advisory, "aliases"), *texts(advisory, "upstream")),
        weaknesses=_weaknesses(mapping(advisory)),
        package=package,
        place=new_place(path=package.path),
        cvss=cvss,
        has_fix=bool(package.fixed_versions) if "affected" in mapping(advisory) else None,
        published_at=instant(at(advisory, "published")),
        links=web_links(text(entry, "url") for entry in items(advisory, "references")),
    )
    reason = _why_left_out(mapping(advisory), group)
    return Suppressed(pointer, reason, observation) if reason else observation


def _why_left_out(advisory: Mapping[str, object], group: object) -> str:
    if text(advisory, "withdrawn"):
        return "the advisory was withdrawn"
    analysis = at(group, "experimentalAnalysis") or at(group, "experimental_analysis")
    verdict = at(analysis, text(advisory, "id"))
    if flag(verdict, "called") is False:
        return "OSV-Scanner found no call of the vulnerable code"
    return "unimportant, says the distribution" if flag(verdict, "unimportant") else ""


def _with_fixes(advisory: Mapping[str, object], found: _Found) -> Package:
    """Give the package with the versions that fix it: of its own name and, where several are, its release."""
    package = found.package
    names = {package.name.lower(), f"{package.namespace}/{package.name}".lower()}
    names.add(f"{package.namespace}:{package.name}".lower())
    matching = [
        part
        for part in items(advisory, "affected")
        if text(part, "package", "name").lower().replace("_", "-") in names
        or text(part, "package", "name").lower() in names
    ]
    same = [part for part in matching if text(part, "package", "ecosystem") == found.word]
    fixed = [
        text(event, "fixed")
        for part in same or matching
        for bounds in items(part, "ranges")
        if text(bounds, "type") != "GIT"
        for event in items(bounds, "events")
    ]
    versions = tuple(dict.fromkeys(version for version in fixed if version))
    return new_package(
        package.name, package.version, package.ecosystem, package.namespace, versions, package.path
    )


def _cvss(advisory: Mapping[str, object]) -> Cvss | None:
    own = items(advisory, "severity")
    affected = [part for entry in items(advisory, "affected") for part in items(entry, "severity")]
    return best_cvss(cvss_from(text(part, "score"), None) for part in own or affected)


def _severity(advisory: Mapping[str, object], cvss: Cvss | None, highest: float | None) -> Severity:
    word = severity_from_word(text(advisory, "database_specific", "severity"))
    if word is not Severity.UNKNOWN:
        return word
    score = cvss.score if cvss else highest
    return Severity.UNKNOWN if score is None else severity_from_score(score)


def _weaknesses(advisory: Mapping[str, object]) -> tuple[str, ...]:
    affected = [mapping(part, "database_specific") for part in items(advisory, "affected")]
    parts = [mapping(advisory, "database_specific"), *affected]
    cwes = [cwe for part in parts for key in ("cwe_ids", "cwes") for cwe in items(part, key)]
    return weaknesses_in(*(text(cwe) or text(cwe, "cweId") for cwe in cwes))


def _licence(name: str, pointer: str, found: _Found) -> Record:
    if not name:
        return Skipped(pointer, "the licence has no name")
    return new_observation(
        kind=Kind.LICENCE,
        rule=name,
        title=f"Licence {name} of {found.package.name}",
        severity=Severity.UNKNOWN,
        pointer=pointer,
        package=found.package,
        place=new_place(path=found.path),
    )


FORMAT = Format(
    name="osv-scanner",
    title="OSV-Scanner JSON",
    documents=("json",),
    recognise=_recognise,
    read=_read,
    lists=(("results",),),
)
