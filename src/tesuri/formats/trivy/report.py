"""Trivy's JSON report: images, file systems, repositories and Kubernetes clusters.

It reads schema version 2, the list that Trivy wrote before 0.20, the cluster reports of `trivy k8s`, and benchmarks.
Counts that Trivy gives without records (MisconfSummary) are not records and are left alone.
"""

from collections.abc import Iterator, Mapping
from functools import partial

from tesuri.formats.trivy.compliance import controls_of, is_compliance, summary_records
from tesuri.formats.trivy.record import READERS, Reader, modified
from tesuri.formats.trivy.scope import Scope, scope_of
from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.inventory import SeenComponent
from tesuri.model.observation import Informational, Record, Report, Skipped
from tesuri.untrusted.instant import instant
from tesuri.untrusted.json_pieces import Piece, pieces, split_members, value_of
from tesuri.untrusted.record_groups import GroupedSlices, RecordGroup, grouped, records_of
from tesuri.untrusted.record_list import Entry, first_mappings
from tesuri.untrusted.shape import items, join_pointer, mapping, shape_name, text, whole

_CLUSTER_LISTS = ("Vulnerabilities", "Misconfigurations", "Resources", "Findings", "RBACAssessment")
_Group = RecordGroup[Record] | Record


def _recognise(document: object) -> Likeness:
    if isinstance(document, list):
        return _recognise_legacy(document)
    root = mapping(document)
    if whole(root, "SchemaVersion") and (root.keys() & {"ArtifactName", "ArtifactType", "Trivy"}):
        return Likeness(100, ("SchemaVersion", "ArtifactName"))
    if "ClusterName" in root and any(isinstance(root.get(key), list) for key in _CLUSTER_LISTS):
        return Likeness(95, ("ClusterName", "resources with Results"))
    if isinstance(root.get("Results"), list) and "ArtifactName" in root:
        return Likeness(80, ("ArtifactName", "Results"))
    if is_compliance(root):
        return Likeness(85, ("controls of a benchmark with Results or TotalFail",))
    is_native = any(_is_native(part) for part in first_mappings(root, "Results"))
    return Likeness(75 if is_native else 0, ("Results with VulnerabilityID or AVDID",))


def _is_native(result: Mapping[str, object]) -> bool:
    flaws = first_mappings(result, "Vulnerabilities")
    checks = first_mappings(result, "Misconfigurations")
    return any({"VulnerabilityID", "PkgName"} <= flaw.keys() for flaw in flaws) or any(
        {"AVDID", "Status"} <= check.keys() for check in checks
    )


def _recognise_legacy(document: list[object]) -> Likeness:
    entries = [mapping(entry) for entry in document[:20]]
    if entries and all("Target" in entry for entry in entries):
        keys = {"Vulnerabilities", "Misconfigurations", "Secrets", "Type", "Class"}
        if any(entry.keys() & keys for entry in entries):
            return Likeness(85, ("list of Target with Vulnerabilities",))
    return Likeness(0)


def _read(document: object) -> Report:
    root = mapping(document)
    if isinstance(document, list):
        root = {"ArtifactName": _legacy_target(document), "Results": document, "SchemaVersion": 1}
        groups = partial(_results, document, "", Scope())
    elif "ClusterName" in root:
        groups = partial(_cluster, root)
    elif is_compliance(root):
        groups = partial(_compliance, root)
    elif root:
        groups = partial(_image, root)
    else:
        raise BadInput(f"A Trivy report is a mapping or a list, not {shape_name(document)}.")
    return Report(
        format="trivy",
        version=text(root, "SchemaVersion"),
        tool="trivy",
        tool_version=text(root, "Trivy", "Version"),
        target=text(root, "ArtifactName") or text(root, "ClusterName"),
        configuration=text(root, "ID") if is_compliance(root) else "",
        scanned_at=instant(root.get("CreatedAt")),
        records=records_of(groups),
        is_complete=not _has_unscanned(root),
        slices=GroupedSlices("trivy/2", groups),
        components=_system(root),
    )


def _system(root: Mapping[str, object]) -> tuple[SeenComponent, ...]:
    """Give the operating system of an image, which has an end of support of its own."""
    family, version = (text(root, "Metadata", "OS", key) for key in ("Family", "Name"))
    return (SeenComponent(family, version, "operating-system"),) if family else ()


def _has_unscanned(root: Mapping[str, object]) -> bool:
    resources = (resource for key in _CLUSTER_LISTS for resource in items(root, key))
    return any(text(resource, "Error") for resource in resources)


def _legacy_target(document: list[object]) -> str:
    """Give the image of a report that names none: the system result's target without its system."""
    for entry in document:
        name, separator, _ = text(entry, "Target").rpartition(" (")
        if separator:
            return name
    return text(document, 0, "Target") if len(document) == 1 else ""


def _cluster(root: Mapping[str, object]) -> Iterator[_Group]:
    cluster = text(root, "ClusterName")
    for key in _CLUSTER_LISTS:
        yield from _refused_list(root, "", key)
        for index, resource in enumerate(items(root, key)):
            pointer = f"/{key}/{index}"
            if not isinstance(resource, dict):
                yield Skipped(pointer, f"the resource is {shape_name(resource)}, not a mapping")
                continue
            names = (text(resource, part) for part in ("Namespace", "Kind", "Name"))
            name = "/".join(names).lstrip("/")
            if text(resource, "Error"):
                yield Skipped(pointer, f"Trivy could not scan {name}: {text(resource, 'Error')}")
            scope = Scope(
                resource=name,
                resource_type=text(resource, "Kind"),
                target="/".join(part for part in (cluster, name) if part),
            )
            yield from _refused_list(resource, pointer, "Results")
            yield from _results(resource.get("Results"), join_pointer(pointer, "Results"), scope)


def _compliance(root: Mapping[str, object]) -> Iterator[_Group]:
    for control in controls_of(root):
        if isinstance(control, Entry):
            pointer = join_pointer(control.pointer, "Results")
            yield from _results(control.fields.get("Results"), pointer, Scope())
        else:
            yield control
    yield from summary_records(root)


def _image(root: Mapping[str, object]) -> Iterator[_Group]:
    yield from _refused_list(root, "", "Results")
    yield from _results(root.get("Results"), "/Results", Scope())


def _results(results: object, pointer: str, outer: Scope) -> Iterator[_Group]:
    for first, batch in pieces(results):
        for index, piece in enumerate(batch, first):
            here = join_pointer(pointer, index)
            result = split_members(piece)
            if result is None:
                found = shape_name(value_of(piece))
                yield Skipped(here, f"the result is {found}, not a mapping")
            else:
                yield from _result(result, here, scope_of(result, outer))


def _result(result: Mapping[str, object], pointer: str, scope: Scope) -> Iterator[_Group]:
    for key, read in READERS.items():
        yield from _refused_list(result, pointer, key)
        yield from _listed(result, pointer, key, read, scope)
    for key in ("ExperimentalModifiedFindings", "ModifiedFindings"):
        yield from _listed(result, pointer, key, modified, scope)
    for index in range(len(items(result, "Packages"))):
        yield Informational(join_pointer(pointer, "Packages", index), "inventory: a package")


def _listed(
    result: Mapping[str, object], pointer: str, key: str, read: Reader, scope: Scope
) -> Iterator[_Group]:
    def read_one(piece: Piece, here: str) -> Record:
        return read(piece, here, scope)

    found = result.get(key)
    if not found:
        return iter(())
    context = repr((key, scope)).encode()
    return grouped(found, join_pointer(pointer, key), read_one, context)


def _refused_list(owner: Mapping[str, object], pointer: str, key: str) -> Iterator[Skipped]:
    """Give one skipped record for what stands where a list or nothing is expected."""
    found = owner.get(key)
    if found is not None and not isinstance(found, list):
        yield Skipped(join_pointer(pointer, key), f"{key} is {shape_name(found)}, not a list")


FORMAT = Format(
    name="trivy",
    title="Trivy JSON",
    documents=("json",),
    recognise=_recognise,
    read=_read,
    lists=(("Results",), ("Results", 0, "Vulnerabilities"), ("Results", 0, "Misconfigurations")),
)
