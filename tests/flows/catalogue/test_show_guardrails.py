"""The matrix: counts at a state, what stops first, filters and facets, shares of assets, waivers; and one control."""

from dataclasses import replace

import pytest

from tesuri.controls.load import load_control
from tesuri.flows.catalogue.control_area import area_of
from tesuri.flows.catalogue.control_coverage import control_coverage
from tesuri.model.control import Control, Point
from tesuri.model.identifiers import ControlId
from tesuri.model.objective import PolicyState
from tesuri.model.views_guardrails import Area, Effect, Strength

CONTROL = """\
id: own-group
title: A group
statement: What goes wrong.
severity: high
resource: AWS::EC2::SecurityGroup
require: "true"
message: "'x'"
points: {plan: {}, live: {}, scp: {not: nobody can}}
strictness: {low: block}
"""


def control(text: str = CONTROL) -> Control:
    return load_control(text.encode(), where="own.yaml", schemas={}).control


@pytest.mark.parametrize(
    ("state", "effect", "strength"),
    [
        (PolicyState.AMPLE, Effect.WARNS, Strength.WARNS),
        (PolicyState.LOW, Effect.BLOCKS, Strength.STOPS),
    ],
)
def test_a_cell_says_what_the_state_makes_of_a_failure(
    state: PolicyState, effect: Effect, strength: Strength
) -> None:
    (row,) = control_coverage([control()], state)

    assert row.cells[Point.PLAN].effect is effect
    assert row.cells[Point.PLAN].is_stricter is (state is not PolicyState.AMPLE)
    assert row.cells[Point.LIVE].effect is Effect.OBSERVES
    assert row.cells[Point.SCP].reason == "nobody can"
    assert (row.strength, row.acting) == (strength, (Point.COMMIT, Point.PLAN, Point.LIVE))


def test_what_is_only_seen_afterwards_only_watches() -> None:
    watching = control(CONTROL.replace("plan: {}, ", ""))
    (row,) = control_coverage([watching], PolicyState.BREACHED)

    assert row.strength is Strength.WATCHES


@pytest.mark.parametrize(
    ("identity", "resource", "area"),
    [
        ("aws-ec2-x", "AWS::EC2::SecurityGroup", Area.NETWORK),
        ("aws-ec2-x", "AWS::EC2::Volume", Area.DATA),
        ("aws-ec2-x", "AWS::EC2::Instance", Area.WORKLOAD),
        ("aws-iam-x", "AWS::IAM::Role", Area.IDENTITY),
        ("aws-iam-event-x", "AWS::CloudTrail::Event", Area.IDENTITY),
        ("aws-cloudtrail-x", "AWS::CloudTrail::Trail", Area.DETECTION),
        ("kubernetes-x", "k8s:rbac.authorization.k8s.io/v1/Role", Area.IDENTITY),
        ("kubernetes-x", "k8s:networking.k8s.io/v1/Ingress", Area.NETWORK),
        ("kubernetes-x", "k8s:v1/Pod", Area.WORKLOAD),
        ("own-x", "terraform:okta_user", Area.WORKLOAD),
        ("own-x", "AWS::New::Thing", Area.OTHER),
    ],
)
def test_a_control_stands_under_what_it_is_about(identity: str, resource: str, area: Area) -> None:
    assert area_of(replace(control(), id=ControlId(identity), resource=resource)) is area
