"""Recorded calls against proposed policies: denied, undecided, out of reach, already refused."""

import json
from collections.abc import Mapping

import pytest

from tests.controls.scp.documents import policy, statement
from tests.subjects.calls import ACCOUNT, USER, record
from tesuri.controls.scp.organization import read_organization
from tesuri.controls.scp.policy import read_policy
from tesuri.flows.organization.replay_calls import Replay, need_policies, replay_file, replay_totals
from tesuri.model.errors import BadInput
from tesuri.model.scp import Organization, ScpDecision

TREE = f"""
id: o-1
management_account: "999999999999"
root:
  units:
    - name: Shop
      accounts: [{{id: "{ACCOUNT}", name: shop}}]
  accounts: [{{id: "999999999999"}}]
"""


def organization() -> Organization:
    return read_organization({"organization.yaml": TREE.encode()}, where="org")


def replayed(
    statement_fields: Mapping[str, object],
    *records: object,
    tree: Organization | None = None,
    at: str = "",
) -> Replay:
    found = Replay()
    replay_file(
        json.dumps({"Records": records}).encode(),
        found,
        where="log.json",
        policies=[read_policy(policy(statement(**statement_fields)), where="p.json")],
        organization=tree,
        at=at,
    )
    return found


STOP = {"Action": "cloudtrail:StopLogging"}


def test_a_call_that_a_statement_covers_would_have_been_denied() -> None:
    found = replayed(STOP, record(), record(), record(eventName="DescribeTrails"))
    assert found.counts == {ScpDecision.DENY: 2, ScpDecision.NOT_DENIED: 1}
    ((row, count),) = found.rows.items()
    assert (count, row.action, row.policy, row.statement_index) == (
        2,
        "cloudtrail:StopLogging",
        "p.json",
        0,
    )
    assert row.principal.endswith(":role/team/Developer")
    assert found.examples[row] == ("2026-11-01T10:00:00Z", "e-1")
    assert found.newly_denied == 2


def test_a_key_that_the_record_does_not_show_leaves_the_call_undecided() -> None:
    tagged = {**STOP, "Condition": {"StringNotEquals": {"aws:PrincipalTag/team": "network"}}}
    found = replayed(tagged, record())
    assert found.counts == {ScpDecision.UNKNOWN: 1}
    assert found.unknown_keys == {"aws:PrincipalTag/team": 1}
    assert next(iter(found.rows)).why == "StringNotEquals aws:PrincipalTag/team"


def test_an_unknown_resource_leaves_the_call_undecided() -> None:
    narrow = {"Action": "iam:DeleteRole", "Resource": "arn:aws:iam::*:role/keep"}
    found = replayed(narrow, record(eventSource="iam.amazonaws.com", eventName="DeleteRole"))
    assert found.counts == {ScpDecision.UNKNOWN: 1}
    assert found.unknown_keys == {"the resource": 1}


def test_a_condition_that_is_surely_false_decides_in_spite_of_what_is_unknown() -> None:
    conditions = {
        "StringNotEquals": {"aws:PrincipalTag/team": "network"},
        "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/*"},
    }
    found = replayed({**STOP, "Condition": conditions}, record())
    assert found.counts == {ScpDecision.NOT_DENIED: 1}


def test_one_of_several_resources_is_enough() -> None:
    types = {"StringNotLike": {"ec2:InstanceType": "t3.*"}}
    small = {
        "Action": "ec2:RunInstances",
        "Resource": "arn:aws:ec2:*:*:instance/*",
        "Condition": types,
    }
    launch = {"eventSource": "ec2.amazonaws.com", "eventName": "RunInstances"}
    big = record(**launch, requestParameters={"instanceType": "m5.large"})
    little = record(**launch, requestParameters={"instanceType": "t3.micro"})
    unseen = record(**launch, requestParameters={})
    assert replayed(small, big).counts == {ScpDecision.DENY: 1}
    assert replayed(small, little).counts == {ScpDecision.NOT_DENIED: 1}
    assert replayed(small, unseen).counts == {ScpDecision.UNKNOWN: 1}


def test_a_call_that_was_refused_anyway_is_not_newly_denied() -> None:
    found = replayed(STOP, record(errorCode="AccessDenied"))
    assert found.counts == {ScpDecision.DENY: 1}
    assert found.newly_denied == 0


def test_what_no_policy_governs_is_counted_with_its_reason() -> None:
    service = {"type": "AWSService", "invokedBy": "rds.amazonaws.com"}
    found = replayed(
        STOP, record(userIdentity=service), record(eventType="AwsConsoleSignIn"), {"a": 1}
    )
    assert found.counts == {}
    assert found.out_of_reach == {
        "an Amazon service made the call itself": 1,
        "a sign-in": 1,
    }
    assert found.unread == [("log.json#/Records/2", "it has no eventSource and eventName")]


def test_the_organization_leaves_the_management_account_and_strangers_out() -> None:
    management = {**USER, "accountId": "999999999999"}
    stranger = {**USER, "accountId": "123123123123"}
    found = replayed(
        STOP,
        record(),
        record(userIdentity=management),
        record(userIdentity=stranger),
        tree=organization(),
    )
    assert found.counts == {ScpDecision.DENY: 1}
    assert found.out_of_reach == {
        "the management account is never restricted": 1,
        "the account is not in the organization": 1,
    }


@pytest.mark.parametrize(("at", "is_denied"), [("Shop", True), (ACCOUNT, True), ("Other", False)])
def test_a_proposal_for_one_unit_reaches_the_accounts_below_it(at: str, *, is_denied: bool) -> None:
    found = replayed(STOP, record(), tree=organization(), at=at)
    assert found.counts[ScpDecision.DENY] == int(is_denied)


def test_totals_are_by_principal_action_and_account() -> None:
    found = replayed(STOP, record(), record(userIdentity=dict(USER)))
    assert replay_totals(found, "account") == {ACCOUNT: {ScpDecision.DENY: 2}}
    assert replay_totals(found, "action") == {"cloudtrail:StopLogging": {ScpDecision.DENY: 2}}
    assert list(replay_totals(found, "principal")) == [
        f"arn:aws:iam::{ACCOUNT}:role/team/Developer",
        f"arn:aws:iam::{ACCOUNT}:user/ops/bob",
    ]


def test_asking_nothing_is_refused() -> None:
    with pytest.raises(BadInput, match="no policy to ask"):
        need_policies([], None)
