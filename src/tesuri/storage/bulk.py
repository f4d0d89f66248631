"""Many rows of one table at once, as the driver's own tuples: SQLAlchemy's dictionaries cost four times as much.

SQLite takes one statement for all rows, PostgreSQL a COPY; a change of many rows goes through a temporary table there.
Every text must be storable already (`storage.texts`).
"""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, Table

from tesuri.model.errors import Defect
from tesuri.storage.behind import is_sending, settle
from tesuri.storage.columns import Columns, Values

_WORTH_A_COPY = 50

Row = Mapping[str, object]
Alike = bool | int | str | None
"""What all rows may share: no text but words of our own."""
_NOTHING_ALIKE: Mapping[str, Alike] = {}


def insert_tuples(
    connection: Connection,
    into: Columns,
    rows: Sequence[Values],
    *,
    alike: Mapping[str, Alike] = _NOTHING_ALIKE,
) -> None:
    """Add rows, each with a value for each of the columns; `alike` are columns beside them that are equal in all rows."""
    insert_behind(connection, into, rows, alike=alike)
    settle(connection)


def insert_behind(
    connection: Connection,
    into: Columns,
    rows: Sequence[Values],
    *,
    alike: Mapping[str, Alike] = _NOTHING_ALIKE,
) -> None:
    """Add rows as `insert_tuples` does; where the store is another process, while the caller goes on.

    What goes wrong with it is raised by the next statement, or where the transaction ends.
    """
    if not rows:
        return
    if connection.dialect.name == "postgresql" and len(rows) >= _WORTH_A_COPY:
        from tesuri.storage.postgresql import copy_behind  # noqa: PLC0415 - its driver is an extra

        every = Columns(into.table, (*into.names, *alike))
        copy_behind(connection, every, rows, tuple(alike.values()))
        return
    _insert(connection, into, rows, alike)


def _insert(
    connection: Connection, into: Columns, rows: Sequence[Values], alike: Mapping[str, Alike]
) -> None:
    # What stands in the statement is not handed over for each row.
    values = (*[_mark(connection)] * len(into.names), *map(_literal, alike.values()))
    connection.exec_driver_sql(
        f"INSERT INTO {into.table} ({', '.join((*into.names, *alike))}) VALUES ({', '.join(values)})",  # noqa: S608 - names of ours
        list(rows),
    )


def change_behind(connection: Connection, changed: Columns, key: str, row: Values) -> None:
    """Change the row of a key, the last of the values, after what is still being added."""
    if is_sending(connection):
        from tesuri.storage import postgresql  # noqa: PLC0415 - its driver is an extra

        postgresql.change_behind(connection, changed, key, row)
        return
    update_tuples(connection, changed, (key,), [row])


def _literal(value: Alike) -> str:
    if isinstance(value, str):
        if not value.isalpha():
            raise Defect(f"{value!r} is no word of ours.", where="bulk")
        return f"'{value}'"
    return "NULL" if value is None else str(value)


def insert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Add rows that all name the same columns, in their order."""
    if rows:
        names = tuple(rows[0])
        insert_tuples(connection, Columns(table.name, names), [tuple(row.values()) for row in rows])


def update_tuples(
    connection: Connection, changed: Columns, keys: Sequence[str], rows: Sequence[Values]
) -> None:
    """Change rows: the values of the changed columns first, then those of the keys, in their orders."""
    if not rows:
        return
    if connection.dialect.name == "postgresql" and len(rows) >= _WORTH_A_COPY:
        from tesuri.storage.postgresql import copy_changes  # noqa: PLC0415 - its driver is an extra

        copy_changes(connection, changed.table, changed.names, keys, rows)
        return
    mark = _mark(connection)
    values = ", ".join(f"{name} = {mark}" for name in changed.names)
    which = " AND ".join(f"{name} = {mark}" for name in keys)
    connection.exec_driver_sql(
        f"UPDATE {changed.table} SET {values} WHERE {which}",  # noqa: S608 - names of ours
        list(rows),
    )


def delete_tuples(connection: Connection, keys: Columns, rows: Sequence[Values]) -> None:
    """Remove rows by these columns; one that is not there is none."""
    if rows:
        which = " AND ".join(f"{name} = {_mark(connection)}" for name in keys.names)
        connection.exec_driver_sql(
            f"DELETE FROM {keys.table} WHERE {which}",  # noqa: S608 - names of ours
            list(rows),
        )


def rows_among(
    connection: Connection, select: str, column: str, values: Iterable[object], *, batch: int = 5000
) -> list[Values]:
    """Give the rows of `select` (SQL up to and without WHERE) whose column is one of the values."""
    wanted = list(values)
    found: list[Values] = []
    is_postgresql = connection.dialect.name == "postgresql"
    for start in range(0, len(wanted), batch):
        some = wanted[start : start + batch]
        if is_postgresql:
            rows = connection.exec_driver_sql(f"{select} WHERE {column} = ANY(%s)", (some,))
        else:
            marks = ",".join("?" * len(some))
            rows = connection.exec_driver_sql(f"{select} WHERE {column} IN ({marks})", tuple(some))
        found += [tuple(row) for row in rows]
    return found


def _mark(connection: Connection) -> str:
    return "%s" if connection.dialect.name == "postgresql" else "?"
