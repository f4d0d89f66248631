"""Prowler's OCSF report: what each check says of each cloud or cluster resource.

It reads Detection Finding (2004), Compliance Finding (2003), Vulnerability Finding (2002) and the older Security Finding
(2001), of Prowler and of any other product that writes them. A check that needs a person (MANUAL) is no finding: nobody has looked yet.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from tesuri.formats.prowler_ocsf.entry import (
    CLASSES,
    Entry,
    Finding,
    Origin,
    Remediation,
    Resource,
    any_entry,
    origin_of,
    usual_entry,
    without_times,
)
from tesuri.formats.prowler_ocsf.vulnerability import VULNERABILITY_CLASS, vulnerability_record
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
    new_observation,
)
from tesuri.model.severity import Severity, severity_from_word
from tesuri.untrusted.instant import instant
from tesuri.untrusted.json_pieces import Piece, pieces, value_of
from tesuri.untrusted.record_groups import GroupedSlices, RecordGroup, grouped, records_of
from tesuri.untrusted.shape import (
    is_empty_list,
    items,
    mapping,
    shape_name,
    stripped,
    text,
    whole,
)

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
_Group = RecordGroup[Record] | Record


@dataclass(slots=True)
class _Scan:
    """What the records together say of the scan."""

    accounts: set[str] = field(default_factory=set)
    times: set[datetime] = field(default_factory=set)

    def hear(self, origin: Origin) -> None:
        """Take in what one record says."""
        if account := _account(origin):
            self.accounts.add(account)
        if (time := _time(origin)) is not None:
            self.times.add(time)


def _recognise(document: object) -> Likeness:
    records = _entries(document)[:50]
    findings = CLASSES | {VULNERABILITY_CLASS}
    known = [record for record in records if whole(record, "class_uid") in findings]
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
    if not entries and not is_empty_list(document):
        raise BadInput(f"A Prowler report is a list of OCSF findings, not {shape_name(document)}.")
    first = next((entry for entry in entries if mapping(entry, "metadata")), None)
    scan = _scan(entries)
    groups = partial(_groups, document, has_many_accounts=len(scan.accounts) > 1)
    has_one_account = len(scan.accounts) == 1
    return Report(
        format="prowler-ocsf",
        version=text(first, "metadata", "version"),
        tool=text(first, "metadata", "product", "name").lower() or "ocsf",
        tool_version=text(first, "metadata", "product", "version"),
        target=min(scan.accounts) if has_one_account else text(first, "cloud", "org", "uid"),
        configuration="",
        scanned_at=max(scan.times, default=None),
        records=records_of(groups),
        slices=GroupedSlices("prowler-ocsf/1", groups),
    )


def _scan(entries: list[object]) -> _Scan:
    scan = _Scan()
    for _, batch in pieces(entries):
        for piece in batch:
            scan.hear(origin_of(piece))
    return scan


def _account(origin: Origin) -> str:
    return origin.cloud.account.uid.strip() or origin.unmapped.provider_uid.strip()


def _time(origin: Origin) -> datetime | None:
    for given in (origin.time_dt, origin.time):
        if given is not None and (found := instant(given)) is not None:
            return found
    return instant(origin.finding_info.created_time) if origin.finding_info else None


def _groups(document: object, *, has_many_accounts: bool) -> Iterator[_Group]:
    read = partial(_record, has_many_accounts=has_many_accounts)
    context = b"many accounts" if has_many_accounts else b""
    if isinstance(document, list):
        return grouped(document, "", read, context, essence=without_times)
    return iter((read(document, ""),))


def _record(piece: Piece, pointer: str, *, has_many_accounts: bool) -> Record:
    """Read a record as Prowler writes it, straight into its type; any other shape as well, slower."""
    entry = usual_entry(piece)
    if entry is not None:
        return _check(entry, pointer, has_many_accounts=has_many_accounts)
    found = value_of(piece)
    if not isinstance(found, dict):
        return Skipped(pointer, f"the record is {shape_name(found)}, not a mapping")
    kind = whole(found, "class_uid")
    if kind == VULNERABILITY_CLASS:
        account = text(found, "cloud", "account", "uid") if has_many_accounts else ""
        return vulnerability_record(found, pointer, account)
    if kind not in CLASSES:
        number = text(found, "class_uid") or "(none)"
        return Skipped(pointer, f"OCSF class {number} is no finding")
    return _check(any_entry(found), pointer, has_many_accounts=has_many_accounts)


def _check(entry: Entry, pointer: str, *, has_many_accounts: bool) -> Record:
    status = _status(entry)
    if status in _NOT_FAILED:
        return Informational(pointer, _NOT_FAILED[status])
    observation = _observation(entry, pointer, _account(entry) if has_many_accounts else "")
    if not observation.rule:
        return Skipped(pointer, "the record names no check")
    if _is_muted(entry):
        return Suppressed(pointer, "muted in the tool", observation)
    return observation


def _status(entry: Entry) -> str:
    """Give the check's own answer in lower case; empty when the record has none."""
    for given in (entry.status_code, entry.compliance.status, entry.status):
        word = given.strip().lower()
        if word in _FAILED or word in _NOT_FAILED:
            return word
    return ""


def _is_muted(entry: Entry) -> bool:
    words = {entry.status.strip().lower(), entry.status_code.strip().lower()}
    return bool(words & {"suppressed", "muted"} or entry.unmapped.muted)


def _observation(entry: Entry, pointer: str, target: str) -> Observation:
    about = entry.finding_info or Finding()
    resource = entry.resources[0] if entry.resources else Resource()
    remedy = entry.remediation or about.remediation or Remediation()
    rule = (
        entry.metadata.event_code.strip()
        or entry.metadata.product.feature.uid.strip()
        or entry.compliance.control.strip()
        or about.uid.strip()
    )
    return new_observation(
        kind=Kind.MISCONFIGURATION,
        rule=rule,
        title=about.title.strip() or entry.message.strip() or rule,
        severity=_severity(entry),
        pointer=pointer,
        description=_description(entry, about),
        remedy=remedy.desc.strip(),
        resource=_resource(resource),
        resource_type=resource.type.strip(),
        target=target,
        first_seen_at=instant(about.first_seen_time_dt) or instant(about.first_seen_time),
        links=_links(entry, remedy),
    )


def _severity(entry: Entry) -> Severity:
    by_word = severity_from_word(entry.severity)
    if by_word is not Severity.UNKNOWN:
        return by_word
    return _SEVERITIES.get(entry.severity_id, Severity.UNKNOWN)


def _description(entry: Entry, about: Finding) -> str:
    sentences = (
        entry.status_detail.strip() or entry.message.strip(),
        about.desc.strip(),
        entry.risk_details.strip() or about.supporting_data.risk.strip(),
    )
    return "\n\n".join(dict.fromkeys(sentence for sentence in sentences if sentence))


def _resource(resource: Resource) -> str:
    """Give the ARN or id; for Kubernetes namespace/kind/name, whose uid changes with each pod."""
    name = resource.name.strip()
    if resource.namespace is not None and name:
        return "/".join(stripped((resource.namespace, resource.type, name)))
    return resource.uid.strip() or name


def _links(entry: Entry, remedy: Remediation) -> tuple[str, ...]:
    unmapped = entry.unmapped
    found = (
        *(remedy.references or ()),
        *(remedy.kb_articles or ()),
        unmapped.related_url,
        *(unmapped.additional_urls or ()),
    )
    words = (word.strip() for word in found)
    return tuple(dict.fromkeys(word for word in words if word.startswith(("https://", "http://"))))


FORMAT = Format(
    name="prowler-ocsf",
    title="Prowler OCSF JSON",
    documents=("json", "jsonl"),
    recognise=_recognise,
    read=_read,
)
