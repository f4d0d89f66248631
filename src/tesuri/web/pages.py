"""What the pages ask of the rest of Tesuri: views at an instant, nothing else."""

from datetime import datetime
from typing import Protocol

from tesuri.model.identifiers import ControlId, FindingKey, GroupKey, TeamId, WaiverId
from tesuri.model.objective import PolicyState
from tesuri.model.views import Shell, WeekView
from tesuri.model.views_control import ControlView
from tesuri.model.views_findings import FindingsView, GroupView
from tesuri.model.views_guardrails import FrameworkView, GuardrailFilter, GuardrailsView
from tesuri.model.views_services import ServicesView
from tesuri.model.views_slo import SloKey, SloListView, SloView
from tesuri.model.views_waivers import WaiversView, WaiverView


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

    def guardrails(
        self,
        asked: GuardrailFilter,
        state: PolicyState | None,
        team: TeamId | None,
        now: datetime,
    ) -> GuardrailsView:
        """Give the matrix of controls; `state` None is the one that the scope's gates follow now."""
        ...

    def control(self, control: ControlId, team: TeamId | None, now: datetime) -> ControlView | None:
        """Give one control, or None when there is no such control."""
        ...

    def frameworks(self) -> tuple[FrameworkView, ...]:
        """Give every framework, without what the store knows."""
        ...

    def framework(self, name: str, now: datetime) -> FrameworkView:
        """Give one framework with what stands against its controls. **raises** BadInput for an unknown one."""
        ...

    def waivers(self, now: datetime) -> WaiversView:
        """Give every declared waiver as it stands."""
        ...

    def waiver(self, waiver: WaiverId, now: datetime) -> WaiverView | None:
        """Give one waiver, or None when nobody declared it."""
        ...

    def is_prepared(self) -> bool:
        """Whether there are figures to show."""
        ...

    def is_ready(self) -> bool:
        """Whether the store answers and has the tables that it needs."""
        ...
