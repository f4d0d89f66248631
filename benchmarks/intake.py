"""From bytes to the commit: large reports into an empty store, and the same records again, on both stores.

PostgreSQL is a server of our own, as in the tests (it does not wait for the disk); its processor time is counted with
the command's.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine

from benchmarks.generated import REPORTS
from benchmarks.measure import Measured, measure
from benchmarks.page import Line, Section
from tools import postgres

TESURI = str(Path(sys.executable).with_name("tesuri"))
_FIRST_DAY, _NEXT_DAY = b"2026-11-01T", b"2026-11-02T"
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


def section(folder: Path, count: int, *, runs: int, formats: Sequence[str]) -> Section:
    """Measure a first import and the same records on the next day, into both stores where there are both."""
    place = folder / f"intake-{count}"
    place.mkdir()
    baseline = measure(
        [sys.executable, "-c", _BASELINE, str(count)], place, runs=runs, clear=("baseline.db",)
    )
    lines: list[Line] = []
    for name in formats:
        days = _write(place, name, count)
        for store, first, again in _stores(place, days, runs):
            lines.append(Line(f"first import, {name}, {store}", first, baseline, count))
            lines.append(Line(f"unchanged again, {name}, {store}", again, baseline, count))
        for day in days:
            (place / day).unlink()
    title = f"From bytes to the commit, {count:,} findings"
    return Section(title, f"SQLite takes {count:,} rows of 2 KB without an index", lines)


def _write(place: Path, name: str, count: int) -> tuple[str, str]:
    """Write the report of a day and of the next one, which differ in nothing but the day."""
    report = REPORTS[name](count)
    (place / "first.json").write_bytes(report)
    (place / "next.json").write_bytes(report.replace(_FIRST_DAY, _NEXT_DAY))
    return "first.json", "next.json"


def _stores(
    place: Path, days: tuple[str, str], runs: int
) -> Iterator[tuple[str, Measured, Measured]]:
    files = ("intake.db", "intake.db-wal", "intake.db-shm")
    yield ("SQLite", *_both([_once(place, _SQLITE, days, files) for _ in range(runs)]))
    for name in files:
        (place / name).unlink(missing_ok=True)
    binaries = postgres.find()
    if binaries is None:
        return
    with postgres.serve(binaries) as server:
        taken = []
        for _ in range(runs):
            with _database(server) as url:
                taken.append(_once(place, url, days, (), server=server))
        yield ("PostgreSQL", *_both(taken))


def _once(
    place: Path,
    url: str,
    days: tuple[str, str],
    clear: Sequence[str],
    *,
    server: postgres.Server | None = None,
) -> tuple[Measured, Measured]:
    command = ["env", f"TESURI_DATABASE_URL={url}", TESURI, "ingest"]
    measured = []
    for day, removed in zip(days, (clear, ()), strict=True):
        before = _server_seconds(server)
        client = measure([*command, day], place, runs=1, clear=removed)
        measured.append(client.with_processor(_server_seconds(server) - before))
    return measured[0], measured[1]


def _both(taken: Sequence[tuple[Measured, Measured]]) -> tuple[Measured, Measured]:
    return (
        Measured.median_of(first for first, _ in taken),
        Measured.median_of(again for _, again in taken),
    )


def _server_seconds(server: postgres.Server | None) -> float:
    """Give the processor seconds of a server so far: its own, of its processes, and of those that have ended."""
    if server is None:
        return 0.0
    main = (server.folder / "data" / "postmaster.pid").read_text().split()[0]
    below = Path(f"/proc/{main}/task/{main}/children").read_text().split()
    ticks = sum(sum(_times(each)[:2]) for each in (main, *below)) + sum(_times(main)[2:])
    return ticks / os.sysconf("SC_CLK_TCK")


def _times(process: str) -> list[int]:
    """Give user, system, and those of its ended processes."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return [int(each) for each in fields[11:15]]


@contextmanager
def _database(server: postgres.Server) -> Iterator[str]:
    """Give the URL of an empty database, and remove it afterwards."""
    name = f"bench_{uuid4().hex}"
    driver = server.url.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(driver, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
        yield server.url.replace("/postgres?", f"/{name}?", 1)
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()
