"""What AWS does when nobody says otherwise, so that an absent property is not an unknown one.

An absent list is an empty one. Where the default depends on the account, the image or the age of a resource, the leaf
is UNKNOWN. A default of Terraform's provider that differs from the service's is in the table of `PROVIDER`.

**source** The pages of the resource types in the CloudFormation reference; for S3 since April 2023
https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from tesuri.model.resource import UNKNOWN, Change, Unknown
from tesuri.model.resource_shape import resource_shape
from tesuri.subjects.drafts import Draft
from tesuri.subjects.planned import Planned

_Table = Mapping[str, Mapping[str, Planned]]

_BLOCKS: Final = (
    "BlockPublicAcls",
    "BlockPublicPolicy",
    "IgnorePublicAcls",
    "RestrictPublicBuckets",
)
_AES: Final[Planned] = {
    "ServerSideEncryptionConfiguration": [
        {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    ]
}
_CLUSTER: Final[Mapping[str, Planned]] = {
    "StorageEncrypted": False,
    "DeletionProtection": False,
    "BackupRetentionPeriod": 1,
}

_OLD_TLS: Final[Planned] = {
    "CloudFrontDefaultCertificate": True,
    "MinimumProtocolVersion": "TLSv1",
}

DEFAULTS: Final[_Table] = {
    "AWS::Account": {"AlternateContacts": UNKNOWN, "ContactInformation": UNKNOWN, "SupportRoles": UNKNOWN},
    "AWS::AmazonMQ::Broker": {"PubliclyAccessible": False, "AutoMinorVersionUpgrade": False},
    "AWS::ApiGateway::Method": {"ApiKeyRequired": False, "AuthorizationType": "NONE"},
    "AWS::ApiGateway::Stage": {
        "TracingEnabled": False,
        "CacheClusterEnabled": False,
        "MethodSettings[].CacheDataEncrypted": False,
        "MethodSettings[].CachingEnabled": False,
        "MethodSettings[].LoggingLevel": "OFF",
    },
    "AWS::ApiGatewayV2::Route": {"AuthorizationType": "NONE", "ApiKeyRequired": False},
    "AWS::Athena::WorkGroup": {
        "State": "ENABLED",
        "WorkGroupConfiguration.EnforceWorkGroupConfiguration": True,
    },
    "AWS::AutoScaling::LaunchConfiguration": {
        "MetadataOptions": {"HttpTokens": "optional", "HttpEndpoint": "enabled", "HttpPutResponseHopLimit": 1},
        "MetadataOptions.HttpTokens": "optional",
        "MetadataOptions.HttpEndpoint": "enabled",
        "MetadataOptions.HttpPutResponseHopLimit": 1,
        "BlockDeviceMappings[].Ebs.Encrypted": False,
        "InstanceMonitoring": True,
    },
    "AWS::CloudFront::Distribution": {
        "DistributionConfig": {"ViewerCertificate": _OLD_TLS, "CacheBehaviors": [], "OriginGroups": {}},
        "DistributionConfig.ViewerCertificate": _OLD_TLS,
        "DistributionConfig.ViewerCertificate.MinimumProtocolVersion": "TLSv1",
        "DistributionConfig.CacheBehaviors": [],
        "DistributionConfig.OriginGroups": {},
    },
    "AWS::CloudTrail::Trail": {
        "EnableLogFileValidation": False,
        "IsMultiRegionTrail": False,
        "IsOrganizationTrail": False,
        "IncludeGlobalServiceEvents": False,
    },
    "AWS::CodeBuild::Project": {
        "Environment.PrivilegedMode": False,
        "Environment.EnvironmentVariables": [],
        "Environment.EnvironmentVariables[].Type": "PLAINTEXT",
        "Artifacts.EncryptionDisabled": False,
        "SecondaryArtifacts[].EncryptionDisabled": False,
    },
    "AWS::Cognito::IdentityPool": {"AllowUnauthenticatedIdentities": False},
    "AWS::Cognito::UserPool": {"MfaConfiguration": "OFF"},
    "AWS::Config::ConfigurationRecorder": {
        "RecordingGroup": {"AllSupported": True, "IncludeGlobalResourceTypes": False},
        "RecordingGroup.AllSupported": False,
        "RecordingGroup.IncludeGlobalResourceTypes": False,
        "IsRecording": UNKNOWN,
    },
    "AWS::DAX::Cluster": {"SSESpecification": {"SSEEnabled": False}, "SSESpecification.SSEEnabled": False},
    "AWS::DMS::ReplicationInstance": {
        "PubliclyAccessible": True,
        "AutoMinorVersionUpgrade": True,
        "MultiAZ": False,
    },
    "AWS::DocDB::DBCluster": _CLUSTER,
    "AWS::DynamoDB::Table": {
        "DeletionProtectionEnabled": False,
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": False},
        "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled": False,
        "SSESpecification": {"SSEEnabled": False},
        "SSESpecification.SSEEnabled": False,
        "BillingMode": "PROVISIONED",
    },
    "AWS::EC2::Instance": {
        "DisableApiTermination": False,
        "EbsOptimized": False,
        "MetadataOptions": {"HttpTokens": UNKNOWN, "HttpEndpoint": "enabled", "HttpPutResponseHopLimit": UNKNOWN},
        "MetadataOptions.HttpTokens": UNKNOWN,
        "MetadataOptions.HttpEndpoint": "enabled",
        "MetadataOptions.HttpPutResponseHopLimit": UNKNOWN,
        "Monitoring": False,
        "SourceDestCheck": True,
        "BlockDeviceMappings[].Ebs.Encrypted": False,
        "SystemsManager": UNKNOWN,
    },
    "AWS::EC2::LaunchTemplate": {
        "LaunchTemplateData.MetadataOptions": {
            "HttpTokens": UNKNOWN,
            "HttpEndpoint": "enabled",
            "HttpPutResponseHopLimit": UNKNOWN,
        },
        "LaunchTemplateData.MetadataOptions.HttpTokens": UNKNOWN,
        "LaunchTemplateData.MetadataOptions.HttpEndpoint": "enabled",
        "LaunchTemplateData.MetadataOptions.HttpPutResponseHopLimit": UNKNOWN,
        "LaunchTemplateData.NetworkInterfaces": [],
        "LaunchTemplateData.BlockDeviceMappings": [],
        "LaunchTemplateData.BlockDeviceMappings[].Ebs.Encrypted": False,
    },
    "AWS::EC2::Image": {"Public": False},
    "AWS::EC2::NetworkAcl": {"IsDefault": False, "Entries[].Egress": False},
    "AWS::EC2::NetworkAclEntry": {"Egress": False},
    "AWS::EC2::RouteTable": {"IsDefault": False},
    "AWS::EC2::SecurityGroup": {"IsDefault": False},
    "AWS::EC2::Snapshot": {"Encrypted": False},
    "AWS::EC2::Subnet": {"MapPublicIpOnLaunch": False, "IsDefault": False, "Routes": UNKNOWN},
    "AWS::EC2::TransitGateway": {"AutoAcceptSharedAttachments": "disable"},
    "AWS::EC2::VPC": {"IsDefault": False, "EnableDnsSupport": True},
    "AWS::EC2::Volume": {"Encrypted": False},
    "AWS::ECR::Repository": {
        "ImageTagMutability": "MUTABLE",
        "ImageScanningConfiguration": {"ScanOnPush": False},
        "ImageScanningConfiguration.ScanOnPush": False,
        "EncryptionConfiguration": {"EncryptionType": "AES256"},
    },
    "AWS::ECS::Service": {
        "EnableExecuteCommand": False,
        "NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp": "DISABLED",
    },
    "AWS::ECS::TaskDefinition": {
        "ContainerDefinitions[].Privileged": False,
        "ContainerDefinitions[].ReadonlyRootFilesystem": False,
        "ContainerDefinitions[].Environment": [],
        "ContainerDefinitions[].Secrets": [],
        "Volumes[].EFSVolumeConfiguration.TransitEncryption": "DISABLED",
    },
    "AWS::EFS::FileSystem": {"Encrypted": False},
    "AWS::EKS::Cluster": {
        "Logging": {"ClusterLogging": {"EnabledTypes": []}},
        "ResourcesVpcConfig.EndpointPublicAccess": True,
        "ResourcesVpcConfig.EndpointPrivateAccess": False,
        "ResourcesVpcConfig.PublicAccessCidrs": ["0.0.0.0/0"],
    },
    "AWS::ElastiCache::CacheCluster": {"SnapshotRetentionLimit": 0, "TransitEncryptionEnabled": False},
    "AWS::ElastiCache::ReplicationGroup": {
        "AtRestEncryptionEnabled": False,
        "TransitEncryptionEnabled": False,
        "AutomaticFailoverEnabled": False,
        "MultiAZEnabled": False,
        "SnapshotRetentionLimit": 0,
    },
    "AWS::ElasticLoadBalancingV2::LoadBalancer": {"Scheme": "internet-facing", "Type": "application"},
    "AWS::ElasticLoadBalancing::LoadBalancer": {"Scheme": "internet-facing", "CrossZone": False},
    "AWS::IAM::AccessKey": {"Status": "Active"},
    "AWS::IAM::AccountPasswordPolicy": {
        "AllowUsersToChangePassword": True,
        "HardExpiry": False,
        "MaxPasswordAge": 0,
        "MinimumPasswordLength": 6,
        "PasswordReusePrevention": 0,
        "RequireLowercaseCharacters": False,
        "RequireNumbers": False,
        "RequireSymbols": False,
        "RequireUppercaseCharacters": False,
    },
    "AWS::IAM::ManagedPolicy": {"IsAttached": UNKNOWN},
    "AWS::KMS::Key": {
        "EnableKeyRotation": False,
        "Enabled": True,
        "KeySpec": "SYMMETRIC_DEFAULT",
        "KeyUsage": "ENCRYPT_DECRYPT",
        "MultiRegion": False,
        "Origin": "AWS_KMS",
    },
    "AWS::Lambda::Function": {"TracingConfig": {"Mode": "PassThrough"}, "PackageType": "Zip"},
    "AWS::MSK::Cluster": {
        "EncryptionInfo": {"EncryptionInTransit": {"ClientBroker": "TLS", "InCluster": True}},
        "EncryptionInfo.EncryptionInTransit": {"ClientBroker": "TLS", "InCluster": True},
        "EncryptionInfo.EncryptionInTransit.ClientBroker": "TLS",
        "EncryptionInfo.EncryptionInTransit.InCluster": True,
    },
    "AWS::Neptune::DBCluster": {**_CLUSTER, "IamAuthEnabled": False},
    "AWS::OpenSearchService::Domain": {
        "EncryptionAtRestOptions": {"Enabled": False},
        "EncryptionAtRestOptions.Enabled": False,
        "NodeToNodeEncryptionOptions": {"Enabled": False},
        "NodeToNodeEncryptionOptions.Enabled": False,
        "DomainEndpointOptions": {"EnforceHTTPS": False, "TLSSecurityPolicy": "Policy-Min-TLS-1-0-2019-07"},
        "DomainEndpointOptions.EnforceHTTPS": False,
        "DomainEndpointOptions.TLSSecurityPolicy": "Policy-Min-TLS-1-0-2019-07",
    },
    "AWS::RDS::DBCluster": {**_CLUSTER, "EnableIAMDatabaseAuthentication": False, "CopyTagsToSnapshot": False},
    "AWS::RDS::DBInstance": {
        "AutoMinorVersionUpgrade": True,
        "BackupRetentionPeriod": 1,
        "CopyTagsToSnapshot": False,
        "DeletionProtection": False,
        "EnableIAMDatabaseAuthentication": False,
        "EnablePerformanceInsights": False,
        "MultiAZ": False,
        "PubliclyAccessible": UNKNOWN,
        "StorageEncrypted": False,
    },
    "AWS::RDS::DBSnapshot": {"Encrypted": False},
    "AWS::RDS::DBClusterSnapshot": {"StorageEncrypted": False},
    "AWS::RDS::DBProxy": {"RequireTLS": False},
    "AWS::Redshift::Cluster": {
        "Encrypted": False,
        "PubliclyAccessible": UNKNOWN,
        "EnhancedVpcRouting": False,
        "AllowVersionUpgrade": True,
        "AutomatedSnapshotRetentionPeriod": 1,
    },
    "AWS::S3::AccessPoint": {
        "PublicAccessBlockConfiguration": dict.fromkeys(_BLOCKS, True),
        **{f"PublicAccessBlockConfiguration.{name}": False for name in _BLOCKS},
    },
    "AWS::S3::AccountPublicAccessBlock": dict.fromkeys(_BLOCKS, False),
    "AWS::S3::Bucket": {
        "AccessControl": "Private",
        "AccountId": UNKNOWN,
        "BucketEncryption": _AES,
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "PublicAccessBlockConfiguration": dict.fromkeys(_BLOCKS, True),
        "VersioningConfiguration": {"Status": "Suspended"},
        **{f"PublicAccessBlockConfiguration.{name}": False for name in _BLOCKS},
    },
    "AWS::SageMaker::NotebookInstance": {"DirectInternetAccess": "Enabled", "RootAccess": "Enabled"},
    "AWS::WorkSpaces::Workspace": {"RootVolumeEncryptionEnabled": False, "UserVolumeEncryptionEnabled": False},
}  # fmt: skip

PROVIDER: Final[_Table] = {
    "aws_cloudtrail": {"IncludeGlobalServiceEvents": True, "IsLogging": True},
    "aws_db_instance": {"PubliclyAccessible": False, "BackupRetentionPeriod": 0},
    "aws_elb": {"AccessLoggingPolicy.Enabled": True},
    # NOTE: a network balancer has no default; its listeners must say.
    "aws_alb_listener": {"Protocol": "HTTP"},
    "aws_lb_listener": {"Protocol": "HTTP"},
    "aws_rds_cluster_instance": {"PubliclyAccessible": False},
    "aws_ebs_encryption_by_default": {"Enabled": True},
    "aws_guardduty_detector": {"Enable": True},
    "aws_neptune_cluster_instance": {"PubliclyAccessible": False},
    # NOTE: provider versions before 6 make it public unless told otherwise.
    "aws_redshift_cluster": {"PubliclyAccessible": True},
    "aws_launch_configuration": {"InstanceMonitoring": True},
    "aws_instance": {"SourceDestCheck": True},
}
"""Terraform type → defaults of the provider that differ from those of the service."""

_OF_ITS_CLUSTER: Final = frozenset(
    {"BackupRetentionPeriod", "DeletionProtection", "MultiAZ", "StorageEncrypted", "EnableIAMDatabaseAuthentication"}
)  # fmt: skip
"""What a database instance that belongs to a cluster takes from the cluster: it has no default of its own."""

_DECLARED: Final = "Declared"
_BY_AGE: Final = frozenset({"PublicAccessBlockConfiguration", "OwnershipControls"})
"""Defaults of buckets made since April 2023: nobody knows them for a bucket that was there before."""


@cache
def _flat(kind: str, provider_type: str) -> Mapping[str, Planned]:
    """Give the defaults of the resource's own properties; an absent list is an empty one."""
    lists: dict[str, Planned] = {
        name: [] for name, shape in (resource_shape(kind) or {}).items() if isinstance(shape, list)
    }
    own = {name: value for name, value in DEFAULTS.get(kind, {}).items() if "." not in name}
    provider = {
        name: value for name, value in PROVIDER.get(provider_type, {}).items() if "." not in name
    }
    return {**lists, **own, **provider}


@cache
def defaulted_names(kind: str) -> frozenset[str]:
    """Give the own properties of a type that have a default: lists, and what is documented."""
    return frozenset(_flat(kind, ""))


@cache
def _deep(kind: str, provider_type: str) -> tuple[tuple[tuple[str, ...], Planned], ...]:
    table = {**DEFAULTS.get(kind, {}), **PROVIDER.get(provider_type, {})}
    return tuple((tuple(path.split(".")), value) for path, value in table.items() if "." in path)


@cache
def _marks(names: frozenset[str]) -> frozenset[str]:
    return frozenset(f"/{name}" for name in names)


def fill_defaults(draft: Draft) -> None:
    """Add what nobody wrote to a draft, and mark it."""
    if draft.is_partial:
        return
    table = _flat(draft.type, draft.provider_type)
    for path, value in _deep(draft.type, draft.provider_type):
        _fill(draft.properties, path, value)
    properties = draft.properties
    if draft.type == "AWS::RDS::DBInstance" and "DBClusterIdentifier" in properties:
        table = {name: value for name, value in table.items() if name not in _OF_ITS_CLUSTER}
    for name in _unwritten(draft):
        del properties[name]
    if _DECLARED in (resource_shape(draft.type) or {}) and _DECLARED not in properties:
        properties[_DECLARED] = _declared(draft)
    missing = table.keys() - properties.keys()
    for name in missing:
        properties[name] = table[name]
    for name in _not_told(draft, missing):
        properties[name] = UNKNOWN
    draft.defaults |= _marks(frozenset(missing))


def _declared(draft: Draft) -> Planned:
    """Give the names of the properties that somebody wrote: a control may ask for them although the default is good."""
    found: list[Planned] = []
    for name, value in draft.properties.items():
        is_doubted = name in draft.unsure and isinstance(value, Unknown)
        found.append(UNKNOWN if is_doubted else name)
    return found


def _unwritten(draft: Draft) -> list[str]:
    """Give the unknown properties that nobody wrote: the plan only says that the provider computes them.

    They are absent in source and templates, too; what a part wrote, or may have written, stays unknown.
    """
    return [
        name
        for name, value in draft.properties.items()
        if isinstance(value, Unknown)
        and f"/{name}" not in draft.joined
        and name not in draft.unsure
        and draft.is_set(name) is False
    ]


def _not_told(draft: Draft, missing: set[str]) -> Iterator[str]:
    """Give the missing properties whose default nobody may assume here."""
    is_old = draft.change in (Change.UPDATE, Change.NO_CHANGE)
    if draft.is_complete and not (is_old and draft.type == "AWS::S3::Bucket"):
        return
    for name in missing:
        is_by_age = is_old and draft.type == "AWS::S3::Bucket" and name in _BY_AGE
        if is_by_age or (not draft.is_complete and draft.is_set(name) is not False):
            yield name


def _fill(place: Planned, path: tuple[str, ...], value: Planned) -> None:
    """Add a default below objects that are there."""
    name = path[0].removesuffix("[]")
    if not isinstance(place, dict):
        return
    if len(path) == 1:
        place.setdefault(name, value)
        return
    below = place.get(name)
    for part in below if isinstance(below, list) else [below]:
        _fill(part, path[1:], value)
