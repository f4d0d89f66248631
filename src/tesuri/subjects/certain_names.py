"""Names under which a resource is certain to be the same before deployment and live; nothing here is a guess.

Its ARN, its type with the name that the provider allows once, and the address that its tags tell.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from tesuri.model.resource import Change, Resource
from tesuri.subjects.aws.arn import arn_of

_NAMED_BY: Final[Mapping[str, str]] = {
    "AWS::CloudTrail::Trail": "TrailName",
    "AWS::CodeBuild::Project": "Name",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::ECR::Repository": "RepositoryName",
    "AWS::EKS::Cluster": "Name",
    "AWS::ElastiCache::ReplicationGroup": "ReplicationGroupId",
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::Kinesis::Stream": "Name",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::OpenSearchService::Domain": "DomainName",
    "AWS::RDS::DBCluster": "DBClusterIdentifier",
    "AWS::RDS::DBInstance": "DBInstanceIdentifier",
    "AWS::Redshift::Cluster": "ClusterIdentifier",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::SecretsManager::Secret": "Name",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
}
"""Type → property with the physical name."""
_ADDRESS_TAG: Final = "tesuri:address"
_STACK_TAGS: Final = ("aws:cloudformation:stack-name", "aws:cloudformation:logical-id")


def certain_names(resource: Resource, *, is_live: bool) -> tuple[str, ...]:
    """Give the names of a resource, live or before deployment; two with a name in common are one."""
    found = _live(resource) if is_live else _declared(resource)
    return tuple(dict.fromkeys((*found, *_physical(resource))))


def _physical(resource: Resource) -> Iterator[str]:
    if resource.arn:
        yield resource.arn
    name = resource.properties.get(_NAMED_BY.get(resource.type, ""))
    if isinstance(name, str) and name:
        yield f"{resource.type} {name}"


def _live(resource: Resource) -> Iterator[str]:
    if arn := arn_of(resource.type, resource.address, resource.arn):
        yield arn
    if address := resource.tags.get(_ADDRESS_TAG):
        yield f"address {resource.type} {address}"
    stack, logical = (resource.tags.get(tag, "") for tag in _STACK_TAGS)
    if stack and logical:
        yield f"stack {resource.type} {stack}/{logical}"


def _declared(resource: Resource) -> Iterator[str]:
    yield f"address {resource.type} {resource.address}"
    if resource.change is Change.EXISTS and resource.origin.file:
        # A template does not know its stack: only one that is called like its file is certain.
        stem = resource.origin.file.rpartition("/")[2].partition(".")[0]
        yield f"stack {resource.type} {stem}/{resource.address}"
