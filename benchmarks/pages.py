"""How long pages take: a fleet of 5,000 services behind the real server, asked by one reader after the other.

A server shows its first page before all of its first survey is made, and is asked for pages once it rests.

A line gives in *wall* what 95 of 100 answers stay below, and in *processor* what the server took for one on average, its
surveys of each minute included; each the median of several servers, and in *runs* the answers of all of them. Every
query of findings is a new one.
"""

import signal
import socket
import statistics
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.fleet import TESURI, write_fleet
from benchmarks.measure import Measured
from benchmarks.page import Line, Section

SERVICES = 5_000
_PAGES = {
    "this week": ("/week", "/week?team=team-{n}"),
    "findings, new queries": (
        "/findings?q=severity:high%20age:%3E{n}h",
        "/findings?q=service:service-{n}-s",
        "/findings?q=header%20late:%3E{n}h",
        "/findings?q=package-{n}",
        "/findings?q=is:late%20due:%3C{n}d%20-severity:low",
        "/findings?q=CVE-2026-1000{n}",
    ),
    "findings of a team, new queries": ("/findings?team=team-{n}&q=age:%3E{n}h",),
    "groups": ("/f/GRP-{n}",),
    "services": ("/services", "/services?page={n}"),
    "budgets": ("/slo", "/slo?page={n}"),
    "one objective": (
        "/slo/scheduled-30d",
        "/slo/out-of-cycle-7d",
        "/slo/immediate-48h",
        "/slo/scheduled-90d",
    ),
    "guardrails": ("/guardrails", "/guardrails?team=team-{n}"),
    "waivers": ("/waivers",),
    "one objective of a service": ("/slo/scheduled-30d?service=service-{n}-s",),
}
_SHARE = 0.95
_TIMES = 20
"""How often each address is asked of one server; those with a number in it each time with another."""
_RESTING_SECONDS = 0.2
_LIVES = "the server's answer that it lives"


def section(folder: Path, count: int, *, runs: int) -> Section:
    """Start the server so many times over the same store, and ask it for every page; gives the median of the servers."""
    place = folder / f"pages-{count}"
    place.mkdir()
    write_fleet(place, SERVICES, count)
    each = [_one_server(place) for _ in range(runs)]
    taken = {name: Measured.median_of(server[name] for server in each) for name in each[0]}
    live = taken[_LIVES]
    lines = [Line(name, measured, live) for name, measured in taken.items()]
    title = f"Pages over {count:,} findings of {SERVICES:,} services: 95 % of answers within"
    return Section(title, "the answer to whether the server lives", lines)


def _one_server(place: Path) -> dict[str, Measured]:
    """Measure every page several times, after the first survey is made."""
    with _served(place) as (url, server, start):
        lives = _timed([f"{url}/healthz/live"] * _TIMES, server)[0]
        found = {"from the start of the server to its first page": start, _LIVES: lives}
        every: list[float] = []
        processor: list[float] = []
        for name, paths in _PAGES.items():
            asked = [f"{url}{path.format(n=n)}" for n in range(1, _TIMES + 1) for path in paths]
            found[name], seconds = _timed(asked, server)
            every += seconds
            processor.append(found[name].processor_seconds * len(seconds))
        found["every page"] = _measured(every, sum(processor) / len(every), server)
        return found


def _timed(urls: list[str], server: int) -> tuple[Measured, list[float]]:
    before = _processor(server)
    seconds = [_seconds(url) for url in urls]
    took = (_processor(server) - before) / len(urls)
    return _measured(seconds, took, server), seconds


def _measured(seconds: list[float], processor: float, server: int) -> Measured:
    slow = statistics.quantiles(seconds, n=100)[round(_SHARE * 100) - 1]
    return Measured(slow, processor, _peak(server), len(seconds))


def _seconds(url: str) -> float:
    began = time.perf_counter()
    with urllib.request.urlopen(url, timeout=600) as answer:  # noqa: S310 - our own server
        answer.read()
    return time.perf_counter() - began


@contextmanager
def _served(place: Path) -> Iterator[tuple[str, int, Measured]]:
    """Serve the folder; gives the address once its first survey is made, the process, and what that took."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    began = time.perf_counter()
    server = subprocess.Popen([TESURI, "serve", "--port", str(port)], cwd=place)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{url}/healthz/ready")
        _seconds(f"{url}/week")
        took = time.perf_counter() - began
        start = Measured(took, _processor(server.pid), _peak(server.pid), 1)
        _settle(server.pid)
        yield url, server.pid, start
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=600)


def _settle(server: int) -> None:
    """Wait until the server has made the rest of its first survey: it rests then."""
    while True:
        before = _processor(server)
        time.sleep(2)
        if _processor(server) - before < _RESTING_SECONDS:
            return


def _wait(url: str) -> None:
    for _ in range(3_600):
        try:
            _seconds(url)
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise RuntimeError(f"{url} does not answer")


def _processor(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def _peak(process: int) -> int:
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    (peak,) = [line.split()[1] for line in lines if line.startswith("VmHWM")]
    return int(peak) * 1024
