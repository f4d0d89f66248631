"""One condition of a statement beside one request, three-valued.

A key that the request does not carry makes a plain operator false, a negated one true, IfExists and ForAllValues true,
ForAnyValue false. A key of which nobody knows whether it was carried makes the condition unknown.
"""

from collections.abc import Sequence

from tesuri.controls.scp.operators import (
    Operator,
    SetKind,
    operator_named,
    spelled,
    takes_variables,
)
from tesuri.controls.scp.truths import every, opposite, some, truth
from tesuri.controls.scp.variables import Unresolved, pieces_of
from tesuri.controls.scp.wildcards import Piece
from tesuri.model.errors import Defect
from tesuri.model.scp import Condition, ConditionTruth, ScpRequest, Truth

_Wanted = Sequence[tuple[Piece, ...] | Unresolved]


def judge_condition(
    condition: Condition, request: ScpRequest, *, has_variables: bool
) -> ConditionTruth:
    """Give the truth of one condition with what it compared."""
    operator = operator_named(condition.operator)
    if operator is None:
        raise Defect(f"The operator {condition.operator!r} was read but is not known.")
    key = condition.key.lower()
    actual = request.context.get(key) or None
    is_missing = actual is None and (request.is_complete or key in request.absent)
    wanted = [
        pieces_of(value, request, has_variables=has_variables and takes_variables(operator))
        for value in condition.wanted
    ]
    if operator.compare is None:
        found = _null(condition, is_present=actual is not None, is_missing=is_missing)
    elif actual is None:
        found = truth(_without_key(operator)) if is_missing else Truth.UNKNOWN
    else:
        found = _with_values(operator, actual, wanted)
    return ConditionTruth(
        spelled(condition.operator),
        condition.key,
        condition.wanted,
        actual,
        found,
        _note(actual, wanted, is_missing=is_missing),
    )


def _null(condition: Condition, *, is_present: bool, is_missing: bool) -> Truth:
    if not is_present and not is_missing:
        return Truth.UNKNOWN
    return truth(str(not is_present).lower() in {value.lower() for value in condition.wanted})


def _without_key(operator: Operator) -> bool:
    if operator.is_if_exists or operator.set_kind is SetKind.ALL:
        return True
    return operator.is_negated and operator.set_kind is SetKind.SINGLE


def _with_values(operator: Operator, actual: Sequence[str], wanted: _Wanted) -> Truth:
    matches = [_matches(operator, value, wanted) for value in actual]
    if operator.set_kind is SetKind.SINGLE:
        found = some(matches)
        return opposite(found) if operator.is_negated else found
    if operator.is_negated:
        matches = [opposite(each) for each in matches]
    return every(matches) if operator.set_kind is SetKind.ALL else some(matches)


def _matches(operator: Operator, value: str, wanted: _Wanted) -> Truth:
    """Whether a value of the request matches one of the policy's; a variable without value matches nothing."""
    return some(_match(operator, value, each) for each in wanted)


def _match(operator: Operator, value: str, wanted: tuple[Piece, ...] | Unresolved) -> Truth:
    if isinstance(wanted, Unresolved):
        return Truth.UNKNOWN if wanted.is_unknown else Truth.FALSE
    assert operator.compare is not None
    return truth(operator.compare(value, wanted))


def _note(actual: tuple[str, ...] | None, wanted: _Wanted, *, is_missing: bool) -> str:
    unresolved = [each.variable for each in wanted if isinstance(each, Unresolved)]
    if unresolved:
        return f"{unresolved[0]} has no value in this request"
    if actual is not None:
        return ""
    return (
        "the request does not carry this key" if is_missing else "the record does not show this key"
    )
