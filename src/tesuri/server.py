"""Puts the pages on top of a site: the web's questions, answered by the read flows."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from threading import Lock

from litestar import Litestar

from tesuri.flows.site.follow_files import Follower
from tesuri.flows.site.scope import declared_zone
from tesuri.model.errors import TesuriError
from tesuri.model.identifiers import ControlId, FindingKey, GroupKey, TeamId, WaiverId
from tesuri.model.objective import PolicyState
from tesuri.model.views import Shell, WeekView
from tesuri.model.views_control import ControlView
from tesuri.model.views_findings import FindingsView, GroupView
from tesuri.model.views_guardrails import FrameworkView, GuardrailFilter, GuardrailsView
from tesuri.model.views_services import ServicesView
from tesuri.model.views_slo import SloKey, SloListView, SloView
from tesuri.model.views_waivers import WaiversView, WaiverView
from tesuri.web.app import WebSettings, create_app
from tesuri.web.policy_states import PolicyStates
from tesuri.wiring.site import Site
from tesuri.wiring.trust import kept_tokens, policy_states

PASTS = 8
"""Past times whose copies are kept open."""


class PastSites:
    """The sites of the times that somebody looked back to lately. Safe to ask from several threads."""

    def __init__(self) -> None:
        """Keep none yet."""
        self._sites: OrderedDict[datetime, Site] = OrderedDict()
        self._opening = Lock()

    def site(self, present: Site, recorded_by: datetime) -> Site:
        """Give the site as it was recorded by then, copied at the first question."""
        with self._opening:
            if recorded_by not in self._sites:
                self._sites[recorded_by] = present.opened_past(recorded_by)
                if len(self._sites) > PASTS:
                    self._sites.popitem(last=False)[1].close()
            self._sites.move_to_end(recorded_by)
            return self._sites[recorded_by]


class SitePages:
    """The pages' questions to one site, which may be another after its declared files changed."""

    def __init__(
        self,
        site: Callable[[], Site],
        problem: Callable[[], str] = lambda: "",
        pasts: PastSites | None = None,
    ) -> None:
        """Take where to find the site, and what is wrong with its newest files; nothing is read yet."""
        self._current = site
        self._problem = problem
        self._pasts = pasts or PastSites()

    @property
    def _site(self) -> Site:
        return self._current()

    def then(self, recorded_by: datetime) -> "SitePages":
        """Give the same questions to what was recorded by then."""
        return SitePages(lambda: self._pasts.site(self._site, recorded_by), pasts=self._pasts)

    def shell(self, team: TeamId | None, now: datetime) -> Shell:
        """Give what surrounds every page."""
        shell = self._site.shell(team=team, now=now)
        return replace(shell, workspace_problem=self._problem())

    def week(self, team: TeamId | None, now: datetime) -> WeekView:
        """Give this week's work."""
        return self._site.week(team=team, now=now)

    def findings(self, query: str, cursor: str, team: TeamId | None, now: datetime) -> FindingsView:
        """Give one page of findings."""
        return self._site.findings(query=query, cursor=cursor, team=team, now=now)

    def group(self, key: GroupKey, now: datetime) -> GroupView | None:
        """Give a group, or None when there is no such group."""
        return self._site.group(key, now=now)

    def group_of(self, finding: FindingKey) -> GroupKey | None:
        """Give the group of a finding, or None when there is no such finding."""
        return self._site.group_of(finding)

    def services(self, team: TeamId | None, now: datetime) -> ServicesView:
        """Give the services of the scope."""
        return self._site.services(team=team, now=now)

    def slos(self, team: TeamId | None, now: datetime) -> SloListView:
        """Give the budgets of the scope."""
        return self._site.slos(team=team, now=now)

    def slo(self, key: SloKey, team: TeamId | None, now: datetime) -> SloView | None:
        """Give one budget, or None when there is no such objective or service."""
        return self._site.slo(key, team=team, now=now)

    def guardrails(
        self,
        asked: GuardrailFilter,
        state: PolicyState | None,
        team: TeamId | None,
        now: datetime,
    ) -> GuardrailsView:
        """Give the matrix of controls."""
        return self._site.guardrails(asked, state=state, team=team, now=now)

    def control(self, control: ControlId, team: TeamId | None, now: datetime) -> ControlView | None:
        """Give one control, or None when there is no such control."""
        return self._site.control(control, team=team, now=now)

    def frameworks(self) -> tuple[FrameworkView, ...]:
        """Give every framework."""
        return self._site.framework_list()

    def framework(self, name: str, now: datetime) -> FrameworkView:
        """Give one framework with what stands against its controls."""
        return self._site.framework(name, now=now)

    def waivers(self, now: datetime) -> WaiversView:
        """Give every declared waiver as it stands."""
        return self._site.waivers(now=now)

    def waiver(self, waiver: WaiverId, now: datetime) -> WaiverView | None:
        """Give one waiver, or None when nobody declared it."""
        return self._site.waiver(waiver, now=now)

    def is_prepared(self) -> bool:
        """Whether there are figures to show."""
        return self._site.is_prepared

    def is_ready(self) -> bool:
        """Whether the store answers and has the tables that it needs."""
        try:
            with self._site.store.read() as reader:
                reader.recorded_at()
        except TesuriError:
            return False
        return True


def create_server(sites: Follower[Site]) -> Litestar:
    """Give the application of a site."""
    pages = SitePages(lambda: sites.at(sites.current.clock()), lambda: sites.problem)
    asked = PolicyStates(
        tokens=lambda: kept_tokens(sites.current.settings),
        states=lambda scope, hours: policy_states(
            sites.at(sites.current.clock()), scope=scope, hours=hours
        ),
        clock=sites.current.clock,
    )
    settings = WebSettings(
        clock=sites.current.clock,
        zone=lambda: declared_zone(sites.current.workspace),
        policy_states=asked,
    )
    return create_app(pages, settings=settings)
