"""A store that cannot go on says one sentence, keeps what it had, and takes the same again afterwards."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from tests.flows.reports import A, B, Books, Flaw, day, trivy
from tests.storage.databases import Databases, own_server
from tesuri.model.errors import BadInput, Unavailable
from tesuri.storage.database import open_engine
from tesuri.storage.store import SqlStore
from tools.postgres import Server

MANY = tuple(Flaw(f"CVE-2026-{number}") for number in range(5000, 5400))
LONG_AND_BROKEN = "a\x00b\ud800" + "長い名前" * 2000
# What PostgreSQL itself says when its disk is full, with the class that it uses then.
SAYS_FULL = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
END $$
"""
FULL_DISK = "CREATE TRIGGER full_disk BEFORE INSERT ON journal EXECUTE FUNCTION refuse()"


@pytest.fixture
def books(database_url: str) -> Iterator[Books]:
    books = Books(database_url)
    yield books
    books.store.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with own_server() as server:
        yield server


def test_full_disk_of_sqlite_is_one_sentence_and_a_clean_retry(tmp_path: Path) -> None:
    books = Books(tmp_path)
    books.ingest(trivy(A, at=day(0)))
    before = books.everything()
    engine = open_engine(books.url)
    event.listen(engine, "checkout", _allow_no_more_pages)
    crowded = Books(books.url)
    crowded.store.close()
    crowded.store = SqlStore(engine)
    with pytest.raises(Unavailable, match=r"^The store did not take it: database or disk is full"):
        crowded.ingest(trivy(*MANY, at=day(1)))
    crowded.store.close()
    assert books.everything() == before
    assert books.ingest(trivy(*MANY, at=day(1))).placement.new == len(MANY)
    books.store.close()


def _allow_no_more_pages(
    connection: DBAPIConnection, _record: ConnectionPoolEntry, _proxy: object
) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA max_page_count=1")
    cursor.close()


def test_full_disk_of_postgresql_is_one_sentence_and_a_clean_retry(
    postgresql: Databases,
) -> None:
    url = postgresql.fresh()
    books = Books(url)
    books.ingest(trivy(A, at=day(0)))
    before = books.everything()
    books.by_hand(SAYS_FULL, FULL_DISK)
    with pytest.raises(Unavailable, match="No space left on device"):
        books.ingest(trivy(*MANY, at=day(1)))
    with pytest.raises(Unavailable, match="No space left on device"):
        books.ingest(trivy(B, at=day(1)))
    books.by_hand("DROP TRIGGER full_disk ON journal")
    assert books.everything() == before
    assert books.ingest(trivy(*MANY, at=day(1))).placement.new == len(MANY)
    books.store.close()
    postgresql.drop(url)


def test_server_that_was_restarted_is_asked_again_without_a_word(server: Server) -> None:
    books = Books(server.url)
    books.ingest(trivy(A, at=day(0)))
    server.crash()
    server.start()
    assert len(books.findings()) >= 1
    server.crash()
    server.start()
    assert books.ingest(trivy(A, B, at=day(1))).is_known is False
    books.store.close()


def crash_while_writing(books: Books, server: Server) -> None:
    with books.store.write(day(2)) as writer:
        writer.reserve_findings(5)
        server.crash()
        writer.reserve_findings(5)


def test_server_that_stops_in_the_middle_is_one_sentence_and_a_clean_retry(server: Server) -> None:
    books = Books(server.url)
    books.ingest(trivy(A, at=day(0), image="stopped"))
    before = books.everything()
    with pytest.raises(Unavailable) as refused:
        crash_while_writing(books, server)
    assert str(refused.value).count("\n") == 0
    with pytest.raises(Unavailable) as refused:
        books.findings()
    assert str(refused.value).count("\n") == 0
    server.start()
    assert books.everything() == before
    assert books.ingest(trivy(*MANY, at=day(1), image="stopped")).placement.new == len(MANY)
    books.store.close()


def test_text_that_no_database_likes_is_kept_as_far_as_it_goes(books: Books) -> None:
    """NUL and half characters, and texts far too long for an index."""
    bad = LONG_AND_BROKEN.replace("\ud800", "")
    flaws = [Flaw("CVE-2026-0001", package=bad), Flaw(f"X-{bad}"), Flaw("CVE-2026-0003")]
    report = trivy(*flaws, at=day(0), image=bad)
    assert books.ingest(report).placement.new == 3
    assert books.ingest(report).is_known
    assert books.ingest(trivy(*flaws, at=day(1), image=bad)).placement.known == 3
    assert books.ingest(trivy(at=day(2), image=bad)).placement.missed == 3
    before = books.everything()
    books.store.rebuild()
    assert books.everything() == before
    assert "\x00" not in books.every_cell()


def test_name_of_a_file_that_is_no_utf_8_is_kept_as_far_as_it_goes(books: Books) -> None:
    with books.store.write(day(0)) as writer:
        place = writer.place_scan(
            tool=LONG_AND_BROKEN,
            target=LONG_AND_BROKEN,
            configuration=LONG_AND_BROKEN,
            scanned_at=day(0),
            content="",
            is_complete=True,
        )
        again = writer.place_scan(
            tool=LONG_AND_BROKEN,
            target=LONG_AND_BROKEN,
            configuration=LONG_AND_BROKEN,
            scanned_at=day(0),
            content="",
            is_complete=True,
        )
    assert (place.is_new_scan, again.is_new_scan) == (True, False)
    assert place.scan == again.scan


@pytest.fixture
def latin(postgresql: Databases) -> Iterator[str]:
    url = postgresql.bare("TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    yield url
    postgresql.drop(url)


def test_database_that_is_not_in_utf_8_is_refused_before_it_holds_anything(latin: str) -> None:
    with pytest.raises(BadInput, match="LATIN1"):
        open_engine(latin)
    engine: Engine = create_engine(latin)
    with engine.connect() as connection:
        count = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        assert connection.exec_driver_sql(count).scalar() == 0
    engine.dispose()


def test_database_that_is_not_there_is_one_sentence_without_the_password(
    postgresql: Databases,
) -> None:
    password = "hidden-word"
    url = make_url(postgresql.url_of("nowhere")).set(password=password)
    with pytest.raises(Unavailable, match="does not exist") as refused:
        open_engine(url.render_as_string(hide_password=False))
    assert password not in str(refused.value)
    assert str(refused.value).count("\n") == 0
