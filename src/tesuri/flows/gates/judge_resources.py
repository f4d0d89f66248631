"""Judge resources at one point: every control of their type, each answered by the owner's policy state.

What all gates share: which controls act at a point, found by resource type, and what a gate answers. At `live` and
`event` nothing can be stopped any more, so an answer is never *block* there.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Final

from tesuri.controls.catalogue import ActingControls, Catalogue
from tesuri.controls.compiled import CompiledControl
from tesuri.controls.evaluate import Examined, Judgement, departing, judgement, passing
from tesuri.controls.remembered import Remembered
from tesuri.controls.strictness import Circumstances, ruling
from tesuri.controls.waivers import compile_waiver
from tesuri.expressions.compiled import Compiled
from tesuri.expressions.paths import paths_read
from tesuri.model.control import (
    Control,
    GateAnswer,
    GateReport,
    Point,
    Ruling,
    Rulings,
    Verdict,
    VerdictKind,
)
from tesuri.model.errors import BadInput
from tesuri.model.identifiers import ControlId, ServiceId
from tesuri.model.ownership import Ownership, PolicyStanding
from tesuri.model.resource import Origin, Resource, Unread
from tesuri.model.waiver import Waiver
from tesuri.subjects.certain_names import certain_names

if TYPE_CHECKING:
    from tesuri.controls.explain import Judged
    from tesuri.flows.gates.load_policies import Policies

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
    is_keeping_passes: bool = False
    """Whether somebody goes over passes, so that what is made one by one keeps them: they are listed, or stored."""
    seen: "list[Judged] | None" = None
    """Where verdicts that are no pass are kept with all that they were made of; None: nobody asked to explain."""
    as_of: datetime | None = None
    """Time that somebody asked to judge recordings at; None: the time that they tell, or now."""

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


def judge_resources(resources: Iterable[Resource], gate: Gate) -> Rulings:
    """Give what the gate says of resources, in their order; passes are only counted until somebody asks for them."""
    acting = gate.controls
    judged = [judge_one(one, gate, acting[one.type]) for one in resources if one.type in acting]
    return Rulings(
        [one for each in judged for one in each.departing()],
        sum(len(each.passed()) for each in judged),
        lambda: [one for each in judged for one in each.rulings()],
    )


def judge_resource(
    resource: Resource, gate: Gate, controls: Sequence[CompiledControl] | None = None
) -> tuple[Ruling, ...]:
    """Give what the gate says of one resource; `controls` narrows to some of those of its type."""
    applicable = gate.controls.get(resource.type, ()) if controls is None else controls
    return judge_one(resource, gate, applicable).rulings() if applicable else ()


@dataclass(slots=True)
class JudgedResource:
    """A resource after all of its controls looked at it."""

    resource: Resource
    gate: Gate
    owner: Ownership
    policy: PolicyStanding
    found: list[Ruling | CompiledControl]
    """In the order of the controls: a ruling, or the control that passes."""

    def departing(self) -> list[Ruling]:
        """Give the rulings that are no pass."""
        return [one for one in self.found if isinstance(one, Ruling)]

    def passed(self) -> list[CompiledControl]:
        """Give the controls that pass."""
        return [one for one in self.found if not isinstance(one, Ruling)]

    def rulings(self) -> tuple[Ruling, ...]:
        """Give all rulings."""
        return tuple(
            one
            if isinstance(one, Ruling)
            else self.ruling(one, passing(one.control, self.resource))
            for one in self.found
        )

    def ruling(self, compiled: CompiledControl, verdict: Verdict) -> Ruling:
        """Give what the gate makes of a verdict."""
        found = ruling(
            verdict,
            control=compiled.control,
            owner=self.owner,
            policy=self.policy,
            circumstances=self.gate.circumstances,
        )
        return answered(found, self.gate)


def judge_one(
    resource: Resource, gate: Gate, controls: Sequence[CompiledControl] | Remembered
) -> JudgedResource:
    """Let some controls of its type look at a resource; they may remember what they said of one like it."""
    resource = _timed(resource, gate)
    owner = gate.owner_of(resource)
    judged = JudgedResource(resource, gate, owner, gate.policy_of(owner.service), [])
    examined = Examined(resource, resource.seen_at or gate.circumstances.now)
    if isinstance(controls, Remembered):
        asked: Sequence[CompiledControl] = controls.controls
        said: Iterable[Judgement | None] = controls.judgements(examined)
    else:
        asked = controls
        said = (judgement(compiled, examined) for compiled in controls)
    known_by: tuple[str, ...] | None = None
    for compiled, found in zip(asked, said, strict=True):
        if found is None:
            judged.found.append(compiled)
            continue
        if found.kind is VerdictKind.UNKNOWN and _asks_for_another(compiled, resource):
            continue
        if known_by is None and found.kind is VerdictKind.FAIL:
            known_by = _known_by(resource, gate)
        verdict = departing(compiled.control, resource, found, known_by or ())
        one = judged.ruling(compiled, verdict)
        judged.found.append(one)
        if gate.seen is not None:
            _keep(gate.seen, judged, compiled, one)
    return judged


def _asks_for_another(compiled: CompiledControl, resource: Resource) -> bool:
    """Say whether a control asks for nothing that the part tells, whose whole is not in the input: it is judged there."""
    return bool(resource.told) and _properties_read(compiled.require).isdisjoint(resource.told)


@cache
def _properties_read(require: Compiled) -> frozenset[str]:
    return frozenset(read.steps[0] for read in paths_read(require.tree) if read.steps)


def _known_by(resource: Resource, gate: Gate) -> tuple[str, ...]:
    if gate.point not in _KEPT:
        return ()
    return certain_names(resource, is_live=gate.point in _OBSERVING)


def _keep(
    seen: "list[Judged]", judged: JudgedResource, compiled: CompiledControl, found: Ruling
) -> None:
    from tesuri.controls.explain import Judged  # noqa: PLC0415 - most gates explain nothing

    now = judged.resource.seen_at or judged.gate.circumstances.now
    seen.append(Judged(compiled, judged.resource, found, judged.policy, now))


def _timed(resource: Resource, gate: Gate) -> Resource:
    """Give the resource with the time that it is judged at; nothing was recorded in the future."""
    seen_at = gate.as_of or resource.seen_at
    if seen_at is not None and seen_at > gate.circumstances.now:
        seen_at = gate.circumstances.now
    return resource if seen_at == resource.seen_at else replace(resource, seen_at=seen_at)


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
    kept = rulings if isinstance(rulings, Rulings) else tuple(rulings)
    unread = tuple(unread)
    report = GateReport(gate.point, subject, GateAnswer.ALLOW, kept)
    counts = Counter(found.verdict.kind for found in report.departing)
    counts[VerdictKind.PASS] = len(rulings) - len(report.departing)
    pairs = resources * gate.control_count if considered is None else considered
    counts[VerdictKind.NOT_APPLICABLE] += max(0, pairs - len(rulings))
    return replace(
        report,
        answer=max({one.answer for one in report.departing}, key=_rank, default=GateAnswer.ALLOW),
        unread=tuple((one.address, one.reason) for one in unread),
        counts={kind: counts[kind] for kind in VerdictKind},
        resources=resources,
        controls=gate.control_count,
        not_evaluated=dict(not_evaluated or {}),
        broken=() if gate.point in _OBSERVING else _broken(report, unread),
    )


def _broken(report: GateReport, unread: Iterable[Unread]) -> tuple[str, ...]:
    """Give what of a change has a shape that its format does not have, each once."""
    places = [(one.origin, one.address, one.reason) for one in unread if one.is_broken]
    verdicts = (one.verdict for one in report.departing)
    places += [(one.at, one.address, one.reason) for one in verdicts if one.is_broken]
    said = (f"{_place(at, report.subject)}: {address}: {why}." for at, address, why in places)
    return tuple(dict.fromkeys(said))


def _place(at: Origin, subject: str) -> str:
    file = at.file or subject
    return f"{file}:{at.line}" if at.line else f"{file}#{at.pointer}"


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
