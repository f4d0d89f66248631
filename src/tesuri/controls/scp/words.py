"""Why a policy denies or does not, in parts of one English sentence."""

from collections.abc import Sequence

from tesuri.model.scp import ConditionTruth, StatementTruth, Truth


def why_statement(found: StatementTruth) -> tuple[str, ...]:
    """Say why a statement denies, or what nobody knows about it."""
    statement = found.statement
    if found.truth is Truth.UNKNOWN:
        unknown = [each.key for each in found.conditions if each.truth is Truth.UNKNOWN]
        if found.resource is Truth.UNKNOWN:
            unknown.insert(0, "the resource")
        return tuple(f"the record does not show {each}" for each in unknown)
    parts = [
        "the action is outside NotAction" if statement.is_not_action else "the action is listed"
    ]
    if statement.is_not_resource:
        parts.append("the resource is outside NotResource")
    elif statement.resources != ("*",):
        parts.append("the resource is listed")
    conditions = [_said(each) for each in found.conditions]
    return (*parts, *(conditions or ["there is no condition"]))


def why_not_denied(considered: Sequence[StatementTruth]) -> tuple[str, ...]:
    """Say what kept the nearest denying statement from applying."""
    if not considered:
        return ("no denying statement lists the action",)
    touching = (found for found in considered if found.resource is Truth.TRUE)
    nearest = next(touching, considered[0])
    if nearest.resource is Truth.FALSE:
        return ("the resource is outside the statements that list the action",)
    return (next(_said(each) for each in nearest.conditions if each.truth is Truth.FALSE),)


def _said(condition: ConditionTruth) -> str:
    is_true = "true" if condition.truth is Truth.TRUE else "false"
    head = f"{condition.operator} {condition.key} is {is_true}"
    if condition.actual is None:
        return f"{head} as the request has no such key"
    return f"{head} ({', '.join(condition.actual)})"
