"""One generic record, a table's row or a JSON object, to one finding.

Columns are known by several usual spellings (DefectDojo's generic report among them); a workspace may declare which
column or path means which field instead. EPSS and KEV columns are left alone: Tesuri has its own dated feeds.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from tesuri.model.observation import (
    Informational,
    Kind,
    Observation,
    Package,
    Place,
    Record,
    Skipped,
    Suppressed,
    new_observation,
    new_place,
)
from tesuri.model.severity import Severity, severity_from_score, severity_from_word
from tesuri.untrusted.advisory import advisories_in, weaknesses_listed
from tesuri.untrusted.instant import instant
from tesuri.untrusted.package_url import package_from_purl, package_named
from tesuri.untrusted.score import best_cvss, cvss_from
from tesuri.untrusted.shape import flag, mapping, number, text, texts, whole

# Our field → spellings without case, spaces and signs.
SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "name", "summary", "findingtitle", "issue", "vulnerabilityname"),
    "severity": ("severity", "risk", "riskrating", "criticality", "severitylevel"),
    "description": ("description", "details", "detail", "message", "desc"),
    "remedy": ("mitigation", "remediation", "recommendation", "solution", "fix", "remedy"),
    "impact": ("impact",),
    "rule": ("ruleid", "rule", "checkid", "check", "vulnidfromtool", "pluginid", "testid"),
    "advisories": (
        "cve",
        "cves",
        "cveid",
        "vulnerabilityid",
        "vulnerabilityids",
        "advisory",
        "advisories",
        "ghsa",
    ),
    "weaknesses": ("cweid", "cwe", "cwes", "weakness", "weaknesses"),
    "package": ("componentname", "package", "packagename", "component", "library"),
    "version": ("componentversion", "packageversion", "installedversion", "version"),
    "fixed_version": ("fixversion", "fixedversion", "fixedin", "fixedversions"),
    "has_fix": ("fixavailable", "hasfix"),
    "ecosystem": ("ecosystem", "packagetype", "packagemanager"),
    "purl": ("purl", "packageurl"),
    "path": ("filepath", "file", "path", "filename", "sourcefilepath", "sastsourcefilepath"),
    "line": ("line", "linenumber", "startline", "sastsourceline"),
    "url": ("url", "endpoint", "endpoints", "uri", "location"),
    "method": ("method", "httpmethod"),
    "parameter": ("param", "parameter"),
    "resource": ("resource", "resourceid", "arn", "resourcearn"),
    "resource_type": ("resourcetype",),
    "target": ("target", "asset", "host", "hostname", "service", "image", "project"),
    "cvss_vector": ("cvssv4", "cvssv3", "cvssvector", "cvssv3vector", "cvss"),
    "cvss_score": ("cvssv4score", "cvssv3score", "cvssscore", "basescore"),
    "links": ("references", "reference", "links", "link"),
    "unique_id": ("uniqueidfromtool", "uniqueid", "findingid"),
    "kind": ("kind", "category"),
    "status": ("status", "state", "result"),
    "false_positive": ("falsepositive", "falsep", "isfalsepositive"),
    "accepted": ("riskaccepted", "outofscope", "isriskaccepted"),
    "mitigated": ("ismitigated",),
    "first_seen": ("date", "firstseen", "firstfound", "founddate", "discovered"),
    "published": ("publishdate", "published", "publisheddate"),
    "tool": ("tool", "scanner", "source"),
}
# Read by others or by nobody, but usual in such reports: they speak for the format.
_USUAL = frozenset(
    (
        "active",
        "verified",
        "duplicate",
        "tags",
        "impact",
        "numericalseverity",
        "severityjustification",
        "stepstoreproduce",
        "staticfinding",
        "dynamicfinding",
        "epssscore",
        "epsspercentile",
        "knownexploited",
        "ransomwareused",
        "kevdate",
        "nboccurences",
        "payload",
        "effortforfixing",
        "planneddate",
        "plannedremediationdate",
        "sastsourceobject",
        "sastsinkobject",
        "sourceline",
        "reporter",
        "files",
        "plannedremediationversion",
        "thread",
        "scannerconfidence",
        "foundby",
        "id",
    )
)
FIELD_OF: Mapping[str, str] = {
    spelling: field for field, spellings in SPELLINGS.items() for spelling in spellings
}
_NOTHING_TO_DO = {
    **dict.fromkeys(("pass", "passed", "ok", "success", "info", "compliant"), "passed"),
    **dict.fromkeys(
        ("fixed", "closed", "resolved", "mitigated", "remediated"), "closed in the tool"
    ),
}
_WAIVED = frozenset(
    (
        "suppressed",
        "muted",
        "ignored",
        "waived",
        "accepted",
        "false positive",
        "risk accepted",
        "wont fix",
    )
)
_KINDS = {
    "vulnerability": Kind.VULNERABILITY,
    "sca": Kind.VULNERABILITY,
    "misconfiguration": Kind.MISCONFIGURATION,
    "weakness": Kind.WEAKNESS,
    "sast": Kind.WEAKNESS,
    "secret": Kind.SECRET,
    "web": Kind.WEB,
    "dast": Kind.WEB,
    "licence": Kind.LICENCE,
    "license": Kind.LICENCE,
}
_GATHERED = frozenset({"advisories", "weaknesses"})
"""Fields that say more where two columns have them: a CVE here, and other names of the same vulnerability there."""

_SIGNS = re.compile(r"[^a-z0-9]")


def spelling_of(column: str) -> str:
    """Give a column's name without case, spaces and signs."""
    return _SIGNS.sub("", column.lower())


def known_share(columns: Iterable[str]) -> float:
    """Give how many of the columns a generic report usually has, 0 to 1; 0 without any."""
    spelled = [spelling_of(column) for column in columns]
    known = [name for name in spelled if name in FIELD_OF or name in _USUAL]
    return len(known) / len(spelled) if spelled else 0


def named_fields(record: Mapping[str, object]) -> Mapping[str, object]:
    """Give the values of a record by our field names; of two columns for one the first with content, but all names."""
    found: dict[str, object] = {}
    for field, columns in _columns_of(tuple(record)):
        if field in _GATHERED and len(columns) > 1:
            found[field] = [part for column in columns for part in _listed(record[column])]
            continue
        for column in columns:
            value = record[column]
            if value not in (None, "", []):
                found[field] = value
                break
    return found


@lru_cache(maxsize=256)  # The records of a report have the same columns.
def _columns_of(names: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Give for each of our fields the columns that may hold it, the best first; fields without any are left out."""
    by_spelling = {spelling_of(name): name for name in names}
    known = (
        (field, tuple(by_spelling[word] for word in words if word in by_spelling))
        for field, words in SPELLINGS.items()
    )
    return tuple((field, columns) for field, columns in known if columns)


def record_of(fields: Mapping[str, object], pointer: str) -> Record:
    """Give the record that a row's fields mean."""
    observation = _observation(fields, pointer)
    if not observation.title:
        return Skipped(pointer, "the record has neither a title nor a rule nor an advisory")
    status = text(fields, "status").lower().replace("_", " ")
    if status in _NOTHING_TO_DO:
        return Informational(pointer, _NOTHING_TO_DO[status])
    if flag(fields, "mitigated"):
        return Informational(pointer, "closed in the tool")
    for field, reason in (
        ("false_positive", "false positive"),
        ("accepted", "accepted or out of scope"),
    ):
        if flag(fields, field):
            return Suppressed(pointer, f"{reason} in the tool", observation)
    if status in _WAIVED:
        return Suppressed(pointer, f"{status} in the tool", observation)
    return observation


def _observation(fields: Mapping[str, object], pointer: str) -> Observation:
    advisories = _advisories(fields)
    rule = text(fields, "rule") or next(iter(advisories), "") or text(fields, "title")
    package = _package(fields)
    place = _place(fields)
    kind = _kind(fields, place, has_advisory=bool(advisories))
    is_secret = kind is Kind.SECRET
    unique = text(fields, "unique_id")
    return new_observation(
        kind=kind,
        rule=rule,
        title=text(fields, "title") or rule,
        severity=_severity(fields),
        pointer=pointer,
        # A secret's description may quote it.
        description="" if is_secret else _description(fields),
        remedy=text(fields, "remedy"),
        advisories=advisories,
        weaknesses=weaknesses_listed(*texts(fields, "weaknesses")),
        package=package,
        place=place,
        resource=text(fields, "resource"),
        resource_type=text(fields, "resource_type"),
        target=text(fields, "target"),
        cvss=best_cvss(
            cvss_from(vector, number(fields, "cvss_score"))
            for vector in texts(fields, "cvss_vector")
        ),
        fingerprints=(("unique-id", unique),) if unique else (),
        has_fix=True if package and package.fixed_versions else flag(fields, "has_fix"),
        published_at=instant(fields.get("published")),
        first_seen_at=instant(fields.get("first_seen")),
        links=_links(fields),
    )


def _advisories(fields: Mapping[str, object]) -> tuple[str, ...]:
    given = fields.get("advisories")
    words = [text(item) or " ".join(texts(list(mapping(item).values()))) for item in _listed(given)]
    return advisories_in(*words)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _description(fields: Mapping[str, object]) -> str:
    parts = (text(fields, "description"), text(fields, "impact"))
    return "\n\n".join(part for part in parts if part)


def _severity(fields: Mapping[str, object]) -> Severity:
    found = severity_from_word(text(fields, "severity"))
    if found is not Severity.UNKNOWN:
        return found
    score = number(fields, "cvss_score")
    return Severity.UNKNOWN if score is None else severity_from_score(score)


def _package(fields: Mapping[str, object]) -> Package | None:
    fixed = tuple(
        part.strip()
        for words in texts(fields, "fixed_version")
        for part in words.split(",")
        if part.strip()
    )
    version, path = text(fields, "version"), text(fields, "path")
    if found := package_from_purl(text(fields, "purl"), version, fixed_versions=fixed, path=path):
        return found
    name = text(fields, "package")
    if not name:
        return None
    ecosystem = text(fields, "ecosystem")
    return package_named(name, version, ecosystem=ecosystem, fixed_versions=fixed, path=path)


def _place(fields: Mapping[str, object]) -> Place:
    return new_place(
        path=text(fields, "path"),
        line=whole(fields, "line"),
        method=text(fields, "method").upper(),
        url=_url(fields.get("url")),
        parameter=text(fields, "parameter"),
    )


def _url(value: object) -> str:
    """Give the first address; an object of protocol, host, port and path is put together."""
    first = _listed(value)[0] if _listed(value) else None
    if not isinstance(first, dict):
        return text(first)
    host, port = text(first, "host"), text(first, "port")
    authority = f"{host}:{port}" if port else host
    path = text(first, "path").lstrip("/")
    return f"{text(first, 'protocol') or 'https'}://{authority}/{path}" if host else ""


def _kind(fields: Mapping[str, object], place: Place, *, has_advisory: bool) -> Kind:
    if declared := _KINDS.get(text(fields, "kind").lower()):
        return declared
    signs: tuple[tuple[Callable[[], bool], Kind], ...] = (
        (lambda: has_advisory or bool(text(fields, "package")), Kind.VULNERABILITY),
        (lambda: place.url.startswith("http"), Kind.WEB),
        (lambda: bool(place.path), Kind.WEAKNESS),
        (lambda: bool(text(fields, "resource")), Kind.MISCONFIGURATION),
    )
    return next((kind for sign, kind in signs if sign()), Kind.OTHER)


def _links(fields: Mapping[str, object]) -> tuple[str, ...]:
    words = (word for part in texts(fields, "links") for word in re.split(r"[\s,]+", part))
    return tuple(dict.fromkeys(word for word in words if word.startswith(("https://", "http://"))))
