"""What other processes do to a store, and a way to end one of them in the middle."""

import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess

from tests.flows.reports import Books, day
from tesuri.model.event import Event, EventKind
from tesuri.model.workspace import Workspace
from tesuri.storage.database import open_engine

Job = Callable[..., object]

LARGE_COMMENT = 400_000
"""Characters: a hundred of them are more than the store keeps in memory."""
_SLICES = 8
_MOST_TRIES = 60


def ingest_all(url: str, reports: Sequence[bytes]) -> list[bool]:
    """Take reports in, and say of each whether it was known."""
    books = Books(url)
    known = [books.ingest(report).is_known for report in reports]
    books.store.close()
    return known


def tick_at(url: str, workspace: Workspace, now: datetime) -> None:
    """Tick once."""
    books = Books(url, workspace)
    books.tick(now)
    books.store.close()


def write_in_bulk(url: str, comments: int) -> None:
    """Write so many large comments in one transaction that may do without a log."""
    books = Books(url)
    with books.store.write(day(0), in_bulk=True) as writer:
        for number in range(comments):
            reason = f"{number} {'x' * LARGE_COMMENT}"
            writer.append([Event(EventKind.COMMENTED, day(0), "sato", reason=reason)])
    books.store.close()


def make_store(url: str) -> None:
    """Open a store, and make it where there is none."""
    open_engine(url).dispose()


def start(job: Job, *arguments: object) -> tuple[ForkServerProcess, Connection]:
    """Start a job in a process of its own; its first word is that it begins, its second is what it gives."""
    forking = multiprocessing.get_context("forkserver")
    forking.set_forkserver_preload([__name__])
    here, there = forking.Pipe()
    process = forking.Process(target=_run, args=(there, job, arguments))
    process.start()
    there.close()
    return process, here


def killed_again_and_again(
    prepare: Callable[[int], tuple[Job, tuple[object, ...]]],
) -> Iterator[bool]:
    """Start a job anew and end it with SIGKILL a little later each time, until it has ended by itself.

    After each start, say whether it was killed. `prepare` gives the job of each turn.
    """
    full = _seconds(*prepare(0))
    yield False
    for turn in range(1, _MOST_TRIES):
        job, arguments = prepare(turn)
        process, ear = start(job, *arguments)
        ear.recv()
        process.join(full * (turn - 1) / _SLICES)
        process.kill()
        process.join()
        ear.close()
        is_killed = process.exitcode != 0
        yield is_killed
        if not is_killed:
            return


def _seconds(job: Job, arguments: tuple[object, ...]) -> float:
    process, ear = start(job, *arguments)
    ear.recv()
    began = time.monotonic()
    process.join()
    ear.close()
    assert process.exitcode == 0
    return time.monotonic() - began


def _run(mouth: Connection, job: Job, arguments: tuple[object, ...]) -> None:
    mouth.send("begins")
    mouth.send(job(*arguments))
