"""What can be asked of a site: each answer is a view of one survey."""

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from functools import partial

from tesuri.controls.catalogue import Catalogue
from tesuri.flows.budgets.budget_rows import journey_rows
from tesuri.flows.budgets.show_lifetimes import show_lifetimes
from tesuri.flows.budgets.show_slo import show_slo, slo_sum
from tesuri.flows.budgets.show_slos import show_slos
from tesuri.flows.budgets.simulate_budget import simulate_budget
from tesuri.flows.findings.export_vex import VexExport, export_vex
from tesuri.flows.findings.show_findings import columns_of, show_findings
from tesuri.flows.pages.explain_finding import explain_finding
from tesuri.flows.pages.show_group import show_group
from tesuri.flows.pages.show_services import show_services
from tesuri.flows.pages.show_shell import show_shell
from tesuri.flows.pages.show_week import show_week
from tesuri.flows.site.scope import findings_by_service, scope_of
from tesuri.flows.site.survey import Survey, derive, findings_by_group
from tesuri.flows.waivers.list_waivers import list_waivers, show_waiver
from tesuri.model.errors import BadInput
from tesuri.model.identifiers import FindingKey, GroupKey, JourneyId, ServiceId, TeamId, WaiverId
from tesuri.model.simulation import Change, Simulation
from tesuri.model.views import BudgetRow, Shell, WeekView
from tesuri.model.views_explanation import Explanation
from tesuri.model.views_findings import FindingsView, GroupView
from tesuri.model.views_lifetimes import LifetimesBy, LifetimesView
from tesuri.model.views_services import ServicesView
from tesuri.model.views_slo import SloKey, SloListView, SloView
from tesuri.model.views_waivers import WaiversView, WaiverView
from tesuri.model.workspace import Workspace
from tesuri.ports import Reader
from tesuri.triage.table import DecisionTable

PAGE_ROWS = 50
"""Findings of one page."""

MOST_KEPT = 500
"""Answers kept with a survey; beyond that each is made anew, so that a crawler does not fill the memory."""


class Questions(ABC):
    """The questions of pages and commands; whoever has a survey can answer them."""

    @abstractmethod
    def survey(self, now: datetime | None = None) -> AbstractContextManager[tuple[Survey, Reader]]:
        """Give the survey of this minute with the reading that it was made of."""

    @property
    @abstractmethod
    def workspace(self) -> Workspace:
        """Give what the folder declares."""

    @property
    @abstractmethod
    def table(self) -> DecisionTable:
        """Give the decision table that the workspace chose."""

    @property
    @abstractmethod
    def controls(self) -> Catalogue:
        """Give the shipped controls and the workspace's own."""

    def shell(self, *, team: TeamId | None, now: datetime) -> Shell:
        """Give what surrounds every page. **raises** BadInput for an unknown team, here and below."""
        with self.survey(now) as (survey, _):
            known = self.known_team(team)
            shell = derive(survey, ("shell", known), lambda: show_shell(survey, team=known))
        return replace(shell, counts=replace(shell.counts, controls=len(self.controls)))

    def week(self, *, team: TeamId | None, now: datetime) -> WeekView:
        """Give this week's work."""
        with self.survey(now) as (survey, reader):
            known = self.known_team(team)
            return derive(survey, ("week", known), lambda: show_week(survey, reader, team=known))

    def findings(
        self,
        *,
        query: str,
        team: TeamId | None,
        now: datetime,
        cursor: str = "",
        limit: int = PAGE_ROWS,
    ) -> FindingsView:
        """Give one page of findings; what is wrong with the query is in its errors."""
        with self.survey(now) as (survey, reader):
            known = self.known_team(team)
            name = ("findings", known, query, cursor, limit)
            make = partial(
                show_findings, survey, reader, team=known, query=query, cursor=cursor, limit=limit
            )
            return derive(survey, name, make) if len(survey.derived) < MOST_KEPT else make()

    def export_vex(self, *, query: str, team: TeamId | None, now: datetime) -> VexExport:
        """Give what we state about the vulnerabilities that match a query."""
        with self.survey(now) as (survey, reader):
            return export_vex(survey, reader, team=self.known_team(team), query=query)

    def group(self, key: GroupKey, *, now: datetime) -> GroupView | None:
        """Give a group, or None when there is no such group."""
        with self.survey(now) as (survey, reader):
            return show_group(survey, reader, key, table=self.table)

    def services(self, *, team: TeamId | None, now: datetime) -> ServicesView:
        """Give the services of the scope."""
        with self.survey(now) as (survey, _):
            known = self.known_team(team)
            return derive(survey, ("services", known), lambda: show_services(survey, team=known))

    def journey(self, journey: JourneyId, *, now: datetime) -> tuple[BudgetRow, ...]:
        """Give the budgets along a journey. **raises** BadInput for an unknown one."""
        with self.survey(now) as (survey, _):
            found = survey.workspace.journeys.get(journey)
            if found is None:
                known = ", ".join(sorted(survey.workspace.journeys)) or "none is declared"
                raise BadInput(
                    f"There is no journey {journey!r}.", where="journey", remedy=f"Known: {known}."
                )
            return journey_rows(survey, found)

    def slos(self, *, team: TeamId | None, now: datetime) -> SloListView:
        """Give the budgets of the scope."""
        with self.survey(now) as (survey, _):
            known = self.known_team(team)
            return derive(survey, ("slos", known), lambda: show_slos(survey, team=known))

    def slo(self, key: SloKey, *, team: TeamId | None, now: datetime) -> SloView | None:
        """Give one budget, or None when there is no such objective or service."""
        controls = [compiled.control for compiled in self.controls]
        with self.survey(now) as (survey, reader):
            known = self.known_team(team)
            make = partial(
                show_slo,
                survey,
                reader,
                key.objective,
                team=known,
                service=key.service,
                controls=controls,
            )
            name = ("slo", known, key)
            return derive(survey, name, make) if len(survey.derived) < MOST_KEPT else make()

    def simulate(
        self, change: Change, *, team: TeamId | None, service: ServiceId | None, now: datetime
    ) -> Simulation:
        """Give the budgets as they are and as they would be."""
        with self.survey(now) as (survey, reader):
            return simulate_budget(
                survey, reader, change, team=self.known_team(team), service=service
            )

    def lifetimes(
        self, by: LifetimesBy, *, team: TeamId | None, service: ServiceId | None, now: datetime
    ) -> LifetimesView:
        """Give how long findings live."""
        with self.survey(now) as (survey, _):
            return show_lifetimes(survey, by=by, team=self.known_team(team), service=service)

    def waivers(self, *, now: datetime) -> WaiversView:
        """Give every declared waiver with what became of it."""
        known = frozenset(self.controls.ids)
        with self.survey(now) as (survey, reader):
            return derive(
                survey,
                ("waivers",),
                lambda: list_waivers(
                    survey, reader, controls=known, is_use_known=survey.recorded_at is not None
                ),
            )

    def waiver(self, waiver: WaiverId, *, now: datetime) -> WaiverView | None:
        """Give one waiver with what it hides; None for one that nobody declared."""
        known = frozenset(self.controls.ids)
        with self.survey(now) as (survey, reader):
            is_known = survey.recorded_at is not None
            return show_waiver(survey, reader, waiver, controls=known, is_use_known=is_known)

    def explain(self, finding: FindingKey, *, now: datetime) -> Explanation | None:
        """Give everything that led to a finding's priority and deadline; None for an unknown one."""
        with self.survey(now) as (survey, reader):
            return explain_finding(survey, reader, finding, table=self.table)

    def known_team(self, team: TeamId | None) -> TeamId | None:
        """Give the team as it was asked for. **raises** BadInput for one that nobody declared."""
        if team is not None and team not in self.workspace.teams:
            known = ", ".join(sorted(self.workspace.teams)) or "none is declared"
            raise BadInput(f"There is no team {team!r}.", where="team", remedy=f"Known: {known}.")
        return team


def prime(survey: Survey, reader: Reader) -> None:
    """Make what people begin with, under the names that the questions ask by."""
    derive(survey, ("shell", None), lambda: show_shell(survey, team=None))
    derive(survey, ("week", None), lambda: show_week(survey, reader, team=None))
    derive(survey, ("services", None), lambda: show_services(survey, team=None))
    derive(survey, ("slos", None), lambda: show_slos(survey, team=None))


def warm(survey: Survey, reader: Reader) -> None:
    """Make what is asked most, under the names that the questions ask by."""
    prime(survey, reader)
    _ = findings_by_group(survey), findings_by_service(survey)
    whole = scope_of(survey, None)
    for objective in survey.workspace.objectives:
        slo_sum(whole, objective)
    columns_of(whole).make_all()
    first = partial(show_findings, survey, reader, team=None, query="", cursor="", limit=PAGE_ROWS)
    derive(survey, ("findings", None, "", "", PAGE_ROWS), first)
