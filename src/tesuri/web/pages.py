"""What the pages ask of the rest of Tesuri: views at an instant, nothing else."""

from datetime import datetime
from typing import Protocol

from tesuri.model.identifiers import FindingKey, GroupKey, TeamId
from tesuri.model.views import Shell, WeekView
from tesuri.model.views_findings import FindingsView, GroupView
from tesuri.model.views_services import ServicesView
from tesuri.model.views_slo import SloKey, SloListView, SloView


class Pages(Protocol):
    """Gives the views. Called from worker threads; `team` None is the whole company."""

    def then(self, recorded_by: datetime) -> "Pages":
        """Give the same questions to what was recorded by then."""
        ...

    def shell(self, team: TeamId | None, now: datetime) -> Shell:
        """Give what surrounds every page."""
        ...

    def week(self, team: TeamId | None, now: datetime) -> WeekView:
        """Give this week's work."""
        ...

    def findings(self, query: str, cursor: str, team: TeamId | None, now: datetime) -> FindingsView:
        """Give one page of findings; a wrong query is in `errors`, never an exception."""
        ...

    def group(self, key: GroupKey, now: datetime) -> GroupView | None:
        """Give a group, or None when there is no such group."""
        ...

    def group_of(self, finding: FindingKey) -> GroupKey | None:
        """Give the group of a finding, or None when there is no such finding."""
        ...

    def services(self, team: TeamId | None, now: datetime) -> ServicesView:
        """Give the services of the scope."""
        ...

    def slos(self, team: TeamId | None, now: datetime) -> SloListView:
        """Give the budgets of the scope."""
        ...

    def slo(self, key: SloKey, team: TeamId | None, now: datetime) -> SloView | None:
        """Give one budget, or None when there is no such objective or service."""
        ...

    def is_ready(self) -> bool:
        """Whether the store answers and has the tables that it needs."""
        ...
