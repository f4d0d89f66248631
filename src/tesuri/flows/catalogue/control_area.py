"""What a control is about: identity, network, data, workload or detection, by what it looks at."""

from collections.abc import Mapping
from typing import Final

from tesuri.model.control import Control
from tesuri.model.views_guardrails import Area

_SERVICES: Final[Mapping[Area, str]] = {
    Area.IDENTITY: "iam organizations account accessanalyzer sso",
    Area.NETWORK: "elb elasticloadbalancing elasticloadbalancingv2 cloudfront waf wafv2 apigateway apigatewayv2"
    " acm certificatemanager route53 networkfirewall",
    Area.DATA: "s3 rds dynamodb elasticache redshift opensearch opensearchservice sqs sns efs docdb neptune msk"
    " kinesis athena mq amazonmq dms kms secretsmanager emr macie backup",
    Area.WORKLOAD: "autoscaling ecs eks ecr lambda codebuild stepfunctions sagemaker ssm terraform",
    Area.DETECTION: "cloudtrail cloudwatch logs config guardduty securityhub inspector inspectorv2",
}
_AREAS: Final = {name: area for area, names in _SERVICES.items() for name in names.split()}
_NETWORK_WORDS: Final = (
    "Vpc",
    "VPC",
    "Subnet",
    "SecurityGroup",
    "NetworkAcl",
    "Route",
    "TransitGateway",
)
_NETWORK_KINDS: Final = ("Ingress", "Service", "NetworkPolicy")


def area_of(control: Control) -> Area:
    """Give the area of a control; calls are about what the control's own name says."""
    kind, _, rest = control.resource.partition(":")
    if kind == "k8s":
        return _cluster_area(rest)
    _, _, named = control.resource.partition("::")
    service, _, thing = named.partition("::")
    if service == "EC2":
        is_network = thing.startswith(_NETWORK_WORDS)
        is_data = thing.startswith(("Volume", "Snapshot", "EBS"))
        return Area.NETWORK if is_network else Area.DATA if is_data else Area.WORKLOAD
    if thing == "Event":
        service = [*control.id.split("-"), ""][1]
    return _AREAS.get(service.lower(), Area.WORKLOAD if kind == "terraform" else Area.OTHER)


def _cluster_area(kind: str) -> Area:
    if kind.startswith("rbac.") or kind.endswith("/ServiceAccount"):
        return Area.IDENTITY
    return Area.NETWORK if kind.endswith(_NETWORK_KINDS) else Area.WORKLOAD
