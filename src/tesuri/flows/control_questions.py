"""What can be asked of a site's controls: which requirements they answer to, and what stands against each."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from tesuri.flows.control_standings import control_standings, gate_answers, points_answered_at
from tesuri.flows.questions import Questions
from tesuri.flows.scope import scope_of
from tesuri.flows.show_framework import show_framework, show_frameworks
from tesuri.model.control import Control
from tesuri.model.framework import Framework
from tesuri.model.identifiers import ControlId, TeamId
from tesuri.model.views_guardrails import ControlStanding, FrameworkView


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
        known = frozenset(compiled.control.id for compiled in self.controls)
        with self.survey(now) as (survey, reader):
            return control_standings(scope_of(survey, self.known_team(team)), reader, known)
