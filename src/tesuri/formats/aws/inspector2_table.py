"""Inspector's findings exported as a table, each row in the shape that the API gives."""

from collections.abc import Iterator, Mapping

from tesuri.formats.aws.component import plain_version
from tesuri.model.observation import Skipped
from tesuri.untrusted.csv_document import Table
from tesuri.untrusted.record_list import Entry
from tesuri.untrusted.shape import number, text

COLUMNS = frozenset({"Finding ARN", "Finding Type", "AWS Account Id", "Resource ID"})
"""Columns that only this export has together."""

_SAME = {
    "awsAccountId": "AWS Account Id",
    "findingArn": "Finding ARN",
    "type": "Finding Type",
    "title": "Title",
    "description": "Description",
    "severity": "Severity",
    "status": "Status",
    "fixAvailable": "Fix Available",
    "firstObservedAt": "First Seen",
    "lastObservedAt": "Last Seen",
    "updatedAt": "Last Updated",
}
_SCORES = (
    ("Vendor CVSS3", "Vendor"),
    ("NVD CVSS3", "NVD"),
    ("Vendor CVSS2", "Vendor"),
    ("NVD CVSS2", "NVD"),
)


def entries_of_table(table: Table) -> Iterator[Entry | Skipped]:
    """Give each row as a finding of the API; a row with more cells than columns says so."""
    for row in table.rows:
        place = f"line {row.line}"
        yield Skipped(place, row.problem) if row.problem else Entry(place, _finding(row.cells))


def _finding(cells: Mapping[str, str]) -> Mapping[str, object]:
    return {
        **{name: text(cells, column) for name, column in _SAME.items()},
        "inspectorScore": number(cells, "Inspector Score"),
        "remediation": {"recommendation": {"text": text(cells, "Remediation")}},
        "resources": [_resource(cells)],
        "packageVulnerabilityDetails": _vulnerability(cells),
        "networkReachabilityDetails": {"openPortRange": _ports(text(cells, "Port Range"))},
        "codeVulnerabilityDetails": {
            "detectorName": text(cells, "Detector Name"),
            "filePath": {"filePath": text(cells, "File Path")},
        },
    }


def _resource(cells: Mapping[str, str]) -> Mapping[str, object]:
    tags = _words(text(cells, "Container Image Tags"))
    platform = {"platform": text(cells, "Platform")}
    return {
        "id": text(cells, "Resource ID"),
        "type": text(cells, "Resource Type"),
        "region": text(cells, "Region"),
        "details": {"awsEcrContainerImage": {**platform, "imageTags": tags}},
    }


def _vulnerability(cells: Mapping[str, str]) -> Mapping[str, object]:
    names = _words(text(cells, "Affected Packages"))
    versions = _words(text(cells, "Package Installed Version"))
    fixes = _words(text(cells, "Fixed in Version"))
    paths = _words(text(cells, "File Path"))
    return {
        "vulnerabilityId": text(cells, "Vulnerability Id"),
        "vulnerablePackages": [
            {
                "name": name,
                "version": plain_version(_at(versions, index, names)),
                "fixedInVersion": _at(fixes, index, names),
                "filePath": _at(paths, index, names),
                "packageManager": text(cells, "Package Manager"),
            }
            for index, name in enumerate(names)
        ],
        "cvss": [
            {
                "scoringVector": text(cells, f"{column} Vector"),
                "baseScore": number(cells, f"{column} Score"),
                "source": source,
            }
            for column, source in _SCORES
        ],
        "sourceUrl": text(cells, "Vendor Advisory"),
        "vendorCreatedAt": text(cells, "Vendor Advisory Published"),
        "referenceUrls": _words(text(cells, "Reference Urls")),
    }


def _at(words: list[str], index: int, names: list[str]) -> str:
    """Give the word of a package; where there are not as many words as packages, nothing tells whose they are."""
    if len(words) == len(names):
        return words[index]
    return words[0] if len(set(words)) == 1 else ""


def _words(cell: str) -> list[str]:
    return [word for part in cell.strip("[]").split(",") if (word := part.strip())]


def _ports(cell: str) -> Mapping[str, object]:
    begin, _, end = cell.partition("-")
    return {"begin": begin.strip(), "end": end.strip() or begin.strip()}
