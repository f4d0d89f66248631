"""Lint of conditions: operators, keys and values that Amazon refuses, or that never do what they say."""

from collections.abc import Iterator, Mapping

from tesuri.controls.scp.condition_keys import holds_several, is_unknown_global
from tesuri.controls.scp.lint_values import unbound
from tesuri.controls.scp.operators import (
    Operator,
    SetKind,
    is_comparable,
    operator_named,
    spelled,
    takes_variables,
)
from tesuri.controls.scp.policy import wanted_of
from tesuri.controls.scp.remarks import Place, brief, error, warning
from tesuri.controls.scp.variables import variables_in
from tesuri.model.errors import BadInput
from tesuri.model.scp import LintRemark
from tesuri.untrusted.shape import join_pointer, mapping, shape_name


def condition_remarks(fields: Mapping[str, object], place: Place) -> Iterator[LintRemark]:
    """Give the remarks about the conditions of a statement.

    **raises** BadInput when Condition or an operator in it is no object.
    """
    if "Condition" not in fields:
        return
    here = place.at("/Condition")
    conditions = _object(fields["Condition"], here, "Condition")
    for name, keys in conditions.items():
        inner = here.at(join_pointer("", name))
        operator = operator_named(name)
        if operator is None:
            yield error(inner, "operator", f"Amazon has no condition operator {brief(name)}.")
            continue
        if spelled(name) != name:
            yield warning(inner, "wrong-case", f"{name} is spelled {spelled(name)}.")
        for key, wanted in _object(keys, inner, name).items():
            at = inner.at(join_pointer("", key))
            yield from _key(key, operator, at)
            yield from _empty_set(key, operator, conditions, at)
            yield from _asked_of_nothing(key, operator, conditions, at)
            yield from _values(key, wanted, operator, at)


def _object(value: object, place: Place, noun: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise BadInput(
            f"{noun} is an object, not {shape_name(value)}.", where=f"{place.file}#{place.pointer}"
        )
    return value


def _key(key: str, operator: Operator, place: Place) -> Iterator[LintRemark]:
    if ":" not in key:
        yield error(
            place, "condition-key", f"{brief(key)} is no condition key; it is written prefix:name."
        )
    elif is_unknown_global(key):
        yield warning(place, "condition-key", f"Amazon documents no condition key {brief(key)}.")
    several = holds_several(key)
    if operator.compare is None or several is None:
        return
    if several and operator.set_kind is SetKind.SINGLE:
        yield warning(
            place,
            "set-operator",
            f"A request carries several values of {brief(key)}: use ForAnyValue or ForAllValues.",
        )
    if not several and operator.set_kind is not SetKind.SINGLE:
        yield warning(
            place,
            "set-operator",
            f"A request carries one value of {brief(key)}: leave {operator.set_kind.value} out.",
        )


def _empty_set(
    key: str, operator: Operator, conditions: Mapping[str, object], place: Place
) -> Iterator[LintRemark]:
    is_checked = any(each.lower() == key.lower() for each in mapping(conditions, "Null"))
    if operator.set_kind is SetKind.ALL and not is_checked:
        yield warning(
            place,
            "empty-set",
            f"ForAllValues is also true for a request that does not carry {brief(key)}.",
            f'Add "Null": {{"{key}": "false"}}.',
        )


def _asked_of_nothing(
    key: str, operator: Operator, conditions: Mapping[str, object], place: Place
) -> Iterator[LintRemark]:
    """Say that a key cannot be missing and compared at once: conditions of a statement hold together."""
    nulls = mapping(conditions, "Null")
    is_missing = any(
        each.lower() == key.lower() and str(wanted).lower() == "true"
        for each, wanted in nulls.items()
    )
    if is_missing and operator.compare is not None:
        yield warning(
            place,
            "contradiction",
            f"Null says that {brief(key)} is missing, so this is about no value of it: every value passes.",
            "Conditions of one statement hold together; write two statements.",
        )


def _values(key: str, wanted: object, operator: Operator, place: Place) -> Iterator[LintRemark]:
    try:
        values = wanted_of(wanted, "")
    except BadInput as problem:
        yield error(place, "shape", problem.what)
        return
    for value in values:
        placeholders = list(unbound(value, place))
        yield from placeholders
        if variables_in_vain(value, operator):
            yield warning(
                place, "variable-place", f"Amazon replaces no variable under {operator.name}."
            )
        elif not placeholders and not is_comparable(operator, value):
            yield error(
                place, "condition-value", f"{operator.name} cannot compare with {brief(value)!r}."
            )
        if (
            operator.name.startswith(("StringEquals", "StringNotEquals"))
            and set(value) & set("*?")
            and "${" not in value
            # Of who may call a function, the star itself is the value: everybody.
            and not (value == "*" and key.lower() == "lambda:principal")
        ):
            yield warning(
                place,
                "wildcard",
                f"{operator.name} takes {brief(value)!r} literally; StringLike knows wildcards.",
            )
        if key.lower() == "aws:principalarn" and ":assumed-role/" in value:
            yield error(
                place,
                "session-arn",
                f"{brief(value)} never matches: aws:PrincipalArn is the ARN of the role, not of a session.",
                "Write arn:aws:iam::ACCOUNT:role/NAME.",
            )


def variables_in_vain(value: str, operator: Operator) -> bool:
    """Whether a value has a variable under an operator that takes none."""
    return not takes_variables(operator) and any(":" in key for _, key in variables_in(value))
