"""Prowler 2's JSON: one line for each answer of a check, with spaces in its keys.

An answer that Prowler's allow list covers is a WARNING there and is suppressed here.
"""

import re
from collections.abc import Iterator, Mapping

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
from tesuri.model.severity import severity_from_word
from tesuri.untrusted.fix import web_links
from tesuri.untrusted.instant import instant
from tesuri.untrusted.record_list import first_mappings, mappings_in, records_at
from tesuri.untrusted.shape import is_empty_list, shape_name, text

_KEYS = frozenset({"Account Number", "Control", "Status"})
_CONTROL = re.compile(r"\[([^\]\s]+)\]\s*(.*)", re.DOTALL)
_NOT_FAILED = {"PASS": "passed", "INFO": "information", "MANUAL": "needs a person to check it"}


def _recognise(document: object) -> Likeness:
    records = first_mappings(document)
    known = [record for record in records if record.keys() >= _KEYS]
    if known and len(known) * 2 >= len(records):
        return Likeness(95, ("Account Number", "Control", "Status"))
    return Likeness(0)


def _read(document: object) -> Report:
    lines = mappings_in(document)
    if not lines and not is_empty_list(document):
        raise BadInput(f"A Prowler 2 report is lines of JSON, not {shape_name(document)}.")
    times = [time for line in lines if (time := instant(line.get("Timestamp"))) is not None]
    accounts = sorted({text(line, "Account Number") for line in lines} - {""})
    return Report(
        format="prowler-v2-json",
        version="",
        tool="prowler",
        tool_version="",
        target=accounts[0] if len(accounts) == 1 else "",
        configuration="",
        scanned_at=max(times, default=None),
        records=_records(document, has_many_accounts=len(accounts) > 1),
    )


def _records(document: object, *, has_many_accounts: bool) -> Iterator[Record]:
    for entry in records_at(document):
        if isinstance(entry, Skipped):
            yield entry
        else:
            account = text(entry.fields, "Account Number") if has_many_accounts else ""
            yield _record(entry.fields, entry.pointer, account)


def _record(line: Mapping[str, object], pointer: str, account: str) -> Record:
    status = text(line, "Status").upper()
    if status in _NOT_FAILED:
        return Informational(pointer, _NOT_FAILED[status])
    if status not in {"FAIL", "WARNING"}:
        return Skipped(pointer, f"the answer has the unknown status {status or '(none)'}")
    control = text(line, "Control")
    match = _CONTROL.match(control)
    rule = match[1] if match else text(line, "Control ID") or control
    if not rule:
        return Skipped(pointer, "the answer names no control")
    sentences = (text(line, "Message"), text(line, "Risk"))
    observation = new_observation(
        kind=Kind.MISCONFIGURATION,
        rule=rule,
        title=(match[2] if match else "") or control or rule,
        severity=severity_from_word(text(line, "Severity")),
        pointer=pointer,
        description="\n\n".join(sentence for sentence in sentences if sentence),
        remedy=text(line, "Remediation"),
        resource=_resource(line),
        resource_type=text(line, "Service"),
        target=account,
        links=web_links((text(line, "Doc link"),)),
    )
    return (
        Suppressed(pointer, "on Prowler's allow list", observation)
        if status == "WARNING"
        else observation
    )


def _resource(line: Mapping[str, object]) -> str:
    """Give the ARN, or the id with the region in which alone it is unique."""
    name = text(line, "Resource ID")
    if name.lower().startswith("arn:"):
        return name
    return "/".join(part for part in (text(line, "Region"), name) if part)


FORMAT = Format(
    name="prowler-v2-json",
    title="Prowler 2 JSON",
    documents=("json", "jsonl"),
    recognise=_recognise,
    read=_read,
)
