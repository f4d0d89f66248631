"""Opening the store: SQLite (one file, WAL) or PostgreSQL, brought to the newest schema."""

from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    create_engine,
    event,
    insert,
    inspect,
    make_url,
    text,
)
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DatabaseError
from sqlalchemy.pool import ConnectionPoolEntry

from tesuri.model.errors import BadInput, Unavailable
from tesuri.storage import inventory_tables, taken_objects
from tesuri.storage.refusals import first_sentence
from tesuri.storage.tables import metadata

_ = inventory_tables, taken_objects  # their tables belong to the schema too

NEWEST = "0004"
"""The newest schema's revision: asked on every start, so that Alembic is imported only to change one."""

_REVISION = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""As Alembic makes and reads it."""

WAIT_SECONDS = 120
"""How long a second writer waits for the first; an import of a million findings takes about a minute."""


def open_engine(url: str) -> Engine:
    """Connect and migrate to the newest schema.

    **raises** BadInput for a URL that names no supported store, Unavailable when it does not answer.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise BadInput(
            "This is no database URL.", where="TESURI_DATABASE_URL", remedy=_EXAMPLE
        ) from error
    engine = _engine(parsed)
    with ExitStack() as refused:
        refused.callback(engine.dispose)
        try:
            _bring_up(engine)
        except DatabaseError as error:
            raise Unavailable(
                f"The store does not answer: {first_sentence(error)}.",
                where=parsed.render_as_string(hide_password=True),
                remedy="Check that it runs and that this user may write to it, then try again.",
            ) from error
        refused.pop_all()
    return engine


def open_empty() -> Engine:
    """Give an empty store in memory: what a folder without a store is read as."""
    engine = create_engine("sqlite:///:memory:")
    metadata.create_all(engine)
    return engine


_EXAMPLE = "Use for example sqlite:////srv/tesuri/tesuri.db."


def _engine(url: URL) -> Engine:
    match url.get_backend_name():
        case "sqlite":
            _prepare_file(url.database)
            engine = create_engine(url)
            event.listen(engine, "connect", _tune_sqlite)
            event.listen(engine, "begin", _begin_immediately)
            return engine
        case "postgresql":
            return _postgresql(url)
        case other:
            raise BadInput(
                f"Tesuri keeps its store in SQLite or PostgreSQL, not in {other}.",
                where="TESURI_DATABASE_URL",
                remedy=_EXAMPLE,
            )


def _postgresql(url: URL) -> Engine:
    try:
        from tesuri.storage.postgresql import connect  # noqa: PLC0415 - its driver is an extra
    except ModuleNotFoundError as error:
        raise Unavailable(
            "The driver of PostgreSQL is not installed.",
            where="TESURI_DATABASE_URL",
            remedy="Install it with: pip install 'tesuri[postgres]'.",
        ) from error
    return connect(url)


def _bring_up(engine: Engine) -> None:
    if not (_is_current(engine) or _is_made_anew(engine)):
        from tesuri.storage.schema_changes import bring_up  # noqa: PLC0415 - Alembic costs 0.2 s

        bring_up(engine)


def _is_current(engine: Engine) -> bool:
    """Whether the schema is the newest; asked without the writer's lock, so that no reader waits."""
    with engine.execution_options(tesuri_reads=True).begin() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return (
            connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == NEWEST
        )


def _is_made_anew(engine: Engine) -> bool:
    """Make the newest schema at once where there is no table at all, as all revisions in turn would; say whether."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            from tesuri.storage.postgresql import lock_schema  # noqa: PLC0415 - its driver is an extra

            lock_schema(connection)
        if inspect(connection).get_table_names():
            return False
        metadata.create_all(connection, checkfirst=False)
        _REVISION.create(connection)
        connection.execute(insert(_REVISION).values(version_num=NEWEST))
    return True


def _prepare_file(database: str | None) -> None:
    if not database or database == ":memory:":
        return
    folder = Path(database).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(
            f"The folder of the store cannot be made: {error.strerror}.",
            where=str(folder),
            remedy="Set TESURI_DATABASE_URL or TESURI_WORKSPACE to a folder that you may write to.",
        ) from error
    ignore = folder / ".gitignore"
    if folder.name == ".tesuri" and not ignore.exists():
        ignore.write_text("*\n")


def _tune_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    # isolation_level None: SQLAlchemy's BEGIN below is the only one, so DDL is transactional too.
    # From: https://docs.sqlalchemy.org/en/20/dialects/sqlite.html#pysqlite-serializable
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={WAIT_SECONDS * 1000}",
        # Of a new file only. Rows are about 1 KB: larger pages are filled better, and written with fewer calls.
        "page_size=16384",
        "cache_size=-32768",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediately(connection: Connection) -> None:
    mode = "" if connection.get_execution_options().get("tesuri_reads") else " IMMEDIATE"
    connection.exec_driver_sql(f"BEGIN{mode}")
