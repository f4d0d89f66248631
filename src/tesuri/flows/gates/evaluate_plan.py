"""Evaluate a Terraform plan: every control on every resource, each answered by its owner's policy state.

Nothing is stored and nothing is read beside the arguments. Resources that go away are not looked at; parts of the plan
that cannot be read are in the report, never left out silently.
"""

from tesuri.flows.gates.judge_resources import (
    Gate,
    judge_resources,
    refuse_unread,
    report_of,
    types_not_read,
)
from tesuri.flows.pause_collection import paused_collection
from tesuri.model.control import GateReport
from tesuri.subjects.terraform.plan import read_terraform_plan


def evaluate_plan(data: bytes, *, where: str, gate: Gate) -> GateReport:
    """Give what the plan gate says of a plan.

    **shape** rulings in the order of the plan; not-applicable ones are counted only.
    **raises** BadInput when the bytes are no plan.
    """
    with paused_collection():
        plan = read_terraform_plan(data, where=where)
        report = report_of(
            gate,
            where,
            judge_resources(plan.resources, gate),
            resources=len(plan.resources),
            unread=plan.unread,
            not_evaluated={
                "deleted": plan.deleted,
                "data sources": plan.data_sources,
                **types_not_read(plan.unmapped, gate),
            },
        )
    refuse_unread(report)
    if gate.policies is None:
        return report
    from tesuri.flows.gates.judge_policies import with_policies  # noqa: PLC0415 - only where somebody named policies
    from tesuri.flows.gates.policy_subjects import plan_subject  # noqa: PLC0415 - as above

    return with_policies(report, gate, [plan_subject(data, where, plan.resources)])
