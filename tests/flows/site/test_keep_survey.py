"""The last survey is kept, brought up to date by what was written, and shown while the next is made."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.flows.reports import A, B, Books, day, fresh_books, trivy
from tests.flows.test_past import STEPS, take
from tesuri.flows.site.keep_survey import SurveyKeeper
from tesuri.flows.site.register import read_register, renew_register
from tesuri.flows.site.survey import Survey, take_survey
from tesuri.model.errors import Pending
from tesuri.ports import Reader

MINUTE = timedelta(minutes=1)


@pytest.fixture
def books() -> Iterator[Books]:
    with fresh_books() as made:
        made.ingest(trivy(A, at=day(0)), now=day(0))
        yield made


@settings(max_examples=15, deadline=None)
@given(steps=STEPS, hours=st.lists(st.integers(1, 200), min_size=7, max_size=7))
def test_a_renewed_register_is_the_one_that_is_read_whole(
    steps: list[tuple[object, ...]], hours: list[int]
) -> None:
    with fresh_books() as books:
        with books.store.read() as reader:
            register, now = read_register(reader), day(0)
        for step, pause in zip(steps, hours, strict=False):
            now += timedelta(hours=pause)
            take(books, step, now)
            with books.store.read() as reader:
                register = renew_register(register, reader, whole_above=1.0)
                assert register == read_register(reader)


def test_the_same_minute_of_the_same_journal_is_made_once(books: Books) -> None:
    keeper = SurveyKeeper(books.store.read)
    with books.store.read() as reader:
        first = keeper.survey(reader, books.workspace, day(1))
        assert keeper.survey(reader, books.workspace, day(1) + timedelta(seconds=59)) is first
        assert keeper.survey(reader, books.workspace, day(1) + MINUTE) is not first
    keeper.close()


def test_what_was_written_is_in_the_next_survey(books: Books) -> None:
    keeper = SurveyKeeper(books.store.read)
    with books.store.read() as reader:
        assert len(keeper.survey(reader, books.workspace, day(1)).findings) == 1
    books.ingest(trivy(A, B, at=day(1)), now=day(1))
    with books.store.read() as reader:
        survey = keeper.survey(reader, books.workspace, day(1))
        assert survey == take_survey(reader, books.workspace, day(1))
    assert len(survey.findings) == 2
    keeper.close()


def test_who_has_no_patience_sees_the_last_one_until_the_next_is_made(books: Books) -> None:
    may_read = Event()

    @contextmanager
    def slow() -> Iterator[Reader]:
        may_read.wait()
        with books.store.read() as reader:
            yield reader

    keeper = SurveyKeeper(slow, patience_seconds=0, clock=lambda: 0.0)
    with books.store.read() as reader:
        first = keeper.prepare(reader, books.workspace, day(1))
        later = keeper.survey(reader, books.workspace, day(2))
        may_read.set()
        keeper.close()
        newest = keeper.survey(reader, books.workspace, day(2))
    assert later is first
    assert newest.now == day(2)


def test_a_survey_that_cannot_be_made_is_told_and_the_next_is_tried(books: Books) -> None:
    tries = iter([RuntimeError("the disk is gone"), None])

    @contextmanager
    def failing() -> Iterator[Reader]:
        error = next(tries)
        if error is not None:
            raise error
        with books.store.read() as reader:
            yield reader

    keeper = SurveyKeeper(failing, patience_seconds=60)
    with books.store.read() as reader:
        keeper.prepare(reader, books.workspace, day(1))
        with pytest.raises(RuntimeError, match="the disk is gone"):
            keeper.survey(reader, books.workspace, day(2))
        assert keeper.survey(reader, books.workspace, day(2)).now == day(2)
    keeper.close()


@pytest.mark.parametrize(("patience_seconds", "times"), [(1.0, 1), (None, 0)])
def test_the_first_survey_of_a_server_has_what_most_people_ask(
    books: Books, patience_seconds: float | None, times: int
) -> None:
    made: list[Survey] = []
    keeper = SurveyKeeper(
        books.store.read, lambda survey, _: made.append(survey), patience_seconds=patience_seconds
    )
    with books.store.read() as reader:
        first = keeper.survey(reader, books.workspace, day(1))
    assert made == [first] * times
    keeper.close()


def test_a_survey_that_took_long_is_not_renewed_at_once(books: Books) -> None:
    seconds = iter([0.0, 1.0, 5.0, 15.0, 20.0, 24.0, 26.0, 27.0, 28.0])
    keeper = SurveyKeeper(books.store.read, patience_seconds=0, clock=lambda: next(seconds, 28.0))
    with books.store.read() as reader:
        keeper.prepare(reader, books.workspace, day(1))
        second = keeper.prepare(reader, books.workspace, day(1) + MINUTE)
        assert keeper.survey(reader, books.workspace, day(1) + 2 * MINUTE) is second
    books.ingest(trivy(A, B, at=day(1)), now=day(1))
    with books.store.read() as reader:
        assert keeper.survey(reader, books.workspace, day(1) + 2 * MINUTE) is second
        keeper.survey(reader, books.workspace, day(1) + 2 * MINUTE)
        keeper.close()
        newest = keeper.survey(reader, books.workspace, day(1) + 2 * MINUTE)
    assert len(newest.findings) == 2


def test_news_after_the_first_survey_is_taken_up_at_once(books: Books) -> None:
    seconds = iter([0.0, 100.0])
    keeper = SurveyKeeper(books.store.read, patience_seconds=0, clock=lambda: next(seconds, 101.0))
    with books.store.read() as reader:
        first = keeper.prepare(reader, books.workspace, day(1))
        assert keeper.survey(reader, books.workspace, day(1) + MINUTE) is first, "it rests"
    books.ingest(trivy(A, B, at=day(1)), now=day(1))
    with books.store.read() as reader:
        keeper.survey(reader, books.workspace, day(1) + MINUTE)
        keeper.close()
        newest = keeper.survey(reader, books.workspace, day(1) + MINUTE)
    assert len(newest.findings) == 2


def test_who_comes_before_the_first_one_is_told_so_at_once(books: Books) -> None:
    may_read = Event()

    @contextmanager
    def slow() -> Iterator[Reader]:
        may_read.wait()
        with books.store.read() as reader:
            yield reader

    keeper = SurveyKeeper(slow, patience_seconds=0)
    with books.store.read() as reader:
        with pytest.raises(Pending):
            keeper.survey(reader, books.workspace, day(1))
        may_read.set()
        keeper.close()
        assert keeper.has_one
        assert keeper.survey(reader, books.workspace, day(1)).now == day(1)


def test_the_very_first_survey_is_shown_before_all_is_made_of_it(books: Books) -> None:
    told: list[str] = []

    def prime(_survey: Survey, _reader: Reader) -> None:
        told.append(f"prime, shown: {keeper.has_one}")

    def warm(_survey: Survey, _reader: Reader) -> None:
        told.append(f"warm, shown: {keeper.has_one}")

    keeper = SurveyKeeper(books.store.read, warm, prime, patience_seconds=0)
    with books.store.read() as reader:
        keeper.prepare(reader, books.workspace, day(1))
        keeper.prepare(reader, books.workspace, day(2))
    assert told == ["prime, shown: False", "warm, shown: True", "warm, shown: True"]
    keeper.close()
