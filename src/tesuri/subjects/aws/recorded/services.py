"""Answers of the services that watch, run and serve: trails, detectors, logs, functions, clusters, balancers, CDN.

**source** The API references of the services named here.
"""

from collections.abc import Mapping
from typing import Final

from tesuri.model.resource import UNKNOWN, Value
from tesuri.model.resource_shape import Shape
from tesuri.subjects.aws.policy import normal_policy
from tesuri.subjects.aws.recorded.network import script
from tesuri.subjects.aws.recorded.shape import (
    Properties,
    Rename,
    entries,
    fitted,
    names,
    pick,
    plain,
    shaped,
)
from tesuri.subjects.aws.recorded.sources import Detail, Listing
from tesuri.untrusted.shape import text

TRAIL: Final = "AWS::CloudTrail::Trail"
RECORDER: Final = "AWS::Config::ConfigurationRecorder"
DETECTOR: Final = "AWS::GuardDuty::Detector"
FILTER: Final = "AWS::Logs::MetricFilter"
FUNCTION: Final = "AWS::Lambda::Function"
BALANCER: Final = "AWS::ElasticLoadBalancingV2::LoadBalancer"
OLD_BALANCER: Final = "AWS::ElasticLoadBalancing::LoadBalancer"
CLUSTER: Final = "AWS::EKS::Cluster"
WEB_ACL: Final = "AWS::WAFv2::WebACL"
_TRAIL: Final[Mapping[str, Rename]] = {
    "TrailName": ("Name",),
    "Arn": ("TrailARN",),
    "EnableLogFileValidation": ("LogFileValidationEnabled",),
}
_FUNCTION: Final[Mapping[str, Rename]] = {"Arn": ("FunctionArn",)}


def _is_enabled(entry: object) -> Value:
    word = text(pick(entry, "Status"))
    return None if not word else word == "ENABLED"


def _is_no_patching(entry: object) -> str:
    kind = text(pick(entry, "ComplianceType"))
    return "" if kind == "Patch" else f"it is compliance of {kind or 'no type'}"


def _is_of_amazon(entry: object) -> str:
    return "it is a document of Amazon" if text(pick(entry, "Owner")) == "Amazon" else ""


def _metrics(entry: object) -> Value:
    return [
        plain({
            "MetricName": pick(one, "metricName"),
            "MetricNamespace": pick(one, "metricNamespace"),
            "MetricValue": pick(one, "metricValue"),
        })
        for one in entries(pick(entry, "metricTransformations"))
    ]  # fmt: skip


def _cluster_logging(entry: object) -> Value:
    on = [
        {"Type": text(kind)}
        for one in entries(pick(entry, "logging", "clusterLogging"))
        if pick(one, "enabled") is True
        for kind in entries(pick(one, "types"))
    ]
    return {"ClusterLogging": {"EnabledTypes": plain(on)}}


def _cluster_network(entry: object) -> Value:
    shape = shaped(CLUSTER, {"ResourcesVpcConfig": pick(entry, "resourcesVpcConfig")})
    return shape.get("ResourcesVpcConfig")


def _attributes(answer: object) -> Properties:
    return {"LoadBalancerAttributes": [plain(one) for one in entries(pick(answer, "Attributes"))]}


def _old_attributes(answer: object) -> Properties:
    held = pick(answer, "LoadBalancerAttributes")
    found: Properties = {
        "AccessLoggingPolicy": plain(pick(held, "AccessLog")) or {"Enabled": False}
    }
    draining = plain(pick(held, "ConnectionDraining"))
    return found | ({"ConnectionDrainingPolicy": draining} if draining else {})


def _old_listeners(entry: object) -> Value:
    return [
        plain({
            **{str(key): part for key, part in listener.items()},
            "PolicyNames": entries(pick(one, "PolicyNames")),
        })
        for one in entries(pick(entry, "ListenerDescriptions"))
        for listener in (pick(one, "Listener"),)
        if isinstance(listener, dict)
    ]  # fmt: skip


def _permissions(answer: object) -> Properties:
    policy = normal_policy(pick(answer, "Policy"))
    statements = policy.get("Statement") if isinstance(policy, dict) else None
    found: list[Value] = []
    for one in statements if isinstance(statements, list) else []:
        who = pick(one, "Principal")
        members = (
            [text(name) for part in who.values() for name in entries(part)]
            if isinstance(who, dict)
            else []
        )
        conditions = pick(one, "Condition")
        told = {
            "Action": next(iter(entries(pick(one, "Action"))), None),
            "SourceArn": pick(conditions, "ArnLike", "AWS:SourceArn"),
            "SourceAccount": pick(conditions, "StringEquals", "AWS:SourceAccount"),
            "PrincipalOrgID": pick(conditions, "StringEquals", "aws:PrincipalOrgID"),
            "FunctionUrlAuthType": pick(conditions, "StringEquals", "lambda:FunctionUrlAuthType"),
        }
        found.extend(plain({**told, "Principal": member}) for member in members or [""])
    return {"Permissions": found}


def _urls(answer: object) -> Properties:
    configs = entries(pick(answer, "FunctionUrlConfigs"))
    return {
        "Urls": [
            plain({"AuthType": text(pick(one, "AuthType")), "Cors": pick(one, "Cors")})
            for one in configs
        ]
    }


def _selectors(answer: object) -> Properties:
    found = shaped(TRAIL, answer)
    return {key: found[key] for key in ("EventSelectors", "AdvancedEventSelectors") if key in found}


def _recording(answer: object) -> Properties:
    statuses = entries(pick(answer, "ConfigurationRecordersStatus"))
    return {"IsRecording": any(pick(one, "recording") is True for one in statuses)}


_METHOD_SETTING: Final[Shape] = {
    "LoggingLevel": "string",
    "CachingEnabled": "boolean",
    "CacheDataEncrypted": "boolean",
}


def stage_settings(entry: object) -> Value:
    """Give the settings of a stage's methods: the answer keeps them by path."""
    held = pick(entry, "methodSettings")
    if not isinstance(held, dict):
        return None
    return [fitted(one, _METHOD_SETTING) for one in held.values() if isinstance(one, dict)]


def stage_log(entry: object) -> Value:
    """Give where a stage logs its requests."""
    target = text(pick(entry, "accessLogSettings", "destinationArn"))
    return {"DestinationArn": target} if target else None


LISTINGS: Final = (
    Listing("cloudtrail.DescribeTrails", ("trailList",), TRAIL, ("Name", "TrailARN"), _TRAIL),
    Listing("cloudtrail.GetTrail", ("Trail",), TRAIL, ("Name", "TrailARN"), _TRAIL),
    Listing("config.DescribeConfigurationRecorders", ("ConfigurationRecorders",), RECORDER, ("name",)),
    Listing("config.DescribeDeliveryChannels", ("DeliveryChannels",), "AWS::Config::DeliveryChannel", ("name",)),
    Listing("guardduty.GetDetector", (), DETECTOR, ("DetectorId",), {"Enable": _is_enabled}),
    Listing("guardduty.ListDetectors", ("DetectorIds",), DETECTOR, ("",), {"Id": lambda e: text(e) or None}),
    Listing("securityhub.DescribeHub", (), "AWS::SecurityHub::Hub", ("HubArn",), {"ARN": ("HubArn",)}),
    Listing("accessanalyzer.ListAnalyzers", ("analyzers",), "AWS::AccessAnalyzer::Analyzer", ("name", "arn"), {"AnalyzerName": ("name",)}),
    Listing("macie2.GetMacieSession", (), "AWS::Macie::Session", ("serviceRole",)),
    Listing("logs.DescribeMetricFilters", ("metricFilters",), FILTER, ("logGroupName+filterName",), {"MetricTransformations": _metrics}),
    Listing("logs.DescribeDeliverySources", ("deliverySources",), "AWS::Logs::DeliverySource", ("name", "arn"), {"ResourceArn": lambda e: next(iter([text(one) for one in entries(pick(e, "resourceArns"))]), None)}),
    Listing("logs.DescribeDeliveries", ("deliveries",), "AWS::Logs::Delivery", ("id", "arn")),
    Listing("logs.DescribeLogGroups", ("logGroups",), "AWS::Logs::LogGroup", ("logGroupName", "arn")),
    Listing("cloudwatch.DescribeAlarms", ("MetricAlarms",), "AWS::CloudWatch::Alarm", ("AlarmName", "AlarmArn"), {"Arn": ("AlarmArn",)}),
    Listing("cloudwatch.DescribeAlarmsForMetric", ("MetricAlarms",), "AWS::CloudWatch::Alarm", ("AlarmName", "AlarmArn"), {"Arn": ("AlarmArn",)}),
    Listing("lambda.ListFunctions", ("Functions",), FUNCTION, ("FunctionName", "FunctionArn"), _FUNCTION),
    Listing("lambda.GetFunction", ("Configuration",), FUNCTION, ("FunctionName", "FunctionArn"), _FUNCTION),
    Listing("lambda.GetFunctionConfiguration", (), FUNCTION, ("FunctionName", "FunctionArn"), _FUNCTION),
    Listing("elbv2.DescribeLoadBalancers", ("LoadBalancers",), BALANCER, ("LoadBalancerArn", "LoadBalancerName"), {
        "Name": ("LoadBalancerName",), "Subnets": lambda e: names(pick(e, "AvailabilityZones"), "SubnetId"),
    }),
    Listing("elbv2.DescribeListeners", ("Listeners",), "AWS::ElasticLoadBalancingV2::Listener", ("ListenerArn",)),
    Listing("elb.DescribeLoadBalancers", ("LoadBalancerDescriptions",), OLD_BALANCER, ("LoadBalancerName",), {
        "Listeners": _old_listeners, "Instances": lambda e: names(pick(e, "Instances"), "InstanceId"), "Policies": lambda _: [],
    }),
    Listing("eks.DescribeCluster", ("cluster",), CLUSTER, ("name", "arn"), {"Logging": _cluster_logging, "ResourcesVpcConfig": _cluster_network}),
    Listing("eks.ListClusters", ("clusters",), CLUSTER, ("",), {"Name": lambda e: text(e) or None}),
    Listing("eks.DescribeAddon", ("addon",), "AWS::EKS::Addon", ("clusterName+addonName",)),
    Listing("eks.DescribeNodegroup", ("nodegroup",), "AWS::EKS::Nodegroup", ("nodegroupArn", "nodegroupName")),
    Listing("ecs.DescribeTaskDefinition", ("taskDefinition",), "AWS::ECS::TaskDefinition", ("taskDefinitionArn", "family")),
    Listing("ecs.DescribeServices", ("services",), "AWS::ECS::Service", ("serviceArn", "serviceName"), {"Cluster": ("clusterArn",)}),
    Listing("ecs.DescribeClusters", ("clusters",), "AWS::ECS::Cluster", ("clusterArn", "clusterName"), {"ClusterSettings": lambda e: plain(entries(pick(e, "settings")))}),
    Listing("autoscaling.DescribeLaunchConfigurations", ("LaunchConfigurations",), "AWS::AutoScaling::LaunchConfiguration", ("LaunchConfigurationName",), {"InstanceMonitoring": ("InstanceMonitoring", "Enabled"), "UserData": lambda e: script(pick(e, "UserData")) if text(pick(e, "UserData")) else None}),
    Listing("autoscaling.DescribeAutoScalingGroups", ("AutoScalingGroups",), "AWS::AutoScaling::AutoScalingGroup", ("AutoScalingGroupName", "AutoScalingGroupARN")),
    Listing("acm.DescribeCertificate", ("Certificate",), "AWS::CertificateManager::Certificate", ("CertificateArn",)),
    Listing("acm.ListCertificates", ("CertificateSummaryList",), "AWS::CertificateManager::Certificate", ("CertificateArn",)),
    Listing("cloudfront.GetDistribution", ("Distribution",), "AWS::CloudFront::Distribution", ("Id", "ARN")),
    Listing("cloudfront.ListDistributions", ("DistributionList", "Items"), "AWS::CloudFront::Distribution", ("Id", "ARN"), {
        "DistributionConfig": lambda e: shaped("AWS::CloudFront::Distribution", {"DistributionConfig": e}).get("DistributionConfig"),
    }),
    Listing("sagemaker.DescribeNotebookInstance", (), "AWS::SageMaker::NotebookInstance", ("NotebookInstanceName", "NotebookInstanceArn"), {"SecurityGroupIds": lambda e: [text(one) for one in entries(pick(e, "SecurityGroups"))]}),
    Listing("codebuild.BatchGetProjects", ("projects",), "AWS::CodeBuild::Project", ("name", "arn")),
    Listing("wafv2.GetWebACL", ("WebACL",), WEB_ACL, ("ARN", "Name")),
    Listing("apigateway.GetStages", ("item",), "AWS::ApiGateway::Stage", ("restApiId+stageName",), {"WebAclArn": ("webAclArn",), "MethodSettings": stage_settings, "AccessLogSetting": stage_log}),
    Listing("apigatewayv2.GetStages", ("Items",), "AWS::ApiGatewayV2::Stage", ("ApiId+StageName",)),
    Listing("apigatewayv2.GetRoutes", ("Items",), "AWS::ApiGatewayV2::Route", ("ApiId+RouteId",)),
    Listing("ssm.ListDocuments", ("DocumentIdentifiers",), "AWS::SSM::Document", ("Name",), {}, _is_of_amazon),
    Listing("ssm.DescribeInstanceInformation", ("InstanceInformationList",), "AWS::SSM::ManagedInstance", ("InstanceId",)),
    Listing("ssm.ListResourceComplianceSummaries", ("ResourceComplianceSummaryItems",), "AWS::SSM::ManagedInstance", ("ResourceId",), {"InstanceId": ("ResourceId",), "ComplianceStatus": ("Status",)}, _is_no_patching),
    Listing("organizations.ListAccounts", ("Accounts",), "AWS::Organizations::Account", ("Id", "Arn")),
    Listing("organizations.DescribePolicy", ("Policy", "PolicySummary"), "AWS::Organizations::Policy", ("Id", "Arn")),
    Listing("route53.ListHostedZones", ("HostedZones",), "AWS::Route53::HostedZone", ("Id", "Name")),
)  # fmt: skip

DETAILS: Final = (
    Detail("ssm.DescribeDocumentPermission", "AWS::SSM::Document", ("Name",), ("SharedAccounts",), lambda a: {"SharedAccounts": [text(one) for one in entries(pick(a, "AccountIds"))]}),
    Detail("eks.ListAddons", CLUSTER, ("clusterName",), ("Addons",), lambda a: {"Addons": [{"AddonName": text(one), "ConfigurationValues": UNKNOWN} for one in entries(pick(a, "addons"))]}),
    Detail("cloudtrail.GetTrailStatus", TRAIL, ("Name",), ("IsLogging",), lambda a: {"IsLogging": fitted(pick(a, "IsLogging"), "boolean")}),
    Detail("cloudtrail.GetEventSelectors", TRAIL, ("TrailName", "TrailARN"), ("EventSelectors", "AdvancedEventSelectors"), _selectors),
    Detail("config.DescribeConfigurationRecorderStatus", RECORDER, ("ConfigurationRecorderNames", "ConfigurationRecordersStatus.0.name"), ("IsRecording",), _recording),
    Detail("lambda.GetPolicy", FUNCTION, ("FunctionName",), ("Permissions",), _permissions, {"ResourceNotFoundException": {"Permissions": []}}),
    Detail("lambda.ListFunctionUrlConfigs", FUNCTION, ("FunctionName",), ("Urls",), _urls),
    Detail("elbv2.DescribeLoadBalancerAttributes", BALANCER, ("LoadBalancerArn",), ("LoadBalancerAttributes",), _attributes),
    Detail("elb.DescribeLoadBalancerAttributes", OLD_BALANCER, ("LoadBalancerName",), ("AccessLoggingPolicy", "ConnectionDrainingPolicy"), _old_attributes),
    Detail("wafv2.GetLoggingConfiguration", WEB_ACL, ("ResourceArn", "LoggingConfiguration.ResourceArn"), ("LoggingConfiguration",), lambda a: {"LoggingConfiguration": plain(pick(a, "LoggingConfiguration"))}, {"WAFNonexistentItemException": {}}),
    Detail("wafv2.GetWebACLForResource", BALANCER, ("ResourceArn",), ("WebAclArn",), lambda a: {"WebAclArn": text(pick(a, "WebACL", "ARN"))} if pick(a, "WebACL") else {}),
)  # fmt: skip
