"""What is declared as a resource of its own but belongs to another one: policies, rules, routes, listeners, alarms.

Each join names the part, the property that says whose part it is, and where it goes. A part that stands alone in the
input becomes a partial resource under its own address when a control could miss a violation otherwise.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from tesuri.model.resource import PRESENT, UNKNOWN, Unknown
from tesuri.model.resource_shape import resource_shape
from tesuri.subjects.aws.policy import merged_policies
from tesuri.subjects.drafts import Draft, Joined, doubt
from tesuri.subjects.planned import Planned, together


@dataclass(frozen=True, slots=True)
class Join:
    """One way in which a part belongs to a whole."""

    part: str
    link: str
    """Property of the part that says which whole."""
    whole: str
    into: str
    """Property of the whole; a list takes one object for each part."""
    take: tuple[str, ...] = ()
    """Properties of the part that the object gets; none means all but the link."""
    value: str = ""
    """Property of the part that is itself the value, instead of an object."""
    is_seen_alone: bool = False
    """Whether a part whose whole is not in the input is shown as a partial whole."""
    is_reverse: bool = False
    """Whether the link is a property of the whole that names the part."""


_ALARM: Final = ("AlarmName", "AlarmActions", "ActionsEnabled")
_CHANNEL: Final = ("Name", "S3BucketName", "S3KmsKeyArn", "SnsTopicARN")
_FILTER: Final = ("FilterName", "FilterPattern", "Alarms")
_ACLS: Final = "AWS::WAFv2::WebACLAssociation"
_OLD_ACLS: Final = "AWS::WAFRegional::WebACLAssociation"
_BALANCER: Final = "AWS::ElasticLoadBalancingV2::LoadBalancer"
_STAGE: Final = "AWS::ApiGateway::Stage"

# NOTE: in this order: an alarm belongs to a filter before the filter goes to its log group and its trail.
JOINS: Final = (
    Join("AWS::S3::BucketPolicy", "Bucket", "AWS::S3::Bucket", "PolicyDocument", value="PolicyDocument", is_seen_alone=True),
    Join("AWS::SQS::QueuePolicy", "Queues", "AWS::SQS::Queue", "PolicyDocument", value="PolicyDocument", is_seen_alone=True),
    Join("AWS::SNS::TopicPolicy", "Topics", "AWS::SNS::Topic", "PolicyDocument", value="PolicyDocument", is_seen_alone=True),
    Join("AWS::SecretsManager::ResourcePolicy", "SecretId", "AWS::SecretsManager::Secret", "ResourcePolicy", value="ResourcePolicy", is_seen_alone=True),
    Join("AWS::SecretsManager::RotationSchedule", "SecretId", "AWS::SecretsManager::Secret", "RotationSchedule"),
    Join("AWS::IAM::Policy", "Roles", "AWS::IAM::Role", "Policies", ("PolicyName", "PolicyDocument")),
    Join("AWS::IAM::Policy", "Users", "AWS::IAM::User", "Policies", ("PolicyName", "PolicyDocument"), is_seen_alone=True),
    Join("AWS::IAM::Policy", "Groups", "AWS::IAM::Group", "Policies", ("PolicyName", "PolicyDocument")),
    Join("AWS::IAM::ManagedPolicy", "Roles", "AWS::IAM::Role", "ManagedPolicyArns", value="PolicyArn"),
    Join("AWS::IAM::ManagedPolicy", "Users", "AWS::IAM::User", "ManagedPolicyArns", value="PolicyArn", is_seen_alone=True),
    Join("AWS::IAM::ManagedPolicy", "Groups", "AWS::IAM::Group", "ManagedPolicyArns", value="PolicyArn"),
    Join("AWS::IAM::PolicyAttachment", "Roles", "AWS::IAM::Role", "ManagedPolicyArns", value="PolicyArn"),
    Join("AWS::IAM::PolicyAttachment", "Users", "AWS::IAM::User", "ManagedPolicyArns", value="PolicyArn", is_seen_alone=True),
    Join("AWS::IAM::PolicyAttachment", "Groups", "AWS::IAM::Group", "ManagedPolicyArns", value="PolicyArn"),
    Join("AWS::IAM::AccessKey", "UserName", "AWS::IAM::User", "AccessKeys", ("Status",)),
    Join("AWS::IAM::UserToGroupAddition", "Users", "AWS::IAM::User", "Groups", value="GroupName"),
    Join("AWS::EC2::SecurityGroupIngress", "GroupId", "AWS::EC2::SecurityGroup", "SecurityGroupIngress", is_seen_alone=True),
    Join("AWS::EC2::SecurityGroupEgress", "GroupId", "AWS::EC2::SecurityGroup", "SecurityGroupEgress", is_seen_alone=True),
    Join("AWS::EC2::NetworkAclEntry", "NetworkAclId", "AWS::EC2::NetworkAcl", "Entries", is_seen_alone=True),
    Join("AWS::EC2::Route", "RouteTableId", "AWS::EC2::RouteTable", "Routes", is_seen_alone=True),
    Join("AWS::EC2::SubnetRouteTableAssociation", "RouteTableId", "AWS::EC2::RouteTable", "SubnetIds", value="SubnetId"),
    Join("AWS::SSM::ManagedInstance", "InstanceId", "AWS::EC2::Instance", "SystemsManager", ("AgentVersion", "PingStatus")),
    Join("AWS::EC2::FlowLog", "ResourceId", "AWS::EC2::VPC", "FlowLogs"),
    Join("AWS::EC2::LaunchTemplate", "LaunchTemplate", "AWS::EC2::Instance", "LaunchTemplateData", value="LaunchTemplateData", is_reverse=True),
    Join("AWS::Lambda::Permission", "FunctionName", "AWS::Lambda::Function", "Permissions", is_seen_alone=True),
    Join("AWS::Lambda::Url", "TargetFunctionArn", "AWS::Lambda::Function", "Urls", ("AuthType", "Cors"), is_seen_alone=True),
    Join("AWS::Logs::Delivery", "DeliverySourceName", "AWS::Logs::DeliverySource", "Deliveries", ("DeliveryDestinationArn",)),
    Join("AWS::Logs::DeliverySource", "ResourceArn", "AWS::CloudFront::Distribution", "LogDeliveries", ("LogType", "Deliveries")),
    Join("AWS::Logs::MetricFilter", "LogGroupName", "AWS::Logs::LogGroup", "MetricFilters", _FILTER),
    Join("AWS::Logs::LogGroup", "CloudWatchLogsLogGroupArn", "AWS::CloudTrail::Trail", "MetricFilters", value="MetricFilters", is_reverse=True),
    Join("AWS::CloudTrail::Trail", "S3BucketName", "AWS::S3::Bucket", "Trails", value="TrailName"),
    Join(_ACLS, "ResourceArn", _BALANCER, "WebAclArn", value="WebACLArn"),
    Join(_ACLS, "ResourceArn", _STAGE, "WebAclArn", value="WebACLArn"),
    Join(_ACLS, "ResourceArn", "AWS::AppSync::GraphQLApi", "WebAclArn", value="WebACLArn"),
    Join(_ACLS, "ResourceArn", "AWS::Cognito::UserPool", "WebAclArn", value="WebACLArn"),
    Join(_OLD_ACLS, "ResourceArn", _BALANCER, "WebAclArn", value="WebACLId"),
    Join(_OLD_ACLS, "ResourceArn", _STAGE, "WebAclArn", value="WebACLId"),
    Join("AWS::WAFv2::LoggingConfiguration", "ResourceArn", "AWS::WAFv2::WebACL", "LoggingConfiguration"),
    Join("AWS::ElasticLoadBalancingV2::Listener", "LoadBalancerArn", _BALANCER, "Listeners", ("Protocol", "Port", "SslPolicy", "DefaultActions")),
    Join("AWS::EKS::Addon", "ClusterName", "AWS::EKS::Cluster", "Addons", ("AddonName", "AddonVersion", "ConfigurationValues")),
    Join("AWS::RDS::DBParameterGroup", "DBParameterGroupName", "AWS::RDS::DBInstance", "Parameters", value="Parameters", is_reverse=True),
    Join("AWS::RDS::DBClusterParameterGroup", "DBClusterParameterGroupName", "AWS::RDS::DBCluster", "Parameters", value="Parameters", is_reverse=True),
    Join("AWS::SNS::Subscription", "TopicArn", "AWS::SNS::Topic", "Subscriptions", ("Protocol", "Endpoint")),
)  # fmt: skip


PART_TYPES: Final = frozenset(join.part for join in JOINS if not join.is_reverse)
"""The types whose resources belong to others."""
_OTHER_PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "AWS::EC2::SecurityGroup": ("SecurityGroupIngress", "SecurityGroupEgress"),
    "AWS::IAM::User": ("Policies", "ManagedPolicyArns"),
    "AWS::Lambda::Function": ("Permissions", "Urls"),
}


def joined(drafts: list[Draft]) -> list[Draft]:
    """Join the parts to their wholes; gives the drafts, and partial wholes for parts that stand alone."""
    by_type: dict[str, list[Draft]] = {}
    for draft in drafts:
        by_type.setdefault(draft.type, []).append(draft)
    _join_alarms(by_type)
    alone: list[Draft] = []
    for join in JOINS:
        if join.part in by_type or join.into == "Parameters":
            alone.extend(_apply(join, by_type))
    _join_routes(by_type)
    _join_channels(by_type)
    return [*drafts, *alone] if alone else drafts


def _apply(join: Join, by_type: Mapping[str, list[Draft]]) -> Iterator[Draft]:
    wholes = {draft.address: draft for draft in by_type.get(join.whole, ())}
    if join.is_reverse:
        _apply_reverse(join, wholes.values(), by_type.get(join.part, ()))
        return
    doubted: set[str] = set()
    for part in by_type[join.part]:
        found = [one for one in part.link(join.link, join.whole) if one in wholes]
        for address in found:
            _put(join, wholes[address], part)
        if not found and _may_be_here(part.properties.get(join.link)):
            doubted.add(part.module)
        if not found and join.is_seen_alone and not _is_of_nobody(join, part):
            yield _partial(join, part)
    for whole in wholes.values() if doubted else ():
        if whole.module in doubted:
            doubt(whole, join.into)


def _may_be_here(link: Planned) -> bool:
    """Whether a link that leads to no resource may mean one of this input: what is imported means another."""
    return isinstance(link, Unknown) and link != PRESENT


def _is_of_nobody(join: Join, part: Draft) -> bool:
    """Whether a part that may belong to several names none: a policy of roles has no users."""
    return join.whole == "AWS::IAM::User" and part.properties.get(join.link) in (None, [])


def _apply_reverse(join: Join, wholes: Iterable[Draft], parts: Iterable[Draft]) -> None:
    by_address = {draft.address: draft for draft in parts}
    for whole in wholes:
        found = [one for one in whole.link(join.link, join.part) if one in by_address]
        for address in found:
            _put(join, whole, by_address[address])
        if not found and join.into == "Parameters" and _is_own(whole.properties.get(join.link)):
            whole.properties.setdefault(join.into, UNKNOWN)
            whole.unsure.add(join.into)


def _is_own(group: Planned) -> bool:
    """Whether a name is of a group that somebody made: what Amazon calls default.… holds no parameters of anybody."""
    return group is not None and not (isinstance(group, str) and group.startswith("default."))


def _put(join: Join, whole: Draft, part: Draft) -> None:
    shape = (resource_shape(whole.type) or {}).get(join.into)
    if join.value:
        value = part.properties.get(join.value, _unwritten(join, part, shape))
    else:
        names = join.take or [name for name in part.properties if name != join.link]
        value = {name: part.properties[name] for name in names if name in part.properties}
    pointer = f"/{join.into}"
    if whole.told:
        whole.told |= {join.into}
    present = whole.properties.get(join.into)
    if isinstance(shape, list):
        before = present if isinstance(present, list) else []
        added = value if isinstance(value, list) else [value]
        whole.properties[join.into] = [*before, *added]
        pointer = f"{pointer}/{len(before)}"
    elif shape == "policy" and isinstance(present, dict):
        whole.properties[join.into] = merged_policies(present, value)  # type: ignore[arg-type,assignment] # policies hold plain values
        pointer = ""
    else:
        whole.properties[join.into] = value if present is None else together(present, value)
    if pointer:
        source = f"/{join.value}" if join.value else ""
        whole.joined[pointer] = Joined(part.locate, source)


def _unwritten(join: Join, part: Draft, shape: object) -> Planned:
    """Give what a part says that does not have the property: a group of parameters without any has none."""
    if join.into == "Trails":
        return part.address
    return {} if shape == "map" and part.is_complete and not part.is_partial else UNKNOWN


def _partial(join: Join, part: Draft) -> Draft:
    """Make a whole of which only this part is known."""
    shape = resource_shape(join.whole) or {}
    whole = replace(
        part,
        type=join.whole,
        properties=dict.fromkeys(shape, UNKNOWN),
        is_partial=True,
        told=frozenset({join.into}),
        joined={},
    )
    # NOTE: what else belongs to the whole is a part, too, and is judged where it is declared.
    whole.properties |= {name: [] for name in _OTHER_PARTS.get(join.whole, ())}
    whole.properties[join.into] = [] if isinstance(shape.get(join.into), list) else None
    _put(join, whole, part)
    return whole


def _join_alarms(by_type: Mapping[str, list[Draft]]) -> None:
    """Give each metric filter the alarms on the metrics that it makes."""
    alarms: dict[tuple[object, object], list[Draft]] = {}
    for alarm in by_type.get("AWS::CloudWatch::Alarm", ()):
        for metric in _watched(alarm):
            alarms.setdefault(metric, []).append(alarm)
    for source in by_type.get("AWS::Logs::MetricFilter", ()):
        found = [alarm for metric in _made(source) for alarm in alarms.get(metric, ())]
        values: list[Planned] = []
        for alarm in found:
            source.joined[f"/Alarms/{len(values)}"] = Joined(alarm.locate)
            values.append({key: alarm.properties[key] for key in _ALARM if key in alarm.properties})
        source.properties["Alarms"] = values


def _join_routes(by_type: Mapping[str, list[Draft]]) -> None:
    """Give each subnet the routes of the table that it is associated with."""
    subnets = {draft.address: draft for draft in by_type.get("AWS::EC2::Subnet", ())}
    tables = {draft.address: draft for draft in by_type.get("AWS::EC2::RouteTable", ())}
    for association in by_type.get("AWS::EC2::SubnetRouteTableAssociation", ()):
        for subnet in association.link("SubnetId", "AWS::EC2::Subnet"):
            for table in association.link("RouteTableId", "AWS::EC2::RouteTable"):
                if subnet in subnets and table in tables:
                    routes = tables[table].properties.get("Routes", [])
                    subnets[subnet].properties["Routes"] = routes
                    subnets[subnet].joined["/Routes"] = Joined(tables[table].locate, "/Routes")


def _join_channels(by_type: Mapping[str, list[Draft]]) -> None:
    """Give each recorder the delivery channels: an account has one of each in a region."""
    channels = by_type.get("AWS::Config::DeliveryChannel", ())
    for recorder in by_type.get("AWS::Config::ConfigurationRecorder", ()) if channels else ():
        recorder.properties["DeliveryChannels"] = [
            {key: one.properties[key] for key in _CHANNEL if key in one.properties}
            for one in channels
        ]


def _made(draft: Draft) -> Iterable[tuple[object, object]]:
    made = draft.properties.get("MetricTransformations")
    for one in made if isinstance(made, list) else ():
        if isinstance(one, dict) and isinstance(one.get("MetricName"), str):
            yield str(one.get("MetricNamespace")), str(one["MetricName"])


def _watched(draft: Draft) -> Iterable[tuple[object, object]]:
    name = draft.properties.get("MetricName")
    if isinstance(name, str):
        yield str(draft.properties.get("Namespace")), name
    queries = draft.properties.get("Metrics")
    for query in queries if isinstance(queries, list) else ():
        stat = query.get("MetricStat") if isinstance(query, dict) else None
        metric = stat.get("Metric") if isinstance(stat, dict) else None
        if isinstance(metric, dict):
            yield str(metric.get("Namespace")), str(metric.get("MetricName"))
