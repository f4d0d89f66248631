"""Dockle's JSON report: checkpoints about one container image, each with its alerts.

What `--ignore` or `.dockleignore` covers comes with the level IGNORE and is suppressed; passed checkpoints
are only counted in the summary unless Dockle lists them.
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
from tesuri.untrusted.record_list import first_mappings, records_at
from tesuri.untrusted.shape import mapping, shape_name, text, texts

_CODE = re.compile(r"(CIS-DI|DKL-DI|DKL-LI)-\d{4}")
_LEVELS = frozenset({"fatal", "warn", "info", "skip", "pass"})
_NOT_FAILED = {"PASS": "passed", "SKIP": "skipped by Dockle"}


def _recognise(document: object) -> Likeness:
    root = mapping(document)
    if "details" not in root or not mapping(root, "summary").keys() >= _LEVELS:
        return Likeness(0)
    details = first_mappings(root, "details")
    if any(_CODE.fullmatch(text(entry, "code")) for entry in details):
        return Likeness(100, ("summary of fatal, warn, skip", "codes of Dockle"))
    return Likeness(90, ("summary of fatal, warn, info, skip, pass", "details"))


def _read(document: object) -> Report:
    root = mapping(document)
    if "details" not in root:
        raise BadInput(f"A Dockle report has `details`; this is {shape_name(document)} without.")
    return Report(
        format="dockle",
        version="",
        tool="dockle",
        tool_version="",
        target=text(root, "image"),
        configuration="",
        scanned_at=None,
        records=_records(root),
    )


def _records(root: Mapping[str, object]) -> Iterator[Record]:
    for entry in records_at(root, "details"):
        yield entry if isinstance(entry, Skipped) else _record(entry.fields, entry.pointer)


def _record(entry: Mapping[str, object], pointer: str) -> Record:
    level = text(entry, "level").upper()
    if level in _NOT_FAILED:
        return Informational(pointer, _NOT_FAILED[level])
    rule = text(entry, "code")
    if not rule:
        return Skipped(pointer, "the checkpoint has no code")
    observation = new_observation(
        kind=Kind.MISCONFIGURATION,
        rule=rule,
        title=text(entry, "title") or rule,
        severity=severity_from_word(level),
        pointer=pointer,
        description="\n".join(texts(entry, "alerts")),
        resource="image",
        resource_type="image",
        links=(f"https://github.com/goodwithtech/dockle/blob/master/CHECKPOINT.md#{rule.lower()}",)
        if _CODE.fullmatch(rule)
        else (),
    )
    return (
        Suppressed(pointer, "ignored in Dockle", observation) if level == "IGNORE" else observation
    )


FORMAT = Format(
    name="dockle",
    title="Dockle JSON",
    documents=("json",),
    recognise=_recognise,
    read=_read,
)
