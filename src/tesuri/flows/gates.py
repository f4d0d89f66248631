"""The gates of a site: what each point answers to a change, as strictly as the budget of its owner demands."""

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from tesuri.controls.strictness import Circumstances
from tesuri.flows.apply_waivers import exploited_places
from tesuri.flows.evaluate_plan import evaluate_plan
from tesuri.flows.evaluate_source import (
    JUDGED_AT,
    SourceKind,
    at_commit,
    evaluate_manifests,
    evaluate_template,
)
from tesuri.flows.judge_resources import Gate, PolicyOf, open_gate
from tesuri.flows.load_policies import Policies
from tesuri.flows.questions import Questions
from tesuri.flows.record_gate import record_gate
from tesuri.flows.survey import standing_of
from tesuri.model.control import GateReport, Point
from tesuri.model.ownership import PolicyStanding
from tesuri.ports import Clock, Store
from tesuri.routing.ownership import resource_owner

_ASKING: Final = (Point.COMMIT, Point.PLAN, Point.TEMPLATE, Point.ADMISSION)


class Gates(Questions):
    """Whoever has a survey, a store and a clock can answer for every point."""

    clock: Clock
    policies: Policies | None
    """Policies in Rego that the gates which can block ask too."""

    @property
    @abstractmethod
    def store(self) -> Store:
        """Open the store."""

    @property
    @abstractmethod
    def has_store(self) -> bool:
        """Whether there is a store already."""

    def check_plan(
        self, data: bytes, *, where: str, repository: str, fail_on_unknown: bool
    ) -> GateReport:
        """Say what the plan gate answers; with a store, remember it."""
        gate = self.gate(Point.PLAN, repository=repository, fail_on_unknown=fail_on_unknown)
        report = evaluate_plan(data, where=where, gate=gate)
        self.remember(report)
        return report

    def gate(
        self,
        point: Point,
        *,
        repository: str = "",
        fail_on_unknown: bool = False,
        closed: Iterable[str] = (),
    ) -> Gate:
        """Give the controls of a point with what decides its answers now. **raises** BadInput."""
        now = self.clock()
        opened = open_gate(
            point,
            self.controls,
            owner_of=lambda resource: resource_owner(
                resource, self.workspace, repository=repository
            ),
            policy_of=self._policy(now),
            waivers=self.workspace.waivers,
            now=now,
            # The workspace's word is for changes before deployment; admission is closed control by control.
            fail_on_unknown=fail_on_unknown
            or (point is not Point.ADMISSION and self.workspace.fail_on_unknown),
            closed=closed,
            policies=self.policies if point in _ASKING else None,
        )
        return replace(opened, circumstances=self._measured(opened.circumstances, now))

    def _measured(self, circumstances: Circumstances, now: datetime) -> Circumstances:
        """Add what waivers are measured by: how long they may live, who reaches what, what is exploited."""
        services = self.workspace.services.values()
        return replace(
            circumstances,
            longest=self.workspace.longest_waiver_seconds,
            exposures={each.id: each.exposure for each in services if each.exposure is not None},
            exploited=self._exploited(now),
        )

    def check_template(
        self, data: bytes, *, where: str, repository: str, fail_on_unknown: bool
    ) -> GateReport:
        """Say what the template gate answers; with a store, remember it."""
        gate = self.gate(Point.TEMPLATE, repository=repository, fail_on_unknown=fail_on_unknown)
        report = evaluate_template(data, where=where, gate=gate)
        self.remember(report)
        return report

    def check_source(
        self, kind: SourceKind, data: bytes, *, where: str, repository: str, fail_on_unknown: bool
    ) -> GateReport:
        """Say what the commit gate answers of a template or a manifest; nothing is remembered."""
        gate = self.commit_gate(kind, repository, fail_on_unknown=fail_on_unknown)
        evaluated = evaluate_template if kind is SourceKind.TEMPLATE else evaluate_manifests
        return evaluated(data, where=where, gate=gate)

    def commit_gate(self, kind: SourceKind, repository: str, *, fail_on_unknown: bool) -> Gate:
        """Give the gate of a commit for one kind of source."""
        unknown = fail_on_unknown or self.workspace.fail_on_unknown
        gate = self.gate(JUDGED_AT[kind], repository=repository, fail_on_unknown=unknown)
        return at_commit(gate)

    def remember(self, report: GateReport) -> None:
        """Write a gate's answer to the store, when there is one."""
        if self.has_store:
            record_gate(
                report,
                store=self.store,
                workspace=self.workspace,
                table=self.table,
                now=self.clock(),
                controls=[compiled.control for compiled in self.controls],
            )

    def _exploited(self, now: datetime) -> frozenset[tuple[str, str, str]]:
        if not self.has_store or not self.workspace.waivers:
            return frozenset()
        with self.survey(now) as (survey, reader):
            return exploited_places(survey.findings, reader)

    def _policy(self, now: datetime) -> PolicyOf:
        if not self.has_store:
            standing = PolicyStanding(self.workspace.default_policy_state, "no store, so no budget")
            return lambda _service: standing
        with self.survey(now) as (survey, _):
            return lambda service: standing_of(survey, service)
