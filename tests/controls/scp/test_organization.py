"""The tree of an organization, and what lint says of it."""

import pytest

from tests.controls.scp.documents import policy, statement
from tesuri.controls.scp.lint_organization import lint_organization
from tesuri.controls.scp.organization import path_to, read_organization
from tesuri.model.errors import BadInput
from tesuri.model.scp import Organization

DENY = policy(statement())
TOP = "org/organization.yaml#/root"
TREE = """
id: o-exampleorg1
management_account: "444455556666"
owner: platform
policies:
  policies/base.json: {id: p-1, owner: network, ask: Write to network@example.com}
root:
  policies: [policies/base.json]
  accounts:
    - {id: "444455556666", name: payer}
  units:
    - name: Workloads
      id: ou-1
      units:
        - name: Shop
          policies: [FullAWSAccess]
          accounts: [{id: "111122223333", name: shop}]
"""


def read(text: str = TREE, **files: bytes) -> Organization:
    whole = {
        "organization.yaml": text.encode(),
        "policies/base.json": DENY,
        **{f"policies/{name}.json": data for name, data in files.items()},
    }
    return read_organization(whole, where="org")


def test_an_account_is_reached_from_the_root_through_its_units() -> None:
    organization = read()
    path = path_to(organization, "111122223333")
    assert [(each.kind.value, each.name) for each in path] == [
        ("root", "root"),
        ("unit", "Workloads"),
        ("unit", "Shop"),
        ("account", "shop"),
    ]
    assert [[each.name for each in target.policies] for target in path] == [
        ["FullAWSAccess", "org/policies/base.json"],
        ["FullAWSAccess"],
        ["FullAWSAccess"],
        ["FullAWSAccess"],
    ]
    base = path[0].policies[1]
    assert (base.id, base.owner, base.ask) == ("p-1", "network", "Write to network@example.com")


def test_full_access_is_attached_unless_a_level_says_no() -> None:
    organization = read(TREE.replace("id: ou-1", "id: ou-1\n      full_aws_access: false"))
    assert path_to(organization, "111122223333")[1].policies == ()


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('"444455556666"\n', "12\n", "org/organization.yaml#/management_account: An account"),
        ("root:", "roots:", "org/organization.yaml#/roots: This organization has no key 'roots'."),
        ("name: Shop", "nam: Shop", f"{TOP}/units/0/units/0/nam: This root"),
        (
            "[policies/base.json]",
            "[policies/other.json]",
            f"{TOP}/policies/0: There is no policy file 'policies/other.json'",
        ),
        (
            "policies/base.json: {",
            "policies/gone.json: {",
            "org/organization.yaml#/policies/policies~1gone.json: There is no file",
        ),
        (
            'id: "111122223333"',
            'id: "444455556666"',
            f"{TOP}/units/0/units/0/accounts/0: The account 444455556666 is declared twice.",
        ),
        (
            "[FullAWSAccess]",
            "FullAWSAccess",
            f"{TOP}/units/0/units/0/policies",
        ),
    ],
)
def test_a_tree_that_is_declared_wrongly_is_refused_with_its_place(
    old: str, new: str, sentence: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        read(TREE.replace(old, new))
    assert str(refusal.value).startswith(sentence)


def test_a_folder_without_a_tree_is_refused() -> None:
    with pytest.raises(BadInput, match=r"no organization\.yaml"):
        read_organization({"p.json": DENY}, where="org")


def test_an_account_outside_of_the_tree_is_refused() -> None:
    with pytest.raises(BadInput, match="999999999999 is not in the organization"):
        path_to(read(), "999999999999")


def rules(organization: Organization) -> list[tuple[str, str]]:
    return [(each.level.value, each.rule) for each in lint_organization(organization, where="org")]


def test_a_tree_in_order_gets_no_remark() -> None:
    assert rules(read()) == []


def test_a_level_that_allows_nothing_is_an_error_and_an_allow_list_a_warning() -> None:
    without = TREE.replace("id: ou-1", "id: ou-1\n      full_aws_access: false")
    assert rules(read(without)) == [("error", "nothing-allowed")]
    listed = without.replace("id: ou-1", "id: ou-1\n      policies: [policies/some.json]")
    allow = policy(statement(Effect="Allow", Action="s3:*"))
    assert rules(read(listed, some=allow)) == [("warning", "allow-list")]


@pytest.mark.parametrize(
    ("count", "found"), [(4, []), (5, [("warning", "count")]), (10, [("error", "count")])]
)
def test_policies_of_a_level_are_counted_with_full_access(
    count: int, found: list[tuple[str, str]]
) -> None:
    names = [f"policies/{number}.json" for number in range(count)]
    text = TREE.replace("[FullAWSAccess]", f"[{', '.join(names)}]")
    assert rules(read(text, **{str(number): DENY for number in range(count)})) == found


def test_a_policy_that_is_attached_nowhere_is_named() -> None:
    organization = read(idle=DENY)
    found = lint_organization(organization, where="org")
    assert [(each.rule, each.file) for each in found] == [("unattached", "org/policies/idle.json")]


def test_a_policy_on_the_management_account_has_no_effect() -> None:
    text = TREE.replace("name: payer}", "name: payer, policies: [policies/base.json]}")
    assert rules(read(text)) == [("warning", "management-account")]


def test_units_nest_five_deep_at_most() -> None:
    deepest = "units: [{name: a, " * 6 + 'accounts: [{id: "111122223333"}]' + "}]" * 6
    text = (
        f'management_account: "444455556666"\nroot: {{policies: [policies/base.json], {deepest}}}'
    )
    assert rules(read(text)) == [("error", "depth")]
