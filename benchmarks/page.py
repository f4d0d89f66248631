"""Write measured figures as the page docs/benchmarks.md."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.measure import Measured

_HEAD = """# Benchmarks

Written by `make bench`; do not edit. Every figure is the median of whole processes, started fresh, on inputs that
`benchmarks/generated.py` makes with a fixed seed. *Processor* is user and system time together, of every process of the
command; with PostgreSQL that of the server too. *Peak memory* is that of the command's processes together. *Ratio* is the
processor time of the command over that of the baseline, measured in the same run.
"""
_COLUMNS = """
| What | Runs | Wall | Processor | Peak memory | Per second | Per processor second | Baseline | Ratio |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
"""
_SECTION = "\n## "


@dataclass(frozen=True, slots=True)
class Line:
    """One command with its baseline."""

    name: str
    measured: Measured
    baseline: Measured
    count: int = 0
    """Records in it; 0 where a rate means nothing."""


@dataclass(frozen=True, slots=True)
class Section:
    """Lines that share a baseline."""

    title: str
    baseline: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Table:
    """Figures of another kind: a head and rows, as they are shown."""

    title: str
    note: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


def page(sections: Sequence[str], before: str = "") -> str:
    """Give the page; of the page before, sections of other titles stay where they are."""
    fresh = {_title(section): section for section in sections}
    kept = {_title(part): f"{_SECTION}{part}" for part in before.split(_SECTION)[1:]}
    return _HEAD + "".join({**kept, **fresh}.values())


def page_section(section: Section | Table, provenance: str) -> str:
    """Give one section of the page; `provenance` says when, where and how it was measured."""
    if isinstance(section, Table):
        marks = ["---", *("---:" for _ in section.heads[1:])]
        rows = "".join(f"| {' | '.join(row)} |\n" for row in (section.heads, marks, *section.rows))
        return f"{_SECTION}{section.title}\n\n{provenance}\n\n{section.note}\n\n{rows}"
    lines = "".join(_line(line) for line in section.lines)
    said = f"{provenance}\n\nBaseline: {section.baseline}."
    return f"{_SECTION}{section.title}\n\n{said}\n{_COLUMNS}{lines}"


def _title(section: str) -> str:
    return section.removeprefix(_SECTION).partition("\n")[0]


def _line(line: Line) -> str:
    measured, baseline = line.measured, line.baseline
    cells = (
        line.name,
        str(measured.runs),
        f"{measured.wall_seconds:.2f} s",
        f"{measured.processor_seconds:.2f} s",
        f"{measured.peak_bytes / 1e6:,.0f} MB",
        _rate(line.count, measured.wall_seconds),
        _rate(line.count, measured.processor_seconds),
        f"{baseline.processor_seconds:.2f} s",
        f"{measured.processor_seconds / max(baseline.processor_seconds, 0.001):.1f}",
    )
    return f"| {' | '.join(cells)} |\n"


def _rate(count: int, seconds: float) -> str:
    return f"{count / seconds:,.0f}" if count else ""
