"""How fast gates answer: plans from a cold start, events, and the same plan given to Checkov in the same run."""

import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.estate_plan import estate_plan
from benchmarks.event_log import event_log
from benchmarks.measure import Measured, measure
from benchmarks.page import Line, Section
from benchmarks.recorded_account import write_recordings

CHECKOV: Final = "3.3.30"
SMALL, LARGE = 1_000, 15_000
EVENTS: Final = 100_000
RECORDED: Final = 100_000
_COLD: Final = 125
"""Resources of a plan of 200 kB."""
_TESURI = str(Path(sys.executable).with_name("tesuri"))
_DECODE_ALL = """
import sys, orjson, pathlib
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.jsonl")):
    for line in path.read_bytes().splitlines():
        orjson.loads(line)
"""
_DECODE = "import sys, orjson; orjson.loads(open(sys.argv[1], 'rb').read())"


def sections(folder: Path, *, runs: int, is_quick: bool) -> Iterator[Section]:
    """Give plans by size, events, and recorded accounts."""
    place = folder / "gates"
    place.mkdir()
    sizes = (_COLD, SMALL) if is_quick else (_COLD, SMALL, LARGE)
    lines = [_plan(place, size, runs) for size in sizes]
    yield Section("Plans, with every control of plans", "orjson.loads of the file", lines)
    yield _events(place, EVENTS // 10 if is_quick else EVENTS, runs)
    yield _snapshots(place, RECORDED // 10 if is_quick else RECORDED, runs)


def peers(folder: Path, *, has_large: bool) -> Section:
    """Give Checkov on the same files: how many times as long it takes. **raises** CalledProcessError without PyPI."""
    place = folder / "peers"
    place.mkdir()
    checkov = _installed(place)
    lines = []
    for size in (SMALL, LARGE) if has_large else (SMALL,):
        (place / "plan.json").write_bytes(estate_plan(size))
        ours = _checked(place, "plan.json", 3)
        command = [checkov, "--file", "plan.json", "--framework", "terraform_plan"]
        theirs = measure(
            [*command, "--compact", "--quiet", "--output", "json"], place, runs=1, codes=(0, 1)
        )
        lines.append(Line(f"Checkov {CHECKOV}, {size:,} resources", theirs, ours, size))
    title = "Checkov on the same plan, in the same run"
    return Section(
        title,
        "tesuri check plan of the same file, so the ratio says how many times faster it is",
        lines,
    )


def _installed(place: Path) -> str:
    venv.create(place / "venv", with_pip=True)
    python = str(place / "venv" / "bin" / "python")
    wanted = f"checkov=={CHECKOV}"
    subprocess.run([python, "-m", "pip", "install", "--quiet", wanted], check=True)
    return str(place / "venv" / "bin" / "checkov")


def _plan(place: Path, size: int, runs: int) -> Line:
    data = estate_plan(size)
    name = f"{size}.json"
    (place / name).write_bytes(data)
    decoded = measure([sys.executable, "-c", _DECODE, name], place, runs=runs)
    shown = f"check plan, {size:,} resources, {len(data) / 1e6:.1f} MB"
    return Line(shown, _checked(place, name, runs), decoded, size)


def _checked(place: Path, name: str, runs: int) -> Measured:
    return measure([_TESURI, "check", "plan", name], place, runs=runs, codes=(0, 1))


def _events(place: Path, count: int, runs: int) -> Section:
    """Measure a log as accounts write it, and one in which a control watches every event."""
    lines = []
    for name, share in (("one event in twenty is watched", 0.05), ("every event is watched", 1.0)):
        (place / "log.json").write_bytes(event_log(count, share))
        decoded = measure([sys.executable, "-c", _DECODE, "log.json"], place, runs=runs)
        taken = measure(
            [_TESURI, "check", "event", "log.json", "--format", "json"], place, runs=runs
        )
        lines.append(Line(f"check event, {name}", taken, decoded, count))
    return Section(f"{count:,} CloudTrail events", "orjson.loads of the file", lines)


def _snapshots(place: Path, count: int, runs: int) -> Section:
    """Measure recordings of many accounts, and of a single one of the same size."""
    lines = []
    for accounts in (25, 1):
        name = f"recorded-{accounts}"
        (place / name).mkdir()
        told = write_recordings(place / name, count, accounts=accounts)
        decoded = measure([sys.executable, "-c", _DECODE_ALL, name], place, runs=runs)
        taken = measure([_TESURI, "check", "snapshot", name, "--format", "json"], place, runs=runs)
        shown = "25 accounts" if accounts > 1 else "one account"
        lines.append(Line(f"check snapshot, {told:,} resources, {shown}", taken, decoded, told))
    return Section(f"{count:,} recorded resources", "orjson.loads of the files", lines)
