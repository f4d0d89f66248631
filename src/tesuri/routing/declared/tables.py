"""An inventory as CSV to the same records that YAML gives: one asset a row, lists inside a cell split at `;`."""

from collections.abc import Mapping

from tesuri.routing.declared.collect import Document, PlacedFault
from tesuri.routing.declared.fields import Fault
from tesuri.routing.declared.kinds import ASSET
from tesuri.untrusted.csv_document import Row, Table

COLUMNS = tuple(ASSET.fields)


def inventory_document(table: Table, *, file: str) -> tuple[Document, list[PlacedFault]]:
    """Give the records of an inventory, and what is wrong with its header or rows."""
    faults = [
        PlacedFault(file, Fault("", f"The column {column!r} is unknown.", _REMEDY), 1)
        for column in table.columns
        if column.lower() not in COLUMNS
    ]
    faults.extend(
        PlacedFault(file, Fault("", f"The row has {row.problem}."), row.line)
        for row in table.rows
        if row.problem
    )
    good = [row for row in table.rows if not row.problem]
    lines = {position: row.line for position, row in enumerate(good)}
    return Document(file, [_record(row) for row in good], lines=lines), faults


_REMEDY = f"Known columns: {', '.join(COLUMNS)}."


def _record(row: Row) -> Mapping[str, object]:
    """Give the filled cells of a row; an empty cell is a key that was left out."""
    cells = {column.lower(): cell for column, cell in row.cells.items()}
    return {column: _value(column, cells[column]) for column in COLUMNS if cells.get(column, "")}


def _value(column: str, cell: str) -> object:
    if column in {"targets", "formerly"}:
        return _parts(cell)
    if column == "tags":
        pairs = (part.partition("=") for part in _parts(cell))
        return {key.strip(): value.strip() for key, _, value in pairs}
    return cell


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.replace("\n", ";").split(";") if part.strip()]
