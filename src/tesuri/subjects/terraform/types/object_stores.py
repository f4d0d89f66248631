"""Buckets, file systems and backups.

**source** Documentation of the Terraform provider hashicorp/aws, resources aws_s3_*, aws_efs_*, aws_fsx_*, aws_backup_*.
"""

from collections.abc import Mapping
from typing import Final

from tesuri.subjects.planned import Planned
from tesuri.subjects.terraform.mapping import TypeMapping

_BUCKET: Final = "AWS::S3::Bucket"
_STATUS: Final = {"true": "Enabled", "false": "Suspended", "Disabled": "Suspended"}
_RULE_STATUS: Final = {"true": "Enabled", "false": "Disabled"}
_ACLS: Final = {
    "private": "Private",
    "public-read": "PublicRead",
    "public-read-write": "PublicReadWrite",
    "authenticated-read": "AuthenticatedRead",
    "aws-exec-read": "AwsExecRead",
    "bucket-owner-read": "BucketOwnerRead",
    "bucket-owner-full-control": "BucketOwnerFullControl",
    "log-delivery-write": "LogDeliveryWrite",
}
_WORDS: Final = {
    "AccessControl": _ACLS,
    "VersioningConfiguration.Status": _STATUS,
    "LifecycleConfiguration.Rules.Status": _RULE_STATUS,
    "AccelerateConfiguration.AccelerationStatus": {},
}


def _logging(block: str) -> dict[str, str]:
    return {
        f"{block}target_bucket": "LoggingConfiguration.DestinationBucketName",
        f"{block}target_prefix": "LoggingConfiguration.LogFilePrefix",
    }


def _lifecycle(block: str) -> dict[str, str]:
    return {
        block: "LifecycleConfiguration.Rules",
        f"{block}.enabled": "Status",
        f"{block}.expiration": ".",
        f"{block}.expiration.days": "ExpirationInDays",
        f"{block}.expiration.date": "ExpirationDate",
        f"{block}.noncurrent_version_expiration": "NoncurrentVersionExpiration",
        f"{block}.noncurrent_version_expiration.days": "NoncurrentDays",
        f"{block}.transition": "Transitions",
        f"{block}.transition.days": "TransitionInDays",
        f"{block}.transition.date": "TransitionDate",
        f"{block}.filter": ".",
        f"{block}.filter.prefix": "Prefix",
    }


def _encryption(block: str) -> dict[str, str]:
    rules = f"{block}rule"
    return {
        rules: "/BucketEncryption.ServerSideEncryptionConfiguration",
        f"{rules}.apply_server_side_encryption_by_default": "ServerSideEncryptionByDefault",
    }


def _part(
    source: str,
    names: dict[str, str],
    within: str = "",
    constants: Mapping[str, Planned] | None = None,
) -> TypeMapping:
    names = {"bucket": "", "id": ""} | names
    return TypeMapping(
        source, _BUCKET, names, within, constants or {}, words=_WORDS, part_of="bucket"
    )


MAPPINGS: Final = (
    TypeMapping(
        "aws_s3_bucket",
        _BUCKET,
        {
            "bucket": "BucketName",
            "acl": "AccessControl",
            "acceleration_status": "AccelerateConfiguration.AccelerationStatus",
            "cors_rule": "CorsConfiguration.CorsRules",
            "grant": "Grants",
            "grant.permissions": "Permissions",
            "logging": ".",
            "policy": "PolicyDocument",
            "server_side_encryption_configuration": ".",
            "versioning": "VersioningConfiguration",
            "versioning.enabled": "Status",
            "website": "WebsiteConfiguration",
            "website_domain": "",
            "website_endpoint": "",
            **_logging("logging."),
            **_lifecycle("lifecycle_rule"),
            **_encryption("server_side_encryption_configuration."),
        },
        words=_WORDS,
    ),
    # NOTE: what its arguments leave out is off; without any argument the block is there and does nothing.
    _part(
        "aws_s3_bucket_public_access_block",
        {},
        "PublicAccessBlockConfiguration",
        {"PublicAccessBlockConfiguration": {}},
    ),
    _part("aws_s3_bucket_versioning", {"versioning_configuration": "VersioningConfiguration"}),
    _part("aws_s3_bucket_server_side_encryption_configuration", _encryption("")),
    _part("aws_s3_bucket_logging", _logging("")),
    _part("aws_s3_bucket_lifecycle_configuration", _lifecycle("rule")),
    _part("aws_s3_bucket_ownership_controls", {"rule": "OwnershipControls.Rules"}),
    _part("aws_s3_bucket_cors_configuration", {"cors_rule": "CorsConfiguration.CorsRules"}),
    _part("aws_s3_bucket_website_configuration", {}, "WebsiteConfiguration"),
    _part("aws_s3_bucket_object_lock_configuration", {}, "ObjectLockConfiguration"),
    _part("aws_s3_bucket_replication_configuration", {}, "ReplicationConfiguration"),
    _part(
        "aws_s3_bucket_accelerate_configuration",
        {"status": "AccelerateConfiguration.AccelerationStatus"},
    ),
    _part(
        "aws_s3_bucket_acl",
        {
            "acl": "AccessControl",
            "access_control_policy": ".",
            "access_control_policy.grant": "Grants",
            "access_control_policy.grant.permission": "Permissions",
            "access_control_policy.grant.grantee": ".",
            "access_control_policy.grant.grantee.uri": "Uri",
            "access_control_policy.grant.grantee.id": "Id",
            "access_control_policy.grant.grantee.type": "Type",
        },
    ),
    TypeMapping("aws_s3_bucket_policy", "AWS::S3::BucketPolicy", {"policy": "PolicyDocument"}),
    TypeMapping(
        "aws_s3_access_point",
        "AWS::S3::AccessPoint",
        {"policy": "Policy", "vpc_configuration": "VpcConfiguration"},
    ),
    TypeMapping("aws_s3_account_public_access_block", "AWS::S3::AccountPublicAccessBlock"),
    TypeMapping(
        "aws_efs_file_system",
        "AWS::EFS::FileSystem",
        {"lifecycle_policy": "LifecyclePolicies", "id": "FileSystemId", "name": ""},
    ),
    TypeMapping(
        "aws_efs_file_system_policy",
        "AWS::EFS::FileSystem",
        {"policy": "FileSystemPolicy", "file_system_id": "", "id": ""},
        part_of="file_system_id",
    ),
    TypeMapping(
        "aws_efs_backup_policy",
        "AWS::EFS::FileSystem",
        {"backup_policy": "BackupPolicy", "file_system_id": "", "id": ""},
        part_of="file_system_id",
    ),
    TypeMapping(
        "aws_efs_access_point", "AWS::EFS::AccessPoint", {"root_directory": "RootDirectory"}
    ),
    TypeMapping("aws_efs_mount_target", "AWS::EFS::MountTarget"),
    TypeMapping(
        "aws_fsx_windows_file_system",
        "AWS::FSx::FileSystem",
        constants={"FileSystemType": "WINDOWS"},
    ),
    TypeMapping(
        "aws_fsx_lustre_file_system", "AWS::FSx::FileSystem", constants={"FileSystemType": "LUSTRE"}
    ),
    TypeMapping(
        "aws_fsx_ontap_file_system", "AWS::FSx::FileSystem", constants={"FileSystemType": "ONTAP"}
    ),
    TypeMapping(
        "aws_fsx_openzfs_file_system",
        "AWS::FSx::FileSystem",
        constants={"FileSystemType": "OPENZFS"},
    ),
    TypeMapping(
        "aws_backup_vault",
        "AWS::Backup::BackupVault",
        {"name": "BackupVaultName", "kms_key_arn": "EncryptionKeyArn"},
    ),
    TypeMapping(
        "aws_backup_vault_policy",
        "AWS::Backup::BackupVault",
        {"policy": "AccessPolicy", "backup_vault_name": "", "backup_vault_arn": ""},
        part_of="backup_vault_name",
    ),
    TypeMapping(
        "aws_backup_vault_lock_configuration",
        "AWS::Backup::BackupVault",
        {"backup_vault_name": "", "backup_vault_arn": ""},
        "LockConfiguration",
        part_of="backup_vault_name",
    ),
    TypeMapping(
        "aws_backup_plan",
        "AWS::Backup::BackupPlan",
        {
            "name": "BackupPlan.BackupPlanName",
            "rule": "BackupPlan.BackupPlanRule",
            "rule.target_vault_name": "TargetBackupVault",
            "rule.schedule": "ScheduleExpression",
            "rule.lifecycle.delete_after": "DeleteAfterDays",
            "rule.lifecycle.cold_storage_after": "MoveToColdStorageAfterDays",
            "id": "/BackupPlanId",
        },
        "BackupPlan",
    ),
    TypeMapping(
        "aws_backup_selection",
        "AWS::Backup::BackupSelection",
        {"plan_id": "/BackupPlanId", "name": "BackupSelection.SelectionName"},
        "BackupSelection",
    ),
)
