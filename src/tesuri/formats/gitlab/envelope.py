"""What GitLab's security reports have in common: the envelope, and which of the scans a report is of.

Since version 14 `scan.type` says it; before, only the locations of the vulnerabilities tell. An empty report of an old
version says nothing: it is taken for source code and never as complete.
"""

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum

from tesuri.model.errors import BadInput
from tesuri.model.format import Likeness
from tesuri.model.observation import Record, Report, Skipped
from tesuri.untrusted.instant import instant
from tesuri.untrusted.record_list import first_mappings, records_at
from tesuri.untrusted.shape import mapping, shape_name, text


class Scan(StrEnum):
    """The kinds of scan that a format of its own reads."""

    SOURCE = "gitlab-sast"
    DEPENDENCY = "gitlab-dependency"
    CONTAINER = "gitlab-container"


_SCAN_OF_TYPE = {
    "sast": Scan.SOURCE,
    "secret_detection": Scan.SOURCE,
    "dast": Scan.SOURCE,
    "api_fuzzing": Scan.SOURCE,
    "coverage_fuzzing": Scan.SOURCE,
    "dependency_scanning": Scan.DEPENDENCY,
    "container_scanning": Scan.CONTAINER,
    "cluster_image_scanning": Scan.CONTAINER,
}

RecordReader = Callable[[Mapping[str, object], str, Mapping[str, object]], Record]
"""Takes a vulnerability, its pointer and the whole report."""


def recognise_scan(document: object, scan: Scan) -> Likeness:
    """Score a document as a report of one kind of scan; never raises."""
    root = mapping(document)
    vulnerabilities = root.get("vulnerabilities")
    if not isinstance(vulnerabilities, list):
        return Likeness(0)
    if not text(root, "version"):
        is_it = bool(vulnerabilities) and _scans_by_place(root) is scan
        return Likeness(70 if is_it else 0, ("vulnerabilities with location",))
    if kind := text(root, "scan", "type"):
        is_it = _SCAN_OF_TYPE.get(kind) is scan
        return Likeness(100 if is_it else 0, (f"scan.type is {kind[:40]}",))
    found = _scans_by_place(root)
    if found:
        return Likeness(90 if scan is found else 0, ("vulnerabilities with location",))
    is_empty = not vulnerabilities and "remediations" in root
    score = 60 if is_empty and scan is Scan.SOURCE else 0
    return Likeness(score, ("an empty report of an old version",))


def _scans_by_place(root: Mapping[str, object]) -> Scan | None:
    for vulnerability in first_mappings(root, "vulnerabilities")[:20]:
        location = mapping(vulnerability, "location")
        if not location or not {"identifiers", "category", "scanner"} & vulnerability.keys():
            continue
        if kind := _SCAN_OF_TYPE.get(text(vulnerability, "category")):
            return kind
        if location.keys() & {"image", "operating_system"}:
            return Scan.CONTAINER
        if text(location, "dependency", "package", "name"):
            return Scan.DEPENDENCY
        if location.keys() & {"file", "start_line", "hostname", "crash_address"}:
            return Scan.SOURCE
    return Scan.DEPENDENCY if isinstance(root.get("dependency_files"), list) else None


def read_scan(document: object, scan: Scan, read_one: RecordReader, *, target: str = "") -> Report:
    """Read the envelope and each vulnerability of a report.

    **raises** BadInput when there is no list of vulnerabilities.
    """
    root = mapping(document)
    if not isinstance(root.get("vulnerabilities"), list):
        found = shape_name(root.get("vulnerabilities"))
        raise BadInput(
            f"A GitLab report has a list `vulnerabilities`, not {found}.", where="/vulnerabilities"
        )
    about = mapping(root, "scan")
    tool = text(about, "scanner", "id") or text(
        first_mappings(root, "vulnerabilities"), 0, "scanner", "id"
    )
    is_telling = bool(about) or bool(root["vulnerabilities"])
    return Report(
        format=scan.value,
        version=text(root, "version"),
        tool=tool.lower() or scan.value,
        tool_version=text(about, "scanner", "version"),
        target=target,
        configuration="",
        scanned_at=instant(about.get("end_time")) or instant(about.get("start_time")),
        records=_records(root, read_one),
        is_complete=is_telling and text(about, "status") in {"", "success"},
    )


def _records(root: Mapping[str, object], read_one: RecordReader) -> Iterator[Record]:
    for entry in records_at(root, "vulnerabilities"):
        if isinstance(entry, Skipped):
            yield entry
        else:
            yield read_one(entry.fields, entry.pointer, root)
