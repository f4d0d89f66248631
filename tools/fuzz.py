"""Give every reader of foreign bytes some time of atheris: `python -m tools.fuzz`, or `make fuzz`.

Each target runs in a process of its own with a bound on time and memory for each input. An input that breaks one is kept
under `.cache/fuzz/crashes/TARGET/`, with one sentence how to run it again. Found inputs worth keeping stay in
`.cache/fuzz/corpus/`, so that the next run goes on from there. Atheris itself comes by hash from
`requirements/fuzz.txt` into `.cache/fuzz/lib` when it is first needed; it has wheels for Linux on x86-64 only.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "fuzz"
PINS = ROOT / "requirements" / "fuzz.txt"
SECONDS = 60
SECONDS_PER_INPUT = 10
MEMORY_MEGABYTES = 1_500
"""Resident memory of a whole process; one that reads small reports needs 150."""

LARGEST_INPUT = 65_536
_START_SECONDS = 90
"""What starting and instrumenting may take beside the fuzzing itself."""


class Unavailable(Exception):
    """Atheris cannot run here; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the time given to one target found."""

    target: str
    runs: int
    seconds: float
    crashes: tuple[Path, ...] = ()
    """Inputs that broke the reader, were too slow or took too much memory."""
    words: str = ""
    """Last lines of what atheris said, where it found something or did not start."""

    @property
    def is_clean(self) -> bool:
        """Whether the target ran and nothing broke it."""
        return self.runs > 0 and not self.crashes

    @property
    def line(self) -> str:
        """One line for people."""
        if not self.runs:
            return f"{self.target}: did not run\n{self.words}"
        plain = f"{self.target}: {self.runs:,} inputs in {self.seconds:.0f} s"
        found = [f"  {_how_again(self.target, path)}" for path in self.crashes]
        return "\n".join([plain, self.words, *found]) if found else f"{plain}, nothing broke it"


def main(arguments: list[str]) -> int:
    """Fuzz what was asked for and give 1 where something broke."""
    asked = _arguments(arguments)
    known = _known()
    if asked.list:
        print("\n".join(known))
        return 0
    names = asked.targets or list(known)
    if unknown := sorted(set(names) - set(known)):
        print(f"There is no target {unknown[0]}; see make fuzz FUZZ='--list'.", file=sys.stderr)
        return 2
    if asked.input:
        return _run_one(names[0], asked.input)
    try:
        bring()
    except Unavailable as error:
        print(f"Not fuzzed: {error}", file=sys.stderr)
        return 1
    jobs = asked.jobs or os.cpu_count() or 1
    print(f"{len(names)} targets, {asked.seconds} s each, {jobs} at a time:", " ".join(names))
    with ThreadPoolExecutor(jobs) as pool:
        outcomes = []
        for outcome in pool.map(lambda name: fuzz(name, asked.seconds), names):
            print(outcome.line, flush=True)
            outcomes.append(outcome)
    broken = [outcome.target for outcome in outcomes if not outcome.is_clean]
    print(f"{len(names) - len(broken)} of {len(names)} targets are clean.", *broken)
    return 1 if broken else 0


def targets_of(commit: str, names: Sequence[str], count: int) -> list[str]:
    """Give the targets whose turn it is at a commit: neighbours from a place that its id decides."""
    start = int(hashlib.sha256(commit.encode()).hexdigest(), 16) % len(names)
    return [names[(start + step * len(names) // count) % len(names)] for step in range(count)]


def commit() -> str:
    """Give the id of the commit that is checked out; empty where there is no git."""
    try:
        done = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return done.stdout.strip()


def found() -> bool:
    """Whether the pinned atheris was brought already."""
    stamp = CACHE / "lib.stamp"
    return stamp.exists() and stamp.read_text(encoding="utf-8") == _wanted()


def bring() -> None:
    """Install atheris into the cache unless it is there. **raises** Unavailable where it has no wheel."""
    if found():
        return
    library = CACHE / "lib"
    shutil.rmtree(library, ignore_errors=True)
    pip = [sys.executable, "-m", "pip", "install", "-qq", "--no-deps", "--target", str(library)]
    pins = ["--require-hashes", "--only-binary=:all:", "-r", str(PINS)]
    done = subprocess.run(
        [*pip, "--disable-pip-version-check", *pins],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0 or not (library / "atheris").is_dir():
        python = ".".join(map(str, sys.version_info[:2]))
        reason = done.stderr.strip().splitlines()[-1:] or ["the pins name none for this machine."]
        raise Unavailable(
            f"atheris could not be installed for Python {python} on {sys.platform}: {reason[0]}"
        )
    (CACHE / "lib.stamp").write_text(_wanted(), encoding="utf-8")


def fuzz(name: str, seconds: int, *, seed: int = 0) -> Outcome:
    """Fuzz one target for that long. Needs `bring` before; `seed` 0 is another one in every run."""
    corpus, crashes = CACHE / "corpus" / name, CACHE / "crashes" / name
    for folder in (corpus, crashes):
        folder.mkdir(parents=True, exist_ok=True)
    before = set(crashes.iterdir())
    seeds = CACHE / "seeds" / name
    package = _write_seeds(name, seeds)
    command = [sys.executable, "-m", "tests.fuzz.harness", name, package, str(corpus), str(seeds)]
    limits = {
        "max_total_time": seconds,
        "timeout": SECONDS_PER_INPUT,
        "rss_limit_mb": MEMORY_MEGABYTES,
        "max_len": LARGEST_INPUT,
        "artifact_prefix": f"{crashes}/",
        "print_final_stats": 1,
        "seed": seed,
    }
    options = [f"-{key}={value}" for key, value in limits.items()]
    started = time.monotonic()
    try:
        done = subprocess.run(
            [*command, *options],
            cwd=ROOT,
            env=_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=seconds + _START_SECONDS,
            check=False,
        )
        words = done.stdout.decode(errors="replace")
    except subprocess.TimeoutExpired as error:
        words = (error.stdout or b"").decode(errors="replace") + "\nIt did not end in time."
    new = tuple(sorted(set(crashes.iterdir()) - before))
    runs = _runs(words)
    shown = "" if runs and not new else _shown(words)
    return Outcome(name, runs, time.monotonic() - started, new, shown)


def _run_one(name: str, file: Path) -> int:
    """Run one kept input as it is, with its traceback."""
    code = "import sys; from tests.fuzz.targets import TARGETS as t; t[sys.argv[1]].check(sys.stdin.buffer.read())"
    with file.open("rb") as data:
        done = subprocess.run([sys.executable, "-c", code, name], stdin=data, cwd=ROOT, check=False)
    print(f"{file} breaks {name}." if done.returncode else f"{file} is read or refused by {name}.")
    return 1 if done.returncode else 0


def _known() -> list[str]:
    code = "from tests.fuzz.targets import TARGETS; print(*TARGETS)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout.split()


def _write_seeds(name: str, folder: Path) -> str:
    """Write the target's own samples as files, as libFuzzer wants them; give the package to watch."""
    folder.mkdir(parents=True, exist_ok=True)
    code = (
        "import sys, pathlib; from tests.fuzz.targets import TARGETS; t = TARGETS[sys.argv[1]];"
        "[pathlib.Path(sys.argv[2], str(n)).write_bytes(s) for n, s in enumerate(t.seeds())];"
        "print(t.package or '-')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, name, str(folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def _environment() -> Mapping[str, str]:
    return {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{CACHE / 'lib'}"}


def _wanted() -> str:
    python = ".".join(map(str, sys.version_info[:2]))
    return f"{python} {hashlib.sha256(PINS.read_bytes()).hexdigest()}"


def _runs(words: str) -> int:
    for line in words.splitlines():
        if line.startswith("stat::number_of_executed_units:"):
            return int(line.rpartition(":")[2])
    # An input that broke it ends it before the figures.
    numbers = [
        line[1:].split("\t")[0]
        for line in words.splitlines()
        if line.startswith("#") and "\t" in line
    ]
    return int(numbers[-1]) if numbers and numbers[-1].isdigit() else 0


def _shown(words: str) -> str:
    lines = words.splitlines()
    start = next((at for at, line in enumerate(lines) if "Traceback" in line), len(lines) - 15)
    return "\n".join(f"    {line}" for line in lines[max(0, start) :][:25])


def _how_again(name: str, path: Path) -> str:
    place = path.relative_to(ROOT)
    return f"Run it again with: make fuzz FUZZ='--input {place} {name}'"


def _arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make fuzz FUZZ=…", description=__doc__)
    parser.add_argument("targets", nargs="*", help="names of targets; without one, all")
    parser.add_argument("--list", action="store_true", help="print the names and end")
    parser.add_argument("--seconds", type=int, default=SECONDS, help="for each target")
    parser.add_argument("--jobs", type=int, default=0, help="targets at a time; one for each core")
    parser.add_argument("--input", type=Path, help="run one kept input through one target and end")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
