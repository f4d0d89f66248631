"""What AWS does when nobody says otherwise, as tables: canonical type → property → value.

Where the default depends on the account, the image or the age of a resource, the leaf is UNKNOWN. A default of
Terraform's provider that differs from the service's is in the table of `PROVIDER`. `defaults.py` fills them in.

**source** The pages of the resource types in the CloudFormation reference; for S3 since April 2023
https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html
"""

from collections.abc import Mapping
from typing import Final

from tesuri.model.resource import UNKNOWN
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

_RESTORED: Final = frozenset({"SnapshotIdentifier", "SourceDBClusterIdentifier"})
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
        "PubliclyAccessible": False,
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
    "aws_config_configuration_recorder": {"RecordingGroup.AllSupported": True},
    "aws_launch_configuration": {"InstanceMonitoring": True},
    "aws_launch_template": {"LaunchTemplateData.MetadataOptions.HttpTokens": "optional"},
    "aws_instance": {"SourceDestCheck": True},
}
"""Terraform type → defaults of the provider that differ from those of the service."""

INHERITED: Final[Mapping[str, tuple[str, frozenset[str]]]] = {
    "AWS::DocDB::DBCluster": ("StorageEncrypted", _RESTORED),
    "AWS::EC2::Volume": ("Encrypted", frozenset({"SnapshotId"})),
    "AWS::Neptune::DBCluster": ("StorageEncrypted", _RESTORED),
    "AWS::RDS::DBCluster": ("StorageEncrypted", _RESTORED),
    "AWS::RDS::DBInstance": (
        "StorageEncrypted",
        frozenset({"DBSnapshotIdentifier", "DBClusterSnapshotIdentifier", "SourceDBInstanceIdentifier", "SourceDbiResourceId",
                   "SourceDBInstanceAutomatedBackupsArn"}),
    ),
    "AWS::Redshift::Cluster": ("Encrypted", frozenset({"SnapshotIdentifier"})),
}  # fmt: skip
"""Type → what it takes from the snapshot or the source that one of the properties names, unless somebody writes it."""

OF_ITS_CLUSTER: Final = frozenset(
    {"BackupRetentionPeriod", "DeletionProtection", "MultiAZ", "StorageEncrypted", "EnableIAMDatabaseAuthentication"}
)  # fmt: skip
"""What a database instance that belongs to a cluster takes from the cluster: it has no default of its own."""
