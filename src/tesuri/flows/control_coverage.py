"""Control × point: what a control does there when it fails, and why it does nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tesuri.flows.gate_states import answer_at
from tesuri.flows.list_controls import acting_points, reasons_against
from tesuri.model.control import Control, GateAnswer, Point
from tesuri.model.identifiers import ControlId
from tesuri.model.objective import PolicyState
from tesuri.wording.phrases import msg

UNDECLARED: Final = msg("The control does not declare this point.")
"""Reason of a point that a control says nothing of."""


class Effect(StrEnum):
    """What a failing control does at a point."""

    BLOCKS = "blocks"
    WARNS = "warns"
    OBSERVES = "observes"
    CANNOT = "cannot"


@dataclass(frozen=True, slots=True)
class Cell:
    """One control at one point."""

    effect: Effect
    reason: str = ""
    """Why it cannot; empty where it can."""


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One control at every point."""

    control: ControlId
    title: Mapping[str, str]
    cells: Mapping[Point, Cell]


_EFFECTS: Final = {
    GateAnswer.BLOCK: Effect.BLOCKS,
    GateAnswer.WARN: Effect.WARNS,
    GateAnswer.ALLOW: Effect.OBSERVES,
}


def control_coverage(controls: Iterable[Control], state: PolicyState) -> tuple[CoverageRow, ...]:
    """Give the row of each control at a policy state, by id.

    Live configuration and events are only observed, whatever the state. A service control policy denies at every
    state: it knows no budget.
    """
    return tuple(
        CoverageRow(control.id, control.title, _cells(control, state))
        for control in sorted(controls, key=lambda each: each.id)
    )


def _cells(control: Control, state: PolicyState) -> Mapping[Point, Cell]:
    acting, against = acting_points(control), reasons_against(control)
    return {
        point: Cell(_effect(control, point, state))
        if point in acting
        else Cell(Effect.CANNOT, against.get(point, UNDECLARED))
        for point in Point
    }


def _effect(control: Control, point: Point, state: PolicyState) -> Effect:
    if point in (Point.LIVE, Point.EVENT):
        return Effect.OBSERVES
    if point is Point.SCP:
        return Effect.BLOCKS
    return _EFFECTS[answer_at(control, state)]
