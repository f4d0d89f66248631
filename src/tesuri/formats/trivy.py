"""Trivy's JSON report: images, file systems, repositories and Kubernetes clusters.

It reads schema version 2, the list that Trivy wrote before 0.20, and the cluster reports of `trivy k8s`.
Counts that Trivy gives without records (MisconfSummary) are not records and are left alone.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

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
from tesuri.untrusted.package_url import is_system_type, package_from_purl, package_named
from tesuri.untrusted.score import best_cvss, cvss_from
from tesuri.untrusted.shape import (
    at,
    items,
    join_pointer,
    mapping,
    number,
    shape_name,
    text,
    texts,
    whole,
)

_CLUSTER_LISTS = ("Vulnerabilities", "Misconfigurations", "Resources", "Findings", "RBACAssessment")
# Results that Trivy collects over a whole tree; their target is a heading, not a file.
_COLLECTED = frozenset(
    (
        "",
        "conda",
        "java",
        "kubernetes",
        "loose file license(s)",
        "node.js",
        "os packages",
        "php",
        "python",
        "ruby",
    )
)
_NO_FIX = frozenset({"affected", "will_not_fix", "fix_deferred", "end_of_life", "not_affected"})
_CVSS_SOURCES = ("nvd", "ghsa", "redhat")


@dataclass(frozen=True, slots=True)
class _Scope:
    """What the records of one entry of `Results` have in common."""

    path: str
    """Its target: a lock file, a manifest, an image with its system, or a heading."""
    class_: str
    type: str
    resource: str = ""
    """namespace/kind/name in a cluster report."""
    resource_type: str = ""
    target: str = ""

    @property
    def is_system(self) -> bool:
        """Whether it lists what a system's package manager installed; old reports name no class."""
        return self.class_ == "os-pkgs" or (not self.class_ and is_system_type(self.type))

    @property
    def file(self) -> str:
        """The target where it is a file; empty for system packages and headings."""
        return "" if self.is_system or self.path.lower() in _COLLECTED else self.path


def _recognise(document: object) -> Likeness:
    if isinstance(document, list):
        return _recognise_legacy(document)
    root = mapping(document)
    if whole(root, "SchemaVersion") and (root.keys() & {"ArtifactName", "ArtifactType", "Trivy"}):
        return Likeness(100, ("SchemaVersion", "ArtifactName"))
    if "ClusterName" in root and any(isinstance(root.get(key), list) for key in _CLUSTER_LISTS):
        return Likeness(95, ("ClusterName", "resources with Results"))
    if isinstance(root.get("Results"), list) and "ArtifactName" in root:
        return Likeness(80, ("ArtifactName", "Results"))
    return Likeness(0)


def _recognise_legacy(document: list[object]) -> Likeness:
    entries = [mapping(entry) for entry in document[:20]]
    if entries and all("Target" in entry for entry in entries):
        keys = {"Vulnerabilities", "Misconfigurations", "Secrets", "Type", "Class"}
        if any(entry.keys() & keys for entry in entries):
            return Likeness(85, ("list of Target with Vulnerabilities",))
    return Likeness(0)


def _read(document: object) -> Report:
    root = mapping(document)
    if isinstance(document, list):
        root = {"ArtifactName": _legacy_target(document), "Results": document, "SchemaVersion": 1}
        records = _results(document, "", _Scope("", "", ""))
    elif "ClusterName" in root:
        records = _cluster(root)
    elif root:
        records = _image(root)
    else:
        raise BadInput(f"A Trivy report is a mapping or a list, not {shape_name(document)}.")
    return Report(
        format="trivy",
        version=text(root, "SchemaVersion"),
        tool="trivy",
        tool_version=text(root, "Trivy", "Version"),
        target=text(root, "ArtifactName") or text(root, "ClusterName"),
        configuration="",
        scanned_at=instant(root.get("CreatedAt")),
        records=records,
        is_complete=not _has_unscanned(root),
    )


def _has_unscanned(root: Mapping[str, object]) -> bool:
    resources = (resource for key in _CLUSTER_LISTS for resource in items(root, key))
    return any(text(resource, "Error") for resource in resources)


def _legacy_target(document: list[object]) -> str:
    """Give the image of a report that names none: the system result's target without its system."""
    for entry in document:
        name, separator, _ = text(entry, "Target").rpartition(" (")
        if separator:
            return name
    return text(document, 0, "Target") if len(document) == 1 else ""


def _cluster(root: Mapping[str, object]) -> Iterator[Record]:
    cluster = text(root, "ClusterName")
    for key in _CLUSTER_LISTS:
        yield from _refused_list(root, "", key)
        for index, resource in enumerate(items(root, key)):
            pointer = f"/{key}/{index}"
            if not isinstance(resource, dict):
                yield Skipped(pointer, f"the resource is {shape_name(resource)}, not a mapping")
                continue
            names = (text(resource, part) for part in ("Namespace", "Kind", "Name"))
            name = "/".join(names).lstrip("/")
            if text(resource, "Error"):
                yield Skipped(pointer, f"Trivy could not scan {name}: {text(resource, 'Error')}")
            scope = _Scope(
                path="",
                class_="",
                type="",
                resource=name,
                resource_type=text(resource, "Kind"),
                target="/".join(part for part in (cluster, name) if part),
            )
            yield from _refused_list(resource, pointer, "Results")
            yield from _results(at(resource, "Results"), join_pointer(pointer, "Results"), scope)


def _image(root: Mapping[str, object]) -> Iterator[Record]:
    yield from _refused_list(root, "", "Results")
    yield from _results(root.get("Results"), "/Results", _Scope("", "", ""))


def _results(results: object, pointer: str, outer: _Scope) -> Iterator[Record]:
    for index, result in enumerate(items(results)):
        here = join_pointer(pointer, index)
        if not isinstance(result, dict):
            yield Skipped(here, f"the result is {shape_name(result)}, not a mapping")
            continue
        scope = replace(
            outer,
            path=text(result, "Target"),
            class_=text(result, "Class"),
            type=text(result, "Type"),
        )
        yield from _result(result, here, scope)


def _result(result: Mapping[str, object], pointer: str, scope: _Scope) -> Iterator[Record]:
    for key, read in _READERS.items():
        yield from _refused_list(result, pointer, key)
        for index, entry in enumerate(items(result, key)):
            yield _record(read, entry, join_pointer(pointer, key, index), scope)
    for key in ("ExperimentalModifiedFindings", "ModifiedFindings"):
        for index, entry in enumerate(items(result, key)):
            yield _modified(entry, join_pointer(pointer, key, index), scope)
    for index, _ in enumerate(items(result, "Packages")):
        yield Informational(join_pointer(pointer, "Packages", index), "inventory: a package")


def _refused_list(owner: Mapping[str, object], pointer: str, key: str) -> Iterator[Skipped]:
    """Give one skipped record for what stands where a list or nothing is expected."""
    found = owner.get(key)
    if found is not None and not isinstance(found, list):
        yield Skipped(join_pointer(pointer, key), f"{key} is {shape_name(found)}, not a list")


def _record(read: "_Reader", entry: object, pointer: str, scope: _Scope) -> Record:
    if not isinstance(entry, dict):
        return Skipped(pointer, f"the record is {shape_name(entry)}, not a mapping")
    observation = read(entry, pointer, scope)
    if not observation.rule:
        return Skipped(pointer, "the record names no advisory, check or rule")
    status = text(entry, "Status").upper()
    if observation.kind is Kind.MISCONFIGURATION and status == "PASS":
        return Informational(pointer, "passed")
    if observation.kind is Kind.MISCONFIGURATION and status == "EXCEPTION":
        return Suppressed(pointer, "excepted in Trivy", observation)
    return observation


def _modified(entry: object, pointer: str, scope: _Scope) -> Record:
    read = _MODIFIED.get(text(entry, "Type").lower(), _vulnerability)
    record = _record(read, mapping(entry, "Finding"), join_pointer(pointer, "Finding"), scope)
    words = (text(entry, "Status") or "ignored", text(entry, "Statement"), text(entry, "Source"))
    reason = ": ".join(word for word in words if word)
    return Suppressed(pointer, reason, record if isinstance(record, Observation) else None)


def _vulnerability(entry: Mapping[str, object], pointer: str, scope: _Scope) -> Observation:
    name = text(entry, "VulnerabilityID")
    package = _package(entry, scope)
    fixes = package.fixed_versions
    return Observation(
        kind=Kind.VULNERABILITY,
        rule=name,
        title=text(entry, "Title") or (f"{name} in {package.name}" if package.name else name),
        severity=severity_from_word(text(entry, "Severity")),
        pointer=pointer,
        description=text(entry, "Description"),
        remedy=_remedy(text(entry, "PkgName"), fixes),
        advisories=aliases_of(name, *texts(entry, "VendorIDs")),
        weaknesses=weaknesses_in(*texts(entry, "CweIDs")),
        package=package if package.name else None,
        place=Place(path=package.path),
        resource=scope.resource,
        resource_type=scope.resource_type,
        target=scope.target,
        cvss=_cvss(entry),
        has_fix=_has_fix(text(entry, "Status").lower(), fixes),
        published_at=instant(entry.get("PublishedDate")),
        links=_links(entry),
    )


def _package(entry: Mapping[str, object], scope: _Scope) -> Package:
    version = text(entry, "InstalledVersion")
    fixed = tuple(part.strip() for part in text(entry, "FixedVersion").split(",") if part.strip())
    path = text(entry, "PkgPath") or scope.file
    purl = text(entry, "PkgIdentifier", "PURL") or text(entry, "PkgRef")
    found = package_from_purl(purl, version, fixed_versions=fixed, path=path)
    return found or package_named(
        text(entry, "PkgName"),
        version,
        ecosystem=scope.type,
        namespace=scope.type.lower() if scope.is_system else "",
        fixed_versions=fixed,
        path=path,
    )


def _remedy(name: str, fixed_versions: tuple[str, ...]) -> str:
    return f"Update {name or 'it'} to {' or '.join(fixed_versions)}." if fixed_versions else ""


def _has_fix(status: str, fixed_versions: tuple[str, ...]) -> bool | None:
    if fixed_versions or status == "fixed":
        return True
    # Before 0.37 there was no status: a missing version meant that the database knows no fix.
    return False if status in _NO_FIX or not status else None


def _cvss(entry: Mapping[str, object]) -> Cvss | None:
    given = mapping(entry, "CVSS")
    order = dict.fromkeys((text(entry, "SeveritySource"), *_CVSS_SOURCES, *given))
    candidates = (
        cvss_from(
            text(given, source, f"{v}Vector"), number(given, source, f"{v}Score"), source=source
        )
        for source in order
        if source in given
        for v in ("V40", "V3", "V2")
    )
    return best_cvss(candidates)


def _links(entry: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*texts(entry, "PrimaryURL"), *texts(entry, "References"))))


def _misconfiguration(entry: Mapping[str, object], pointer: str, scope: _Scope) -> Observation:
    cause = mapping(entry, "CauseMetadata")
    lines = (text(line, "Content") for line in items(cause, "Code", "Lines"))
    sentences = (text(entry, "Message"), text(entry, "Description"))
    return Observation(
        kind=Kind.MISCONFIGURATION,
        rule=text(entry, "ID") or text(entry, "AVDID"),
        title=text(entry, "Title") or text(entry, "Message") or text(entry, "ID"),
        severity=severity_from_word(text(entry, "Severity")),
        pointer=pointer,
        description="\n\n".join(sentence for sentence in sentences if sentence),
        remedy=text(entry, "Resolution"),
        place=Place(path="" if scope.resource else scope.path, line=whole(cause, "StartLine")),
        resource=scope.resource or text(cause, "Resource"),
        resource_type=scope.resource_type,
        target=scope.target,
        context="\n".join(line for line in lines if line),
        links=_links(entry),
    )


def _secret(entry: Mapping[str, object], pointer: str, scope: _Scope) -> Observation:
    match = text(entry, "Match")
    # Trivy writes asterisks over the secret; what is left then helps to recognise the place.
    is_masked = "***" in match
    return Observation(
        kind=Kind.SECRET,
        rule=text(entry, "RuleID"),
        title=text(entry, "Title") or f"{text(entry, 'Category')} secret".strip(),
        severity=severity_from_word(text(entry, "Severity")),
        pointer=pointer,
        place=Place(path=scope.path, line=whole(entry, "StartLine")),
        resource=scope.resource,
        resource_type=scope.resource_type,
        target=scope.target,
        context=match if is_masked else "",
        secret="" if is_masked else match,
    )


def _licence(entry: Mapping[str, object], pointer: str, scope: _Scope) -> Observation:
    name = text(entry, "Name")
    package = text(entry, "PkgName")
    path = text(entry, "FilePath") or scope.file
    category = text(entry, "Category")
    return Observation(
        kind=Kind.LICENCE,
        rule=name,
        title=f"Licence {name} of {package or path or 'an unnamed package'}",
        severity=severity_from_word(text(entry, "Severity")),
        pointer=pointer,
        description=f"Category: {category}." if category else "",
        package=package_named(package, ecosystem=scope.type, path=path) if package else None,
        place=Place(path=path),
        resource=scope.resource,
        resource_type=scope.resource_type,
        target=scope.target,
        links=texts(entry, "Link"),
    )


_Reader = Callable[[Mapping[str, object], str, _Scope], Observation]
_READERS: Mapping[str, _Reader] = {
    "Vulnerabilities": _vulnerability,
    "Misconfigurations": _misconfiguration,
    "Secrets": _secret,
    "Licenses": _licence,
}
_MODIFIED: Mapping[str, _Reader] = {
    "vulnerability": _vulnerability,
    "misconfiguration": _misconfiguration,
    "secret": _secret,
    "license": _licence,
}

FORMAT = Format(
    name="trivy",
    title="Trivy JSON",
    documents=("json",),
    recognise=_recognise,
    read=_read,
)
