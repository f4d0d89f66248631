"""Openings written at once hold the same as the events that they stand for."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import pytest
from sqlalchemy import create_engine, inspect

from tests.flows.reports import Books, day
from tesuri.model.decision import Outcome
from tesuri.model.event import Event, EventKind
from tesuri.model.identifiers import FindingKey, GroupKey, Identity, ObjectiveId
from tesuri.model.opening import FirstDecision, Opening, Openings, SharedFacts
from tesuri.storage.openings import events_of


@pytest.fixture
def books(database_url: str) -> Iterator[Books]:
    books = Books(database_url)
    yield books
    books.store.close()


def openings(count: int) -> Openings:
    decided = FirstDecision(Outcome.SCHEDULED, 4, ObjectiveId("30d"), 600, day(7), "row 5 of 72")
    deferred = FirstDecision(Outcome.DEFER, 5, None, None, None, "row 6 of 72")
    shared = [
        SharedFacts(
            kind="vulnerability",
            rule="CVE-2026-0001",
            severity="high",
            group=GroupKey(2),
            asset="shop",
            service=None if number % 2 else "pay",
            owner_source="inventory",
            score=None if number % 3 else 7.5,
            decision=(decided, deferred, None)[number % 3],
        )
        for number in range(6)
    ]
    return Openings(
        scope=3,
        scan=9,
        opened_at=day(0),
        actor="scan:trivy",
        is_neutral=False,
        findings=[
            Opening(
                FindingKey(number + 1),
                Identity(number.to_bytes(16, "big")),
                title=f"A\x00 flaw {number}",
                detail='{"path":"a.py"}',
                here='{"line":3}',
                shared=shared[number % 6],
            )
            for number in range(count)
        ],
    )


@pytest.mark.parametrize("count", [1, 7, 120])
def test_openings_are_the_events_that_they_stand_for(books: Books, count: int) -> None:
    with books.store.write(day(1)) as writer:
        writer.open_findings(openings(count))
    at_once = (books.everything(), told(books))
    books.by_hand(
        "DELETE FROM journal", "DELETE FROM txn", "DELETE FROM finding", "DELETE FROM sighting"
    )
    with books.store.write(day(1)) as writer:
        writer.append(list(events_of(openings(count))))
    assert (books.everything(), told(books)) == at_once


def told(books: Books) -> list[list[Event]]:
    """Give what the journal says of each finding, by different questions."""
    clocks = (EventKind.OPENED, EventKind.DECIDED)
    keys = [FindingKey(number) for number in range(1, 121)]
    with books.store.read() as reader:
        questions = [
            reader.events(),
            reader.events(findings=keys),
            reader.events(kinds=[EventKind.DECIDED]),
            reader.events(kinds=[EventKind.OPENED], findings=keys),
            named(reader.clock_events(clocks)),
            named(reader.clock_events([EventKind.DECIDED], keys)),
        ]
        return [sorted(found, key=lambda event: int(event.finding or 0)) for found in questions]


def named(rows: Iterable[tuple[FindingKey, Sequence[Event]]]) -> list[Event]:
    return [replace(event, finding=key) for key, events in rows for event in events]


def test_openings_hold_in_the_chain_and_after_a_rebuild(books: Books) -> None:
    with books.store.write(day(1)) as writer:
        writer.open_findings(openings(120))
    before = books.everything()
    books.store.rebuild()
    assert books.everything() == before
    assert books.store.verify() == 1


def test_a_large_first_import_leaves_every_index(books: Books) -> None:
    before = indexes(books)
    with books.store.write(day(1)) as writer:
        writer.open_findings(openings(2500))
        assert indexes(books) == before
    assert indexes(books) == before


def test_a_large_first_import_that_fails_leaves_every_index(books: Books) -> None:
    before = indexes(books)
    with pytest.raises(ZeroDivisionError):
        _fail_after_opening(books)
    assert indexes(books) == before


def _fail_after_opening(books: Books) -> None:
    with books.store.write(day(1)) as writer:
        writer.open_findings(openings(2500))
        raise ZeroDivisionError


def indexes(books: Books) -> set[str]:
    """Give the names of the indexes that a reader sees now."""
    engine = create_engine(books.url)
    names = {
        str(each["name"])
        for table in ("finding", "sighting", "journal")
        for each in inspect(engine).get_indexes(table)
    }
    engine.dispose()
    assert len(names) > 5
    return names
