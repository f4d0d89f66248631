"""The only place that builds adapters and hands them to flows: one open site, and what can be asked of it.

Reads the workspace's folder and the package's own data, opens the store when something first needs it, and
remembers the last survey until the journal, the files or the minute change.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path

from tesuri.budgets.preset import Preset, preset_named, read_presets
from tesuri.controls.load import CompiledControl, load_control
from tesuri.controls.property_paths import load_schema
from tesuri.feeds.endoflife import read_products
from tesuri.feeds.read import recognise_feed
from tesuri.flows.apply_vex import VexSummary, apply_vex
from tesuri.flows.evaluate_plan import PolicyOf, evaluate_plan
from tesuri.flows.explain_finding import explain_finding
from tesuri.flows.export_vex import VexExport, export_vex
from tesuri.flows.ingest_report import IngestOptions, IngestSummary, ingest_report
from tesuri.flows.inspect_reports import InspectSummary, inspect
from tesuri.flows.load_feeds import FeedSummary, load_feed
from tesuri.flows.load_workspace import load_workspace
from tesuri.flows.preview_reports import Preview, preview_reports
from tesuri.flows.record_gate import record_gate
from tesuri.flows.show_findings import show_findings
from tesuri.flows.show_group import show_group
from tesuri.flows.show_legacy import show_legacy
from tesuri.flows.show_services import show_services
from tesuri.flows.show_shell import show_shell
from tesuri.flows.show_slo import show_slo
from tesuri.flows.show_slos import show_slos
from tesuri.flows.show_week import show_week
from tesuri.flows.simulate_budget import simulate_budget
from tesuri.flows.survey import Survey, standing_of, take_survey
from tesuri.flows.tick import TickSummary, tick
from tesuri.model.control import GateReport
from tesuri.model.errors import BadInput
from tesuri.model.identifiers import FindingKey, GroupKey, ServiceId, TeamId
from tesuri.model.legacy import LegacyView
from tesuri.model.ownership import PolicyStanding
from tesuri.model.simulation import Change, Simulation
from tesuri.model.views import Shell, WeekView
from tesuri.model.views_explanation import Explanation
from tesuri.model.views_findings import FindingsView, GroupView
from tesuri.model.views_services import ServicesView
from tesuri.model.views_slo import SloKey, SloListView, SloView
from tesuri.model.workspace import Workspace
from tesuri.ports import Clock, Reader
from tesuri.routing.ownership import resource_owner
from tesuri.settings import Settings, Sourced, package_files, workspace_files
from tesuri.storage.database import open_empty, open_engine
from tesuri.storage.store import SqlStore
from tesuri.triage.table import DecisionTable, read_table

_DEFAULT_TABLE = "ssvc-deployer.yaml"


def present() -> datetime:
    """Give this instant, aware UTC and whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass
class Site:
    """One workspace with its store. Nothing is read or opened before it is asked for."""

    settings: Settings
    clock: Clock = present
    _surveys: dict[tuple[datetime | None, datetime], Survey] = field(
        default_factory=dict, repr=False
    )

    @cached_property
    def workspace(self) -> Workspace:
        """Give what the folder declares. **raises** BadInput that lists every problem."""
        return load_workspace(
            workspace_files(self.settings),
            default_objectives=preset_named("default", self.presets).objectives,
            presets=self.presets,
        )

    @cached_property
    def presets(self) -> tuple[Preset, ...]:
        """Give the sets of objectives that come along, by name."""
        return read_presets(package_files("budgets/presets"))

    @cached_property
    def store(self) -> SqlStore:
        """Open the store, made and migrated when needed."""
        return SqlStore(open_engine(self.settings.database_url.value))

    def readable(self) -> SqlStore:
        """Give the store, or an empty one in memory: looking at a folder makes no files in it."""
        if "store" in self.__dict__ or self.has_store:
            return self.store
        return SqlStore(open_empty())

    @property
    def has_store(self) -> bool:
        """Whether there is a store already; a SQLite file that nobody made yet is none."""
        url = self.settings.database_url.value
        return not url.startswith("sqlite:///") or Path(url.removeprefix("sqlite:///")).exists()

    @cached_property
    def table(self) -> DecisionTable:
        """Give the decision table that the workspace chose. **raises** BadInput for an unknown name."""
        own = [read_table(data, where=path) for path, data in self.workspace.triage_files]
        shipped = [
            read_table(data, where=name) for name, data in package_files("triage/tables").items()
        ]
        wanted = self.workspace.triage_table
        if not wanted:
            return read_table(package_files("triage/tables")[_DEFAULT_TABLE], where=_DEFAULT_TABLE)
        for table in (*own, *shipped):
            if wanted in (table.name, table.title):
                return table
        raise BadInput(
            f"There is no decision table {wanted!r}.",
            where="tesuri.yaml",
            remedy=f"Known are: {', '.join(each.name for each in (*own, *shipped))}.",
        )

    @cached_property
    def controls(self) -> tuple[CompiledControl, ...]:
        """Give the shipped controls and the workspace's own, ready to run, by id."""
        schemas = [
            load_schema(data, where=name)
            for name, data in package_files("controls/schemas").items()
        ]
        by_type = {schema.type: schema for schema in schemas}
        files = {**package_files("controls/catalog"), **dict(self.workspace.control_files)}
        loaded = [
            load_control(data, where=name, schemas=by_type)
            for name, data in files.items()
            if not name.endswith(".cases.yaml")
        ]
        return tuple(sorted(loaded, key=lambda compiled: compiled.control.id))

    def inspect(self, data: bytes, *, where: str) -> InspectSummary:
        """Read a report without storing it."""
        return inspect(data, where=where, mappings=self.workspace.mappings)

    def check_plan(
        self, data: bytes, *, where: str, repository: str, fail_on_unknown: bool
    ) -> GateReport:
        """Say what the plan gate answers; with a store, remember it."""
        now = self.clock()
        report = evaluate_plan(
            data,
            where=where,
            controls=self.controls,
            owner_of=lambda resource: resource_owner(
                resource, self.workspace, repository=repository
            ),
            policy_of=self._policy(now),
            waivers=self.workspace.waivers,
            now=now,
            fail_on_unknown=fail_on_unknown or self.workspace.fail_on_unknown,
        )
        if self.has_store:
            record_gate(
                report,
                store=self.store,
                workspace=self.workspace,
                table=self.table,
                now=now,
                controls=[compiled.control for compiled in self.controls],
            )
        return report

    def _policy(self, now: datetime) -> PolicyOf:
        if not self.has_store:
            standing = PolicyStanding(self.workspace.default_policy_state, "no store, so no budget")
            return lambda _service: standing
        with self.survey(now) as (survey, _):
            return lambda service: standing_of(survey, service)

    def ingest(self, data: bytes, *, where: str, options: IngestOptions) -> IngestSummary:
        """Take one report in."""
        return ingest_report(
            data,
            where=where,
            store=self.store,
            workspace=self.workspace,
            table=self.table,
            now=self.clock(),
            options=options,
        )

    def preview(self, files: Iterable[tuple[str, bytes]], options: IngestOptions) -> Preview:
        """Say what taking these files in would change; nothing is stored, and no store is made."""
        return preview_reports(
            files,
            store=self.readable(),
            workspace=self.workspace,
            table=self.table,
            now=self.clock(),
            options=options,
        )

    def apply_vex(self, data: bytes, *, where: str, target: str) -> VexSummary:
        """Take the statements of a VEX document as decisions on findings."""
        return apply_vex(
            data,
            where=where,
            store=self.store,
            workspace=self.workspace,
            now=self.clock(),
            target=target,
        )

    def load_feed(self, data: bytes, *, where: str, as_of: date | None) -> FeedSummary:
        """Take one feed file in."""
        feed = recognise_feed(data, where=where, as_of=as_of)
        return load_feed(
            feed, store=self.store, workspace=self.workspace, table=self.table, now=self.clock()
        )

    def tick(self) -> TickSummary:
        """Do whatever is due."""
        return tick(store=self.store, workspace=self.workspace, table=self.table, now=self.clock())

    @contextmanager
    def survey(self, now: datetime | None = None) -> Iterator[tuple[Survey, Reader]]:
        """Give the survey of this minute with the reading that it was made of."""
        at = now or self.clock()
        minute = at.replace(second=0, microsecond=0)
        with self.readable().read() as reader:
            key = (reader.recorded_at(), minute)
            known = self._surveys.get(key)
            if known is None:
                known = take_survey(reader, self.workspace, at)
                self._surveys.clear()
                self._surveys[key] = known
            yield known, reader

    def shell(self, *, team: TeamId | None, now: datetime) -> Shell:
        """Give what surrounds every page. **raises** BadInput for an unknown team, here and below."""
        with self.survey(now) as (survey, _):
            return show_shell(survey, team=self._known(team))

    def week(self, *, team: TeamId | None, now: datetime) -> WeekView:
        """Give this week's work."""
        with self.survey(now) as (survey, reader):
            return show_week(survey, reader, team=self._known(team))

    def findings(
        self, *, query: str, team: TeamId | None, now: datetime, cursor: str = "", limit: int = 50
    ) -> FindingsView:
        """Give one page of findings; what is wrong with the query is in its errors."""
        with self.survey(now) as (survey, reader):
            return show_findings(
                survey, reader, team=self._known(team), query=query, cursor=cursor, limit=limit
            )

    def export_vex(self, *, query: str, team: TeamId | None, now: datetime) -> VexExport:
        """Give what we state about the vulnerabilities that match a query."""
        with self.survey(now) as (survey, reader):
            return export_vex(survey, reader, team=self._known(team), query=query)

    def group(self, key: GroupKey, *, now: datetime) -> GroupView | None:
        """Give a group, or None when there is no such group."""
        with self.survey(now) as (survey, reader):
            return show_group(survey, reader, key, table=self.table)

    def group_of(self, finding: FindingKey) -> GroupKey | None:
        """Give the group of a finding, or None when there is no such finding."""
        with self.readable().read() as reader:
            found = reader.finding(finding)
        return found.group if found else None

    def services(self, *, team: TeamId | None, now: datetime) -> ServicesView:
        """Give the services of the scope."""
        with self.survey(now) as (survey, _):
            return show_services(survey, team=self._known(team))

    def slos(self, *, team: TeamId | None, now: datetime) -> SloListView:
        """Give the budgets of the scope."""
        with self.survey(now) as (survey, _):
            return show_slos(survey, team=self._known(team))

    def slo(self, key: SloKey, *, team: TeamId | None, now: datetime) -> SloView | None:
        """Give one budget, or None when there is no such objective or service."""
        controls = [compiled.control for compiled in self.controls]
        with self.survey(now) as (survey, reader):
            return show_slo(
                survey,
                reader,
                key.objective,
                team=self._known(team),
                service=key.service,
                controls=controls,
            )

    def legacy(self, data: bytes, *, where: str, team: TeamId | None, now: datetime) -> LegacyView:
        """Give the legacy budgets by a copy of endoflife.date."""
        products = read_products(data, where=where)
        return show_legacy(self.workspace, products, team=self._known(team), now=now)

    def simulate(
        self, change: Change, *, team: TeamId | None, service: ServiceId | None, now: datetime
    ) -> Simulation:
        """Give the budgets as they are and as they would be."""
        with self.survey(now) as (survey, reader):
            return simulate_budget(survey, reader, change, team=self._known(team), service=service)

    def explain(self, finding: FindingKey, *, now: datetime) -> Explanation | None:
        """Give everything that led to a finding's priority and deadline; None for an unknown one."""
        with self.survey(now) as (survey, reader):
            return explain_finding(survey, reader, finding, table=self.table)

    @contextmanager
    def past(self, recorded_by: datetime) -> Iterator["Site"]:
        """Give the site as it was recorded by then, with the files of now and its clock standing still."""
        site = Site(self.settings, clock=lambda: recorded_by)
        site.workspace = self.workspace
        site.store = self.readable().past(recorded_by)
        try:
            yield site
        finally:
            site.close()

    def _known(self, team: TeamId | None) -> TeamId | None:
        if team is not None and team not in self.workspace.teams:
            known = ", ".join(sorted(self.workspace.teams)) or "none is declared"
            raise BadInput(f"There is no team {team!r}.", where="team", remedy=f"Known: {known}.")
        return team

    def close(self) -> None:
        """Give the store back."""
        if "store" in self.__dict__:
            self.store.close()


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
