"""OWASP Dependency-Check's report in JSON or XML: dependencies with the vulnerabilities found for them.

A dependency without any is inventory. Related dependencies are copies of their dependency and are no records.
"""

from collections.abc import Iterator, Mapping

from tesuri.formats.dependency_check.table import COLUMNS, table_as_json_shape
from tesuri.formats.dependency_check.vulnerability import Dependency, vulnerability_record
from tesuri.formats.dependency_check.xml_form import as_json_shape
from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
    Informational,
    Observation,
    Package,
    Record,
    Report,
    Skipped,
    Suppressed,
)
from tesuri.untrusted.csv_document import Table
from tesuri.untrusted.instant import instant
from tesuri.untrusted.package_url import package_from_purl, package_named
from tesuri.untrusted.shape import at, items, join_pointer, mapping, shape_name, text
from tesuri.untrusted.xml_document import Element, attribute, child

_LISTS = {"vulnerabilities": False, "suppressedVulnerabilities": True}


def _recognise(document: object) -> Likeness:
    if isinstance(document, Element):
        is_named = "dependency-check" in attribute(document, "xmlns").lower()
        if document.name == "analysis" and is_named:
            return Likeness(100, ("analysis in the namespace of Dependency-Check",))
        has_parts = child(document, "dependencies").name and child(document, "scanInfo").name
        is_alike = document.name == "analysis" and has_parts
        return Likeness(80 if is_alike else 0, ("analysis with scanInfo and dependencies",))
    if isinstance(document, tuple):
        return Likeness(95 if set(document) >= COLUMNS else 0, tuple(sorted(COLUMNS)))
    root = mapping(document)
    if not isinstance(root.get("dependencies"), list) or "scanInfo" not in root:
        return Likeness(0)
    is_whole = "reportSchema" in root or "projectInfo" in root
    return Likeness(95 if is_whole else 70, ("scanInfo", "projectInfo", "dependencies"))


def _read(document: object) -> Report:
    is_xml = isinstance(document, Element)
    root = _root(document)
    dependencies = root.get("dependencies")
    if not isinstance(dependencies, list):
        raise BadInput(
            f"A Dependency-Check report has a list `dependencies`, not {shape_name(dependencies)}.",
            where="/analysis/dependencies" if is_xml else "/dependencies",
        )
    return Report(
        format="dependency-check",
        version=text(root, "reportSchema"),
        tool="dependency-check",
        tool_version=text(root, "scanInfo", "engineVersion"),
        target=text(root, "projectInfo", "name"),
        configuration="",
        scanned_at=instant(at(root, "projectInfo", "reportDate")),
        records=_records(dependencies),
        is_complete=not items(root, "scanInfo", "analysisExceptions"),
    )


def _root(document: object) -> Mapping[str, object]:
    if isinstance(document, Table):
        return table_as_json_shape(document)
    return as_json_shape(document) if isinstance(document, Element) else mapping(document)


def _records(dependencies: list[object]) -> Iterator[Record]:
    for index, entry in enumerate(dependencies):
        pointer = text(entry, "pointer") or join_pointer("/dependencies", index)
        if not isinstance(entry, dict):
            yield Skipped(pointer, f"the dependency is {shape_name(entry)}, not a mapping")
            continue
        if problem := text(entry, "problem"):
            yield Skipped(pointer, problem)
            continue
        dependency = Dependency(_package(entry), text(entry, "filePath"))
        if not dependency.package.name:
            yield Skipped(pointer, "the dependency has no name")
            continue
        records = list(_of_dependency(entry, pointer, dependency))
        yield from records or [Informational(pointer, "inventory: nothing known about it")]


def _of_dependency(
    entry: Mapping[str, object], pointer: str, dependency: Dependency
) -> Iterator[Record]:
    for key, is_suppressed in _LISTS.items():
        found = entry.get(key)
        if found is not None and not isinstance(found, list):
            yield Skipped(join_pointer(pointer, key), f"{key} is {shape_name(found)}, not a list")
        for index, part in enumerate(items(found)):
            here = text(part, "pointer") or join_pointer(pointer, key, index)
            record = vulnerability_record(part, here, dependency)
            if is_suppressed and isinstance(record, Observation):
                notes = text(part, "notes")
                reason = f"suppressed: {notes}" if notes else "suppressed in Dependency-Check"
                yield Suppressed(here, reason, record)
            else:
                yield record


def _package(entry: Mapping[str, object]) -> Package:
    path = text(entry, "filePath")
    for part in items(entry, "packages"):
        if found := package_from_purl(text(part, "id"), path=path):
            return found
    return package_named(
        text(entry, "name") or text(entry, "fileName"), text(entry, "version"), path=path
    )


FORMAT = Format(
    name="dependency-check",
    title="OWASP Dependency-Check",
    documents=("json", "xml", "csv"),
    recognise=_recognise,
    read=_read,
)
