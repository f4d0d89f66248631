"""Dependency-Track's findings: its Finding Packaging Format, or the bare list of its findings API.

What was audited as not affected, false positive or resolved, or was suppressed by hand, is suppressed.
"""

import re
from collections.abc import Mapping

from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
    Cvss,
    Kind,
    Package,
    Record,
    Report,
    Skipped,
    Suppressed,
    new_observation,
)
from tesuri.untrusted.advisory import aliases_of, weaknesses_listed
from tesuri.untrusted.fix import update_sentence, versions_listed, web_links
from tesuri.untrusted.instant import instant
from tesuri.untrusted.package_url import package_from_purl, package_named
from tesuri.untrusted.score import cvss_from, severity_or_rating
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

_ALIASES = ("cveId", "ghsaId", "osvId", "snykId", "gsdId", "sonatypeId")
_SETTLED = frozenset({"NOT_AFFECTED", "FALSE_POSITIVE", "RESOLVED"})
_VERSION = re.compile(r"v?(\d{1,9}(?:\.\d{1,9}){0,9})")
_LINK = re.compile(r"https?://[^\s)\]>]+")


def _recognise(document: object) -> Likeness:
    root = mapping(document)
    findings = document if isinstance(document, list) else root.get("findings")
    if text(root, "meta", "application").lower() == "dependency-track":
        return Likeness(100, ("meta.application is Dependency-Track",))
    if not isinstance(findings, list):
        return Likeness(0)
    first = mapping(findings, 0)
    if "component" in first and text(first, "vulnerability", "vulnId"):
        return Likeness(85, ("findings of component and vulnerability.vulnId",))
    return Likeness(0)


def _read(document: object) -> Report:
    root = mapping(document)
    findings = document if isinstance(document, list) else root.get("findings")
    if findings is None and "project" in root:
        # Its exporter leaves out the list where a project has no findings.
        findings = []
    if not isinstance(findings, list):
        found = shape_name(findings)
        raise BadInput(
            f"A Dependency-Track report has a list `findings`, not {found}.", where="/findings"
        )
    pointer = "" if isinstance(document, list) else "/findings"
    return Report(
        format="dependency-track",
        version=text(root, "version"),
        tool="dependency-track",
        tool_version=text(root, "meta", "version"),
        target=_target(root, at(findings, 0)),
        configuration="",
        scanned_at=instant(at(root, "meta", "timestamp")),
        records=(
            _finding(entry, join_pointer(pointer, index)) for index, entry in enumerate(findings)
        ),
    )


def _target(root: Mapping[str, object], first: object) -> str:
    """Give the project with its version, as an image with its tag; the list has it in every component."""
    project, component = mapping(root, "project"), mapping(first, "component")
    name = text(project, "name") or text(component, "projectName")
    version = text(project, "version") or text(component, "projectVersion")
    return f"{name}:{version}" if name and version else name


def _finding(entry: object, pointer: str) -> Record:
    vulnerability = mapping(entry, "vulnerability")
    name = text(vulnerability, "vulnId")
    if not name:
        return Skipped(pointer, "the finding names no vulnerability")
    component = mapping(entry, "component")
    fixes = versions_listed(text(vulnerability, "patchedVersions")) or _ends_of_ranges(
        vulnerability, text(component, "purl"), text(component, "version")
    )
    package = _package(component, fixes)
    if not package.name:
        return Skipped(pointer, "the finding names no component")
    aliases = [text(entry, key) for entry in items(vulnerability, "aliases") for key in _ALIASES]
    cvss = _cvss(vulnerability)
    observation = new_observation(
        kind=Kind.VULNERABILITY,
        rule=name,
        title=text(vulnerability, "title") or f"{name} in {package.name} {package.version}".strip(),
        severity=severity_or_rating(text(vulnerability, "severity"), cvss),
        pointer=pointer,
        description=text(vulnerability, "description") or text(vulnerability, "subtitle"),
        remedy=text(vulnerability, "recommendation") or update_sentence(package.name, fixes),
        advisories=aliases_of(name, *aliases),
        weaknesses=_weaknesses(vulnerability),
        package=package,
        cvss=cvss,
        has_fix=True if fixes else None,
        published_at=instant(at(vulnerability, "published")),
        first_seen_at=instant(at(entry, "attribution", "attributedOn")),
        links=web_links(
            (
                text(entry, "attribution", "referenceUrl"),
                *_LINK.findall(text(vulnerability, "references")),
            )
        ),
    )
    reason = _why_settled(mapping(entry, "analysis"))
    return Suppressed(pointer, reason, observation) if reason else observation


def _why_settled(analysis: Mapping[str, object]) -> str:
    state = text(analysis, "state").upper() or text(analysis, "analysisState").upper()
    words = [state.lower().replace("_", " "), text(analysis, "justification")]
    if state in _SETTLED:
        return ": ".join(word for word in words if word) + " in Dependency-Track"
    return "suppressed in Dependency-Track" if flag(analysis, "isSuppressed") else ""


def _ends_of_ranges(
    vulnerability: Mapping[str, object], purl: str, version: str
) -> tuple[str, ...]:
    """Give the first version after each affected range of the component that holds its own version."""
    listed = [mapping(part) for part in items(vulnerability, "affectedVersions")]
    ranges = [
        part
        for part in listed
        if text(part, "versionEndExcluding")
        and (text(part, "identityType") != "PURL" or purl.startswith(text(part, "identity")))
    ]
    own = _numbers(version)
    # A version that is no number cannot be compared, but of one range there is one end.
    holding = [part for part in ranges if _holds(part, own)] if own else ranges * (len(ranges) == 1)
    return tuple(dict.fromkeys(text(part, "versionEndExcluding") for part in holding))


def _holds(part: Mapping[str, object], own: tuple[int, ...]) -> bool:
    start = text(part, "versionStartIncluding") or text(part, "versionStartExcluding")
    return _numbers(start) <= own < _numbers(text(part, "versionEndExcluding"))


def _numbers(version: str) -> tuple[int, ...]:
    """Give the numbers at the beginning of a version, without zeros at their end; nothing of another one."""
    found = _VERSION.match(version)
    numbers = [int(part) for part in found[1].split(".")] if found else []
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def _package(component: Mapping[str, object], fixes: tuple[str, ...]) -> Package:
    version = text(component, "version")
    found = package_from_purl(text(component, "purl"), version, fixed_versions=fixes)
    return found or package_named(
        text(component, "name"),
        version,
        namespace=text(component, "group"),
        fixed_versions=fixes,
    )


def _weaknesses(vulnerability: Mapping[str, object]) -> tuple[str, ...]:
    listed = (text(cwe, "cweId") or text(cwe) for cwe in items(vulnerability, "cwes"))
    return weaknesses_listed(*listed, *texts(vulnerability, "cweId"))


def _cvss(vulnerability: Mapping[str, object]) -> Cvss | None:
    source = text(vulnerability, "source")
    keys = (("V4", "Score"), ("V3", "BaseScore"), ("V2", "BaseScore"))
    found = (
        cvss_from(
            # Version 2 stands in brackets.
            text(vulnerability, f"cvss{version}Vector").strip("()"),
            number(vulnerability, f"cvss{version}{score}"),
            source=source,
        )
        for version, score in keys
    )
    return next((cvss for cvss in found if cvss), None)


FORMAT = Format(
    name="dependency-track",
    title="Dependency-Track findings",
    documents=("json",),
    recognise=_recognise,
    read=_read,
)
