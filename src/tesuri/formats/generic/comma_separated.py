"""A table of findings with a header line: one row is one finding.

It takes a table for its own only where most columns are usual ones of such reports, because a tool's own export has
rows (passes, inventory) whose meaning nobody here knows; such a table needs a declared mapping.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from tesuri.formats.generic.mapping import check_mapping, mapped_fields
from tesuri.formats.generic.record import (
    FIELD_OF,
    known_share,
    named_fields,
    record_of,
    spelling_of,
)
from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import Record, Report, Skipped
from tesuri.untrusted.csv_document import Table
from tesuri.untrusted.shape import text

_SHARE = 0.75
_SHARE_OF_MANY = 0.6
"""Enough where five and more fields are known: people add columns of their own to such a table."""
_Fields = Callable[[Mapping[str, object]], Mapping[str, object]]


def _recognise(document: object) -> Likeness:
    columns = [str(name) for name in document] if isinstance(document, (list, tuple)) else []
    fields = {FIELD_OF[name] for column in columns if (name := spelling_of(column)) in FIELD_OF}
    if not {"title", "severity"} <= fields or len(fields) < 3:
        return Likeness(0)
    share = known_share(columns)
    signs = ("columns for title and severity", f"{share:.0%} of the columns are usual ones")
    needed = _SHARE_OF_MANY if len(fields) >= 5 else _SHARE
    return Likeness(50 + int(30 * share) if share >= needed else 20, signs)


def _read(document: object) -> Report:
    return _report(document, named_fields)


def read_mapped(document: object, mapping: Mapping[str, str]) -> Report:
    """Read a table whose columns a workspace has declared (our field → column).

    **raises** BadInput when the mapping names an unknown field or a column that is not there.
    """
    check_mapping(mapping)
    columns = set(document.columns) if isinstance(document, Table) else set()
    missing = sorted(
        name for name in mapping.values() if not name.startswith("=") and name not in columns
    )
    if missing:
        raise BadInput(f"The table has no column {', '.join(missing)} that the mapping names.")
    return _report(document, lambda cells: mapped_fields(cells, mapping))


def mapped_format(name: str, mapping: Mapping[str, str]) -> Format:
    """Give the format that a declared mapping makes: it wins where all its columns are there."""

    def recognise(document: object) -> Likeness:
        columns = document if isinstance(document, (list, tuple)) else ()
        named = {column for column in mapping.values() if not column.startswith("=")}
        is_there = bool(named) and named <= set(columns)
        return Likeness(90, ("all columns of the mapping",)) if is_there else Likeness(0)

    def read(document: object) -> Report:
        report = read_mapped(document, mapping)
        tool = report.tool if "tool" in mapping else name
        return replace(report, format=name, tool=tool)

    title = f"{name} (declared mapping)"
    return Format(name=name, title=title, documents=("csv",), recognise=recognise, read=read)


def _report(document: object, fields_of: _Fields) -> Report:
    if not isinstance(document, Table):
        raise BadInput("A generic CSV report is a table with a header line.")
    first = fields_of(dict(document.rows[0].cells)) if document.rows else {}
    return Report(
        format="generic-csv",
        version="",
        tool=text(first, "tool").lower() or "generic",
        tool_version="",
        target="",
        configuration="",
        scanned_at=None,
        records=_records(document, fields_of),
    )


def _records(table: Table, fields_of: _Fields) -> Iterator[Record]:
    for row in table.rows:
        pointer = f"line {row.line}"
        if row.problem:
            yield Skipped(pointer, row.problem)
        else:
            yield record_of(fields_of(dict(row.cells)), pointer)


FORMAT = Format(
    name="generic-csv",
    title="Generic findings CSV",
    documents=("csv",),
    recognise=_recognise,
    read=_read,
)
