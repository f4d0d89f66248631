"""Run a command several times and say what it took: wall, processor, memory; the median of each."""

import os
import platform
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

_NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"
"""An installed program is compiled once, not at every start."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one command took, in the median of its runs."""

    wall_seconds: float
    processor_seconds: float
    """User and system together; steadier than the wall clock on a machine that others use too."""
    peak_bytes: int
    runs: int

    @classmethod
    def median_of(cls, several: Iterable[Self]) -> Self:
        """Give the median of each figure."""
        all_of = list(several)
        return cls(
            statistics.median(each.wall_seconds for each in all_of),
            statistics.median(each.processor_seconds for each in all_of),
            int(statistics.median(each.peak_bytes for each in all_of)),
            sum(each.runs for each in all_of),
        )

    def with_processor(self, seconds: float) -> "Measured":
        """Give the same with processor seconds of somebody else added."""
        return replace(self, processor_seconds=self.processor_seconds + seconds)


def measure(
    command: Sequence[str],
    folder: Path,
    *,
    runs: int,
    clear: Iterable[str] = (),
    codes: Sequence[int] = (0,),
) -> Measured:
    """Run the command in the folder; what is named in `clear` is removed before each run.

    **raises** RuntimeError when it ends with another code than one of `codes`.
    """
    names = tuple(clear)
    return Measured.median_of(_once(command, folder, names, codes) for _ in range(runs))


# The kernel counts the memory of whoever starts a program as the program's own peak: so a small process starts it.
# A program of several processes is given the peaks of all of them together, looked at ten times a second.
_AS_INSTALLED = {name: value for name, value in os.environ.items() if name != _NO_BYTECODE}
_SMALL = """
import os, sys, threading, time

peaks = {}

def look(process):
    try:
        with open(f"/proc/{process}/status") as status:
            said = [line for line in status if line.startswith("VmHWM:")]
        # One that has ended, and is not waited for yet, says nothing any more.
        peaks[process] = max(peaks.get(process, 0), int(said[0].split()[1]) if said else 0)
        with open(f"/proc/{process}/task/{process}/children") as children:
            below = children.read().split()
    except OSError:
        return
    for each in below:
        look(int(each))

def watch(process):
    while True:
        look(process)
        time.sleep(0.1)

started = time.perf_counter()
child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
threading.Thread(target=watch, args=(child,), daemon=True).start()
_, status, usage = os.wait4(child, 0)
wall = time.perf_counter() - started
several = sum(peaks.values()) if len(peaks) > 1 else 0
peak = max(usage.ru_maxrss, several)
with open(sys.argv[1], "w") as file:
    print(os.waitstatus_to_exitcode(status), wall, usage.ru_utime + usage.ru_stime, peak, file=file)
"""


def _once(
    command: Sequence[str], folder: Path, clear: Sequence[str], codes: Sequence[int]
) -> Measured:
    for name in clear:
        _remove(folder / name)
    with (folder / "output").open("wb") as output:
        small = [sys.executable, "-I", "-S", "-c", _SMALL, str(folder / "usage"), *command]
        subprocess.run(
            small, cwd=folder, stdout=output, stderr=output, check=True, env=_AS_INSTALLED
        )
    code, wall, processor, peak = (folder / "usage").read_text().split()
    if int(code) not in codes:
        said = (folder / "output").read_text(errors="replace")[-2000:]
        raise RuntimeError(f"{' '.join(command[:4])} ended with {code}: {said}")
    return Measured(float(wall), float(processor), int(peak) * 1024, 1)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def machine() -> str:
    """Give the processor, the cores, the memory and the Python that the figures were taken with."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}; load before the run {os.getloadavg()[0]:.1f}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown processor"
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else "unknown processor"


def commit(root: Path) -> str:
    """Give the commit that was measured, with a word where files differ from it, pages apart."""
    git = ("git", "-C", str(root))
    name = subprocess.run(
        [*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True
    ).stdout.strip()
    changed = subprocess.run(
        [*git, "status", "--porcelain", "--", ":(exclude)docs"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return f"{name}, with changes that are not committed" if changed else name
