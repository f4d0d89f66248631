"""Evaluate what is written before anything is planned: CloudFormation templates, and the files of a commit.

A commit needs no declaration of its own: Terraform source is judged by the controls of the point `plan`, templates by
those of `template`, Kubernetes manifests by those of `admission`. What stays unresolved is unknown.
"""

from collections.abc import Collection, Mapping

from tesuri.flows.gates.judge_policies import with_policies
from tesuri.flows.gates.judge_resources import (
    Gate,
    judge_resources,
    refuse_unread,
    report_of,
    types_not_read,
)
from tesuri.flows.gates.policy_subjects import manifest_subjects, template_subject
from tesuri.model.control import GateReport
from tesuri.model.resource import Unread
from tesuri.subjects.cloudformation.template import read_cloudformation
from tesuri.subjects.kubernetes.manifests import read_manifests
from tesuri.subjects.terraform.hcl import read_terraform_hcl
from tesuri.subjects.terraform.reach import reached


def evaluate_template(data: bytes, *, where: str, gate: Gate) -> GateReport:
    """Give what the gate says of a CloudFormation template. **raises** BadInput when it is none."""
    template = read_cloudformation(data, where=where)
    report = report_of(
        gate,
        where,
        judge_resources(template.resources, gate),
        resources=len(template.resources),
        unread=template.unread,
        not_evaluated={
            "not made with the defaults of the parameters": template.not_made,
            **types_not_read(template.unmapped, gate),
        },
    )
    refuse_unread(report)
    if gate.policies is None:
        return report
    return with_policies(report, gate, [template_subject(data, where, template.resources)])


def evaluate_manifests(data: bytes, *, where: str, gate: Gate) -> GateReport:
    """Give what the gate says of Kubernetes manifests. **raises** BadInput when they are none."""
    found = read_manifests(data, where=where)
    report = report_of(
        gate,
        where,
        judge_resources(found.resources, gate),
        resources=len(found.resources),
        unread=found.unread,
    )
    refuse_unread(report)
    if gate.policies is None:
        return report
    return with_policies(report, gate, manifest_subjects(data, where, found.resources))


def evaluate_document(data: bytes, *, where: str, gate: Gate) -> GateReport:
    """Give what the gate's policies say of a document that none of our own controls looks at."""
    report = report_of(gate, where, [], resources=0)
    return with_policies(report, gate, manifest_subjects(data, where, ()))


def evaluate_terraform(
    tree: object,
    sources: Mapping[str, str],
    *,
    where: str,
    gate: Gate,
    files: Collection[str] = (),
) -> GateReport:
    """Give what the gate says of a folder of Terraform source; `files` narrows to what these of it reach."""
    folder = "" if where == "." else where
    source = read_terraform_hcl(tree, sources, where=folder)
    chosen = reached(source.resources, tree, sources, files, folder)
    return report_of(
        gate,
        where,
        judge_resources(chosen, gate),
        resources=len(chosen),
        unread=[*source.unread, *_not_for_policies(where, gate)],
        not_evaluated={
            "data sources": source.data_sources,
            "not reached by the change": len(source.resources) - len(chosen),
            **types_not_read(source.unmapped, gate),
        },
    )


def _not_for_policies(where: str, gate: Gate) -> list[Unread]:
    """Say that policies in Rego are not asked about source: what Terraform makes of it is in the plan."""
    if gate.policies is None:
        return []
    return [Unread(where, "policies in Rego look at the plan, not at Terraform's source")]
