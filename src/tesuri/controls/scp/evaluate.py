"""Request × policies from the root to the account → answer, with the statement that decided.

A denying statement at any level denies. Else every level must allow: the account can do only what the root, each unit
above it and itself allow.

**source** https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from tesuri.controls.scp.conditions import judge_condition
from tesuri.controls.scp.truths import every, opposite, some, truth
from tesuri.controls.scp.variables import Unresolved, pieces_of
from tesuri.controls.scp.wildcards import is_like, pattern_of
from tesuri.controls.scp.words import why_not_denied, why_statement
from tesuri.model.scp import (
    Effect,
    ScpAnswer,
    ScpDecision,
    ScpPolicy,
    ScpRequest,
    ScpTarget,
    Statement,
    StatementTruth,
    TargetKind,
    Truth,
)

_PARTS_BEFORE_RESOURCE: Final = 5


def answer_request(path: Sequence[ScpTarget], request: ScpRequest) -> ScpAnswer:
    """Say what the policies of a path, root first, make of a request."""
    if request.out_of_reach:
        return ScpAnswer(ScpDecision.NOT_DENIED, (request.out_of_reach,))
    considered = tuple(_considered(path, request))
    for wanted, decision in ((Truth.TRUE, ScpDecision.DENY), (Truth.UNKNOWN, ScpDecision.UNKNOWN)):
        decisive = next((each for each in considered if each.truth is wanted), None)
        if decisive:
            return ScpAnswer(
                decision, why_statement(decisive), decisive, decisive.target, considered
            )
        allowed = _not_allowed(path, request, wanted)
        if allowed:
            reason = f"no policy of {_named(allowed)} allows {request.action}"
            if wanted is Truth.UNKNOWN:
                reason = f"the record does not show whether {_named(allowed)} allows it"
            return ScpAnswer(decision, (reason,), None, allowed, considered)
    return ScpAnswer(ScpDecision.NOT_DENIED, why_not_denied(considered), considered=considered)


def _named(target: ScpTarget) -> str:
    is_named = target.kind is not TargetKind.FILES and target.name != target.kind.value
    return f"{target.kind.value} {target.name}" if is_named else f"the {target.kind.value}"


def judge_statement(
    statement: Statement, request: ScpRequest, policy: ScpPolicy, target: ScpTarget
) -> StatementTruth:
    """Compare one statement with a request, part by part."""
    action = _action_truth(statement, request)
    resource = _resource_truth(statement, request, has_variables=policy.has_variables)
    conditions = tuple(
        judge_condition(each, request, has_variables=policy.has_variables)
        for each in statement.conditions
    )
    whole = every([action, resource, *(each.truth for each in conditions)])
    return StatementTruth(policy, target, statement, action, resource, conditions, whole)


def _considered(path: Sequence[ScpTarget], request: ScpRequest) -> Iterator[StatementTruth]:
    for target in path:
        for policy in target.policies:
            for statement in policy.statements:
                is_denying = statement.effect is Effect.DENY
                if is_denying and _action_truth(statement, request) is Truth.TRUE:
                    yield judge_statement(statement, request, policy, target)


def _not_allowed(path: Sequence[ScpTarget], request: ScpRequest, wanted: Truth) -> ScpTarget | None:
    """Give the first level that surely allows nothing (wanted: true), or perhaps not (unknown)."""
    refused = Truth.FALSE if wanted is Truth.TRUE else Truth.UNKNOWN
    for target in path:
        allowed = some(
            judge_statement(statement, request, policy, target).truth
            for policy in target.policies
            for statement in policy.statements
            if statement.effect is Effect.ALLOW
        )
        if allowed is refused:
            return target
    return None


def _action_truth(statement: Statement, request: ScpRequest) -> Truth:
    return truth(_is_listed(statement.actions, request.action) is not statement.is_not_action)


@lru_cache(maxsize=16_384)  # A replay has many calls and few different actions.
def _is_listed(actions: tuple[str, ...], action: str) -> bool:
    return any(is_like(action.lower(), each.lower()) for each in actions)


def _resource_truth(statement: Statement, request: ScpRequest, *, has_variables: bool) -> Truth:
    found = some(
        _resource_match(each, request, has_variables=has_variables) for each in statement.resources
    )
    return opposite(found) if statement.is_not_resource else found


def _resource_match(wanted: str, request: ScpRequest, *, has_variables: bool) -> Truth:
    if wanted == "*":
        return Truth.TRUE
    if request.resource is None:
        return Truth.UNKNOWN
    head = ":".join(wanted.split(":")[:_PARTS_BEFORE_RESOURCE])
    # Amazon replaces variables only in the last part of an ARN.
    pieces = pieces_of(wanted, request, has_variables=has_variables and "${" not in head)
    if isinstance(pieces, Unresolved):
        return Truth.UNKNOWN if pieces.is_unknown else Truth.FALSE
    return truth(pattern_of(pieces).matches(request.resource))
