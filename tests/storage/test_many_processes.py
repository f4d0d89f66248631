"""Several processes at one store: nothing is lost, nothing is there twice, whoever dies in the middle."""

from dataclasses import replace
from pathlib import Path
from shutil import rmtree

from sqlalchemy import create_engine

from tests.flows.reports import A, B, Books, Flaw, a_waiver, day, plain_workspace, trivy
from tests.storage.workers import (
    ingest_all,
    killed_again_and_again,
    make_store,
    start,
    tick_at,
    write_in_bulk,
)
from tesuri.model.event import EventKind
from tesuri.model.finding import State

FLAWS = tuple(Flaw(f"CVE-2026-{number}") for number in range(3000, 3120))
FEWEST_KILLED = 3


def images(books: Books) -> dict[str, int]:
    """Give how many findings each image has; whoever was killed has surely let go by then."""
    books.append()
    found: dict[str, int] = {}
    for finding in books.findings():
        found[finding.asset] = found.get(finding.asset, 0) + 1
    return found


def test_four_processes_with_their_own_and_the_same_reports_lose_and_double_nothing(
    database_url: str,
) -> None:
    shared = [trivy(A, B, at=day(turn), image="shared") for turn in range(3)]
    jobs = []
    for number in range(4):
        flaws = [Flaw(f"CVE-2026-4{number}{turn}0") for turn in range(3)]
        own = [trivy(*flaws, at=day(turn), image=f"own/{number}") for turn in range(3)]
        mixed = [report for pair in zip(shared, own, strict=True) for report in pair]
        jobs.append(start(ingest_all, database_url, mixed))
    known = []
    for process, ear in jobs:
        assert ear.recv() == "begins"
        known.append(ear.recv())
        process.join()
        ear.close()
    # Of each shared report exactly one process was the first; of its own, each always.
    assert [sum(not each[turn] for each in known) for turn in (0, 2, 4)] == [1, 1, 1]
    assert not any(each[turn] for each in known for turn in (1, 3, 5))
    books = Books(database_url)
    assert sorted(images(books).values()) == [2, 3, 3, 3, 3]
    opened = [each for each in books.events() if each.kind is EventKind.OPENED]
    assert len(opened) == len({each.finding for each in opened}) == 14
    before = books.everything()
    books.store.rebuild()
    assert books.everything() == before
    books.store.close()


def test_ingest_that_is_killed_at_any_time_is_whole_or_never_was(database_url: str) -> None:
    def report(turn: int) -> bytes:
        return trivy(*FLAWS, at=day(turn), image=f"shop/{turn}")

    books = Books(database_url)
    killed = 0
    tries = killed_again_and_again(lambda turn: (ingest_all, (database_url, [report(turn)])))
    for turn, is_killed in enumerate(tries):
        killed += is_killed
        kept = list(images(books).values())
        assert set(kept) <= {len(FLAWS)}
        assert books.store.verify() >= len(kept)
        assert books.ingest(report(turn)).is_known == (len(kept) == turn + 1)
        assert len(images(books)) == turn + 1
    assert killed >= FEWEST_KILLED
    before = books.everything()
    books.store.rebuild()
    assert books.everything() == before
    books.store.close()


def test_tick_that_is_killed_at_any_time_is_whole_or_never_was(database_url: str) -> None:
    plain = plain_workspace()
    waiving = replace(plain, waivers=(a_waiver(scope="finding.kind == 'vulnerability'"),))
    books = Books(database_url)
    books.ingest(trivy(*FLAWS, at=day(0)))
    books.tick(day(2))
    killed = 0
    # Each tick waives everything or takes every waiver back.
    tries = killed_again_and_again(
        lambda turn: (tick_at, (database_url, plain if turn % 2 else waiving, day(2 + turn / 100)))
    )
    for turn, is_killed in enumerate(tries):
        killed += is_killed
        books.append()
        wanted = State.OPEN if turn % 2 else State.WAIVED
        states = {each.state for each in books.findings()}
        assert len(states) == 1
        assert states == {wanted} or is_killed
        books.workspace = plain if turn % 2 else waiving
        books.tick(day(2 + turn / 100))
        assert {each.state for each in books.findings()} == {wanted}
        before = books.everything()
        books.tick(day(2 + turn / 100))
        assert books.everything() == before
    assert killed >= FEWEST_KILLED
    books.store.rebuild()
    assert books.everything() == before
    books.store.close()


def test_first_bulk_that_is_killed_at_any_time_is_whole_or_never_was(database_url: str) -> None:
    """There is no finding, so each try is a first one; most of them have written more than fits into memory."""
    count, killed, kept = 100, 0, 0
    for is_killed in killed_again_and_again(lambda _turn: (write_in_bulk, (database_url, count))):
        killed += is_killed
        books = Books(database_url)
        comments = len(books.events())
        assert comments in {kept, kept + count}
        assert is_killed or comments == kept + count
        kept = comments
        assert books.store.verify() == kept
        books.store.close()
    assert killed >= FEWEST_KILLED


def test_store_whose_making_is_killed_at_any_time_can_be_made(empty_url: str) -> None:
    killed = 0
    for is_killed in killed_again_and_again(lambda _turn: (make_store, (unmade(empty_url),))):
        killed += is_killed
        books = Books(empty_url)
        assert books.findings() == []
        books.store.close()
    assert killed >= FEWEST_KILLED


def unmade(url: str) -> str:
    """Take everything out of a store, and give its URL."""
    if url.startswith("sqlite"):
        rmtree(Path(url.removeprefix("sqlite:///")).parent, ignore_errors=True)
        return url
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    engine.dispose()
    return url
