"""Export what a cluster needs: controls as policies of the API server, and the manifests of the webhook."""

from collections.abc import Iterable, Sequence

from tesuri.controls.compiled import CompiledControl
from tesuri.exports.admission_policy import Exported, Exporting, export_policy
from tesuri.exports.cel_text import Defaults
from tesuri.exports.gatekeeper_template import gatekeeper_template
from tesuri.flows.gates.gate_states import answer_at
from tesuri.flows.gates.judge_resources import controls_at
from tesuri.model.control import Point
from tesuri.model.errors import BadInput
from tesuri.model.identifiers import ControlId
from tesuri.model.objective import PolicyState
from tesuri.model.resource import KUBERNETES_PREFIX
from tesuri.subjects.kubernetes.defaults import template_of


def export_policies(
    controls: Iterable[CompiledControl],
    *,
    wanted: Sequence[str],
    state: PolicyState,
    closed: Iterable[str],
    excluded: Sequence[str],
) -> tuple[Exported, ...]:
    """Give what became of each control of admission, by id; `wanted` narrows to some of them.

    **raises** BadInput for a wanted control that does not act at admission.
    """
    acting = sorted(
        (one for some in controls_at(Point.ADMISSION, controls).values() for one in some),
        key=lambda one: one.control.id,
    )
    known = {one.control.id for one in acting}
    if missing := [name for name in wanted if name not in known]:
        raise BadInput(f"There is no control {missing[0]!r} that acts at admission.")
    exporting = Exporting(
        answers={one.control.id: answer_at(one.control, state) for one in acting},
        closed=frozenset(closed),
        excluded=excluded,
    )
    return tuple(
        export_policy(
            one.control,
            one.require,
            one.message,
            defaults=_defaults(one),
            exporting=exporting,
        )
        for one in acting
        if not wanted or one.control.id in wanted
    )


def as_gatekeeper(
    found: Iterable[Exported], controls: Iterable[CompiledControl]
) -> tuple[Exported, ...]:
    """Give exported policies as templates and constraints of Gatekeeper, or why one is none."""
    known = {one.control.id: one.control for one in controls}
    return tuple(gatekeeper_template(each, known[ControlId(each.control)]) for each in found)


def _defaults(one: CompiledControl) -> Defaults:
    return template_of(one.control.resource.removeprefix(KUBERNETES_PREFIX))
