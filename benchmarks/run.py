"""Measure whole runs of the `tesuri` command on generated inputs and write docs/benchmarks.md.

Every figure is the median of several processes, beside a baseline of the same run: plain Python that decodes the
same file, or SQLite that takes as many rows. `--quick` keeps to 20,000 findings and fewer runs, and writes a page only where `--output` says so;
`--only intake --count 1000000` measures one part anew and leaves the rest of the page as it is.
"""

import argparse
import compileall
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import (
    admission_load,
    budgets,
    conditions,
    gates,
    intake,
    labelled,
    pages,
    reading,
)
from benchmarks.generated import REPORTS, plan
from benchmarks.measure import Measured, commit, machine, measure
from benchmarks.page import Line, Section, Table, page, page_section

ROOT = Path(__file__).resolve().parent.parent
TESURI = str(Path(sys.executable).with_name("tesuri"))
SMALL, QUICK, LARGE, HUGE = 10_000, 20_000, 100_000, 1_000_000
QUICK_PARTS = ("start", "formats", "conditions", "gates")
PARTS = (
    "start",
    "formats",
    "intake",
    "reading",
    "conditions",
    "budgets",
    "pages",
    "gates",
    "peers",
    "labelled",
    "admission",
)
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
    """Measure everything, or some parts; print the sections, and write the page unless --quick is given."""
    options = _options(arguments)
    is_part = bool(options.only or options.quick)
    command = _said_command(arguments)
    output = options.output or (None if options.quick else ROOT / "docs" / "benchmarks.md")
    compileall.compile_dir(ROOT / "src", quiet=1)
    said = f"- {datetime.now(UTC).date()}, commit {commit(ROOT)}, `{command}`\n- {machine()}"
    sections: list[str] = []
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        for section in _sections(Path(name), options):
            text = page_section(section, said)
            print(text, flush=True)
            sections.append(text)
            if output is not None:
                before = output.read_text(encoding="utf-8") if is_part and output.exists() else ""
                output.write_text(page(sections, before), encoding="utf-8")


def _said_command(arguments: Sequence[str]) -> str:
    """Give the command as it can be repeated elsewhere: without the places that it was told to write to."""
    words = list(arguments)
    for place in ("--folder", "--output"):
        while place in words:
            del words[words.index(place) : words.index(place) + 2]
    return f'make bench BENCH_OPTIONS="{" ".join(words)}"' if words else "make bench"


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="20,000 findings, under two minutes")
    parser.add_argument("--output", type=Path, help="where to write the page")
    parser.add_argument("--folder", type=Path, help="where inputs and stores lie meanwhile")
    parser.add_argument(
        "--only", action="append", choices=PARTS, help="one part; the rest of the page stays"
    )
    parser.add_argument(
        "--with-peers",
        action="store_true",
        help="give the other tools 15,000 resources too: seven minutes",
    )
    parser.add_argument("--count", type=int, help="findings, resources or clocks of the parts")
    parser.add_argument(
        "--runs", type=int, help="runs of each line where they are not said to be fewer"
    )
    parser.add_argument(
        "--format", action="append", choices=sorted(REPORTS), help="a format of intake"
    )
    return parser.parse_args(arguments)


def _sections(folder: Path, options: argparse.Namespace) -> Iterator[Section | Table]:
    wanted = options.only or (QUICK_PARTS if options.quick else PARTS)
    if "start" in wanted:
        yield _start(folder, 3 if options.quick else 5)
    if "formats" in wanted:
        count = options.count or (QUICK if options.quick else LARGE)
        yield from _size(folder, count, runs=options.runs or (1 if options.quick else 5))
    if "intake" in wanted:
        yield from _intake_sections(folder, options)
    if "reading" in wanted:
        yield from reading.sections(folder, options.count or SMALL, runs=options.runs or 5)
    if "conditions" in wanted:
        resources = 20_000 if options.quick else options.count or HUGE
        # A million documents are written, read back and evaluated whole: once, so that the part ends in four minutes.
        runs = options.runs or (1 if options.quick or resources >= HUGE else 5)
        yield conditions.section(folder, resources, runs=runs)
    yield from _budget_sections(folder, options) if "budgets" in wanted else ()
    yield from _page_sections(folder, options) if "pages" in wanted else ()
    yield from _gate_sections(folder, options, wanted)


def _page_sections(folder: Path, options: argparse.Namespace) -> Iterator[Section]:
    for count in (options.count,) if options.count else (LARGE, HUGE):
        yield pages.section(folder, count, runs=options.runs or 5)


def _budget_sections(folder: Path, options: argparse.Namespace) -> Iterator[Section]:
    for count in (options.count,) if options.count else (HUGE, 10 * HUGE):
        yield budgets.section(folder, count, runs=options.runs or 5)


def _gate_sections(
    folder: Path, options: argparse.Namespace, wanted: Sequence[str]
) -> Iterator[Section | Table]:
    if "gates" in wanted:
        runs = options.runs or (1 if options.quick else 5)
        yield from gates.sections(folder, runs=runs, is_quick=options.quick)
    if "peers" in wanted:
        yield gates.peers(folder, has_large=options.with_peers)
    if "labelled" in wanted:
        corpus = Path(os.environ.get("TESURI_CORPUS", ROOT.parent / "shared" / "data"))
        found = labelled.table(corpus)
        if found is None:
            print(f"labelled: {corpus} holds no labelled changes", file=sys.stderr)
        else:
            yield found
    if "admission" in wanted:
        yield admission_load.table(folder)


def _intake_sections(folder: Path, options: argparse.Namespace) -> Iterator[Section]:
    counts = (options.count,) if options.count else (LARGE, HUGE)
    for count in counts:
        # A million findings take minutes: of them only the quickest format.
        is_huge = count >= HUGE
        formats = options.format or (("sarif",) if is_huge else tuple(REPORTS))
        yield intake.section(folder, count, runs=options.runs or 5, formats=formats)


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


def _size(folder: Path, count: int, *, runs: int) -> list[Section]:
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
