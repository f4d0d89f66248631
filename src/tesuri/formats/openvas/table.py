"""Greenbone's table of the results of an OpenVAS scan: one row is what one test reported of one host and port.

Every row is a finding, also those of the class Log, because the scanner reports them.
"""

from collections.abc import Iterator, Mapping

from tesuri.formats.openvas.vocabulary import DEBUG, is_false_positive, severity_of
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
from tesuri.untrusted.advisory import advisories_in, weaknesses_in
from tesuri.untrusted.csv_document import Row, Table
from tesuri.untrusted.instant import instant
from tesuri.untrusted.markup import addresses_in
from tesuri.untrusted.port import port_name
from tesuri.untrusted.score import cvss_from
from tesuri.untrusted.shape import number, text

_OWN = frozenset(
    (
        "nvt oid",
        "qod",
        "solution type",
        "specific result",
        "port protocol",
        "result id",
        "task id",
        "vulnerability insight",
        "vulnerability detection method",
        "product detection result",
    )
)
_FIX_TYPES = {"vendorfix": True, "willnotfix": False, "noneavailable": False}


def _recognise(document: object) -> Likeness:
    columns = document if isinstance(document, (list, tuple)) else ()
    names = {str(column).strip().lower() for column in columns}
    own = names & _OWN
    if "nvt name" not in names or len(own) < 2:
        return Likeness(0)
    return Likeness(95, ("column NVT Name", f"{len(own)} columns that only Greenbone writes"))


def _read(document: object) -> Report:
    if not isinstance(document, Table):
        raise BadInput("An OpenVAS table has a header line with the column NVT Name.")
    seen = {
        (_host(cells), text(cells, "task name"), text(cells, "timestamp"))
        for cells in map(_cells, document.rows)
    }
    hosts = {host for host, _, _ in seen if host}
    tasks = {task for _, task, _ in seen if task}
    times = (instant(time) for _, _, time in seen)
    return Report(
        format="openvas-csv",
        version="",
        tool="openvas",
        tool_version="",
        target=min(tasks) if len(tasks) == 1 else "".join(hosts if len(hosts) == 1 else ()),
        configuration="",
        scanned_at=max((time for time in times if time is not None), default=None),
        records=_records(document),
    )


def _cells(row: Row) -> Mapping[str, object]:
    return {column.strip().lower(): cell for column, cell in row.cells.items()}


def _host(cells: Mapping[str, object]) -> str:
    return text(cells, "ip") or text(cells, "hostname")


def _records(table: Table) -> Iterator[Record]:
    for row in table.rows:
        pointer = f"line {row.line}"
        if row.problem:
            yield Skipped(pointer, row.problem)
        else:
            yield _record(_cells(row), pointer)


def _record(cells: Mapping[str, object], pointer: str) -> Record:
    rule = text(cells, "nvt oid") or text(cells, "nvt name")
    if not rule:
        return Skipped(pointer, "the row names no test")
    threat, score = text(cells, "severity"), number(cells, "cvss")
    if threat.lower() == DEBUG:
        return Informational(pointer, "a message of the scanner about itself")
    observation = _observation(cells, pointer, rule)
    if is_false_positive(threat, score):
        return Suppressed(pointer, "false positive in the tool", observation)
    return observation


def _observation(cells: Mapping[str, object], pointer: str, rule: str) -> Observation:
    resource = port_name(text(cells, "port"), text(cells, "port protocol"))
    score = number(cells, "cvss")
    names = ("summary", "specific result", "vulnerability insight", "impact")
    parts = (text(cells, name) for name in names)
    return new_observation(
        kind=Kind.VULNERABILITY,
        rule=rule,
        title=text(cells, "nvt name") or rule,
        severity=severity_of(text(cells, "severity"), score),
        pointer=pointer,
        description="\n\n".join(dict.fromkeys(part for part in parts if part)),
        remedy=text(cells, "solution"),
        advisories=advisories_in(text(cells, "cves")),
        weaknesses=weaknesses_in(text(cells, "other references")),
        resource=resource,
        resource_type="port" if resource else "",
        target=_host(cells),
        cvss=cvss_from("", score),
        has_fix=_FIX_TYPES.get(text(cells, "solution type").lower()),
        links=addresses_in(text(cells, "other references")),
    )


FORMAT = Format(
    name="openvas-csv",
    title="OpenVAS CSV",
    documents=("csv",),
    recognise=_recognise,
    read=_read,
)
