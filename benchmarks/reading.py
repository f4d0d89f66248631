"""How fast each format is read, without the start of the program, and taken into an empty store, with it.

The reports are the samples of the tests enlarged: small records of every sort that a format has, those that are no
finding among them.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.enlarged import enlarged, sample_paths
from benchmarks.measure import Measured, measure
from benchmarks.page import Line, Section

_TESURI = str(Path(sys.executable).with_name("tesuri"))
_STORE = ("formats.db", "formats.db-wal", "formats.db-shm")
_INTO_STORE = ("env", f"TESURI_DATABASE_URL=sqlite:///{_STORE[0]}")
_WITH_SKIPPED = (0, 2)
"""The samples have records that nobody can read, which is said."""


def sections(folder: Path, count: int, *, runs: int) -> Iterator[Section]:
    """Give a line for each format, by name: first of reading alone, then of a first import."""
    place = folder / "formats"
    place.mkdir()
    samples = sample_paths()
    (place / "one.json").write_bytes(samples["trivy"].read_bytes())
    start = _inspected(place, "one.json", runs)
    read, taken = [], []
    for name, sample in sorted(samples.items()):
        data, records = enlarged(sample, count)
        (place / "report").write_bytes(data)
        whole = _inspected(place, "report", runs)
        read.append(Line(name, _without(whole, start), start, records))
        taken.append(Line(name, _taken_in(place, "report", runs), whole, records))
    yield Section(
        f"Read {count:,} records of each format, the start of the program taken off",
        "inspecting a report of a few records",
        read,
    )
    yield Section(
        f"Take {count:,} records of each format into an empty store, from start to commit",
        "inspecting the same report",
        taken,
    )


def _inspected(place: Path, file: str, runs: int) -> Measured:
    return measure([_TESURI, "inspect", file], place, runs=runs)


def _taken_in(place: Path, file: str, runs: int) -> Measured:
    command = [*_INTO_STORE, _TESURI, "ingest", file]
    return measure(command, place, runs=runs, clear=_STORE, codes=_WITH_SKIPPED)


def _without(whole: Measured, start: Measured) -> Measured:
    return Measured(
        max(0.001, whole.wall_seconds - start.wall_seconds),
        max(0.001, whole.processor_seconds - start.processor_seconds),
        whole.peak_bytes,
        whole.runs,
    )
