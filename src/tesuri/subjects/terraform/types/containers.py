"""Image registries, container clusters, services and task definitions.

**source** Documentation of the Terraform provider hashicorp/aws, resources of ECR, ECS, EKS, Batch.
"""

from typing import Final

from tesuri.subjects.aws.leaves import as_log_types
from tesuri.subjects.terraform.mapping import TypeMapping

MAPPINGS: Final = (
    TypeMapping(
        "aws_ecr_repository",
        "AWS::ECR::Repository",
        {"name": "RepositoryName", "image_scanning_configuration": "ImageScanningConfiguration"},
    ),
    TypeMapping(
        "aws_ecr_repository_policy",
        "AWS::ECR::Repository",
        {"policy": "RepositoryPolicyText", "repository": "", "id": ""},
        part_of="repository",
    ),
    TypeMapping(
        "aws_ecr_lifecycle_policy",
        "AWS::ECR::Repository",
        {"policy": "LifecyclePolicy.LifecyclePolicyText", "repository": "", "id": ""},
        part_of="repository",
    ),
    TypeMapping("aws_ecr_registry_policy", "AWS::ECR::RegistryPolicy", {"policy": "PolicyText"}),
    TypeMapping("aws_ecrpublic_repository", "AWS::ECR::PublicRepository"),
    TypeMapping(
        "aws_ecs_cluster",
        "AWS::ECS::Cluster",
        {"name": "ClusterName", "setting": "ClusterSettings", "id": ""},
    ),
    TypeMapping(
        "aws_ecs_service",
        "AWS::ECS::Service",
        {
            "name": "ServiceName",
            "load_balancer": "LoadBalancers",
            "network_configuration": "NetworkConfiguration.AwsvpcConfiguration",
            "id": "",
        },
        words={
            "NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp": {
                "true": "ENABLED",
                "false": "DISABLED",
            }
        },
    ),
    TypeMapping(
        "aws_ecs_task_definition",
        "AWS::ECS::TaskDefinition",
        {
            "volume": "Volumes",
            "volume.host_path": "Host.SourcePath",
            "arn": "TaskDefinitionArn",
            "id": "",
        },
    ),
    TypeMapping("aws_ecs_capacity_provider", "AWS::ECS::CapacityProvider"),
    TypeMapping(
        "aws_eks_cluster",
        "AWS::EKS::Cluster",
        {
            "vpc_config": "ResourcesVpcConfig",
            "enabled_cluster_log_types": "Logging.ClusterLogging.EnabledTypes",
            "id": "",
        },
        leaves={"Logging.ClusterLogging.EnabledTypes": as_log_types},
    ),
    TypeMapping(
        "aws_eks_node_group",
        "AWS::EKS::Nodegroup",
        {
            "node_role_arn": "NodeRole",
            "subnet_ids": "Subnets",
            "remote_access.source_security_group_ids": "SourceSecurityGroups",
            "id": "",
        },
    ),
    TypeMapping("aws_eks_addon", "AWS::EKS::Addon"),
    TypeMapping("aws_eks_fargate_profile", "AWS::EKS::FargateProfile", {"subnet_ids": "Subnets"}),
    TypeMapping("aws_eks_access_entry", "AWS::EKS::AccessEntry"),
    TypeMapping(
        "aws_batch_job_definition",
        "AWS::Batch::JobDefinition",
        {"name": "JobDefinitionName", "id": ""},
    ),
    TypeMapping("aws_batch_compute_environment", "AWS::Batch::ComputeEnvironment"),
)
