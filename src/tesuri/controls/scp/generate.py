"""Controls → service control policies: one denying statement a control, packed into as few policies as fit.

A control says it at its scp point: `scp: {deny: {Action: […], Resource: …, Condition: {…}}, unless: [ARN pattern, …]}`.
The Sid of a statement follows from the control's id alone, so that a denial leads back to the control.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from tesuri.controls.scp.policy import WITH_VARIABLES, read_policy, texts_of
from tesuri.controls.scp.quotas import MAX_CHARACTERS
from tesuri.model.control import Control, Point
from tesuri.model.errors import BadInput
from tesuri.model.identifiers import ControlId
from tesuri.untrusted.shape import need_mapping

_DENY: Final = frozenset({"Action", "NotAction", "Resource", "NotResource", "Condition"})
_KEYS: Final = frozenset({"deny", "unless", "not"})
_EXCEPTION: Final = "ArnNotLike"
_PRINCIPAL: Final = "aws:PrincipalArn"


@dataclass(frozen=True, slots=True)
class GeneratedPolicy:
    """One policy, ready to be attached."""

    document: Mapping[str, object]
    text: str
    """Without white space, as it counts against the quota."""
    controls: tuple[ControlId, ...]


@dataclass(frozen=True, slots=True)
class Generated:
    """The policies, and the controls that no policy can enforce."""

    policies: tuple[GeneratedPolicy, ...]
    impossible: tuple[tuple[ControlId, str], ...]
    """Control and its reason."""
    undeclared: tuple[ControlId, ...]
    """Controls that say nothing of this point."""


def generate_policies(
    controls: Sequence[Control],
    *,
    exempt_roles: Sequence[str] = (),
    max_characters: int = MAX_CHARACTERS,
) -> Generated:
    """Give the policies of the controls, in order of id.

    `exempt_roles` are ARN patterns that every statement leaves out.

    **raises** BadInput when a control declares its scp point wrongly, or one statement alone is too long.
    """
    statements: list[tuple[ControlId, Mapping[str, object]]] = []
    impossible: list[tuple[ControlId, str]] = []
    undeclared: list[ControlId] = []
    for control in sorted(controls, key=lambda each: each.id):
        declared = control.points.get(Point.SCP)
        if declared is None:
            undeclared.append(control.id)
        elif "not" in declared:
            impossible.append((control.id, str(declared["not"])))
        else:
            statement = _statement(control.id, declared, exempt_roles)
            statements.append((control.id, statement))
    packed = _packed(statements, max_characters)
    return Generated(tuple(packed), tuple(impossible), tuple(undeclared))


def sid_of(control: ControlId) -> str:
    """Give the Sid of a control: its id as Amazon takes it, letters and digits."""
    return "".join(part.capitalize() for part in control.split("-"))


def check_point(declared: Mapping[str, object], *, where: str) -> None:
    """Check how a control declares its scp point. **raises** BadInput with the pointer."""
    for key in declared:
        if key not in _KEYS:
            raise BadInput(f"The scp point has no key {key!r}.", where=f"{where}/{key}")
    if "not" in declared:
        return
    if "deny" not in declared:
        raise BadInput("The scp point says neither deny nor not.", where=where)
    place = f"{where}/deny"
    deny = need_mapping(declared["deny"], where=place)
    for key in deny:
        if key not in _DENY:
            raise BadInput(f"deny has no element {key!r}.", where=f"{place}/{key}")
    texts_of(declared.get("unless", []), where=f"{where}/unless")
    statement = {"Effect": "Deny", "Resource": "*", **deny}
    if "NotResource" in deny:
        del statement["Resource"]
    document = orjson.dumps({"Version": WITH_VARIABLES, "Statement": statement})
    read_policy(document, where=place)


def _statement(
    control: ControlId, declared: Mapping[str, object], exempt_roles: Sequence[str]
) -> Mapping[str, object]:
    where = f"{control}#/points/scp"
    check_point(declared, where=where)
    deny = dict(need_mapping(declared["deny"], where=f"{where}/deny"))
    if "Resource" not in deny and "NotResource" not in deny:
        deny["Resource"] = "*"
    own = texts_of(declared.get("unless", []), where=f"{where}/unless")
    left_out = list(dict.fromkeys((*own, *exempt_roles)))
    conditions = dict(need_mapping(deny.pop("Condition", {}), where=f"{where}/deny/Condition"))
    if left_out:
        conditions[_EXCEPTION] = _with_exception(conditions.get(_EXCEPTION), left_out, where)
    return {
        "Sid": sid_of(control),
        "Effect": "Deny",
        **deny,
        **({"Condition": conditions} if conditions else {}),
    }


def _with_exception(declared: object, left_out: Sequence[str], where: str) -> Mapping[str, object]:
    """Join the roles to leave out with those that the control itself compares; one list, as all are left out."""
    place = f"{where}/deny/Condition/{_EXCEPTION}"
    keys = dict(need_mapping({} if declared is None else declared, where=place))
    own = [key for key in keys if key.lower() == _PRINCIPAL.lower()]
    before = [role for key in own for role in texts_of(keys.pop(key), where=place)]
    roles = list(dict.fromkeys((*before, *left_out)))
    return {**keys, _PRINCIPAL: roles[0] if len(roles) == 1 else roles}


def _packed(
    statements: Sequence[tuple[ControlId, Mapping[str, object]]], limit: int
) -> list[GeneratedPolicy]:
    """Put each statement, longest first, into the first policy that has room for it."""
    bins: list[list[tuple[ControlId, Mapping[str, object]]]] = []
    longest_first = sorted(statements, key=lambda each: (-len(_text([each])), each[0]))
    for each in longest_first:
        if len(_text([each])) > limit:
            raise BadInput(
                f"The statement has {len(_text([each])):,} characters with its policy; {limit:,} fit.",
                where=f"{each[0]}#/points/scp",
            )
        room = next((bin_ for bin_ in bins if len(_text([*bin_, each])) <= limit), None)
        if room is None:
            bins.append([each])
        else:
            room.append(each)
    found = [sorted(bin_, key=lambda each: each[0]) for bin_ in bins]
    return [
        GeneratedPolicy(_document(bin_), _text(bin_), tuple(control for control, _ in bin_))
        for bin_ in sorted(found, key=lambda each: each[0][0])
    ]


def _document(statements: Sequence[tuple[ControlId, Mapping[str, object]]]) -> Mapping[str, object]:
    return {"Version": WITH_VARIABLES, "Statement": [statement for _, statement in statements]}


def _text(statements: Sequence[tuple[ControlId, Mapping[str, object]]]) -> str:
    return orjson.dumps(_document(statements)).decode()
