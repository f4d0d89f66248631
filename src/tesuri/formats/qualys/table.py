"""Qualys' table of detections, of a scan or of an asset report; lines about the report may stand above its header.

Every row with a QID is a finding, also potential ones and gathered information, as in the XML of the same report.
The monthly table of PCI scans is the same with other names of columns.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from tesuri.formats.qualys.vocabulary import cvss_of, judged, severity_of
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
)
from tesuri.untrusted.advisory import advisories_in
from tesuri.untrusted.csv_document import Row, Table
from tesuri.untrusted.instant import instant
from tesuri.untrusted.markup import plain_text
from tesuri.untrusted.port import port_name
from tesuri.untrusted.score import best_cvss
from tesuri.untrusted.shape import text

_NEEDED = frozenset({"ip", "qid", "title", "severity"})
_OWN = frozenset(
    (
        "type",
        "vuln status",
        "tracking method",
        "ip status",
        "vendor reference",
        "bugtraq id",
        "threat",
        "impact",
        "exploitability",
        "associated malware",
        "pci vuln",
        "ticket state",
        "netbios",
        "is_pci",
        "false positive status",
        "bugtraqid",
    )
)
# Names of columns in the table of PCI scans → those of every other table.
_OTHER_NAMES = {
    "vuln title": "title",
    "cveid": "cve id",
    "cvss_base": "cvss base",
    "result": "results",
    "hostname": "dns",
    "last scan": "last detected",
    "bugtraqid": "bugtraq id",
}


def _recognise(document: object) -> Likeness:
    columns = document if isinstance(document, (list, tuple)) else ()
    given = {str(column).strip().lower() for column in columns}
    names = given | {_OTHER_NAMES[name] for name in given if name in _OTHER_NAMES}
    if not names >= _NEEDED or len(names & _OWN) < 3:
        return Likeness(0)
    return Likeness(95, ("columns IP, QID, Title and Severity", "columns of a Qualys report"))


def _read(document: object) -> Report:
    if not isinstance(document, Table):
        raise BadInput("A Qualys table has a header line with the columns IP and QID.")
    seen = {(_host(cells), text(cells, "last detected")) for cells in map(_cells, document.rows)}
    hosts = {host for host, _ in seen if host}
    return Report(
        format="qualys-csv",
        version="",
        tool="qualys",
        tool_version="",
        target=hosts.pop() if len(hosts) == 1 else "",
        configuration="",
        scanned_at=_scanned_at(document, {time for _, time in seen}),
        records=_records(document),
    )


def _scanned_at(table: Table, detected: Iterable[str]) -> datetime | None:
    """Give the time in the lines above the header, else the last detection."""
    above = (instant(cell) for line in table.preamble for cell in line)
    if (named := next((time for time in above if time is not None), None)) is not None:
        return named
    seen = map(instant, detected)
    return max((time for time in seen if time is not None), default=None)


def _cells(row: Row) -> Mapping[str, object]:
    cells = {column.strip().lower(): cell for column, cell in row.cells.items()}
    return {_OTHER_NAMES.get(name, name): cell for name, cell in cells.items()}


def _host(cells: Mapping[str, object]) -> str:
    tracking = text(cells, "tracking method").upper()
    column = {"DNS": "dns", "NETBIOS": "netbios"}.get(tracking, "ip")
    return text(cells, column) or text(cells, "ip") or text(cells, "dns")


def _records(table: Table) -> Iterator[Record]:
    for row in table.rows:
        pointer = f"line {row.line}"
        if row.problem:
            yield Skipped(pointer, row.problem)
        else:
            yield _record(_cells(row), pointer)


def _record(cells: Mapping[str, object], pointer: str) -> Record:
    if not text(cells, "qid"):
        status = text(cells, "ip status")
        if status and not text(cells, "title"):
            return Informational(pointer, f"inventory: a host ({status[:80]})")
        return Skipped(pointer, "the row names no QID")
    observation = _observation(cells, pointer)
    if text(cells, "false positive status").lower() == "approved":
        return Suppressed(pointer, "approved as a false positive in the tool", observation)
    return judged(observation, text(cells, "vuln status"), text(cells, "ticket state"))


def _observation(cells: Mapping[str, object], pointer: str) -> Observation:
    rule = text(cells, "qid")
    resource = port_name(text(cells, "port"), text(cells, "protocol"))
    parts = (text(cells, name) for name in ("threat", "impact", "results"))
    third = next(
        (word for name in ("cvss3.1 base", "cvss3 base") if (word := text(cells, name))), ""
    )
    return new_observation(
        kind=Kind.VULNERABILITY,
        rule=rule,
        title=text(cells, "title") or f"QID {rule}",
        severity=severity_of(text(cells, "severity")),
        pointer=pointer,
        description="\n\n".join(words for part in parts if (words := plain_text(part))),
        remedy=plain_text(text(cells, "solution")),
        advisories=advisories_in(text(cells, "cve id")),
        resource=resource,
        resource_type="port" if resource else "",
        target=_host(cells),
        cvss=best_cvss(
            (
                cvss_of(third, is_third=True),
                cvss_of(text(cells, "cvss base"), is_third=False),
            )
        ),
        first_seen_at=instant(text(cells, "first detected")),
    )


FORMAT = Format(
    name="qualys-csv",
    title="Qualys CSV",
    documents=("csv",),
    recognise=_recognise,
    read=_read,
)
