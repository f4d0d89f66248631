"""Builds, analytics, machine learning and workflows.

**source** Documentation of the Terraform provider hashicorp/aws, resources of CodeBuild, Athena, EMR, Glue, SageMaker,
Step Functions, Transfer Family, MWAA.
"""

from typing import Final

from tesuri.subjects.terraform.mapping import TypeMapping

MAPPINGS: Final = (
    TypeMapping(
        "aws_codebuild_project",
        "AWS::CodeBuild::Project",
        {
            "environment.environment_variable": "EnvironmentVariables",
            "build_timeout": "TimeoutInMinutes",
            "logs_config.cloudwatch_logs": "CloudWatchLogs",
            "id": "",
        },
    ),
    TypeMapping(
        "aws_codebuild_source_credential",
        "AWS::CodeBuild::SourceCredential",
        {"user_name": "Username", "id": ""},
    ),
    TypeMapping(
        "aws_codepipeline",
        "AWS::CodePipeline::Pipeline",
        {"stage": "Stages", "artifact_store": "ArtifactStores"},
    ),
    TypeMapping(
        "aws_athena_workgroup",
        "AWS::Athena::WorkGroup",
        {
            "configuration": "WorkGroupConfiguration",
            "configuration.result_configuration.encryption_configuration.kms_key_arn": "KmsKey",
            "id": "",
        },
    ),
    TypeMapping(
        "aws_athena_database", "AWS::Athena::Database", {"id": "", "properties": "", "comment": ""}
    ),
    TypeMapping(
        "aws_emr_cluster",
        "AWS::EMR::Cluster",
        {
            "ec2_attributes": "Instances",
            "ec2_attributes.subnet_id": "Ec2SubnetId",
            "ec2_attributes.subnet_ids": "Ec2SubnetIds",
            "ec2_attributes.key_name": "Ec2KeyName",
            "ec2_attributes.instance_profile": "/JobFlowRole",
            "id": "",
        },
    ),
    TypeMapping(
        "aws_emr_security_configuration",
        "AWS::EMR::SecurityConfiguration",
        {"configuration": "SecurityConfiguration"},
    ),
    TypeMapping(
        "aws_emr_block_public_access_configuration",
        "AWS::EMR::BlockPublicAccess",
        {"permitted_public_security_group_rule_range": "PermittedPublicSecurityGroupRuleRanges"},
    ),
    TypeMapping(
        "aws_glue_data_catalog_encryption_settings", "AWS::Glue::DataCatalogEncryptionSettings"
    ),
    TypeMapping("aws_glue_security_configuration", "AWS::Glue::SecurityConfiguration"),
    TypeMapping("aws_glue_job", "AWS::Glue::Job", {"role_arn": "Role"}),
    TypeMapping(
        "aws_sagemaker_notebook_instance",
        "AWS::SageMaker::NotebookInstance",
        {"name": "NotebookInstanceName", "security_groups": "SecurityGroupIds", "id": ""},
    ),
    TypeMapping(
        "aws_sagemaker_endpoint_configuration",
        "AWS::SageMaker::EndpointConfig",
        {"name": "EndpointConfigName", "kms_key_arn": "KmsKeyId"},
    ),
    TypeMapping("aws_sagemaker_domain", "AWS::SageMaker::Domain"),
    TypeMapping("aws_sagemaker_model", "AWS::SageMaker::Model", {"name": "ModelName"}),
    TypeMapping(
        "aws_sfn_state_machine",
        "AWS::StepFunctions::StateMachine",
        {"name": "StateMachineName", "type": "StateMachineType", "definition": "DefinitionString"},
    ),
    TypeMapping("aws_transfer_server", "AWS::Transfer::Server", {"id": "ServerId", "endpoint": ""}),
    TypeMapping("aws_transfer_user", "AWS::Transfer::User"),
    TypeMapping("aws_mwaa_environment", "AWS::MWAA::Environment"),
    TypeMapping(
        "aws_glue_crawler",
        "AWS::Glue::Crawler",
        {"security_configuration": "CrawlerSecurityConfiguration"},
    ),
    TypeMapping("aws_glue_dev_endpoint", "AWS::Glue::DevEndpoint", {"name": "EndpointName"}),
    TypeMapping("aws_glue_connection", "AWS::Glue::Connection"),
    TypeMapping("aws_codecommit_repository", "AWS::CodeCommit::Repository"),
    TypeMapping(
        "aws_codedeploy_deployment_group",
        "AWS::CodeDeploy::DeploymentGroup",
        {"app_name": "ApplicationName"},
    ),
    TypeMapping("aws_codeartifact_domain", "AWS::CodeArtifact::Domain", {"domain": "DomainName"}),
    TypeMapping("aws_emrserverless_application", "AWS::EMRServerless::Application"),
    TypeMapping("aws_kendra_index", "AWS::Kendra::Index"),
    TypeMapping("aws_bedrock_guardrail", "AWS::Bedrock::Guardrail"),
    TypeMapping("aws_bedrockagent_agent", "AWS::Bedrock::Agent"),
    TypeMapping(
        "aws_iot_policy", "AWS::IoT::Policy", {"policy": "PolicyDocument", "name": "PolicyName"}
    ),
    TypeMapping("aws_iot_topic_rule", "AWS::IoT::TopicRule", {"name": "RuleName"}),
    TypeMapping("aws_gamelift_fleet", "AWS::GameLift::Fleet"),
    TypeMapping(
        "aws_media_store_container", "AWS::MediaStore::Container", {"name": "ContainerName"}
    ),
    TypeMapping(
        "aws_media_store_container_policy",
        "AWS::MediaStore::Container",
        {"policy": "Policy", "container_name": ""},
        part_of="container_name",
    ),
)
