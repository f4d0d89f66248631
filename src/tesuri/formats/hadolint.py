"""Hadolint's JSON report: a list of what its own rules (DL) and ShellCheck's (SC) say of Dockerfiles."""

import re
from collections.abc import Iterator, Mapping

from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import Kind, Record, Report, Skipped, new_observation, new_place
from tesuri.model.severity import Severity, severity_from_word
from tesuri.untrusted.record_list import first_mappings, records_at
from tesuri.untrusted.shape import shape_name, text, whole

_CODE = re.compile(r"(DL|SC)\d{1,4}")
_KEYS = frozenset({"code", "file", "level", "line", "message"})


def _recognise(document: object) -> Likeness:
    records = first_mappings(document) if isinstance(document, list) else []
    if not records or not all(record.keys() >= _KEYS for record in records):
        return Likeness(0)
    if all(_CODE.fullmatch(text(record, "code")) for record in records):
        return Likeness(95, ("list of code (DL, SC), file, level, line",))
    return Likeness(0)


def _read(document: object) -> Report:
    if not isinstance(document, list):
        raise BadInput(f"A Hadolint report is a list, not {shape_name(document)}.")
    return Report(
        format="hadolint",
        version="",
        tool="hadolint",
        tool_version="",
        target="",
        configuration="",
        scanned_at=None,
        records=_records(document),
    )


def _records(document: object) -> Iterator[Record]:
    for entry in records_at(document):
        yield entry if isinstance(entry, Skipped) else _record(entry.fields, entry.pointer)


def _record(entry: Mapping[str, object], pointer: str) -> Record:
    rule = text(entry, "code")
    if not rule:
        return Skipped(pointer, "the record names no rule")
    return new_observation(
        kind=Kind.MISCONFIGURATION,
        rule=rule,
        title=text(entry, "message") or rule,
        severity=_severity(text(entry, "level")),
        pointer=pointer,
        place=new_place(path=text(entry, "file").replace("\\", "/"), line=whole(entry, "line")),
        resource_type="Dockerfile",
        links=(f"https://github.com/hadolint/hadolint/wiki/{rule}",)
        if _CODE.fullmatch(rule) and rule.startswith("DL")
        else (),
    )


def _severity(level: str) -> Severity:
    return Severity.LOW if level.lower() == "style" else severity_from_word(level)


FORMAT = Format(
    name="hadolint",
    title="Hadolint JSON",
    documents=("json",),
    recognise=_recognise,
    read=_read,
)
