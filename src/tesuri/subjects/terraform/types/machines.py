"""Instances, volumes, images, snapshots and what starts instances.

**source** Documentation of the Terraform provider hashicorp/aws, resources of EC2, EBS, Auto Scaling and functions.
"""

from collections.abc import Mapping
from typing import Final

from tesuri.subjects.aws.leaves import as_user_data
from tesuri.subjects.planned import Planned
from tesuri.subjects.terraform.mapping import TypeMapping

_VOLUME: Final = {
    "encrypted": "Ebs.Encrypted",
    "kms_key_id": "Ebs.KmsKeyId",
    "volume_type": "Ebs.VolumeType",
    "volume_size": "Ebs.VolumeSize",
    "iops": "Ebs.Iops",
    "snapshot_id": "Ebs.SnapshotId",
    "delete_on_termination": "Ebs.DeleteOnTermination",
    "volume_id": "",
}


_DISKS: Final[Mapping[str, Mapping[str, Planned]]] = {
    "root_block_device": {"Ebs": {}},
    "ebs_block_device": {"Ebs": {}},
}
"""What each block is even where nothing stands in it."""


def _volumes(*without: str) -> dict[str, str]:
    names: dict[str, str] = {}
    for block in ("root_block_device", "ebs_block_device"):
        names[block] = "BlockDeviceMappings"
        names |= {f"{block}.{key}": name for key, name in _VOLUME.items() if key not in without}
    return names


_TEMPLATE: Final = {
    "launch_template": "LaunchTemplate",
    "launch_template.id": "LaunchTemplateId",
    "launch_template.name": "LaunchTemplateName",
}


def _image(source: str) -> TypeMapping:
    return TypeMapping(
        source,
        "AWS::EC2::Image",
        {
            "id": "ImageId",
            "ebs_block_device": "BlockDeviceMappings",
            **{f"ebs_block_device.{attribute}": target for attribute, target in _VOLUME.items()},
        },
    )


MAPPINGS: Final = (
    TypeMapping(
        "aws_instance",
        "AWS::EC2::Instance",
        {
            "id": "InstanceId",
            "ami": "ImageId",
            "vpc_security_group_ids": "SecurityGroupIds",
            "user_data_base64": "UserData",
            "associate_public_ip_address": "NetworkInterfaces[].AssociatePublicIpAddress",
            "public_ip": "",
            "private_ip": "PrivateIpAddress",
            "network_interface": "NetworkInterfaces",
            "hibernation": "HibernationOptions.Configured",
            "ipv6_addresses": "",
            **_volumes(),
            **_TEMPLATE,
        },
        marks=_DISKS,
        leaves={"UserData": as_user_data},
    ),
    TypeMapping(
        "aws_launch_template",
        "AWS::EC2::LaunchTemplate",
        {
            "name": "/LaunchTemplateName",
            "id": "/LaunchTemplateId",
            "vpc_security_group_ids": "LaunchTemplateData.SecurityGroupIds",
            "network_interfaces.security_groups": "Groups",
        },
        "LaunchTemplateData",
        leaves={"LaunchTemplateData.UserData": as_user_data},
    ),
    TypeMapping(
        "aws_launch_configuration",
        "AWS::AutoScaling::LaunchConfiguration",
        {
            "name": "LaunchConfigurationName",
            "enable_monitoring": "InstanceMonitoring",
            "user_data_base64": "UserData",
            **_volumes("kms_key_id"),
        },
        marks=_DISKS,
        leaves={"UserData": as_user_data},
    ),
    TypeMapping(
        "aws_autoscaling_group",
        "AWS::AutoScaling::AutoScalingGroup",
        {
            "name": "AutoScalingGroupName",
            "launch_configuration": "LaunchConfigurationName",
            "load_balancers": "LoadBalancerNames",
            "tag": "Tags",
            "id": "",
            **_TEMPLATE,
        },
    ),
    TypeMapping(
        "aws_autoscaling_policy", "AWS::AutoScaling::ScalingPolicy", {"name": "PolicyName"}
    ),
    TypeMapping("aws_ebs_volume", "AWS::EC2::Volume", {"type": "VolumeType", "id": "VolumeId"}),
    TypeMapping("aws_volume_attachment", "AWS::EC2::VolumeAttachment", {"device_name": "Device"}),
    TypeMapping("aws_ebs_encryption_by_default", "AWS::EC2::EBSEncryptionByDefault"),
    TypeMapping("aws_ebs_snapshot", "AWS::EC2::Snapshot", {"id": "SnapshotId"}),
    TypeMapping("aws_ebs_snapshot_copy", "AWS::EC2::Snapshot", {"id": "SnapshotId"}),
    TypeMapping(
        "aws_snapshot_create_volume_permission",
        "AWS::EC2::Snapshot",
        {"account_id": "CreateVolumePermissions[].UserId", "snapshot_id": "", "id": ""},
        part_of="snapshot_id",
    ),
    TypeMapping("aws_ebs_snapshot_block_public_access", "AWS::EC2::SnapshotBlockPublicAccess"),
    _image("aws_ami"),
    _image("aws_ami_copy"),
    _image("aws_ami_from_instance"),
    TypeMapping(
        "aws_ami_launch_permission",
        "AWS::EC2::Image",
        {
            "account_id": "LaunchPermissions[].UserId",
            "group": "LaunchPermissions[].Group",
            "organization_arn": "LaunchPermissions[].OrganizationArn",
            "organizational_unit_arn": "LaunchPermissions[].OrganizationalUnitArn",
            "image_id": "",
            "id": "",
        },
        part_of="image_id",
    ),
    TypeMapping("aws_key_pair", "AWS::EC2::KeyPair", {"public_key": "PublicKeyMaterial"}),
    TypeMapping(
        "aws_lambda_function",
        "AWS::Lambda::Function",
        {
            "image_uri": "Code.ImageUri",
            "s3_bucket": "Code.S3Bucket",
            "s3_key": "Code.S3Key",
            "s3_object_version": "Code.S3ObjectVersion",
            "logging_config": "LoggingConfig",
            "snap_start": "SnapStart",
            "version": "",
        },
    ),
    TypeMapping("aws_lambda_permission", "AWS::Lambda::Permission", {"id": ""}),
    TypeMapping(
        "aws_lambda_function_url",
        "AWS::Lambda::Url",
        {"authorization_type": "AuthType", "function_name": "TargetFunctionArn"},
    ),
    TypeMapping("aws_lambda_alias", "AWS::Lambda::Alias"),
    TypeMapping("aws_lambda_event_source_mapping", "AWS::Lambda::EventSourceMapping", {"id": ""}),
    TypeMapping("aws_lambda_layer_version_permission", "AWS::Lambda::LayerVersionPermission"),
    TypeMapping("aws_lightsail_instance", "AWS::Lightsail::Instance", {"name": "InstanceName"}),
    TypeMapping("aws_workspaces_workspace", "AWS::WorkSpaces::Workspace"),
    TypeMapping(
        "aws_elastic_beanstalk_environment",
        "AWS::ElasticBeanstalk::Environment",
        {
            "name": "EnvironmentName",
            "application": "ApplicationName",
            "setting": "OptionSettings",
            "setting.name": "OptionName",
        },
    ),
    TypeMapping("aws_apprunner_service", "AWS::AppRunner::Service"),
)
