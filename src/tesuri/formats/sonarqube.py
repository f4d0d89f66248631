"""SonarQube's and SonarCloud's API answers about issues and security hotspots, and the JSON of sonar-report.

Accepted, won't-fix and false-positive issues, and hotspots reviewed as safe or acknowledged, are suppressed; fixed and
removed ones are informational. A page that does not hold all leaves the scan incomplete. Creation dates are
those of the line in Git, so they are not when the tool first saw it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
    Informational,
    Kind,
    Observation,
    Place,
    Record,
    Report,
    Skipped,
    Suppressed,
    new_observation,
    new_place,
)
from tesuri.model.severity import Severity, severity_from_word
from tesuri.untrusted.advisory import advisories_in, aliases_of, weaknesses_in
from tesuri.untrusted.instant import instant
from tesuri.untrusted.markup import plain_text
from tesuri.untrusted.package_url import package_named
from tesuri.untrusted.record_list import first_records, mappings_in, records_at
from tesuri.untrusted.score import cvss_from
from tesuri.untrusted.shape import at, items, mapping, number, text, texts, whole

_LISTS = ("issues", "hotspots")
# An answer of the API has one of the first three, a report of the old scanner its users.
_ENVELOPE = frozenset({"paging", "total", "effortTotal", "users"})
_SUPPRESSED = {
    "FALSE-POSITIVE": "marked as a false positive",
    "FALSE_POSITIVE": "marked as a false positive",
    "WONTFIX": "marked as won't fix",
    "ACCEPTED": "accepted in the tool",
    "SAFE": "reviewed as safe",
    "ACKNOWLEDGED": "acknowledged in a review",
}
_CLOSED = frozenset({"CLOSED", "RESOLVED", "FIXED", "REMOVED", "REVIEWED"})
# The messages of the plug-in for OWASP Dependency-Check: "Filename: a-1.jar | Reference: CVE-… | CVSS Score: 6.4".
_DEPENDENCY = re.compile(r"Filename:\s*([^|]+)")
_SCORE = re.compile(r"CVSS Score:\s*(\d{1,2}(?:\.\d)?)")


@dataclass(frozen=True, slots=True)
class _Scope:
    """What the records of one answer have in common."""

    paths: Mapping[str, str]
    """Key of a component → its path."""
    rules: Mapping[str, str]
    """Key of a rule → its name or description."""
    has_many_projects: bool


def _recognise(document: object) -> Likeness:
    for page in first_records(document)[:5]:
        lists = [name for name in _LISTS if isinstance(page.get(name), list)]
        if not lists:
            continue
        if {"sonarBaseURL", "sonarComponent", "hotspotKeys"} & page.keys():
            return Likeness(100, ("sonarBaseURL", *lists))
        if "components" in page and page.keys() & _ENVELOPE:
            return Likeness(95, ("paging", "components", *lists))
        records = mappings_in(page, lists[0])[:20]
        if any({"key", "component"} <= one.keys() and _rule(one) for one in records):
            return Likeness(85, ("issues with key, rule and component",))
    return Likeness(0)


def _read(document: object) -> Report:
    pages = mappings_in(document)
    if not any(isinstance(page.get(name), list) for page in pages for name in _LISTS):
        raise BadInput("An answer of SonarQube has a list `issues` or `hotspots`.", where="/issues")
    projects = {_project(record) for page in pages for record in _entries(page)} - {""}
    named = {text(page, "sonarComponent") or text(page, "projectName") for page in pages} - {""}
    names = projects or named
    return Report(
        format="sonarqube",
        version="",
        tool="sonarqube",
        tool_version="",
        target=next(iter(names)) if len(names) == 1 else "",
        configuration="",
        scanned_at=max(filter(None, (instant(at(page, "date")) for page in pages)), default=None),
        records=_records(document, _scope(pages, has_many_projects=len(names) > 1)),
        is_complete=_is_complete(pages),
    )


def _entries(page: Mapping[str, object]) -> list[Mapping[str, object]]:
    return [record for name in _LISTS for record in mappings_in(page, name)]


def _scope(pages: Sequence[Mapping[str, object]], *, has_many_projects: bool) -> _Scope:
    components = [part for page in pages for part in items(page, "components")]
    rules = {
        text(rule, "key"): text(rule, "name") for page in pages for rule in items(page, "rules")
    }
    for page in pages:
        rules |= {key: text(rule, "name") for key, rule in mapping(page, "rules").items()}
    paths = {text(part, "key"): text(part, "path") for part in components if text(part, "path")}
    return _Scope(paths, rules, has_many_projects)


def _is_complete(pages: Sequence[Mapping[str, object]]) -> bool:
    """Whether the pages hold as many records as the server says that there are."""
    totals = [whole(page, "paging", "total") or whole(page, "total") for page in pages]
    held = sum(len(items(page, name)) for page in pages for name in _LISTS)
    return max(totals, default=0) <= held


def _records(document: object, scope: _Scope) -> Iterator[Record]:
    for page in records_at(document):
        if isinstance(page, Skipped):
            yield page
            continue
        for name in _LISTS:
            for entry in records_at(page.fields, name, pointer=page.pointer):
                if isinstance(entry, Skipped):
                    yield entry
                else:
                    yield _record(entry.fields, entry.pointer, scope)


def _rule(record: Mapping[str, object]) -> str:
    """Give the rule; older answers about hotspots name only a category of security."""
    return text(record, "rule") or text(record, "ruleKey") or text(record, "securityCategory")


def _project(record: Mapping[str, object]) -> str:
    return text(record, "project") or text(record, "project", "key")


def _record(record: Mapping[str, object], pointer: str, scope: _Scope) -> Record:
    if not _rule(record):
        return Skipped(pointer, "the issue names no rule")
    observation = _observation(record, pointer, scope)
    words = {text(record, key).upper() for key in ("resolution", "issueStatus", "status")}
    if waived := sorted(words & _SUPPRESSED.keys()):
        return Suppressed(pointer, _SUPPRESSED[waived[0]], observation)
    if words & _CLOSED:
        return Informational(pointer, f"closed: {', '.join(sorted(words & _CLOSED)).lower()}")
    return observation


def _observation(record: Mapping[str, object], pointer: str, scope: _Scope) -> Observation:
    rule = _rule(record)
    message = text(record, "message")
    name = text(record, "description") or scope.rules.get(rule, "")
    is_secret = rule.lower().startswith("secrets:")
    key = text(record, "key")
    seen = new_observation(
        kind=Kind.SECRET if is_secret else Kind.WEAKNESS,
        rule=rule,
        title=plain_text(message or name) or rule,
        severity=_severity(record),
        pointer=pointer,
        description=plain_text("\n\n".join(part for part in (message, name) if part)),
        weaknesses=weaknesses_in(message, *texts(record, "tags"), *texts(record, "cwe")),
        place=_place(record, scope),
        target=_project(record) if scope.has_many_projects else "",
        fingerprints=(("sonarqubeKey", key),) if key and not is_secret else (),
    )
    return _of_dependency(seen, message) if _DEPENDENCY.search(message) else seen


def _severity(record: Mapping[str, object]) -> Severity:
    """Give the issue's severity, else the worst impact on security, else how likely a hotspot is one."""
    impacts = [
        part for part in items(record, "impacts") if text(part, "softwareQuality") == "SECURITY"
    ]
    worst = min(
        (
            severity_from_word(text(part, "severity"))
            for part in impacts or items(record, "impacts")
        ),
        key=lambda severity: severity.rank,
        default=Severity.UNKNOWN,
    )
    for word in (text(record, "severity"), text(record, "vulnerabilityProbability")):
        if (found := severity_from_word(word)) is not Severity.UNKNOWN:
            return found
    return worst


def _place(record: Mapping[str, object], scope: _Scope) -> Place:
    """Give the file; a component is named project:path, and the project itself is no file."""
    component = text(record, "component") or text(record, "component", "key")
    project = _project(record)
    path = scope.paths.get(component, "") or text(record, "component", "path")
    if not path and component.startswith(f"{project}:"):
        path = component.removeprefix(f"{project}:")
    elif not path and not project and component != "":
        path = component.rpartition(":")[2]
    lines = (
        whole(record, "line"),
        whole(record, "textRange", "startLine"),
        whole(record, "startLine"),
    )
    return new_place(path=path, line=next(filter(None, lines), 0))


def _of_dependency(seen: Observation, message: str) -> Observation:
    """Give the vulnerability that the message of the plug-in for dependencies tells of."""
    advisories = advisories_in(message.partition("Reference")[2])
    match = _DEPENDENCY.search(message)
    if not advisories or match is None:
        return seen
    name, separator, version = match[1].strip().rpartition(":")
    score = _SCORE.search(message)
    return replace(
        seen,
        kind=Kind.VULNERABILITY,
        rule=advisories[0],
        title=f"{advisories[0]} in {match[1].strip()}",
        advisories=aliases_of(advisories[0]),
        package=package_named(name if separator else version, version if separator else ""),
        cvss=cvss_from("", number(score[1])) if score else None,
        fingerprints=(),
    )


FORMAT = Format(
    name="sonarqube",
    title="SonarQube issues and hotspots",
    documents=("json", "jsonl"),
    recognise=_recognise,
    read=_read,
    lists=(("issues",), ("hotspots",)),
)
