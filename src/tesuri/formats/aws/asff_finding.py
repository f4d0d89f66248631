"""One finding in the AWS Security Finding Format, as the product that made it means it.

A vulnerability names its package in a field of its own (Inspector) or among free details (Trivy); a check names its
control; GuardDuty writes its type as a classifier, which is turned back into its own spelling.
"""

from collections.abc import Mapping
from datetime import datetime

from tesuri.formats.aws.component import VulnerablePackage, image_name, package_of
from tesuri.model.observation import Cvss, Kind, Observation, Package, new_observation, new_place
from tesuri.model.severity import Severity, severity_from_word
from tesuri.untrusted.advisory import advisories_in, aliases_of
from tesuri.untrusted.fix import update_sentence, versions_listed, web_links
from tesuri.untrusted.instant import instant
from tesuri.untrusted.package_url import package_named
from tesuri.untrusted.record_list import Entry, mappings_in
from tesuri.untrusted.score import best_cvss, cvss_from
from tesuri.untrusted.shape import mapping, number, text, texts

_HAS_FIX = {"yes": True, "partial": True, "no": False}
# From: https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Severity.html (Normalized)
_FLOORS = (
    (90, Severity.CRITICAL),
    (70, Severity.HIGH),
    (40, Severity.MEDIUM),
    (0, Severity.LOW),
)
_CHECKS = "software and configuration checks"
_CVE_TYPE = "vulnerabilities/cve"


def observation_of(entry: Entry, product: str, account: str) -> Observation:
    """Give what the finding says; `account` is its target where the file covers several."""
    fields = entry.fields
    if _package_parts(fields) or _is_vulnerability(fields):
        return _vulnerability(entry, account)
    return _check_or_event(entry, product, account)


def _is_vulnerability(fields: Mapping[str, object]) -> bool:
    if mapping(fields, "Compliance"):
        return False
    has_type = any(_CVE_TYPE in word.lower() for word in texts(fields, "Types"))
    return bool(mappings_in(fields, "Vulnerabilities")) or (has_type and bool(_advisory(fields)))


def _advisory(fields: Mapping[str, object]) -> str:
    own = text(fields, "Vulnerabilities", 0, "Id") or text(_free_details(fields), "CVE ID")
    named = advisories_in(text(fields, "GeneratorId"), text(fields, "Title"), text(fields, "Id"))
    return own or next(iter(named), "")


def _free_details(fields: Mapping[str, object]) -> Mapping[str, object]:
    return mapping(fields, "Resources", 0, "Details", "Other")


def _package_parts(fields: Mapping[str, object]) -> list[Mapping[str, object]]:
    return [
        part
        for vulnerability in mappings_in(fields, "Vulnerabilities")
        for part in mappings_in(vulnerability, "VulnerablePackages")
    ]


def _vulnerability(entry: Entry, account: str) -> Observation:
    fields = entry.fields
    name = _advisory(fields)
    packages = _packages(fields)
    package = packages[0] if packages else None
    fixes = package.fixed_versions if package else ()
    also = dict.fromkeys(part.name for part in packages[1:] if part.name)
    sentences = (text(fields, "Description"), f"Also in: {', '.join(also)}" if also else "")
    details = mapping(fields, "Vulnerabilities", 0)
    return new_observation(
        kind=Kind.VULNERABILITY,
        rule=name or text(fields, "GeneratorId"),
        title=text(fields, "Title") or name or text(fields, "GeneratorId"),
        severity=_severity(fields),
        pointer=entry.pointer,
        description="\n\n".join(sentence for sentence in sentences if sentence),
        remedy=update_sentence(package.name, fixes)
        if package and fixes
        else text(fields, "Remediation", "Recommendation", "Text"),
        advisories=aliases_of(name, *texts(details, "RelatedVulnerabilities")) if name else (),
        package=package if package and package.name else None,
        place=new_place(path=package.path if package else ""),
        resource=text(fields, "Resources", 0, "Id"),
        resource_type=text(fields, "Resources", 0, "Type"),
        target=_asset(fields) or account,
        cvss=_cvss(fields, details),
        has_fix=_HAS_FIX.get(text(details, "FixAvailable").lower(), True if fixes else None),
        published_at=instant(details.get("VulnerabilityCreatedAt")),
        first_seen_at=_first_seen(fields),
        links=_links(fields, details),
    )


def _packages(fields: Mapping[str, object]) -> list[Package]:
    listed = [
        package_of(
            VulnerablePackage(
                name=text(part, "Name"),
                version=text(part, "Version"),
                release=text(part, "Release"),
                epoch=text(part, "Epoch"),
                manager=text(part, "PackageManager"),
                fixed=text(part, "FixedInVersion"),
                path=text(part, "FilePath"),
            ),
            _platform(fields),
        )
        for part in _package_parts(fields)
    ]
    free = _free_details(fields)
    if listed or not text(free, "PkgName"):
        return listed
    fixed = versions_listed(text(free, "Patched Package"))
    version = text(free, "Installed Package")
    return [package_named(text(free, "PkgName"), version, fixed_versions=fixed)]


def _platform(fields: Mapping[str, object]) -> str:
    """Give the operating system that Inspector names among the product's own fields."""
    named = mapping(fields, "ProductFields").items()
    return next((text(word) for key, word in named if key.lower().endswith("/platform")), "")


def _asset(fields: Mapping[str, object]) -> str:
    """Give the name of what was scanned: an image without the system that Trivy adds, or the resource's id."""
    resource = mapping(fields, "Resources", 0)
    name = text(resource, "Id")
    tag = text(resource, "Details", "AwsEcrContainerImage", "ImageTags", 0)
    image = text(resource, "Details", "Container", "ImageName")
    return image_name(name, tag) or image.partition(" (")[0] or name


def _cvss(fields: Mapping[str, object], details: Mapping[str, object]) -> Cvss | None:
    free = _free_details(fields)
    listed = (
        cvss_from(text(part, "BaseVector"), number(part, "BaseScore"), source=text(part, "Source"))
        for part in mappings_in(details, "Cvss")
    )
    named = (
        cvss_from(
            text(free, f"NvdCvssVector{version}"),
            number(free, f"NvdCvssScore{version}"),
            source="nvd",
        )
        for version in ("V3", "V2")
    )
    return best_cvss((*listed, *named))


def _check_or_event(entry: Entry, product: str, account: str) -> Observation:
    fields = entry.fields
    kinds = [word.lower() for word in texts(fields, "Types")]
    is_check = bool(mapping(fields, "Compliance")) or any(
        word.startswith(_CHECKS) for word in kinds
    )
    rule = _classifier(fields) if product == "guardduty" else _control(fields)
    return new_observation(
        kind=Kind.MISCONFIGURATION if is_check else Kind.OTHER,
        rule=rule or text(fields, "GeneratorId"),
        title=text(fields, "Title") or rule or text(fields, "GeneratorId"),
        severity=_severity(fields),
        pointer=entry.pointer,
        description="\n\n".join(
            part for part in (text(fields, "Description"), _other_resources(fields)) if part
        ),
        remedy=text(fields, "Remediation", "Recommendation", "Text"),
        resource=text(fields, "Resources", 0, "Id"),
        resource_type=text(fields, "Resources", 0, "Type"),
        target=account,
        first_seen_at=_first_seen(fields),
        links=_links(fields, {}),
    )


def _other_resources(fields: Mapping[str, object]) -> str:
    """Give the sentence about further resources: the first one is what the finding is about."""
    others = [text(part, "Id") for part in mappings_in(fields, "Resources")[1:]]
    named = [name for name in dict.fromkeys(others) if name]
    return f"Also concerns {', '.join(named)}." if named else ""


def _control(fields: Mapping[str, object]) -> str:
    own = mapping(fields, "ProductFields")
    return (
        text(fields, "Compliance", "SecurityControlId")
        or text(own, "ControlId")
        or text(own, "RuleId")
        or text(fields, "GeneratorId").removeprefix("prowler-").removeprefix("Trivy/")
    )


def _classifier(fields: Mapping[str, object]) -> str:
    """Give `Recon:EC2/Portscan` for TTPs/Discovery/Recon:EC2-Portscan, as GuardDuty itself names it."""
    category, _, last = text(fields, "Types", 0).rpartition("/")
    purpose = category.rpartition("/")[2].replace(" ", "")
    named = last if ":" in last or not purpose else f"{purpose}:{last}"
    return named.replace("-", "/", 1)


def _severity(fields: Mapping[str, object]) -> Severity:
    word = severity_from_word(text(fields, "Severity", "Label"))
    if word is not Severity.UNKNOWN:
        return word
    score = number(fields, "Severity", "Normalized")
    if score is None:
        return severity_from_word(text(fields, "Severity", "Original"))
    return next((severity for floor, severity in _FLOORS if score >= floor), Severity.UNKNOWN)


def _first_seen(fields: Mapping[str, object]) -> datetime | None:
    return instant(fields.get("FirstObservedAt")) or instant(fields.get("CreatedAt"))


def _links(fields: Mapping[str, object], details: Mapping[str, object]) -> tuple[str, ...]:
    return web_links(
        (
            text(fields, "Remediation", "Recommendation", "Url"),
            text(fields, "SourceUrl"),
            text(details, "Vendor", "Url"),
            *texts(details, "ReferenceUrls"),
        )
    )
