"""Snyk's JSON report: one project, a list of projects, a container with its applications, or files of configuration.

What a policy ignores or patches stands under `filtered` or is marked, and is suppressed. A project that Snyk could not
test is skipped with its error, and the report is then incomplete.
"""

from collections.abc import Iterator, Mapping

from tesuri.formats.snyk.configuration import configuration_record
from tesuri.formats.snyk.dependency import Project, dependency_record
from tesuri.formats.snyk.service import as_command_writes, has_more, is_answer
from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import Informational, Observation, Record, Report, Skipped, Suppressed
from tesuri.untrusted.shape import at, is_empty_list, items, join_pointer, mapping, shape_name, text

_OWN = frozenset({"packageName", "version", "from", "semver"})
"""What each flaw of the command line's answer has."""

_SIGNS = frozenset(
    (
        "dependencyCount",
        "filesystemPolicy",
        "foundProjectCount",
        "ignoreSettings",
        "isPrivate",
        "licensesPolicy",
        "ok",
        "org",
        "packageManager",
        "projectName",
        "uniqueCount",
    )
)
_ISSUES = "infrastructureAsCodeIssues"
_WHY_FILTERED = {"ignore": "ignored in Snyk", "patch": "patched by Snyk"}


def _projects(document: object) -> list[object]:
    return document if isinstance(document, list) else [as_command_writes(document)]


def _recognise(document: object) -> Likeness:
    if is_answer(document):
        return Likeness(85, ("issues with vulnerabilities, issueData or attributes",))
    projects = [mapping(project) for project in _projects(document)[:10]]
    scores = [_score(project) for project in projects if project and not _is_error(project)]
    signs = ("vulnerabilities", "ok", "packageManager", "projectName")
    return Likeness(min(scores, default=0), signs)


def _score(project: Mapping[str, object]) -> int:
    if isinstance(project.get(_ISSUES), list):
        return 95
    if not isinstance(project.get("vulnerabilities"), list):
        return 0
    count = len(project.keys() & _SIGNS)
    first = mapping(project, "vulnerabilities", 0)
    if text(first, "id").startswith(("SNYK-", "snyk:")) and count > 1:
        return 95
    if text(first, "id").startswith("SNYK-") and first.keys() >= _OWN:
        return 80
    return 90 if count > 4 else 60 if count > 2 and "ok" in project else 0


def _is_error(project: Mapping[str, object]) -> bool:
    return "error" in project and "vulnerabilities" not in project and _ISSUES not in project


def _read(document: object) -> Report:
    projects = _projects(document)
    has_project = any(isinstance(project, dict) for project in projects)
    if not has_project and not is_empty_list(document):
        raise BadInput(f"A Snyk report is a mapping or a list of them, not {shape_name(document)}.")
    names = {_target(project): None for project in projects if isinstance(project, dict)}
    return Report(
        format="snyk",
        version="",
        tool="snyk",
        tool_version="",
        target=next(iter(names)) if len(names) == 1 else "",
        configuration="",
        scanned_at=None,
        records=_records(document, has_several_targets=len(names) > 1),
        is_complete=not any(_is_error(mapping(project)) for project in projects)
        and not has_more(document),
    )


def _target(project: object) -> str:
    """Give the project or image by its name; the folder that was scanned differs on every machine."""
    name = text(project, "projectName")
    return name.removeprefix("docker-image|") or text(project, "path")


def _records(document: object, *, has_several_targets: bool) -> Iterator[Record]:
    for index, project in enumerate(_projects(document)):
        pointer = f"/{index}" if isinstance(document, list) else ""
        target = _target(project) if has_several_targets else ""
        if not isinstance(project, dict):
            yield Skipped(pointer, f"the project is {shape_name(project)}, not a mapping")
            continue
        yield from _project(project, pointer, target)
        for place, inner in enumerate(items(project, "applications")):
            here = join_pointer(pointer, "applications", place)
            if isinstance(inner, dict):
                yield from _project(inner, here, target)
            else:
                yield Skipped(here, f"the application is {shape_name(inner)}, not a mapping")


def _project(entry: Mapping[str, object], pointer: str, target: str) -> Iterator[Record]:
    project = Project(
        path=text(entry, "displayTargetFile") or text(entry, "targetFile"),
        manager=text(entry, "packageManager"),
        target=target,
    )
    if _is_error(entry):
        yield Skipped(pointer, f"Snyk could not test it: {text(entry, 'error')}")
    for key in ("vulnerabilities", _ISSUES):
        found = entry.get(key)
        if found is not None and not isinstance(found, list):
            yield Skipped(join_pointer(pointer, key), f"{key} is {shape_name(found)}, not a list")
        read = configuration_record if key == _ISSUES else dependency_record
        for index, issue in enumerate(items(found)):
            yield _as_marked(read(issue, join_pointer(pointer, key, index), project), issue)
    for key, reason in _WHY_FILTERED.items():
        for index, issue in enumerate(items(entry, "filtered", key)):
            here = join_pointer(pointer, "filtered", key, index)
            yield _suppressed(dependency_record(issue, here, project), issue, reason)


def _as_marked(record: Record, issue: object) -> Record:
    if at(issue, "isResolved") is True and isinstance(record, Observation):
        return Informational(record.pointer, "resolved, as Snyk found out")
    is_ignored = at(issue, "isIgnored") is True or bool(items(issue, "filtered", "ignored"))
    return _suppressed(record, issue, _WHY_FILTERED["ignore"]) if is_ignored else record


def _suppressed(record: Record, issue: object, reason: str) -> Record:
    if not isinstance(record, Observation):
        return record
    given = text(issue, "filtered", "ignored", 0, "reason")
    return Suppressed(record.pointer, f"{reason}: {given}" if given else reason, record)


FORMAT = Format(
    name="snyk",
    title="Snyk JSON",
    documents=("json",),
    recognise=_recognise,
    read=_read,
    lists=(("vulnerabilities",),),
)
