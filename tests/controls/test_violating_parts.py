"""What a violation is known by: the same while it is the same, another one when it is not."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tesuri.controls.compiled import CompiledControl
from tesuri.controls.evaluate import evaluate
from tesuri.controls.violating_parts import written
from tesuri.model.control import VerdictKind
from tesuri.model.resource import UNKNOWN, Resource, Value


@pytest.fixture
def ports(catalogue: dict[str, CompiledControl]) -> CompiledControl:
    return catalogue["aws-ec2-security-group-admin-port-world"]


@pytest.fixture
def privileged(catalogue: dict[str, CompiledControl]) -> CompiledControl:
    return catalogue["kubernetes-pod-privileged"]


def rule(port: int, cidr: Value = "0.0.0.0/0", **more: Value) -> Value:
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIp": cidr, **more}


def group(*rules: Value, sensitive: frozenset[str] = frozenset()) -> Resource:
    properties: dict[str, Value] = {"SecurityGroupIngress": list(rules), "GroupName": "web"}
    return Resource("AWS::EC2::SecurityGroup", "sg", properties, sensitive=sensitive)


def parts(control: CompiledControl, resource: Resource) -> tuple[str, ...]:
    verdict = evaluate(control, resource)
    assert verdict.kind in (VerdictKind.FAIL, VerdictKind.UNKNOWN), verdict
    return verdict.parts


def test_order_and_what_the_control_does_not_read_change_nothing(ports: CompiledControl) -> None:
    here = parts(ports, group(rule(22), rule(443), rule(3389)))
    there = parts(ports, group(rule(3389, Description="new"), rule(443), rule(22)))
    assert here == there
    assert len(here) == 2


def test_one_more_violation_in_the_same_resource_is_one_more_part(ports: CompiledControl) -> None:
    one = parts(ports, group(rule(22)))
    assert set(one) < set(parts(ports, group(rule(22), rule(3389))))
    assert set(one) < set(parts(ports, group(rule(22), rule(22))))


def test_a_violation_that_changed_is_another_one(ports: CompiledControl) -> None:
    one = parts(ports, group(rule(22)))
    every: Value = {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}
    assert one != parts(ports, group(every))


def test_a_part_that_nobody_knows_is_no_part_that_somebody_saw(ports: CompiledControl) -> None:
    known = parts(ports, group(rule(22)))
    unknown = parts(ports, group(rule(22, UNKNOWN)))
    both = parts(ports, group(rule(22), rule(3389, UNKNOWN)))
    assert unknown == ("SecurityGroupIngress[].CidrIp unknown",)
    assert set(both) == {*known, *unknown}


def test_a_new_version_of_the_control_keeps_the_parts(ports: CompiledControl) -> None:
    newer = replace(ports, control=replace(ports.control, version="ffffffffffff"))
    assert parts(ports, group(rule(22))) == parts(newer, group(rule(22)))


def test_a_sensitive_value_is_no_input_of_the_digest(ports: CompiledControl) -> None:
    hidden = frozenset({"/SecurityGroupIngress/0/CidrIp"})
    one = parts(ports, group(rule(22), sensitive=hidden))
    assert one == parts(ports, group(rule(22, "::/0"), sensitive=hidden))
    assert one != parts(ports, group(rule(22)))


def pod(*containers: Value) -> Resource:
    spec: Value = {"containers": list(containers), "initContainers": [], "ephemeralContainers": []}
    return Resource("k8s:v1/Pod", "shop/Pod/web", {"spec": spec})


def container(name: str, image: str = "a:1") -> Value:
    return {"name": name, "image": image, "securityContext": {"privileged": True}}


def test_a_container_is_known_by_its_name_not_by_its_image(privileged: CompiledControl) -> None:
    one = parts(privileged, pod(container("web")))
    assert one == parts(privileged, pod(container("web", "a:2")))
    assert set(one) < set(parts(privileged, pod(container("other"), container("web"))))
    assert "[web]" in one[0]


def test_a_scalar_is_known_by_its_value(catalogue: dict[str, CompiledControl]) -> None:
    control = catalogue["aws-rds-instance-backups"]

    def backups(days: int, name: str = "a") -> Resource:
        properties: dict[str, Value] = {"BackupRetentionPeriod": days, "DBInstanceIdentifier": name}
        return Resource(control.control.resource, "db", properties)

    one = parts(control, backups(0))
    assert one == parts(control, backups(0, "b"))
    assert one != parts(control, backups(1))


def test_a_resource_with_very_many_violations_ends(ports: CompiledControl) -> None:
    many = [rule(22, f"{number}.0.0.0/1") for number in range(300)]
    found = parts(ports, group(*many))
    assert len(found) == 101
    assert found != parts(ports, group(*many[:-1]))


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.text(alphabet='e0123456789.\x7f\n\t"\\/\x00\x1f<>'),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.text(alphabet="e19."), inner),
    max_leaves=12,
)


@settings(deadline=None)
@given(_JSON)
def test_the_letters_that_digests_are_made_of_stay_those_of_waivers_written_before(
    value: object,
) -> None:
    assert written(value) == json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
