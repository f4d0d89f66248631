"""The gates of a site: what each point answers to a change, as strictly as the budget of its owner demands.

What a point needs beside plans (templates, manifests, source) is loaded when it is asked for: a gate of plans starts
in the time that plans take.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final

from tesuri.controls.catalogue import Catalogue
from tesuri.controls.strictness import Circumstances
from tesuri.flows.gates.evaluate_plan import evaluate_plan
from tesuri.flows.gates.judge_resources import Gate, PolicyOf, open_gate
from tesuri.flows.gates.source_kinds import JUDGED_AT, SourceKind, at_commit
from tesuri.model.control import Control, GateReport, Point
from tesuri.model.gate_record import GateRecord
from tesuri.model.identifiers import ControlId
from tesuri.model.workspace import Workspace
from tesuri.routing.ownership import resource_owner

if TYPE_CHECKING:
    from tesuri.controls.explain import Judged
    from tesuri.flows.gates.compare_baseline import Baseline
    from tesuri.flows.gates.load_policies import Policies
    from tesuri.model.policy_book import BookReading

COMBINED: Final = "Combined"
"""What all files at once are called, as Conftest does."""

_ASKING: Final = (Point.COMMIT, Point.PLAN, Point.TEMPLATE, Point.ADMISSION)


class Gates(ABC):
    """Whoever knows the workspace, the controls and the policy states can answer for every point."""

    clock: Callable[[], datetime]
    policies: "Policies | None"
    """Policies in Rego that the gates which can block ask too."""
    seen: "list[Judged] | None" = None
    """What the gates judged, kept to be explained; None: nobody asked."""
    is_keeping_passes = False
    """Whether somebody goes over passes."""
    policy_book: "BookReading | None" = None
    """What is believed in place of a store."""
    baseline: "Baseline | None" = None
    """What was there before, so that only what a change adds decides; None: everything decides."""

    @property
    @abstractmethod
    def workspace(self) -> Workspace:
        """Give what the folder declares."""

    @property
    @abstractmethod
    def controls(self) -> Catalogue:
        """Give the shipped controls and the workspace's own."""

    @abstractmethod
    def policy(self, now: datetime) -> PolicyOf:
        """Give the policy state of each owner as it is now."""

    @abstractmethod
    def exploited(self, now: datetime) -> frozenset[tuple[str, str, str]]:
        """Give the places of findings that are exploited now, for waivers to be void there."""

    @abstractmethod
    def remember(self, report: GateReport) -> GateRecord | None:
        """Write a gate's answer to the store, when there is one; of what runs, say what that changed."""

    def answer(self, report: GateReport) -> GateReport:
        """Give what the gate answers in the end, which is what is remembered and what the command says."""
        return self.baseline.only_added(report) if self.baseline else report

    @cached_property
    def gated(self) -> Workspace:
        """Give what owners and waivers are looked up in: the workspace, with what the policy book declares."""
        if self.policy_book is None:
            return self.workspace
        from tesuri.budgets.policy_book import with_book  # noqa: PLC0415 - most gates have none

        return with_book(self.workspace, self.policy_book)

    def _policy(self, now: datetime) -> PolicyOf:
        reading = self.policy_book
        if reading is None:
            return self.policy(now)
        from tesuri.budgets.policy_book import standing_in  # noqa: PLC0415 - most gates have none

        return cache(lambda service: standing_in(reading, service))

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
            owner_of=lambda resource: resource_owner(resource, self.gated, repository=repository),
            policy_of=self._policy(now),
            waivers=self.gated.waivers,
            now=now,
            # The workspace's word is for changes before deployment; admission is closed control by control.
            fail_on_unknown=fail_on_unknown
            or (point is not Point.ADMISSION and self.workspace.fail_on_unknown),
            closed=closed,
            policies=self.policies if point in _ASKING else None,
        )
        circumstances = self._measured(opened.circumstances, now)
        return replace(
            opened,
            circumstances=circumstances,
            seen=self.seen,
            is_keeping_passes=self.is_keeping_passes,
        )

    def _measured(self, circumstances: Circumstances, now: datetime) -> Circumstances:
        """Add what waivers are measured by: how long they may live, who reaches what, what is exploited."""
        services = self.gated.services.values()
        return replace(
            circumstances,
            longest=self.workspace.longest_waiver_seconds,
            exposures={each.id: each.exposure for each in services if each.exposure is not None},
            exploited=self.exploited(now),
        )

    def check_plan(
        self, data: bytes, *, where: str, repository: str, fail_on_unknown: bool
    ) -> GateReport:
        """Say what the plan gate answers; with a store, remember it."""
        gate = self.gate(Point.PLAN, repository=repository, fail_on_unknown=fail_on_unknown)
        report = self.answer(evaluate_plan(data, where=where, gate=gate))
        self.remember(report)
        return report

    def check_template(
        self, data: bytes, *, where: str, repository: str, fail_on_unknown: bool
    ) -> GateReport:
        """Say what the template gate answers; with a store, remember it."""
        from tesuri.flows.gates.evaluate_source import evaluate_template  # noqa: PLC0415 - plans need none of it

        gate = self.gate(Point.TEMPLATE, repository=repository, fail_on_unknown=fail_on_unknown)
        report = self.answer(evaluate_template(data, where=where, gate=gate))
        self.remember(report)
        return report

    def check_source(
        self, kind: SourceKind, data: bytes, *, where: str, repository: str, fail_on_unknown: bool
    ) -> GateReport:
        """Say what the commit gate answers of a template or a manifest; nothing is remembered."""
        from tesuri.flows.gates.evaluate_source import (  # noqa: PLC0415 - plans need none of it
            evaluate_manifests,
            evaluate_template,
        )

        gate = self.commit_gate(kind, repository, fail_on_unknown=fail_on_unknown)
        evaluated = evaluate_template if kind is SourceKind.TEMPLATE else evaluate_manifests
        return self.answer(evaluated(data, where=where, gate=gate))

    def control_or_rule(self, identity: ControlId) -> Control | None:
        """Give a control, or a rule of a policy as one."""
        if compiled := self.controls.named(identity):
            return compiled.control
        policies = self.policies.controls if self.policies else ()
        return next((each for each in policies if each.id == identity), None)

    def asks_of(self, name: str, data: bytes) -> bool:
        """Whether policies were given that judge any document, as Conftest's do, and can look at this file."""
        if self.policies is None or not self.policies.rules:
            return False
        from tesuri.flows.gates.policy_subjects import is_input  # noqa: PLC0415 - plans need none of it

        return is_input(name, data)

    def check_document(
        self, name: str, data: bytes, *, where: str, repository: str, fail_on_unknown: bool
    ) -> GateReport:
        """Say what the policies answer of a file that no control looks at; nothing is remembered."""
        from tesuri.flows.gates.evaluate_source import (  # noqa: PLC0415 - plans need none of it
            evaluate_document,
        )

        gate = self.commit_gate(SourceKind.MANIFEST, repository, fail_on_unknown=fail_on_unknown)
        return self.answer(evaluate_document(name, data, where=where, gate=gate))

    def check_combined(
        self, files: Mapping[str, bytes], *, repository: str, fail_on_unknown: bool
    ) -> GateReport:
        """Say what the policies answer of all files at once; nothing is remembered."""
        from tesuri.flows.gates.evaluate_source import evaluate_combined  # noqa: PLC0415 - as above

        gate = self.commit_gate(SourceKind.MANIFEST, repository, fail_on_unknown=fail_on_unknown)
        return self.answer(evaluate_combined(files, where=COMBINED, gate=gate))

    def commit_gate(self, kind: SourceKind, repository: str, *, fail_on_unknown: bool) -> Gate:
        """Give the gate of a commit for one kind of source."""
        unknown = fail_on_unknown or self.workspace.fail_on_unknown
        gate = self.gate(JUDGED_AT[kind], repository=repository, fail_on_unknown=unknown)
        return at_commit(gate)
