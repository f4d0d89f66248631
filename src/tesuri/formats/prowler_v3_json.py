"""Prowler 3's own JSON: a list with one mapping for each check of each resource, of any of its providers.

Muted answers (WARNING and MUTED in different releases) are suppressed; MANUAL needs a person and is no finding.
"""

from collections.abc import Iterator, Mapping

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
from tesuri.model.severity import severity_from_word
from tesuri.untrusted.fix import web_links
from tesuri.untrusted.instant import instant
from tesuri.untrusted.record_list import first_mappings, mappings_in, records_at
from tesuri.untrusted.shape import flag, is_empty_list, mapping, shape_name, text, texts

_KEYS = frozenset({"CheckID", "Status"})
_OTHERS = frozenset({"CheckTitle", "StatusExtended", "ServiceName", "AssessmentStartTime"})
_NOT_FAILED = {"PASS": "passed", "INFO": "information", "MANUAL": "needs a person to check it"}
_MUTED = frozenset({"WARNING", "MUTED"})
_ACCOUNTS = ("AccountId", "Subscription", "SubscriptionId", "ProjectId", "Context", "Cluster")


def _recognise(document: object) -> Likeness:
    records = first_mappings(document)
    known = [record for record in records if record.keys() >= _KEYS and record.keys() & _OTHERS]
    if not known or len(known) * 2 < len(records):
        return Likeness(0)
    if any("AssessmentStartTime" in record or "FindingUniqueId" in record for record in known):
        return Likeness(95, ("CheckID", "StatusExtended", "AssessmentStartTime"))
    return Likeness(80, ("CheckID", "Status", "ServiceName"))


def _read(document: object) -> Report:
    records = mappings_in(document)
    if not records and not is_empty_list(document):
        raise BadInput(f"A Prowler 3 report is a list of mappings, not {shape_name(document)}.")
    times = [
        time
        for record in records
        if (time := instant(record.get("AssessmentStartTime"))) is not None
    ]
    accounts = sorted({_account(record) for record in records} - {""})
    return Report(
        format="prowler-v3-json",
        version="",
        tool="prowler",
        tool_version=next((v for r in records if (v := text(r, "ProwlerVersion"))), ""),
        target=accounts[0] if len(accounts) == 1 else "",
        configuration="",
        scanned_at=max(times, default=None),
        records=_records(document, has_many_accounts=len(accounts) > 1),
    )


def _account(record: Mapping[str, object]) -> str:
    return next((found for key in _ACCOUNTS if (found := text(record, key))), "")


def _records(document: object, *, has_many_accounts: bool) -> Iterator[Record]:
    for entry in records_at(document):
        if isinstance(entry, Skipped):
            yield entry
        else:
            account = _account(entry.fields) if has_many_accounts else ""
            yield _record(entry.fields, entry.pointer, account)


def _record(entry: Mapping[str, object], pointer: str, account: str) -> Record:
    status = text(entry, "Status").upper()
    if status in _NOT_FAILED:
        return Informational(pointer, _NOT_FAILED[status])
    if status != "FAIL" and status not in _MUTED:
        return Skipped(pointer, f"the answer has the unknown status {status or '(none)'}")
    observation = _observation(entry, pointer, account)
    if not observation.rule:
        return Skipped(pointer, "the answer names no check")
    if status in _MUTED or flag(entry, "Muted"):
        return Suppressed(pointer, "muted in Prowler", observation)
    return observation


def _observation(entry: Mapping[str, object], pointer: str, account: str) -> Observation:
    rule = text(entry, "CheckID")
    advice = mapping(entry, "Remediation", "Recommendation")
    sentences = (text(entry, "StatusExtended"), text(entry, "Description"), text(entry, "Risk"))
    links = (text(advice, "Url"), text(entry, "RelatedUrl"), *texts(entry, "AdditionalURLs"))
    return new_observation(
        kind=Kind.MISCONFIGURATION,
        rule=rule,
        title=text(entry, "CheckTitle") or rule,
        severity=severity_from_word(text(entry, "Severity")),
        pointer=pointer,
        description="\n\n".join(dict.fromkeys(part for part in sentences if part)),
        remedy=text(advice, "Text"),
        resource=_resource(entry),
        resource_type=text(entry, "ResourceType"),
        target=account,
        links=web_links(links),
    )


def _resource(entry: Mapping[str, object]) -> str:
    """Give the ARN; else the id, with namespace or region in which alone it is unique."""
    name = text(entry, "ResourceId") or text(entry, "ResourceName")
    if arn := text(entry, "ResourceArn"):
        return arn
    if name.startswith(("/", "arn:", "projects/", "//")):
        return name
    region = text(entry, "Namespace") or text(entry, "Region") or text(entry, "Location")
    return "/".join(part for part in (region, name) if part)


FORMAT = Format(
    name="prowler-v3-json",
    title="Prowler 3 JSON",
    documents=("json", "jsonl"),
    recognise=_recognise,
    read=_read,
)
