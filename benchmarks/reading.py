"""How fast each format is read: whole runs of `tesuri inspect` on enlarged samples, without the start of the program."""

import sys
from pathlib import Path

from benchmarks.enlarged import enlarged, sample_paths
from benchmarks.measure import Measured, measure
from benchmarks.page import Line, Section

_TESURI = str(Path(sys.executable).with_name("tesuri"))


def section(folder: Path, count: int, *, runs: int) -> Section:
    """Give a line for each format, by name."""
    place = folder / "formats"
    place.mkdir()
    samples = sample_paths()
    (place / "one.json").write_bytes(samples["trivy"].read_bytes())
    start = _inspected(place, "one.json", runs)
    lines = []
    for name, sample in sorted(samples.items()):
        data, records = enlarged(sample, count)
        (place / "report").write_bytes(data)
        whole = _inspected(place, "report", runs)
        lines.append(Line(name, _without(whole, start), start, records))
    return Section(
        f"Read {count:,} records of each format, the start of the program taken off",
        "inspecting a report of a few records; the samples of the tests, repeated",
        lines,
    )


def _inspected(place: Path, file: str, runs: int) -> Measured:
    return measure([_TESURI, "inspect", file], place, runs=runs)


def _without(whole: Measured, start: Measured) -> Measured:
    return Measured(
        max(0.001, whole.wall_seconds - start.wall_seconds),
        max(0.001, whole.processor_seconds - start.processor_seconds),
        whole.peak_bytes,
        whole.runs,
    )
