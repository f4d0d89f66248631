"""Encryption keys and secrets.

**source** Documentation of the Terraform provider hashicorp/aws, resources of KMS and Secrets Manager.
"""

from typing import Final

from tesuri.subjects.terraform.mapping import TypeMapping

_KEY: Final = {
    "policy": "KeyPolicy",
    "is_enabled": "Enabled",
    "deletion_window_in_days": "PendingWindowInDays",
    "customer_master_key_spec": "KeySpec",
    "key_id": "KeyId",
    "id": "",
}

_REPLICA: Final = {key: name for key, name in _KEY.items() if name != "KeySpec"}

MAPPINGS: Final = (
    TypeMapping("aws_kms_key", "AWS::KMS::Key", _KEY),
    TypeMapping("aws_kms_external_key", "AWS::KMS::Key", _KEY, constants={"Origin": "EXTERNAL"}),
    TypeMapping("aws_kms_replica_key", "AWS::KMS::ReplicaKey", _REPLICA),
    TypeMapping(
        "aws_kms_key_policy",
        "AWS::KMS::Key",
        {"policy": "KeyPolicy", "key_id": "", "id": ""},
        part_of="key_id",
    ),
    TypeMapping(
        "aws_kms_alias", "AWS::KMS::Alias", {"name": "AliasName", "target_key_id": "TargetKeyId"}
    ),
    TypeMapping(
        "aws_secretsmanager_secret",
        "AWS::SecretsManager::Secret",
        {
            "policy": "ResourcePolicy",
            "rotation_lambda_arn": "RotationSchedule.RotationLambdaARN",
            "rotation_rules": "RotationSchedule.RotationRules",
            "rotation_enabled": "",
            "arn": "Id",
            "id": "",
        },
    ),
    TypeMapping(
        "aws_secretsmanager_secret_rotation",
        "AWS::SecretsManager::RotationSchedule",
        {"id": "", "rotation_lambda_arn": "RotationLambdaARN"},
    ),
    TypeMapping(
        "aws_secretsmanager_secret_policy",
        "AWS::SecretsManager::ResourcePolicy",
        {"policy": "ResourcePolicy", "secret_arn": "SecretId", "id": ""},
    ),
    TypeMapping(
        "aws_secretsmanager_secret_version",
        "AWS::SecretsManager::Secret",
        {"secret_id": "", "secret_string": "SecretString", "arn": "", "id": ""},
        part_of="secret_id",
    ),
)
