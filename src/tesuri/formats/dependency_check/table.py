"""Dependency-Check's CSV report in the shape of its JSON report: one row is one vulnerability of one dependency."""

from collections.abc import Mapping

from tesuri.untrusted.csv_document import Row, Table
from tesuri.untrusted.shape import number, text

COLUMNS = frozenset({"DependencyName", "DependencyPath", "CVE", "Vulnerability"})
"""Columns that only this report has together."""


def table_as_json_shape(table: Table) -> Mapping[str, object]:
    """Give the report as a mapping with `projectInfo` and `dependencies`; a broken row says its problem."""
    first = table.rows[0].cells if table.rows else {}
    about = {"name": text(first, "Project"), "reportDate": text(first, "ScanDate")}
    return {"projectInfo": about, "dependencies": [_dependency(row) for row in table.rows]}


def _dependency(row: Row) -> Mapping[str, object]:
    cells, pointer = dict(row.cells), f"line {row.line}"
    identifiers = [word.strip() for word in text(cells, "Identifiers").split(",")]
    return {
        "pointer": pointer,
        "problem": row.problem,
        "fileName": text(cells, "DependencyName"),
        "filePath": text(cells, "DependencyPath"),
        "packages": [{"id": word} for word in identifiers if word.startswith("pkg:")],
        "vulnerabilities": [_vulnerability(cells, pointer)],
    }


def _vulnerability(cells: Mapping[str, object], pointer: str) -> Mapping[str, object]:
    return {
        "pointer": pointer,
        "name": text(cells, "CVE"),
        "severity": text(cells, "CVSSv3_BaseSeverity") or text(cells, "CVSSv2_Severity"),
        "description": text(cells, "Vulnerability"),
        "cwes": [text(cells, "CWE")],
        "source": text(cells, "Source"),
        "cvssv3": {"baseScore": number(cells, "CVSSv3_BaseScore")},
        "cvssv2": {"score": number(cells, "CVSSv2_Score")},
    }
