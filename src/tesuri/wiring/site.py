"""The only place that builds adapters and hands them to flows: one open site, and what can be asked of it.

Reads the workspace's folder and the package's own data, opens the store when something first needs it, and
remembers the last survey until the journal, the files or the minute change.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tesuri.budgets.instants import seconds_of
from tesuri.controls.cases import Case
from tesuri.controls.catalogue import Catalogue
from tesuri.controls.compiled import CompiledControl
from tesuri.controls.framework import check_maps, load_frameworks
from tesuri.controls.property_paths import Schemas
from tesuri.engines.rego.engine import SECONDS, RegorusEngine
from tesuri.engines.rego.files import policy_files
from tesuri.feeds.endoflife import read_products
from tesuri.feeds.read import recognise_feed
from tesuri.flows.budgets.show_history import Counting, show_history
from tesuri.flows.budgets.show_legacy import show_legacy
from tesuri.flows.catalogue.control_questions import ControlQuestions
from tesuri.flows.gates.gates import Gates
from tesuri.flows.gates.judge_resources import PolicyOf
from tesuri.flows.gates.load_policies import Policies, load_policies
from tesuri.flows.gates.policy_choice import Choice, mapped_rules
from tesuri.flows.gates.read_policies import read_policies
from tesuri.flows.gates.record_running import Keeping, record_report
from tesuri.flows.lifecycle.apply_waivers import exploited_places
from tesuri.flows.lifecycle.load_feeds import FeedSummary, load_feed
from tesuri.flows.lifecycle.unmerge_finding import Merge, unmerge
from tesuri.flows.pages.questions import prime, warm
from tesuri.flows.site.follow_files import Follower
from tesuri.flows.site.keep_survey import SurveyKeeper
from tesuri.flows.site.owner_budgets import OwnerStandings
from tesuri.flows.site.survey import Survey, standing_of
from tesuri.flows.site.tick import Known
from tesuri.model.budget import Exclusion
from tesuri.model.budget_day import BudgetDay
from tesuri.model.control import GateReport
from tesuri.model.framework import Framework
from tesuri.model.gate_record import GateRecord
from tesuri.model.identifiers import (
    ControlId,
    FindingKey,
    GroupKey,
    ObjectiveId,
    ServiceId,
    TeamId,
)
from tesuri.model.legacy import LegacyView
from tesuri.model.ownership import PolicyStanding
from tesuri.model.views_history import HistoryView
from tesuri.ports import Reader
from tesuri.settings import (
    Settings,
    Sourced,
    workspace_stamp,
)
from tesuri.wiring.control_files import (
    case_files,
    cases_of,
    framework_files,
    read_controls,
    read_schemas,
)
from tesuri.wiring.gates import state_without_store
from tesuri.wiring.intake import IntakeSite

if TYPE_CHECKING:
    from tesuri.flows.catalogue.run_cases import CasesRun


@dataclass
class Site(IntakeSite, Gates, ControlQuestions):
    """One workspace with its store. Nothing is read or opened before it is asked for."""

    patience_seconds: float | None = None
    """How long a reader waits for a newer survey where an older one could be shown; None: until it is made."""
    policies: Policies | None = None

    @cached_property
    def controls(self) -> Catalogue:
        """Give the shipped controls and the workspace's own, ready to run, by id."""
        return read_controls(self.settings, self.workspace.control_files)

    def use_policies(
        self,
        folders: Iterable[str],
        data: Iterable[str],
        choice: Choice,
        *,
        seconds: float | None = None,
    ) -> Policies:
        """Let the gates ask the policies of folders, for at most `seconds` an input. **raises** BadInput, Unsupported without the engine."""
        documents = {path: held for place in data for path, held in policy_files(place).items()}
        held_in = {folder: policy_files(folder) for folder in folders}
        where = ", ".join(held_in)
        files = read_policies(held_in, documents)
        declared = self.workspace.rego
        # The controls are only read where somebody names one.
        mapped = mapped_rules(declared, [one.control for one in self.controls]) if declared else {}
        self.policies = load_policies(
            files,
            replace(choice, mapped=mapped),
            lambda units: RegorusEngine(where, units, seconds or SECONDS).open(),
            where=where,
        )
        return self.policies

    @cached_property
    def schemas(self) -> Schemas:
        """Give the property names of every resource type that is known."""
        return read_schemas()

    def policy(self, now: datetime) -> PolicyOf:
        """Give the policy state of each owner: by the survey of this minute where one is kept, else read one by one."""
        if not self.has_store:
            return state_without_store(self.workspace)
        if self.patience_seconds is None and "_surveys" not in self.__dict__:
            standings = OwnerStandings(self.workspace, now)
            return cache(lambda service: self._read_standing(standings, service))
        with self.survey(now) as (survey, _):
            return lambda service: standing_of(survey, service)

    def _read_standing(
        self, standings: OwnerStandings, service: ServiceId | None
    ) -> PolicyStanding:
        with self.readable().read() as reader:
            return standings.read(reader, service)

    def exploited(self, now: datetime) -> frozenset[tuple[str, str, str]]:
        """Give the places of findings that are exploited now; looked for only where there are waivers."""
        if not self.has_store or not self.workspace.waivers:
            return frozenset()
        if self.patience_seconds is None and "_surveys" not in self.__dict__:
            with self.readable().read() as reader:
                return exploited_places(reader.listed_findings(), reader)
        with self.survey(now) as (survey, reader):
            return exploited_places(survey.findings, reader)

    def remember(self, report: GateReport) -> GateRecord | None:
        """Write a gate's answer to the store, when there is one; of what runs, say what that changed."""
        if not self.has_store:
            return None
        failing = {one.verdict.control for one in (*report.departing, *report.existing)}
        found = (self.controls.named(identity) for identity in sorted(failing))
        controls = [compiled.control for compiled in found if compiled]
        keeping = Keeping(self.store, self.workspace, self.table, self.clock(), controls)
        return record_report(report, keeping)

    @cached_property
    def frameworks(self) -> tuple[Framework, ...]:
        """Give the shipped frameworks and the workspace's own, by id. **raises** BadInput."""
        return load_frameworks(framework_files(self.workspace.framework_files))

    def run_cases(self, controls: Iterable[CompiledControl]) -> "CasesRun":
        """Run the cases of some controls. **raises** BadInput for cases without a control, and for wrong `maps`."""
        check_maps(self.plain_controls(), self.frameworks)
        from tesuri.flows.catalogue.run_cases import check_owners, run_cases  # noqa: PLC0415 - it needs every reader of subjects

        files = case_files(self.workspace.control_files)
        check_owners(self.controls, files)
        return run_cases(controls, files)

    def cases_of(self, control: ControlId) -> tuple[Case, ...]:
        """Give the cases of one control; nothing where it has none."""
        return cases_of(control, case_files(self.workspace.control_files))

    def unmerge(self, key: FindingKey, *, by: str, reason: str) -> Merge:
        """Make this finding one of its own again."""
        return unmerge(
            key,
            by=by,
            reason=reason,
            store=self.store,
            workspace=self.workspace,
            table=self.table,
            now=self.clock(),
        )

    def load_feed(self, data: bytes, *, where: str, as_of: date | None) -> FeedSummary:
        """Take one feed file in."""
        feed = recognise_feed(data, where=where, as_of=as_of)
        return load_feed(
            feed, store=self.store, workspace=self.workspace, table=self.table, now=self.clock()
        )

    def known(self) -> Known | None:
        """Give what was read for the last survey of these files."""
        return self._surveys.known(self.workspace) if "_surveys" in self.__dict__ else None

    @contextmanager
    def survey(self, now: datetime | None = None) -> Iterator[tuple[Survey, Reader]]:
        """Give the survey of this minute with the reading that it was made of."""
        with self.readable().read() as reader:
            yield self._surveys.survey(reader, self.workspace, now or self.clock()), reader

    def prepare(self) -> None:
        """Make the survey of this minute and what most people ask of it, before somebody waits for it."""
        _ = self.controls, self.table
        with self.readable().read() as reader:
            self._surveys.prepare(reader, self.workspace, self.clock())

    @property
    def is_prepared(self) -> bool:
        """Whether there is a survey that can be shown at once."""
        is_made = "_surveys" in self.__dict__ and self._surveys.has_one
        return is_made or self.patience_seconds is None

    @cached_property
    def _surveys(self) -> SurveyKeeper:
        return SurveyKeeper(lambda: self.readable().read(), warm, prime, self.patience_seconds)

    def group_of(self, finding: FindingKey) -> GroupKey | None:
        """Give the group of a finding, or None when there is no such finding."""
        with self.readable().read() as reader:
            found = reader.finding(finding)
        return found.group if found else None

    def history(
        self,
        days: int,
        *,
        team: TeamId | None,
        service: ServiceId | None,
        objective: ObjectiveId | None,
        now: datetime,
    ) -> HistoryView:
        """Give what every budget of findings was at the end of each day."""
        with self.survey(now) as (survey, _):
            return show_history(
                survey,
                days=days,
                team=self.known_team(team),
                service=service,
                objective=objective,
                in_bulk=days_in_bulk if find_spec("duckdb") else None,
            )

    def legacy(
        self, data: bytes | None, *, where: str, team: TeamId | None, now: datetime
    ) -> LegacyView:
        """Give the legacy budgets by the loaded copy of endoflife.date, or by this one."""
        products = None if data is None else read_products(data, where=where)
        known = self.known_team(team)
        with self.readable().read() as reader:
            return show_legacy(reader, self.workspace, products, team=known, now=now)

    def renewed(self) -> "Site":
        """Give a site of the declared files as they are now, on the same store. **raises** BadInput for wrong ones."""
        site = Site(
            self.settings,
            clock=self.clock,
            patience_seconds=self.patience_seconds,
            policies=self.policies,
        )
        _ = site.workspace, site.table, site.controls
        site.__dict__.update(
            (key, kept) for key, kept in self.__dict__.items() if key in {"store", "_surveys"}
        )
        return site

    @contextmanager
    def past(self, recorded_by: datetime) -> Iterator["Site"]:
        """Give the site as it was recorded by then, with the files of now and its clock standing still."""
        site = self.opened_past(recorded_by)
        try:
            yield site
        finally:
            site.close()

    def opened_past(self, recorded_by: datetime) -> "Site":
        """Give the same, to be closed by whoever asked."""
        site = Site(self.settings, clock=lambda: recorded_by)
        site.workspace = self.workspace
        site.store = self.readable().past(recorded_by)
        return site

    def close(self) -> None:
        """Give the store back."""
        if "_surveys" in self.__dict__:
            self._surveys.close()
        super().close()


def followed(site: Site, say: Callable[[str], None]) -> Follower[Site]:
    """Give the site, renewed whenever its declared files change."""
    return Follower(site, lambda: workspace_stamp(site.settings), Site.renewed, say)


def site_at(folder: Path, settings: Settings) -> Site:
    """Give the site of another folder, with its own store under it."""
    origin = str(folder)
    return Site(
        Settings(
            workspace=Sourced(folder, origin),
            database_url=Sourced(f"sqlite:///{folder / '.tesuri' / 'tesuri.db'}", origin),
            language=settings.language,
            colour=settings.colour,
        )
    )


def days_in_bulk(
    budgets: Sequence[Counting], now: datetime, days: int, exclusions: Sequence[Exclusion]
) -> Sequence[BudgetDay]:
    """Give the days of many budgets from DuckDB, which needs the extra `bulk`."""
    from tesuri.engines.clock_file import write_clocks  # noqa: PLC0415 - only large histories need it
    from tesuri.engines.duckdb_budgets import (  # noqa: PLC0415 - its library is an extra
        read_budget_days,
    )

    objectives = list(dict.fromkeys(each.objective for each in budgets))
    with TemporaryDirectory(prefix="tesuri-") as name:
        file = Path(name) / "clocks.csv"
        write_clocks(
            file,
            ((each.service or "", each.objective) for each in budgets),
            (
                (each.service or "", each.objective, clock)
                for each in budgets
                for _, clock in each.clocks
            ),
        )
        spans = [(seconds_of(each.start_at), seconds_of(each.end_at)) for each in exclusions]
        return list(
            read_budget_days(
                file,
                objectives,
                now=seconds_of(now),
                days=days,
                exclusions=spans,
                folder=Path(name),
            )
        )
