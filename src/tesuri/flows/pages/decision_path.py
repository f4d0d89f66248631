"""The path of a decision: every question with all its answers, the chosen one with reason, source and age."""

from datetime import datetime

from tesuri.model.decision import Answer, Decision
from tesuri.model.errors import BadInput
from tesuri.model.views_findings import DecisionPath, NextStep, PathAnswer
from tesuri.triage.decide import what_would_change
from tesuri.triage.table import DecisionTable
from tesuri.triage.wording import reason_text


def path_of(
    decision: Decision, table: DecisionTable, *, decided_at: datetime | None
) -> DecisionPath:
    """Give the path. What would change it is said for the table of the decision only.

    A decision by another table keeps its answers; of a question that `table` does not ask, or asks with other
    values, only the chosen one is known.
    """
    return DecisionPath(
        table=decision.table,
        row=decision.row,
        rows=decision.rows,
        outcome=decision.outcome,
        answers=tuple(_answer(each, table) for each in decision.answers),
        decided_at=decided_at,
        would_change=_next_steps(decision, table),
    )


def _answer(answer: Answer, table: DecisionTable) -> PathAnswer:
    japanese = reason_text(answer, "ja")
    return PathAnswer(
        question=answer.question,
        options=_options(answer, table),
        value=answer.value,
        reason=answer.reason,
        source=answer.source,
        reason_ja="" if japanese == answer.reason else japanese,
        observed_at=answer.observed_at,
        is_default=answer.is_default,
    )


def _options(answer: Answer, table: DecisionTable) -> tuple[str, ...]:
    """Turn the table's values around: they stand from mild to urgent there."""
    for question in table.questions:
        if question.name == answer.question and answer.value in question.values:
            return tuple(reversed(question.values))
    return (answer.value,)


def _next_steps(decision: Decision, table: DecisionTable) -> tuple[NextStep, ...]:
    if decision.table != table.title:
        return ()
    try:
        steps = what_would_change(decision, table)
    except BadInput:
        # the table was changed without a new version: nothing can be said, and the path still stands
        return ()
    return tuple(NextStep(step.question, step.value, step.outcome) for step in steps)
