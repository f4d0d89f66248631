"""Prowler's OCSF report: what each check says of each cloud or cluster resource.

It reads Detection Finding (2004), Compliance Finding (2003) and the older Security Finding (2001), of Prowler and of
any other product that writes them. A check that needs a person (MANUAL) is no finding: nobody has looked yet.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
    Informational,
    Kind,
    Observation,
    Record,
    Report,
    Skipped,
    Suppressed,
)
from tesuri.model.severity import Severity, severity_from_word
from tesuri.untrusted.instant import instant
from tesuri.untrusted.shape import (
    at,
    flag,
    items,
    join_pointer,
    mapping,
    shape_name,
    text,
    texts,
    whole,
)

# From: https://schema.ocsf.io/1.4.0/categories/findings
_CLASSES = frozenset({2001, 2003, 2004})
_SEVERITIES = {
    1: Severity.LOW,
    2: Severity.LOW,
    3: Severity.MEDIUM,
    4: Severity.HIGH,
    5: Severity.CRITICAL,
    6: Severity.CRITICAL,
}
_FAILED = frozenset({"fail", "failed", "failure", "warning", "muted"})
_NOT_FAILED = {
    "pass": "passed",
    "passed": "passed",
    "success": "passed",
    "manual": "needs a person to check it",
}


def _recognise(document: object) -> Likeness:
    records = _entries(document)[:50]
    known = [record for record in records if whole(record, "class_uid") in _CLASSES]
    if not known or len(known) * 2 < len(records):
        return Likeness(0)
    if any(text(record, "metadata", "product", "name").lower() == "prowler" for record in known):
        return Likeness(100, ("metadata.product is Prowler", "class_uid of an OCSF finding"))
    if any("metadata" in mapping(record) for record in known):
        return Likeness(75, ("class_uid of an OCSF finding", "metadata"))
    return Likeness(0)


def _entries(document: object) -> list[object]:
    return [document] if isinstance(document, dict) else items(document)


def _read(document: object) -> Report:
    entries = _entries(document)
    if not entries:
        raise BadInput(
            f"A Prowler report is a list of OCSF findings with at least one, not {shape_name(document)}."
        )
    first = next((entry for entry in entries if mapping(entry, "metadata")), None)
    accounts = sorted({account for entry in entries if (account := _account(entry))})
    times = [time for entry in entries if (time := _time(entry)) is not None]
    return Report(
        format="prowler-ocsf",
        version=text(first, "metadata", "version"),
        tool=text(first, "metadata", "product", "name").lower() or "ocsf",
        tool_version=text(first, "metadata", "product", "version"),
        target=accounts[0] if len(accounts) == 1 else text(first, "cloud", "org", "uid"),
        configuration="",
        scanned_at=max(times, default=None),
        records=_records(document, has_many_accounts=len(accounts) > 1),
    )


def _account(entry: object) -> str:
    return text(entry, "cloud", "account", "uid") or text(entry, "unmapped", "provider_uid")


def _time(entry: object) -> datetime | None:
    for key in ("time_dt", "time"):
        if (found := instant(at(entry, key))) is not None:
            return found
    return instant(at(entry, "finding_info", "created_time"))


def _records(document: object, *, has_many_accounts: bool) -> Iterator[Record]:
    for index, entry in enumerate(_entries(document)):
        pointer = join_pointer("", index) if isinstance(document, list) else ""
        yield _record(entry, pointer, has_many_accounts=has_many_accounts)


def _record(entry: object, pointer: str, *, has_many_accounts: bool) -> Record:
    if not isinstance(entry, dict):
        return Skipped(pointer, f"the record is {shape_name(entry)}, not a mapping")
    if whole(entry, "class_uid") not in _CLASSES:
        return Skipped(pointer, f"OCSF class {text(entry, 'class_uid') or '(none)'} is no finding")
    status = _status(entry)
    if status in _NOT_FAILED:
        return Informational(pointer, _NOT_FAILED[status])
    observation = _observation(entry, pointer, _account(entry) if has_many_accounts else "")
    if not observation.rule:
        return Skipped(pointer, "the record names no check")
    if _is_muted(entry):
        return Suppressed(pointer, "muted in the tool", observation)
    return observation


def _status(entry: Mapping[str, object]) -> str:
    """Give the check's own answer in lower case; empty when the record has none."""
    for path in (("status_code",), ("compliance", "status"), ("status",)):
        word = text(entry, *path).lower()
        if word in _FAILED or word in _NOT_FAILED:
            return word
    return ""


def _is_muted(entry: Mapping[str, object]) -> bool:
    words = {text(entry, "status").lower(), text(entry, "status_code").lower()}
    return bool(words & {"suppressed", "muted"} or flag(entry, "unmapped", "muted"))


def _observation(entry: Mapping[str, object], pointer: str, target: str) -> Observation:
    about = mapping(entry, "finding_info") or mapping(entry, "finding")
    resource = mapping(entry, "resources", 0) or mapping(entry, "resource")
    remedy = mapping(entry, "remediation") or mapping(about, "remediation")
    rule = (
        text(entry, "metadata", "event_code")
        or text(entry, "metadata", "product", "feature", "uid")
        or text(entry, "compliance", "control")
        or text(about, "uid")
    )
    return Observation(
        kind=Kind.MISCONFIGURATION,
        rule=rule,
        title=text(about, "title") or text(entry, "message") or rule,
        severity=_severity(entry),
        pointer=pointer,
        description=_description(entry, about),
        remedy=text(remedy, "desc"),
        resource=_resource(resource),
        resource_type=text(resource, "type"),
        target=target,
        first_seen_at=instant(about.get("first_seen_time_dt"))
        or instant(about.get("first_seen_time")),
        links=_links(entry, remedy),
    )


def _severity(entry: Mapping[str, object]) -> Severity:
    by_word = severity_from_word(text(entry, "severity"))
    if by_word is not Severity.UNKNOWN:
        return by_word
    return _SEVERITIES.get(whole(entry, "severity_id"), Severity.UNKNOWN)


def _description(entry: Mapping[str, object], about: Mapping[str, object]) -> str:
    sentences = (
        text(entry, "status_detail") or text(entry, "message"),
        text(about, "desc"),
        text(entry, "risk_details") or text(about, "supporting_data", "Risk"),
    )
    return "\n\n".join(dict.fromkeys(sentence for sentence in sentences if sentence))


def _resource(resource: Mapping[str, object]) -> str:
    """Give the ARN or id; for Kubernetes namespace/kind/name, whose uid changes with each pod."""
    name = text(resource, "name")
    if "namespace" in resource and name:
        parts = (text(resource, "namespace"), text(resource, "type"), name)
        return "/".join(part for part in parts if part)
    return text(resource, "uid") or name


def _links(entry: Mapping[str, object], remedy: Mapping[str, object]) -> tuple[str, ...]:
    found = (
        *texts(remedy, "references"),
        *texts(remedy, "kb_articles"),
        *texts(entry, "unmapped", "related_url"),
        *texts(entry, "unmapped", "additional_urls"),
    )
    return tuple(dict.fromkeys(link for link in found if link.startswith(("https://", "http://"))))


FORMAT = Format(
    name="prowler-ocsf",
    title="Prowler OCSF JSON",
    documents=("json", "jsonl"),
    recognise=_recognise,
    read=_read,
)
