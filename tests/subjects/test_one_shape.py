"""The same thing written as HCL, as a plan and as a template is the same resource."""

import json
from collections.abc import Mapping

import pytest

from tesuri.engines.terraform_source import read_terraform_folder
from tesuri.model.resource import Resource
from tesuri.subjects.cloudformation.template import read_cloudformation
from tesuri.subjects.terraform.hcl import read_terraform_hcl
from tesuri.subjects.terraform.plan import read_terraform_plan

# Terraform type, attributes, type of the template, properties; a block is a list of one in a plan and in HCL.
SAME: tuple[tuple[str, Mapping[str, object], str, Mapping[str, object]], ...] = (
    (
        "aws_security_group",
        {"description": "d", "ingress": [{"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": ["0.0.0.0/0"]}]},
        "AWS::EC2::SecurityGroup",
        {"GroupDescription": "d", "SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}]},
    ),
    ("aws_ebs_volume", {"encrypted": True, "size": 8}, "AWS::EC2::Volume", {"Encrypted": "true", "Size": "8"}),
    ("aws_ebs_volume", {"size": 8}, "AWS::EC2::Volume", {"Size": 8}),
    ("aws_kms_key", {"enable_key_rotation": True}, "AWS::KMS::Key", {"EnableKeyRotation": True}),
    (
        "aws_kms_key",
        {"policy": '{"Statement":{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}}'},
        "AWS::KMS::Key",
        {"KeyPolicy": {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"}]}},
    ),
    ("aws_rds_cluster", {"storage_encrypted": True, "engine": "e"}, "AWS::RDS::DBCluster", {"StorageEncrypted": True, "Engine": "e"}),
    ("aws_dynamodb_table", {"point_in_time_recovery": [{"enabled": True}]}, "AWS::DynamoDB::Table", {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}}),
    ("aws_ecr_repository", {"image_tag_mutability": "IMMUTABLE"}, "AWS::ECR::Repository", {"ImageTagMutability": "IMMUTABLE"}),
    ("aws_efs_file_system", {"encrypted": True}, "AWS::EFS::FileSystem", {"Encrypted": True}),
    ("aws_opensearch_domain", {"node_to_node_encryption": [{"enabled": True}]}, "AWS::Elasticsearch::Domain", {"NodeToNodeEncryptionOptions": {"Enabled": True}}),
    ("aws_sqs_queue", {"kms_master_key_id": "alias/a"}, "AWS::SQS::Queue", {"KmsMasterKeyId": "alias/a"}),
    ("aws_lambda_function", {"runtime": "python3.9", "environment": [{"variables": {"A": "b"}}]}, "AWS::Lambda::Function", {"Runtime": "python3.9", "Environment": {"Variables": {"A": "b"}}}),
    ("aws_subnet", {"map_public_ip_on_launch": True}, "AWS::EC2::Subnet", {"MapPublicIpOnLaunch": "true"}),
    ("aws_s3_bucket", {"bucket": "b", "versioning": [{"enabled": True}]}, "AWS::S3::Bucket", {"BucketName": "b", "VersioningConfiguration": {"Status": "Enabled"}}),
    ("aws_cloudwatch_log_group", {"name": "g", "retention_in_days": 7}, "AWS::Logs::LogGroup", {"LogGroupName": "g", "RetentionInDays": "7"}),
    ("aws_lb", {"internal": True}, "AWS::ElasticLoadBalancingV2::LoadBalancer", {"Scheme": "internal"}),
    ("aws_codebuild_project", {"environment": [{"privileged_mode": True}]}, "AWS::CodeBuild::Project", {"Environment": {"PrivilegedMode": True}}),
    ("aws_athena_workgroup", {"name": "w"}, "AWS::Athena::WorkGroup", {"Name": "w"}),
    ("aws_sagemaker_notebook_instance", {"root_access": "Disabled"}, "AWS::SageMaker::NotebookInstance", {"RootAccess": "Disabled"}),
    ("aws_eks_cluster", {"name": "c", "vpc_config": [{"endpoint_public_access": False}]}, "AWS::EKS::Cluster", {"Name": "c", "ResourcesVpcConfig": {"EndpointPublicAccess": False}}),
)  # fmt: skip


def as_hcl(value: object, name: str = "", *, is_block: bool = True) -> str:
    """Write attributes as HCL; a list of one mapping is a block."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return f"{name} {{\n{as_hcl(value[0])}\n}}"
    if isinstance(value, dict) and is_block:
        return "\n".join(
            as_hcl(part, key)
            if isinstance(part, list) and part and isinstance(part[0], dict)
            else f"{key} = {as_hcl(part, is_block=False)}"
            for key, part in value.items()
        )
    if isinstance(value, dict):
        inner = ", ".join(f"{key} = {json.dumps(part)}" for key, part in value.items())
        return f"{{ {inner} }}"
    return json.dumps(value)


def from_plan(number: int) -> Resource:
    kind, after, _, _ = SAME[number]
    change = {"actions": ["create"], "after": after, "after_unknown": {}}
    entry = {
        "address": f"{kind}.n{number}",
        "mode": "managed",
        "type": kind,
        "name": f"n{number}",
        "change": change,
    }
    data = json.dumps({"resource_changes": [entry]}).encode()
    return read_terraform_plan(data, where="plan.json").resources[0]


def from_template(number: int) -> Resource:
    _, _, kind, properties = SAME[number]
    document = {"Resources": {"A": {"Type": kind, "Properties": properties}}}
    return read_cloudformation(json.dumps(document).encode(), where="t.json").resources[0]


@pytest.fixture(scope="module")
def from_hcl(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Resource]:
    pytest.importorskip("tfparse", reason="the extra terraform is not installed")
    folder = tmp_path_factory.mktemp("hcl")
    blocks = [
        f'resource "{kind}" "n{number}" {{\n{as_hcl(after)}\n}}'
        for number, (kind, after, _, _) in enumerate(SAME)
    ]
    (folder / "main.tf").write_text("\n".join(blocks), encoding="utf-8")
    given = read_terraform_folder(folder)
    found = read_terraform_hcl(given.tree, given.sources, where="")
    assert found.unread == ()
    return {one.address: one for one in found.resources}


@pytest.mark.parametrize("number", range(len(SAME)))
def test_a_plan_and_a_template_give_the_same_resource(number: int) -> None:
    planned, declared = from_plan(number), from_template(number)

    assert planned.type == declared.type
    assert planned.properties == declared.properties
    assert planned.defaults == declared.defaults


@pytest.mark.parametrize("number", range(len(SAME)))
def test_source_gives_the_same_resource_as_its_plan(
    number: int, from_hcl: Mapping[str, Resource]
) -> None:
    planned = from_plan(number)
    source = from_hcl[planned.address]

    assert source.type == planned.type
    assert source.properties == planned.properties
    assert source.defaults == planned.defaults
