"""kube-bench's JSON report: the CIS checks of a node, grouped into controls and sections.

It reads `{"Controls": [...]}`, the list and the single control of older versions, also one on each line. Only FAIL
is a finding: WARN means that a person has to look, so nobody knows yet.
"""

from collections.abc import Iterator, Mapping

from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import Informational, Kind, Record, Report, Skipped, new_observation
from tesuri.model.severity import Severity
from tesuri.untrusted.record_list import Entry, mappings_in, probe, records_at
from tesuri.untrusted.shape import mapping, shape_name, text, texts, whole

_NOT_FAILED = {
    "PASS": "passed",
    "WARN": "needs a person to check it",
    "INFO": "information",
    "SKIP": "skipped",
}


def _recognise(document: object) -> Likeness:
    root = mapping(document)
    if "Controls" in root and "Totals" in root and "total_fail" in mapping(root, "Totals"):
        return Likeness(95, ("Controls", "Totals.total_fail"))
    if "total_fail" in mapping(root, "Totals") and len(root) == 1:
        return Likeness(80, ("Totals.total_fail",))
    controls = probe(_controls(document))
    if controls and all({"id", "tests"} <= control.keys() for control in controls):
        sections = [section for control in controls for section in mappings_in(control, "tests")]
        if any("test_number" in mapping(section, "results", 0) for section in sections):
            return Likeness(95, ("controls with tests", "results of test_number"))
        if any("node_type" in control for control in controls):
            return Likeness(80, ("controls with tests", "node_type"))
    return Likeness(0)


def _controls(document: object) -> Iterator[Entry | Skipped]:
    """Give the controls whatever stands around them; a file of lines can hold several envelopes."""
    for entry in records_at(document):
        if isinstance(entry, Entry) and "Controls" in entry.fields:
            yield from records_at(entry.fields, "Controls", pointer=entry.pointer)
        elif isinstance(entry, Skipped) or "Totals" not in entry.fields:
            yield entry
        else:
            # Only how many checks failed, as somebody cut it out.
            yield from records_at(entry.fields, "Totals", pointer=entry.pointer)


def _read(document: object) -> Report:
    controls = [entry.fields for entry in _controls(document) if isinstance(entry, Entry)]
    if not controls and "Controls" not in mapping(document):
        raise BadInput(f"A kube-bench report holds controls; this is {shape_name(document)}.")
    versions = {text(control, "version") for control in controls} - {""}
    return Report(
        format="kube-bench",
        version="",
        tool="kube-bench",
        tool_version="",
        target="",
        # Another edition of the benchmark has other numbers: its absence says nothing about these.
        configuration=" ".join(sorted(versions)),
        scanned_at=None,
        records=_records(document),
        is_complete=not any(map(_unlisted, controls)),
    )


def _records(document: object) -> Iterator[Record]:
    for control in _controls(document):
        if isinstance(control, Skipped):
            yield control
            continue
        node = text(control.fields, "node_type")
        if reason := _unlisted(control.fields):
            yield Skipped(control.pointer, reason)
        for section in records_at(control.fields, "tests", pointer=control.pointer):
            if isinstance(section, Skipped):
                yield section
                continue
            for check in records_at(section.fields, "results", pointer=section.pointer):
                yield check if isinstance(check, Skipped) else _record(check, section.fields, node)


def _unlisted(control: Mapping[str, object]) -> str:
    """Give why failed checks cannot be read that are only counted; empty where each of them is listed."""
    failed = whole(control, "total_fail")
    sections = mappings_in(control, "tests")
    is_listed = any(mappings_in(section, "results") for section in sections)
    return "" if is_listed or not failed else f"{failed} checks failed, which it does not list"


def _record(check: Entry, section: Mapping[str, object], node: str) -> Record:
    entry = check.fields
    status = text(entry, "status").upper()
    if status in _NOT_FAILED:
        return Informational(check.pointer, _NOT_FAILED[status])
    rule = text(entry, "test_number")
    if not rule:
        return Skipped(check.pointer, "the check has no number")
    if status != "FAIL":
        return Skipped(check.pointer, f"the check has the unknown status {status or '(none)'}")
    sentences = (text(section, "desc"), text(entry, "reason"), _difference(entry))
    return new_observation(
        kind=Kind.MISCONFIGURATION,
        rule=rule,
        title=text(entry, "test_desc") or rule,
        # The benchmark has levels, not severities, and the report does not give them.
        severity=Severity.UNKNOWN,
        pointer=check.pointer,
        description="\n\n".join(sentence for sentence in sentences if sentence),
        remedy=text(entry, "remediation") or "\n".join(texts(entry, "test_info")),
        resource=node or "node",
        resource_type="node",
    )


def _difference(entry: Mapping[str, object]) -> str:
    expected = text(entry, "expected_result")
    return f"Expected: {expected}" if expected else ""


FORMAT = Format(
    name="kube-bench",
    title="kube-bench JSON",
    documents=("json", "jsonl"),
    recognise=_recognise,
    read=_read,
)
