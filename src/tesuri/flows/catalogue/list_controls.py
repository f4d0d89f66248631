"""The controls as a list: what each looks at, where it acts and where it cannot."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tesuri.controls.compiled import CompiledControl
from tesuri.model.control import Control, Point
from tesuri.model.identifiers import ControlId
from tesuri.model.severity import Severity


@dataclass(frozen=True, slots=True)
class ControlRow:
    """One control with its points."""

    id: ControlId
    version: str
    catalogue: str
    """Row of the catalogue that it stands for; empty for an own one."""
    resource: str
    points: tuple[Point, ...]
    """Where it acts; some points follow from others."""
    cannot: Mapping[Point, str]
    """Where it says itself that it cannot act, and why."""
    severity: Severity
    maps: Mapping[str, tuple[str, ...]]
    title: Mapping[str, str]
    """By language."""
    are_paths_checked: bool
    """False when no schema of its resource type is known."""


def list_controls(controls: Iterable[CompiledControl]) -> tuple[ControlRow, ...]:
    """Give a row for each control, by id."""
    return tuple(_row(compiled) for compiled in sorted(controls, key=lambda each: each.control.id))


def acting_points(control: Control) -> tuple[Point, ...]:
    """Give the points where a control acts, in the order of their set."""
    return tuple(point for point in Point if control.acts_at(point))


def reasons_against(control: Control) -> Mapping[Point, str]:
    """Give the points where a control says that it cannot act, with its reason."""
    return {
        point: str(options["not"]) for point, options in control.points.items() if "not" in options
    }


def _row(compiled: CompiledControl) -> ControlRow:
    control = compiled.control
    return ControlRow(
        id=control.id,
        version=control.version,
        catalogue=control.catalogue,
        resource=control.resource,
        points=acting_points(control),
        cannot=reasons_against(control),
        severity=control.severity,
        maps=control.maps,
        title=control.title,
        are_paths_checked=compiled.are_paths_checked,
    )
