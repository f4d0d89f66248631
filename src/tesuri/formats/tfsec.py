"""tfsec's JSON report: checks of Terraform code that failed, and with `--include-passed` those that passed."""

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
    new_place,
)
from tesuri.model.severity import severity_from_word
from tesuri.untrusted.fix import web_links
from tesuri.untrusted.record_list import first_mappings, records_at
from tesuri.untrusted.shape import at, flag, mapping, shape_name, text, texts, whole

_QUOTED = re.compile(r"^Resource '([^']+)'")
# Version 1 writes the status as a number where its library changed under it.
_PASSED = frozenset({"passed", "1"})
_IGNORED = frozenset({"ignored", "2"})


def _recognise(document: object) -> Likeness:
    root = mapping(document)
    if "results" not in root:
        return Likeness(0)
    # A Go program writes null for a list without content; of the tools with `results` only this one does.
    if root == {"results": None}:
        return Likeness(50, ("only `results`, which is null",))
    first = next(iter(first_mappings(root, "results")), {})
    if "rule_id" not in first or "filename" not in mapping(first, "location"):
        return Likeness(0)
    others = first.keys() & {"rule_provider", "rule_service", "long_id", "legacy_rule_id", "passed"}
    return Likeness(95 if others else 75, ("results of rule_id and location.filename", *others))


def _read(document: object) -> Report:
    root = mapping(document)
    if "results" not in root:
        raise BadInput(f"A tfsec report has `results`; this is {shape_name(document)} without.")
    return Report(
        format="tfsec",
        version="",
        tool="tfsec",
        tool_version="",
        target="",
        configuration="",
        scanned_at=None,
        records=_records(root),
    )


def _records(root: Mapping[str, object]) -> Iterator[Record]:
    for entry in records_at(root, "results"):
        yield entry if isinstance(entry, Skipped) else _record(entry.fields, entry.pointer)


def _record(entry: Mapping[str, object], pointer: str) -> Record:
    status = text(entry, "status").lower()
    if status in _PASSED or flag(entry, "passed"):
        return Informational(pointer, "passed")
    rule = text(entry, "long_id") or text(entry, "rule_id")
    if not rule:
        return Skipped(pointer, "the result names no rule")
    description = text(entry, "description")
    resource = text(entry, "resource") or _quoted_resource(description)
    observation = new_observation(
        kind=Kind.MISCONFIGURATION,
        rule=rule,
        title=text(entry, "rule_description") or description or rule,
        severity=severity_from_word(text(entry, "severity")),
        pointer=pointer,
        description="\n\n".join(part for part in (description, text(entry, "impact")) if part),
        remedy=text(entry, "resolution"),
        place=new_place(
            path=text(entry, "location", "filename"), line=whole(entry, "location", "start_line")
        ),
        resource=resource,
        resource_type=_type(resource),
        links=web_links((*texts(entry, "links"), *texts(entry, "link"))),
    )
    if status in _IGNORED or at(entry, "ignored") is True:
        return Suppressed(pointer, "ignored in tfsec", observation)
    return observation


def _quoted_resource(description: str) -> str:
    """Give the resource that older versions name only in their sentence, module and address by dots."""
    match = _QUOTED.match(description)
    return match[1].replace(":", ".") if match else ""


def _type(resource: str) -> str:
    parts = resource.partition("[")[0].split(".")
    return parts[-2] if len(parts) > 1 else ""


FORMAT = Format(
    name="tfsec",
    title="tfsec JSON",
    documents=("json",),
    recognise=_recognise,
    read=_read,
    lists=(("results",),),
)
