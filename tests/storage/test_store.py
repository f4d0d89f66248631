"""The store by itself: whole transactions or none, a chain that shows tampering, one schema."""

import multiprocessing
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, inspect

from tests.flows.reports import A, B, Books, Flaw, day, decision_table, plain_workspace, trivy
from tesuri.flows.intake.ingest_report import ingest_report
from tesuri.model.errors import BadInput, Defect, Unavailable
from tesuri.model.event import Event, EventKind
from tesuri.storage.database import NEWEST, open_engine
from tesuri.storage.schema_changes import migrate
from tesuri.storage.store import SqlStore
from tesuri.storage.tables import metadata


@pytest.fixture
def books(database_url: str) -> Iterator[Books]:
    books = Books(database_url)
    yield books
    books.store.close()


@pytest.fixture
def bare(empty_url: str, tmp_path: Path) -> Iterator[Engine]:
    """Give an engine on a database without any table."""
    (tmp_path / "new").mkdir()
    engine = create_engine(empty_url)
    yield engine
    engine.dispose()


def comment(text: str) -> Event:
    return Event(kind=EventKind.COMMENTED, happened_at=day(0), actor="sato", reason=text)


def test_every_transaction_is_one_link_of_the_chain(books: Books) -> None:
    assert books.store.verify() == 0
    books.append(comment("one"), comment("two"))
    books.append(comment("three"))
    books.append()
    assert books.store.verify() == 2


@pytest.mark.parametrize(
    "tamper",
    [
        "UPDATE journal SET reason = 'three' WHERE id = 2",
        "UPDATE journal SET happened_at = happened_at - 1 WHERE id = 1",
        "DELETE FROM journal WHERE id = 1",
        "UPDATE txn SET recorded_at = recorded_at - 1 WHERE id = 1",
        "DELETE FROM txn WHERE id = 1",
        "UPDATE journal SET txn = 2 WHERE id = 1",
        "UPDATE journal SET txn = 99 WHERE id = 3",
        "INSERT INTO journal VALUES (7, 77, 'commented', NULL, 0, 'x', '', '{}')",
    ],
    ids=["text", "time", "row gone", "recorded", "link gone", "moved", "orphaned", "slipped in"],
)
def test_change_behind_the_journals_back_is_found(books: Books, tamper: str) -> None:
    books.append(comment("one"), comment("two"))
    books.append(comment("three"))
    books.by_hand(tamper)
    with pytest.raises(Defect):
        books.store.verify()


def test_rebuild_mends_a_cache_that_was_changed_by_hand(books: Books) -> None:
    books.ingest(trivy(A, B, at=day(0)))
    right = books.store.snapshot()
    books.by_hand(
        "UPDATE finding SET state = 'fixed', due_at = 1 WHERE id = 1", "DELETE FROM sighting"
    )
    assert books.store.snapshot() != right
    books.store.rebuild()
    assert books.store.snapshot() == right


def crash_while_writing(books: Books) -> None:
    with books.store.write(day(1)) as writer:
        writer.append([comment("half")])
        writer.reserve_findings(5)
        writer.learn_aliases([("CVE-2026-0009", "GHSA-aaaa-bbbb-cccc")])
        raise ZeroDivisionError


def test_crash_inside_a_transaction_leaves_nothing(books: Books) -> None:
    books.ingest(trivy(A, at=day(0)))
    before = books.everything()
    with pytest.raises(ZeroDivisionError):
        crash_while_writing(books)
    assert books.everything() == before
    with books.store.write(day(1)) as writer:
        assert writer.reserve_findings(1) == 2


def test_reading_sees_one_moment_while_somebody_writes(books: Books) -> None:
    books.ingest(trivy(A, at=day(0)))
    with books.store.read() as reader:
        before = len(reader.findings())
        books.ingest(trivy(A, B, at=day(1)))
        assert len(reader.findings()) == before
    assert len(books.findings()) == 2


def test_store_can_be_opened_and_read_while_somebody_writes(books: Books) -> None:
    with books.store.write(day(0)) as writer:
        writer.append([comment("slow")])
        other = SqlStore(open_engine(books.url))
        with other.read() as reader:
            assert reader.events() == []
        assert other.verify() == 0
        other.close()


def test_threads_that_write_at_once_lose_nothing(books: Books) -> None:
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(4):
                flaw = Flaw(f"CVE-2026-1{number}{turn}")
                image = f"shop/{number}"
                books.ingest(trivy(flaw, at=day(turn), image=image), now=day(turn))
        except BaseException as error:  # noqa: BLE001  # a thread's failure must reach the test
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(each.key for each in books.findings()) == list(range(1, 17))
    before = books.everything()
    books.store.rebuild()
    assert books.everything() == before


def _write_from_a_process(url: str, number: int) -> None:
    store = SqlStore(open_engine(url))
    for turn in range(3):
        ingest_report(
            trivy(Flaw(f"CVE-2026-2{number}{turn}"), at=day(turn), image=f"shop/{number}"),
            where="report.json",
            store=store,
            workspace=plain_workspace(),
            table=decision_table(),
            now=day(turn),
        )
    store.close()


def test_processes_that_make_and_write_one_store_at_once_lose_nothing(empty_url: str) -> None:
    """All find no store, all make it, all write."""
    spawning = multiprocessing.get_context("spawn")
    workers = [
        spawning.Process(target=_write_from_a_process, args=(empty_url, n)) for n in range(2)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0]
    store = SqlStore(open_engine(empty_url))
    with store.read() as reader:
        assert len(reader.findings()) == 6
    assert store.verify() == 10
    store.close()


def test_two_writers_never_take_the_same_keys(books: Books) -> None:
    taken: list[int] = []
    for _ in range(3):
        with books.store.write(day(0)) as writer:
            taken.append(int(writer.reserve_findings(10)))
    assert taken == [1, 11, 21]


def test_migrations_give_the_schema_of_the_tables(bare: Engine) -> None:
    with bare.begin() as connection:
        migrate(connection)
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == NEWEST


def test_new_store_has_the_schema_that_all_migrations_in_turn_give(bare: Engine) -> None:
    with bare.begin() as connection:
        migrate(connection)
        migrated = described(connection)
        migrate(connection, "base")
        connection.exec_driver_sql("DROP TABLE alembic_version")
    open_engine(bare.url.render_as_string(hide_password=False)).dispose()
    with bare.begin() as connection:
        assert described(connection) == migrated
        migrate(connection)
        assert described(connection) == migrated
        migrate(connection, "base")
        assert tables_of(connection) <= {"alembic_version"}


def described(connection: Connection) -> dict[str, object]:
    """Say everything that the database tells of its tables, columns in the order of their names."""
    asked = inspect(connection)
    return {
        name: (
            sorted(
                (each["name"], str(each["type"]), each["nullable"], each["default"])
                for each in asked.get_columns(name)
            ),
            asked.get_pk_constraint(name),
            sorted(asked.get_indexes(name), key=str),
            sorted(asked.get_foreign_keys(name), key=str),
            sorted(asked.get_unique_constraints(name), key=str),
            asked.get_table_options(name),
        )
        for name in sorted(asked.get_table_names())
    }


def test_schema_goes_down_to_nothing_and_up_again(bare: Engine) -> None:
    with bare.begin() as connection:
        migrate(connection)
        tables = tables_of(connection)
        migrate(connection, "base")
        assert tables_of(connection) <= {"alembic_version"}
        migrate(connection)
        assert tables_of(connection) == tables


def tables_of(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


@pytest.mark.parametrize("url", ["no url", "mysql://localhost/tesuri"])
def test_url_that_names_no_supported_store_is_refused_in_one_sentence(url: str) -> None:
    with pytest.raises(BadInput) as refused:
        open_engine(url)
    assert refused.value.where == "TESURI_DATABASE_URL"


def test_file_that_is_no_database_is_refused_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "tesuri.db"
    path.write_bytes(
        b"this is a letter and no database, and it is long enough to be read as one" * 9
    )
    with pytest.raises(Unavailable, match="not a database"):
        open_engine(f"sqlite:///{path}")


def test_store_of_a_newer_version_is_refused_in_one_sentence(books: Books) -> None:
    books.by_hand("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Unavailable, match="another version"):
        open_engine(books.url)


def test_times_are_kept_to_the_second_and_come_back_aware(books: Books) -> None:
    books.append(
        Event(EventKind.COMMENTED, day(0) + timedelta(milliseconds=900), "sato"), now=day(3)
    )
    assert books.events()[0].happened_at == day(0)
