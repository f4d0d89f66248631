"""Budgets along a journey: hours add up, and the least healthy service decides."""

from tests.flows.sample_survey import CHECKOUT, HOUR, IMMEDIATE, LEDGER, SEARCH, URGENT, Journal
from tesuri.flows.budgets.budget_rows import journey_rows
from tesuri.model.decision import Outcome
from tesuri.model.estate import Journey
from tesuri.model.identifiers import JourneyId, ServiceId
from tesuri.model.objective import PolicyState
from tesuri.model.views import BudgetRow

PAY = JourneyId("pay")


def rows(made: Journal, *services: ServiceId) -> dict[str, BudgetRow]:
    journey = Journey(PAY, "Pay", "支払う", services)
    return {each.objective: each for each in journey_rows(made.survey(), journey)}


def journal() -> Journal:
    """The checkout is late by 40 h under an allowance of 33.6 h, the ledger by 10 h, the search by 90 h."""
    made = Journal()
    for key, (service, late) in enumerate(((CHECKOUT, 40), (LEDGER, 10), (SEARCH, 90)), start=1):
        made.find(key, outcome=Outcome.IMMEDIATE, age=(48 + late) * HOUR, service=service)
    return made


def test_hours_add_and_the_least_healthy_service_decides() -> None:
    row = rows(journal(), CHECKOUT, LEDGER)[IMMEDIATE]
    assert row.allowance_seconds == 2 * 120_960
    assert row.remaining_seconds == 2 * 120_960 - 50 * 3600
    assert row.remaining_seconds > 0
    assert row.state is PolicyState.SPENT
    assert (row.late_now, row.owner, row.owner_ja) == (2, "Pay", "支払う")


def test_services_outside_the_journey_do_not_count() -> None:
    assert rows(journal(), LEDGER)[IMMEDIATE].late_now == 1
    assert rows(journal(), LEDGER)[URGENT].late_now == 0


def test_a_journey_through_nothing_is_unknown() -> None:
    assert rows(journal())[IMMEDIATE].state is PolicyState.UNKNOWN


def test_the_worst_objective_stands_first() -> None:
    journey = Journey(PAY, "Pay", services=(CHECKOUT,))
    assert [each.objective for each in journey_rows(journal().survey(), journey)] == [
        IMMEDIATE,
        URGENT,
    ]
