"""A Terraform plan as JSON → canonical resources.

Types with a mapping carry CloudFormation's names; the others are `terraform:<type>` with Terraform's own attributes,
so that a control can still name them, and are counted in `unmapped`. What goes away, and data sources, are counted and
not evaluated.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tesuri.model.resource import Resource, Unread
from tesuri.subjects.aws.defaults import fill_defaults
from tesuri.subjects.aws.joins import joined
from tesuri.subjects.drafts import finished
from tesuri.subjects.kubernetes.neighbours import with_neighbours
from tesuri.subjects.terraform.drafts import drafted, provider_drafts
from tesuri.subjects.terraform.kubernetes import kubernetes_objects
from tesuri.subjects.terraform.plan_document import read_plan_document
from tesuri.subjects.terraform.plan_references import References


@dataclass(frozen=True, slots=True)
class TerraformPlan:
    """What a plan will leave behind."""

    resources: tuple[Resource, ...]
    unread: tuple[Unread, ...]
    deleted: int
    """Resources that go away or are forgotten."""
    data_sources: int
    unmapped: Mapping[str, int] = field(default_factory=dict)
    """Terraform types that no control reads under a canonical name → how many resources."""


def read_terraform_plan(data: bytes, *, where: str) -> TerraformPlan:
    """Read the output of `terraform show -json PLANFILE`.

    **raises** BadInput when it is something else.
    """
    document = read_plan_document(data, where=where)
    references = References(document.configuration, [*document.resources, *document.documents])
    objects = kubernetes_objects(document.resources, references)
    found = drafted(objects.others, references)
    drafts = joined([*found.drafts, *provider_drafts(document.configuration, where)])
    for draft in drafts:
        fill_defaults(draft)
    return TerraformPlan(
        resources=(
            *(finished(draft) for draft in drafts),
            *with_neighbours(objects.resources, is_complete=True),
        ),
        unread=(*document.unread, *objects.unread),
        deleted=document.deleted,
        data_sources=document.data_sources,
        unmapped=dict(found.unmapped),
    )
