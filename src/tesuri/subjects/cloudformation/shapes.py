"""Template values in the kinds of the published shape, and types that are another spelling of a canonical one."""

from collections.abc import Callable, Mapping
from typing import Final

from tesuri.model.resource import Unknown, misshapen
from tesuri.model.resource_shape import Shape
from tesuri.subjects.aws.leaves import LEAVES, as_user_data
from tesuri.subjects.aws.security_group import normal_rule
from tesuri.subjects.planned import Planned
from tesuri.untrusted.shape import shape_name

_Properties = dict[str, Planned]

_SEARCH: Final = {
    "ElasticsearchClusterConfig": "ClusterConfig",
    "ElasticsearchVersion": "EngineVersion",
}
_RENAMED: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "AWS::Elasticsearch::Domain": ("AWS::OpenSearchService::Domain", _SEARCH),
    "AWS::IAM::RolePolicy": ("AWS::IAM::Policy", {"RoleName": "Roles"}),
    "AWS::IAM::UserPolicy": ("AWS::IAM::Policy", {"UserName": "Users"}),
    "AWS::IAM::GroupPolicy": ("AWS::IAM::Policy", {"GroupName": "Groups"}),
    "AWS::SNS::TopicInlinePolicy": ("AWS::SNS::TopicPolicy", {"TopicArn": "Topics"}),
    "AWS::SQS::QueueInlinePolicy": ("AWS::SQS::QueuePolicy", {"Queue": "Queues"}),
}
"""Type → the canonical one and its names for the properties."""


def canonical(kind: str, properties: _Properties) -> tuple[str, _Properties]:
    """Give the canonical type and property names of a published type."""
    if kind in _RENAMED:
        kind, names = _RENAMED[kind]
        properties = {names.get(name, name): value for name, value in properties.items()}
    adjust = _ADJUSTED.get(kind)
    return kind, adjust(properties) if adjust else properties


def canonical_name(kind: str, name: str) -> str:
    """Give the canonical name of one property of a published type."""
    return _RENAMED[kind][1].get(name, name) if kind in _RENAMED else name


def shaped(properties: _Properties, shape: Mapping[str, Shape]) -> _Properties:
    """Give properties whose leaves are of the kinds that the shape says."""
    found: _Properties = {}
    for written, value in properties.items():
        name = written if written in shape else _spelled(written, shape)
        part = shape.get(name)
        held = value if part is None else _fit(value, part)
        if held is not None:
            found[name] = held
    return found


def _spelled(written: str, shape: Mapping[str, Shape]) -> str:
    """Give the published spelling of a name: people write KmsKeyId where it is KMSKeyId."""
    wanted = written.lower()
    return next((name for name in shape if name.lower() == wanted), written)


def _fit(value: Planned, shape: Shape) -> Planned:
    if value is None or (isinstance(value, Unknown) and shape != "policy"):
        return value
    if isinstance(shape, dict):
        if isinstance(value, dict):
            return shaped(value, shape)
        return misshapen(shape_name(value), "a mapping")
    if isinstance(shape, list):
        if isinstance(shape[0], str):
            return LEAVES[shape[0], True](value)
        # NOTE: CloudFormation takes one object for a list of one.
        parts = value if isinstance(value, list) else [value]
        return [_fit(part, shape[0]) for part in parts]
    return value if shape == "map" else LEAVES[shape, False](value)


def _security_group(properties: _Properties) -> _Properties:
    found = dict(properties)
    for side in ("SecurityGroupIngress", "SecurityGroupEgress"):
        rules = found.get(side)
        if rules is not None and not isinstance(rules, Unknown):
            parts = rules if isinstance(rules, list) else [rules]
            found[side] = [normal_rule(part) for part in parts]
    return found


def _with_user_data(properties: _Properties) -> _Properties:
    """Read user data that is written encoded; Fn::Base64 gave its text already."""
    data = properties.get("UserData")
    inner = properties.get("LaunchTemplateData")
    if isinstance(inner, dict):
        return {**properties, "LaunchTemplateData": _with_user_data(inner)}
    return {**properties, "UserData": as_user_data(data)} if isinstance(data, str) else properties


def _rule(properties: _Properties) -> _Properties:
    found = normal_rule(properties)
    assert isinstance(found, dict)
    return found


_ADJUSTED: Final[Mapping[str, Callable[[_Properties], _Properties]]] = {
    "AWS::AutoScaling::LaunchConfiguration": _with_user_data,
    "AWS::EC2::Instance": _with_user_data,
    "AWS::EC2::LaunchTemplate": _with_user_data,
    "AWS::EC2::SecurityGroup": _security_group,
    "AWS::EC2::SecurityGroupIngress": _rule,
    "AWS::EC2::SecurityGroupEgress": _rule,
}
