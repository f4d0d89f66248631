"""Evaluate what is written before anything is planned: CloudFormation templates, and the files of a commit.

A commit needs no declaration of its own: Terraform source is judged by the controls of the point `plan`, templates by
those of `template`, Kubernetes manifests by those of `admission`. What stays unresolved is unknown.
"""

from collections.abc import Collection, Mapping

from tesuri.flows.gates.judge_policies import PolicySubject, with_policies
from tesuri.flows.gates.judge_resources import (
    Gate,
    judge_resources,
    refuse_unread,
    report_of,
    types_not_read,
)
from tesuri.flows.gates.policy_subjects import (
    combined_subject,
    document_subjects,
    manifest_subjects,
    source_subject,
    template_subject,
)
from tesuri.model.control import GateReport
from tesuri.model.errors import BadInput
from tesuri.model.resource import Resource, Unread
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


def evaluate_document(name: str, data: bytes, *, where: str, gate: Gate) -> GateReport:
    """Give what the gate's policies say of a document that none of our own controls looks at."""
    report = report_of(gate, where, [], resources=0)
    return with_policies(report, gate, document_subjects(name, data, where))


def evaluate_combined(files: Mapping[str, bytes], *, where: str, gate: Gate) -> GateReport:
    """Give what the gate's policies say of several files at once."""
    report = report_of(gate, where, [], resources=0)
    return with_policies(report, gate, [combined_subject(files, where)])


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
    subjects, unread = _policy_subjects(sources, files, folder, gate, chosen)
    report = report_of(
        gate,
        where,
        judge_resources(chosen, gate),
        resources=len(chosen),
        unread=[*source.unread, *unread],
        not_evaluated={
            "data sources": source.data_sources,
            "not reached by the change": len(source.resources) - len(chosen),
            **types_not_read(source.unmapped, gate),
        },
    )
    return with_policies(report, gate, subjects) if subjects else report


def _policy_subjects(
    sources: Mapping[str, str],
    files: Collection[str],
    folder: str,
    gate: Gate,
    resources: Collection[Resource],
) -> tuple[list[PolicySubject], list[Unread]]:
    """Give the changed files as policies see them, as they are written; and what of them cannot be read so."""
    if gate.policies is None or not gate.policies.rules:
        return [], []
    subjects: list[PolicySubject] = []
    unread: list[Unread] = []
    for name in sorted(files or sources):
        try:
            subjects += source_subject(name, sources[name], folder, resources)
        except BadInput as error:
            unread.append(Unread(error.where, f"policies in Rego do not see it: {error.what}"))
    return subjects, unread
