"""Tenable's tables: Nessus, Security Center (Tenable.sc) and the export of Vulnerability Management (Tenable.io).

One row is one result of one plug-in on one host and is a finding, also with the risk None, because Nessus reports it.
A risk that somebody accepted is suppressed; what Tenable itself has seen fixed is not open.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from tesuri.formats.nessus.vocabulary import cvss_of, severity_of
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
from tesuri.untrusted.advisory import advisories_in, weaknesses_in, weaknesses_listed
from tesuri.untrusted.csv_document import Row, Table
from tesuri.untrusted.instant import instant
from tesuri.untrusted.markup import addresses_in
from tesuri.untrusted.port import port_name
from tesuri.untrusted.shape import number, text

# Our field → column names without case, spaces and signs, the better one first.
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "rule": ("pluginid", "plugin", "definitionid"),
    "title": ("name", "pluginname", "definitionname"),
    "severity": ("risk", "severity", "riskfactor", "definitionseverity"),
    "host": ("host", "assetname", "dnsname", "assetdisplayfqdn", "fqdn", "assethostname"),
    "address": ("ipaddress", "assetdisplayipv4address", "assetdisplayipv6address", "hostip"),
    "port": ("port",),
    "protocol": ("protocol",),
    "synopsis": ("synopsis", "definitionsynopsis"),
    "description": ("description", "definitiondescription"),
    "solution": ("solution", "stepstoremediate", "definitionsolution"),
    "output": ("pluginoutput", "plugintext", "output"),
    "advisories": ("cve", "definitioncve"),
    "weaknesses": ("cwe", "definitioncwe"),
    "links": ("seealso", "definitionseealso"),
    "references": ("crossreferences", "xref", "definitionreferences"),
    "vector4": ("cvssv4vector", "cvssv40vector", "definitioncvss4basevector"),
    "score4": ("cvssv4basescore", "cvssv40basescore", "definitioncvss4basescore"),
    "vector3": ("cvssv3vector", "cvss3vector", "cvssv30vector", "definitioncvss3basevector"),
    "score3": (
        "cvssv30basescore",
        "cvssv3basescore",
        "cvss3basescore",
        "cvssv3",
        "definitioncvss3basescore",
    ),
    "vector2": ("cvssv2vector", "cvssvector", "cvssv20vector", "definitioncvss2basevector"),
    "score2": (
        "cvssv20basescore",
        "cvssv2basescore",
        "cvss",
        "cvssbasescore",
        "definitioncvss2basescore",
    ),
    "first_seen": ("firstdiscovered", "firstobserved", "firstfound", "firstseen"),
    "last_seen": ("lastobserved", "lastseen", "lastfound", "hostend"),
    "published": (
        "vulnpublicationdate",
        "vulnerabilitypublicationdate",
        "definitionvulnerabilitypublished",
    ),
    "patched": ("patchpublicationdate", "definitionpatchpublished"),
    "state": ("state", "vulnerabilitystate"),
    "modified": ("riskmodified", "acceptrisk"),
    "reason": ("recastreason",),
    "hosts": ("hosttotal",),
}
_SIGNS = re.compile(r"[^a-z0-9]")
_NO_SOLUTION = frozenset({"", "n/a", "none"})
# Beside plug-in, name, severity and host, what only Tenable's tables have.
_OWN = frozenset(
    (
        "pluginoutput",
        "plugintext",
        "pluginid",
        "pluginname",
        "synopsis",
        "seealso",
        "stigseverity",
        "vprscore",
        "vulnerabilitypriorityrating",
        "definitionid",
        "definitionfamily",
        "definitionsynopsis",
        "assetid",
        "exploit",
        "repository",
        "netbiosname",
    )
)


def _recognise(document: object) -> Likeness:
    columns = document if isinstance(document, (list, tuple)) else ()
    names = {_spelling(str(column)) for column in columns}
    needed = ("rule", "title", "severity")
    if any(not names.intersection(_COLUMNS[field]) for field in needed):
        return Likeness(0)
    if not _names_hosts(names):
        is_summary = {"pluginname", "family", "total", "hosttotal"} <= names
        return Likeness(85 if is_summary else 0, ("columns for plug-in, family and host total",))
    own = names & _OWN
    if len(own) < 3:
        return Likeness(0)
    return Likeness(min(95, 80 + 3 * len(own)), ("columns for plug-in, risk and host",))


def _names_hosts(columns: set[str]) -> bool:
    return bool(columns.intersection((*_COLUMNS["host"], *_COLUMNS["address"])))


def _read(document: object) -> Report:
    if not isinstance(document, Table):
        raise BadInput("A Nessus table has a header line with the column Plugin ID.")
    told = {(_host(cells), text(cells, "last_seen")) for cells in map(_fields, document.rows)}
    hosts = {name for name, _ in told if name}
    seen = (instant(time) for _, time in told)
    return Report(
        format="nessus-csv",
        version="",
        tool="nessus",
        tool_version="",
        target=hosts.pop() if len(hosts) == 1 else "",
        configuration="",
        scanned_at=max((time for time in seen if time is not None), default=None),
        records=_records(document),
        # A summary does not say on which hosts it saw what it counts.
        is_complete=_names_hosts({_spelling(column) for column in document.columns}),
    )


def _records(table: Table) -> Iterator[Record]:
    for row in table.rows:
        pointer = f"line {row.line}"
        if row.problem:
            yield Skipped(pointer, row.problem)
        else:
            yield _record(_fields(row), pointer)


@lru_cache(maxsize=1024)  # Every row has the same columns.
def _spelling(column: str) -> str:
    return _SIGNS.sub("", column.lower())


def _fields(row: Row) -> Mapping[str, object]:
    cells = {_spelling(column): cell for column, cell in row.cells.items() if cell}
    return {
        field: next((cells[name] for name in names if name in cells), "")
        for field, names in _COLUMNS.items()
    }


def _host(fields: Mapping[str, object]) -> str:
    return text(fields, "host") or text(fields, "address")


def _record(fields: Mapping[str, object], pointer: str) -> Record:
    if not text(fields, "rule"):
        return Skipped(pointer, "the row names no plug-in")
    if text(fields, "state").upper() == "FIXED":
        return Informational(pointer, "fixed in the tool")
    observation = _observation(fields, pointer)
    if text(fields, "modified").upper() in {"ACCEPTED", "YES", "TRUE"}:
        words = ("accepted in the tool", text(fields, "reason"))
        return Suppressed(pointer, ": ".join(word for word in words if word), observation)
    return observation


def _observation(fields: Mapping[str, object], pointer: str) -> Observation:
    rule = text(fields, "rule")
    solution = text(fields, "solution")
    resource = port_name(text(fields, "port"), text(fields, "protocol"))
    parts = [text(fields, name) for name in ("synopsis", "description", "output")]
    if count := text(fields, "hosts"):
        parts.append(f"Hosts that have it: {count}.")
    title = text(fields, "title")
    patched = instant(text(fields, "patched"))
    return new_observation(
        kind=Kind.VULNERABILITY,
        rule=rule,
        title=title or f"Plug-in {rule}",
        severity=severity_of(text(fields, "severity")),
        pointer=pointer,
        description="\n\n".join(dict.fromkeys(part for part in parts if part)),
        remedy="" if solution.lower() in _NO_SOLUTION else solution,
        # A table that was saved without the column still has the names that the titles have.
        advisories=advisories_in(text(fields, "advisories")) or advisories_in(title),
        weaknesses=_weaknesses(fields),
        resource=resource,
        resource_type="port" if resource else "",
        target=_host(fields),
        cvss=cvss_of(
            *((text(fields, f"vector{v}"), number(fields, f"score{v}")) for v in ("4", "3", "2"))
        ),
        has_fix=True if patched else None,
        published_at=instant(text(fields, "published")),
        fix_available_at=patched,
        first_seen_at=instant(text(fields, "first_seen")),
        links=addresses_in(text(fields, "links")),
    )


def _weaknesses(fields: Mapping[str, object]) -> tuple[str, ...]:
    """Give the weaknesses of their own column, and those among the cross references."""
    listed = weaknesses_listed(text(fields, "weaknesses"))
    return tuple(dict.fromkeys((*listed, *weaknesses_in(text(fields, "references")))))


FORMAT = Format(
    name="nessus-csv",
    title="Nessus and Tenable CSV",
    documents=("csv",),
    recognise=_recognise,
    read=_read,
)
