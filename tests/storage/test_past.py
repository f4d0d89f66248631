"""The past of a store, in SQLite and in PostgreSQL: what was recorded by then, and nothing else."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.flows.chronicle import Chronicle
from tests.flows.reports import A, B, Books, C, Flaw, a_waiver, day, grype, kev, trivy
from tesuri.model.event import Event, EventKind

_OTHER_FIX = Flaw("CVE-2026-0009", version="3.0.4")
_SECOND = timedelta(seconds=1)


@pytest.fixture
def books(database_url: str) -> Iterator[Books]:
    books = Books(database_url)
    yield books
    books.store.close()


def comment(text: str) -> Event:
    return Event(kind=EventKind.COMMENTED, happened_at=day(0), actor="sato", reason=text)


def comments(books: Books, day_number: float) -> list[str]:
    past = books.store.past(day(day_number))
    with past.read() as reader:
        found = [event.reason for event in reader.events()]
    past.close()
    return found


def test_every_page_of_a_long_story_is_shown_again(books: Books) -> None:
    books.workspace = replace(books.workspace, waivers=(a_waiver(),))
    chronicle = Chronicle(books)
    steps = (
        lambda now: books.load(kev(C, on=date(2026, 8, 1)), now),
        lambda now: books.ingest(trivy(A, B, at=now), now=now),
        books.tick,
        lambda now: books.ingest(grype(A, C, at=now), now=now),
        lambda now: books.load(kev(A, on=date(2026, 9, 4)), now),
        books.tick,
        lambda now: books.ingest(trivy(B, _OTHER_FIX, at=now), now=now),
        lambda now: books.ingest(trivy(B, at=now), now=now),
        lambda now: books.load(kev(A, B, on=date(2026, 9, 9)), now),
        lambda now: books.ingest(trivy(A, at=day(0.5)), now=now),
        books.tick,
    )
    for number, step in enumerate(steps, start=1):
        step(day(number))
        chronicle.look(day(number))
    chronicle.prove()


def test_rows_made_of_the_beginning_of_the_journal_are_those_of_then(books: Books) -> None:
    kept = []
    for number, flaws in enumerate(((A,), (A, B), (B,), (B,), ())):
        books.ingest(trivy(*flaws, at=day(number)), now=day(number))
        kept.append(books.store.snapshot())
    for number, rows in enumerate(kept):
        past = books.store.past(day(number + 1) - _SECOND)
        assert past.snapshot() == rows
        assert past.verify() > 0
        past.close()


def test_before_the_first_record_there_is_nothing(books: Books) -> None:
    books.ingest(trivy(A, at=day(0)), now=day(1))
    books.load(kev(A, on=date(2026, 9, 1)), day(1))
    past = books.store.past(day(1) - _SECOND)
    with past.read() as reader:
        found = (reader.findings(), reader.events(), reader.scans(), reader.feeds())
        assert [len(each) for each in found] == [0, 0, 0, 0]
        assert (reader.recorded_at(), reader.groups()) == (None, {})
    past.close()


def test_a_clock_that_was_set_back_takes_nothing_out_of_the_middle(books: Books) -> None:
    for text, number in (("one", 1), ("two", 5), ("three", 3), ("four", 6)):
        books.append(comment(text), now=day(number))
    assert comments(books, 2) == ["one"]
    assert comments(books, 4) == ["one", "two", "three"]
    assert comments(books, 5) == ["one", "two", "three"]
    assert comments(books, 6) == ["one", "two", "three", "four"]


def test_looking_back_changes_nothing(books: Books) -> None:
    books.ingest(trivy(A, at=day(0)))
    before = books.everything()
    past = books.store.past(day(1))
    with past.write(day(2)) as writer:
        writer.append([comment("lost")])
    past.close()
    assert books.everything() == before


def test_an_older_copy_of_a_feed_keeps_what_it_said_of_findings_alone(books: Books) -> None:
    books.ingest(trivy(A, at=day(0)))
    books.load(kev(A, B, on=date(2026, 9, 1)), day(1))
    books.load(kev(C, on=date(2026, 9, 2)), day(2))
    past = books.store.past(day(1))
    with past.read() as reader:
        told = reader.signals([(A.cve,), (B.cve,), (C.cve,)])
    past.close()
    assert [each.kev is not None for each in told] == [True, False, False]
    assert told[0].snapshots[0].as_of == date(2026, 9, 1)
