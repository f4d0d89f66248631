"""Serverless resources as the CloudFormation resources that they stand for, where that is simple.

Globals are united with the resource as SAM does it: mappings by key, lists one after the other, else the resource wins.

**source** https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification.html
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from tesuri.subjects.cloudformation.document import Declared
from tesuri.untrusted.shape import at, mapping, text

_PREFIX: Final = "AWS::Serverless::"
_Made = tuple[tuple[str, Mapping[str, str]], ...]

_API: Final = {
    "Name": "Name",
    "EndpointConfiguration": "EndpointConfiguration",
    "MinimumCompressionSize": "MinimumCompressionSize",
}
_STAGE: Final = {
    name: name
    for name in (
        "StageName", "AccessLogSetting", "MethodSettings", "TracingEnabled", "CacheClusterEnabled", "CacheClusterSize",
        "CanarySetting", "Variables", "Tags",
    )
}  # fmt: skip
_HTTP_STAGE: Final = {
    "StageName": "StageName",
    "AccessLogSettings": "AccessLogSettings",
    "DefaultRouteSettings": "DefaultRouteSettings",
    "RouteSettings": "RouteSettings",
    "Tags": "Tags",
}
_FUNCTION: Final = {
    name: name
    for name in (
        "FunctionName", "Description", "Handler", "Runtime", "Role", "Timeout", "MemorySize", "Environment", "VpcConfig",
        "KmsKeyArn", "Layers", "Tags", "ReservedConcurrentExecutions", "DeadLetterConfig", "PackageType", "Architectures",
        "EphemeralStorage", "FileSystemConfigs", "LoggingConfig", "SnapStart",
    )
} | {"CodeSigningConfigArn": "CodeSigningConfigArn", "Tracing": "TracingConfig.Mode"}  # fmt: skip
_TABLE: Final = {
    "TableName": "TableName",
    "SSESpecification": "SSESpecification",
    "PointInTimeRecoverySpecification": "PointInTimeRecoverySpecification",
    "ProvisionedThroughput": "ProvisionedThroughput",
    "Tags": "Tags",
}
_MACHINE: Final = {
    "Name": "StateMachineName",
    "Type": "StateMachineType",
    "Role": "RoleArn",
    "Logging": "LoggingConfiguration",
    "Tracing": "TracingConfiguration",
    "Definition": "Definition",
    "Tags": "Tags",
}
_IMPLIED: Final[Mapping[str, tuple[str, str, str]]] = {
    "Api": ("ServerlessRestApi", "RestApiId", "Prod"),
    "HttpApi": ("ServerlessHttpApi", "ApiId", "$default"),
}
"""Kind of an event → the API that it means when it names none, the property that would name one, and its stage."""
_ACTING: Final[Mapping[str, str]] = {
    "Function": "lambda.amazonaws.com",
    "StateMachine": "states.amazonaws.com",
}
"""Kind whose role is made → the service that takes it on."""
_TYPES: Final[Mapping[str, _Made]] = {
    "Api": (("AWS::ApiGateway::RestApi", _API), ("AWS::ApiGateway::Stage", _STAGE)),
    "Function": (("AWS::Lambda::Function", _FUNCTION),),
    "HttpApi": (
        ("AWS::ApiGatewayV2::Api", {"Name": "Name"}),
        ("AWS::ApiGatewayV2::Stage", _HTTP_STAGE),
    ),
    "SimpleTable": (("AWS::DynamoDB::Table", _TABLE),),
    "StateMachine": (("AWS::StepFunctions::StateMachine", _MACHINE),),
}


def expanded(declared: Declared, shared: Mapping[str, object]) -> Iterator[tuple[str, Declared]]:
    """Give the CloudFormation resources that one entry stands for; itself when it is none of SAM's."""
    kind = declared.type.removeprefix(_PREFIX)
    if not declared.type.startswith(_PREFIX) or kind not in _TYPES:
        yield declared.type, declared
        return
    properties = _united(at(shared, kind), declared.entry.get("Properties"))
    for made, names in _TYPES[kind]:
        own = _renamed(mapping(properties), names)
        yield made, replace(declared, entry={**declared.entry, "Properties": own})
    address = at(properties, "FunctionUrlConfig")
    if isinstance(address, dict):
        own = {**address, "TargetFunctionArn": {"Ref": declared.logical_id}}
        yield "AWS::Lambda::Url", _beside(declared, "Url", own)
    if kind in _ACTING and at(properties, "Role") is None:
        own = _role(declared.logical_id, mapping(properties), _ACTING[kind])
        yield "AWS::IAM::Role", _beside(declared, "Role", own)


def implied(declared: Iterable[Declared]) -> Iterator[Declared]:
    """Give the API that functions share whose events name none: one of each kind, whatever the number of functions."""
    found: dict[str, Declared] = {}
    taken: set[str] = set()
    for one in declared:
        taken.add(one.logical_id)
        if one.type != f"{_PREFIX}Function":
            continue
        for event in mapping(one.entry, "Properties", "Events").values():
            kind = text(event, "Type")
            name, named_by, stage = _IMPLIED.get(kind, ("", "", ""))
            if name and name not in found and at(event, "Properties", named_by) is None:
                own = {"Properties": {"StageName": stage}}
                found[name] = replace(one, logical_id=name, type=f"{_PREFIX}{kind}", entry=own)
    yield from (one for name, one in found.items() if name not in taken)


def _role(logical_id: str, properties: Mapping[str, object], service: str) -> dict[str, object]:
    """Give the role that is made for a function or a state machine."""
    principal = {"Service": [service]}
    trust = {"Effect": "Allow", "Principal": principal, "Action": ["sts:AssumeRole"]}
    document = {"Version": "2012-10-17", "Statement": [trust]}
    given = properties.get("Policies")
    policies = given if isinstance(given, list) else [] if given is None else [given]
    return {
        "AssumeRolePolicyDocument": properties.get("AssumeRolePolicyDocument", document),
        "ManagedPolicyArns": [_managed(one) for one in policies if isinstance(one, str)],
        "Policies": [
            {"PolicyName": f"{logical_id}{number}", "PolicyDocument": one}
            for number, one in enumerate(policies)
            if isinstance(one, dict) and ("Statement" in one or "Fn::If" in one)
        ],
    }


def _beside(declared: Declared, suffix: str, own: Mapping[str, object]) -> Declared:
    return replace(
        declared,
        logical_id=f"{declared.logical_id}{suffix}",
        entry={**declared.entry, "Properties": own},
    )


def _managed(name: str) -> str:
    return name if name.startswith("arn:") else f"arn:aws:iam::aws:policy/{name}"


def _united(shared: object, own: object) -> object:
    if isinstance(shared, dict) and isinstance(own, dict):
        return {**shared, **{key: _united(shared.get(key), part) for key, part in own.items()}}
    if isinstance(shared, list) and isinstance(own, list):
        return [*shared, *own]
    return shared if own is None else own


def _renamed(properties: Mapping[str, object], names: Mapping[str, str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in properties.items():
        if name not in names:
            continue
        head, _, tail = names[name].partition(".")
        # NOTE: SAM writes tags as a mapping; CloudFormation as pairs.
        if name == "Tags" and isinstance(value, dict):
            value = [{"Key": key, "Value": part} for key, part in value.items()]  # noqa: PLW2901 # the one that is kept
        found[head] = {tail: value} if tail else value
    return found
