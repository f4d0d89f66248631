"""Controls to policies: minimal, packed, and leading back to the control."""

from collections.abc import Mapping

import pytest

from tesuri.controls.load import load_control
from tesuri.controls.scp.case import scp_verdict
from tesuri.controls.scp.generate import generate_policies, sid_of
from tesuri.controls.scp.lint import lint_policy
from tesuri.model.control import Control, Point, VerdictKind
from tesuri.model.errors import BadInput
from tesuri.model.identifiers import ControlId
from tesuri.model.severity import Severity

FLOW_LOGS = {"deny": {"Action": "ec2:DeleteFlowLogs"}}


def control(name: str, scp: Mapping[str, object] | None) -> Control:
    points: dict[Point, Mapping[str, object]] = {Point.LIVE: {}}
    if scp is not None:
        points[Point.SCP] = scp
    return Control(
        id=ControlId(name),
        version="1",
        title={"en": name},
        statement={"en": name},
        severity=Severity.HIGH,
        resource="AWS::EC2::FlowLog",
        require="true",
        message="''",
        points=points,
    )


def test_each_control_becomes_one_statement_with_a_sid_of_its_own() -> None:
    found = generate_policies([control("aws-b", FLOW_LOGS), control("aws-a-1", FLOW_LOGS)])
    assert [each.document for each in found.policies] == [
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "AwsA1",
                    "Effect": "Deny",
                    "Action": "ec2:DeleteFlowLogs",
                    "Resource": "*",
                },
                {
                    "Sid": "AwsB",
                    "Effect": "Deny",
                    "Action": "ec2:DeleteFlowLogs",
                    "Resource": "*",
                },
            ],
        }
    ]
    assert sid_of(ControlId("aws-a-1")) == "AwsA1"


def test_what_no_policy_can_enforce_is_listed_with_its_reason() -> None:
    found = generate_policies(
        [control("aws-a", {"not": "an SCP cannot see the CIDR"}), control("aws-b", None)]
    )
    assert found.policies == ()
    assert found.impossible == ((ControlId("aws-a"), "an SCP cannot see the CIDR"),)
    assert found.undeclared == (ControlId("aws-b"),)


def test_roles_to_leave_out_join_those_of_the_control() -> None:
    role, other = "arn:aws:iam::*:role/OrgAdmin", "arn:aws:iam::*:role/Break"
    own = {**FLOW_LOGS, "unless": [role]}
    compared = {
        "deny": {
            "Action": "ec2:DeleteFlowLogs",
            "Condition": {"ArnNotLike": {"aws:principalarn": role}, "Bool": {"a:k": "true"}},
        }
    }
    for scp, conditions in (
        (own, {"ArnNotLike": {"aws:PrincipalArn": [role, other]}}),
        (
            compared,
            {"ArnNotLike": {"aws:PrincipalArn": [role, other]}, "Bool": {"a:k": "true"}},
        ),
        (FLOW_LOGS, {"ArnNotLike": {"aws:PrincipalArn": other}}),
    ):
        found = generate_policies([control("aws-a", scp)], exempt_roles=[other])
        statement = found.policies[0].document["Statement"]
        assert isinstance(statement, list)
        assert statement[0]["Condition"] == conditions


def test_policies_are_as_few_as_fit_and_none_is_too_long() -> None:
    controls = [control(f"aws-control-{number:03}", FLOW_LOGS) for number in range(100)]
    one = generate_policies(controls, max_characters=10_240)
    several = generate_policies(controls, max_characters=1_000)
    assert len(one.policies) == 1
    assert all(len(each.text) <= 1_000 for each in several.policies)
    assert sum(len(each.controls) for each in several.policies) == 100
    # A statement of these has 89 characters and a comma; 38 frame them.
    assert len(several.policies) == 10


def test_a_generated_policy_has_no_error() -> None:
    found = generate_policies(
        [control("aws-a", FLOW_LOGS)], exempt_roles=["arn:aws:iam::*:role/OrgAdmin"]
    )
    assert lint_policy(found.policies[0].text.encode(), where="p") == ()


def test_a_statement_that_fits_nowhere_is_refused() -> None:
    with pytest.raises(BadInput, match="aws-a#/points/scp: The statement has"):
        generate_policies([control("aws-a", FLOW_LOGS)], max_characters=100)


@pytest.mark.parametrize(
    ("scp", "sentence"),
    [
        ("{deny: {Action: ec2:X}, except: []}", "/points/scp/except: The scp point has no key"),
        ("{}", "/points/scp: The scp point says neither deny nor not."),
        ("{deny: [ec2:X]}", "/points/scp/deny: A mapping is expected, not a list."),
        ("{deny: {Effect: Allow}}", "/points/scp/deny/Effect: deny has no element 'Effect'."),
        ("{deny: {Resource: '*'}}", "neither Action nor NotAction"),
        ("{deny: {Action: [1]}}", "A text is expected, not a number."),
        ("{deny: {Action: 'ec2:X'}, unless: [1]}", "/points/scp/unless"),
    ],
)
def test_a_control_that_declares_its_point_wrongly_is_refused_when_it_is_loaded(
    scp: str, sentence: str
) -> None:
    text = (
        "{id: aws-a, title: a, statement: a, severity: high, resource: 'X', require: 'true', "
        f"message: \"''\", points: {{scp: {scp}}}}}"
    )
    with pytest.raises(BadInput) as refusal:
        load_control(text.encode(), where="aws-a.yaml", schemas={})
    assert sentence in str(refusal.value)


def test_a_case_of_a_control_is_a_request_that_its_policy_denies_or_not() -> None:
    request = {
        "principal_arn": "arn:aws:iam::111122223333:role/Developer",
        "action": "ec2:DeleteFlowLogs",
    }
    trail = control("aws-a", FLOW_LOGS)
    assert scp_verdict(trail, request) is VerdictKind.FAIL
    assert scp_verdict(trail, {**request, "action": "ec2:CreateFlowLogs"}) is VerdictKind.PASS
    assert scp_verdict(control("aws-b", None), request) is VerdictKind.NOT_APPLICABLE
