"""Reports of the Trivy Operator: Kubernetes objects, one for each workload, alone or in a list of kubectl.

It reads vulnerabilities, configuration, RBAC and infrastructure audits, exposed secrets and compliance reports (their
details, else their summary). Bills of materials are inventory.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
    Cvss,
    Informational,
    Kind,
    Observation,
    Package,
    Record,
    Report,
    Skipped,
    new_observation,
    new_place,
)
from tesuri.model.severity import severity_from_word
from tesuri.untrusted.advisory import aliases_of, weaknesses_in
from tesuri.untrusted.fix import update_sentence, versions_listed, web_links
from tesuri.untrusted.instant import instant
from tesuri.untrusted.kubernetes_name import Workload, workload
from tesuri.untrusted.package_url import package_from_purl, package_named
from tesuri.untrusted.record_list import Entry, probe, records_at
from tesuri.untrusted.score import best_cvss, cvss_from, severity_or_rating
from tesuri.untrusted.shape import (
    flag,
    join_pointer,
    mapping,
    number,
    shape_name,
    text,
    texts,
    whole,
)

_DOMAIN = "aquasecurity.github.io"
_GROUP = f"{_DOMAIN}/"
_LABEL = "trivy-operator.resource."
_INVENTORY = "Sbom"


@dataclass(frozen=True, slots=True)
class _Subject:
    """What one report is about."""

    found: Workload
    target: str
    """Its name, where the file holds several reports."""
    system: str
    """Ecosystem of the image's system packages, from the operating system that the report names."""


def _recognise(document: object) -> Likeness:
    reports = probe(_reports(document))
    ours = [report for report in reports if text(report, "apiVersion").startswith(_GROUP)]
    if ours and len(ours) * 2 >= len(reports):
        return Likeness(100, ("apiVersion of aquasecurity.github.io",))
    if text(document, "apiVersion").startswith(_GROUP):
        return Likeness(95, ("list of aquasecurity.github.io",))
    return Likeness(0)


def _reports(document: object) -> Iterator[Entry | Skipped]:
    """Give the reports of a file: one object, a list of kubectl, an array, lines, or lists by resource name, a webhook."""
    for entry in records_at(document):
        if isinstance(entry, Skipped):
            yield entry
            continue
        if isinstance(entry.fields.get("operatorObject"), dict):
            # What the operator sends to a webhook.
            if text(entry.fields, "verb") == "delete":
                yield Skipped(entry.pointer, "the report is one that was deleted")
            else:
                yield from records_at(entry.fields, "operatorObject", pointer=entry.pointer)
            continue
        lists = [key for key in entry.fields if key == "items" or key.endswith(f".{_DOMAIN}")]
        for key in lists:
            yield from records_at(entry.fields, key, pointer=entry.pointer)
        if not lists:
            yield entry


def _read(document: object) -> Report:
    if not isinstance(document, (dict, list)):
        raise BadInput(f"A Trivy Operator report is a mapping, not {shape_name(document)}.")
    reports = [entry.fields for entry in _reports(document) if isinstance(entry, Entry)]
    first = reports[0] if reports else {}
    times = [
        time
        for report in reports
        for key in ("report", "status")
        if (time := instant(text(report, key, "updateTimestamp"))) is not None
    ]
    return Report(
        format="trivy-operator",
        version=text(first, "apiVersion").removeprefix(_GROUP),
        tool="trivy-operator",
        tool_version=text(first, "report", "scanner", "version"),
        target=str(_workload(first)) if len(reports) == 1 else "",
        # Each kind is a scan of its own: vulnerabilities say nothing about configuration.
        configuration=" ".join(sorted({text(report, "kind") for report in reports} - {""})),
        scanned_at=max(times, default=None),
        records=_records(document, has_many=len(reports) != 1),
    )


def _workload(report: Mapping[str, object]) -> Workload:
    labels = {
        **mapping(report, "metadata", "annotations"),
        **mapping(report, "metadata", "labels"),
    }
    owner = mapping(report, "metadata", "ownerReferences", 0)
    return workload(
        text(labels, f"{_LABEL}namespace") or text(report, "metadata", "namespace"),
        text(labels, f"{_LABEL}kind") or text(owner, "kind"),
        text(labels, f"{_LABEL}name") or text(owner, "name") or text(report, "metadata", "name"),
    )


def _records(document: object, *, has_many: bool) -> Iterator[Record]:
    for report in _reports(document):
        if isinstance(report, Skipped):
            yield report
            continue
        kind = text(report.fields, "kind")
        body = report.fields.get("report")
        if _INVENTORY in kind:
            yield Informational(report.pointer, f"inventory: {kind}")
        elif isinstance(report.fields.get("status"), dict) and body is None:
            yield from _compliance(report)
        elif not isinstance(body, dict):
            yield Skipped(report.pointer, f"report is {shape_name(body)}, not a mapping")
        else:
            found = _workload(report.fields)
            system = text(body, "os", "family")
            subject = _Subject(found, str(found) if has_many else "", system)
            yield from _body(body, f"{report.pointer}/report", subject)


def _compliance(report: Entry) -> Iterator[Record]:
    """Read the failed checks of each control, or only how many there are where the report is a summary."""
    status = mapping(report.fields, "status")
    pointer = join_pointer(report.pointer, "status")
    name = text(report.fields, "metadata", "name")
    for control in records_at(status, "detailReport", "results", pointer=pointer):
        if isinstance(control, Skipped):
            yield control
            continue
        for check in records_at(control.fields, "checks", pointer=control.pointer):
            if isinstance(check, Skipped):
                yield check
            else:
                yield _control(check, control.fields, text(check.fields, "target") or name)
    if "detailReport" in status:
        return
    for control in records_at(status, "summaryReport", "controlCheck", pointer=pointer):
        yield control if isinstance(control, Skipped) else _control(control, control.fields, name)


def _control(check: Entry, control: Mapping[str, object], resource: str) -> Record:
    entry = check.fields
    failures = number(entry, "totalFail")
    if flag(entry, "success") or failures == 0:
        return Informational(check.pointer, "passed")
    if flag(entry, "success") is None and failures is None:
        return Informational(check.pointer, "needs a person to check it")
    rule = text(entry, "checkID") or text(control, "id")
    if not rule:
        return Skipped(check.pointer, "the check has no id")
    sentences = (*texts(entry, "messages"), text(entry, "description"))
    return new_observation(
        kind=Kind.MISCONFIGURATION,
        rule=rule,
        title=text(entry, "title") or text(control, "name") or rule,
        severity=severity_from_word(text(entry, "severity") or text(control, "severity")),
        pointer=check.pointer,
        description="\n\n".join(sentence for sentence in sentences if sentence),
        remedy=text(entry, "remediation"),
        resource=resource,
        resource_type="compliance",
    )


def _body(body: Mapping[str, object], pointer: str, subject: _Subject) -> Iterator[Record]:
    for key, read in _READERS.items():
        for entry in records_at(body, key, pointer=pointer):
            if isinstance(entry, Skipped):
                yield entry
            elif flag(entry.fields, "success"):
                yield Informational(entry.pointer, "passed")
            else:
                seen = read(entry, subject)
                yield seen if seen.rule else Skipped(entry.pointer, "the record has no id")


def _vulnerability(record: Entry, subject: _Subject) -> Observation:
    entry = record.fields
    name = text(entry, "vulnerabilityID")
    package = _package(entry, subject)
    fixes = package.fixed_versions
    cvss = _cvss(entry)
    return new_observation(
        kind=Kind.VULNERABILITY,
        rule=name,
        title=text(entry, "title") or f"{name} in {package.name}",
        severity=severity_or_rating(text(entry, "severity"), cvss),
        pointer=record.pointer,
        description=text(entry, "description"),
        remedy=update_sentence(package.name, fixes),
        advisories=aliases_of(name),
        weaknesses=weaknesses_in(*texts(entry, "cweIDs")),
        package=package if package.name else None,
        place=new_place(path=package.path),
        resource=str(subject.found),
        resource_type=subject.found.kind,
        target=subject.target,
        cvss=cvss,
        # The operator leaves the version empty where its database knows no fix.
        has_fix=bool(fixes) if "fixedVersion" in entry else None,
        published_at=instant(entry.get("publishedDate")),
        links=web_links((text(entry, "primaryLink"), *texts(entry, "links"))),
    )


def _cvss(entry: Mapping[str, object]) -> Cvss | None:
    sources = dict.fromkeys((text(entry, "cvsssource"), "nvd", *mapping(entry, "cvss")))
    found = best_cvss(
        cvss_from(
            text(entry, "cvss", source, f"{version}Vector"),
            number(entry, "cvss", source, f"{version}Score"),
            source=source,
        )
        for version in ("V40", "V3", "V2")
        for source in sources
    )
    return found or cvss_from("", number(entry, "score"))


def _package(entry: Mapping[str, object], subject: _Subject) -> Package:
    version = text(entry, "installedVersion")
    fixed = versions_listed(text(entry, "fixedVersion"))
    path = text(entry, "packagePath") or text(entry, "pkgPath")
    found = package_from_purl(text(entry, "packagePURL"), version, fixed_versions=fixed, path=path)
    is_system = text(entry, "class") == "os-pkgs"
    return found or package_named(
        text(entry, "resource"),
        version,
        ecosystem=text(entry, "packageType") or (subject.system if is_system else ""),
        fixed_versions=fixed,
        path=path or ("" if is_system else text(entry, "target")),
    )


def _check(record: Entry, subject: _Subject) -> Observation:
    entry = record.fields
    rule = text(entry, "checkID") or text(entry, "id") or text(entry, "title")
    sentences = (*texts(entry, "messages"), text(entry, "description"))
    return new_observation(
        kind=Kind.MISCONFIGURATION,
        rule=rule,
        title=text(entry, "title") or rule,
        severity=severity_from_word(text(entry, "severity")),
        pointer=record.pointer,
        description="\n\n".join(sentence for sentence in sentences if sentence),
        remedy=text(entry, "remediation"),
        resource=str(subject.found),
        resource_type=subject.found.kind,
        target=subject.target,
    )


def _secret(record: Entry, subject: _Subject) -> Observation:
    entry = record.fields
    match = text(entry, "match")
    is_masked = "***" in match
    return new_observation(
        kind=Kind.SECRET,
        rule=text(entry, "ruleID"),
        title=text(entry, "title") or text(entry, "ruleID"),
        severity=severity_from_word(text(entry, "severity")),
        pointer=record.pointer,
        place=new_place(path=text(entry, "target"), line=whole(entry, "startLine")),
        resource=str(subject.found),
        resource_type=subject.found.kind,
        target=subject.target,
        context=match if is_masked else "",
        secret="" if is_masked else match,
    )


_READERS: dict[str, Callable[[Entry, _Subject], Observation]] = {
    "vulnerabilities": _vulnerability,
    "checks": _check,
    "secrets": _secret,
}

FORMAT = Format(
    name="trivy-operator",
    title="Trivy Operator report",
    documents=("json", "jsonl"),
    recognise=_recognise,
    read=_read,
)
