"""The table of vulnerabilities that Qualys VMDR exports, one row for each detection on an asset.

It reads the export by QID and the one by CVE. Fixed rows and information gathered are no findings; rows that
somebody ignored or disabled in Qualys are suppressed.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
    Cvss,
    Informational,
    Kind,
    Observation,
    Record,
    Report,
    Skipped,
    Suppressed,
    new_observation,
)
from tesuri.model.severity import Severity, severity_from_word
from tesuri.untrusted.advisory import advisories_in
from tesuri.untrusted.csv_document import Row, Table
from tesuri.untrusted.instant import instant
from tesuri.untrusted.port import port_name
from tesuri.untrusted.score import best_cvss, cvss_from
from tesuri.untrusted.shape import flag, number, text

_KEYS = frozenset({"qid", "title", "asset id", "asset name", "asset ipv4", "type detected"})
# From: https://docs.qualys.com/en/vm/latest/mergedProjects/knowledgebase/severity_levels.htm
_LEVELS = {
    "5": Severity.CRITICAL,
    "4": Severity.HIGH,
    "3": Severity.MEDIUM,
    "2": Severity.LOW,
    "1": Severity.LOW,
}
_CVSS_COLUMNS = ("cvssv3.1 base (nvd)", "cvssv3.1 base", "cvssv2 base (nvd)", "cvssv2 base")


def _recognise(document: object) -> Likeness:
    columns = document if isinstance(document, (list, tuple)) else ()
    names = {name.strip().lower() for name in columns if isinstance(name, str)}
    found = len(names & _KEYS)
    if "qid" in names and found >= 5:
        return Likeness(95, ("QID", "Asset Id, Asset Name, Asset IPV4", "Type Detected"))
    return Likeness(60, ("QID", "Asset Name")) if {"qid", "asset name"} <= names else Likeness(0)


def _read(document: object) -> Report:
    if not isinstance(document, Table):
        raise BadInput("A Qualys VMDR report is a table with a header line.")
    assets = {_asset(_named(row)) for row in document.rows}
    return Report(
        format="qualys-vmdr",
        version="",
        tool="qualys-vmdr",
        tool_version="",
        target=assets.pop() if len(assets) == 1 else "",
        configuration="",
        scanned_at=_written_at(document),
        records=_records(document),
    )


def _written_at(table: Table) -> datetime | None:
    """Give the time that the lines above the header name; Qualys writes its zone as GMT-0500."""
    cells = (cell.replace("GMT", "") for line in table.preamble for cell in line)
    return next((time for cell in cells if ":" in cell and (time := instant(cell))), None)


def _named(row: Row) -> Mapping[str, str]:
    return {name.strip().lower(): cell for name, cell in row.cells.items()}


def _records(table: Table) -> Iterator[Record]:
    for row in table.rows:
        pointer = f"line {row.line}"
        yield Skipped(pointer, row.problem) if row.problem else _record(_named(row), pointer)


def _record(cells: Mapping[str, str], pointer: str) -> Record:
    rule = text(cells, "qid").removeprefix("QID-")
    if not rule:
        return Skipped(pointer, "the row names no QID")
    status = text(cells, "status").upper()
    if status == "FIXED":
        return Informational(pointer, "fixed, as Qualys found out")
    if text(cells, "type detected").lower().startswith("info"):
        return Informational(pointer, "information gathered")
    seen = _observation(cells, pointer, rule)
    for key in ("ignored", "disabled"):
        if flag(cells, key):
            return Suppressed(pointer, f"{key} in Qualys", seen)
    return seen


def _observation(cells: Mapping[str, str], pointer: str, rule: str) -> Observation:
    title = text(cells, "title") or f"QID {rule}"
    names = advisories_in(text(cells, "cve"), text(cells, "cve id"))
    sentences = (text(cells, "threat"), text(cells, "cve-description"))
    return new_observation(
        kind=Kind.VULNERABILITY,
        rule=rule,
        title=title,
        severity=_severity(cells),
        pointer=pointer,
        description="\n\n".join(sentence for sentence in sentences if sentence),
        remedy=text(cells, "solution"),
        # A QID can fix several CVEs at once; then they are no names of one vulnerability.
        advisories=names if len(names) == 1 else (),
        resource=port_name(text(cells, "port"), text(cells, "protocol")),
        resource_type=text(cells, "category"),
        target=_asset(cells),
        cvss=_cvss(cells),
        has_fix=flag(cells, "vuln patchable"),
        published_at=instant(cells.get("published date")),
        fix_available_at=instant(cells.get("patch released")),
        first_seen_at=instant(cells.get("first detected")),
    )


def _asset(cells: Mapping[str, str]) -> str:
    """Give the asset's name, else its first address, else Qualys's own number of it."""
    addresses = text(cells, "asset ipv4") or text(cells, "asset ipv6")
    name = text(cells, "asset name") or addresses.partition(",")[0].strip()
    return name or text(cells, "asset id")


def _severity(cells: Mapping[str, str]) -> Severity:
    level = text(cells, "severity") or text(cells, "kb severity")
    return _LEVELS.get(level) or severity_from_word(level)


def _cvss(cells: Mapping[str, str]) -> Cvss | None:
    return best_cvss(cvss_from("", number(cells, column), source="nvd") for column in _CVSS_COLUMNS)


FORMAT = Format(
    name="qualys-vmdr",
    title="Qualys VMDR table",
    documents=("csv",),
    recognise=_recognise,
    read=_read,
)
