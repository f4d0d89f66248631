"""Reports of image scanners, written as Trivy and Grype write them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from tesuri.flows.demo.faults import Fault, Vulnerable
from tesuri.flows.demo.written import Json, as_bytes, instant_text

_TRIVY_TYPES = {"npm": "node-pkg", "maven": "jar", "pypi": "python-pkg", "golang": "gobinary"}
_HEADINGS = {"npm": "Node.js", "maven": "Java", "pypi": "Python", "golang": "app/server"}
_GRYPE_TYPES = {"deb": "deb", "npm": "npm", "maven": "java-archive", "pypi": "python"}
_SYSTEM = "debian 12.5"


def trivy_report(target: str, faults: Sequence[Fault], scanned_at: datetime) -> bytes:
    """Give Trivy's report of one image, with one finding that its ignore file suppresses."""
    by_ecosystem: dict[str, list[Vulnerable]] = defaultdict(list)
    for fault in faults:
        if isinstance(fault.what, Vulnerable):
            by_ecosystem[fault.what.ecosystem].append(fault.what)
    results = [
        _trivy_result(target, ecosystem, found) for ecosystem, found in sorted(by_ecosystem.items())
    ]
    document: Json = {
        "SchemaVersion": 2,
        "CreatedAt": instant_text(scanned_at),
        "Trivy": {"Version": "0.67.2"},
        "ArtifactName": target,
        "ArtifactType": "container_image",
        "Metadata": {"OS": {"Family": "debian", "Name": "12.5"}},
        "Results": [*results, _ignored(target)],
    }
    return as_bytes(document)


def _trivy_result(target: str, ecosystem: str, found: Sequence[Vulnerable]) -> Json:
    is_system = ecosystem == "deb"
    return {
        "Target": f"{target} ({_SYSTEM})" if is_system else _HEADINGS[ecosystem],
        "Class": "os-pkgs" if is_system else "lang-pkgs",
        "Type": "debian" if is_system else _TRIVY_TYPES[ecosystem],
        "Vulnerabilities": [_trivy_entry(what) for what in found],
    }


def _trivy_entry(what: Vulnerable) -> Json:
    return {
        "VulnerabilityID": what.advisory,
        "VendorIDs": [what.alias] if what.alias else [],
        "PkgName": what.package,
        "PkgIdentifier": {"PURL": _purl(what)},
        "InstalledVersion": what.installed,
        "FixedVersion": what.fixed,
        "Status": "fixed" if what.fixed else "affected",
        "SeveritySource": "nvd",
        "PrimaryURL": f"https://advisories.example/{what.advisory}",
        "Title": what.title,
        "Description": f"{what.title}, in versions before {what.fixed or 'a fix'}.",
        "Severity": what.severity.value.upper(),
        "CweIDs": [what.weakness],
        "CVSS": {"nvd": {"V3Vector": what.vector, "V3Score": what.score}},
    }


def _ignored(target: str) -> Json:
    """What the image's .trivyignore names: counted as suppressed, never as a finding."""
    what: Json = {
        "VulnerabilityID": "CVE-2026-90016",
        "PkgName": "perl-base",
        "InstalledVersion": "5.36.0-7",
        "Status": "affected",
        "Severity": "LOW",
        "Title": "perl: a module of the test suite writes to a shared folder",
    }
    return {
        "Target": f"{target} ({_SYSTEM})",
        "Class": "os-pkgs",
        "Type": "debian",
        "ExperimentalModifiedFindings": [
            {
                "Type": "vulnerability",
                "Status": "ignored",
                "Statement": "The test suite is not in the image.",
                "Source": ".trivyignore.yaml",
                "Finding": what,
            }
        ],
    }


def grype_report(target: str, faults: Sequence[Fault], scanned_at: datetime) -> bytes:
    """Give Grype's report of one image; it knows packages of languages by their GHSA id."""
    found = [fault.what for fault in faults if isinstance(fault.what, Vulnerable)]
    document: Json = {
        "matches": [_match(what) for what in found],
        "source": {"type": "image", "target": {"userInput": target, "tags": [target]}},
        "distro": {"name": "debian", "version": "12"},
        "descriptor": {
            "name": "grype",
            "version": "0.104.0",
            "timestamp": instant_text(scanned_at),
            "configuration": {"search": {"scope": "squashed"}},
        },
    }
    return as_bytes(document)


def _match(what: Vulnerable) -> Json:
    name = what.alias or what.advisory
    related: list[Json] = [{"id": what.advisory, "cvss": [_cvss(what)]}] if what.alias else []
    return {
        "vulnerability": {
            "id": name,
            "severity": what.severity.value.title(),
            "description": f"{what.title}.",
            "cvss": [_cvss(what)],
            "fix": {
                "state": "fixed" if what.fixed else "not-fixed",
                "versions": [what.fixed] if what.fixed else [],
            },
        },
        "relatedVulnerabilities": related,
        "artifact": {
            "name": what.package,
            "version": what.installed,
            "type": _GRYPE_TYPES.get(what.ecosystem, "go-module"),
            "purl": _purl(what),
        },
    }


def _cvss(what: Vulnerable) -> Json:
    return {"version": "3.1", "vector": what.vector, "metrics": {"baseScore": what.score}}


def _purl(what: Vulnerable) -> str:
    version = what.installed.replace(":", "%3A").replace("+", "%2B")
    match what.ecosystem:
        case "deb":
            return f"pkg:deb/debian/{what.package}@{version}?distro={_SYSTEM.replace(' ', '-')}"
        case "maven":
            return f"pkg:maven/{what.package.replace(':', '/')}@{version}"
        case _:
            return f"pkg:{what.ecosystem}/{what.package}@{version}"
