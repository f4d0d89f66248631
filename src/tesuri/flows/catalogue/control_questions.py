"""What can be asked of a site's controls: which requirements they answer to, and what stands against each."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from tesuri.controls.cases import Case
from tesuri.flows.catalogue.control_standings import (
    control_standings,
    gate_answers,
    points_answered_at,
)
from tesuri.flows.catalogue.show_control import catalogue_entry, show_control
from tesuri.flows.catalogue.show_framework import show_framework, show_frameworks
from tesuri.flows.catalogue.show_guardrails import Answering, show_guardrails
from tesuri.flows.pages.questions import Questions
from tesuri.flows.site.scope import scope_of
from tesuri.model.control import Control
from tesuri.model.framework import Framework
from tesuri.model.identifiers import ControlId, TeamId
from tesuri.model.objective import PolicyState
from tesuri.model.views_control import CatalogueEntry, ControlView
from tesuri.model.views_guardrails import (
    ControlStanding,
    FrameworkView,
    GuardrailFilter,
    GuardrailsView,
)


class ControlQuestions(Questions):
    """Whoever has a survey and frameworks can answer them."""

    @property
    @abstractmethod
    def frameworks(self) -> Sequence[Framework]:
        """Give the shipped frameworks and the workspace's own, by id."""

    @property
    @abstractmethod
    def has_store(self) -> bool:
        """Whether there is a store already."""

    @abstractmethod
    def cases_of(self, control: ControlId) -> tuple[Case, ...]:
        """Give the cases of one control; nothing where it has none."""

    def plain_controls(self) -> Sequence[Control]:
        """Give the controls without their compiled conditions, by id."""
        return [compiled.control for compiled in self.controls]

    def framework_list(self) -> tuple[FrameworkView, ...]:
        """Give every framework. **raises** BadInput for a control that names what no framework has."""
        return show_frameworks(self.frameworks, self.plain_controls())

    def framework(self, name: str, *, now: datetime) -> FrameworkView:
        """Give one framework, with what the store knows where there is one. **raises** BadInput."""
        controls = self.plain_controls()
        if not self.has_store:
            return show_framework(name, self.frameworks, controls, None)
        with self.survey(now) as (_, reader):
            answered_at = points_answered_at(gate_answers(reader))
        standings = self.control_standings(None, now=now)
        view = show_framework(name, self.frameworks, controls, standings)
        return replace(view, answered_at=answered_at)

    def control_standings(
        self, team: TeamId | None, *, now: datetime
    ) -> Mapping[ControlId, ControlStanding]:
        """Give what the store knows of each control that anything ever spoke of."""
        with self.survey(now) as (survey, reader):
            return control_standings(scope_of(survey, self.known_team(team)), reader, self._ids())

    def guardrails(
        self,
        asked: GuardrailFilter,
        *,
        state: PolicyState | None,
        team: TeamId | None,
        now: datetime,
    ) -> GuardrailsView:
        """Give the matrix of controls and points. **raises** BadInput for a word that does not exist."""
        catalogue = Answering(self.plain_controls(), self.frameworks)
        with self.survey(now) as (survey, reader):
            scope = scope_of(survey, self.known_team(team))
            return show_guardrails(scope, reader, catalogue, state=state, asked=asked)

    def control(
        self, control: ControlId, *, team: TeamId | None, now: datetime
    ) -> ControlView | None:
        """Give one control with what stands against it; None for an unknown one."""
        entry = self.catalogue_entry(control)
        if entry is None:
            return None
        with self.survey(now) as (survey, reader):
            return show_control(entry, scope_of(survey, self.known_team(team)), reader, self._ids())

    def catalogue_entry(self, control: ControlId) -> CatalogueEntry | None:
        """Give what the catalogue says of one control; None for an unknown one."""
        for each in self.plain_controls():
            if each.id == control:
                return catalogue_entry(each, self.cases_of(control), self.frameworks)
        return None

    def _ids(self) -> frozenset[ControlId]:
        return frozenset(compiled.control.id for compiled in self.controls)
