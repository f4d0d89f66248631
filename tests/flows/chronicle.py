"""Pages kept as they were shown, to compare with what is shown of that time later."""

from dataclasses import dataclass, field
from datetime import datetime

from tests.flows.reports import Books, decision_table
from tesuri.flows.budgets.restate_budgets import restated_budgets
from tesuri.flows.budgets.show_slos import show_slos
from tesuri.flows.findings.show_findings import show_findings
from tesuri.flows.pages.explain_finding import explain_finding
from tesuri.flows.pages.show_services import show_services
from tesuri.flows.pages.show_week import show_week
from tesuri.flows.site.survey import take_survey
from tesuri.storage.store import SqlStore


@dataclass
class Chronicle:
    """Books whose every page is kept after each step, with the time at which it was looked at."""

    books: Books
    shown: list[tuple[datetime, object]] = field(default_factory=list)

    def look(self, now: datetime) -> None:
        self.shown.append((now, pages(self.books, self.books.store, now)))
        with self.books.store.read() as reader:
            survey = take_survey(reader, self.books.workspace, now)
            # Nothing was recorded since, so nothing is restated.
            assert restated_budgets(survey, reader) == survey.budgets

    def prove(self) -> None:
        for at, then in self.shown:
            past = self.books.store.past(at)
            try:
                assert pages(self.books, past, at) == then
            finally:
                past.close()


def pages(books: Books, store: SqlStore, now: datetime) -> object:
    """Give every view of a store at an instant."""
    with store.read() as reader:
        survey = take_survey(reader, books.workspace, now)
        everything = "state:open state:fixed state:waived state:gone"
        return (
            survey,
            show_week(survey, reader, team=None),
            show_findings(survey, reader, team=None, query="", cursor="", limit=50),
            show_findings(survey, reader, team=None, query=everything, cursor="", limit=50),
            show_services(survey, team=None),
            show_slos(survey, team=None),
            reader.feeds(),
            reader.events(),
            [
                explain_finding(survey, reader, each.key, table=decision_table())
                for each in survey.findings
            ],
        )
