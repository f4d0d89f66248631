"""What only PostgreSQL needs: its driver's connection, one writer at a time, and COPY.

Imported where a URL names PostgreSQL, because the driver comes with the extra tesuri[postgres].
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.types import BigInteger, Boolean, Float, Integer, LargeBinary, String

from tesuri.model.errors import BadInput
from tesuri.storage.binary_rows import BEGINNING, END, block
from tesuri.storage.tables import metadata, staged

_CONNECT_SECONDS = 10
_SCHEMA_LOCK = 7_305_823_111_500_231
"""Any number that nobody else takes: it lets one process at a time change the schema."""


def connect(url: URL) -> Engine:
    """Give an engine whose connections are asked whether they still live before each use."""
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": _CONNECT_SECONDS,
            "client_encoding": "utf8",
            "application_name": "tesuri",
        },
    )


def lock_schema(connection: Connection) -> None:
    """Wait until no other process changes the schema. **raises** BadInput for a database not in UTF-8."""
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_SCHEMA_LOCK})")
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise BadInput(
            f"The database keeps its texts in {encoding}.",
            where="TESURI_DATABASE_URL",
            remedy="Make it anew with ENCODING 'UTF8'.",
        )


def lock_writers(connection: Connection, wait_seconds: int) -> None:
    """Let nobody else write until this transaction ends, as in SQLite: the chain has one end."""
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{wait_seconds}s'")
    # EXCLUSIVE holds off whoever writes the table, with this lock or without; readers go on.
    connection.exec_driver_sql("LOCK TABLE txn IN EXCLUSIVE MODE")


def copy_rows(
    connection: Connection,
    table: str,
    names: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    alike: Sequence[object] = (),
    like: str = "",
) -> None:
    """Write rows through COPY, in their order; `alike` are the values of the last columns, equal in all rows.

    `like` names the table whose columns these are, where it is another one.
    """
    statement = sql.SQL("COPY {} ({}) FROM STDIN WITH (FORMAT binary)").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    types = [_types(like or table)[name] for name in names]
    with _driver_cursor(connection) as cursor, cursor.copy(statement) as copy:
        copy.write(BEGINNING + block(types, rows, alike) + END)


_TYPES = (
    (BigInteger, "bigint"),
    (Integer, "integer"),
    (Boolean, "boolean"),
    (Float, "double precision"),
    (LargeBinary, "bytea"),
    (String, "text"),
)
"""The first one that fits: a large whole number is a whole number too."""


@cache
def _types(table: str) -> dict[str, str]:
    """Give the types of a table's columns, as `binary_rows` calls them."""
    made = staged if table == staged.name else metadata.tables[table]
    return {
        column.name: next(name for kind, name in _TYPES if isinstance(column.type, kind))
        for column in made.columns
    }


def copy_changes(
    connection: Connection,
    table: str,
    names: Sequence[str],
    keys: Sequence[str],
    rows: Sequence[Sequence[object]],
) -> None:
    """Change rows through a temporary table; the values of `names` come first, then those of `keys`."""
    columns = sql.SQL(", ").join(map(sql.Identifier, (*names, *keys)))
    make = sql.SQL("CREATE TEMPORARY TABLE changed AS SELECT {} FROM {} WITH NO DATA").format(
        columns, sql.Identifier(table)
    )
    values = sql.SQL(", ").join(
        sql.SQL("{0} = changed.{0}").format(sql.Identifier(n)) for n in names
    )
    which = sql.SQL(" AND ").join(
        sql.SQL("{0}.{1} = changed.{1}").format(sql.Identifier(table), sql.Identifier(n))
        for n in keys
    )
    change = sql.SQL("UPDATE {} SET {} FROM changed WHERE {}").format(
        sql.Identifier(table), values, which
    )
    with _driver_cursor(connection) as cursor:
        cursor.execute(make)
    copy_rows(connection, "changed", (*names, *keys), rows, like=table)
    with _driver_cursor(connection) as cursor:
        # Nobody else counts a temporary table, and an uncounted one is joined row by row.
        cursor.execute("ANALYZE changed")
        cursor.execute(change)
        cursor.execute("DROP TABLE changed")


@contextmanager
def _driver_cursor(connection: Connection) -> Iterator[psycopg.Cursor]:
    """Give a cursor of the driver; what it refuses is said as SQLAlchemy says it."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError("This connection is not one of psycopg.")
    try:
        with driver.cursor() as cursor:
            yield cursor
    except psycopg.OperationalError as error:
        raise OperationalError("COPY", None, error) from error
    except psycopg.Error as error:
        raise DatabaseError("COPY", None, error) from error
