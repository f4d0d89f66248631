"""What is wrong or doubtful with how policies are attached: counts, levels that allow nothing, files attached nowhere."""

from collections.abc import Iterator

from tesuri.controls.scp.policy import FULL_AWS_ACCESS
from tesuri.controls.scp.quotas import MAX_DEPTH, MAX_POLICIES, OLD_POLICIES
from tesuri.controls.scp.remarks import Place, error, warning
from tesuri.model.scp import Effect, LintRemark, Organization, ScpTarget, TargetKind


def lint_organization(organization: Organization, *, where: str) -> tuple[LintRemark, ...]:
    """Give the remarks about the tree; each policy by itself is `lint.py`'s."""
    place = Place(where, "")
    found = [
        remark for target in organization.targets for remark in _target(target, organization, place)
    ]
    for account, path in organization.paths.items():
        depth = sum(1 for target in path if target.kind is TargetKind.UNIT)
        if depth > MAX_DEPTH:
            found.append(
                error(
                    place,
                    "depth",
                    f"The account {account} stands {depth} units deep; Amazon takes {MAX_DEPTH}.",
                )
            )
    attached = {policy.name for target in organization.targets for policy in target.policies}
    found += [
        warning(Place(policy.name, ""), "unattached", "This policy is attached nowhere.")
        for policy in organization.policies
        if policy.name not in attached
    ]
    return tuple(found)


def _target(target: ScpTarget, organization: Organization, place: Place) -> Iterator[LintRemark]:
    count = len(target.policies)
    is_named = target.name != target.kind.value
    named = f"The {target.kind.value} {target.name}" if is_named else f"The {target.kind.value}"
    if count > MAX_POLICIES:
        yield error(
            place, "count", f"{named} has {count} policies attached; Amazon takes {MAX_POLICIES}."
        )
    elif count > OLD_POLICIES:
        yield warning(
            place,
            "count",
            f"{named} has {count} policies attached; until May 2026 the quota was {OLD_POLICIES}, "
            "and tools that still check it refuse more.",
        )
    allows = any(
        statement.effect is Effect.ALLOW
        for policy in target.policies
        for statement in policy.statements
    )
    if not allows:
        yield error(
            place,
            "nothing-allowed",
            f"{named} has no policy that allows anything, so everything below it is denied.",
            "Attach FullAWSAccess, or a policy that allows what is wanted.",
        )
    elif FULL_AWS_ACCESS not in target.policies:
        yield warning(
            place,
            "allow-list",
            f"{named} is without FullAWSAccess: only what its policies allow is possible below it.",
        )
    is_management = (
        target.kind is TargetKind.ACCOUNT and target.id == organization.management_account
    )
    if is_management and any(policy is not FULL_AWS_ACCESS for policy in target.policies):
        yield warning(
            place,
            "management-account",
            f"{named} is the management account: no service control policy restricts it.",
        )
