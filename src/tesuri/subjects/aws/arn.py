"""The ARN of a resource whose recording names it by account, region and id: so every tool's word for it is one.

Only types whose ARN follows from these three; of others nothing is made up.
"""

import re
from collections.abc import Mapping
from typing import Final

_ADDRESS: Final = re.compile(r"(\d{12})/(?:([a-z]{2}(?:-[a-z]+)+-\d)/)?(.+)")
_EC2: Final[Mapping[str, str]] = {
    "AWS::EC2::EIP": "elastic-ip",
    "AWS::EC2::Image": "image",
    "AWS::EC2::Instance": "instance",
    "AWS::EC2::InternetGateway": "internet-gateway",
    "AWS::EC2::KeyPair": "key-pair",
    "AWS::EC2::LaunchTemplate": "launch-template",
    "AWS::EC2::NatGateway": "natgateway",
    "AWS::EC2::NetworkAcl": "network-acl",
    "AWS::EC2::NetworkInterface": "network-interface",
    "AWS::EC2::RouteTable": "route-table",
    "AWS::EC2::SecurityGroup": "security-group",
    "AWS::EC2::Snapshot": "snapshot",
    "AWS::EC2::Subnet": "subnet",
    "AWS::EC2::TransitGateway": "transit-gateway",
    "AWS::EC2::VPC": "vpc",
    "AWS::EC2::VPCEndpoint": "vpc-endpoint",
    "AWS::EC2::Volume": "volume",
}
_REGIONAL: Final[Mapping[str, tuple[str, str]]] = {
    **{kind: ("ec2", f"{word}/") for kind, word in _EC2.items()},
    "AWS::Athena::WorkGroup": ("athena", "workgroup/"),
    "AWS::CloudTrail::Trail": ("cloudtrail", "trail/"),
    "AWS::CodeBuild::Project": ("codebuild", "project/"),
    "AWS::DynamoDB::Table": ("dynamodb", "table/"),
    "AWS::ECR::Repository": ("ecr", "repository/"),
    "AWS::EFS::FileSystem": ("elasticfilesystem", "file-system/"),
    "AWS::EKS::Cluster": ("eks", "cluster/"),
    "AWS::ElastiCache::ReplicationGroup": ("elasticache", "replicationgroup:"),
    "AWS::ElasticLoadBalancing::LoadBalancer": ("elasticloadbalancing", "loadbalancer/"),
    "AWS::GuardDuty::Detector": ("guardduty", "detector/"),
    "AWS::KMS::Key": ("kms", "key/"),
    "AWS::Kinesis::Stream": ("kinesis", "stream/"),
    "AWS::Lambda::Function": ("lambda", "function:"),
    "AWS::Logs::LogGroup": ("logs", "log-group:"),
    "AWS::OpenSearchService::Domain": ("es", "domain/"),
    "AWS::RDS::DBCluster": ("rds", "cluster:"),
    "AWS::RDS::DBInstance": ("rds", "db:"),
    "AWS::DocDB::DBCluster": ("rds", "cluster:"),
    "AWS::Neptune::DBCluster": ("rds", "cluster:"),
    "AWS::RDS::DBClusterSnapshot": ("rds", "cluster-snapshot:"),
    "AWS::RDS::DBSnapshot": ("rds", "snapshot:"),
    "AWS::Redshift::ClusterParameterGroup": ("redshift", "parametergroup:"),
    "AWS::Redshift::Cluster": ("redshift", "cluster:"),
    "AWS::SageMaker::NotebookInstance": ("sagemaker", "notebook-instance/"),
    "AWS::S3::AccessPoint": ("s3", "accesspoint/"),
    "AWS::SNS::Topic": ("sns", ""),
    "AWS::SQS::Queue": ("sqs", ""),
    "AWS::SSM::Document": ("ssm", "document/"),
}
"""Type → service, and what stands before the id."""
_GLOBAL: Final[Mapping[str, tuple[str, str]]] = {
    "AWS::CloudFront::Distribution": ("cloudfront", "distribution/"),
    # NOTE: an event names users, roles and groups without their path; nearly all have none.
    "AWS::IAM::Group": ("iam", "group/"),
    "AWS::IAM::Role": ("iam", "role/"),
    "AWS::IAM::User": ("iam", "user/"),
    "AWS::IAM::AccountPasswordPolicy": ("iam", "password-policy"),
    "AWS::IAM::Root": ("iam", "root"),
}
"""Type → service, and what stands before the id, where the ARN has no region."""
_QUEUE_URL: Final = re.compile(
    r"https://(?:sqs\.)?([a-z]{2}(?:-[a-z]+)+-\d)\.(?:queue\.)?amazonaws\.com(?:\.cn)?/(\d{12})/([\w.-]+)"
)


def arn_of(kind: str, address: str, told: str) -> str:
    """Give the ARN that was told, or the one that an address of account, region and id makes; empty where neither."""
    if address.startswith("arn:") or told.startswith("arn:"):
        return told or address
    if queue := _QUEUE_URL.fullmatch(address):
        return f"arn:{_partition(queue[1])}:sqs:{queue[1]}:{queue[2]}:{queue[3]}"
    matched = _ADDRESS.fullmatch(address)
    return _made(kind, matched[1], matched[2] or "", matched[3]) if matched else ""


def _made(kind: str, account: str, region: str, name: str) -> str:
    partition = _partition(region)
    if kind == "AWS::S3::Bucket":
        return f"arn:{partition}:s3:::{name}"
    if kind == "AWS::ApiGateway::Stage" and name.count("/") == 1:
        api, stage = name.split("/")
        return f"arn:{partition}:apigateway:{region}::/restapis/{api}/stages/{stage}"
    service, before = _GLOBAL.get(kind, ("", ""))
    if service and ":" not in name:
        tail = name if before.endswith("/") else ""
        return f"arn:{partition}:{service}::{account}:{before}{tail}"
    service, before = _REGIONAL.get(kind, ("", ""))
    is_known = bool(service and region) and ":" not in name
    # The service itself tells log groups with what stands for their streams.
    after = ":*" if kind == "AWS::Logs::LogGroup" else ""
    return f"arn:{partition}:{service}:{region}:{account}:{before}{name}{after}" if is_known else ""


def _partition(region: str) -> str:
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"
