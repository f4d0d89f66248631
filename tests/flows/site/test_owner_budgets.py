"""What is read of one owner says the same as a survey of everything."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.flows.reports import A, B, Books, C, day, fresh_books, trivy
from tests.flows.test_past import STEPS, take
from tesuri.flows.site.owner_budgets import OwnerStandings
from tesuri.flows.site.survey import standing_of, take_survey
from tesuri.model.estate import Asset, Service
from tesuri.model.identifiers import AssetId, ServiceId
from tesuri.model.objective import PolicyState


def assert_same(books: Books, now: datetime) -> None:
    with books.store.read() as reader:
        survey = take_survey(reader, books.workspace, now)
        standings = OwnerStandings(books.workspace, now)
        for service in (None, ServiceId("unheard-of"), *books.workspace.services):
            read = standings.read(reader, service)
            assert read == standing_of(survey, service)


@settings(max_examples=15, deadline=None)
@given(steps=STEPS, hours=st.lists(st.integers(1, 200), min_size=7, max_size=7))
def test_standing_of_one_owner_is_that_of_the_survey(
    steps: list[tuple[object, ...]], hours: list[int]
) -> None:
    with fresh_books() as books:
        now = day(0)
        for step, pause in zip(steps, hours, strict=False):
            now += timedelta(hours=pause)
            take(books, step, now)
            assert_same(books, now)
            assert_same(books, now + timedelta(days=40))


def test_standing_of_an_owner_who_is_late_is_spent() -> None:
    shop, pay = ServiceId("shop"), ServiceId("pay")
    web = Asset(AssetId("web"), "web", shop, targets=("shop/web",))
    services = {each: Service(each, each.title()) for each in (shop, pay)}
    with fresh_books() as books:
        books.workspace = replace(books.workspace, services=services, assets=(web,))
        books.ingest(trivy(A, B, C, at=day(0)), now=day(0))
        now = day(400)
        assert_same(books, now)
        with books.store.read() as reader:
            standings = OwnerStandings(books.workspace, now)
            late, idle = standings.read(reader, shop), standings.read(reader, pay)
        assert late.state is not idle.state
        assert idle.state is PolicyState.UNKNOWN
