"""TruffleHog's JSON lines: version 3 (one detected secret a line) and version 2 (one changed file a line).

A secret that version 3 has tried and found working is critical; for the others the tool gives no severity. Version 2
may find several texts in one file of one commit: together they are the secret. Log lines between the records of
version 3 are informational.
"""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator, Mapping

from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
    Informational,
    Kind,
    Record,
    Report,
    Skipped,
    new_observation,
    new_place,
)
from tesuri.model.severity import Severity
from tesuri.untrusted.fix import web_links
from tesuri.untrusted.record_list import Entry, first_records, listed_records
from tesuri.untrusted.secret_text import real_secret, without_secret
from tesuri.untrusted.shape import flag, items, mapping, shape_name, text, texts, whole

_DETECTED = ({"SourceMetadata", "DetectorName"}, {"SourceMetadata", "DetectorType"})
_CHANGED = ({"stringsFound", "printDiff"}, {"stringsFound", "reason", "diff"})
_FILE_KEYS = ("file", "path", "filename", "key", "name", "location", "title")
_TARGET_KEYS = ("repository", "image", "bucket", "project", "url", "directory")
_PRINTABLE = re.compile(r"[\x20-\x7e\s]+")


def _recognise(document: object) -> Likeness:
    records = first_records(document)
    if any(keys <= record.keys() for record in records for keys in _DETECTED):
        return Likeness(100, ("SourceMetadata", "DetectorName"))
    if any(keys <= record.keys() for record in records for keys in _CHANGED):
        return Likeness(95, ("stringsFound", "printDiff"))
    if records and all(_is_log_line(record) for record in records):
        return Likeness(70, ("only log lines of trufflehog",))
    return Likeness(0)


def _read(document: object) -> Report:
    if not isinstance(document, (dict, list)):
        raise BadInput(f"A TruffleHog report has a mapping a line, not {shape_name(document)}.")
    first = first_records(document)
    found = listed_records(document)
    targets = {_target(entry.fields) for entry in found if isinstance(entry, Entry)} - {""}
    return Report(
        format="trufflehog",
        version="2" if any("stringsFound" in record for record in first) else "3",
        tool="trufflehog",
        tool_version="",
        target=targets.pop() if len(targets) == 1 else "",
        configuration="",
        scanned_at=None,
        records=_records(document, is_of_many=len(targets) > 1),
    )


def _records(document: object, *, is_of_many: bool) -> Iterator[Record]:
    for entry in listed_records(document):
        if isinstance(entry, Skipped):
            yield entry
            continue
        record, pointer = entry.fields, entry.pointer
        if "stringsFound" in record:
            yield _changed(record, pointer)
        elif _is_log_line(record):
            yield Informational(pointer, "a log line")
        else:
            yield _detected(record, pointer, _target(record) if is_of_many else "")


def _is_log_line(record: Mapping[str, object]) -> bool:
    return text(record, "logger").lower() == "trufflehog" and "msg" in record


def _source(record: Mapping[str, object]) -> Mapping[str, object]:
    """Give what stands under the one kind of source: Git, Github, Filesystem, S3 and so on."""
    sources = mapping(record, "SourceMetadata", "Data").values()
    return next((mapping(source) for source in sources if isinstance(source, dict)), {})


def _first_text(record: Mapping[str, object], keys: tuple[str, ...]) -> str:
    return next((found for key in keys if (found := text(record, key))), "")


def _target(record: Mapping[str, object]) -> str:
    source = _source(record)
    name, tag = _first_text(source, _TARGET_KEYS), text(source, "tag")
    return f"{name}:{tag}" if name and tag else name


def _detected(record: Mapping[str, object], pointer: str, target: str) -> Record:
    detector = text(record, "DetectorName") or text(record, "DetectorType")
    if not detector:
        return Skipped(pointer, "the record names no detector")
    source = _source(record)
    is_verified = flag(record, "Verified") is True
    title = f"{detector} secret"
    state = (
        "TruffleHog tried the secret and it works."
        if is_verified
        else "The secret was not verified."
    )
    return new_observation(
        kind=Kind.SECRET,
        rule=detector,
        title=title,
        severity=Severity.CRITICAL if is_verified else Severity.UNKNOWN,
        pointer=pointer,
        description="\n\n".join(part for part in (state, _origin(source)) if part),
        place=new_place(path=_first_text(source, _FILE_KEYS), line=whole(source, "line")),
        target=target,
        secret=_raw(record),
        links=web_links((text(source, "link"), text(record, "ExtraData", "rotation_guide"))),
    )


def _origin(source: Mapping[str, object]) -> str:
    commit = text(source, "commit")
    layer = text(source, "layer")
    return f"Commit {commit}" if commit else f"Layer {layer}" if layer else ""


def _raw(record: Mapping[str, object]) -> str:
    """Give the secret; the first releases of version 3 wrote it in base64 and named no decoder."""
    raw = real_secret(text(record, "Raw"), text(record, "RawV2"))
    if "DecoderName" in record:
        return raw
    try:
        decoded = b64decode(raw, validate=True).decode()
    except (NotBase64, ValueError):
        return raw
    return decoded if _PRINTABLE.fullmatch(decoded) else raw


def _changed(record: Mapping[str, object], pointer: str) -> Record:
    rule = text(record, "reason")
    if not rule:
        return Skipped(pointer, "the record gives no reason")
    found = texts(record, "stringsFound")
    commit = text(record, "commitHash")
    return new_observation(
        kind=Kind.SECRET,
        rule=without_secret(rule, *found),
        title=without_secret(rule, *found),
        severity=Severity.UNKNOWN,
        pointer=pointer,
        description=f"{len(items(record, 'stringsFound'))} found in commit {commit}".strip(),
        place=new_place(path=text(record, "path")),
        secret="\n".join(dict.fromkeys(found)),
    )


FORMAT = Format(
    name="trufflehog",
    title="TruffleHog JSON lines",
    documents=("json", "jsonl"),
    recognise=_recognise,
    read=_read,
)
