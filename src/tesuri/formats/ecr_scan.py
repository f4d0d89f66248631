"""Amazon ECR's `describe-image-scan-findings`: basic scans of ECR itself and enhanced ones of Amazon Inspector.

A reply that has a further page, or whose scan is not complete, leaves the report incomplete.
"""

from collections.abc import Iterator, Mapping

from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
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
from tesuri.model.severity import severity_from_word
from tesuri.untrusted.advisory import aliases_of
from tesuri.untrusted.fix import update_sentence, versions_listed, web_links
from tesuri.untrusted.instant import instant
from tesuri.untrusted.package_url import is_system_package, package_named
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
)

_COMPLETE = frozenset({"", "COMPLETE", "ACTIVE"})
_HAS_FIX = {"YES": True, "PARTIAL": True, "NO": False}
# Whose tracker a basic finding links to tells the system of the image, which nothing else does.
_TRACKERS = {
    "debian.org": "deb",
    "ubuntu.com": "deb",
    "alas.aws.amazon.com": "rpm",
    "redhat.com": "rpm",
    "alpinelinux.org": "apk",
}
# Amazon Inspector's words for package managers that nobody else uses.
_MANAGERS = {"dotnet_core": "nuget", "nodepkg": "npm", "pythonpkg": "pypi"}


def _found(root: Mapping[str, object]) -> object:
    """Give the findings with their counts, also where a query of the command line left only them."""
    has_counts = "findingSeverityCounts" in root and "imageScanFindings" not in root
    return root if has_counts else root.get("imageScanFindings")


def _recognise(document: object) -> Likeness:
    root = mapping(document)
    found = _found(root)
    if isinstance(found, dict):
        signs = root.keys() & {"imageId", "imageScanStatus", "repositoryName", "registryId"}
        return Likeness(100 if signs else 80, ("imageScanFindings", *sorted(signs)))
    if {"imageScanStatus", "imageId"} <= root.keys():
        return Likeness(80, ("imageScanStatus", "imageId"))
    return Likeness(0)


def _read(document: object) -> Report:
    root = mapping(document)
    found = _found(root)
    if not isinstance(found, (dict, type(None))) or not root:
        raise BadInput(
            f"An ECR reply has a mapping `imageScanFindings`, not {shape_name(found)}.",
            where="/imageScanFindings",
        )
    is_enhanced = "enhancedFindings" in mapping(found)
    is_done = text(root, "imageScanStatus", "status").upper() in _COMPLETE and found is not None
    return Report(
        format="ecr-scan",
        version="",
        tool="ecr-scan",
        tool_version="",
        target=_target(root),
        configuration="enhanced" if is_enhanced else "",
        scanned_at=instant(at(found, "imageScanCompletedAt")),
        records=_records(mapping(found), "" if found is root else "/imageScanFindings"),
        is_complete=is_done and not text(root, "nextToken"),
    )


def _target(root: Mapping[str, object]) -> str:
    name, tag = text(root, "repositoryName"), text(root, "imageId", "imageTag")
    digest = text(root, "imageId", "imageDigest")
    if not name:
        return digest
    return f"{name}:{tag}" if tag else f"{name}@{digest}" if digest else name


def _records(found: Mapping[str, object], owner: str) -> Iterator[Record]:
    for key, read in (("findings", _basic), ("enhancedFindings", _enhanced)):
        listed = found.get(key)
        pointer = join_pointer(owner, key)
        if listed is not None and not isinstance(listed, list):
            yield Skipped(pointer, f"{key} is {shape_name(listed)}, not a list")
        for index, entry in enumerate(items(listed)):
            yield read(mapping(entry), join_pointer(pointer, index))


def _basic(entry: Mapping[str, object], pointer: str) -> Record:
    name = text(entry, "name")
    if not name:
        return Skipped(pointer, "the finding names no vulnerability")
    named = {text(part, "key"): text(part, "value") for part in items(entry, "attributes")}
    uri = text(entry, "uri")
    package = _package(
        {
            "name": named.get("package_name"),
            "version": named.get("package_version"),
            "packageManager": next((kind for host, kind in _TRACKERS.items() if host in uri), ""),
        }
    )
    cvss = (
        cvss_from(named.get(f"CVSS{v}_VECTOR", ""), number(named, f"CVSS{v}_SCORE"))
        for v in ("4", "3", "2")
    )
    return new_observation(
        kind=Kind.VULNERABILITY,
        rule=name,
        title=_title(name, package),
        severity=severity_from_word(text(entry, "severity")),
        pointer=pointer,
        description=text(entry, "description"),
        advisories=aliases_of(name),
        package=package,
        cvss=next((found for found in cvss if found is not None), None),
        links=web_links((uri,)),
    )


def _enhanced(entry: Mapping[str, object], pointer: str) -> Record:
    details = mapping(entry, "packageVulnerabilityDetails")
    name = text(details, "vulnerabilityId")
    if not name:
        return Skipped(pointer, "the finding names no vulnerability")
    platform = text(entry, "resources", 0, "details", "awsEcrContainerImage", "platform")
    package = _package(mapping(details, "vulnerablePackages", 0), platform)
    fixes = package.fixed_versions if package else ()
    observation = new_observation(
        kind=Kind.VULNERABILITY,
        rule=name,
        title=text(entry, "title") or _title(name, package),
        severity=severity_from_word(text(entry, "severity") or text(details, "vendorSeverity")),
        pointer=pointer,
        description=text(entry, "description"),
        remedy=_remedy(package) or _advice(entry),
        advisories=aliases_of(name, *texts(details, "relatedVulnerabilities")),
        package=package,
        place=new_place(path=package.path if package else ""),
        cvss=best_cvss(
            cvss_from(
                text(part, "scoringVector"), number(part, "baseScore"), source=text(part, "source")
            )
            for part in items(details, "cvss")
        ),
        has_fix=_HAS_FIX.get(text(entry, "fixAvailable").upper(), True if fixes else None),
        published_at=instant(at(details, "vendorCreatedAt")),
        first_seen_at=instant(at(entry, "firstObservedAt")),
        links=web_links((text(details, "sourceUrl"), *texts(details, "referenceUrls"))),
    )
    status = text(entry, "status").upper()
    if status == "SUPPRESSED":
        return Suppressed(pointer, "suppressed in Amazon Inspector", observation)
    return Informational(pointer, "closed in the tool") if status == "CLOSED" else observation


def _package(entry: Mapping[str, object], platform: str = "") -> Package | None:
    name = text(entry, "name")
    if not name:
        return None
    manager = text(entry, "packageManager").lower()
    if manager == "os":
        # DEBIAN_12, AMAZON_LINUX_2: the system tells the kind of its packages.
        manager = platform.lower().partition("_")[0]
    version = text(entry, "version")
    release = text(entry, "release")
    epoch = text(entry, "epoch")
    fixes = versions_listed(text(entry, "fixedInVersion"))
    package = package_named(
        name,
        f"{version}-{release}" if release else version,
        ecosystem=_MANAGERS.get(manager, manager),
        fixed_versions=tuple(fix for fix in fixes if fix.lower() != "notavailable"),
        path=text(entry, "filePath"),
    )
    if epoch not in {"", "0"} and is_system_package(package):
        return new_package(
            name, f"{epoch}:{package.version}", package.ecosystem, "", package.fixed_versions
        )
    return package


def _title(name: str, package: Package | None) -> str:
    return f"{name} in {package.name} {package.version}".rstrip() if package else name


def _advice(entry: Mapping[str, object]) -> str:
    words = text(entry, "remediation", "recommendation", "text")
    return "" if words.lower() == "none provided" else words


def _remedy(package: Package | None) -> str:
    return update_sentence(package.name, package.fixed_versions) if package else ""


FORMAT = Format(
    name="ecr-scan",
    title="Amazon ECR image scan findings",
    documents=("json",),
    recognise=_recognise,
    read=_read,
)
