"""Files and trees linted together: one bad file hides no other."""

from tests.controls.scp.documents import policy, statement
from tesuri.flows.organization.lint_policies import lint_organization_files, lint_policies
from tesuri.model.scp import LintLevel

TREE = b'management_account: "999999999999"\nroot: {policies: [a.json]}\n'
GOOD = policy(statement(Condition={"StringEquals": {"aws:PrincipalAccount": "111122223333"}}))
BAD = policy(statement(Effect="Maybe"))


def test_a_file_that_is_no_policy_hides_no_other() -> None:
    report = lint_policies({"a.json": b"[]", "b.json": BAD, "c.json": GOOD})
    assert report.policies == 3
    assert report.refused == ("a.json#: A policy is an object, not a list.",)
    assert [(each.file, each.rule) for each in report.remarks] == [("b.json", "effect")]
    assert (report.count(LintLevel.ERROR), report.count(LintLevel.WARNING)) == (1, 0)


def test_a_tree_is_linted_with_its_policies() -> None:
    files = {"organization.yaml": TREE, "a.json": GOOD, "idle.json": GOOD}
    report = lint_organization_files(files, where="org")
    assert report.refused == ()
    assert [(each.file, each.rule) for each in report.remarks] == [("org/idle.json", "unattached")]


def test_remarks_stay_where_the_tree_cannot_be_read() -> None:
    report = lint_organization_files({"organization.yaml": TREE, "a.json": BAD}, where="org")
    assert [each.rule for each in report.remarks] == ["effect"]
    assert report.refused == (
        "org/a.json#/Statement/0/Effect: 'Maybe' is no Effect. It is Allow or Deny.",
    )
