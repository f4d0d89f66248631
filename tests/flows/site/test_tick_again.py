"""A tick that looks only at what was written of since, from what is known already, does what one does that looks at all."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.flows.reports import A, B, Books, C, day, decision_table, fresh_books, kev, trivy
from tests.flows.test_past import STEPS, take
from tesuri.flows.site.idle_tick import Looked, TickSummary, changed_since
from tesuri.flows.site.lasting import Lasting
from tesuri.flows.site.register import read_register
from tesuri.flows.site.survey import survey_of
from tesuri.flows.site.tick import Known, tick
from tesuri.model.estate import Asset, Exposure
from tesuri.model.event import Event
from tesuri.model.identifiers import AssetId


def known_of(books: Books, now: datetime) -> Known:
    with books.store.read() as reader:
        register = read_register(reader)
        lasting = Lasting()
        survey_of(register, reader, books.workspace, now, lasting=lasting)
    return Known(register, lasting)


def tick_again(books: Books, now: datetime, known: Known | None, declared: str) -> TickSummary:
    return tick(
        store=books.store,
        workspace=books.workspace,
        table=decision_table(),
        now=now,
        declared=declared,
        known=known,
    )


def events(books: Books) -> Sequence[Event]:
    with books.store.read() as reader:
        return list(reader.events())


@settings(max_examples=15, deadline=None)
@given(
    steps=STEPS,
    hours=st.lists(st.integers(1, 200), min_size=7, max_size=7),
    keeps=st.lists(st.booleans(), min_size=7, max_size=7),
)
def test_looking_at_what_changed_is_looking_at_everything(
    steps: list[tuple[object, ...]], hours: list[int], keeps: list[bool]
) -> None:
    with fresh_books() as plain, fresh_books() as quick:
        now, known = day(0), known_of(quick, day(0))
        for step, pause, is_renewed in zip(steps, hours, keeps, strict=False):
            now += timedelta(hours=pause)
            for books in (plain, quick):
                take(books, step if step[0] != "tick" else ("feed", [], 0), now)
            expected = plain.tick(now)
            assert tick_again(quick, now, known, "the files") == expected
            assert [*plain.findings()] == [*quick.findings()]
            assert events(plain) == events(quick)
            if is_renewed:
                known = known_of(quick, now)


@settings(max_examples=15, deadline=None)
@given(
    steps=STEPS,
    hours=st.lists(st.integers(1, 200), min_size=7, max_size=7),
    batch=st.integers(1, 4),
)
def test_looking_at_few_findings_at_a_time_is_looking_at_all_together(
    steps: list[tuple[object, ...]], hours: list[int], batch: int
) -> None:
    with fresh_books() as whole, fresh_books() as parts:
        now = day(0)
        for step, pause in zip(steps, hours, strict=False):
            now += timedelta(hours=pause)
            for books in (whole, parts):
                take(books, step if step[0] != "tick" else ("feed", [], 0), now)
            expected = whole.tick(now)
            workspace = parts.workspace
            assert expected == tick(
                store=parts.store, workspace=workspace, table=decision_table(), now=now, batch=batch
            )
            assert [*whole.findings()] == [*parts.findings()]
            assert by_finding(whole) == by_finding(parts)


def by_finding(books: Books) -> Sequence[Event]:
    """Give the events of each finding in the order of writing; parts come one after the other."""
    return sorted(events(books), key=lambda event: int(event.finding or 0))


def test_what_a_tick_decided_itself_is_not_decided_again_by_the_next() -> None:
    with fresh_books() as books:
        books.ingest(trivy(A, B, at=day(0)), now=day(0))
        web = Asset(AssetId("web"), "web", targets=("shop/web",), exposure=Exposure.SMALL)
        books.workspace = replace(books.workspace, assets=(web,))
        assert tick_again(books, day(1), None, "the files").decided == 2
        with books.store.read() as reader:
            assert changed_since(reader, Looked("the files", reader.head())) == frozenset()


def test_only_what_was_written_of_since_is_decided_again_by_the_same_files_and_feeds() -> None:
    with fresh_books() as books:
        books.ingest(trivy(A, B, at=day(0)), now=day(0))
        tick_again(books, day(1), None, "the files")
        books.ingest(trivy(A, B, C, at=day(2)), now=day(2))
        with books.store.read() as reader:
            looked = Looked("the files", reader.head())
            changed = changed_since(reader, looked)
            assert changed is not None
            assert {each.key for each in books.findings()} - changed
            assert changed_since(reader, Looked("other files", reader.head())) is None
        books.load(kev(A, on=date(2026, 9, 1)), day(3))
        with books.store.read() as reader:
            assert changed_since(reader, Looked("the files", reader.head())) is None
