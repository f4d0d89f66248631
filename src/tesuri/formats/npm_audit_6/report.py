"""The JSON report of `npm audit` before npm 7, which pnpm still writes: one entry for each advisory.

An advisory of one module is one finding, however many paths lead to the module.
"""

from collections.abc import Iterator, Mapping

from tesuri.formats.npm_audit_6.yarn import read_yarn, yarn_likeness
from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
    Kind,
    Observation,
    Package,
    Record,
    Report,
    Skipped,
    Suppressed,
    new_observation,
)
from tesuri.model.severity import severity_from_word
from tesuri.untrusted.advisory import aliases_of, weaknesses_listed
from tesuri.untrusted.fix import lowest_of_range, update_sentence, web_links
from tesuri.untrusted.instant import instant
from tesuri.untrusted.package_url import package_named
from tesuri.untrusted.score import cvss_from
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

_MAX_PATHS = 10
_ENVELOPE = frozenset({"actions", "muted", "metadata", "runId"})


def _recognise(document: object) -> Likeness:
    if likeness := yarn_likeness(document):
        return likeness
    root = mapping(document)
    advisories = root.get("advisories")
    if not isinstance(advisories, dict) or "auditReportVersion" in root:
        return Likeness(0)
    first = next((entry for entry in advisories.values()), None)
    if {"module_name", "vulnerable_versions"} & mapping(first).keys():
        return Likeness(95, ("advisories of module_name and vulnerable_versions",))
    if len(root.keys() & _ENVELOPE) > 1 and isinstance(at(root, "metadata"), dict):
        return Likeness(85, ("advisories", "actions, muted and metadata"))
    return Likeness(0)


def _read(document: object) -> Report:
    if yarn_likeness(document):
        return read_yarn(document, _advisory)
    root = mapping(document)
    advisories = root.get("advisories")
    if not isinstance(advisories, dict):
        found = shape_name(advisories)
        raise BadInput(
            f"An npm 6 audit report has a mapping `advisories`, not {found}.", where="/advisories"
        )
    return Report(
        format="npm-audit-6",
        version="1",
        tool="npm-audit",
        tool_version="",
        target="",
        configuration="",
        scanned_at=None,
        records=_records(advisories, root),
    )


def _records(advisories: Mapping[str, object], root: Mapping[str, object]) -> Iterator[Record]:
    muted = {text(entry, "id") or text(entry) for entry in items(root, "muted")}
    for key, advisory in advisories.items():
        record = _advisory(advisory, key, join_pointer("/advisories", key))
        is_muted = key in muted or text(advisory, "github_advisory_id") in muted - {""}
        if is_muted and isinstance(record, Observation):
            yield Suppressed(record.pointer, "muted in npm", record)
        else:
            yield record


def _advisory(advisory: object, key: str, pointer: str) -> Record:
    name = text(advisory, "module_name")
    if not isinstance(advisory, dict) or not name:
        return Skipped(pointer, "the advisory names no module")
    findings: list[object] = [
        entry for entry in items(advisory, "findings") if isinstance(entry, dict)
    ]
    fixes = lowest_of_range(text(advisory, "patched_versions"))
    package = _package(name, findings, fixes)
    ghsa = text(advisory, "github_advisory_id") or text(advisory, "url").rpartition("/")[2]
    rule = ghsa if ghsa.upper().startswith("GHSA-") else f"npm:{text(advisory, 'id') or key}"
    return new_observation(
        kind=Kind.VULNERABILITY,
        rule=rule,
        title=text(advisory, "title") or f"{rule} in {name}",
        severity=severity_from_word(text(advisory, "severity")),
        pointer=pointer,
        description=_description(text(advisory, "overview"), findings),
        remedy=text(advisory, "recommendation") or update_sentence(name, fixes),
        advisories=aliases_of(rule, *texts(advisory, "cves")),
        weaknesses=weaknesses_listed(*texts(advisory, "cwe")),
        package=package,
        cvss=cvss_from(
            text(advisory, "cvss", "vectorString"), number(advisory, "cvss", "score") or None
        ),
        has_fix=_has_fix(text(advisory, "patched_versions"), fixes),
        published_at=instant(at(advisory, "created")),
        links=web_links((text(advisory, "url"), *text(advisory, "references").split())),
    )


def _package(name: str, findings: list[object], fixes: tuple[str, ...]) -> Package:
    versions = [text(entry, "version") for entry in findings]
    return package_named(
        name,
        next((version for version in versions if version), ""),
        ecosystem="npm",
        fixed_versions=fixes,
    )


def _has_fix(patched: str, fixes: tuple[str, ...]) -> bool | None:
    # npm writes a range that no version meets where there is no fix.
    return True if fixes else False if patched.startswith("<0") else None


def _description(overview: str, findings: list[object]) -> str:
    lines = [
        f"{text(entry, 'version')}{' (dev)' if flag(entry, 'dev') else ''}: {path}"
        for entry in findings
        for path in texts(entry, "paths")
    ]
    more = [f"and {len(lines) - _MAX_PATHS} more"] if len(lines) > _MAX_PATHS else []
    return "\n".join(part for part in (overview, *lines[:_MAX_PATHS], *more) if part)


FORMAT = Format(
    name="npm-audit-6",
    title="npm audit JSON before npm 7, yarn audit",
    documents=("json", "jsonl"),
    recognise=_recognise,
    read=_read,
)
