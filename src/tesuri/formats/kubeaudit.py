"""kubeaudit's JSON lines: one log line for each result, among the tool's own log lines.

A result that a label of the manifest overrides is suppressed; a result of level info is a passed check.
"""

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
from tesuri.untrusted.instant import instant
from tesuri.untrusted.kubernetes_name import workload
from tesuri.untrusted.record_list import first_mappings, mappings_in, records_at
from tesuri.untrusted.shape import is_empty_list, shape_name, text

_NAME = "AuditResultName"
_OVERRIDDEN = "Allowed"
_FAULTS = frozenset({"error", "fatal", "panic"})


def _recognise(document: object) -> Likeness:
    records = first_mappings(document)
    named = [record for record in records if _NAME in record]
    if any("ResourceKind" in record or "level" in record for record in named):
        return Likeness(95, ("lines with AuditResultName", "ResourceKind"))
    return Likeness(60, ("lines with AuditResultName",)) if named else Likeness(0)


def _read(document: object) -> Report:
    lines = mappings_in(document)
    if not lines and not is_empty_list(document):
        raise BadInput(f"A kubeaudit report is lines of JSON, not {shape_name(document)}.")
    times = [time for line in lines if (time := instant(line.get("time"))) is not None]
    return Report(
        format="kubeaudit",
        version="",
        tool="kubeaudit",
        tool_version="",
        target="",
        configuration="",
        scanned_at=max(times, default=None),
        records=_records(document),
        is_complete=not any(_is_fault(line) for line in lines),
    )


def _is_fault(line: Mapping[str, object]) -> bool:
    return _NAME not in line and text(line, "level").lower() in _FAULTS


def _records(document: object) -> Iterator[Record]:
    for entry in records_at(document):
        yield entry if isinstance(entry, Skipped) else _record(entry.fields, entry.pointer)


def _record(line: Mapping[str, object], pointer: str) -> Record:
    rule = text(line, _NAME)
    level = text(line, "level").lower()
    message = text(line, "msg")
    if _is_fault(line):
        return Skipped(pointer, f"kubeaudit reports an error: {message}")
    if not rule:
        has_result = _NAME in line
        return Skipped(pointer, "no name") if has_result else Informational(pointer, "a log line")
    if level == "info":
        return Informational(pointer, "a result of level info")
    name = text(line, "ResourceName")
    found = workload(text(line, "ResourceNamespace"), text(line, "ResourceKind"), name)
    parts = (str(found), text(line, "Container"))
    observation = new_observation(
        kind=Kind.MISCONFIGURATION,
        rule=rule.removesuffix(_OVERRIDDEN) or rule,
        title=message or rule,
        severity=severity_from_word(level),
        pointer=pointer,
        description=_details(line),
        resource="/".join(part for part in parts if part),
        resource_type=found.kind,
    )
    if reason := _override(line, rule):
        return Suppressed(pointer, reason, observation)
    return observation


def _override(line: Mapping[str, object], rule: str) -> str:
    given = text(line, "OverrideReason")
    if given or rule.endswith(_OVERRIDDEN):
        return f"overridden in the manifest: {given}".rstrip(": ")
    return ""


def _details(line: Mapping[str, object]) -> str:
    known = {_NAME, "level", "msg", "time", "Container"}
    rest = {key: text(value) for key, value in line.items() if key not in known}
    return ", ".join(
        f"{key} {value}"
        for key, value in rest.items()
        if value and not key.startswith("Resource") and key != "OverrideReason"
    )


FORMAT = Format(
    name="kubeaudit",
    title="kubeaudit JSON",
    documents=("json", "jsonl"),
    recognise=_recognise,
    read=_read,
)
