"""Databases, caches, warehouses and search domains.

**source** Documentation of the Terraform provider hashicorp/aws, resources of RDS, Aurora, DocumentDB, Neptune,
Redshift, DynamoDB, DAX, ElastiCache, OpenSearch, DMS.
"""

from typing import Final

from tesuri.subjects.aws.leaves import as_keyed_logs, as_parameters
from tesuri.subjects.terraform.mapping import TypeMapping

_INSTANCE: Final = {
    "identifier": "DBInstanceIdentifier",
    "cluster_identifier": "DBClusterIdentifier",
    "instance_class": "DBInstanceClass",
    "name": "DBName",
    "db_name": "DBName",
    "username": "MasterUsername",
    "password": "MasterUserPassword",
    "iam_database_authentication_enabled": "EnableIAMDatabaseAuthentication",
    "enabled_cloudwatch_logs_exports": "EnableCloudwatchLogsExports",
    "performance_insights_enabled": "EnablePerformanceInsights",
    "vpc_security_group_ids": "VPCSecurityGroups",
    "security_group_names": "DBSecurityGroups",
    "parameter_group_name": "DBParameterGroupName",
    "db_parameter_group_name": "DBParameterGroupName",
    "backup_window": "PreferredBackupWindow",
    "maintenance_window": "PreferredMaintenanceWindow",
    "snapshot_identifier": "DBSnapshotIdentifier",
    "replicate_source_db": "SourceDBInstanceIdentifier",
    "ca_cert_identifier": "CACertificateIdentifier",
    "arn": "DBInstanceArn",
    "endpoint": "",
    "listener_endpoint": "",
    "id": "",
}
_CLUSTER: Final = {
    "cluster_identifier": "DBClusterIdentifier",
    "master_password": "MasterUserPassword",
    "iam_database_authentication_enabled": "EnableIAMDatabaseAuthentication",
    "enabled_cloudwatch_logs_exports": "EnableCloudwatchLogsExports",
    "performance_insights_enabled": "PerformanceInsightsEnabled",
    "arn": "DBClusterArn",
    "endpoint": "",
    "reader_endpoint": "",
    "id": "",
}
_DOCUMENTS: Final = {
    "cluster_identifier": "DBClusterIdentifier",
    "master_password": "MasterUserPassword",
    "enabled_cloudwatch_logs_exports": "EnableCloudwatchLogsExports",
    "endpoint": "",
    "reader_endpoint": "",
    "id": "",
}
_SEARCH: Final = {
    "encrypt_at_rest": "EncryptionAtRestOptions",
    "node_to_node_encryption": "NodeToNodeEncryptionOptions",
    "elasticsearch_version": "EngineVersion",
    "vpc_options": "VPCOptions",
    "domain_id": "Id",
    "arn": "Arn",
    "endpoint": "",
    "id": "",
}
_SEARCH_DOMAIN: Final = "AWS::OpenSearchService::Domain"


def _parameters(source: str, target: str, name: str) -> TypeMapping:
    return TypeMapping(
        source,
        target,
        {"name": name, "parameter": "Parameters", "id": "", "arn": ""},
        leaves={"Parameters": as_parameters},
    )


def _search_policy(source: str) -> TypeMapping:
    names = {"access_policies": "AccessPolicies", "domain_name": "", "id": ""}
    return TypeMapping(source, _SEARCH_DOMAIN, names, part_of="domain_name")


MAPPINGS: Final = (
    TypeMapping("aws_db_instance", "AWS::RDS::DBInstance", _INSTANCE),
    TypeMapping(
        "aws_rds_cluster_instance",
        "AWS::RDS::DBInstance",
        # NOTE: encryption is the cluster's; what the instance says of it is only computed.
        {**_INSTANCE, "storage_encrypted": "StorageEncrypted", "writer": ""},
    ),
    TypeMapping("aws_rds_cluster", "AWS::RDS::DBCluster", _CLUSTER),
    TypeMapping("aws_rds_global_cluster", "AWS::RDS::GlobalCluster", {"endpoint": ""}),
    _parameters("aws_db_parameter_group", "AWS::RDS::DBParameterGroup", "DBParameterGroupName"),
    _parameters(
        "aws_rds_cluster_parameter_group",
        "AWS::RDS::DBClusterParameterGroup",
        "DBClusterParameterGroupName",
    ),
    TypeMapping(
        "aws_db_subnet_group",
        "AWS::RDS::DBSubnetGroup",
        {"name": "DBSubnetGroupName", "description": "DBSubnetGroupDescription"},
    ),
    TypeMapping(
        "aws_db_option_group",
        "AWS::RDS::OptionGroup",
        {
            "name": "OptionGroupName",
            "option": "OptionConfigurations",
            "option.option_settings": "OptionSettings",
        },
    ),
    TypeMapping(
        "aws_db_security_group",
        "AWS::RDS::DBSecurityGroup",
        {
            "description": "GroupDescription",
            "ingress": "DBSecurityGroupIngress",
            "ingress.cidr": "CIDRIP",
        },
    ),
    TypeMapping("aws_db_snapshot", "AWS::RDS::DBSnapshot"),
    TypeMapping(
        "aws_db_snapshot_copy",
        "AWS::RDS::DBSnapshot",
        {"target_db_snapshot_identifier": "DBSnapshotIdentifier"},
    ),
    TypeMapping("aws_db_cluster_snapshot", "AWS::RDS::DBClusterSnapshot"),
    TypeMapping("aws_db_proxy", "AWS::RDS::DBProxy", {"name": "DBProxyName"}),
    TypeMapping("aws_docdb_cluster", "AWS::DocDB::DBCluster", _DOCUMENTS),
    TypeMapping(
        "aws_docdb_cluster_instance",
        "AWS::DocDB::DBInstance",
        {
            "identifier": "DBInstanceIdentifier",
            "cluster_identifier": "DBClusterIdentifier",
            "instance_class": "DBInstanceClass",
            "endpoint": "",
            "id": "",
        },
    ),
    _parameters("aws_docdb_cluster_parameter_group", "AWS::DocDB::DBClusterParameterGroup", "Name"),
    TypeMapping(
        "aws_neptune_cluster",
        "AWS::Neptune::DBCluster",
        {
            "cluster_identifier": "DBClusterIdentifier",
            "iam_database_authentication_enabled": "IamAuthEnabled",
            "kms_key_arn": "KmsKeyId",
            "neptune_subnet_group_name": "DBSubnetGroupName",
            "neptune_cluster_parameter_group_name": "DBClusterParameterGroupName",
            "enable_cloudwatch_logs_exports": "EnableCloudwatchLogsExports",
            "endpoint": "",
            "id": "",
        },
    ),
    TypeMapping(
        "aws_neptune_cluster_instance",
        "AWS::Neptune::DBInstance",
        {
            "identifier": "DBInstanceIdentifier",
            "cluster_identifier": "DBClusterIdentifier",
            "instance_class": "DBInstanceClass",
            "endpoint": "",
            "id": "",
        },
    ),
    _parameters(
        "aws_neptune_cluster_parameter_group", "AWS::Neptune::DBClusterParameterGroup", "Name"
    ),
    TypeMapping(
        "aws_redshift_cluster",
        "AWS::Redshift::Cluster",
        {
            "database_name": "DBName",
            "master_password": "MasterUserPassword",
            "logging": "LoggingProperties",
            "endpoint": "",
            "id": "",
        },
    ),
    TypeMapping(
        "aws_redshift_logging",
        "AWS::Redshift::Cluster",
        {"cluster_identifier": "", "id": ""},
        "LoggingProperties",
        part_of="cluster_identifier",
    ),
    TypeMapping(
        "aws_redshift_parameter_group",
        "AWS::Redshift::ClusterParameterGroup",
        {
            "name": "ParameterGroupName",
            "family": "ParameterGroupFamily",
            "parameter": "Parameters",
            "parameter.name": "ParameterName",
            "parameter.value": "ParameterValue",
        },
    ),
    TypeMapping("aws_redshift_security_group", "AWS::Redshift::ClusterSecurityGroup"),
    TypeMapping("aws_redshift_subnet_group", "AWS::Redshift::ClusterSubnetGroup"),
    TypeMapping("aws_redshiftserverless_workgroup", "AWS::RedshiftServerless::Workgroup"),
    TypeMapping("aws_redshiftserverless_namespace", "AWS::RedshiftServerless::Namespace"),
    TypeMapping(
        "aws_dynamodb_table",
        "AWS::DynamoDB::Table",
        {
            "name": "TableName",
            "point_in_time_recovery": "PointInTimeRecoverySpecification",
            "point_in_time_recovery.enabled": "PointInTimeRecoveryEnabled",
            "server_side_encryption": "SSESpecification",
            "server_side_encryption.enabled": "SSEEnabled",
            "server_side_encryption.kms_key_arn": "KMSMasterKeyId",
            "attribute": "AttributeDefinitions",
            "attribute.name": "AttributeName",
            "attribute.type": "AttributeType",
            "global_secondary_index": "GlobalSecondaryIndexes",
            "global_secondary_index.name": "IndexName",
            "local_secondary_index": "LocalSecondaryIndexes",
            "local_secondary_index.name": "IndexName",
            "ttl": "TimeToLiveSpecification",
            "stream_view_type": "StreamSpecification.StreamViewType",
            "id": "",
        },
    ),
    TypeMapping(
        "aws_dax_cluster",
        "AWS::DAX::Cluster",
        {
            "server_side_encryption": "SSESpecification",
            "server_side_encryption.enabled": "SSEEnabled",
            "id": "",
        },
    ),
    TypeMapping(
        "aws_elasticache_replication_group",
        "AWS::ElastiCache::ReplicationGroup",
        {
            "description": "ReplicationGroupDescription",
            "node_type": "CacheNodeType",
            "subnet_group_name": "CacheSubnetGroupName",
            "parameter_group_name": "CacheParameterGroupName",
            "security_group_names": "CacheSecurityGroupNames",
            "cluster_mode": "",
            "id": "",
        },
    ),
    TypeMapping(
        "aws_elasticache_cluster",
        "AWS::ElastiCache::CacheCluster",
        {
            "cluster_id": "ClusterName",
            "node_type": "CacheNodeType",
            "security_group_ids": "VpcSecurityGroupIds",
            "security_group_names": "CacheSecurityGroupNames",
            "subnet_group_name": "CacheSubnetGroupName",
            "parameter_group_name": "CacheParameterGroupName",
            "id": "",
        },
    ),
    TypeMapping(
        "aws_elasticache_serverless_cache",
        "AWS::ElastiCache::ServerlessCache",
        {"name": "ServerlessCacheName"},
    ),
    TypeMapping(
        "aws_elasticache_subnet_group",
        "AWS::ElastiCache::SubnetGroup",
        {"name": "CacheSubnetGroupName"},
    ),
    TypeMapping(
        "aws_opensearch_domain",
        _SEARCH_DOMAIN,
        {**_SEARCH, "log_publishing_options": "LogPublishingOptions"},
        leaves={"LogPublishingOptions": as_keyed_logs},
    ),
    TypeMapping(
        "aws_elasticsearch_domain",
        _SEARCH_DOMAIN,
        {**_SEARCH, "log_publishing_options": "LogPublishingOptions"},
        leaves={"LogPublishingOptions": as_keyed_logs},
    ),
    _search_policy("aws_opensearch_domain_policy"),
    _search_policy("aws_elasticsearch_domain_policy"),
    TypeMapping(
        "aws_dms_replication_instance",
        "AWS::DMS::ReplicationInstance",
        {
            "replication_instance_id": "ReplicationInstanceIdentifier",
            "replication_subnet_group_id": "ReplicationSubnetGroupIdentifier",
        },
    ),
    TypeMapping("aws_dms_endpoint", "AWS::DMS::Endpoint", {"endpoint_id": "EndpointIdentifier"}),
    TypeMapping("aws_timestreamwrite_database", "AWS::Timestream::Database"),
    TypeMapping("aws_athena_data_catalog", "AWS::Athena::DataCatalog"),
    TypeMapping("aws_docdb_cluster_snapshot", "AWS::RDS::DBClusterSnapshot"),
    TypeMapping("aws_neptune_cluster_snapshot", "AWS::RDS::DBClusterSnapshot"),
    _parameters("aws_neptune_parameter_group", "AWS::Neptune::DBParameterGroup", "Name"),
    TypeMapping(
        "aws_neptune_subnet_group", "AWS::Neptune::DBSubnetGroup", {"name": "DBSubnetGroupName"}
    ),
    TypeMapping(
        "aws_elasticache_parameter_group",
        "AWS::ElastiCache::ParameterGroup",
        {"family": "CacheParameterGroupFamily", "parameter": "Properties"},
        leaves={"Properties": as_parameters},
    ),
    TypeMapping("aws_memorydb_cluster", "AWS::MemoryDB::Cluster", {"name": "ClusterName"}),
    TypeMapping("aws_qldb_ledger", "AWS::QLDB::Ledger", {"kms_key": "KmsKey"}),
    TypeMapping("aws_keyspaces_table", "AWS::Cassandra::Table"),
    TypeMapping("aws_lightsail_database", "AWS::Lightsail::Database"),
)
