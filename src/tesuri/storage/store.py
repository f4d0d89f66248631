"""The store behind the ports: transactions that are kept whole or not at all."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime

from sqlalchemy import Connection, Engine

from tesuri.storage import journal, past, projection, taken_objects
from tesuri.storage.database import WAIT_SECONDS
from tesuri.storage.first_bulk import written_at_once
from tesuri.storage.reader import SqlReader
from tesuri.storage.refusals import one_sentence
from tesuri.storage.writer import SqlRehearsal, SqlWriter


class SqlStore:
    """A store on an open engine (`database.open_engine`)."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; nothing is asked of it yet."""
        self._engine = engine

    @contextmanager
    def read(self) -> Iterator[SqlReader]:
        """Open one consistent reading."""
        with one_sentence(), self._reads().begin() as connection:
            yield SqlReader(connection)

    @contextmanager
    def rehearse(self, recorded_at: datetime) -> Iterator[SqlRehearsal]:
        """Open one transaction of which nothing is kept, to see what it would change."""
        with one_sentence(), self._engine.connect() as connection:
            transaction = connection.begin()
            try:
                _be_the_only_writer(connection)
                yield SqlRehearsal(connection, recorded_at)
            finally:
                transaction.rollback()

    @contextmanager
    def write(self, recorded_at: datetime, *, in_bulk: bool = False) -> Iterator[SqlWriter]:
        """Open one transaction whose events carry this time of recording; `in_bulk` where much is written."""
        with one_sentence(), self._engine.connect() as connection:
            is_alone = written_at_once(connection) if in_bulk else nullcontext()
            with is_alone, connection.begin():
                _be_the_only_writer(connection)
                writer = SqlWriter(connection, recorded_at)
                yield writer
                writer.settle()

    def past(self, recorded_by: datetime) -> "SqlStore":
        """Give the store as it was recorded by then, to be read and closed; what is written to it is lost."""
        with one_sentence(), self._reads().begin() as connection:
            return SqlStore(past.open_past(connection, recorded_by))

    def taken_objects(self, prefix: str) -> Mapping[str, str]:
        """Give how the objects of buckets whose addresses begin so were taken in last."""
        with one_sentence(), self._reads().begin() as connection:
            return taken_objects.marks(connection, prefix)

    def remember_object(self, address: str, mark: str) -> None:
        """Keep how an object was taken in."""
        with one_sentence(), self._engine.begin() as connection:
            _be_the_only_writer(connection)
            taken_objects.remember(connection, address, mark)

    def rebuild(self) -> None:
        """Make the current rows again from the journal."""
        with one_sentence(), self._engine.begin() as connection:
            _be_the_only_writer(connection)
            projection.rebuild(connection)

    def verify(self) -> int:
        """Recompute the journal's chain; give the number of transactions."""
        with one_sentence(), self._reads().begin() as connection:
            return journal.verify(connection)

    def snapshot(self) -> tuple[Sequence[projection.Row], Sequence[projection.Row]]:
        """Give every cached row, to compare a rebuild with."""
        with one_sentence(), self._reads().begin() as connection:
            return projection.snapshot(connection)

    def _reads(self) -> Engine:
        if self._engine.dialect.name == "postgresql":
            return self._engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        return self._engine.execution_options(tesuri_reads=True)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()


def _be_the_only_writer(connection: Connection) -> None:
    """One writer at a time, as in SQLite: the chain has one end. Readers go on."""
    if connection.dialect.name == "postgresql":
        from tesuri.storage.postgresql import lock_writers  # noqa: PLC0415 - its driver is an extra

        lock_writers(connection, WAIT_SECONDS)
