from collections.abc import Mapping

import pytest
import yaml

from tesuri.controls.load import load_control
from tesuri.controls.property_paths import ResourceSchema
from tesuri.model.control import GateAnswer, Point
from tesuri.model.errors import BadInput
from tesuri.model.objective import PolicyState

GOOD: dict[str, object] = {
    "id": "own-rule",
    "title": {"en": "A title"},
    "statement": "A statement",
    "severity": "high",
    "resource": "AWS::EC2::SecurityGroup",
    "require": "resource.SecurityGroupIngress.all(r, r.FromPort != 22)",
    "message": "'port ' + string(part.FromPort)",
    "points": {"plan": None},
}


def load(changes: dict[str, object], schemas: Mapping[str, ResourceSchema]) -> object:
    document = {key: value for key, value in (GOOD | changes).items() if value is not ...}
    data = yaml.safe_dump(document).encode()
    return load_control(data, where="own.yaml", schemas=schemas).control


def test_a_control_fills_what_it_does_not_declare(schemas: Mapping[str, ResourceSchema]) -> None:
    document = yaml.safe_dump(GOOD | {"strictness": {"ample": "block"}}).encode()
    control = load_control(document, where="own.yaml", schemas=schemas).control

    assert control.strictness[PolicyState.AMPLE] is GateAnswer.BLOCK
    assert control.strictness[PolicyState.LOW] is GateAnswer.WARN
    assert control.points == {Point.PLAN: {}}
    assert not control.is_always_blocking
    assert len(control.version) == 12


def test_a_type_without_a_schema_is_loaded_with_its_paths_unchecked() -> None:
    data = yaml.safe_dump(GOOD | {"resource": "terraform:aws_instance"}).encode()

    assert not load_control(data, where="own.yaml", schemas={}).are_paths_checked


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"severty": "high"}, "own.yaml#/severty: A control has no key 'severty'"),
        ({"message": ...}, "lacks message"),
        ({"severity": "grave"}, "own.yaml#/severity: 'grave' is none of"),
        ({"points": {"deploy": {}}}, "own.yaml#/points#/deploy: 'deploy' is none of"),
        ({"points": {}}, "at least one point"),
        ({"points": {"scp": {"because": "x"}}}, "no key 'because'"),
        ({"strictness": {"ample": "maybe"}}, "'maybe' is none of"),
        ({"must": "warn"}, "only value of must is block"),
        ({"title": {"ja": "x"}}, "English text"),
        ({"title": ["x"]}, "A mapping is expected"),
        ({"id": "Own Rule"}, "is no id"),
        ({"require": "resource.SecurityGroupIngress.all(r,"}, "own.yaml#/require: "),
        ({"require": "resorce.Name == 1"}, "no variable 'resorce'"),
        (
            {"require": "resource.SecurityGroupIngres.size() == 0"},
            "AWS::EC2::SecurityGroup has no property SecurityGroupIngres",
        ),
        (
            {"require": "resource.SecurityGroupIngress.filter(r, true).all(r, r.CidrIP == '')"},
            "no property SecurityGroupIngress[].CidrIP",
        ),
        ({"require": "has(resource.SecurityGroupIngress.CidrIp)"}, "has no property"),
    ],
)
def test_a_wrong_control_says_where(
    changes: dict[str, object], sentence: str, schemas: Mapping[str, ResourceSchema]
) -> None:
    with pytest.raises(BadInput) as caught:
        load(changes, schemas)

    assert sentence in str(caught.value)
