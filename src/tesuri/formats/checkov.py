"""Checkov's JSON report: checks of infrastructure code, secrets and packages, one mapping for each framework.

It reads one framework, a list of them, and the bare counts that Checkov writes when it found nothing to check.
Severities are absent unless the scan had a platform key; then they are *unknown* here.
"""

from collections.abc import Iterator, Mapping

from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
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
from tesuri.untrusted.advisory import aliases_of
from tesuri.untrusted.fix import update_sentence, versions_listed, web_links
from tesuri.untrusted.instant import instant
from tesuri.untrusted.kubernetes_name import workload
from tesuri.untrusted.package_url import package_named
from tesuri.untrusted.record_list import first_mappings, mappings_in, records_at
from tesuri.untrusted.score import cvss_from
from tesuri.untrusted.shape import (
    at,
    is_empty_list,
    items,
    join_pointer,
    mapping,
    number,
    shape_name,
    text,
    texts,
    whole,
)

_LISTS = ("failed_checks", "skipped_checks", "passed_checks", "parsing_errors")
_KUBERNETES = frozenset({"kubernetes", "helm", "kustomize"})
_FIXED_IN = "fixed in "


def _recognise(document: object) -> Likeness:
    parts = first_mappings(document)
    if any(_has_version(part) for part in parts):
        return Likeness(100, ("checkov_version",))
    lists = set(_LISTS[:3])
    if any("check_type" in part and mapping(part, "results").keys() & lists for part in parts):
        return Likeness(95, ("check_type", "results with failed_checks"))
    checks = first_mappings(document, "results", _LISTS[0])
    if checks and all({"check_id", "check_result"} <= check.keys() for check in checks):
        return Likeness(90, ("failed_checks of check_id and check_result",))
    return Likeness(0)


def _has_version(part: Mapping[str, object]) -> bool:
    return "checkov_version" in part or "checkov_version" in mapping(part, "summary")


def _read(document: object) -> Report:
    parts = mappings_in(document)
    if not parts and not is_empty_list(document):
        raise BadInput(
            f"A Checkov report is a mapping or a list of mappings, not {shape_name(document)}."
        )
    versions = (
        text(part, "summary", "checkov_version") or text(part, "checkov_version") for part in parts
    )
    return Report(
        format="checkov",
        version="",
        tool="checkov",
        tool_version=next((version for version in versions if version), ""),
        target="",
        configuration="",
        scanned_at=None,
        records=_records(document),
        is_complete=not any(items(part, "results", "parsing_errors") for part in parts),
    )


def _records(document: object) -> Iterator[Record]:
    for part in records_at(document):
        if isinstance(part, Skipped):
            yield part
            continue
        results = part.fields.get("results")
        here = join_pointer(part.pointer, "results")
        if results is not None and not isinstance(results, dict):
            yield Skipped(here, f"results is {shape_name(results)}, not a mapping")
        yield from _framework(results, here, text(part.fields, "check_type").lower())


def _framework(results: object, pointer: str, framework: str) -> Iterator[Record]:
    for key in _LISTS[:3]:
        for entry in records_at(results, key, pointer=pointer):
            if isinstance(entry, Skipped):
                yield entry
            else:
                yield _check(entry.fields, entry.pointer, framework, key)
    for index, path in enumerate(items(results, "parsing_errors")):
        place = join_pointer(pointer, "parsing_errors", index)
        yield Skipped(place, f"Checkov could not parse {text(path) or 'a file'}")


def _check(entry: Mapping[str, object], pointer: str, framework: str, key: str) -> Record:
    answer = text(entry, "check_result", "result").upper()
    if key == "passed_checks" or answer == "PASSED":
        return Informational(pointer, "passed")
    if answer == "UNKNOWN":
        return Informational(pointer, "Checkov could not decide")
    if not text(entry, "check_id"):
        return Skipped(pointer, "the check has no id")
    observation = _observation(entry, pointer, framework)
    if key == "skipped_checks" or answer == "SKIPPED":
        comment = text(entry, "check_result", "suppress_comment")
        return Suppressed(pointer, f"skipped in Checkov: {comment}".rstrip(": "), observation)
    return observation


def _observation(entry: Mapping[str, object], pointer: str, framework: str) -> Observation:
    details = mapping(entry, "vulnerability_details")
    if text(details, "package_name"):
        is_licence = bool(text(details, "license")) and not text(details, "id")
        return (_licence if is_licence else _vulnerability)(entry, details, pointer)
    rule = text(entry, "check_id")
    place = new_place(path=_path(entry), line=whole(entry, "file_line_range", 0))
    title = text(entry, "check_name") or rule
    severity = severity_from_word(text(entry, "severity"))
    links = web_links(texts(entry, "guideline"))
    if framework == "secrets" or rule.startswith("CKV_SECRET_"):
        return new_observation(
            kind=Kind.SECRET,
            rule=rule,
            title=title,
            severity=severity,
            pointer=pointer,
            place=place,
            # Checkov names the resource by a plain hash of the secret: as good to an attacker as a weak secret.
            secret=text(entry, "resource"),
            links=links,
        )
    resource, resource_type = _resource(entry, framework)
    lines = (text(line, 1) for line in items(entry, "code_block"))
    return new_observation(
        kind=Kind.WEAKNESS if framework.startswith("sast") else Kind.MISCONFIGURATION,
        rule=rule,
        title=title,
        severity=severity,
        pointer=pointer,
        description=text(entry, "description") or text(entry, "short_description"),
        place=place,
        resource=resource,
        resource_type=resource_type,
        context="\n".join(line for line in lines if line),
        links=links,
    )


def _resource(entry: Mapping[str, object], framework: str) -> tuple[str, str]:
    """Give the thing's address and its type; Kind.namespace.name of Kubernetes is turned round."""
    address = text(entry, "resource_address") or text(entry, "resource")
    parts = address.split(".", 2)
    if framework in _KUBERNETES and len(parts) == 3:
        found = workload(parts[1], parts[0], parts[2])
        return str(found), found.kind
    if framework.startswith(("terraform", "cloudformation")):
        return address, _declared_type(address, framework)
    return address, ""


def _declared_type(address: str, framework: str) -> str:
    parts = address.partition("[")[0].split(".")
    if framework == "cloudformation":
        return ".".join(parts[:-1])
    return parts[-2] if len(parts) > 1 else ""


def _path(entry: Mapping[str, object]) -> str:
    path = text(entry, "file_path") or text(entry, "repo_file_path")
    return path.replace("\\", "/").lstrip("/")


def _vulnerability(
    entry: Mapping[str, object], details: Mapping[str, object], pointer: str
) -> Observation:
    name = text(details, "id") or text(entry, "check_id")
    package = _package(entry, details)
    return new_observation(
        kind=Kind.VULNERABILITY,
        rule=name,
        title=f"{name} in {package.name} {package.version}".rstrip(),
        severity=severity_from_word(text(details, "severity") or text(entry, "severity")),
        pointer=pointer,
        description=text(details, "description") or text(entry, "description"),
        remedy=update_sentence(package.name, package.fixed_versions),
        advisories=aliases_of(name),
        package=package,
        place=new_place(path=package.path, line=whole(entry, "file_line_range", 0)),
        cvss=cvss_from(text(details, "vector"), number(details, "cvss")),
        has_fix=bool(package.fixed_versions) or None,
        published_at=instant(at(details, "published_date")),
        links=web_links((text(details, "link"), text(entry, "guideline"))),
    )


def _package(entry: Mapping[str, object], details: Mapping[str, object]) -> Package:
    status = text(details, "status")
    stated = status[len(_FIXED_IN) :] if status.lower().startswith(_FIXED_IN) else ""
    fixed = text(details, "lowest_fixed_version") or text(details, "fix_version") or stated
    return package_named(
        text(details, "package_name"),
        text(details, "package_version"),
        ecosystem=text(details, "package_type"),
        fixed_versions=versions_listed(fixed),
        path=_path(entry),
    )


def _licence(
    entry: Mapping[str, object], details: Mapping[str, object], pointer: str
) -> Observation:
    package = _package(entry, details)
    licence = text(details, "license")
    return new_observation(
        kind=Kind.LICENCE,
        rule=licence,
        title=f"Licence {licence} of {package.name}",
        severity=severity_from_word(text(entry, "severity")),
        pointer=pointer,
        description=text(entry, "check_name"),
        package=package,
        place=new_place(path=package.path),
    )


FORMAT = Format(
    name="checkov",
    title="Checkov JSON",
    documents=("json", "jsonl"),
    recognise=_recognise,
    read=_read,
    lists=(("results", "failed_checks"),),
)
