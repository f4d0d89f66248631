"""Amazon Inspector's own findings: vulnerable packages, vulnerable code and reachable ports.

A finding that Inspector closed is no longer there; one that a rule suppresses is suppressed.
"""

from collections.abc import Iterator, Mapping

from tesuri.formats.aws.component import VulnerablePackage, image_name, package_of
from tesuri.formats.aws.entries import entries_of, first_findings, is_last_page
from tesuri.formats.aws.inspector2_table import COLUMNS, entries_of_table
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
    Suppressed,
    new_observation,
    new_place,
)
from tesuri.model.severity import severity_from_word
from tesuri.untrusted.advisory import aliases_of, weaknesses_in
from tesuri.untrusted.csv_document import Table
from tesuri.untrusted.fix import update_sentence, web_links
from tesuri.untrusted.instant import instant
from tesuri.untrusted.port import port_name
from tesuri.untrusted.record_list import Entry, fields_of, mappings_in
from tesuri.untrusted.score import best_cvss, cvss_from, severity_or_rating
from tesuri.untrusted.shape import mapping, number, shape_name, text, texts, whole

_TYPES = frozenset({"PACKAGE_VULNERABILITY", "NETWORK_REACHABILITY", "CODE_VULNERABILITY"})
_HAS_FIX = {"yes": True, "partial": True, "no": False}


def _recognise(document: object) -> Likeness:
    if isinstance(document, tuple):
        return Likeness(100 if set(document) >= COLUMNS else 0, tuple(sorted(COLUMNS)))
    found = first_findings(document)
    if any(":inspector2:" in text(entry, "findingArn") for entry in found):
        return Likeness(100, ("findingArn of inspector2",))
    if any(text(entry, "type") in _TYPES and "findingArn" in entry for entry in found):
        return Likeness(95, ("findingArn", "type of Inspector"))
    if any(text(entry, "type") in _TYPES and "awsAccountId" in entry for entry in found):
        return Likeness(90, ("awsAccountId", "type of Inspector"))
    return Likeness(0)


def _read(document: object) -> Report:
    if not isinstance(document, (dict, list, Table)):
        raise BadInput(f"An Inspector report is a mapping, not {shape_name(document)}.")
    is_table = isinstance(document, Table)
    found = fields_of(
        lambda: _entries(document), document.rows if isinstance(document, Table) else document
    )
    times = [
        time
        for entry in found
        for key in ("updatedAt", "lastObservedAt")
        if (time := instant(entry.get(key))) is not None
    ]
    accounts = sorted({text(entry, "awsAccountId") for entry in found} - {""})
    return Report(
        format="aws-inspector2",
        version="",
        tool="inspector",
        tool_version="",
        target=accounts[0] if len(accounts) == 1 else "",
        configuration="",
        scanned_at=max(times, default=None),
        records=_records(document),
        is_complete=is_table or is_last_page(document),
    )


def _entries(document: object) -> Iterator[Entry | Skipped]:
    return entries_of_table(document) if isinstance(document, Table) else entries_of(document)


def _records(document: object) -> Iterator[Record]:
    for entry in _entries(document):
        yield entry if isinstance(entry, Skipped) else _record(entry)


def _record(entry: Entry) -> Record:
    status = text(entry.fields, "status").upper()
    if status == "CLOSED":
        return Informational(entry.pointer, "closed by Inspector: no longer there")
    seen = _observation(entry)
    if not seen.rule:
        return Skipped(entry.pointer, "the finding names neither advisory, detector nor type")
    if status == "SUPPRESSED":
        return Suppressed(entry.pointer, "suppressed in Inspector", seen)
    return seen


def _observation(entry: Entry) -> Observation:
    match text(entry.fields, "type"):
        case "NETWORK_REACHABILITY":
            return _reachable(entry)
        case "CODE_VULNERABILITY":
            return _code(entry)
        case _:
            return _vulnerability(entry)


def _asset(fields: Mapping[str, object]) -> str:
    """Give the name of what was scanned: the image, or the ARN of the instance or function."""
    resource = mapping(fields, "resources", 0)
    name = text(resource, "id")
    details = mapping(resource, "details", "awsEcrContainerImage")
    return image_name(name, text(details, "imageTags", 0)) or _instance(fields, name)


def _instance(fields: Mapping[str, object], name: str) -> str:
    region = text(fields, "resources", 0, "region")
    account = text(fields, "awsAccountId")
    if name.startswith("i-") and region and account:
        partition = text(fields, "resources", 0, "partition") or "aws"
        return f"arn:{partition}:ec2:{region}:{account}:instance/{name}"
    return name


def _platform(fields: Mapping[str, object]) -> str:
    details = mapping(fields, "resources", 0, "details")
    return next((word for part in details.values() if (word := text(part, "platform"))), "")


def _vulnerability(entry: Entry) -> Observation:
    fields = entry.fields
    details = mapping(fields, "packageVulnerabilityDetails")
    name = text(details, "vulnerabilityId")
    packages = [
        _package(part, _platform(fields)) for part in mappings_in(details, "vulnerablePackages")
    ]
    package = packages[0] if packages else None
    also = dict.fromkeys(part.name for part in packages[1:] if part.name)
    sentences = (text(fields, "description"), f"Also in: {', '.join(also)}" if also else "")
    advice = text(fields, "remediation", "recommendation", "text")
    fixes = package.fixed_versions if package else ()
    cvss = _cvss(fields, details)
    return new_observation(
        kind=Kind.VULNERABILITY,
        rule=name,
        title=text(fields, "title") or name,
        severity=severity_or_rating(text(fields, "severity"), cvss),
        pointer=entry.pointer,
        description="\n\n".join(sentence for sentence in sentences if sentence),
        remedy=update_sentence(package.name, fixes)
        if package and fixes
        else advice.removeprefix("None Provided"),
        advisories=aliases_of(name, *texts(details, "relatedVulnerabilities")),
        package=package if package and package.name else None,
        place=new_place(path=package.path if package else ""),
        resource=text(fields, "resources", 0, "id"),
        resource_type=text(fields, "resources", 0, "type"),
        target=_asset(fields),
        cvss=cvss,
        has_fix=_HAS_FIX.get(text(fields, "fixAvailable").lower()),
        published_at=instant(details.get("vendorCreatedAt")),
        first_seen_at=instant(fields.get("firstObservedAt")),
        links=web_links((text(details, "sourceUrl"), *texts(details, "referenceUrls"))),
    )


def _package(part: Mapping[str, object], platform: str) -> Package:
    found = VulnerablePackage(
        name=text(part, "name"),
        version=text(part, "version"),
        release=text(part, "release"),
        epoch=text(part, "epoch"),
        manager=text(part, "packageManager"),
        fixed=text(part, "fixedInVersion"),
        path=text(part, "filePath"),
    )
    return package_of(found, platform)


def _cvss(fields: Mapping[str, object], details: Mapping[str, object]) -> Cvss | None:
    found = best_cvss(
        cvss_from(
            text(part, "scoringVector"), number(part, "baseScore"), source=text(part, "source")
        )
        for part in mappings_in(details, "cvss")
    )
    return found or cvss_from("", number(fields, "inspectorScore"), source="Inspector")


def _reachable(entry: Entry) -> Observation:
    fields = entry.fields
    details = mapping(fields, "networkReachabilityDetails")
    begin = text(details, "openPortRange", "begin")
    end = text(details, "openPortRange", "end")
    ports = begin if begin == end or not end else f"{begin}-{end}"
    port = port_name(ports, text(details, "protocol"))
    return new_observation(
        kind=Kind.MISCONFIGURATION,
        rule="NETWORK_REACHABILITY",
        title=text(fields, "title") or f"Port {port or '(unnamed)'} is reachable",
        severity=severity_from_word(text(fields, "severity")),
        pointer=entry.pointer,
        description=text(fields, "description"),
        remedy=text(fields, "remediation", "recommendation", "text"),
        resource="/".join(part for part in (_asset(fields), port) if part),
        resource_type=text(fields, "resources", 0, "type"),
        target=_asset(fields),
        first_seen_at=instant(fields.get("firstObservedAt")),
    )


def _code(entry: Entry) -> Observation:
    fields = entry.fields
    details = mapping(fields, "codeVulnerabilityDetails")
    path = mapping(details, "filePath")
    rule = text(details, "ruleId") or text(details, "detectorId") or text(details, "detectorName")
    return new_observation(
        kind=Kind.WEAKNESS,
        rule=rule,
        title=text(fields, "title") or text(details, "detectorName") or rule,
        severity=severity_from_word(text(fields, "severity")),
        pointer=entry.pointer,
        description=text(fields, "description"),
        remedy=text(fields, "remediation", "recommendation", "text"),
        weaknesses=weaknesses_in(*texts(details, "cwes")),
        place=new_place(
            path=text(path, "filePath") or text(path, "fileName"), line=whole(path, "startLine")
        ),
        resource=text(fields, "resources", 0, "id"),
        resource_type=text(fields, "resources", 0, "type"),
        target=_asset(fields),
        first_seen_at=instant(fields.get("firstObservedAt")),
        links=web_links(texts(details, "referenceUrls")),
    )


FORMAT = Format(
    name="aws-inspector2",
    title="Amazon Inspector findings",
    documents=("json", "jsonl", "csv"),
    recognise=_recognise,
    read=_read,
)
