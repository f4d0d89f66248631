"""Measure whole runs of the `tesuri` command on generated inputs and write docs/benchmarks.md.

Every figure is the median of several processes, beside a baseline of the same run: plain Python that decodes the
same file, or SQLite that takes as many rows. `--quick` keeps to 20,000 findings and fewer runs, and writes a page only where `--output` says so.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import conditions, intake, reading
from benchmarks.generated import REPORTS, plan
from benchmarks.measure import Measured, commit, machine, measure
from benchmarks.page import Line, Section, page

ROOT = Path(__file__).resolve().parent.parent
COMMAND = "make bench"
TESURI = str(Path(sys.executable).with_name("tesuri"))
QUICK, FULL = (20_000,), (20_000, 100_000)
ANSWERS = (
    ("week", "--format", "json"),
    ("findings", "--format", "json"),
    ("budget", "--format", "json"),
)
DECODE = "import sys, orjson; value = orjson.loads(open(sys.argv[1], 'rb').read()); len(value)"
ROWS = """
import sqlite3, sys
count = int(sys.argv[1])
base = sqlite3.connect("baseline.db")
base.execute("CREATE TABLE plain (id INTEGER PRIMARY KEY, name TEXT, asset TEXT, detail TEXT)")
rows = ((number, f"name {number}", "asset", "x" * 200) for number in range(count))
base.executemany("INSERT INTO plain VALUES (?, ?, ?, ?)", rows)
base.execute("CREATE INDEX by_name ON plain (name)")
base.commit()
"""
IMPORT = "import typer, sqlalchemy, orjson"


def main(arguments: Sequence[str]) -> None:
    """Measure everything; print the page, and write it unless --quick is given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="20,000 findings, under two minutes")
    parser.add_argument("--output", type=Path, help="where to write the page")
    options = parser.parse_args(arguments)
    command = f"{COMMAND} BENCH_OPTIONS=--quick" if options.quick else COMMAND
    output = options.output or (None if options.quick else ROOT / "docs" / "benchmarks.md")
    with tempfile.TemporaryDirectory() as name:
        sections = [_start(Path(name), 3 if options.quick else 5)]
        for count in QUICK if options.quick else FULL:
            sections += _size(Path(name), count, is_quick=options.quick)
        if not options.quick:
            sections += [
                intake.section(Path(name), count, runs=runs)
                for count, runs in ((100_000, 5), (1_000_000, 3))
            ]
            sections.append(reading.section(Path(name), QUICK[0], runs=3))
        resources, runs = (20_000, 1) if options.quick else (1_000_000, 3)
        sections.append(conditions.section(Path(name), resources, runs=runs))
    text = page(sections, machine(), commit(ROOT), datetime.now(UTC).date(), command)
    print(text)
    if output is not None:
        output.write_text(text, encoding="utf-8")


def _start(folder: Path, runs: int) -> Section:
    """Measure what has nothing to do with the number of findings."""
    place = _fresh(folder / "start")
    (place / "plan.json").write_bytes(plan(1000))
    bare = measure([sys.executable, "-c", "pass"], place, runs=runs)
    imports = measure([sys.executable, "-c", IMPORT], place, runs=runs)
    lines = [
        Line("--version", measure([TESURI, "--version"], place, runs=runs), bare),
        Line(
            "check plan, 1,000 resources",
            measure([TESURI, "check", "plan", "plan.json"], place, runs=runs, codes=(0, 1)),
            imports,
            1000,
        ),
    ]
    baseline = "python -c pass; importing typer, SQLAlchemy and orjson"
    return Section("Without a store", baseline, lines)


def _size(folder: Path, count: int, *, is_quick: bool) -> list[Section]:
    runs = 1 if is_quick else 5 if count <= 20_000 else 3
    place = _fresh(folder / str(count))
    for name, make in REPORTS.items():
        (place / f"{name}.json").write_bytes(make(count))
    rows = measure(
        [sys.executable, "-c", ROWS, str(count)], place, runs=runs, clear=("baseline.db",)
    )
    decoded = {
        name: measure([sys.executable, "-c", DECODE, f"{name}.json"], place, runs=runs)
        for name in REPORTS
    }
    reading = [
        Line(f"inspect {name}", _inspected(place, name, runs), decoded[name], count)
        for name in REPORTS
    ]
    return [
        Section(f"Decode and read {count:,} records", "orjson.loads of the file", reading),
        Section(
            f"Take {count:,} findings in",
            f"SQLite takes {count:,} rows of 4 columns with an index",
            _intake(place, count, runs, rows),
        ),
        Section(
            f"Answer from {count:,} findings",
            f"SQLite takes {count:,} rows of 4 columns with an index",
            _answers(place, count, runs, rows),
        ),
    ]


def _inspected(place: Path, name: str, runs: int) -> Measured:
    return measure([TESURI, "inspect", f"{name}.json"], place, runs=runs)


def _intake(place: Path, count: int, runs: int, rows: Measured) -> list[Line]:
    """Import each format first into an empty store, then as another scan of the same records."""
    lines = []
    for name, make in REPORTS.items():
        store = (".tesuri",)
        first = measure([TESURI, "ingest", f"{name}.json"], place, runs=runs, clear=store)
        lines.append(Line(f"first import, {name}", first, rows, count))
        later: list[Measured] = []
        for run in range(runs):
            (place / "next.json").write_bytes(make(count, day=2 + run))
            later.append(measure([TESURI, "ingest", "next.json"], place, runs=1))
        lines.append(Line(f"re-import unchanged, {name}", Measured.median_of(later), rows, count))
    return lines


def _answers(place: Path, count: int, runs: int, rows: Measured) -> list[Line]:
    """Ask a store that holds one format's findings; the last import left it."""
    measure([TESURI, "tick"], place, runs=1)
    ticked = measure([TESURI, "tick"], place, runs=runs)
    nothing = Line("tick with nothing to do", ticked, rows, count)
    answers = [
        Line(words[0], measure([TESURI, *words], place, runs=runs), rows, count)
        for words in ANSWERS
    ]
    return [nothing, *answers]


def _fresh(folder: Path) -> Path:
    folder.mkdir()
    return folder


if __name__ == "__main__":
    main(sys.argv[1:])
