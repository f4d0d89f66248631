"""The organization tree as files → organization: `organization.yaml` with root, units and accounts, and policies as JSON.

Amazon attaches FullAWSAccess to everything; so does this reader, unless a level says `full_aws_access: false`. Policies
are named by their files. What is declared of a policy (its id, its owner, how to ask for a waiver) stands under `policies`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from tesuri.controls.scp.policy import FULL_ACCESS, FULL_AWS_ACCESS, read_policy
from tesuri.controls.scp.remarks import brief
from tesuri.model.errors import BadInput
from tesuri.model.scp import Organization, ScpPolicy, ScpTarget, TargetKind
from tesuri.untrusted.shape import items, join_pointer, need_mapping, shape_name, text, texts
from tesuri.untrusted.yaml_document import read_yaml

NAMES: Final = ("organization.yaml", "organization.yml", "organization.json")
_ACCOUNT: Final = re.compile(r"\d{12}")
_TOP: Final = frozenset(
    {"id", "management_account", "owner", "ask", "exempt_roles", "policies", "root"}
)
_LEVEL: Final = frozenset({"id", "name", "policies", "full_aws_access", "units", "accounts"})
_OF_ACCOUNT: Final = frozenset({"id", "name", "policies", "full_aws_access"})
_OF_POLICY: Final = frozenset({"id", "owner", "ask", "control"})
_MAX_LEVELS: Final = 20
"""Amazon takes five below the root; lint says so."""


@dataclass(slots=True)
class _Tree:
    """What was read so far."""

    file: str
    policies: Mapping[str, ScpPolicy]
    targets: list[ScpTarget] = field(default_factory=list)
    paths: dict[str, tuple[ScpTarget, ...]] = field(default_factory=dict)


def read_organization(files: Mapping[str, bytes], *, where: str) -> Organization:
    """Read a folder's files by path below it.

    **raises** BadInput with file and pointer when something is declared wrongly, or a policy is none.
    """
    name = next((each for each in NAMES if each in files), "")
    if not name:
        raise BadInput(f"The folder has no {NAMES[0]}.", where=where)
    file = f"{where}/{name}"
    document = _keys(read_yaml(files[name], where=file), _TOP, f"{file}#", "organization")
    tree = _Tree(file, _policies(files, document, where, file))
    if "root" not in document:
        raise BadInput("The organization has no root.", where=f"{file}#")
    _level(document["root"], "/root", (), tree)
    management = text(document, "management_account")
    _check_account(management, f"{file}#/management_account")
    return Organization(
        id=text(document, "id"),
        management_account=management,
        paths=tree.paths,
        targets=tuple(tree.targets),
        policies=tuple(tree.policies.values()),
        exempt_roles=texts(document, "exempt_roles"),
        owner=text(document, "owner"),
        ask=text(document, "ask"),
    )


def path_to(organization: Organization, account: str) -> tuple[ScpTarget, ...]:
    """Give the way from the root to an account. **raises** BadInput for one outside of the tree."""
    if account not in organization.paths:
        raise BadInput(
            f"The account {brief(account) or 'of this principal'} is not in the organization.",
            where="organization",
            remedy="Declare it, or leave the organization out.",
        )
    return organization.paths[account]


def _policies(
    files: Mapping[str, bytes], document: Mapping[str, object], where: str, file: str
) -> dict[str, ScpPolicy]:
    found = {
        path: read_policy(data, where=f"{where}/{path}")
        for path, data in files.items()
        if path.endswith(".json") and path not in NAMES
    }
    declared = _mapping(document.get("policies"), f"{file}#/policies")
    for path, facts in declared.items():
        place = f"{file}#{join_pointer('/policies', path)}"
        if path not in found:
            raise BadInput(f"There is no file {brief(path)}.", where=place)
        fields = _keys(facts, _OF_POLICY, place, "policy")
        found[path] = replace(
            found[path],
            id=text(fields, "id"),
            owner=text(fields, "owner"),
            ask=text(fields, "ask"),
            control=text(fields, "control"),
        )
    return found


def _level(value: object, pointer: str, above: tuple[ScpTarget, ...], tree: _Tree) -> None:
    place = f"{tree.file}#{pointer}"
    fields = _keys(value, _LEVEL, place, "root or unit")
    if len(above) > _MAX_LEVELS:
        raise BadInput("Units nest deeper than Amazon takes.", where=place)
    kind = TargetKind.UNIT if above else TargetKind.ROOT
    if above and not text(fields, "name"):
        raise BadInput("A unit needs a name.", where=place)
    path = (*above, _target(kind, fields, pointer, tree))
    for key in ("units", "accounts"):
        if not isinstance(fields.get(key, []), list):
            raise BadInput(
                f"A list is expected, not {shape_name(fields[key])}.", where=f"{place}/{key}"
            )
    for index, account in enumerate(items(fields, "accounts")):
        _account(account, f"{pointer}/accounts/{index}", path, tree)
    for index, unit in enumerate(items(fields, "units")):
        _level(unit, f"{pointer}/units/{index}", path, tree)


def _account(value: object, pointer: str, above: tuple[ScpTarget, ...], tree: _Tree) -> None:
    place = f"{tree.file}#{pointer}"
    fields = _keys(value, _OF_ACCOUNT, place, "account")
    number = text(fields, "id")
    _check_account(number, f"{place}/id")
    if number in tree.paths:
        raise BadInput(f"The account {number} is declared twice.", where=place)
    tree.paths[number] = (*above, _target(TargetKind.ACCOUNT, fields, pointer, tree))


def _check_account(number: str, place: str) -> None:
    if not _ACCOUNT.fullmatch(number):
        raise BadInput(
            "An account number has twelve digits.", where=place, remedy="Write it in quotes."
        )


def _target(kind: TargetKind, fields: Mapping[str, object], pointer: str, tree: _Tree) -> ScpTarget:
    names = _attached(fields.get("policies"), f"{tree.file}#{pointer}/policies", tree)
    has_full_access = fields.get("full_aws_access", True)
    if not isinstance(has_full_access, bool):
        raise BadInput(
            "full_aws_access is true or false.", where=f"{tree.file}#{pointer}/full_aws_access"
        )
    policies = [tree.policies[name] for name in names if name != FULL_ACCESS]
    if has_full_access or FULL_ACCESS in names:
        policies.insert(0, FULL_AWS_ACCESS)
    identity = text(fields, "id")
    name = text(fields, "name") or identity or kind.value
    target = ScpTarget(kind, identity, name, tuple(policies))
    tree.targets.append(target)
    return target


def _attached(value: object, place: str, tree: _Tree) -> Sequence[str]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise BadInput(f"A list of files is expected, not {shape_name(value)}.", where=place)
    for index, name in enumerate(value):
        if name != FULL_ACCESS and name not in tree.policies:
            known = ", ".join((*tree.policies, FULL_ACCESS))
            raise BadInput(
                f"There is no policy file {brief(str(name))!r}.",
                where=f"{place}/{index}",
                remedy=f"Known: {brief(known)}.",
            )
    return tuple(dict.fromkeys(str(name) for name in value))


def _keys(value: object, known: frozenset[str], place: str, noun: str) -> Mapping[str, object]:
    fields = need_mapping(value, where=place)
    for key in fields:
        if key not in known:
            raise BadInput(
                f"This {noun} has no key {brief(key)!r}.",
                where=place + join_pointer("", brief(key)),
                remedy=f"Known are: {', '.join(sorted(known))}.",
            )
    return fields


def _mapping(value: object, place: str) -> Mapping[str, object]:
    return need_mapping({} if value is None else value, where=place)
