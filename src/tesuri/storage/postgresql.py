"""What only PostgreSQL needs: its driver's connection, one writer at a time, and COPY.

Imported where a URL names PostgreSQL, because the driver comes with the extra tesuri[postgres].
"""

from collections.abc import Mapping, Sequence

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Engine, Table, create_engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError, OperationalError

from tesuri.model.errors import BadInput

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


def copy_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Write rows that all name the same columns through COPY, in their order."""
    names = list(rows[0])
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError("This connection is not one of psycopg.")
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row([row[name] for name in names])
    except psycopg.OperationalError as error:
        raise OperationalError("COPY", None, error) from error
    except psycopg.Error as error:
        raise DatabaseError("COPY", None, error) from error
