"""CloudSploit's JSON or CSV report: one row for each resource that a plugin looked at.

OK is a pass; UNKNOWN means that CloudSploit could not look (mostly a missing permission), so it is skipped and shown.
The table does not name the plugin, only its title.
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
from tesuri.model.severity import Severity, severity_from_word
from tesuri.untrusted.csv_document import Table
from tesuri.untrusted.record_list import Entry, fields_of, first_mappings, records_at
from tesuri.untrusted.shape import shape_name, text, texts

_KEYS = frozenset({"plugin", "category", "title", "status", "message"})
# FAIL is what CloudSploit calls an immediate risk, WARN a potential one; the older numbers mean the same.
_COLUMNS = frozenset({"category", "title", "resource", "region", "message"})
_STATUS_COLUMNS = ("statusWord", "status")
_STATUS = {"0": "OK", "1": "WARN", "2": "FAIL", "3": "UNKNOWN"}
_SEVERITIES = {"FAIL": Severity.HIGH, "WARN": Severity.MEDIUM}
_NO_RESOURCE = frozenset({"", "n/a", "none", "null", "unknown"})


def _recognise(document: object) -> Likeness:
    if isinstance(document, tuple):
        has_status = any(name in document for name in _STATUS_COLUMNS)
        is_ours = has_status and set(document) >= _COLUMNS
        return Likeness(95 if is_ours else 0, (*sorted(_COLUMNS), "statusWord"))
    records = first_mappings(document) if isinstance(document, list) else []
    if records and all(record.keys() >= _KEYS for record in records):
        has_place = all(record.keys() & {"resource", "region"} for record in records)
        return Likeness(95 if has_place else 75, ("rows of plugin, category, status, message",))
    return Likeness(0)


def _read(document: object) -> Report:
    if not isinstance(document, (list, Table)):
        raise BadInput(f"A CloudSploit report is a list, not {shape_name(document)}.")
    rows = fields_of(lambda: _entries(document), _list_of(document))
    return Report(
        format="cloudsploit",
        version="",
        tool="cloudsploit",
        tool_version="",
        target="",
        configuration="",
        scanned_at=None,
        records=_records(document),
        is_complete=not any(_status(row) == "UNKNOWN" for row in rows),
    )


def _list_of(document: object) -> object:
    return document.rows if isinstance(document, Table) else document


def _entries(document: object) -> Iterator[Entry | Skipped]:
    """Give the rows of either form, those of a table under the names that they have in JSON."""
    if not isinstance(document, Table):
        yield from records_at(document)
        return
    for row in document.rows:
        place = f"line {row.line}"
        cells = row.cells
        status = next((found for key in _STATUS_COLUMNS if (found := cells.get(key))), "")
        named = {"plugin": cells.get("plugin") or cells.get("title", ""), "status": status}
        yield Skipped(place, row.problem) if row.problem else Entry(place, {**cells, **named})


def _status(row: Mapping[str, object]) -> str:
    status = text(row, "status").upper()
    return _STATUS.get(status, status)


def _records(document: object) -> Iterator[Record]:
    for entry in _entries(document):
        yield entry if isinstance(entry, Skipped) else _record(entry.fields, entry.pointer)


def _record(row: Mapping[str, object], pointer: str) -> Record:
    status, message = _status(row), text(row, "message")
    if status in {"OK", "PASS"}:
        return Informational(pointer, "passed")
    rule = text(row, "plugin")
    if status not in _SEVERITIES:
        reason = "CloudSploit could not look" if status == "UNKNOWN" else "an unknown status"
        return Skipped(pointer, f"{reason}: {message or status or '(none)'}")
    if not rule:
        return Skipped(pointer, "the row names no plugin")
    observation = new_observation(
        kind=Kind.MISCONFIGURATION,
        rule=rule,
        title=text(row, "title") or rule,
        severity=_severity(row, status),
        pointer=pointer,
        description="\n\n".join(part for part in (message, text(row, "description")) if part),
        remedy=text(row, "recommended_action"),
        resource=_resource(row),
        resource_type=text(row, "category"),
        target="",
    )
    if text(row, "suppressed").lower() in {"true", "yes"} or row.get("suppressed") is True:
        return Suppressed(pointer, "suppressed in CloudSploit", observation)
    return observation


def _severity(row: Mapping[str, object], status: str) -> Severity:
    word = severity_from_word(text(row, "severity"))
    return _SEVERITIES[status] if word is Severity.UNKNOWN else word


def _resource(row: Mapping[str, object]) -> str:
    """Give the ARN; else the id with its region, or the region alone for what is set once in it."""
    name = text(row, "resource")
    if name.lower().startswith("arn:"):
        return name
    region = ",".join(texts(row, "region"))
    return "/".join(part for part in (region, name) if part.lower() not in _NO_RESOURCE)


FORMAT = Format(
    name="cloudsploit",
    title="CloudSploit",
    documents=("json", "csv"),
    recognise=_recognise,
    read=_read,
)
