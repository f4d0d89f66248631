"""A first large import into SQLite without a log beside the file: each page is written once, and not read back.

With a rollback journal, which holds the few pages that the empty store had: who is killed leaves those, and the next
one who opens the file puts them back. Others wait until it ends, as they do in PostgreSQL, and would see nothing before.
Where anybody else has the file open, or has written a finding, everything stays as it is.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from sqlalchemy import Connection

_ANY_FINDING: Final = "SELECT EXISTS (SELECT 1 FROM finding)"


@contextmanager
def written_at_once(connection: Connection) -> Iterator[None]:
    """Write what is written inside, a whole transaction, without a log where that can be; afterwards with one again."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection) or not _leaves_log(driver):
        yield
        return
    try:
        yield
    finally:
        with suppress(
            sqlite3.OperationalError
        ):  # Somebody reads already: whoever opens it next tries.
            driver.execute("PRAGMA synchronous=NORMAL")
            driver.execute("PRAGMA journal_mode=WAL")


def _leaves_log(driver: sqlite3.Connection) -> bool:
    """Go over to a rollback journal, without waiting for others; say whether it was done."""
    (patience,) = driver.execute("PRAGMA busy_timeout").fetchone()
    driver.execute("PRAGMA busy_timeout=0")
    try:
        if driver.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            return False
        if driver.execute(_ANY_FINDING).fetchone() != (0,):
            return False
        # Without a log, only a full flush keeps the journal in front of what it would put back.
        driver.execute("PRAGMA synchronous=FULL")
        if driver.execute("PRAGMA journal_mode=DELETE").fetchone() == ("delete",):
            return True
        driver.execute("PRAGMA synchronous=NORMAL")
    except sqlite3.OperationalError:
        driver.execute("PRAGMA synchronous=NORMAL")
    finally:
        driver.execute(f"PRAGMA busy_timeout={patience}")
    return False
