"""Falco's alerts as JSON: one line for each rule that an event of a host or cluster matched.

An alert tells of something that happened, so a file without it proves nothing: it is never a complete scan.
"""

from collections.abc import Iterator, Mapping

from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import Kind, Record, Report, Skipped, new_observation
from tesuri.model.severity import Severity, severity_from_word
from tesuri.untrusted.instant import instant
from tesuri.untrusted.kubernetes_name import workload
from tesuri.untrusted.record_list import first_mappings, mappings_in, records_at
from tesuri.untrusted.shape import is_empty_list, mapping, shape_name, text

_KEYS = frozenset({"rule", "priority", "output"})
# From: https://falco.org/docs/reference/rules/rule-fields (priority, after syslog)
_PRIORITIES = {
    "alert": Severity.CRITICAL,
    "notice": Severity.LOW,
    "debug": Severity.LOW,
}


def _recognise(document: object) -> Likeness:
    records = first_mappings(document)
    known = [record for record in records if record.keys() >= _KEYS]
    if not known or len(known) * 2 < len(records):
        return Likeness(0)
    if any("output_fields" in record for record in known):
        return Likeness(95, ("rule, priority, output", "output_fields"))
    return Likeness(75 if any("time" in record for record in known) else 50, ("rule, priority",))


def _read(document: object) -> Report:
    alerts = mappings_in(document)
    if not alerts and not is_empty_list(document):
        raise BadInput(f"Falco's alerts are lines of JSON, not {shape_name(document)}.")
    times = [time for alert in alerts if (time := instant(alert.get("time"))) is not None]
    hosts = sorted({text(alert, "hostname") for alert in alerts} - {""})
    return Report(
        format="falco",
        version="",
        tool="falco",
        tool_version="",
        target=hosts[0] if len(hosts) == 1 else "",
        configuration="",
        scanned_at=max(times, default=None),
        records=_records(document, has_many_hosts=len(hosts) > 1),
        is_complete=False,
    )


def _records(document: object, *, has_many_hosts: bool) -> Iterator[Record]:
    for entry in records_at(document):
        if isinstance(entry, Skipped):
            yield entry
        else:
            host = text(entry.fields, "hostname") if has_many_hosts else ""
            yield _record(entry.fields, entry.pointer, host)


def _record(alert: Mapping[str, object], pointer: str, host: str) -> Record:
    rule = text(alert, "rule")
    if not rule:
        return Skipped(pointer, "the alert names no rule")
    priority = text(alert, "priority").lower()
    resource, resource_type = _resource(mapping(alert, "output_fields"))
    return new_observation(
        kind=Kind.OTHER,
        rule=rule,
        title=rule,
        severity=_PRIORITIES.get(priority) or severity_from_word(priority),
        pointer=pointer,
        description=text(alert, "output"),
        resource=resource or text(alert, "hostname"),
        resource_type=resource_type or "host",
        target=host,
        first_seen_at=instant(alert.get("time")),
    )


def _resource(fields: Mapping[str, object]) -> tuple[str, str]:
    """Give the workload, the audited object or the container's image, and what it is."""
    if pod := text(fields, "k8s.pod.name"):
        found = workload(text(fields, "k8s.ns.name"), "Pod", pod)
        return str(found), found.kind
    if kind := text(fields, "ka.target.resource"):
        parts = (text(fields, "ka.target.namespace"), kind, text(fields, "ka.target.name"))
        return "/".join(part for part in parts if part), kind
    if image := text(fields, "container.image.repository") or text(fields, "container.name"):
        return image, "container"
    return "", ""


FORMAT = Format(
    name="falco",
    title="Falco alerts",
    documents=("json", "jsonl"),
    recognise=_recognise,
    read=_read,
)
