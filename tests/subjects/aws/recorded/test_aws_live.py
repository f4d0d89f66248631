import json
from collections.abc import Mapping

import pytest

from tesuri.model.resource import UNKNOWN, Resource
from tesuri.subjects.aws.recorded.snapshot import Snapshot, read_snapshot
from tesuri.untrusted.shape import at

BUCKETS = {"Buckets": [{"Name": "logs"}, {"Name": "web"}]}
NO_BLOCK = {"code": "NoSuchPublicAccessBlockConfiguration", "message": "none"}
BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


def reply(
    operation: str, data: object = None, error: object = None, **parameters: object
) -> object:
    service, name = operation.split(".")
    answer = {"data": data} if error is None else {"error": error}
    return {"service": service, "operation": name, "parameters": parameters, **answer}


def snapshot(*replies: object, account: str = "", region: str = "") -> Snapshot:
    where = "/".join(part for part in (account, region, "replies.json") if part)
    return read_snapshot([(where, json.dumps(list(replies)).encode())])


def by_address(found: Snapshot, kind: str) -> dict[str, Resource]:
    return {one.address: one for one in found.resources if one.type == kind}


def only(found: Snapshot, kind: str) -> Mapping[str, object]:
    (resource,) = by_address(found, kind).values()
    return resource.properties


def test_what_is_told_of_a_bucket_is_joined_to_it() -> None:
    policy = {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}}
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
    block = dict.fromkeys(BLOCKS, True)
    world = {
        "Grantee": {"URI": "http://acs.amazonaws.com/groups/global/AllUsers"},
        "Permission": "READ",
    }
    found = snapshot(
        reply("s3.ListBuckets", BUCKETS),
        reply("s3.GetBucketPolicy", {"Policy": json.dumps(policy)}, Bucket="web"),
        reply("s3.GetBucketPolicy", error={"code": "NoSuchBucketPolicy"}, Bucket="logs"),
        reply("s3.GetPublicAccessBlock", {"PublicAccessBlockConfiguration": block}, Bucket="logs"),
        reply("s3.GetPublicAccessBlock", error=NO_BLOCK, Bucket="web"),
        reply(
            "s3.GetBucketEncryption",
            {"ServerSideEncryptionConfiguration": {"Rules": [rule]}},
            Bucket="web",
        ),
        reply("s3.GetBucketAcl", {"Grants": [world]}, Bucket="web"),
        reply("s3.GetBucketVersioning", {}, Bucket="web"),
    )
    buckets = by_address(found, "AWS::S3::Bucket")

    web, logs = buckets["web"].properties, buckets["logs"].properties
    assert web["PolicyDocument"]["Statement"][0]["Action"] == ["s3:GetObject"]  # type: ignore[index,call-overload]  # a policy
    assert web["PublicAccessBlockConfiguration"] == dict.fromkeys(BLOCKS, False)
    assert web["BucketEncryption"] == {
        "ServerSideEncryptionConfiguration": [
            {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
        ]
    }
    assert (web["AccessControl"], web["VersioningConfiguration"]) == (
        "PublicRead",
        {"Status": "Suspended"},
    )
    assert "PolicyDocument" not in logs
    assert logs["PublicAccessBlockConfiguration"] == block
    assert logs["BucketEncryption"] is UNKNOWN
    assert found.unread == ()


def test_a_refused_call_leaves_a_property_unknown_and_is_told() -> None:
    found = snapshot(
        reply("s3.ListBuckets", {"Buckets": [{"Name": "web"}]}),
        reply("s3.GetBucketPolicy", error={"code": "AccessDenied"}, Bucket="web"),
    )

    assert only(found, "AWS::S3::Bucket")["PolicyDocument"] is UNKNOWN
    assert [one.reason for one in found.unread] == [
        "s3.GetBucketPolicy of web answered AccessDenied"
    ]


def test_without_its_parameters_a_reply_is_placed_only_where_one_thing_fits() -> None:
    flight = json.dumps({"status_code": 200, "data": {"Status": "Enabled"}}).encode()
    for names, expected in ((("web",), {"Status": "Enabled"}), (("web", "logs"), UNKNOWN)):
        listed = {"status_code": 200, "data": {"Buckets": [{"Name": name} for name in names]}}
        found = read_snapshot(
            [
                ("s3.GetBucketVersioning_1.json", flight),
                ("s3.ListBuckets_1.json", json.dumps(listed).encode()),
            ]
        )
        web = by_address(found, "AWS::S3::Bucket")["web"]
        assert web.properties["VersioningConfiguration"] == expected
        assert len(found.unread) == len(names) - 1


def test_pages_are_united_and_regions_kept_apart() -> None:
    def page(region: str, number: int, group: str, token: str) -> tuple[str, bytes]:
        data = {"SecurityGroups": [{"GroupId": group}], **({"NextToken": token} if token else {})}
        text = json.dumps({"status_code": 200, "data": data})
        return f"111122223333/{region}/ec2.DescribeSecurityGroups_{number}.json", text.encode()

    found = read_snapshot(
        [
            page("eu-west-1", 1, "sg-1", "t"),
            page("eu-west-1", 2, "sg-2", ""),
            page("us-east-1", 1, "sg-1", ""),
        ]
    )

    assert [one.address for one in found.resources] == [
        "111122223333/eu-west-1/sg-1",
        "111122223333/eu-west-1/sg-2",
        "111122223333/us-east-1/sg-1",
    ]
    assert found.replies == 3


def test_a_page_that_was_not_recorded_is_told() -> None:
    data = {"SecurityGroups": [{"GroupId": "sg-1"}], "NextToken": "more"}
    found = snapshot(reply("ec2.DescribeSecurityGroups", data))

    assert len(found.resources) == 1
    assert [one.reason for one in found.unread] == [
        "ec2.DescribeSecurityGroups has further pages that were not recorded"
    ]


def test_a_security_group_has_one_rule_for_each_source() -> None:
    permission = {
        "IpProtocol": "6",
        "FromPort": 22,
        "ToPort": 22,
        "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "office"}],
        "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
        "PrefixListIds": [{"PrefixListId": "pl-1"}],
        "UserIdGroupPairs": [{"GroupId": "sg-2"}],
    }
    every = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    group = {
        "GroupId": "sg-1",
        "GroupName": "default",
        "IpPermissions": [permission],
        "IpPermissionsEgress": [every],
    }
    found = only(
        snapshot(reply("ec2.DescribeSecurityGroups", {"SecurityGroups": [group]})),
        "AWS::EC2::SecurityGroup",
    )

    shared = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}
    assert found["SecurityGroupIngress"] == [
        {**shared, "CidrIp": "10.0.0.0/8", "Description": "office"},
        {**shared, "CidrIpv6": "::/0"},
        {**shared, "SourcePrefixListId": "pl-1"},
        {**shared, "SourceSecurityGroupId": "sg-2"},
    ]
    assert found["SecurityGroupEgress"] == [
        {"IpProtocol": "-1", "FromPort": 0, "ToPort": 65535, "CidrIp": "0.0.0.0/0"}
    ]
    assert found["IsDefault"] is True


def test_flow_logs_are_known_only_when_somebody_asked() -> None:
    vpcs = reply("ec2.DescribeVpcs", {"Vpcs": [{"VpcId": "vpc-1", "IsDefault": False}]})
    log = {"FlowLogId": "fl-1", "ResourceId": "vpc-1", "TrafficType": "ALL"}

    assert only(snapshot(vpcs), "AWS::EC2::VPC")["FlowLogs"] is UNKNOWN
    assert (
        only(snapshot(vpcs, reply("ec2.DescribeFlowLogs", {"FlowLogs": []})), "AWS::EC2::VPC")[
            "FlowLogs"
        ]
        == []
    )
    told = only(snapshot(vpcs, reply("ec2.DescribeFlowLogs", {"FlowLogs": [log]})), "AWS::EC2::VPC")
    assert told["FlowLogs"][0]["TrafficType"] == "ALL"  # type: ignore[index]  # a list of mappings


def test_a_trail_knows_whether_it_logs_and_what_watches_its_log_group() -> None:
    trail = {
        "Name": "main",
        "LogFileValidationEnabled": True,
        "CloudWatchLogsLogGroupArn": "arn:aws:logs:r:1:log-group:trail:*",
    }
    metric = {"metricName": "root", "metricNamespace": "watch"}
    found = snapshot(
        reply("cloudtrail.DescribeTrails", {"trailList": [trail]}),
        reply("cloudtrail.GetTrailStatus", {"IsLogging": True}, Name="main"),
        reply("logs.DescribeLogGroups", {"logGroups": [{"logGroupName": "trail"}]}),
        reply(
            "logs.DescribeMetricFilters",
            {
                "metricFilters": [
                    {
                        "filterName": "root",
                        "filterPattern": "{…}",
                        "logGroupName": "trail",
                        "metricTransformations": [metric],
                    }
                ]
            },
        ),
        reply(
            "cloudwatch.DescribeAlarms",
            {
                "MetricAlarms": [
                    {
                        "AlarmName": "root",
                        "MetricName": "root",
                        "Namespace": "watch",
                        "AlarmActions": ["arn:aws:sns:r:1:t"],
                    }
                ]
            },
        ),
    )
    told = only(found, "AWS::CloudTrail::Trail")

    assert (told["TrailName"], told["IsLogging"], told["EnableLogFileValidation"]) == (
        "main",
        True,
        True,
    )
    assert told["MetricFilters"][0]["Alarms"][0]["AlarmActions"] == ["arn:aws:sns:r:1:t"]  # type: ignore[index]  # mappings


@pytest.mark.parametrize(
    ("answer", "kind", "off"),
    [
        (
            reply("guardduty.ListDetectors", {"DetectorIds": []}),
            "AWS::GuardDuty::Detector",
            ("Enable", False),
        ),
        (
            reply("cloudtrail.DescribeTrails", {"trailList": []}),
            "AWS::CloudTrail::Trail",
            ("IsLogging", False),
        ),
        (
            reply("config.DescribeConfigurationRecorders", {"ConfigurationRecorders": []}),
            "AWS::Config::ConfigurationRecorder",
            ("IsRecording", False),
        ),
    ],
)
def test_a_watch_that_nobody_set_up_is_a_resource_that_is_off(
    answer: object, kind: str, off: tuple[str, object]
) -> None:
    name, value = off
    assert only(snapshot(answer), kind)[name] == value


def test_the_account_is_a_resource() -> None:
    found = snapshot(
        reply(
            "iam.GetAccountSummary",
            {"SummaryMap": {"AccountMFAEnabled": 1, "AccountAccessKeysPresent": 0}},
        ),
        reply("iam.GetAccountPasswordPolicy", error={"code": "NoSuchEntity"}),
        reply("s3control.GetPublicAccessBlock", error=NO_BLOCK, AccountId="111122223333"),
        reply("ec2.GetEbsEncryptionByDefault", {"EbsEncryptionByDefault": True}),
        account="111122223333",
    )

    root = only(found, "AWS::IAM::Root")
    assert (root["MfaActive"], root["AccessKeys"]) == (True, [])
    assert only(found, "AWS::IAM::AccountPasswordPolicy")["MinimumPasswordLength"] == 8
    assert only(found, "AWS::S3::AccountPublicAccessBlock")["BlockPublicAcls"] is False
    assert only(found, "AWS::EC2::EBSEncryptionByDefault")["Enabled"] is True


def test_a_credential_report_tells_of_users_and_root() -> None:
    head = "user,arn,user_creation_time,password_enabled,password_last_used,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date"
    root = "<root_account>,arn:aws:iam::111122223333:root,2020-01-01T00:00:00Z,not_supported,no_information,false,true,2020-01-01T00:00:00Z,N/A"
    ana = "ana,arn:aws:iam::111122223333:user/ana,2021-01-01T00:00:00Z,true,2026-01-01T00:00:00Z,true,false,N/A,N/A"
    found = snapshot(reply("iam.GetCredentialReport", {"Content": f"{head}\n{root}\n{ana}"}))

    told = only(found, "AWS::IAM::Root")
    assert (told["MfaActive"], told["AccountId"]) == (False, "111122223333")
    assert told["AccessKeys"] == [{"Status": "Active", "CreateDate": "2020-01-01T00:00:00Z"}]
    user = only(found, "AWS::IAM::User")
    assert (user["UserName"], user["AccessKeys"], user["LoginProfile"]) == ("ana", [], {})
    assert len(user["MfaDevices"]) == 1  # type: ignore[arg-type]  # a list


def test_a_policy_document_is_read_through_percent_signs() -> None:
    document = "%7B%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22%2A%22%2C%22Resource%22%3A%22%2A%22%7D%5D%7D"
    found = snapshot(
        reply(
            "iam.ListPolicies",
            {
                "Policies": [
                    {"PolicyName": "all", "Arn": "arn:aws:iam::1:policy/all", "AttachmentCount": 2}
                ]
            },
        ),
        reply(
            "iam.GetPolicyVersion",
            {"PolicyVersion": {"Document": document}},
            PolicyArn="arn:aws:iam::1:policy/all",
        ),
    )
    policy = only(found, "AWS::IAM::ManagedPolicy")

    assert policy["PolicyDocument"]["Statement"][0]["Action"] == ["*"]  # type: ignore[index]  # a policy
    assert policy["IsAttached"] is True


def test_what_belongs_to_the_provider_or_is_gone_is_counted() -> None:
    theirs = {
        "PolicyName": "AdministratorAccess",
        "Arn": "arn:aws:iam::aws:policy/AdministratorAccess",
    }
    gone = {"Instances": [{"InstanceId": "i-1", "State": {"Name": "terminated"}}]}
    found = snapshot(
        reply("iam.ListPolicies", {"Policies": [theirs]}),
        reply("ec2.DescribeInstances", {"Reservations": [gone]}),
        reply("s3.PutBucketPolicy", {}),
        reply("iam.ListAccountAliases", {"AccountAliases": []}),
    )

    assert (found.resources, found.passed_over, found.changing) == ((), 2, 1)
    assert found.unmapped == {"iam.ListAccountAliases": 1}


def test_a_database_of_a_relative_of_rds_has_the_type_of_that_relative() -> None:
    cluster = {"DBClusterIdentifier": "g", "Engine": "neptune", "StorageEncrypted": False}
    found = snapshot(reply("rds.DescribeDBClusters", {"DBClusters": [cluster]}))

    assert only(found, "AWS::Neptune::DBCluster")["StorageEncrypted"] is False


def test_a_file_that_is_no_reply_is_told_with_its_reason() -> None:
    found = read_snapshot([("a.json", b"{"), ("b.json", b"[1]"), ("c.json", b'{"Buckets": []}')])

    assert [one.address for one in found.unread] == ["a.json", "b.json", "c.json"]
    assert "ends before it is complete" in found.unread[0].reason
    assert found.replies == 0


def test_filters_of_the_same_name_in_two_log_groups_are_two() -> None:
    filters = [{"filterName": "root", "logGroupName": name} for name in ("a", "b")]
    found = snapshot(reply("logs.DescribeMetricFilters", {"metricFilters": filters}))

    assert list(by_address(found, "AWS::Logs::MetricFilter")) == ["a/root", "b/root"]


def test_a_subnet_has_the_routes_of_its_own_table_or_of_the_main_one() -> None:
    def table(name: str, gateway: str, **association: object) -> dict[str, object]:
        route = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway}
        return {
            "RouteTableId": name,
            "VpcId": "vpc-1",
            "Routes": [route],
            "Associations": [association],
        }

    subnets = [{"SubnetId": name, "VpcId": "vpc-1"} for name in ("subnet-1", "subnet-2")]
    listed = reply("ec2.DescribeSubnets", {"Subnets": subnets})
    tables = [table("rtb-1", "igw-1", SubnetId="subnet-1"), table("rtb-2", "local", Main=True)]
    found = by_address(
        snapshot(listed, reply("ec2.DescribeRouteTables", {"RouteTables": tables})),
        "AWS::EC2::Subnet",
    )

    gateways = [one.properties["Routes"][0]["GatewayId"] for one in found.values()]  # type: ignore[index,call-overload]  # mappings
    assert gateways == ["igw-1", "local"]
    assert (
        by_address(snapshot(listed), "AWS::EC2::Subnet")["subnet-1"].properties["Routes"] is UNKNOWN
    )


def test_what_other_resources_would_tell_is_unknown_until_they_are_listed() -> None:
    topic = reply("sns.GetTopicAttributes", {"Attributes": {"TopicArn": "arn:aws:sns:r:1:t"}})
    recorder = reply(
        "config.DescribeConfigurationRecorders", {"ConfigurationRecorders": [{"name": "default"}]}
    )
    channel = reply(
        "config.DescribeDeliveryChannels",
        {"DeliveryChannels": [{"name": "default", "s3BucketName": "b"}]},
    )

    assert only(snapshot(topic), "AWS::SNS::Topic")["Subscriptions"] is UNKNOWN
    assert (
        only(snapshot(recorder), "AWS::Config::ConfigurationRecorder")["DeliveryChannels"]
        is UNKNOWN
    )
    told = only(snapshot(recorder, channel), "AWS::Config::ConfigurationRecorder")[
        "DeliveryChannels"
    ]
    assert told[0]["S3BucketName"] == "b"  # type: ignore[index]  # a list of mappings


def test_keys_and_inline_policies_are_resources_and_parts_of_their_user_but_once() -> None:
    document = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    policy = {"UserName": "ana", "PolicyName": "all", "PolicyDocument": document}
    key = {"UserName": "ana", "AccessKeyId": "AKIA1", "Status": "Active"}
    found = snapshot(
        reply("iam.ListUsers", {"Users": [{"UserName": "ana"}]}),
        reply("iam.ListAccessKeys", {"AccessKeyMetadata": [key]}, UserName="ana"),
        reply("iam.ListUserPolicies", {"PolicyNames": ["all"]}, UserName="ana"),
        reply("iam.GetUserPolicy", policy, UserName="ana", PolicyName="all"),
    )

    user = only(found, "AWS::IAM::User")
    assert user["AccessKeys"] == [{"AccessKeyId": "AKIA1", "Status": "Active"}]
    assert at(user["Policies"], 0, "PolicyDocument", "Statement", 0, "Action") == ["*"]
    assert at(user["Policies"], 1) is None
    assert only(found, "AWS::IAM::AccessKey")["Status"] == "Active"
    assert only(found, "AWS::IAM::Policy")["Users"] == ["ana"]
