"""Kubescape's JSON report: controls of one or more frameworks over the objects of a cluster or of files.

It reads version 2 (`results` for each resource) and version 1 (`controlReports` of a framework, each with the
objects that failed). A failure that an exception covers is suppressed; skipped and irrelevant controls have no answer.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
    Informational,
    Kind,
    Observation,
    Record,
    Report,
    Skipped,
    Suppressed,
    new_observation,
    new_place,
)
from tesuri.model.severity import Severity, severity_from_score, severity_from_word
from tesuri.untrusted.instant import instant
from tesuri.untrusted.kubernetes_name import Workload, workload
from tesuri.untrusted.record_list import Entry, first_mappings, mappings_in, probe, records_at
from tesuri.untrusted.shape import at, items, mapping, number, shape_name, text, texts

_FAILED = frozenset({"failed", "warning", "excluded"})
_LINK = "https://kubescape.io/docs/controls/"
_GENERATED = "0001-01-01"


@dataclass(frozen=True, slots=True)
class _Object:
    """What was checked: its name and the file that declares it."""

    found: Workload
    path: str = ""


def _recognise(document: object) -> Likeness:
    root = mapping(document)
    if "summaryDetails" in root and root.keys() & {"results", "resources"}:
        is_sure = bool(root.keys() & {"customerGUID", "clusterAPIServerInfo", "metadata"})
        return Likeness(100 if is_sure else 85, ("summaryDetails", "results"))
    results = first_mappings(root, "results")
    if any({"resourceID", "controls"} <= result.keys() for result in results):
        return Likeness(90, ("results of resourceID and controls",))
    if any("controlReports" in part for part in probe(_framework_entries(document))):
        return Likeness(95, ("controlReports",))
    return Likeness(0)


def _frameworks(document: object) -> list[Mapping[str, object]]:
    return [entry.fields for entry in _framework_entries(document) if isinstance(entry, Entry)]


def _framework_entries(document: object) -> Iterator[Entry | Skipped]:
    for key in ("frameworks", "frameworkReports"):
        if isinstance(at(document, key), list):
            yield from records_at(document, key)
            return
    yield from records_at(document)


def _read(document: object) -> Report:
    root = mapping(document)
    frameworks = _frameworks(document)
    if "results" in root or "summaryDetails" in root:
        records = _resource_records(root)
    elif any("controlReports" in part for part in frameworks):
        records = _framework_records(document)
    else:
        raise BadInput(
            f"A Kubescape report has `results` or `controlReports`; this is {shape_name(document)} without."
        )
    generated = text(root, "generationTime")
    return Report(
        format="kubescape",
        version="2" if "results" in root or "summaryDetails" in root else "1",
        tool="kubescape",
        tool_version=text(root, "metadata", "scanMetadata", "kubescapeVersion").removeprefix("v"),
        target=_target(root),
        configuration=_configuration(root, frameworks),
        scanned_at=None if generated.startswith(_GENERATED) else instant(generated),
        records=records,
    )


def _target(root: Mapping[str, object]) -> str:
    about = mapping(root, "metadata", "targetMetadata")
    return (
        text(root, "clusterName")
        or text(about, "clusterContextMetadata", "contextName")
        or text(about, "gitRepoContextMetadata", "repo")
        or text(about, "repoContextMetadata", "repo")
        or text(about, "directoryContextMetadata", "basePath")
        or text(about, "fileContextMetadata", "filePath")
        or text(about, "helmContextMetadata", "chartName")
    )


def _configuration(root: Mapping[str, object], frameworks: list[Mapping[str, object]]) -> str:
    summary = mappings_in(root, "summaryDetails", "frameworks")
    names = {text(part, "name").lower() for part in (summary or frameworks)}
    return " ".join(sorted(names - {""}))


def _resource_records(root: Mapping[str, object]) -> Iterator[Record]:
    objects = {
        name: resource
        for resource in mappings_in(root, "resources")
        if (name := text(resource, "resourceID"))
    }
    summaries = mapping(root, "summaryDetails", "controls")
    for result in records_at(root, "results"):
        if isinstance(result, Skipped):
            yield result
            continue
        name = text(result.fields, "resourceID")
        thing = _object(name, objects.get(name) or mapping(result.fields, "rawResource"))
        for control in records_at(result.fields, "controls", pointer=result.pointer):
            if isinstance(control, Skipped):
                yield control
            else:
                summary = mapping(summaries, text(control.fields, "controlID"))
                yield _control(control, summary, thing)


def _object(resource_id: str, resource: Mapping[str, object]) -> _Object:
    source = mapping(resource, "source")
    path = text(source, "relativePath") or text(source, "path")
    declared = mapping(resource, "object") or resource
    found = _named(declared)
    if found.name:
        return _Object(found, path)
    parts = resource_id.split("/")
    if len(parts) < 3:
        return _Object(Workload("", "", resource_id), path)
    return _Object(workload(*parts[-3:]), path)


def _named(declared: Mapping[str, object]) -> Workload:
    about = mapping(declared, "metadata")
    return workload(
        text(about, "namespace") or text(declared, "namespace"),
        text(declared, "kind"),
        text(about, "name") or text(declared, "name"),
    )


def _control(control: Entry, summary: Mapping[str, object], thing: _Object) -> Record:
    entry = control.fields
    rules = mappings_in(entry, "rules")
    status, detail = _status(entry, rules)
    if detail == "w/exceptions" or status == "excluded":
        return Suppressed(
            control.pointer, "excepted in Kubescape", _finding(control, summary, thing)
        )
    if status not in _FAILED:
        if not status:
            return Skipped(control.pointer, "the control has no status")
        return Informational(control.pointer, f"{status}: {detail}".rstrip(": "))
    finding = _finding(control, summary, thing)
    if not finding.rule:
        return Skipped(control.pointer, "the control has no id")
    failed = [rule for rule in rules if text(rule, "status").lower() in _FAILED]
    if failed and all(items(rule, "exception") for rule in failed):
        return Suppressed(control.pointer, _exception(failed), finding)
    return finding


def _status(entry: Mapping[str, object], rules: Sequence[Mapping[str, object]]) -> tuple[str, str]:
    """Give the answer and its detail; old reports have answers of the rules only, the worst counts."""
    own = text(entry, "status", "status") or text(entry, "status")
    if own:
        detail = text(entry, "status", "subStatus") or text(entry, "subStatus")
        return own.lower(), detail.lower()
    answers = [text(rule, "status").lower() for rule in rules]
    for word in ("failed", "warning", "excluded", "error", "skipped", "irrelevant", "passed"):
        if word in answers:
            return word, ""
    return (answers[0] if answers else ""), ""


def _exception(rules: Sequence[Mapping[str, object]]) -> str:
    names = (text(part, "name") for rule in rules for part in mappings_in(rule, "exception"))
    word = ", ".join(dict.fromkeys(name for name in names if name))
    return f"excepted in Kubescape: {word}".rstrip(": ")


def _finding(control: Entry, summary: Mapping[str, object], thing: _Object) -> Observation:
    entry = control.fields
    rule = text(entry, "controlID") or text(entry, "name")
    paths = [path for part in mappings_in(entry, "rules") for path in _paths(part)]
    return new_observation(
        kind=Kind.MISCONFIGURATION,
        rule=rule,
        title=text(entry, "name") or rule,
        severity=_severity(
            text(entry, "severity") or text(summary, "severity"), number(summary, "scoreFactor")
        ),
        pointer=control.pointer,
        description=text(summary, "description"),
        remedy="\n".join(dict.fromkeys(paths)) or text(summary, "remediation"),
        place=new_place(path=thing.path),
        resource=str(thing.found),
        resource_type=thing.found.kind,
        links=(f"{_LINK}{rule.lower()}/",) if rule.startswith("C-") else (),
    )


def _paths(rule: Mapping[str, object]) -> Iterator[str]:
    """Give each place of the object that has to change, with the value wanted where there is one."""
    for path in mappings_in(rule, "paths"):
        fix, value = text(path, "fixPath", "path"), text(path, "fixPath", "value")
        place = fix or text(path, "failedPath") or text(path, "deletePath")
        if place:
            yield f"{place}={value}" if value else place


def _severity(word: str, factor: float | None) -> Severity:
    if word:
        return severity_from_word(word)
    return severity_from_score(factor) if factor else Severity.UNKNOWN


def _framework_records(document: object) -> Iterator[Record]:
    for framework in _framework_entries(document):
        if isinstance(framework, Skipped):
            yield framework
            continue
        for control in records_at(framework.fields, "controlReports", pointer=framework.pointer):
            if isinstance(control, Skipped):
                yield control
            else:
                yield from _control_report(control)


def _control_report(control: Entry) -> Iterator[Record]:
    has_answers = False
    for rule in records_at(control.fields, "ruleReports", pointer=control.pointer):
        if isinstance(rule, Skipped):
            yield rule
            continue
        answers = records_at(rule.fields, "ruleResponses", pointer=rule.pointer)
        for answer in answers:
            has_answers = True
            yield answer if isinstance(answer, Skipped) else _response(answer, control.fields)
    if not has_answers:
        yield Informational(control.pointer, "no object failed the control")


def _response(answer: Entry, control: Mapping[str, object]) -> Record:
    entry = answer.fields
    if text(entry, "ruleStatus").lower() in {"passed", "success"}:
        return Informational(answer.pointer, "passed")
    rule = text(control, "controlID") or text(control, "id") or text(control, "name")
    if not rule:
        return Skipped(answer.pointer, "the control has no id")
    declared = mapping(entry, "alertObject", "k8sApiObjects", 0)
    found = _named(declared or mapping(entry, "alertObject", "externalObjects"))
    finding = new_observation(
        kind=Kind.MISCONFIGURATION,
        rule=rule,
        title=text(control, "name") or rule,
        severity=_severity("", number(control, "baseScore")),
        pointer=answer.pointer,
        description=text(entry, "alertMessage") or text(control, "description"),
        remedy="\n".join(texts(entry, "failedPaths")) or text(control, "remediation"),
        resource=str(found),
        resource_type=found.kind,
        links=(f"{_LINK}{rule.lower()}/",) if rule.startswith("C-") else (),
    )
    if entry.get("exception"):
        name = text(entry, "exception", "name")
        return Suppressed(answer.pointer, f"excepted in Kubescape: {name}".rstrip(": "), finding)
    return finding


FORMAT = Format(
    name="kubescape",
    title="Kubescape JSON",
    documents=("json",),
    recognise=_recognise,
    read=_read,
)
