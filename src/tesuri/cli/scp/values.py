"""Answers of service control policies as JSON values."""

from collections.abc import Sequence

from tesuri.flows.organization.explain_denial import DenialExplanation
from tesuri.model.scp import (
    ConditionTruth,
    LintRemark,
    ScpAnswer,
    ScpTarget,
    StatementTruth,
    Truth,
)


def answer_values(answer: ScpAnswer, problems: Sequence[LintRemark]) -> dict[str, object]:
    """Give what `simulate` answers; the conditions are those of the statement that came nearest."""
    decisive = answer.decisive
    shown = decisive or next(iter(answer.considered), None)
    return {
        "decision": answer.decision.value,
        "policy": decisive.policy.name if decisive else None,
        "statement_index": decisive.statement.index if decisive else None,
        "sid": (decisive.statement.sid or None) if decisive else None,
        "target": target_values(answer.target) if answer.target else None,
        "conditions": [condition_values(each) for each in shown.conditions] if shown else [],
        "why": answer.why,
        "considered": [statement_values(each) for each in answer.considered],
        "problems": [remark_values(each) for each in problems],
    }


def statement_values(found: StatementTruth) -> dict[str, object]:
    """Give one statement beside the request."""
    return {
        "policy": found.policy.name,
        "policy_id": found.policy.id or None,
        "statement_index": found.statement.index,
        "sid": found.statement.sid or None,
        "target": target_values(found.target),
        "action": truth_value(found.action),
        "resource": truth_value(found.resource),
        "conditions": [condition_values(each) for each in found.conditions],
        "truth": truth_value(found.truth),
    }


def condition_values(found: ConditionTruth) -> dict[str, object]:
    """Give one condition: what it wants, what the request holds, whether that is true."""
    return {
        "operator": found.operator,
        "key": found.key,
        "wanted": list(found.wanted),
        "actual": None if found.actual is None else list(found.actual),
        "truth": truth_value(found.truth),
        "note": found.note or None,
    }


def truth_value(truth: Truth) -> bool | str:
    """Give true, false, or the word unknown."""
    return truth.value if truth is Truth.UNKNOWN else truth is Truth.TRUE


def target_values(target: ScpTarget) -> dict[str, object]:
    """Give where policies are attached."""
    return {"kind": target.kind.value, "id": target.id or None, "name": target.name}


def remark_values(remark: LintRemark) -> dict[str, object]:
    """Give one remark of lint."""
    return {
        "level": remark.level.value,
        "rule": remark.rule,
        "file": remark.file,
        "pointer": remark.pointer,
        "message": remark.message,
        "remedy": remark.remedy or None,
    }


def explanation_values(found: DenialExplanation) -> dict[str, object]:
    """Give what `explain` answers."""
    first = next(iter(found.statements), None)
    return {
        "certainty": found.certainty.value,
        "reason": found.reason,
        "principal": found.principal or None,
        "action": found.action or None,
        "resource": found.resource or None,
        "account": found.account or None,
        "policy_kind": found.policy_kind or None,
        "policy": first.policy.name if first else None,
        "policy_id": (first.policy.id if first else found.policy_id) or None,
        "statement_index": first.statement.index if first else None,
        "sid": (first.statement.sid or None) if first else None,
        "conditions": [condition_values(each) for each in first.conditions] if first else [],
        "statements": [statement_values(each) for each in found.statements],
        "control": found.control.id if found.control else None,
        "owner": found.owner or None,
        "ask": found.ask or None,
        "remedy": found.remedy or None,
    }
