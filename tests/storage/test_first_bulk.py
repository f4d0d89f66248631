"""A first large import into SQLite: without a log while nobody else looks, and with one again afterwards."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.reports import A, B, Books, day, trivy
from tesuri.model.event import Event, EventKind

NOTED = Event(EventKind.COMMENTED, day(0), "sato", reason="noted")


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    books = Books(tmp_path)
    yield books
    books.store.close()


def mode(books: Books) -> str:
    """Say how the file is written, as anybody who opens it sees it."""
    other = sqlite3.connect(books.path)
    (found,) = other.execute("PRAGMA journal_mode").fetchone()
    other.close()
    return str(found)


def written(books: Books) -> bool:
    """Write something in bulk; whether it went to a log first."""
    log = Path(f"{books.path}-wal")
    with books.store.write(day(0), in_bulk=True) as writer:
        writer.append([NOTED])
        is_log_there = log.exists()
    assert mode(books) == "wal"
    return is_log_there


def test_empty_store_is_written_without_a_log(books: Books) -> None:
    assert not written(books)
    assert [each.reason for each in books.events()] == ["noted"]
    assert books.store.verify() == 1


def test_store_that_has_findings_keeps_its_log(books: Books) -> None:
    books.ingest(trivy(A, B, at=day(0)))
    assert written(books)


def test_store_that_somebody_else_has_open_keeps_its_log(books: Books) -> None:
    other = Books(books.url)
    with other.store.read() as reader:
        assert reader.findings() == []
        assert written(books)
    other.store.close()


def test_what_fails_leaves_nothing_and_brings_the_log_back(books: Books) -> None:
    with pytest.raises(KeyError):
        fail_after(books)
    assert books.events() == []
    assert mode(books) == "wal"
    assert written(books) is False


def fail_after(books: Books) -> None:
    with books.store.write(day(0), in_bulk=True) as writer:
        writer.append([NOTED])
        raise KeyError
