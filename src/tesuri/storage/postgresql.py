"""What only PostgreSQL needs: its driver's connection, one writer at a time, and COPY.

Imported where a URL names PostgreSQL, because the driver comes with the extra tesuri[postgres].
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.types import BigInteger, Boolean, Float, Integer, LargeBinary, String

from tesuri.model.errors import BadInput, Defect
from tesuri.storage.behind import behind, let_follow, settle
from tesuri.storage.binary_rows import BEGINNING, END, block
from tesuri.storage.columns import Columns, Values
from tesuri.storage.tables import metadata, staged

_CONNECT_SECONDS = 10
_SENT_BYTES = 1024 * 1024
"""The driver keeps as much of a COPY in memory until the server takes it."""
_SCHEMA_LOCK = 7_305_823_111_500_231
"""Any number that nobody else takes: it lets one process at a time change the schema."""


def connect(url: URL) -> Engine:
    """Give an engine whose connections are asked whether they still live before each use."""
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": _CONNECT_SECONDS,
            "client_encoding": "utf8",
            "application_name": "tesuri",
        },
    )
    let_follow(engine)
    return engine


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


def copy_behind(
    connection: Connection, into: Columns, rows: Sequence[Values], alike: Values = ()
) -> None:
    """Write rows through COPY, in their order, while the caller goes on; `alike` are the values of the last columns, equal in all rows."""
    written = _block(into, rows, alike)
    _send(connection, partial(_copy, _driver(connection), into, written))


def change_behind(connection: Connection, changed: Columns, key: str, row: Values) -> None:
    """Change the row of this key, the last of the values, while the caller goes on."""
    statement = sql.SQL("UPDATE {} SET {} WHERE {} = %s").format(
        sql.Identifier(changed.table),
        sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(n)) for n in changed.names),
        sql.Identifier(key),
    )
    _send(connection, partial(_say, _driver(connection), statement, row))


def _send(connection: Connection, statement: Callable[[], None]) -> None:
    sending = behind(connection)
    if sending is None:
        raise Defect("This connection sends nothing beside its caller.", where="postgresql")
    sending.add(statement)


def _copy(driver: psycopg.Connection, into: Columns, written: bytes) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN WITH (FORMAT binary)").format(
        sql.Identifier(into.table), sql.SQL(", ").join(map(sql.Identifier, into.names))
    )
    with _cursor(driver) as cursor, cursor.copy(statement) as copy:
        for start in range(0, len(written), _SENT_BYTES):
            copy.write(written[start : start + _SENT_BYTES])


def _say(driver: psycopg.Connection, statement: sql.Composed, row: Values) -> None:
    with _cursor(driver) as cursor:
        cursor.execute(statement, row)


def _block(into: Columns, rows: Sequence[Values], alike: Values = (), *, like: str = "") -> bytes:
    """Give what COPY takes; `like` names the table whose columns these are, where it is another one."""
    types = [_types(like or into.table)[name] for name in into.names]
    return BEGINNING + block(types, rows, alike) + END


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
    rows: Sequence[Values],
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
    settle(connection)
    driver = _driver(connection)
    with _cursor(driver) as cursor:
        cursor.execute(make)
    into = Columns("changed", (*names, *keys))
    _copy(driver, into, _block(into, rows, like=table))
    with _cursor(driver) as cursor:
        # Nobody else counts a temporary table, and an uncounted one is joined row by row.
        cursor.execute("ANALYZE changed")
        cursor.execute(change)
        cursor.execute("DROP TABLE changed")


def _driver(connection: Connection) -> psycopg.Connection:
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError("This connection is not one of psycopg.")
    return driver


@contextmanager
def _cursor(driver: psycopg.Connection) -> Iterator[psycopg.Cursor]:
    """Give a cursor of the driver; what it refuses is said as SQLAlchemy says it."""
    try:
        with driver.cursor() as cursor:
            yield cursor
    except psycopg.OperationalError as error:
        raise OperationalError("COPY", None, error) from error
    except psycopg.Error as error:
        raise DatabaseError("COPY", None, error) from error
