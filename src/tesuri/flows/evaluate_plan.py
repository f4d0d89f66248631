"""Evaluate a Terraform plan: every control on every resource, each answered by its owner's policy state.

Nothing is stored and nothing is read beside the arguments. Resources that go away are not looked at; parts of the plan
that cannot be read are in the report, never left out silently.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from tesuri.controls.evaluate import evaluate
from tesuri.controls.load import CompiledControl
from tesuri.controls.strictness import Circumstances, ruling
from tesuri.controls.waivers import compile_waiver
from tesuri.flows.pause_collection import paused_collection
from tesuri.model.control import GateAnswer, GateReport, Point, Ruling, VerdictKind
from tesuri.model.identifiers import ServiceId
from tesuri.model.ownership import Ownership, PolicyStanding
from tesuri.model.resource import Resource
from tesuri.model.waiver import Waiver
from tesuri.subjects.terraform_plan import read_terraform_plan

OwnerOf = Callable[[Resource], Ownership]
PolicyOf = Callable[[ServiceId | None], PolicyStanding]


def evaluate_plan(
    data: bytes,
    *,
    where: str,
    controls: Sequence[CompiledControl],
    owner_of: OwnerOf,
    policy_of: PolicyOf,
    waivers: Sequence[Waiver],
    now: datetime,
    fail_on_unknown: bool = False,
) -> GateReport:
    """Give what the plan gate says of a plan.

    **shape** rulings in the order of the plan; not-applicable ones are counted only.
    **raises** BadInput when the bytes are no plan, or the scope of a waiver is no expression.
    """
    with paused_collection():
        plan = read_terraform_plan(data, where=where)
    at_plan = [one for one in controls if _acts_at_plan(one)]
    circumstances = Circumstances(
        [compile_waiver(waiver) for waiver in waivers], now, is_failing_on_unknown=fail_on_unknown
    )
    counts: Counter[VerdictKind] = Counter()
    rulings: list[Ruling] = []
    for resource in plan.resources:
        for found in _rulings(resource, at_plan, owner_of, policy_of, circumstances):
            counts[found.verdict.kind] += 1
            rulings.append(found)
    counts[VerdictKind.NOT_APPLICABLE] = len(plan.resources) * len(at_plan) - len(rulings)
    return GateReport(
        point=Point.PLAN,
        subject=where,
        answer=max(
            (one.answer for one in rulings), key=lambda one: one.rank, default=GateAnswer.ALLOW
        ),
        rulings=tuple(rulings),
        unread=tuple((one.address, one.reason) for one in plan.unread),
        counts={kind: counts[kind] for kind in VerdictKind},
        resources=len(plan.resources),
        controls=len(at_plan),
        not_evaluated={
            "deleted": plan.deleted,
            "data sources": plan.data_sources,
            **_types_not_read(plan.unmapped, at_plan),
        },
    )


def _types_not_read(
    unmapped: Mapping[str, int], controls: Sequence[CompiledControl]
) -> Mapping[str, int]:
    """Give the types without a mapping that no control looks at under Terraform's own name."""
    named = {one.control.resource for one in controls}
    return {
        f"type not read: {kind}": count
        for kind, count in sorted(unmapped.items())
        if f"terraform:{kind}" not in named
    }


def _acts_at_plan(compiled: CompiledControl) -> bool:
    return "not" not in compiled.control.points.get(Point.PLAN, {"not": "not declared"})


def _rulings(
    resource: Resource,
    controls: Sequence[CompiledControl],
    owner_of: OwnerOf,
    policy_of: PolicyOf,
    circumstances: Circumstances,
) -> Iterator[Ruling]:
    applicable = [one for one in controls if one.control.resource == resource.type]
    if not applicable:
        return
    owner = owner_of(resource)
    policy = policy_of(owner.service)
    for compiled in applicable:
        yield ruling(
            evaluate(compiled, resource),
            control=compiled.control,
            owner=owner,
            policy=policy,
            circumstances=circumstances,
        )
