"""Many rows at once come back as they were given, whatever is in them, on both stores."""

import random
from collections.abc import Sequence

import pytest
from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import DatabaseError

from tesuri.model.errors import Defect
from tesuri.storage.binary_rows import block
from tesuri.storage.bulk import insert_behind, insert_tuples, update_tuples
from tesuri.storage.columns import columns_of
from tesuri.storage.database import open_engine
from tesuri.storage.tables import finding

COUNT = 300
TEXTS = ("", "plain", 'a "quoted" \\ one', "tab\tand\nline", "日本語 🙂", "\\N", "x" * 70_000)
COLUMNS = columns_of(finding, "is_stale", "merged_into", "waiver")


def rows(count: int = COUNT) -> list[tuple[object, ...]]:
    """Give findings whose columns repeat, differ in every row, or are empty now and then."""
    draw = random.Random(1)
    return [
        (
            2**62 - number,
            draw.randbytes(16),
            number,
            number % 2 == 0,
            "weakness",
            f"rule {number}",
            TEXTS[number % len(TEXTS)],
            "high",
            "open",
            "new",
            number % 5,
            "shop",
            None if number % 3 else "pay",
            "inventory",
            -number,
            None,
            None if number else 1_800_000_000,
            "defer",
            None,
            4,
            False,
            None,
            None if number % 2 else number / 7,
            f"{TEXTS[(number + 3) % len(TEXTS)]}{number}",
        )
        for number in range(count)
    ]


def stored(connection: Connection) -> Sequence[tuple[object, ...]]:
    named = [finding.c[name] for name in COLUMNS.names]
    return [tuple(row) for row in connection.execute(select(*named).order_by(finding.c.episode))]


@pytest.fixture
def engine(database_url: str) -> Engine:
    return open_engine(database_url)


@pytest.mark.parametrize("count", [1, 49, 50, COUNT])
def test_rows_come_back_as_they_were_given(engine: Engine, count: int) -> None:
    given = rows(count)
    with engine.begin() as connection:
        insert_tuples(
            connection, COLUMNS, given, alike={"is_stale": True, "merged_into": 7, "waiver": None}
        )
        assert stored(connection) == given
        alike = select(finding.c.is_stale, finding.c.merged_into, finding.c.waiver).distinct()
        assert connection.execute(alike).all() == [(True, 7, None)]
    engine.dispose()


def test_changed_rows_hold_the_new_values(engine: Engine) -> None:
    given = rows()
    changed = columns_of(finding, *(set(finding.c.keys()) - {"title", "score"}))
    with engine.begin() as connection:
        insert_tuples(connection, COLUMNS, given, alike={"is_stale": False})
        update_tuples(connection, changed, ("id",), [(f"{row[5]}!", 0.5, row[0]) for row in given])
        told = connection.execute(select(finding.c.title, finding.c.score, finding.c.rule)).all()
    assert len(told) == COUNT
    assert all(title == f"{rule}!" and score == 0.5 for title, score, rule in told)
    engine.dispose()


@pytest.mark.parametrize(("kind", "value"), [("text", 5), ("bigint", "5"), ("bytea", "text")])
def test_a_value_of_another_type_than_its_column_is_a_defect(kind: str, value: object) -> None:
    with pytest.raises(Defect, match="not of its column's type"):
        block([kind], [(value,)] * 2)


def test_what_is_asked_next_sees_what_was_sent_before(engine: Engine) -> None:
    given = rows()
    with engine.begin() as connection:
        for start in range(0, COUNT, 100):
            insert_behind(connection, COLUMNS, given[start : start + 100], alike={"is_stale": True})
        assert stored(connection) == given
    with engine.connect() as connection:
        assert stored(connection) == given
    engine.dispose()


def insert_twice(engine: Engine) -> None:
    with engine.begin() as connection:
        insert_behind(connection, COLUMNS, rows(), alike={"is_stale": True})
        insert_behind(connection, COLUMNS, rows(), alike={"is_stale": True})


def ask_after_inserting(connection: Connection) -> None:
    insert_behind(connection, COLUMNS, rows(), alike={"is_stale": True})
    stored(connection)


def test_a_refused_row_is_told_before_the_transaction_is_kept(engine: Engine) -> None:
    """Every key twice: PostgreSQL's server says so only while the caller is at something else."""
    with pytest.raises(DatabaseError, match=r"(?i)unique"):
        insert_twice(engine)
    with engine.connect() as connection:
        assert stored(connection) == []
    engine.dispose()


def test_a_transaction_goes_on_after_taking_a_refused_row_back(engine: Engine) -> None:
    given = rows()
    with engine.begin() as connection:
        insert_behind(connection, COLUMNS, given, alike={"is_stale": True})
        nested = connection.begin_nested()
        with pytest.raises(DatabaseError, match=r"(?i)unique"):
            ask_after_inserting(connection)
        nested.rollback()
        assert stored(connection) == given
    engine.dispose()
