"""Ask service control policies about one request: alone, or on the way from the root to the account."""

from collections.abc import Sequence
from dataclasses import replace

from tesuri.controls.scp.evaluate import answer_request
from tesuri.controls.scp.organization import path_to
from tesuri.controls.scp.policy import FULL_AWS_ACCESS
from tesuri.model.scp import (
    Effect,
    Organization,
    ScpAnswer,
    ScpDecision,
    ScpPolicy,
    ScpRequest,
    ScpTarget,
    TargetKind,
)

_MANAGEMENT = "service control policies never restrict the management account"


def simulate_policy(
    request: ScpRequest,
    *,
    policies: Sequence[ScpPolicy],
    organization: Organization | None,
    at: str = "",
) -> ScpAnswer:
    """Say what the policies make of the request.

    `policies` are taken as attached once more, below the account's own; `at` limits them to the accounts below a
    root, unit or account of this id or name. Policies that only deny are taken with FullAWSAccess.

    **raises** BadInput when the account is not in the organization.
    """
    level = proposed_level(policies)
    if organization is None:
        return answer_request((level,), request)
    if request.account == organization.management_account:
        return ScpAnswer(ScpDecision.NOT_DENIED, (_MANAGEMENT,))
    path = path_to(organization, request.account)
    is_reached = not at or any(at in (target.id, target.name) for target in path)
    known = request
    if organization.id:
        key = {"aws:principalorgid": (organization.id,)}
        known = replace(request, context={**key, **request.context})
    return answer_request((*path, level) if policies and is_reached else path, known)


def proposed_level(policies: Sequence[ScpPolicy]) -> ScpTarget:
    """Give the policies of the command line as one level; they allow all unless one of them allows something."""
    is_allowing = any(
        statement.effect is Effect.ALLOW for policy in policies for statement in policy.statements
    )
    whole = tuple(policies) if is_allowing else (FULL_AWS_ACCESS, *policies)
    return ScpTarget(TargetKind.FILES, "", "the given files", whole)
