"""Indexes of a first import: taken away before its first large batch, made again when its transaction ends.

Only while there is no finding yet. It is one transaction: who is killed in between leaves the indexes as they were. In
PostgreSQL whoever reads findings meanwhile waits for the end of the import, and would see nothing before it anyway.
"""

from sqlalchemy import Connection, Index
from sqlalchemy.schema import CreateIndex, DropIndex

from tesuri.storage import intake
from tesuri.storage.tables import finding, journal, sighting

_WORTH_DEFERRING = 2000


class DeferredIndexes:
    """The indexes that one transaction does without for a while."""

    def __init__(self, connection: Connection) -> None:
        """Take the connection of the transaction."""
        self._connection = connection
        self._dropped: list[Index] = []
        self._is_first: bool | None = None

    def before(self, openings: int) -> None:
        """Drop them where so many findings are the first of all."""
        if self._is_first is None:
            self._is_first = not intake.has_findings(self._connection)
        if not self._is_first or self._dropped or openings < _WORTH_DEFERRING:
            return
        for table in (finding, sighting, journal):
            for index in sorted(table.indexes, key=lambda each: str(each.name)):
                self._connection.execute(DropIndex(index))
                self._dropped.append(index)

    def restore(self) -> None:
        """Make again what was dropped; from now on they stay."""
        self._is_first = False
        if self._dropped and self._connection.dialect.name == "sqlite":
            # Nothing else is left to do meanwhile, so sorting may take a second processor.
            self._connection.exec_driver_sql("PRAGMA threads=1")
        while self._dropped:
            self._connection.execute(CreateIndex(self._dropped.pop()))
