"""How requests and answers of a call fit the type that they change: the usual way, with the words that differ."""

from collections.abc import Callable, Mapping
from typing import Final

from tesuri.model.resource import UNKNOWN, Value
from tesuri.subjects.aws.recorded import data_stores, identity, network, services, storage
from tesuri.subjects.aws.recorded.services import stage_log, stage_settings
from tesuri.subjects.aws.recorded.shape import Rename, entries, fitted, pick, shaped
from tesuri.subjects.cloudtrail.mapping import Shaping
from tesuri.untrusted.shape import text


def _renames(kind: str) -> Mapping[str, Rename]:
    """Give the names that the API's description of a type uses; a call's own words are the same."""
    tables = (
        network, storage, identity, data_stores, services,
    )  # fmt: skip
    for table in tables:
        for listing in table.LISTINGS:
            if listing.kind == kind:
                return {key: one for key, one in listing.renames.items() if not callable(one)}
    return {}


def _truth(*names: str) -> Callable[[object], Value]:
    """Give the first of some switches that a call tells."""

    def told(entry: object) -> Value:
        found = (pick(entry, name) for name in names)
        return fitted(next((one for one in found if one is not None), None), "boolean")

    return told


def _attribute_value(entry: object) -> Value:
    """Give a switch that a call may wrap as {value: …}."""
    held = pick(entry, "mapPublicIpOnLaunch")
    return fitted(pick(held, "value") if isinstance(held, dict) else held, "boolean")


def _cluster_logging(entry: object) -> Value:
    told = pick(entry, "logging", "clusterLogging")
    if told is None:
        return None
    on: list[Value] = [
        {"Type": text(kind)}
        for one in entries(told)
        if pick(one, "enabled") is True
        for kind in entries(pick(one, "types"))
    ]
    return {"ClusterLogging": {"EnabledTypes": on}}


def _log_exports(entry: object) -> Value:
    """Give the logs that a database exports: what is asked at its making, or what the answer lists."""
    listed = pick(entry, "enabledCloudwatchLogsExports")
    asked = pick(entry, "enableCloudwatchLogsExports")
    held = listed if listed is not None else asked
    return None if held is None else [text(one) for one in entries(held)]


def _environment(entry: object) -> Value:
    """Give that there is one: CloudTrail empties it."""
    return None if pick(entry, "environment") is None else UNKNOWN


_DATABASE: Final[Mapping[str, Rename]] = {
    "EnableIAMDatabaseAuthentication": _truth("enableIAMDatabaseAuthentication", "iAMDatabaseAuthenticationEnabled"),
    "EnableCloudwatchLogsExports": _log_exports,
}  # fmt: skip

_MORE: Final[Mapping[str, Mapping[str, Rename]]] = {
    "AWS::ApiGateway::Stage": {
        "MethodSettings": stage_settings,
        "AccessLogSetting": stage_log,
        "TracingEnabled": lambda e: fitted(pick(e, "createStageInput", "tracingEnabled") if isinstance(pick(e, "createStageInput"), dict) else pick(e, "tracingEnabled"), "boolean"),
    },
    "AWS::ApiGateway::Method": {
        "AuthorizationType": lambda e: text(pick(e, "putMethodInput", "authorizationType")) or text(pick(e, "authorizationType")) or None,
        "ApiKeyRequired": lambda e: fitted(pick(e, "putMethodInput", "apiKeyRequired") if isinstance(pick(e, "putMethodInput"), dict) else pick(e, "apiKeyRequired"), "boolean"),
    },
    "AWS::CloudFront::Distribution": {
        "DistributionConfig": lambda e: shaped("AWS::CloudFront::Distribution", pick(e, "distributionConfigWithTags") or e).get("DistributionConfig"),
    },
    "AWS::CloudTrail::Trail": {"TrailName": ("name",), "EnableLogFileValidation": _truth("enableLogFileValidation", "logFileValidationEnabled")},
    "AWS::EC2::Instance": {
        "IamInstanceProfile": ("iamInstanceProfile", "arn"),
        "Monitoring": lambda _: None,
        "SecurityGroupIds": lambda e: [text(pick(one, "groupId")) for one in entries(pick(e, "groupSet"))] or None,
        "NetworkInterfaces": lambda e: [{"AssociatePublicIpAddress": pick(one, "associatePublicIpAddress") is True} for one in entries(pick(e, "networkInterfaceSet")) if pick(one, "associatePublicIpAddress") is not None] or None,
    },
    "AWS::EC2::Subnet": {"MapPublicIpOnLaunch": _attribute_value},
    "AWS::EC2::TransitGateway": {
        "AutoAcceptSharedAttachments": lambda e: next((word for part in ("CreateTransitGatewayRequest", "ModifyTransitGatewayRequest", "transitGateway") if (word := text(pick(e, part, "options", "AutoAcceptSharedAttachments")))), None),
    },
    "AWS::EKS::Cluster": {"Logging": _cluster_logging},
    "AWS::Lambda::Function": {"Environment": _environment},
    "AWS::RDS::DBCluster": _DATABASE,
    "AWS::RDS::DBInstance": {"DBSubnetGroupName": lambda _: None, **_DATABASE},
    "AWS::Redshift::Cluster": {"MultiAZ": lambda e: {"enabled": True, "disabled": False}.get(text(pick(e, "multiAZ")).casefold())},
}  # fmt: skip


def shape(kind: str, *inside: str) -> Shaping:
    """Give how calls tell of a type, and where their answers keep it."""
    return Shaping(kind, {**_renames(kind), **_MORE.get(kind, {})}, inside)
