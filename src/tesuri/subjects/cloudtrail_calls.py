"""Calls that change a resource, and what each of them tells of it.

**source** The request and response shapes of each service's API, as CloudTrail records them.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from tesuri.model.resource import UNKNOWN, Value
from tesuri.subjects import (
    aws_live_data_stores,
    aws_live_identity,
    aws_live_network,
    aws_live_services,
    aws_live_storage,
)
from tesuri.subjects.aws_live_identity import document_of
from tesuri.subjects.aws_live_network import rules_of
from tesuri.subjects.aws_live_shape import Properties, Rename, entries, fitted, pick, plain, shaped
from tesuri.subjects.aws_live_storage import access_control, encryption, public_access_block
from tesuri.subjects.aws_policy import normal_policy
from tesuri.subjects.cloudtrail_mapping import EventMapping, Shaping, Told, fixed, from_request
from tesuri.untrusted.shape import text

_BUCKET: Final = "AWS::S3::Bucket"
_GROUP: Final = "AWS::EC2::SecurityGroup"
_USER: Final = "AWS::IAM::User"
_ROLE: Final = "AWS::IAM::Role"
_TRAIL: Final = "AWS::CloudTrail::Trail"
_KEY: Final = "AWS::KMS::Key"
_QUEUE: Final = "AWS::SQS::Queue"
_TOPIC: Final = "AWS::SNS::Topic"
_ACLS: Final = {
    "private": "Private",
    "public-read": "PublicRead",
    "public-read-write": "PublicReadWrite",
    "authenticated-read": "AuthenticatedRead",
    "log-delivery-write": "LogDeliveryWrite",
}


def _renames(kind: str) -> Mapping[str, Rename]:
    """Give the names that the API's description of a type uses; a call's own words are the same."""
    tables = (
        aws_live_network, aws_live_storage, aws_live_identity, aws_live_data_stores, aws_live_services,
    )  # fmt: skip
    for table in tables:
        for listing in table.LISTINGS:
            if listing.kind == kind:
                return {key: one for key, one in listing.renames.items() if not callable(one)}
    return {}


def _rules(side: str) -> Told:
    def told(request: object, _response: object) -> Properties:
        is_ingress = side == "SecurityGroupIngress"
        held = pick(request, "ipPermissions")
        rules = rules_of(held if entries(held) else [request], is_ingress=is_ingress)
        if not entries(held) and text(pick(request, "cidrIp")):
            rules = [
                {**rule, "CidrIp": text(pick(request, "cidrIp"))}
                for rule in rules
                if isinstance(rule, dict)
            ]
        found: Properties = {"SecurityGroupIngress": [], "SecurityGroupEgress": []}
        found[side] = rules
        group = text(pick(request, "groupId"))
        return found | ({"GroupId": group} if group else {})

    return told


def _acl(request: object, _response: object) -> Properties:
    canned = [text(one) for one in entries(pick(request, "x-amz-acl"))] or [
        text(pick(request, "x-amz-acl"))
    ]
    if canned[0] in _ACLS:
        return {"AccessControl": _ACLS[canned[0]]}
    policy = pick(request, "AccessControlPolicy") or request
    grants = pick(policy, "AccessControlList", "Grant")
    if grants is None and not canned[0]:
        return {}
    listed = grants if isinstance(grants, list) else [grants]
    return {"AccessControl": access_control({"Grants": listed})}


def _block(request: object, _response: object) -> Properties:
    return {"PublicAccessBlockConfiguration": public_access_block(request)}


def _account_block(request: object, _response: object) -> Properties:
    return dict(public_access_block(request))


_OPEN: Final = dict.fromkeys(
    ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), False
)


def _added(field: str, *names: str) -> Told:
    """Give the permissions that a call adds to an image or a snapshot, and nothing of those that it takes away."""

    def told(request: object, _response: object) -> Properties:
        for name in names:
            held = pick(request, name, "add")
            if held is not None:
                return {field: [
                    {key: word for key, source in (("Group", "group"), ("UserId", "userId")) if (word := text(pick(one, source)))}
                    for one in entries(held)
                ]}  # fmt: skip
        return (
            {field: []} if any(pick(request, name, "remove") is not None for name in names) else {}
        )

    return told


def _shared(request: object, _response: object) -> Properties:
    if text(pick(request, "attributeName")) != "restore":
        return {}
    return {"SharedAccounts": [text(one) for one in entries(pick(request, "valuesToAdd"))]}


def _inline(request: object, _response: object) -> Properties:
    document = document_of(pick(request, "policyDocument"))
    return {
        "Policies": [{"PolicyName": text(pick(request, "policyName")), "PolicyDocument": document}]
    }


def _inline_of(owners: str, field: str) -> Told:
    """Give an inline policy as a resource of its own, with whom it belongs to."""

    def told(request: object, _response: object) -> Properties:
        return {
            "PolicyName": text(pick(request, "policyName")),
            "PolicyDocument": document_of(pick(request, "policyDocument")),
            owners: [text(pick(request, field))],
        }

    return told


def _attached(request: object, _response: object) -> Properties:
    return {"ManagedPolicyArns": [text(pick(request, "policyArn"))]}


def _access_key(_request: object, response: object) -> Properties:
    key = pick(response, "accessKey")
    told = {
        "AccessKeyId": text(pick(key, "accessKeyId")),
        "Status": text(pick(key, "status")) or "Active",
    }
    # The call says nothing of the keys that were there before.
    return {"AccessKeys": [plain(told), UNKNOWN]}


def _attributes(kind: str) -> Told:
    def told(request: object, _response: object) -> Properties:
        held = pick(request, "attributes")
        if held is None:
            held = {text(pick(request, "attributeName")): pick(request, "attributeValue")}
        renames: Mapping[str, Rename] = {"PolicyDocument": ("Policy",)}
        return {
            key: value
            for key, value in shaped(kind, held, renames).items()
            if key != "Tags" or value
        }

    return told


def _image_scanning(request: object, _response: object) -> Properties:
    is_on = fitted(pick(request, "imageScanningConfiguration", "scanOnPush"), "boolean")
    return {} if is_on is None else {"ImageScanningConfiguration": {"ScanOnPush": is_on}}


def _recovery(request: object, _response: object) -> Properties:
    held = pick(request, "pointInTimeRecoverySpecification")
    is_on = fitted(pick(held, "pointInTimeRecoveryEnabled"), "boolean")
    return (
        {}
        if is_on is None
        else {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": is_on}}
    )


def _permission(request: object, _response: object) -> Properties:
    names = {"Action": "action", "Principal": "principal", "SourceArn": "sourceArn", "SourceAccount": "sourceAccount",
             "PrincipalOrgID": "principalOrgID", "FunctionUrlAuthType": "functionUrlAuthType"}  # fmt: skip
    told: dict[str, Value] = {
        key: word for key, name in names.items() if (word := text(pick(request, name)))
    }
    return {"Permissions": [told]}


def _policy(name: str, *path: str) -> Told:
    def told(request: object, _response: object) -> Properties:
        held = pick(request, *path)
        return {} if held is None else {name: normal_policy(held)}

    return told


def _trail_off(_request: object, _response: object) -> Properties:
    return {"IsLogging": False}


_MORE: Final[Mapping[str, Mapping[str, Rename]]] = {
    "AWS::EC2::Subnet": {"MapPublicIpOnLaunch": lambda e: fitted(pick(e, "mapPublicIpOnLaunch", "value") if isinstance(pick(e, "mapPublicIpOnLaunch"), dict) else pick(e, "mapPublicIpOnLaunch"), "boolean")},
    _TRAIL: {"TrailName": ("name",), "EnableLogFileValidation": lambda e: fitted(pick(e, "enableLogFileValidation") if pick(e, "enableLogFileValidation") is not None else pick(e, "logFileValidationEnabled"), "boolean")},
    "AWS::EC2::Instance": {"IamInstanceProfile": ("iamInstanceProfile", "arn"), "Monitoring": lambda _: None, "SecurityGroupIds": lambda e: [text(pick(one, "groupId")) for one in entries(pick(e, "groupSet"))] or None},
    "AWS::RDS::DBInstance": {"DBSubnetGroupName": lambda _: None, "EnableIAMDatabaseAuthentication": lambda e: fitted(pick(e, "enableIAMDatabaseAuthentication") if pick(e, "enableIAMDatabaseAuthentication") is not None else pick(e, "iAMDatabaseAuthenticationEnabled"), "boolean")},
    "AWS::EC2::TransitGateway": {"AutoAcceptSharedAttachments": ("CreateTransitGatewayRequest", "Options", "AutoAcceptSharedAttachments")},
}  # fmt: skip


def _shape(kind: str, *inside: str) -> Shaping:
    return Shaping(kind, {**_renames(kind), **_MORE.get(kind, {})}, inside)


def _simple(source: str, events: str, kind: str, names: str, *inside: str) -> EventMapping:
    return EventMapping(
        source, tuple(events.split()), kind, tuple(names.split()), _shape(kind, *inside)
    )


def _of(source: str, events: str, kind: str, names: str, told: Told) -> EventMapping:
    return EventMapping(source, tuple(events.split()), kind, tuple(names.split()), told)


_MAPPINGS: Final = (
    _of("ec2", "AuthorizeSecurityGroupIngress", _GROUP, "groupId groupName", _rules("SecurityGroupIngress")),
    _of("ec2", "AuthorizeSecurityGroupEgress", _GROUP, "groupId groupName", _rules("SecurityGroupEgress")),
    EventMapping("ec2", ("RunInstances",), "AWS::EC2::Instance", ("instanceId",), _shape("AWS::EC2::Instance"), ("instancesSet",)),
    _of("ec2", "ModifyInstanceMetadataOptions", "AWS::EC2::Instance", "ModifyInstanceMetadataOptionsRequest.InstanceId instanceId", lambda q, _: {"MetadataOptions": plain(pick(q, "ModifyInstanceMetadataOptionsRequest") or q)}),
    _simple("ec2", "CreateVolume", "AWS::EC2::Volume", "volumeId"),
    _of("ec2", "ModifySnapshotAttribute", "AWS::EC2::Snapshot", "snapshotId", _added("CreateVolumePermissions", "createVolumePermission")),
    _of("ec2", "ModifyImageAttribute", "AWS::EC2::Image", "imageId", _added("LaunchPermissions", "launchPermission")),
    _of("ec2", "CreateNetworkAclEntry ReplaceNetworkAclEntry", "AWS::EC2::NetworkAcl", "networkAclId", lambda q, _: {"Entries": [shaped("AWS::EC2::NetworkAclEntry", q, {"Protocol": ("aclProtocol",)})]}),
    _of("ec2", "CreateRoute ReplaceRoute", "AWS::EC2::RouteTable", "routeTableId", lambda q, _: {"Routes": [shaped("AWS::EC2::Route", q)]}),
    _simple("ec2", "CreateSubnet ModifySubnetAttribute", "AWS::EC2::Subnet", "subnet.subnetId subnetId", "subnet"),
    _of("ec2", "DisableEbsEncryptionByDefault", "AWS::EC2::EBSEncryptionByDefault", "", fixed(Enabled=False)),
    _of("ec2", "EnableEbsEncryptionByDefault", "AWS::EC2::EBSEncryptionByDefault", "", fixed(Enabled=True)),
    _of("ec2", "DisableSnapshotBlockPublicAccess", "AWS::EC2::SnapshotBlockPublicAccess", "", fixed(State="unblocked")),
    _of("ec2", "CreateLaunchTemplate CreateLaunchTemplateVersion", "AWS::EC2::LaunchTemplate", "CreateLaunchTemplateResponse.launchTemplate.launchTemplateId CreateLaunchTemplateVersionRequest.LaunchTemplateId CreateLaunchTemplateRequest.LaunchTemplateName", lambda q, _: {"LaunchTemplateData": shaped("AWS::EC2::LaunchTemplate", pick(q, "CreateLaunchTemplateRequest") or pick(q, "CreateLaunchTemplateVersionRequest") or q).get("LaunchTemplateData", {})}),
    _simple("ec2", "CreateTransitGateway", "AWS::EC2::TransitGateway", "CreateTransitGatewayResponse.transitGateway.transitGatewayId"),
    _of("s3", "PutBucketPolicy", _BUCKET, "bucketName", _policy("PolicyDocument", "bucketPolicy")),
    _of("s3", "DeleteBucketPolicy", _BUCKET, "bucketName", fixed(PolicyDocument=None)),
    _of("s3", "PutBucketAcl CreateBucket", _BUCKET, "bucketName", _acl),
    _of("s3", "PutBucketPublicAccessBlock PutPublicAccessBlock", _BUCKET, "bucketName", _block),
    _of("s3", "DeleteBucketPublicAccessBlock DeletePublicAccessBlock", _BUCKET, "bucketName", fixed(PublicAccessBlockConfiguration=_OPEN)),
    _of("s3", "PutAccountPublicAccessBlock", "AWS::S3::AccountPublicAccessBlock", "", _account_block),
    _of("s3", "DeleteAccountPublicAccessBlock", "AWS::S3::AccountPublicAccessBlock", "", fixed(**_OPEN)),
    _of("s3", "PutBucketEncryption", _BUCKET, "bucketName", from_request(lambda q: {"BucketEncryption": encryption(q)})),
    _of("s3", "DeleteBucketEncryption", _BUCKET, "bucketName", fixed(BucketEncryption=None)),
    _of("s3", "PutBucketVersioning", _BUCKET, "bucketName", lambda q, _: {"VersioningConfiguration": {"Status": text(pick(q, "VersioningConfiguration", "Status"))}}),
    _of("s3", "PutBucketLogging", _BUCKET, "bucketName", lambda q, _: {"LoggingConfiguration": {"DestinationBucketName": text(pick(q, "BucketLoggingStatus", "LoggingEnabled", "TargetBucket"))} if pick(q, "BucketLoggingStatus", "LoggingEnabled") else None}),
    _of("s3", "DeleteBucketReplication", _BUCKET, "bucketName", fixed(ReplicationConfiguration=None)),
    _of("cloudtrail", "StopLogging DeleteTrail", _TRAIL, "name", _trail_off),
    _of("cloudtrail", "StartLogging", _TRAIL, "name", fixed(IsLogging=True)),
    _simple("cloudtrail", "CreateTrail UpdateTrail", _TRAIL, "trailARN name"),
    _of("cloudtrail", "PutEventSelectors", _TRAIL, "trailARN trailName", lambda q, _: {key: value for key, value in shaped(_TRAIL, q).items() if "EventSelectors" in key}),
    _of("iam", "CreateAccessKey", _USER, "accessKey.userName userName", _access_key),
    _of("iam", "CreateLoginProfile UpdateLoginProfile", _USER, "loginProfile.userName userName", fixed(LoginProfile={})),
    _of("iam", "PutUserPolicy", _USER, "userName", _inline),
    _of("iam", "AttachUserPolicy", _USER, "userName", _attached),
    _of("iam", "DeactivateMFADevice", _USER, "userName", fixed(MfaDevices=[])),
    _of("iam", "PutRolePolicy", _ROLE, "roleName", _inline),
    _of("iam", "AttachRolePolicy", _ROLE, "roleName", _attached),
    _of("iam", "CreateRole", _ROLE, "role.roleName roleName", _policy("AssumeRolePolicyDocument", "assumeRolePolicyDocument")),
    _of("iam", "UpdateAssumeRolePolicy", _ROLE, "roleName", _policy("AssumeRolePolicyDocument", "policyDocument")),
    _of("iam", "CreatePolicy CreatePolicyVersion", "AWS::IAM::ManagedPolicy", "policy.arn policyArn policyName", _policy("PolicyDocument", "policyDocument")),
    _simple("iam", "UpdateAccountPasswordPolicy", "AWS::IAM::AccountPasswordPolicy", ""),
    _of("iam", "DeleteAccountPasswordPolicy", "AWS::IAM::AccountPasswordPolicy", "", fixed(**aws_live_identity.NO_PASSWORD_POLICY)),
    _simple("rds", "CreateDBInstance ModifyDBInstance RestoreDBInstanceFromDBSnapshot RestoreDBInstanceToPointInTime CreateDBInstanceReadReplica", "AWS::RDS::DBInstance", "dBInstanceArn dBInstanceIdentifier"),
    _simple("rds", "CreateDBCluster ModifyDBCluster RestoreDBClusterFromSnapshot", "AWS::RDS::DBCluster", "dBClusterArn dBClusterIdentifier"),
    _of("rds", "ModifyDBSnapshotAttribute", "AWS::RDS::DBSnapshot", "dBSnapshotIdentifier", _shared),
    _of("rds", "ModifyDBClusterSnapshotAttribute", "AWS::RDS::DBClusterSnapshot", "dBClusterSnapshotIdentifier", _shared),
    _of("kms", "DisableKeyRotation", _KEY, "keyId", fixed(EnableKeyRotation=False)),
    _of("kms", "EnableKeyRotation", _KEY, "keyId", fixed(EnableKeyRotation=True)),
    _of("kms", "DisableKey ScheduleKeyDeletion", _KEY, "keyId", fixed(Enabled=False)),
    _of("kms", "PutKeyPolicy", _KEY, "keyId", _policy("KeyPolicy", "policy")),
    _of("guardduty", "DeleteDetector StopMonitoringMembers DisassociateMembers", "AWS::GuardDuty::Detector", "detectorId", fixed(Enable=False)),
    _simple("guardduty", "CreateDetector UpdateDetector", "AWS::GuardDuty::Detector", "detectorId"),
    _of("config", "StopConfigurationRecorder DeleteConfigurationRecorder", "AWS::Config::ConfigurationRecorder", "configurationRecorderName", fixed(IsRecording=False)),
    _of("macie2", "DisableMacie", "AWS::Macie::Session", "", fixed(Status="PAUSED")),
    _of("lambda", "AddPermission20150331v2 AddPermission20150331 AddPermission", "AWS::Lambda::Function", "functionName", _permission),
    _simple("lambda", "CreateFunction20150331 UpdateFunctionConfiguration20150331v2", "AWS::Lambda::Function", "functionArn functionName"),
    _of("sqs", "SetQueueAttributes CreateQueue", _QUEUE, "queueUrl queueName", _attributes(_QUEUE)),
    _of("sns", "SetTopicAttributes CreateTopic", _TOPIC, "topicArn name", _attributes(_TOPIC)),
    _of("secretsmanager", "PutResourcePolicy", "AWS::SecretsManager::Secret", "aRN secretId", _policy("ResourcePolicy", "resourcePolicy")),
    _of("ecr", "SetRepositoryPolicy", "AWS::ECR::Repository", "repositoryName", _policy("RepositoryPolicyText", "policyText")),
    _of("ecr", "PutImageScanningConfiguration", "AWS::ECR::Repository", "repositoryName", _image_scanning),
    _simple("ecr", "CreateRepository PutImageTagMutability", "AWS::ECR::Repository", "repository.repositoryName repositoryName", "repository"),
    _of("dynamodb", "UpdateContinuousBackups", "AWS::DynamoDB::Table", "tableName", _recovery),
    _simple("dynamodb", "CreateTable UpdateTable", "AWS::DynamoDB::Table", "tableDescription.tableName tableName", "tableDescription"),
    _simple("elasticfilesystem", "CreateFileSystem", "AWS::EFS::FileSystem", "fileSystemId"),
    _simple("eks", "CreateCluster UpdateClusterConfig", "AWS::EKS::Cluster", "cluster.name name", "cluster"),
    _simple("elasticloadbalancing", "CreateListener ModifyListener", "AWS::ElasticLoadBalancingV2::Listener", "listenerArn loadBalancerArn"),
    _simple("cloudfront", "CreateDistribution UpdateDistribution", "AWS::CloudFront::Distribution", "distribution.id id", "distribution"),
    _simple("redshift", "CreateCluster ModifyCluster", "AWS::Redshift::Cluster", "clusterIdentifier"),
    _simple("elasticache", "CreateReplicationGroup ModifyReplicationGroup", "AWS::ElastiCache::ReplicationGroup", "replicationGroupId"),
    _simple("logs", "PutRetentionPolicy", "AWS::Logs::LogGroup", "logGroupName"),
    _of("logs", "DeleteRetentionPolicy", "AWS::Logs::LogGroup", "logGroupName", fixed(RetentionInDays=None)),
    _simple("ecs", "RegisterTaskDefinition", "AWS::ECS::TaskDefinition", "taskDefinition.taskDefinitionArn family", "taskDefinition"),
    _simple("codebuild", "CreateProject UpdateProject", "AWS::CodeBuild::Project", "project.name name", "project"),
    _simple("sagemaker", "CreateNotebookInstance UpdateNotebookInstance", "AWS::SageMaker::NotebookInstance", "notebookInstanceName"),
    _simple("autoscaling", "CreateLaunchConfiguration", "AWS::AutoScaling::LaunchConfiguration", "launchConfigurationName"),
    _simple("apigateway", "CreateStage", "AWS::ApiGateway::Stage", "stageName"),
    _simple("dms", "CreateReplicationInstance ModifyReplicationInstance", "AWS::DMS::ReplicationInstance", "replicationInstance.replicationInstanceIdentifier replicationInstanceIdentifier", "replicationInstance"),
    _of("iam", "PutUserPolicy", "AWS::IAM::Policy", "policyName", _inline_of("Users", "userName")),
    _of("iam", "PutRolePolicy", "AWS::IAM::Policy", "policyName", _inline_of("Roles", "roleName")),
    _of("iam", "PutGroupPolicy", "AWS::IAM::Policy", "policyName", _inline_of("Groups", "groupName")),
    _of("securityhub", "DisableSecurityHub", "AWS::SecurityHub::Hub", "", fixed(ARN=None)),
    _of("access-analyzer", "DeleteAnalyzer", "AWS::AccessAnalyzer::Analyzer", "analyzerName", fixed(Arn=None, AnalyzerName=None)),
    _simple("apigateway", "CreateRoute UpdateRoute", "AWS::ApiGatewayV2::Route", "routeId apiId"),
    _of("athena", "CreateWorkGroup UpdateWorkGroup", "AWS::Athena::WorkGroup", "name workGroup", lambda q, _: {"WorkGroupConfiguration": shaped("AWS::Athena::WorkGroup", {"WorkGroupConfiguration": pick(q, "configuration") or pick(q, "configurationUpdates") or {}})["WorkGroupConfiguration"]}),
    _simple("ecs", "CreateService UpdateService", "AWS::ECS::Service", "service.serviceArn serviceName", "service"),
    _simple("eks", "CreateNodegroup", "AWS::EKS::Nodegroup", "nodegroup.nodegroupArn nodegroupName", "nodegroup"),
    _simple("elasticloadbalancing", "CreateLoadBalancer", "AWS::ElasticLoadBalancingV2::LoadBalancer", "loadBalancerArn name"),
    _of("elasticloadbalancing", "ModifyLoadBalancerAttributes", "AWS::ElasticLoadBalancingV2::LoadBalancer", "loadBalancerArn", lambda q, _: {"LoadBalancerAttributes": [{"Key": text(pick(one, "key")), "Value": text(pick(one, "value"))} for one in entries(pick(q, "attributes"))]}),
    _of("elasticmapreduce", "PutBlockPublicAccessConfiguration", "AWS::EMR::BlockPublicAccess", "", from_request(lambda q: shaped("AWS::EMR::BlockPublicAccess", q), "blockPublicAccessConfiguration")),
    _simple("es", "CreateDomain UpdateDomainConfig", "AWS::OpenSearchService::Domain", "domainStatus.aRN domainName", "domainStatus"),
    _of("kinesis", "StopStreamEncryption", "AWS::Kinesis::Stream", "streamARN streamName", fixed(StreamEncryption=None)),
    _of("kinesis", "StartStreamEncryption", "AWS::Kinesis::Stream", "streamARN streamName", lambda q, _: {"StreamEncryption": {"EncryptionType": text(pick(q, "encryptionType")), "KeyId": text(pick(q, "keyId"))}}),
    _simple("kafka", "CreateCluster", "AWS::MSK::Cluster", "clusterArn clusterName"),
    _of("redshift", "ModifyClusterParameterGroup", "AWS::Redshift::ClusterParameterGroup", "parameterGroupName", from_request(lambda q: {"Parameters": shaped("AWS::Redshift::ClusterParameterGroup", {"Parameters": pick(q, "parameters") or []})["Parameters"]})),
    _of("s3", "CreateAccessPoint", "AWS::S3::AccessPoint", "name", lambda q, _: {"PublicAccessBlockConfiguration": dict(public_access_block(pick(q, "CreateAccessPointRequest") or q))}),
    _of("ssm", "ModifyDocumentPermission", "AWS::SSM::Document", "name", lambda q, _: {"SharedAccounts": [text(one) for one in entries(pick(q, "accountIdsToAdd"))]}),
    _of("wafv2", "DeleteLoggingConfiguration", "AWS::WAFv2::WebACL", "resourceArn", fixed(LoggingConfiguration=None)),
)  # fmt: skip


def _by_event(mappings: Iterable[EventMapping]) -> Mapping[str, tuple[EventMapping, ...]]:
    found: dict[str, list[EventMapping]] = {}
    for one in mappings:
        for name in one.events:
            found.setdefault(name, []).append(one)
    return {name: tuple(some) for name, some in found.items()}


CALLS: Final = _by_event(_MAPPINGS)
"""By event name; two services may have calls of one name."""
