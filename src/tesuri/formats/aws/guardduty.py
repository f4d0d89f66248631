"""GuardDuty's own findings: an answer of its API, an export to S3 (one on each line) or events.

They tell of something that happened, so a file without one proves nothing: it is never a complete scan.
"""

from collections.abc import Iterator, Mapping

from tesuri.formats.aws.entries import entries_of, first_findings
from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
    Informational,
    Kind,
    Record,
    Report,
    Skipped,
    Suppressed,
    new_observation,
)
from tesuri.model.severity import Severity, severity_from_score
from tesuri.untrusted.instant import instant
from tesuri.untrusted.record_list import Entry, fields_of
from tesuri.untrusted.shape import flag, number, shape_name, text

# Where each kind of resource keeps the id that it is known by.
_IDS = (
    ("s3BucketDetails", 0, "arn"),
    ("eksClusterDetails", "arn"),
    ("ecsClusterDetails", "arn"),
    ("lambdaDetails", "functionArn"),
    ("rdsDbInstanceDetails", "dbInstanceArn"),
    ("accessKeyDetails", "userName"),
    ("accessKeyDetails", "principalId"),
)


def _found(value: object, *path: str | int) -> object:
    """Give what stands at the path, in the API's spelling (AccountId) or the export's (accountId)."""
    for part in path:
        if isinstance(part, int):
            is_there = isinstance(value, list) and part < len(value)
            value = value[part] if isinstance(value, list) and is_there else None
        elif isinstance(value, dict):
            value = value.get(part, value.get(part[:1].upper() + part[1:]))
        else:
            return None
    return value


def _text(value: object, *path: str | int) -> str:
    return text(_found(value, *path))


def _recognise(document: object) -> Likeness:
    found = first_findings(document)
    if any(_is_finding(entry) and ":guardduty:" in _text(entry, "arn") for entry in found):
        return Likeness(100, ("arn of guardduty", "service.detectorId"))
    if any(_is_finding(entry) for entry in found):
        return Likeness(90, ("type, resource", "service.detectorId"))
    return Likeness(0)


def _is_finding(entry: Mapping[str, object]) -> bool:
    has_detector = bool(_text(entry, "service", "detectorId")) or ":guardduty:" in _text(
        entry, "arn"
    )
    return (
        has_detector and bool(_text(entry, "type")) and isinstance(_found(entry, "resource"), dict)
    )


def _read(document: object) -> Report:
    if not isinstance(document, (dict, list)):
        raise BadInput(f"A GuardDuty report is a mapping, not {shape_name(document)}.")
    found = fields_of(lambda: entries_of(document), document)
    times = [time for entry in found if (time := instant(_found(entry, "updatedAt"))) is not None]
    accounts = sorted({_text(entry, "accountId") for entry in found} - {""})
    return Report(
        format="guardduty",
        version=_text(found[0], "schemaVersion") if found else "",
        tool="guardduty",
        tool_version="",
        target=accounts[0] if len(accounts) == 1 else "",
        configuration="",
        scanned_at=max(times, default=None),
        records=_records(document, has_many_accounts=len(accounts) > 1),
        is_complete=False,
    )


def _records(document: object, *, has_many_accounts: bool) -> Iterator[Record]:
    for entry in entries_of(document):
        if isinstance(entry, Skipped):
            yield entry
        else:
            account = _text(entry.fields, "accountId") if has_many_accounts else ""
            yield _record(entry, account)


def _record(entry: Entry, account: str) -> Record:
    fields = entry.fields
    rule = _text(fields, "type")
    if not rule:
        return Skipped(entry.pointer, "the finding has no type")
    if flag(_found(fields, "service", "additionalInfo", "sample")):
        return Informational(entry.pointer, "a sample finding")
    score = number(_found(fields, "severity"))
    observation = new_observation(
        kind=Kind.OTHER,
        rule=rule,
        title=_text(fields, "title") or rule,
        # From: https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html (1 … 10)
        severity=Severity.UNKNOWN if score is None else severity_from_score(score),
        pointer=entry.pointer,
        description=_text(fields, "description"),
        resource=_resource(fields),
        resource_type=_text(fields, "resource", "resourceType"),
        target=account,
        first_seen_at=instant(_found(fields, "service", "eventFirstSeen"))
        or instant(_found(fields, "createdAt")),
    )
    if flag(_found(fields, "service", "archived")):
        return Suppressed(entry.pointer, "archived in GuardDuty", observation)
    return observation


def _resource(fields: Mapping[str, object]) -> str:
    """Give the ARN or name of what the finding is about; the account where it names nothing."""
    resource = _found(fields, "resource")
    account = _text(fields, "accountId")
    if instance := _text(resource, "instanceDetails", "instanceId"):
        partition = _text(fields, "partition") or "aws"
        return f"arn:{partition}:ec2:{_text(fields, 'region')}:{account}:instance/{instance}"
    return next((found for path in _IDS if (found := _text(resource, *path))), account)


FORMAT = Format(
    name="guardduty",
    title="GuardDuty findings",
    documents=("json", "jsonl"),
    recognise=_recognise,
    read=_read,
)
