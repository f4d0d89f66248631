"""Control × point: what a control does there when it fails, and why it does nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from tesuri.flows.catalogue.list_controls import acting_points, reasons_against
from tesuri.flows.gates.gate_states import answer_at
from tesuri.model.control import Control, GateAnswer, Point
from tesuri.model.identifiers import ControlId
from tesuri.model.objective import PolicyState
from tesuri.model.resource import KUBERNETES_PREFIX
from tesuri.model.views_guardrails import Cell, Effect, Strength
from tesuri.wording.phrases import msg

UNDECLARED: Final = msg("The control does not declare this point.")
"""Reason of a point that a control says nothing of."""
_NOT_ADMITTED: Final = msg("Only objects of a cluster are admitted.")
_NO_TEMPLATE: Final = msg("A template of CloudFormation holds no objects of a cluster.")
_NO_POLICY: Final = msg("A service control policy cannot see what runs in a cluster.")

_NOT_WRITTEN: Final = {
    Point.TEMPLATE: msg("No property of a template is mapped to it."),
    Point.SCP: msg("No service control policy is written for it."),
    Point.LIVE: msg("No recorded reply is mapped to it."),
    Point.EVENT: msg("No recorded call is mapped to it."),
}
_NEVER_AN_OBJECT: Final = {Point.TEMPLATE: _NO_TEMPLATE, Point.SCP: _NO_POLICY}
_EFFECTS: Final = {
    GateAnswer.BLOCK: Effect.BLOCKS,
    GateAnswer.WARN: Effect.WARNS,
    GateAnswer.ALLOW: Effect.OBSERVES,
}
_AFTERWARDS: Final = (Point.LIVE, Point.EVENT)
"""Points that see what is real already."""


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One control at every point."""

    control: ControlId
    title: Mapping[str, str]
    cells: Mapping[Point, Cell]

    @property
    def acting(self) -> tuple[Point, ...]:
        """Points where it acts."""
        return tuple(
            point for point, cell in self.cells.items() if cell.effect is not Effect.CANNOT
        )

    @property
    def strength(self) -> Strength:
        """The most that it does to a change before the change is real."""
        effects = {cell.effect for point, cell in self.cells.items() if point not in _AFTERWARDS}
        if Effect.BLOCKS in effects:
            return Strength.STOPS
        return Strength.WARNS if Effect.WARNS in effects else Strength.WATCHES


def control_coverage(controls: Iterable[Control], state: PolicyState) -> tuple[CoverageRow, ...]:
    """Give the row of each control at a policy state, by id.

    Live configuration and events are only observed, whatever the state. A service control policy denies at every
    state: it knows no budget.
    """
    return tuple(
        CoverageRow(control.id, control.title, cells_of(control, state))
        for control in sorted(controls, key=lambda each: each.id)
    )


def cells_of(control: Control, state: PolicyState) -> Mapping[Point, Cell]:
    """Give what one control does at every point."""
    acting, against = acting_points(control), reasons_against(control)
    return {
        point: _acting_cell(control, point, state)
        if point in acting
        else Cell(Effect.CANNOT, against.get(point) or _silent(control, point))
        for point in Point
    }


def _silent(control: Control, point: Point) -> str:
    """Give why nobody needs to declare a point, where what the control looks at never comes there."""
    is_object = control.resource.startswith(KUBERNETES_PREFIX)
    if is_object and point in _NEVER_AN_OBJECT:
        return _NEVER_AN_OBJECT[point]
    if point is Point.ADMISSION and not is_object:
        return _NOT_ADMITTED
    if point is Point.COMMIT and (reason := reasons_against(control).get(Point.PLAN)):
        return reason
    return _NOT_WRITTEN.get(point, UNDECLARED)


def _acting_cell(control: Control, point: Point, state: PolicyState) -> Cell:
    if point in _AFTERWARDS:
        return Cell(Effect.OBSERVES)
    if point is Point.SCP:
        return Cell(Effect.BLOCKS)
    answer, calm = answer_at(control, state), answer_at(control, PolicyState.AMPLE)
    return Cell(_EFFECTS[answer], is_stricter=answer.rank > calm.rank)
