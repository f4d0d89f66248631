"""Empty stores for the tests, in SQLite and in a PostgreSQL that this run brings up or was given."""

import os
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import Engine, create_engine, make_url

from tesuri.storage.database import open_engine
from tools import postgres


@dataclass(frozen=True)
class Databases:
    """Databases of one PostgreSQL server, each made empty for one test and removed after it."""

    admin: Engine
    template: str

    def fresh(self) -> str:
        """Give the URL of a new database with the newest schema."""
        return self._make(f"TEMPLATE {self.template}")

    def bare(self, options: str = "") -> str:
        """Give the URL of a new database without any table."""
        return self._make(options)

    def _make(self, options: str) -> str:
        name = f"tesuri_test_{uuid.uuid4().hex}"
        self._say(f"CREATE DATABASE {name} {options}")
        return self.url_of(name)

    def drop(self, url: str) -> None:
        """Remove the database, whoever is still connected."""
        self._say(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")

    def cut_off(self, url: str) -> None:
        """End every connection to the database, as a restart of the server does."""
        name = make_url(url).database
        self._say(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = %s AND pid <> pg_backend_pid()",
            name,
        )

    def _say(self, statement: str, *values: str | None) -> None:
        with self.admin.connect() as connection:
            connection.exec_driver_sql(statement, values)

    def url_of(self, name: str) -> str:
        url = self.admin.url.set(drivername="postgresql", database=name)
        return url.render_as_string(hide_password=False)


@contextmanager
def postgresql_databases() -> Iterator[Databases]:
    """Give the databases of TESURI_TEST_PG, else of a server of our own; skip or fail where there is none."""
    with ExitStack() as stack:
        url = os.environ.get("TESURI_TEST_PG") or stack.enter_context(own_server()).url
        admin = create_engine(
            make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
        )
        stack.callback(admin.dispose)
        databases = Databases(admin, f"tesuri_template_{uuid.uuid4().hex}")
        with admin.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {databases.template}")
        template = databases.url_of(databases.template)
        stack.callback(databases.drop, template)
        open_engine(template).dispose()
        yield databases


@contextmanager
def own_server() -> Iterator[postgres.Server]:
    """Run a server; where nobody has PostgreSQL, skip, but fail where make test or CI asked for it."""
    binaries = postgres.find()
    if binaries is None:
        sentence = "No PostgreSQL here: make test brings one, or set TESURI_TEST_PG to a URL."
        if os.environ.get("CI") or "TESURI_TEST_PG_BIN" in os.environ:
            pytest.fail(sentence, pytrace=False)
        pytest.skip(sentence)
    with postgres.serve(binaries) as server:
        yield server


@cache
def _empty_sqlite() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        open_engine(f"sqlite:///{path}").dispose()
        return path.read_bytes()


def fresh_sqlite(folder: Path) -> str:
    """Give the URL of a new file with the newest schema."""
    path = folder / "tesuri.db"
    path.write_bytes(_empty_sqlite())
    return f"sqlite:///{path}"
