"""Policy document → policy: every known element in its right shape, or one sentence that says where it is not.

Elements that Amazon does not know are left to `lint.py`: they change nothing here, as nothing reads them.
"""

from collections.abc import Mapping
from typing import Final

from tesuri.controls.scp.operators import operator_named
from tesuri.controls.scp.remarks import brief
from tesuri.model.errors import BadInput
from tesuri.model.scp import Condition, Effect, ScpPolicy, Statement
from tesuri.untrusted.json_document import read_json
from tesuri.untrusted.shape import join_pointer, shape_name, text

MAX_BYTES: Final = 1_000_000
"""Of a policy file; Amazon takes 10,240 characters."""

WITH_VARIABLES: Final = "2012-10-17"
FULL_ACCESS: Final = "FullAWSAccess"
FULL_AWS_ACCESS: Final = ScpPolicy(
    FULL_ACCESS, (Statement(0, "", Effect.ALLOW, ("*",), ("*",)),), id="p-FullAWSAccess"
)


def read_policy(data: bytes, *, where: str) -> ScpPolicy:
    """Read one policy file.

    **raises** BadInput with the file and the JSON pointer of what is wrong.
    """
    document = policy_document(data, where=where)
    statements = tuple(
        _statement(part, index, f"{where}#{pointer}")
        for index, (pointer, part) in enumerate(statements_of(document, where=where))
    )
    has_variables = text(document, "Version") == WITH_VARIABLES
    return ScpPolicy(where, statements, has_variables=has_variables)


def policy_document(data: bytes, *, where: str) -> Mapping[str, object]:
    """Give the JSON object of a policy file. **raises** BadInput when it holds something else."""
    document = read_json(data, where=where, max_bytes=MAX_BYTES)
    return _object(document, where=f"{where}#", noun="A policy")


def statements_of(
    document: Mapping[str, object], *, where: str
) -> list[tuple[str, Mapping[str, object]]]:
    """Give each statement with its pointer; a lone object is a list of one.

    **raises** BadInput when there is none, or one is no object.
    """
    place = f"{where}#/Statement"
    found = document.get("Statement")
    if isinstance(found, dict):
        return [("/Statement", found)]
    if found is None:
        raise BadInput("The policy has no Statement.", where=f"{where}#")
    if not isinstance(found, list):
        raise BadInput(f"Statement is an object or a list, not {_kind(found)}.", where=place)
    if not found:
        raise BadInput("The list of statements is empty.", where=place)
    return [
        (f"/Statement/{index}", _object(part, where=f"{place}/{index}", noun="A statement"))
        for index, part in enumerate(found)
    ]


def _object(value: object, *, where: str, noun: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise BadInput(f"{noun} is an object, not {_kind(value)}.", where=where)
    return value


def _kind(value: object) -> str:
    return "an object" if isinstance(value, dict) else shape_name(value)


def _statement(fields: Mapping[str, object], index: int, where: str) -> Statement:
    actions, is_not_action = _one_of(fields, "Action", where)
    resources, is_not_resource = _one_of(fields, "Resource", where, default=("*",))
    return Statement(
        index=index,
        sid=text(fields, "Sid"),
        effect=_effect(fields, where),
        actions=actions,
        resources=resources,
        conditions=_conditions(fields, where),
        is_not_action=is_not_action,
        is_not_resource=is_not_resource,
    )


def _effect(fields: Mapping[str, object], where: str) -> Effect:
    given = fields.get("Effect")
    try:
        return Effect(str(given))
    except ValueError as error:
        what = f"{brief(str(given))!r} is no Effect." if given else "The statement has no Effect."
        raise BadInput(
            what, where=join_pointer(where, "Effect"), remedy="It is Allow or Deny."
        ) from error


def _one_of(
    fields: Mapping[str, object], name: str, where: str, default: tuple[str, ...] = ()
) -> tuple[tuple[str, ...], bool]:
    """Give the texts of an element or of its Not… form, and whether it is that."""
    opposite = f"Not{name}"
    if name in fields and opposite in fields:
        raise BadInput(f"A statement has {name} or {opposite}, not both.", where=where)
    chosen = opposite if opposite in fields else name
    if chosen not in fields:
        if default:
            return default, False
        raise BadInput(f"The statement has neither {name} nor {opposite}.", where=where)
    place = join_pointer(where, chosen)
    found = texts_of(fields[chosen], where=place)
    if not found:
        raise BadInput(f"The list of {chosen} is empty.", where=place)
    return found, chosen == opposite


def texts_of(value: object, *, where: str) -> tuple[str, ...]:
    """Give a text, or a list of texts, as a list. **raises** BadInput for anything else."""
    parts = value if isinstance(value, list) else [value]
    for index, part in enumerate(parts):
        if not isinstance(part, str):
            place = f"{where}/{index}" if isinstance(value, list) else where
            raise BadInput(f"A text is expected, not {_kind(part)}.", where=place)
    return tuple(part for part in parts if isinstance(part, str))


def _conditions(fields: Mapping[str, object], where: str) -> tuple[Condition, ...]:
    if "Condition" not in fields:
        return ()
    place = join_pointer(where, "Condition")
    found: list[Condition] = []
    for operator, keys in _object(fields["Condition"], where=place, noun="Condition").items():
        inner = join_pointer(place, operator)
        if operator_named(operator) is None:
            raise BadInput(
                f"Amazon has no condition operator {brief(operator)!r}.", where=brief(inner)
            )
        for key, wanted in _object(keys, where=inner, noun=operator).items():
            found.append(Condition(operator, key, wanted_of(wanted, join_pointer(inner, key))))
    return tuple(found)


def wanted_of(value: object, where: str) -> tuple[str, ...]:
    """Give the values of a condition; numbers and truth values count as their text, as Amazon takes them."""
    parts = value if isinstance(value, list) else [value]
    found: list[str] = []
    for part in parts:
        if isinstance(part, bool):
            found.append(str(part).lower())
        elif isinstance(part, (str, int, float)):
            found.append(str(part))
        else:
            raise BadInput(f"A text is expected, not {_kind(part)}.", where=where)
    if not found:
        raise BadInput("The condition names no value.", where=where)
    return tuple(found)
