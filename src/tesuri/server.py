"""Puts the pages on top of a site: the web's questions, answered by the read flows."""

from datetime import datetime

from litestar import Litestar

from tesuri.model.errors import TesuriError
from tesuri.model.identifiers import FindingKey, GroupKey, TeamId
from tesuri.model.views import Shell, WeekView
from tesuri.model.views_findings import FindingsView, GroupView
from tesuri.model.views_services import ServicesView
from tesuri.model.views_slo import SloKey, SloListView, SloView
from tesuri.web.app import WebSettings, create_app
from tesuri.wiring import Site


class SitePages:
    """The pages' questions to one site."""

    def __init__(self, site: Site) -> None:
        """Take the site; nothing is read yet."""
        self._site = site

    def shell(self, team: TeamId | None, now: datetime) -> Shell:
        """Give what surrounds every page."""
        return self._site.shell(team=team, now=now)

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

    def is_ready(self) -> bool:
        """Whether the store answers and has the tables that it needs."""
        try:
            with self._site.store.read() as reader:
                reader.recorded_at()
        except TesuriError:
            return False
        return True


def create_server(site: Site) -> Litestar:
    """Give the application of a site."""
    return create_app(SitePages(site), settings=WebSettings(clock=site.clock))
