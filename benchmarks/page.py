"""Write measured figures as the page docs/benchmarks.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from benchmarks.measure import Measured

_HEAD = """# Benchmarks

Written by `{command}`; do not edit. Every figure is the median of whole processes, started fresh, on inputs that
`benchmarks/generated.py` makes with a fixed seed. *Processor* is user and system time together. *Ratio* is the
processor time of the command over that of the baseline, measured in the same run.

- Machine: {machine}
- Commit: {commit}
- Date: {date}
- Command: `{command}`
"""
_COLUMNS = """
| What | Runs | Wall | Processor | Peak memory | Per second | Per processor second | Baseline | Ratio |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
"""


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


def page(sections: Sequence[Section], machine: str, commit: str, on: date, command: str) -> str:
    """Give the page."""
    head = _HEAD.format(command=command, machine=machine, commit=commit, date=on.isoformat())
    return head + "".join(page_section(section) for section in sections)


def page_section(section: Section) -> str:
    """Give one section of the page."""
    lines = "".join(_line(line) for line in section.lines)
    return f"\n## {section.title}\n\nBaseline: {section.baseline}.\n{_COLUMNS}{lines}"


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
