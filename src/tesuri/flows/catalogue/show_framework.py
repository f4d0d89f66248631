"""A framework as it is answered to: requirement → controls → points, and the requirements that no control sees."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from tesuri.controls.framework import check_maps
from tesuri.flows.catalogue.list_controls import acting_points
from tesuri.model.control import Control
from tesuri.model.errors import BadInput
from tesuri.model.framework import Framework
from tesuri.model.identifiers import ControlId
from tesuri.model.views_guardrails import (
    ControlStanding,
    FrameworkView,
    RequirementRow,
    SeenBy,
)

Standings = Mapping[ControlId, ControlStanding] | None
"""What is known of each control; None without a store."""


def show_frameworks(
    frameworks: Sequence[Framework], controls: Sequence[Control]
) -> tuple[FrameworkView, ...]:
    """Give every framework, by id. **raises** BadInput for a control that names what no framework has."""
    check_maps(controls, frameworks)
    return tuple(_view(framework, frameworks, controls, None) for framework in frameworks)


def show_framework(
    name: str,
    frameworks: Sequence[Framework],
    controls: Sequence[Control],
    standings: Standings,
) -> FrameworkView:
    """Give one framework by its id or a shorter name.

    **raises** BadInput for a name that nobody knows, and for a control that names what no framework has.
    """
    check_maps(controls, frameworks)
    return _view(framework_named(name, frameworks), frameworks, controls, standings)


def framework_named(name: str, frameworks: Sequence[Framework]) -> Framework:
    """Give the framework of an id or a shorter name, in any case. **raises** BadInput for an unknown one."""
    asked = name.casefold()
    for framework in frameworks:
        if asked in (framework.id, *framework.aliases):
            return framework
    raise BadInput(
        f"There is no framework {name!r}.",
        where="NAME",
        remedy=f"Known are: {', '.join(each.id for each in frameworks)}.",
    )


def _view(
    framework: Framework,
    frameworks: Sequence[Framework],
    controls: Sequence[Control],
    standings: Standings,
) -> FrameworkView:
    by_id = {each.id: each for each in frameworks}
    parts = (*(by_id[name] for name in framework.includes), framework)
    return FrameworkView(
        id=framework.id,
        aliases=framework.aliases,
        title=framework.title,
        source=framework.source,
        rows=tuple(row for part in parts for row in _rows(part, controls, standings)),
    )


def _rows(
    framework: Framework, controls: Sequence[Control], standings: Standings
) -> Sequence[RequirementRow]:
    answering: dict[str, list[Control]] = defaultdict(list)
    for control in sorted(controls, key=lambda each: each.id):
        for identity in dict.fromkeys(control.maps.get(framework.id, ())):
            answering[identity].append(control)
    return [
        RequirementRow(
            requirement=requirement.id,
            title=requirement.title,
            group=group.id,
            group_title=group.title,
            framework=framework.id,
            controls=tuple(_seen_by(each, standings) for each in answering[requirement.id]),
            unseen={} if answering[requirement.id] else requirement.unseen,
        )
        for group in framework.groups
        for requirement in group.requirements
    ]


def _seen_by(control: Control, standings: Standings) -> SeenBy:
    standing = None if standings is None else standings.get(control.id, ControlStanding())
    return SeenBy(control.id, control.title, acting_points(control), standing)
