"""Writing many rows of one table: one statement in SQLite, COPY in PostgreSQL."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, Table, insert

_WORTH_A_COPY = 50

Row = Mapping[str, object]


def insert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Add rows that all name the same columns, in their order; their texts are storable already."""
    if not rows:
        return
    if connection.dialect.name == "postgresql" and len(rows) >= _WORTH_A_COPY:
        from tesuri.storage.postgresql import copy_rows  # noqa: PLC0415 - its driver is an extra

        copy_rows(connection, table, rows)
    else:
        connection.execute(insert(table), rows)
