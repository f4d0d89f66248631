"""Grype's JSON report: matches of packages with vulnerabilities in an image, folder or SBOM.

Exploit probabilities and the KEV list that newer versions copy into the report are left alone: Tesuri takes them
from its own dated feeds, so that a decision can be replayed.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache, partial

import msgspec
import orjson

from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.inventory import SeenComponent
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
    new_observation,
    new_package,
    new_place,
)
from tesuri.untrusted.advisory import aliases_of, weaknesses_in
from tesuri.untrusted.instant import instant
from tesuri.untrusted.json_pieces import OTHER_SHAPE, Piece, value_of
from tesuri.untrusted.package_url import is_system_package, package_from_purl, package_named
from tesuri.untrusted.record_groups import GroupedSlices, RecordGroup, grouped, records_of
from tesuri.untrusted.score import best_cvss, cvss_from, severity_or_rating
from tesuri.untrusted.shape import (
    at,
    flag,
    items,
    join_pointer,
    mapping,
    number,
    shape_name,
    stripped,
    text,
    texts,
)

_HAS_FIX = {"fixed": True, "not-fixed": False, "wont-fix": False}
_NOWHERE = Place()
_Group = RecordGroup[Record] | Record


class _Metrics(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """The numbers of a score."""

    base_score: float | None = None


class _Score(msgspec.Struct, frozen=True, gc=False):
    """One score of a vulnerability."""

    source: str = ""
    vector: str = ""
    metrics: _Metrics | None = None


class _Day(msgspec.Struct, frozen=True, gc=False):
    """When a fixed version was published."""

    date: str = ""


class _Fix(msgspec.Struct, frozen=True, gc=False):
    """What is known of fixes."""

    versions: list[str] | None = None
    state: str = ""
    available: list[_Day] | None = None


class _Weakness(msgspec.Struct, frozen=True, gc=False):
    """One CWE."""

    cwe: str = ""


class _Vulnerability(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """What is read of a vulnerability; texts may still have space around them."""

    id: str = ""
    namespace: str = ""
    data_source: str = ""
    severity: str = ""
    urls: list[str] | None = None
    description: str = ""
    cvss: msgspec.Raw = msgspec.Raw()
    cwes: list[_Weakness] | None = None
    fix: _Fix = _Fix()


class _Location(msgspec.Struct, frozen=True, gc=False):
    """A file in which a package was found."""

    path: str = ""


class _Artifact(msgspec.Struct, frozen=True, gc=False):
    """A package."""

    name: str = ""
    version: str = ""
    type: str = ""
    language: str = ""
    locations: list[_Location] | None = None
    purl: str = ""


class _Match(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A package with one of its vulnerabilities, and what that is called elsewhere."""

    vulnerability: _Vulnerability = _Vulnerability()
    related_vulnerabilities: list[_Vulnerability] | None = None
    artifact: _Artifact = _Artifact()


_MATCH = msgspec.json.Decoder(_Match)
_SCORES = msgspec.json.Decoder(list[_Score])


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
    groups = partial(_groups, root)
    return Report(
        format="grype",
        version=text(root, "descriptor", "db", "status", "schemaVersion")
        or text(root, "descriptor", "db", "schemaVersion"),
        tool=text(root, "descriptor", "name").lower() or "grype",
        tool_version=text(root, "descriptor", "version"),
        target=_target(mapping(root, "source")),
        configuration=_configuration(mapping(root, "descriptor", "configuration")),
        scanned_at=instant(at(root, "descriptor", "timestamp")),
        records=records_of(groups),
        slices=GroupedSlices("grype/2", groups),
        components=_system(mapping(root, "distro")),
    )


def _system(distro: Mapping[str, object]) -> tuple[SeenComponent, ...]:
    """Give the operating system of the target, which has an end of support of its own."""
    name, version = text(distro, "name"), text(distro, "version")
    return (SeenComponent(name, version, "operating-system"),) if name else ()


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


def _groups(root: Mapping[str, object]) -> Iterator[_Group]:
    yield from grouped(root.get("matches"), "/matches", _match)
    ignored = root.get("ignoredMatches")
    if ignored is not None and not isinstance(ignored, list):
        yield Skipped("/ignoredMatches", f"ignoredMatches is {shape_name(ignored)}, not a list")
    yield from grouped(ignored, "/ignoredMatches", _ignored_match, b"ignored")
    for index in range(len(items(root, "alertsByPackage"))):
        yield Informational(join_pointer("/alertsByPackage", index), "an alert about a package")


def _ignored_match(piece: Piece, pointer: str) -> Record:
    record = _match(piece, pointer)
    if isinstance(record, Observation):
        return Suppressed(pointer, _ignore_reason(value_of(piece)), record)
    return record


def _ignore_reason(match: object) -> str:
    rules = items(match, "appliedIgnoreRules")
    given = [text(rule, "reason") or text(rule, "vex-status") for rule in rules]
    reasons = ", ".join(dict.fromkeys(reason for reason in given if reason))
    return f"ignored in Grype: {reasons}" if reasons else "ignored in Grype"


def _match(piece: Piece, pointer: str) -> Record:
    """Read a match as Grype writes it, straight into its type; any other shape as well, slower."""
    if type(piece) is msgspec.Raw:
        try:
            match = _MATCH.decode(piece)
            return _record(match, _path(match.artifact.locations), pointer)
        except OTHER_SHAPE:
            pass
    entry = value_of(piece)
    artifact = mapping(entry, "artifact")
    path = text(artifact, "locations", 0, "path") or text(artifact, "locations", 0)
    return _record(_any_match(entry, artifact), path, pointer)


def _path(locations: list[_Location] | None) -> str:
    return locations[0].path.strip() if locations else ""


def _any_match(entry: object, artifact: Mapping[str, object]) -> _Match:
    related = items(entry, "relatedVulnerabilities")
    return _Match(
        vulnerability=_any_vulnerability(mapping(entry, "vulnerability")),
        related_vulnerabilities=[_any_vulnerability(mapping(part)) for part in related],
        artifact=_Artifact(
            name=text(artifact, "name"),
            version=text(artifact, "version"),
            type=text(artifact, "type"),
            language=text(artifact, "language"),
            purl=text(artifact, "purl"),
        ),
    )


def _any_vulnerability(part: Mapping[str, object]) -> _Vulnerability:
    scores = [
        {
            "source": text(score, "source"),
            "vector": text(score, "vector"),
            "metrics": {"baseScore": number(score, "metrics", "baseScore")},
        }
        for score in items(part, "cvss")
    ]
    cwes = [text(cwe, "cwe") or text(cwe) for cwe in items(part, "cwes")]
    dates = [text(day, "date") for day in items(part, "fix", "available")]
    return _Vulnerability(
        id=text(part, "id"),
        namespace=text(part, "namespace"),
        severity=text(part, "severity"),
        urls=[*texts(part, "dataSource"), *texts(part, "urls")],
        description=text(part, "description"),
        cvss=msgspec.Raw(orjson.dumps(scores)),
        cwes=[_Weakness(cwe) for cwe in cwes],
        fix=_Fix(
            [*texts(part, "fix", "versions")],
            text(part, "fix", "state"),
            [_Day(date) for date in dates],
        ),
    )


def _record(match: _Match, path: str, pointer: str) -> Record:
    vulnerability, related = match.vulnerability, match.related_vulnerabilities or []
    name = vulnerability.id.strip()
    if not name:
        return Skipped(pointer, "the match names no vulnerability")
    package = _package(match.artifact, vulnerability, path)
    if not package.name:
        return Skipped(pointer, "the match names no package")
    fixes = package.fixed_versions
    both = (vulnerability, *related)
    cwes = [cwe.cwe for part in both for cwe in part.cwes or ()]
    state = vulnerability.fix.state.strip().lower()
    cvss = _cvss(both)
    return new_observation(
        kind=Kind.VULNERABILITY,
        rule=name,
        title=f"{name} in {package.name} {package.version}".rstrip(),
        severity=severity_or_rating(vulnerability.severity, cvss),
        pointer=pointer,
        description=next((found for part in both if (found := part.description.strip())), ""),
        remedy=f"Update {package.name} to {' or '.join(fixes)}." if fixes else "",
        advisories=aliases_of(name, *[entry.id for entry in related]),
        weaknesses=weaknesses_in(*cwes) if cwes else (),
        package=package,
        place=new_place(path=package.path) if package.path else _NOWHERE,
        cvss=cvss,
        has_fix=_HAS_FIX.get(state, True if fixes else None),
        fix_available_at=_fix_date(vulnerability.fix.available or ()),
        links=_links(both),
    )


def _package(artifact: _Artifact, vulnerability: _Vulnerability, path: str) -> Package:
    version = artifact.version.strip()
    fixed = tuple(stripped(vulnerability.fix.versions))
    found = package_from_purl(artifact.purl.strip(), version, fixed_versions=fixed, path=path)
    package = found or package_named(
        artifact.name.strip(),
        version,
        ecosystem=artifact.type.strip() or artifact.language,
        fixed_versions=fixed,
        path=path,
    )
    if not is_system_package(package):
        return package
    return new_package(package.name, version, package.ecosystem, package.namespace, fixed)


def _cvss(parts: Iterable[_Vulnerability]) -> Cvss | None:
    for part in parts:
        if (written := bytes(part.cvss)) and (best := _best_written(written, part.namespace)):
            return best
    return None


@lru_cache(maxsize=4096)  # A report repeats a vulnerability for each package that has it.
def _best_written(scores: bytes, namespace: str) -> Cvss | None:
    """Give the best of the scores as they are written. **raises** what the decoder does for another shape."""
    return best_cvss(
        cvss_from(
            score.vector.strip(),
            score.metrics.base_score if score.metrics else None,
            source=score.source.strip() or namespace.strip(),
        )
        for score in _SCORES.decode(scores)
    )


def _fix_date(days: Iterable[_Day]) -> datetime | None:
    dates = [instant(day.date) for day in days]
    return min((date for date in dates if date is not None), default=None)


def _links(parts: Iterable[_Vulnerability]) -> tuple[str, ...]:
    found = [link for part in parts for link in (part.data_source, *(part.urls or ()))]
    return tuple(dict.fromkeys(stripped(found)))


FORMAT = Format(
    name="grype",
    title="Grype JSON",
    documents=("json",),
    recognise=_recognise,
    read=_read,
    lists=(("matches",),),
)
