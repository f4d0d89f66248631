"""Answers of databases, caches, streams and search: RDS and its relatives, Redshift, DynamoDB and more.

**source** Amazon RDS, Redshift, ElastiCache, DynamoDB, OpenSearch, Kinesis, MSK, DMS and Athena API references.
"""

from collections.abc import Mapping
from typing import Final

from tesuri.model.resource import Value
from tesuri.subjects.aws.recorded.shape import (
    Properties,
    Rename,
    entries,
    fitted,
    names,
    pick,
    shaped,
)
from tesuri.subjects.aws.recorded.sources import Detail, Listing
from tesuri.untrusted.shape import text

INSTANCE: Final = "AWS::RDS::DBInstance"
CLUSTER: Final = "AWS::RDS::DBCluster"
SNAPSHOT: Final = "AWS::RDS::DBSnapshot"
CLUSTER_SNAPSHOT: Final = "AWS::RDS::DBClusterSnapshot"
WAREHOUSE: Final = "AWS::Redshift::Cluster"
TABLE: Final = "AWS::DynamoDB::Table"
DOMAIN: Final = "AWS::OpenSearchService::Domain"

_RELATIVES: Final = {"neptune": "Neptune", "docdb": "DocDB"}


def _is_terminated(entry: object) -> str:
    state = text(pick(entry, "Status", "State"))
    return f"it is {state.lower()}" if state.startswith("TERMINATED") else ""


def type_of_engine(kind: str, entry: object) -> str:
    """Give the type of a database: the calls of RDS list those of Neptune and DocumentDB, too."""
    family = _RELATIVES.get(text(pick(entry, "Engine")))
    return kind.replace("RDS", family) if family and "Snapshot" not in kind else kind


def relatives_of(kind: str) -> frozenset[str]:
    """Give the types that `type_of_engine` may give for a type."""
    return frozenset(type_of_engine(kind, {"Engine": engine}) for engine in _RELATIVES)


_DATABASE: Final[Mapping[str, Rename]] = {
    "EnableIAMDatabaseAuthentication": ("IAMDatabaseAuthenticationEnabled",),
    "EnableCloudwatchLogsExports": lambda e: [text(one) for one in entries(pick(e, "EnabledCloudwatchLogsExports"))],
    "EnablePerformanceInsights": ("PerformanceInsightsEnabled",),
    "PerformanceInsightsKMSKeyId": ("PerformanceInsightsKMSKeyId",),
    "VPCSecurityGroups": lambda e: names(pick(e, "VpcSecurityGroups"), "VpcSecurityGroupId"),
    "VpcSecurityGroupIds": lambda e: names(pick(e, "VpcSecurityGroups"), "VpcSecurityGroupId"),
    "DBSubnetGroupName": lambda e: text(pick(e, "DBSubnetGroup", "DBSubnetGroupName")) or text(pick(e, "DBSubnetGroup")) or None,
    "DBParameterGroupName": lambda e: next(iter(names(pick(e, "DBParameterGroups"), "DBParameterGroupName")), None),
    "DBClusterParameterGroupName": ("DBClusterParameterGroup",),
    "DBSecurityGroups": lambda e: names(pick(e, "DBSecurityGroups"), "DBSecurityGroupName"),
    "OptionGroupName": lambda e: next(iter(names(pick(e, "OptionGroupMemberships"), "OptionGroupName")), None),
}  # fmt: skip


def _database(kind: str) -> Mapping[str, Rename]:
    is_instance = kind == INSTANCE
    other = {"DBClusterParameterGroupName", "VpcSecurityGroupIds"}
    mine = {
        "EnablePerformanceInsights",
        "PerformanceInsightsKMSKeyId",
        "DBParameterGroupName",
        "DBSecurityGroups",
        "VPCSecurityGroups",
        "OptionGroupName",
    }
    return {
        key: one for key, one in _DATABASE.items() if key not in (other if is_instance else mine)
    }


def _on(name: str, *values: str) -> Rename:
    """Give whether a word says that something is on."""

    def told(entry: object) -> Value:
        word = text(pick(entry, name)).casefold()
        return None if not word else word in values

    return told


def _shared(answer: object) -> Properties:
    held = pick(answer, "DBSnapshotAttributesResult") or pick(
        answer, "DBClusterSnapshotAttributesResult"
    )
    lists = entries(pick(held, "DBSnapshotAttributes")) or entries(
        pick(held, "DBClusterSnapshotAttributes")
    )
    told = [one for one in lists if text(pick(one, "AttributeName")) == "restore"]
    return {
        "SharedAccounts": [
            text(value) for one in told for value in entries(pick(one, "AttributeValues"))
        ]
    }


def _logging(answer: object) -> Properties:
    if pick(answer, "LoggingEnabled") is not True:
        return {}
    return {
        "LoggingProperties": shaped(WAREHOUSE, {"LoggingProperties": answer})["LoggingProperties"]
    }


def _parameters(answer: object) -> Properties:
    told = entries(pick(answer, "Parameters"))
    return {
        "Parameters": {
            text(pick(one, "ParameterName")): text(pick(one, "ParameterValue"))
            for one in told
            if text(pick(one, "ParameterValue"))
        }
    }


def _recovery(answer: object) -> Properties:
    held = pick(answer, "ContinuousBackupsDescription", "PointInTimeRecoveryDescription")
    is_on = text(pick(held, "PointInTimeRecoveryStatus")) == "ENABLED"
    return {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": is_on}}


def _table_encryption(entry: object) -> Value:
    held = pick(entry, "SSEDescription")
    if not isinstance(held, dict):
        return None
    told: dict[str, Value] = {"SSEEnabled": text(pick(held, "Status")) in ("ENABLED", "UPDATING")}
    if text(pick(held, "SSEType")):
        told["SSEType"] = text(pick(held, "SSEType"))
    if text(pick(held, "KMSMasterKeyArn")):
        told["KMSMasterKeyId"] = text(pick(held, "KMSMasterKeyArn"))
    return told


def _stream_encryption(entry: object) -> Value:
    kind = text(pick(entry, "EncryptionType")) or text(
        pick(entry, "StreamEncryption", "EncryptionType")
    )
    if kind in ("", "NONE"):
        return None
    key = text(pick(entry, "KeyId")) or text(pick(entry, "StreamEncryption", "KeyId"))
    return {"EncryptionType": kind, "KeyId": key}


_TABLE: Final[Mapping[str, Rename]] = {
    "Arn": ("TableArn",),
    "SSESpecification": _table_encryption,
    "BillingMode": ("BillingModeSummary", "BillingMode"),
    "StreamArn": ("LatestStreamArn",),
    "TableClass": ("TableClassSummary", "TableClass"),
}
_STREAM: Final[Mapping[str, Rename]] = {
    "Name": ("StreamName",),
    "Arn": ("StreamARN",),
    "StreamEncryption": _stream_encryption,
}
_DMS: Final[Mapping[str, Rename]] = {
    "VpcSecurityGroupIds": lambda e: names(pick(e, "VpcSecurityGroups"), "VpcSecurityGroupId")
}
_DOMAIN_NAMES: Final = ("DomainName", "ARN")

LISTINGS: Final = (
    Listing("rds.DescribeDBInstances", ("DBInstances",), INSTANCE, ("DBInstanceIdentifier", "DBInstanceArn"), _database(INSTANCE)),
    Listing("rds.DescribeDBClusters", ("DBClusters",), CLUSTER, ("DBClusterIdentifier", "DBClusterArn"), _database(CLUSTER)),
    Listing("rds.DescribeDBSnapshots", ("DBSnapshots",), SNAPSHOT, ("DBSnapshotIdentifier", "DBSnapshotArn")),
    Listing("rds.DescribeDBClusterSnapshots", ("DBClusterSnapshots",), CLUSTER_SNAPSHOT, ("DBClusterSnapshotIdentifier", "DBClusterSnapshotArn")),
    Listing("rds.DescribeDBSubnetGroups", ("DBSubnetGroups",), "AWS::RDS::DBSubnetGroup", ("DBSubnetGroupName", "DBSubnetGroupArn"), {"SubnetIds": lambda e: names(pick(e, "Subnets"), "SubnetIdentifier")}),
    Listing("rds.DescribeDBParameterGroups", ("DBParameterGroups",), "AWS::RDS::DBParameterGroup", ("DBParameterGroupName",)),
    Listing("rds.DescribeDBClusterParameterGroups", ("DBClusterParameterGroups",), "AWS::RDS::DBClusterParameterGroup", ("DBClusterParameterGroupName",)),
    Listing("redshift.DescribeClusters", ("Clusters",), WAREHOUSE, ("ClusterIdentifier",), {
        "VpcSecurityGroupIds": lambda e: names(pick(e, "VpcSecurityGroups"), "VpcSecurityGroupId"),
        "ClusterParameterGroupName": lambda e: next(iter(names(pick(e, "ClusterParameterGroups"), "ParameterGroupName")), None),
        "MultiAZ": _on("MultiAZ", "enabled"),
    }),
    Listing("redshift.DescribeClusterParameterGroups", ("ParameterGroups",), "AWS::Redshift::ClusterParameterGroup", ("ParameterGroupName",)),
    Listing("elasticache.DescribeReplicationGroups", ("ReplicationGroups",), "AWS::ElastiCache::ReplicationGroup", ("ReplicationGroupId", "ARN"), {
        "AutomaticFailoverEnabled": _on("AutomaticFailover", "enabled", "enabling"),
        "MultiAZEnabled": _on("MultiAZ", "enabled"),
        "ReplicationGroupDescription": ("Description",),
    }),
    Listing("dynamodb.DescribeTable", ("Table",), TABLE, ("TableName", "TableArn"), _TABLE),
    Listing("dynamodb.ListTables", ("TableNames",), TABLE, ("",), {"TableName": lambda e: text(e) or None}),
    Listing("opensearch.DescribeDomain", ("DomainStatus",), DOMAIN, _DOMAIN_NAMES),
    Listing("opensearch.DescribeDomains", ("DomainStatusList",), DOMAIN, _DOMAIN_NAMES),
    Listing("opensearch.DescribeElasticsearchDomain", ("DomainStatus",), "AWS::Elasticsearch::Domain", _DOMAIN_NAMES),
    Listing("opensearch.DescribeElasticsearchDomains", ("DomainStatusList",), "AWS::Elasticsearch::Domain", _DOMAIN_NAMES),
    Listing("kinesis.DescribeStream", ("StreamDescription",), "AWS::Kinesis::Stream", ("StreamName", "StreamARN"), _STREAM),
    Listing("kinesis.DescribeStreamSummary", ("StreamDescriptionSummary",), "AWS::Kinesis::Stream", ("StreamName", "StreamARN"), _STREAM),
    Listing("kafka.ListClusters", ("ClusterInfoList",), "AWS::MSK::Cluster", ("ClusterName", "ClusterArn"), {"KafkaVersion": ("CurrentBrokerSoftwareInfo", "KafkaVersion"), "Arn": ("ClusterArn",)}),
    Listing("kafka.DescribeCluster", ("ClusterInfo",), "AWS::MSK::Cluster", ("ClusterName", "ClusterArn"), {"KafkaVersion": ("CurrentBrokerSoftwareInfo", "KafkaVersion"), "Arn": ("ClusterArn",)}),
    Listing("dms.DescribeReplicationInstances", ("ReplicationInstances",), "AWS::DMS::ReplicationInstance", ("ReplicationInstanceIdentifier", "ReplicationInstanceArn"), _DMS),
    Listing("athena.GetWorkGroup", ("WorkGroup",), "AWS::Athena::WorkGroup", ("Name",), {"WorkGroupConfiguration": lambda e: fitted(pick(e, "Configuration"), "map")}),
    Listing("emr.DescribeCluster", ("Cluster",), "AWS::EMR::Cluster", ("Id", "ClusterArn"), {"MasterPublicDNS": ("MasterPublicDnsName",)}, _is_terminated),
)  # fmt: skip

DETAILS: Final = (
    Detail("rds.DescribeDBSnapshotAttributes", SNAPSHOT, ("DBSnapshotIdentifier", "DBSnapshotAttributesResult.DBSnapshotIdentifier"), ("SharedAccounts",), _shared),
    Detail("rds.DescribeDBClusterSnapshotAttributes", CLUSTER_SNAPSHOT, ("DBClusterSnapshotIdentifier", "DBClusterSnapshotAttributesResult.DBClusterSnapshotIdentifier"), ("SharedAccounts",), _shared),
    Detail("rds.DescribeDBParameters", "AWS::RDS::DBParameterGroup", ("DBParameterGroupName",), ("Parameters",), _parameters),
    Detail("redshift.DescribeClusterParameters", "AWS::Redshift::ClusterParameterGroup", ("ParameterGroupName",), ("Parameters",), lambda a: shaped("AWS::Redshift::ClusterParameterGroup", {"Parameters": pick(a, "Parameters")})),
    Detail("redshift.DescribeLoggingStatus", WAREHOUSE, ("ClusterIdentifier",), ("LoggingProperties",), _logging),
    Detail("dynamodb.DescribeContinuousBackups", TABLE, ("TableName",), ("PointInTimeRecoverySpecification",), _recovery),
)  # fmt: skip

ACCOUNT_WIDE: Final = (
    Listing(
        "emr.GetBlockPublicAccessConfiguration",
        ("BlockPublicAccessConfiguration",),
        "AWS::EMR::BlockPublicAccess",
        (),
    ),
)
