"""Calls that change a resource, and what each of them tells of it.

Before a name, + says that the call makes the resource, and = that it answers with a description of all of it.

**source** The request and response shapes of each service's API, as CloudTrail records them.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from tesuri.subjects.aws.recorded.identity import NO_PASSWORD_POLICY
from tesuri.subjects.aws.recorded.shape import entries, pick, plain, shaped
from tesuri.subjects.aws.recorded.storage import encryption
from tesuri.subjects.cloudtrail import settings, told
from tesuri.subjects.cloudtrail.mapping import EventMapping, Told, fixed, from_request
from tesuri.subjects.cloudtrail.shapes import shape
from tesuri.untrusted.shape import text

_BUCKET: Final = "AWS::S3::Bucket"
_GROUP: Final = "AWS::EC2::SecurityGroup"
_INSTANCE: Final = "AWS::EC2::Instance"
_TEMPLATE: Final = "AWS::EC2::LaunchTemplate"
_USER: Final = "AWS::IAM::User"
_USER_GROUP: Final = "AWS::IAM::Group"
_ROLE: Final = "AWS::IAM::Role"
_TRAIL: Final = "AWS::CloudTrail::Trail"
_KEY: Final = "AWS::KMS::Key"
_QUEUE: Final = "AWS::SQS::Queue"
_TOPIC: Final = "AWS::SNS::Topic"
_SECRET: Final = "AWS::SecretsManager::Secret"
_CLUSTER: Final = "AWS::EKS::Cluster"
_DOMAIN: Final = "AWS::OpenSearchService::Domain"
_BALANCER: Final = "AWS::ElasticLoadBalancingV2::LoadBalancer"
_LISTENER: Final = "AWS::ElasticLoadBalancingV2::Listener"
_FUNCTION: Final = "AWS::Lambda::Function"
_STAGE: Final = "AWS::ApiGateway::Stage"
_HTTP_STAGE: Final = "AWS::ApiGatewayV2::Stage"
_ACL: Final = "AWS::WAFv2::WebACL"


def _of(
    source: str, events: str, kind: str, names: str, tells: Told, *, each: str = "", later: str = "", only_with: str = "", only_named: str = ""
) -> EventMapping:  # fmt: skip
    words = events.split()
    return EventMapping(
        source,
        tuple(word.lstrip("+=") for word in words),
        kind,
        tuple(names.split()),
        tells,
        each=tuple(each.split()),
        making=frozenset(word[1:] for word in words if word[0] == "+"),
        describing=frozenset(word[1:] for word in words if word[0] == "="),
        later=tuple(later.split()),
        only_with=only_with,
        only_named=only_named,
    )


def _simple(source: str, events: str, kind: str, names: str, *inside: str, later: str = "", each: str = "", only_with: str = "") -> EventMapping:  # fmt: skip
    return _of(source, events, kind, names, shape(kind, *inside), each=each, later=later, only_with=only_with)  # fmt: skip


_MAPPINGS: Final = (
    _of("ec2", "AuthorizeSecurityGroupIngress", _GROUP, "groupId groupName", told.rules("SecurityGroupIngress")),
    _of("ec2", "AuthorizeSecurityGroupEgress", _GROUP, "groupId groupName", told.rules("SecurityGroupEgress")),
    _of("ec2", "=RunInstances", _INSTANCE, "instanceId", settings.machine, each="instancesSet", later="PublicIp UserData BlockDeviceMappings Volumes LaunchTemplateData SystemsManager"),
    _of("ec2", "AssociateAddress", _INSTANCE, "instanceId", settings.address),
    _of("ec2", "ModifyInstanceMetadataOptions", _INSTANCE, "ModifyInstanceMetadataOptionsRequest.InstanceId instanceId", lambda q, _: {"MetadataOptions": plain(pick(q, "ModifyInstanceMetadataOptionsRequest") or q)}),
    _simple("ec2", "CreateVolume", "AWS::EC2::Volume", "volumeId"),
    _of("ec2", "CreateSecurityGroup", _GROUP, "groupId", lambda q, a: {"GroupName": text(pick(q, "groupName")), "GroupId": text(pick(a, "groupId")), "VpcId": text(pick(q, "vpcId")), "IsDefault": False, "SecurityGroupIngress": []}),
    _simple("ec2", "CreateVpc CreateDefaultVpc", "AWS::EC2::VPC", "vpc.vpcId", "vpc"),
    _of("ec2", "ModifySnapshotAttribute", "AWS::EC2::Snapshot", "snapshotId", told.added("CreateVolumePermissions", "createVolumePermission")),
    _of("ec2", "ModifyImageAttribute", "AWS::EC2::Image", "imageId", settings.image),
    _of("ec2", "CreateNetworkAclEntry ReplaceNetworkAclEntry", "AWS::EC2::NetworkAcl", "networkAclId", lambda q, _: {"Entries": [shaped("AWS::EC2::NetworkAclEntry", q, {"Protocol": ("aclProtocol",)})]}),
    _of("ec2", "CreateRoute ReplaceRoute", "AWS::EC2::RouteTable", "routeTableId", lambda q, _: {"Routes": [shaped("AWS::EC2::Route", q)]}),
    _simple("ec2", "CreateSubnet ModifySubnetAttribute", "AWS::EC2::Subnet", "subnet.subnetId subnetId", "subnet"),
    _of("ec2", "DisableEbsEncryptionByDefault", "AWS::EC2::EBSEncryptionByDefault", "", fixed(Enabled=False)),
    _of("ec2", "EnableEbsEncryptionByDefault", "AWS::EC2::EBSEncryptionByDefault", "", fixed(Enabled=True)),
    _of("ec2", "DisableSnapshotBlockPublicAccess", "AWS::EC2::SnapshotBlockPublicAccess", "", fixed(State="unblocked")),
    _of("ec2", "EnableSnapshotBlockPublicAccess", "AWS::EC2::SnapshotBlockPublicAccess", "", lambda q, _: {"State": text(pick(q, "state")) or text(pick(q, "EnableSnapshotBlockPublicAccessRequest", "State"))}),
    _of("ec2", "+CreateLaunchTemplate CreateLaunchTemplateVersion", _TEMPLATE, "CreateLaunchTemplateResponse.launchTemplate.launchTemplateId CreateLaunchTemplateVersionRequest.LaunchTemplateId CreateLaunchTemplateVersionResponse.launchTemplateVersion.launchTemplateId CreateLaunchTemplateRequest.LaunchTemplateName", settings.launch_template),
    _simple("ec2", "+CreateTransitGateway ModifyTransitGateway", "AWS::EC2::TransitGateway", "CreateTransitGatewayResponse.transitGateway.transitGatewayId ModifyTransitGatewayRequest.TransitGatewayId"),
    _of("s3", "PutBucketPolicy", _BUCKET, "bucketName", told.policy("PolicyDocument", "bucketPolicy")),
    _of("s3", "DeleteBucketPolicy", _BUCKET, "bucketName", fixed(PolicyDocument=None)),
    _of("s3", "PutBucketAcl", _BUCKET, "bucketName", told.acl),
    _of("s3", "+CreateBucket", _BUCKET, "bucketName", settings.bucket, later="Trails"),
    _of("s3", "PutBucketOwnershipControls", _BUCKET, "bucketName", settings.ownership),
    _of("s3", "DeleteBucketOwnershipControls", _BUCKET, "bucketName", fixed(OwnershipControls=None)),
    _of("s3", "PutBucketPublicAccessBlock PutPublicAccessBlock", _BUCKET, "bucketName", told.block),
    _of("s3", "DeleteBucketPublicAccessBlock DeletePublicAccessBlock", _BUCKET, "bucketName", fixed(PublicAccessBlockConfiguration=told.OPEN)),
    _of("s3", "PutAccountPublicAccessBlock", "AWS::S3::AccountPublicAccessBlock", "", told.account_block),
    _of("s3", "DeleteAccountPublicAccessBlock", "AWS::S3::AccountPublicAccessBlock", "", fixed(**told.OPEN)),
    _of("s3", "PutBucketEncryption", _BUCKET, "bucketName", from_request(lambda q: {"BucketEncryption": encryption(q)})),
    _of("s3", "DeleteBucketEncryption", _BUCKET, "bucketName", fixed(BucketEncryption=None)),
    _of("s3", "PutBucketVersioning", _BUCKET, "bucketName", lambda q, _: {"VersioningConfiguration": {"Status": text(pick(q, "VersioningConfiguration", "Status"))}}),
    _of("s3", "PutBucketLogging", _BUCKET, "bucketName", lambda q, _: {"LoggingConfiguration": {"DestinationBucketName": text(pick(q, "BucketLoggingStatus", "LoggingEnabled", "TargetBucket"))} if pick(q, "BucketLoggingStatus", "LoggingEnabled") else None}),
    _of("s3", "DeleteBucketReplication", _BUCKET, "bucketName", fixed(ReplicationConfiguration=None)),
    _of("cloudtrail", "StopLogging DeleteTrail", _TRAIL, "name", told.trail_off),
    _of("cloudtrail", "StartLogging", _TRAIL, "name", fixed(IsLogging=True)),
    _simple("cloudtrail", "+CreateTrail =UpdateTrail", _TRAIL, "trailARN name", later="IsLogging EventSelectors AdvancedEventSelectors InsightSelectors"),
    _of("cloudtrail", "PutEventSelectors", _TRAIL, "trailARN trailName", settings.selectors),
    _of("iam", "CreateAccessKey", _USER, "accessKey.userName userName", told.access_key),
    _of("iam", "CreateLoginProfile UpdateLoginProfile", _USER, "loginProfile.userName userName", fixed(LoginProfile={})),
    _of("iam", "PutUserPolicy", _USER, "userName", told.inline),
    _of("iam", "AttachUserPolicy", _USER, "userName", told.attached),
    _of("iam", "DeactivateMFADevice", _USER, "userName", fixed(MfaDevices=[])),
    _of("iam", "PutRolePolicy", _ROLE, "roleName", told.inline),
    _of("iam", "AttachRolePolicy", _ROLE, "roleName", told.attached),
    _of("iam", "CreateRole", _ROLE, "role.arn role.roleName roleName", told.policy("AssumeRolePolicyDocument", "assumeRolePolicyDocument")),
    _of("iam", "UpdateAssumeRolePolicy", _ROLE, "roleName", told.policy("AssumeRolePolicyDocument", "policyDocument")),
    _of("iam", "CreatePolicy CreatePolicyVersion", "AWS::IAM::ManagedPolicy", "policy.arn policyArn policyName", told.policy("PolicyDocument", "policyDocument")),
    _simple("iam", "UpdateAccountPasswordPolicy", "AWS::IAM::AccountPasswordPolicy", ""),
    _of("iam", "DeleteAccountPasswordPolicy", "AWS::IAM::AccountPasswordPolicy", "", fixed(**NO_PASSWORD_POLICY)),
    _simple("rds", "+CreateDBInstance =ModifyDBInstance =RestoreDBInstanceFromDBSnapshot =RestoreDBInstanceToPointInTime =CreateDBInstanceReadReplica", "AWS::RDS::DBInstance", "dBInstanceArn dBInstanceIdentifier"),
    _simple("rds", "+CreateDBCluster =ModifyDBCluster =RestoreDBClusterFromSnapshot", "AWS::RDS::DBCluster", "dBClusterArn dBClusterIdentifier"),
    _simple("rds", "=CreateDBSnapshot =CopyDBSnapshot", "AWS::RDS::DBSnapshot", "dBSnapshotArn targetDBSnapshotIdentifier dBSnapshotIdentifier", later="SharedAccounts"),
    _of("rds", "ModifyDBSnapshotAttribute", "AWS::RDS::DBSnapshot", "dBSnapshotIdentifier", told.shared),
    _of("rds", "ModifyDBClusterSnapshotAttribute", "AWS::RDS::DBClusterSnapshot", "dBClusterSnapshotIdentifier", told.shared),
    _of("kms", "DisableKeyRotation", _KEY, "keyId", fixed(EnableKeyRotation=False)),
    _of("kms", "EnableKeyRotation", _KEY, "keyId", fixed(EnableKeyRotation=True)),
    _of("kms", "DisableKey ScheduleKeyDeletion", _KEY, "keyId", fixed(Enabled=False)),
    _of("kms", "PutKeyPolicy CreateKey", _KEY, "keyMetadata.arn keyId", told.policy("KeyPolicy", "policy")),
    _of("guardduty", "DeleteDetector StopMonitoringMembers DisassociateMembers", "AWS::GuardDuty::Detector", "detectorId", fixed(Enable=False)),
    _simple("guardduty", "CreateDetector UpdateDetector", "AWS::GuardDuty::Detector", "detectorId"),
    _of("config", "PutConfigurationRecorder", "AWS::Config::ConfigurationRecorder", "configurationRecorder.name", settings.recorder),
    _of("config", "StopConfigurationRecorder DeleteConfigurationRecorder", "AWS::Config::ConfigurationRecorder", "configurationRecorderName", fixed(IsRecording=False)),
    _of("macie2", "DisableMacie", "AWS::Macie::Session", "", fixed(Status="PAUSED")),
    _of("lambda", "AddPermission20150331v2 AddPermission20150331 AddPermission", _FUNCTION, "functionName", told.permission),
    _of("lambda", "CreateFunctionUrlConfig UpdateFunctionUrlConfig", _FUNCTION, "functionName", settings.function_url),
    _simple("lambda", "+CreateFunction20150331 UpdateFunctionConfiguration20150331v2", _FUNCTION, "functionArn functionName"),
    _of("sqs", "SetQueueAttributes +CreateQueue", _QUEUE, "queueUrl queueName", told.attributes(_QUEUE)),
    _of("sns", "SetTopicAttributes +CreateTopic", _TOPIC, "topicArn name", told.attributes(_TOPIC)),
    _of("secretsmanager", "RotateSecret", _SECRET, "aRN arn secretId", settings.rotation),
    _of("secretsmanager", "CancelRotateSecret", _SECRET, "aRN arn secretId", fixed(RotationSchedule=None)),
    _of("secretsmanager", "PutResourcePolicy", _SECRET, "aRN secretId", told.policy("ResourcePolicy", "resourcePolicy")),
    _of("ecr", "SetRepositoryPolicy", "AWS::ECR::Repository", "repositoryName", told.policy("RepositoryPolicyText", "policyText")),
    _of("ecr", "PutImageScanningConfiguration", "AWS::ECR::Repository", "repositoryName", told.image_scanning),
    _simple("ecr", "+CreateRepository PutImageTagMutability", "AWS::ECR::Repository", "repository.repositoryName repositoryName", "repository", later="RepositoryPolicyText LifecyclePolicy"),
    _of("dynamodb", "UpdateContinuousBackups", "AWS::DynamoDB::Table", "tableName", told.recovery),
    _simple("dynamodb", "+CreateTable UpdateTable", "AWS::DynamoDB::Table", "tableDescription.tableName tableName", "tableDescription", later="PointInTimeRecoverySpecification"),
    _simple("elasticfilesystem", "CreateFileSystem", "AWS::EFS::FileSystem", "fileSystemId"),
    _simple("eks", "+CreateCluster UpdateClusterConfig UpdateClusterVersion", _CLUSTER, "cluster.name name", "cluster", later="Addons"),
    _of("eks", "AssociateEncryptionConfig", _CLUSTER, "clusterName", settings.encryption_of_cluster),
    _of("eks", "CreateAddon UpdateAddon", _CLUSTER, "clusterName name", settings.add_on),
    _simple("elasticloadbalancing", "+CreateListener =ModifyListener", _LISTENER, "listenerArn loadBalancerArn", each="listeners"),
    _simple("cloudfront", "+CreateDistribution +CreateDistributionWithTags +UpdateDistribution", "AWS::CloudFront::Distribution", "distribution.aRN distribution.id id", "distribution"),
    _simple("redshift", "+CreateCluster =ModifyCluster =RestoreFromClusterSnapshot", "AWS::Redshift::Cluster", "clusterIdentifier"),
    _simple("elasticache", "+CreateReplicationGroup =ModifyReplicationGroup", "AWS::ElastiCache::ReplicationGroup", "replicationGroupId"),
    _simple("logs", "PutRetentionPolicy", "AWS::Logs::LogGroup", "logGroupName"),
    _simple("logs", "CreateLogGroup AssociateKmsKey", "AWS::Logs::LogGroup", "logGroupName"),
    _of("logs", "DisassociateKmsKey", "AWS::Logs::LogGroup", "logGroupName", fixed(KmsKeyId=None)),
    _of("logs", "DeleteRetentionPolicy", "AWS::Logs::LogGroup", "logGroupName", fixed(RetentionInDays=None)),
    _simple("ecs", "+RegisterTaskDefinition", "AWS::ECS::TaskDefinition", "taskDefinition.taskDefinitionArn family", "taskDefinition"),
    _simple("codebuild", "+CreateProject +UpdateProject", "AWS::CodeBuild::Project", "project.name name", "project"),
    _simple("sagemaker", "+CreateNotebookInstance UpdateNotebookInstance", "AWS::SageMaker::NotebookInstance", "notebookInstanceName"),
    _simple("autoscaling", "+CreateLaunchConfiguration", "AWS::AutoScaling::LaunchConfiguration", "launchConfigurationName"),
    _simple("apigateway", "CreateStage =UpdateStage", _STAGE, "restApiId+stageName restApiId+createStageInput.stageName", later="WebAclArn", only_with="restApiId"),
    _simple("apigateway", "+CreateStage UpdateStage", _HTTP_STAGE, "apiId+stageName", only_with="apiId"),
    _simple("apigateway", "+PutMethod", "AWS::ApiGateway::Method", "restApiId+resourceId+httpMethod"),
    _simple("dms", "+CreateReplicationInstance =ModifyReplicationInstance", "AWS::DMS::ReplicationInstance", "replicationInstance.replicationInstanceArn replicationInstance.replicationInstanceIdentifier replicationInstanceIdentifier", "replicationInstance"),
    _of("iam", "PutGroupPolicy", _USER_GROUP, "groupName", told.inline),
    _of("iam", "AttachGroupPolicy", _USER_GROUP, "groupName", told.attached),
    _of("iam", "PutUserPolicy", "AWS::IAM::Policy", "policyName", told.inline_of("Users", "userName")),
    _of("iam", "PutRolePolicy", "AWS::IAM::Policy", "policyName", told.inline_of("Roles", "roleName")),
    _of("iam", "PutGroupPolicy", "AWS::IAM::Policy", "policyName", told.inline_of("Groups", "groupName")),
    _of("securityhub", "DisableSecurityHub", "AWS::SecurityHub::Hub", "", fixed(ARN=None)),
    _of("access-analyzer", "DeleteAnalyzer", "AWS::AccessAnalyzer::Analyzer", "analyzerName", fixed(Arn=None, AnalyzerName=None)),
    _simple("apigateway", "+CreateRoute =UpdateRoute", "AWS::ApiGatewayV2::Route", "apiId+routeId", only_with="apiId"),
    _of("athena", "+CreateWorkGroup UpdateWorkGroup", "AWS::Athena::WorkGroup", "name workGroup", settings.work_group),
    _simple("ecs", "+CreateService =UpdateService", "AWS::ECS::Service", "service.serviceArn serviceName", "service"),
    _simple("eks", "+CreateNodegroup", "AWS::EKS::Nodegroup", "nodegroup.nodegroupArn nodegroupName", "nodegroup"),
    _of("elasticloadbalancing", "+CreateLoadBalancer", _BALANCER, "loadBalancerArn", settings.balancer, each="loadBalancers", later="LoadBalancerAttributes WebAclArn Listeners"),
    _of("elasticloadbalancing", "ModifyLoadBalancerAttributes", _BALANCER, "loadBalancerArn", settings.balancer_attributes),
    _of("elasticmapreduce", "PutBlockPublicAccessConfiguration", "AWS::EMR::BlockPublicAccess", "", from_request(lambda q: shaped("AWS::EMR::BlockPublicAccess", q), "blockPublicAccessConfiguration")),
    _simple("es", "+CreateDomain +CreateElasticsearchDomain", _DOMAIN, "domainStatus.aRN domainName", "domainStatus"),
    _of("es", "UpdateDomainConfig UpdateElasticsearchDomainConfig", _DOMAIN, "domainName", settings.domain_change),
    _of("kinesis", "StopStreamEncryption", "AWS::Kinesis::Stream", "streamARN streamName", fixed(StreamEncryption=None)),
    _of("kinesis", "StartStreamEncryption", "AWS::Kinesis::Stream", "streamARN streamName", lambda q, _: {"StreamEncryption": {"EncryptionType": text(pick(q, "encryptionType")), "KeyId": text(pick(q, "keyId"))}}),
    _of("kafka", "+CreateCluster +CreateClusterV2 UpdateSecurity", "AWS::MSK::Cluster", "clusterArn clusterName", settings.brokers),
    _simple("amazonmq", "+CreateBroker", "AWS::AmazonMQ::Broker", "brokerArn brokerName"),
    _of("redshift", "ModifyClusterParameterGroup", "AWS::Redshift::ClusterParameterGroup", "parameterGroupName", settings.parameters),
    _of("s3", "+CreateAccessPoint", "AWS::S3::AccessPoint", "name", settings.access_point),
    _of("ssm", "ModifyDocumentPermission", "AWS::SSM::Document", "name", lambda q, _: {"SharedAccounts": [text(one) for one in entries(pick(q, "accountIdsToAdd"))]}),
    _of("wafv2", "PutLoggingConfiguration", _ACL, "loggingConfiguration.resourceArn", settings.logging_of_web_acl),
    _of("wafv2", "DeleteLoggingConfiguration", _ACL, "resourceArn", fixed(LoggingConfiguration=None)),
    _of("wafv2", "AssociateWebACL", _BALANCER, "resourceArn", settings.web_acl_of, only_named=":loadbalancer/"),
    _of("wafv2", "DisassociateWebACL", _BALANCER, "resourceArn", fixed(WebAclArn=None), only_named=":loadbalancer/"),
    _of("wafv2", "AssociateWebACL", _STAGE, "resourceArn", settings.web_acl_of, only_named=":apigateway:"),
    _of("wafv2", "DisassociateWebACL", _STAGE, "resourceArn", fixed(WebAclArn=None), only_named=":apigateway:"),
)  # fmt: skip


def _by_event(mappings: Iterable[EventMapping]) -> Mapping[str, tuple[EventMapping, ...]]:
    found: dict[str, list[EventMapping]] = {}
    for one in mappings:
        for name in one.events:
            found.setdefault(name, []).append(one)
    return {name: tuple(some) for name, some in found.items()}


CALLS: Final = _by_event(_MAPPINGS)
"""By event name; two services may have calls of one name."""
