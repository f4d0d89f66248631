"""From bytes to the commit: large reports into an empty store, and the same records again, on both stores.

As one file and as files of 10,000 findings, each of another image. PostgreSQL is a server of our own, as in the tests;
its processor time is not in the figures, its waiting is in the wall clock.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine

from benchmarks.generated import trivy
from benchmarks.measure import Measured, measure
from benchmarks.page import Line, Section
from tools import postgres

TESURI = str(Path(sys.executable).with_name("tesuri"))
_FILE_FINDINGS = 10_000
_TARGET = b"registry.example/shop:1.0"
_DAYS = (1, 2)
_SQLITE = "sqlite:///intake.db"
_BASELINE = """
import sqlite3, sys
count = int(sys.argv[1])
base = sqlite3.connect("baseline.db")
base.execute("CREATE TABLE plain (id INTEGER PRIMARY KEY, name TEXT, detail TEXT)")
rows = ((number, f"name {number}", "x" * 2000) for number in range(count))
base.executemany("INSERT INTO plain VALUES (?, ?, ?)", rows)
base.commit()
"""


def section(folder: Path, count: int, *, runs: int) -> Section:
    """Measure a first import and the same records on the next day, into both stores where there are both."""
    place = folder / f"intake-{count}"
    place.mkdir()
    baseline = measure(
        [sys.executable, "-c", _BASELINE, str(count)], place, runs=runs, clear=("baseline.db",)
    )
    lines: list[Line] = []
    for shape, sizes in (("one file", (count,)), ("files of 10,000", _parts(count))):
        names = [_write(place, sizes, day) for day in _DAYS]
        for store, first, again in _stores(place, names, runs):
            lines.append(Line(f"first import, {shape}, {store}", first, baseline, count))
            lines.append(Line(f"unchanged again, {shape}, {store}", again, baseline, count))
    title = f"From bytes to the commit, {count:,} findings"
    return Section(title, f"SQLite takes {count:,} rows of 2 KB without an index", lines)


def _parts(count: int) -> tuple[int, ...]:
    return (_FILE_FINDINGS,) * max(1, count // _FILE_FINDINGS)


def _write(place: Path, sizes: Sequence[int], day: int) -> list[str]:
    names = []
    for number, size in enumerate(sizes):
        name = f"{day}-{len(sizes)}-{number}.json"
        target = f"registry.example/shop{number}:1.0".encode()
        (place / name).write_bytes(trivy(size, day=day).replace(_TARGET, target))
        names.append(name)
    return names


def _stores(
    place: Path, names: Sequence[Sequence[str]], runs: int
) -> Iterator[tuple[str, Measured, Measured]]:
    files = ("intake.db", "intake.db-wal", "intake.db-shm")
    yield ("SQLite", *_both([_once(place, _SQLITE, names, files) for _ in range(runs)]))
    binaries = postgres.find()
    if binaries is None:
        return
    with postgres.serve(binaries) as server:
        taken = []
        for _ in range(runs):
            with _database(server.url) as url:
                taken.append(_once(place, url, names, ()))
        yield ("PostgreSQL", *_both(taken))


def _once(
    place: Path, url: str, names: Sequence[Sequence[str]], clear: Sequence[str]
) -> tuple[Measured, Measured]:
    command = ["env", f"TESURI_DATABASE_URL={url}", TESURI, "ingest"]
    first = measure([*command, *names[0]], place, runs=1, clear=clear)
    return first, measure([*command, *names[1]], place, runs=1)


def _both(taken: Sequence[tuple[Measured, Measured]]) -> tuple[Measured, Measured]:
    return (
        Measured.median_of(first for first, _ in taken),
        Measured.median_of(again for _, again in taken),
    )


@contextmanager
def _database(server: str) -> Iterator[str]:
    """Give the URL of an empty database, and remove it afterwards."""
    name = f"bench_{uuid4().hex}"
    driver = server.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(driver, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
        yield server.replace("/postgres?", f"/{name}?", 1)
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()
