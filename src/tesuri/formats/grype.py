"""Grype's JSON report: matches of packages with vulnerabilities in an image, folder or SBOM.

Exploit probabilities and the KEV list that newer versions copy into the report are left alone: Tesuri takes them
from its own dated feeds, so that a decision can be replayed.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
    Cvss,
    Informational,
    Kind,
    Observation,
    Package,
    Place,
    Record,
    Report,
    Skipped,
    Suppressed,
)
from tesuri.model.severity import severity_from_word
from tesuri.untrusted.advisory import aliases_of, weaknesses_in
from tesuri.untrusted.instant import instant
from tesuri.untrusted.package_url import is_system_package, package_from_purl, package_named
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

_HAS_FIX = {"fixed": True, "not-fixed": False, "wont-fix": False}


def _recognise(document: object) -> Likeness:
    root = mapping(document)
    if not isinstance(root.get("matches"), list):
        return Likeness(0)
    if text(root, "descriptor", "name").lower() == "grype":
        return Likeness(100, ("descriptor.name is grype", "matches"))
    first = mapping(root, "matches", 0)
    if {"vulnerability", "artifact"} <= first.keys():
        return Likeness(85, ("matches of vulnerability and artifact",))
    if {"source", "distro"} <= root.keys():
        return Likeness(70, ("matches", "source", "distro"))
    return Likeness(0)


def _read(document: object) -> Report:
    root = mapping(document)
    if not isinstance(root.get("matches"), list):
        raise BadInput(
            f"A Grype report has a list `matches`, not {shape_name(root.get('matches'))}.",
            where="/matches",
        )
    return Report(
        format="grype",
        version=text(root, "descriptor", "db", "status", "schemaVersion")
        or text(root, "descriptor", "db", "schemaVersion"),
        tool=text(root, "descriptor", "name").lower() or "grype",
        tool_version=text(root, "descriptor", "version"),
        target=_target(mapping(root, "source")),
        configuration=_configuration(mapping(root, "descriptor", "configuration")),
        scanned_at=instant(at(root, "descriptor", "timestamp")),
        records=_records(root),
    )


def _target(source: Mapping[str, object]) -> str:
    target = source.get("target")
    if isinstance(target, str):
        return target.strip().strip('"')
    return text(target, "userInput") or text(target, "tags", 0) or text(target, "path")


def _configuration(configuration: Mapping[str, object]) -> str:
    """Give the settings that narrow what is reported; databases and outputs do not."""
    scope = text(configuration, "search", "scope") or text(configuration, "scope")
    words = [f"scope={scope.lower()}"] if scope else []
    words += [key for key in ("only-fixed", "only-notfixed") if flag(configuration, key)]
    words += [f"exclude={part}" for part in sorted(texts(configuration, "exclude"))]
    return " ".join(words)


def _records(root: Mapping[str, object]) -> Iterator[Record]:
    for index, match in enumerate(items(root, "matches")):
        yield _match(match, join_pointer("/matches", index))
    ignored = root.get("ignoredMatches")
    if ignored is not None and not isinstance(ignored, list):
        yield Skipped("/ignoredMatches", f"ignoredMatches is {shape_name(ignored)}, not a list")
    for index, match in enumerate(items(ignored)):
        pointer = join_pointer("/ignoredMatches", index)
        record = _match(match, pointer)
        if isinstance(record, Observation):
            yield Suppressed(pointer, _ignore_reason(match), record)
        else:
            yield record
    for index, _ in enumerate(items(root, "alertsByPackage")):
        yield Informational(join_pointer("/alertsByPackage", index), "an alert about a package")


def _ignore_reason(match: object) -> str:
    rules = items(match, "appliedIgnoreRules")
    given = [text(rule, "reason") or text(rule, "vex-status") for rule in rules]
    reasons = ", ".join(dict.fromkeys(reason for reason in given if reason))
    return f"ignored in Grype: {reasons}" if reasons else "ignored in Grype"


def _match(match: object, pointer: str) -> Record:
    vulnerability = mapping(match, "vulnerability")
    name = text(vulnerability, "id")
    if not name:
        return Skipped(pointer, "the match names no vulnerability")
    related = [mapping(entry) for entry in items(match, "relatedVulnerabilities")]
    package = _package(mapping(match, "artifact"), vulnerability)
    if not package.name:
        return Skipped(pointer, "the match names no package")
    fixes = package.fixed_versions
    both = (vulnerability, *related)
    return Observation(
        kind=Kind.VULNERABILITY,
        rule=name,
        title=f"{name} in {package.name} {package.version}".rstrip(),
        severity=severity_from_word(text(vulnerability, "severity")),
        pointer=pointer,
        description=next((found for part in both if (found := text(part, "description"))), ""),
        remedy=f"Update {package.name} to {' or '.join(fixes)}." if fixes else "",
        advisories=aliases_of(name, *(text(entry, "id") for entry in related)),
        weaknesses=weaknesses_in(
            *(text(cwe, "cwe") or text(cwe) for part in both for cwe in items(part, "cwes"))
        ),
        package=package,
        place=Place(path=package.path),
        cvss=_cvss(both),
        has_fix=_HAS_FIX.get(text(vulnerability, "fix", "state").lower(), True if fixes else None),
        fix_available_at=_fix_date(vulnerability),
        links=_links(both),
    )


def _package(artifact: Mapping[str, object], vulnerability: Mapping[str, object]) -> Package:
    version = text(artifact, "version")
    fixed = texts(vulnerability, "fix", "versions")
    path = text(artifact, "locations", 0, "path") or text(artifact, "locations", 0)
    found = package_from_purl(text(artifact, "purl"), version, fixed_versions=fixed, path=path)
    package = found or package_named(
        text(artifact, "name"),
        version,
        ecosystem=text(artifact, "type") or text(artifact, "language"),
        fixed_versions=fixed,
        path=path,
    )
    if not is_system_package(package):
        return package
    return Package(package.name, version, package.ecosystem, package.namespace, fixed)


def _cvss(parts: tuple[Mapping[str, object], ...]) -> Cvss | None:
    for part in parts:
        best = best_cvss(
            cvss_from(
                text(entry, "vector"),
                number(entry, "metrics", "baseScore"),
                source=text(entry, "source") or text(part, "namespace"),
            )
            for entry in items(part, "cvss")
        )
        if best is not None:
            return best
    return None


def _fix_date(vulnerability: Mapping[str, object]) -> datetime | None:
    dates = [instant(at(entry, "date")) for entry in items(vulnerability, "fix", "available")]
    return min((date for date in dates if date is not None), default=None)


def _links(parts: tuple[Mapping[str, object], ...]) -> tuple[str, ...]:
    found = (link for part in parts for key in ("dataSource", "urls") for link in texts(part, key))
    return tuple(dict.fromkeys(found))


FORMAT = Format(
    name="grype",
    title="Grype JSON",
    documents=("json",),
    recognise=_recognise,
    read=_read,
)
