"""Judge resources at one point: every control of their type, each answered by the owner's policy state.

What all gates share: which controls act at a point, found by resource type, and what a gate answers. At `live` and
`event` nothing can be stopped any more, so an answer is never *block* there.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from tesuri.controls.catalogue import ActingControls, Catalogue
from tesuri.controls.compiled import CompiledControl
from tesuri.controls.evaluate import evaluate
from tesuri.controls.strictness import Circumstances, ruling
from tesuri.controls.waivers import compile_waiver
from tesuri.model.control import Control, GateAnswer, GateReport, Point, Ruling, VerdictKind
from tesuri.model.errors import BadInput
from tesuri.model.identifiers import ControlId, ServiceId
from tesuri.model.ownership import Ownership, PolicyStanding
from tesuri.model.resource import Resource, Unread
from tesuri.model.waiver import Waiver
from tesuri.subjects.certain_names import certain_names

if TYPE_CHECKING:
    from tesuri.controls.explain import Judged
    from tesuri.flows.load_policies import Policies

OwnerOf = Callable[[Resource], Ownership]
PolicyOf = Callable[[ServiceId | None], PolicyStanding]

_OBSERVING: Final = (Point.LIVE, Point.EVENT)
_KEPT: Final = (*_OBSERVING, Point.PLAN, Point.TEMPLATE)
"""Where a failing verdict becomes a finding that may be linked to what runs."""


@dataclass(frozen=True, slots=True)
class Gate:
    """The controls that act at a point, and all that decides what the gate answers."""

    point: Point
    controls: ActingControls
    owner_of: OwnerOf
    policy_of: PolicyOf
    circumstances: Circumstances
    closed: frozenset[ControlId] = field(default_factory=frozenset)
    """Controls whose unknown verdict stops a change: only after somebody asked for it."""
    policies: "Policies | None" = None
    """Policies in Rego that are asked beside the controls."""
    seen: "list[Judged] | None" = None
    """Where verdicts that are no pass are kept with all that they were made of; None: nobody asked to explain."""

    @property
    def control_count(self) -> int:
        """Give how many controls act here."""
        return self.controls.count

    def control(self, identity: ControlId) -> Control | None:
        """Give one of its controls."""
        compiled = self.controls.named(identity)
        if compiled:
            return compiled.control
        policies = self.policies.controls if self.policies else ()
        return next((each for each in policies if each.id == identity), None)


def open_gate(
    point: Point,
    controls: Sequence[CompiledControl],
    *,
    owner_of: OwnerOf,
    policy_of: PolicyOf,
    waivers: Iterable[Waiver],
    now: datetime,
    fail_on_unknown: bool = False,
    closed: Iterable[str] = (),
    policies: "Policies | None" = None,
) -> Gate:
    """Give the gate of a point as it stands now.

    **raises** BadInput for a closed control that does not exist, or a waiver whose scope is no expression.
    """
    known, closed = _catalogue(controls), frozenset(closed)
    identities = {*known.ids, *(each.id for each in (policies.controls if policies else ()))}
    if missing := sorted(closed - identities):
        raise BadInput(f"There is no control {missing[0]!r}, so it cannot be closed.")
    return Gate(
        point=point,
        controls=known.at(point),
        owner_of=owner_of,
        policy_of=policy_of,
        circumstances=Circumstances(
            [compile_waiver(waiver) for waiver in waivers],
            now,
            is_failing_on_unknown=fail_on_unknown,
        ),
        closed=frozenset(ControlId(each) for each in closed),
        policies=policies,
    )


def controls_at(point: Point, controls: Iterable[CompiledControl]) -> ActingControls:
    """Give the controls that act at a point, by the resource type that they look at."""
    return _catalogue(controls).at(point)


def _catalogue(controls: Iterable[CompiledControl]) -> Catalogue:
    return controls if isinstance(controls, Catalogue) else Catalogue.of(controls)


def judge_resource(
    resource: Resource, gate: Gate, controls: Sequence[CompiledControl] | None = None
) -> tuple[Ruling, ...]:
    """Give what the gate says of one resource; `controls` narrows to some of those of its type."""
    applicable = gate.controls.get(resource.type, ()) if controls is None else controls
    if not applicable:
        return ()
    owner = gate.owner_of(resource)
    policy = gate.policy_of(owner.service)
    found = tuple(
        answered(
            ruling(
                evaluate(compiled, resource, now=gate.circumstances.now),
                control=compiled.control,
                owner=owner,
                policy=policy,
                circumstances=gate.circumstances,
            ),
            gate,
        )
        for compiled in applicable
    )
    if gate.point in _KEPT and any(one.verdict.kind is VerdictKind.FAIL for one in found):
        found = _named(found, certain_names(resource, is_live=gate.point in _OBSERVING))
    if gate.seen is not None:
        from tesuri.controls.explain import Judged  # noqa: PLC0415 - most gates explain nothing

        gate.seen.extend(
            Judged(compiled, resource, one, policy, gate.circumstances.now)
            for compiled, one in zip(applicable, found, strict=True)
            if one.verdict.kind in (VerdictKind.FAIL, VerdictKind.UNKNOWN)
        )
    return found


def _named(found: tuple[Ruling, ...], names: tuple[str, ...]) -> tuple[Ruling, ...]:
    return tuple(
        replace(one, verdict=replace(one.verdict, names=names))
        if one.verdict.kind is VerdictKind.FAIL
        else one
        for one in found
    )


def answered(found: Ruling, gate: Gate) -> Ruling:
    """Give a ruling as it holds at the gate: a closed control blocks, and where nothing can be stopped, nothing blocks."""
    verdict = found.verdict
    is_closed = verdict.kind is VerdictKind.UNKNOWN and verdict.control in gate.closed
    if is_closed and found.waiver is None:
        return replace(found, answer=GateAnswer.BLOCK)
    if gate.point in _OBSERVING and found.answer is GateAnswer.BLOCK:
        return replace(found, answer=GateAnswer.WARN)
    return found


def report_of(
    gate: Gate,
    subject: str,
    rulings: Sequence[Ruling],
    *,
    resources: int,
    unread: Iterable[Unread] = (),
    not_evaluated: Mapping[str, int] | None = None,
    considered: int | None = None,
) -> GateReport:
    """Give the report on one subject; `considered` is how many pairs of control and resource there were."""
    counts = Counter(found.verdict.kind for found in rulings)
    pairs = resources * gate.control_count if considered is None else considered
    counts[VerdictKind.NOT_APPLICABLE] += max(0, pairs - len(rulings))
    return GateReport(
        point=gate.point,
        subject=subject,
        answer=max({one.answer for one in rulings}, key=_rank, default=GateAnswer.ALLOW),
        rulings=tuple(rulings),
        unread=tuple((one.address, one.reason) for one in unread),
        counts={kind: counts[kind] for kind in VerdictKind},
        resources=resources,
        controls=gate.control_count,
        not_evaluated=dict(not_evaluated or {}),
    )


def refuse_unread(report: GateReport) -> None:
    """**raises** BadInput where a part could not be read and no other part was looked at: that is no pass."""
    if report.unread and not report.resources and not any(report.not_evaluated.values()):
        address, reason = report.unread[0]
        raise BadInput(f"Nothing in it can be read: {address}: {reason}.", where=report.subject)


def types_not_read(unmapped: Mapping[str, int], gate: Gate) -> dict[str, int]:
    """Give the types without a mapping that no control of the gate looks at under the input's own name."""
    return {
        f"type not read: {kind}": count
        for kind, count in sorted(unmapped.items())
        if kind not in gate.controls and f"terraform:{kind}" not in gate.controls
    }


def _rank(answer: GateAnswer) -> int:
    return answer.rank
