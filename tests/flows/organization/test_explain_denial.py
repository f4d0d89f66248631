"""Denials explained: from records, texts and decoded messages, as surely as these tell."""

import json
from collections.abc import Sequence

import pytest

from tests.controls.scp.documents import policy, statement
from tests.subjects.calls import ACCOUNT, TRAIL, record
from tesuri.controls.scp.organization import read_organization
from tesuri.flows.organization.explain_denial import Certainty, DenialExplanation, explain_denial
from tesuri.model.control import Control, Point
from tesuri.model.errors import BadInput
from tesuri.model.identifiers import ControlId
from tesuri.model.severity import Severity

LEFT_OUT = {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/OrgAdmin"}}
TAGGED = {"StringNotEquals": {"aws:PrincipalTag/team": "network"}}
STOP = statement(
    Action="cloudtrail:StopLogging", Resource=TRAIL, Sid="AwsTrailKept", Condition=LEFT_OUT
)
WHO = f"User: arn:aws:sts::{ACCOUNT}:assumed-role/Developer/alice is not authorized to perform: "
BY_SCP = "with an explicit deny in a service control policy"
TREE = f"""
id: o-1
management_account: "999999999999"
owner: platform
ask: Write to the platform team.
policies: {{a.json: {{id: p-aaaa, owner: audit, ask: Ask audit.}}, b.json: {{id: p-bbbb}}}}
root:
  policies: [a.json, b.json]
  accounts: [{{id: "{ACCOUNT}", name: shop}}]
"""


def explained(
    given: object,
    a: object = STOP,
    b: object = None,
    *,
    tree: str = TREE,
    controls: Sequence[Control] = (),
) -> DenialExplanation:
    other = b or statement(Action="s3:DeleteBucket", Condition=LEFT_OUT)
    assert isinstance(a, dict)
    assert isinstance(other, dict)
    files = {"organization.yaml": tree.encode(), "a.json": policy(a), "b.json": policy(other)}
    return explain_denial(
        given.encode() if isinstance(given, str) else json.dumps(given).encode(),
        where="denial",
        policies=[],
        organization=read_organization(files, where="org"),
        controls=controls,
    )


def control(name: str) -> Control:
    return Control(
        id=ControlId(name),
        version="1",
        title={"en": "The trail is kept"},
        statement={"en": "x"},
        severity=Severity.HIGH,
        resource="X",
        require="true",
        message="''",
        points={Point.SCP: {}},
        answerable="security",
    )


def test_a_record_names_the_statement_for_certain_with_owner_and_way_to_ask() -> None:
    found = explained(record(errorCode="AccessDenied", errorMessage=f"{WHO}cloudtrail:StopLogging"))
    assert found.certainty is Certainty.CERTAIN
    first = found.statements[0]
    assert (first.policy.name, first.statement.sid) == ("org/a.json", "AwsTrailKept")
    assert first.conditions[0].actual == (f"arn:aws:iam::{ACCOUNT}:role/team/Developer",)
    assert (found.owner, found.ask) == ("audit", "Ask audit.")


def test_what_a_policy_does_not_declare_comes_from_the_control_and_the_organization() -> None:
    plain = TREE.replace("a.json: {id: p-aaaa, owner: audit, ask: Ask audit.}, ", "")
    found = explained(record(), tree=plain, controls=[control("aws-trail-kept")])
    assert found.control is not None
    assert (found.owner, found.ask) == ("security", "Write to the platform team.")
    assert explained(record(), tree=plain).owner == "platform"


def test_a_policy_may_name_the_control_behind_it() -> None:
    named = TREE.replace("owner: audit", "owner: audit, control: own-trail")
    found = explained(record(), tree=named, controls=[control("own-trail")])
    assert found.control is not None
    assert (found.control.id, found.owner) == ("own-trail", "audit")


def test_a_text_names_the_statement_where_it_shows_enough() -> None:
    found = explained(f"{WHO}cloudtrail:stoplogging on resource: {TRAIL} {BY_SCP}")
    assert (found.certainty, found.statements[0].statement.sid) == (
        Certainty.CERTAIN,
        "AwsTrailKept",
    )


def test_the_only_statement_that_can_have_denied_is_likely() -> None:
    hidden = {**STOP, "Condition": TAGGED}
    text = f"{WHO}cloudtrail:StopLogging {BY_SCP}"
    found = explained(text, hidden)
    assert (found.certainty, found.reason) == (
        Certainty.LIKELY,
        "no other statement can have denied it",
    )
    assert explained(f"{WHO}cloudtrail:StopLogging", hidden).certainty is Certainty.POSSIBLE


def test_several_statements_that_can_have_denied_are_possible() -> None:
    hidden = {**STOP, "Condition": TAGGED}
    found = explained(f"{WHO}cloudtrail:StopLogging {BY_SCP}", hidden, hidden)
    assert (found.certainty, len(found.statements)) == (Certainty.POSSIBLE, 2)


def test_the_policy_that_the_text_names_decides_between_them() -> None:
    hidden = {**STOP, "Condition": TAGGED}
    arn = "arn:aws:organizations::999999999999:policy/o-1/service_control_policy"
    found = explained(f"{WHO}cloudtrail:StopLogging {BY_SCP}: {arn}/p-bbbb", hidden, hidden)
    assert (found.certainty, found.statements[0].policy.name) == (Certainty.LIKELY, "org/b.json")
    other = explained(f"{WHO}cloudtrail:StopLogging {BY_SCP}: {arn}/p-cccc", hidden, hidden)
    assert (other.certainty, other.policy_id) == (Certainty.NONE, "p-cccc")
    assert other.reason == "the message blames a service control policy that was not given here"


def test_a_level_that_does_not_allow_it_is_named() -> None:
    listed = TREE.replace("root:", "root:\n  full_aws_access: false")
    found = explained(
        f"{WHO}iam:CreateUser because no service control policy allows the iam:CreateUser action",
        statement(Effect="Allow", Action="s3:*"),
        tree=listed,
    )
    assert (found.certainty, found.reason) == (
        Certainty.CERTAIN,
        "no policy of the root allows iam:CreateUser",
    )
    assert found.owner == "platform"


NOTHING_ALLOWS = "because no service control policy allows the cloudtrail:StopLogging action"


def test_a_text_that_says_nothing_allows_it_is_not_explained_by_a_statement_that_denies_it() -> (
    None
):
    denying = {**STOP, "Condition": {}, "Resource": "*"}
    found = explained(f"{WHO}cloudtrail:StopLogging {NOTHING_ALLOWS}", denying)
    assert (found.certainty, found.statements) == (Certainty.NONE, ())
    assert "so other policies were in force" in found.reason


def test_a_text_that_says_a_statement_denies_it_is_not_explained_by_a_level_that_allows_too_little() -> (
    None
):
    listed = TREE.replace("root:", "root:\n  full_aws_access: false")
    allowed = statement(Effect="Allow", Action="s3:*")
    found = explained(f"{WHO}cloudtrail:StopLogging {BY_SCP}", allowed, tree=listed)
    assert found.certainty is Certainty.NONE
    assert found.reason == "the message blames a service control policy that was not given here"


def test_another_kind_of_policy_is_not_ours_to_explain() -> None:
    found = explained(f"{WHO}s3:GetObject with an explicit deny in an identity-based policy")
    assert (found.certainty, found.reason) == (
        Certainty.NONE,
        "the message blames another kind of policy: identity-based policy",
    )


def test_a_text_that_tells_nothing_asks_for_the_record() -> None:
    found = explained("Access Denied")
    assert found.certainty is Certainty.NONE
    assert found.remedy.startswith("Give the CloudTrail record")


def test_an_encoded_message_says_how_it_is_decoded() -> None:
    text = "You are not authorized. Encoded authorization failure message: " + "x" * 100
    found = explained(text)
    assert "aws sts decode-authorization-message" in found.remedy
    hidden = {**STOP, "Condition": TAGGED}
    unsure = explained(record(errorCode="Client.UnauthorizedOperation", errorMessage=text), hidden)
    assert unsure.certainty is Certainty.POSSIBLE
    assert "aws sts decode-authorization-message" in unsure.remedy


def test_a_decoded_message_is_explained_with_its_keys() -> None:
    big = statement(
        Action="ec2:RunInstances",
        Resource="arn:aws:ec2:*:*:instance/*",
        Condition={"StringNotLike": {"ec2:InstanceType": "t3.*"}},
    )
    decoded = {
        "allowed": False,
        "explicitDeny": True,
        "context": {
            "principal": {"arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/Developer/alice"},
            "action": "ec2:RunInstances",
            "resource": f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/*",
            "conditions": {
                "items": [{"key": "ec2:InstanceType", "values": {"items": [{"value": "m5.large"}]}}]
            },
        },
    }
    assert explained(decoded, big).certainty is Certainty.CERTAIN
    wrapped = {"DecodedMessage": json.dumps(decoded)}
    assert explained(wrapped, big).certainty is Certainty.CERTAIN


def test_a_request_that_nothing_denies_says_what_kept_it() -> None:
    found = explained(record(requestParameters={"name": "team-trail"}))
    assert (found.certainty, found.reason) == (
        Certainty.NONE,
        "the resource is outside the statements that list the action",
    )


def test_without_policies_it_says_what_is_missing() -> None:
    found = explain_denial(
        json.dumps(record()).encode(), where="denial", policies=[], organization=None
    )
    assert found.reason == "no policy was given to look for it in"


def test_several_denials_at_once_are_refused() -> None:
    refused = record(errorCode="AccessDenied")
    with pytest.raises(BadInput, match="holds 2 calls"):
        explained({"Records": [refused, refused]})
    assert explained({"Records": [record(), refused]}).certainty is Certainty.CERTAIN
