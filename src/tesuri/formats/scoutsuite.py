"""ScoutSuite's results: rules of each cloud service with the paths of the items that they flag.

Each flagged item is a finding; a rule that flags nothing passed. The results come as a script that assigns them
to `scoutsuite_results`; the reader takes that assignment away.
"""

from collections.abc import Iterator, Mapping

from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
    Informational,
    Kind,
    Observation,
    Record,
    Report,
    Skipped,
    new_observation,
)
from tesuri.model.severity import Severity, severity_from_word
from tesuri.untrusted.fix import web_links
from tesuri.untrusted.instant import instant
from tesuri.untrusted.record_list import Entry
from tesuri.untrusted.shape import at, items, join_pointer, mapping, shape_name, text, texts, whole

_LEVELS = {"danger": Severity.HIGH, "warning": Severity.MEDIUM, "success": Severity.LOW}


def _recognise(document: object) -> Likeness:
    root = mapping(document)
    services = mapping(root, "services")
    rules = (
        rule for service in services.values() for rule in mapping(service, "findings").values()
    )
    if any(mapping(rule).keys() >= {"flagged_items", "items"} for rule in rules):
        return Likeness(95, ("services with findings of flagged_items",))
    if services and {"last_run", "provider_code"} <= root.keys():
        return Likeness(90, ("services", "last_run", "provider_code"))
    return Likeness(0)


def _read(document: object) -> Report:
    root = mapping(document)
    if not isinstance(root.get("services"), dict):
        found = shape_name(root.get("services"))
        raise BadInput(f"ScoutSuite's results have `services`, not {found}.", where="/services")
    run = mapping(root, "last_run")
    return Report(
        format="scoutsuite",
        version="",
        tool="scoutsuite",
        tool_version=text(run, "version"),
        target=text(root, "account_id") or text(root, "environment"),
        configuration=text(run, "ruleset_name"),
        scanned_at=instant(run.get("time")),
        records=_records(root),
    )


def _records(root: Mapping[str, object]) -> Iterator[Record]:
    services = mapping(root, "services")
    for name, service in services.items():
        pointer = join_pointer("/services", name, "findings")
        findings = at(service, "findings")
        if findings is not None and not isinstance(findings, dict):
            yield Skipped(pointer, f"findings is {shape_name(findings)}, not a mapping")
        for rule, fields in mapping(findings).items():
            here = join_pointer(pointer, rule)
            if isinstance(fields, dict):
                yield from _rule(rule or "(unnamed)", Entry(here, fields), services)
            else:
                yield Skipped(here, f"the rule is {shape_name(fields)}, not a mapping")


def _rule(rule: str, entry: Entry, services: Mapping[str, object]) -> Iterator[Record]:
    flagged = items(entry.fields, "items")
    if not flagged and not whole(entry.fields, "flagged_items"):
        checked = whole(entry.fields, "checked_items")
        yield Informational(entry.pointer, "passed" if checked else "nothing to check")
    elif not flagged:
        yield _finding(rule, entry.fields, entry.pointer, "")
    for index, item in enumerate(flagged):
        pointer = join_pointer(entry.pointer, "items", index)
        if path := text(item):
            yield _finding(rule, entry.fields, pointer, _resource(path, services))
        else:
            yield Skipped(pointer, f"the item is {shape_name(item)}, not a path")


def _finding(rule: str, fields: Mapping[str, object], pointer: str, resource: str) -> Observation:
    level = text(fields, "level").lower()
    return new_observation(
        kind=Kind.MISCONFIGURATION,
        rule=rule,
        title=text(fields, "description") or rule,
        severity=_LEVELS.get(level) or severity_from_word(level),
        pointer=pointer,
        description=text(fields, "rationale"),
        remedy=text(fields, "remediation"),
        resource=resource,
        resource_type=text(fields, "dashboard_name") or text(fields, "service"),
        links=web_links(texts(fields, "references")),
    )


def _resource(path: str, services: Mapping[str, object]) -> str:
    """Give the ARN of the item that the path leads to, or of which it names one value; else the path."""
    here: object = services
    for step in path.split("."):
        inner = at(here, step)
        if not isinstance(inner, dict):
            break
        here = inner
    else:
        return text(here, "arn") or path
    is_value = path.rpartition(".")[2] in mapping(here)
    return (text(here, "arn") if is_value else "") or path


FORMAT = Format(
    name="scoutsuite",
    title="ScoutSuite results",
    documents=("json",),
    recognise=_recognise,
    read=_read,
)
