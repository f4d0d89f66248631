import json
from collections.abc import Mapping

import pytest

from tesuri.model.errors import BadInput
from tesuri.model.resource import UNKNOWN, Resource
from tesuri.subjects.cloudtrail.events import EventFile, read_events
from tesuri.subjects.cloudtrail.resources import (
    EVENT,
    events_of_types,
    resources_of_event,
    why_nothing_changed,
)
from tesuri.untrusted.shape import at

BLOCK = "PublicAccessBlockConfiguration"


def record(
    name: str, request: object = None, *, source: str = "s3", **parts: object
) -> dict[str, object]:
    return {
        "eventSource": f"{source}.amazonaws.com",
        "eventName": name,
        "eventID": f"id-of-{name}",
        "awsRegion": "eu-west-1",
        "recipientAccountId": "111122223333",
        "requestParameters": request,
        **parts,
    }


def read(value: object, wanted: frozenset[str] | None = None) -> EventFile:
    found = read_events(json.dumps(value).encode(), where="log.json", wanted=wanted)
    assert found.events == found.events, "going over them again gives the same"
    return found


def of(one: Mapping[str, object]) -> list[Resource]:
    (event,) = read(one).events
    return list(resources_of_event(event, where="log.json"))


def told(one: Mapping[str, object]) -> tuple[str, dict[str, object]]:
    """Give the type and what is known of the resource that a record changed."""
    found = of(one)[0]
    return found.type, {
        key: value for key, value in found.properties.items() if value is not UNKNOWN
    }


def test_what_an_event_does_not_tell_is_unknown() -> None:
    changed = record(
        "ModifyDBInstance", {"dBInstanceIdentifier": "db", "publiclyAccessible": True}, source="rds"
    )
    database, event = of(changed)

    assert database.address == "111122223333/eu-west-1/db"
    assert database.properties["PubliclyAccessible"] is True
    assert database.properties["StorageEncrypted"] is UNKNOWN
    assert (event.type, event.properties["eventName"]) == (EVENT, "ModifyDBInstance")


@pytest.mark.parametrize(
    ("source", "name", "request_", "kind", "expected"),
    [
        ("s3", "DeleteBucketPublicAccessBlock", {"bucketName": "b"}, "AWS::S3::Bucket", {BLOCK: False}),
        ("s3", "PutBucketPublicAccessBlock", {"bucketName": "b", BLOCK: {"BlockPublicAcls": False}}, "AWS::S3::Bucket", {BLOCK: False}),
        ("s3", "PutBucketAcl", {"bucketName": "b", "x-amz-acl": ["public-read"]}, "AWS::S3::Bucket", {"AccountId": "111122223333", "AccessControl": "PublicRead"}),
        ("cloudtrail", "StopLogging", {"name": "t"}, "AWS::CloudTrail::Trail", {"IsLogging": False}),
        ("cloudtrail", "DeleteTrail", {"name": "t"}, "AWS::CloudTrail::Trail", {"IsLogging": False}),
        ("kms", "DisableKeyRotation", {"keyId": "k"}, "AWS::KMS::Key", {"EnableKeyRotation": False}),
        ("ec2", "DisableEbsEncryptionByDefault", {}, "AWS::EC2::EBSEncryptionByDefault", {"Enabled": False}),
        ("rds", "ModifyDBSnapshotAttribute", {"dBSnapshotIdentifier": "s", "attributeName": "restore", "valuesToAdd": ["all"]}, "AWS::RDS::DBSnapshot", {"SharedAccounts": ["all"]}),
        ("ec2", "ModifySnapshotAttribute", {"snapshotId": "s", "createVolumePermission": {"add": {"items": [{"group": "all"}]}}}, "AWS::EC2::Snapshot", {"CreateVolumePermissions": [{"Group": "all"}]}),
        ("guardduty", "DeleteDetector", {"detectorId": "d"}, "AWS::GuardDuty::Detector", {"Enable": False}),
    ],
)  # fmt: skip
def test_a_call_tells_what_it_did(
    source: str, name: str, request_: object, kind: str, expected: dict[str, object]
) -> None:
    found, properties = told(record(name, request_, source=source))

    assert found == kind
    if expected.get(BLOCK) is False:
        assert set(properties[BLOCK].values()) == {False}  # type: ignore[attr-defined]  # a mapping
    else:
        assert properties == expected


def test_a_rule_is_seen_alone_as_in_a_plan() -> None:
    permissions = {
        "items": [
            {
                "ipProtocol": "tcp",
                "fromPort": 22,
                "toPort": 22,
                "ipRanges": {"items": [{"cidrIp": "0.0.0.0/0"}]},
            }
        ]
    }
    _, new = told(
        record(
            "AuthorizeSecurityGroupIngress",
            {"groupId": "sg-1", "ipPermissions": permissions},
            source="ec2",
        )
    )
    _, old = told(
        record(
            "AuthorizeSecurityGroupIngress",
            {
                "groupId": "sg-1",
                "ipProtocol": "tcp",
                "fromPort": 22,
                "toPort": 22,
                "cidrIp": "0.0.0.0/0",
            },
            source="ec2",
        )
    )

    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}
    assert new["SecurityGroupIngress"] == old["SecurityGroupIngress"] == [rule]
    assert (new["SecurityGroupEgress"], new["GroupId"]) == ([], "sg-1")


def test_each_machine_of_one_call_is_a_resource() -> None:
    machines = {
        "instancesSet": {
            "items": [{"instanceId": "i-1", "imageId": "ami-1"}, {"instanceId": "i-2"}]
        }
    }
    found = of(record("RunInstances", {}, source="ec2", responseElements=machines))

    assert [one.address.rpartition("/")[2] for one in found[:-1]] == ["i-1", "i-2"]


def test_an_access_key_leaves_unknown_what_was_there_before() -> None:
    made = {"accessKey": {"userName": "ana", "accessKeyId": "AKIA1", "status": "Active"}}
    _, user = told(record("CreateAccessKey", None, source="iam", responseElements=made))

    assert user["AccessKeys"] == [{"AccessKeyId": "AKIA1", "Status": "Active"}, UNKNOWN]


@pytest.mark.parametrize(("used", "devices"), [("Yes", 1), ("No", 0)])
def test_a_sign_in_tells_of_the_second_factor(used: str, devices: int) -> None:
    signed = record(
        "ConsoleLogin",
        source="signin",
        additionalEventData={"MFAUsed": used},
        responseElements={"ConsoleLogin": "Success"},
        userIdentity={"type": "Root", "accountId": "111122223333"},
    )
    kind, root = told(signed)

    assert isinstance(root["MfaDevices"], list)
    assert (kind, root["MfaActive"], len(root["MfaDevices"])) == (
        "AWS::IAM::Root",
        used == "Yes",
        devices,
    )


def test_a_call_that_failed_changed_nothing() -> None:
    denied = record("StopLogging", {"name": "t"}, source="cloudtrail", errorCode="AccessDenied")
    refused = record(
        "ConsoleLogin",
        responseElements={"ConsoleLogin": "Failure"},
        errorMessage="Failed authentication",
    )

    assert why_nothing_changed(denied) == "the call failed: AccessDenied"
    assert why_nothing_changed(refused) == "the sign-in failed: Failed authentication"
    assert why_nothing_changed(record("StopLogging", {"name": "t"})) == ""


def test_a_call_of_the_same_name_of_another_service_is_not_taken() -> None:
    found = of(record("CreateCluster", {"clusterIdentifier": "w"}, source="redshift"))

    assert [one.type for one in found] == ["AWS::Redshift::Cluster", EVENT]


def test_only_wanted_events_are_decoded_and_the_others_counted() -> None:
    inside = record("LookupEvents", {"note": '"eventName":"StopLogging"'}, source="cloudtrail")
    records = [record("GetUser"), record("StopLogging", {"name": "t"}), inside, {"a": 1}]
    found = read({"Records": records}, wanted=frozenset({"StopLogging"}))

    assert [one.pointer for one in found.events] == ["/Records/1"]
    assert (found.total, found.passed_over, [one.pointer for one in found.skipped]) == (
        4,
        2,
        ["/Records/3"],
    )


@pytest.mark.parametrize(
    "wrap",
    [
        lambda r: r,
        lambda r: [r],
        lambda r: {"detail": r, "source": "aws.s3"},
        lambda r: {"Records": [r]},
    ],
)
def test_every_wrapping_is_read_with_and_without_a_filter(wrap: object) -> None:
    assert callable(wrap)
    value = wrap(record("StopLogging", {"name": "t"}))

    assert len(read(value).events) == len(read(value, frozenset({"StopLogging"})).events) == 1
    assert read(value, frozenset({"GetUser"})).passed_over == 1


def test_a_digest_file_is_refused_with_a_sentence() -> None:
    digest = {
        "awsAccountId": "1",
        "digestStartTime": "2026-01-01T00:00:00Z",
        "digestS3Bucket": "b",
        "logFiles": [],
    }

    with pytest.raises(
        BadInput, match="CloudTrail digest file: it lists log files and holds no events"
    ):
        read(digest)


@pytest.mark.parametrize("wanted", [None, frozenset({"StopLogging"})])
def test_a_file_without_any_record_is_refused(wanted: frozenset[str] | None) -> None:
    with pytest.raises(BadInput, match="holds no CloudTrail record"):
        read({"Records": [{"a": 1}]}, wanted)


def test_a_cut_off_log_is_refused() -> None:
    data = json.dumps({"Records": [record("StopLogging")]}).encode()[:-20]

    with pytest.raises(BadInput, match="ends before it is complete"):
        read_events(data, where="log.json", wanted=frozenset({"StopLogging"}))


def test_the_calls_that_tell_of_a_type_are_known() -> None:
    assert {"StopLogging", "CreateTrail"} <= events_of_types(frozenset({"AWS::CloudTrail::Trail"}))
    assert "ConsoleLogin" in events_of_types(frozenset({"AWS::IAM::User"}))


def answered(source: str, name: str, request: object, response: object = None) -> dict[str, object]:
    (changed, _) = of(record(name, request, source=source, responseElements=response))
    return dict(changed.properties)


def test_what_a_call_makes_has_its_defaults() -> None:
    made = answered("dynamodb", "CreateTable", {"tableName": "orders"})

    assert made["DeletionProtectionEnabled"] is False
    assert made["PointInTimeRecoverySpecification"] is UNKNOWN, "another call sets it"
    assert "KinesisStreamSpecification" not in made, "absent is not unknown"


@pytest.mark.parametrize(
    ("response", "is_absent"),
    [({"dBInstanceIdentifier": "db", "multiAZ": True}, True), (None, False)],
)
def test_an_answer_that_describes_the_whole_leaves_out_what_is_not_there(
    response: object, is_absent: object
) -> None:
    changed = answered("rds", "ModifyDBInstance", {"dBInstanceIdentifier": "db"}, response)

    assert ("DBClusterIdentifier" not in changed) is is_absent
    assert changed["StorageEncrypted"] is UNKNOWN, "a default is not assumed for what was there"


def test_a_call_that_tells_nothing_of_a_type_changed_nothing_of_it() -> None:
    other = {"attributeName": "something-else", "valuesToAdd": ["1"]}
    (event,) = of(record("ModifyDBSnapshotAttribute", other, source="rds"))

    assert event.type == EVENT


@pytest.mark.parametrize("hidden", ["HIDDEN_DUE_TO_SECURITY_REASONS", "<sensitiveDataRemoved>"])
def test_what_a_record_hides_is_unknown(hidden: str) -> None:
    task = {"containerDefinitions": [{"name": "web", "environment": [{"name": hidden}]}]}
    made = answered("ecs", "RegisterTaskDefinition", {"family": "web", **task})

    assert at(made, "ContainerDefinitions", 0, "Environment") == [{"Name": UNKNOWN}]


@pytest.mark.parametrize(
    ("arn", "kind"),
    [
        ("arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/web/1", "AWS::ElasticLoadBalancingV2::LoadBalancer"),
        ("arn:aws:apigateway:eu-west-1::/restapis/a1/stages/live", "AWS::ApiGateway::Stage"),
        ("arn:aws:cognito-idp:eu-west-1:1:userpool/eu-west-1_1", EVENT),
    ],
)  # fmt: skip
def test_a_web_acl_stands_in_front_of_what_its_name_says(arn: str, kind: str) -> None:
    found = of(record("DisassociateWebACL", {"resourceArn": arn}, source="wafv2"))

    assert found[0].type == kind


@pytest.mark.parametrize(
    ("request_", "kind"),
    [
        ({"restApiId": "a1", "createStageInput": {"stageName": "live"}}, "AWS::ApiGateway::Stage"),
        ({"apiId": "a1", "stageName": "live"}, "AWS::ApiGatewayV2::Stage"),
    ],
)
def test_two_services_make_stages_by_calls_of_one_name(request_: object, kind: str) -> None:
    stage, _ = of(record("CreateStage", request_, source="apigateway"))

    assert (stage.type, stage.address) == (kind, "111122223333/eu-west-1/a1/live")


ANA = "arn:aws:iam::111122223333:user/eng/ana"


@pytest.mark.parametrize(
    ("name", "parts", "arn"),
    [
        (
            "PutUserPolicy",
            {"userIdentity": {"type": "IAMUser", "userName": "ana", "arn": ANA}},
            ANA,
        ),
        (
            "PutUserPolicy",
            {"userIdentity": {"type": "IAMUser", "arn": ANA.replace("ana", "bob")}},
            "",
        ),
        ("PutUserPolicy", {"userIdentity": {"arn": ANA.replace("1111", "9999")}}, ""),
        ("PutUserPolicy", {}, ""),
    ],
)
def test_an_event_says_the_path_of_a_user_where_it_tells_of_itself(
    name: str, parts: dict[str, object], arn: str
) -> None:
    asked = {"userName": "ana", "policyName": "p", "policyDocument": "{}"}
    user = of(record(name, asked, source="iam", **parts))[0]

    assert (user.type, user.arn) == ("AWS::IAM::User", arn)


def test_a_sign_in_says_the_path_of_its_user() -> None:
    signed = record(
        "ConsoleLogin",
        source="signin",
        userIdentity={"type": "IAMUser", "userName": "ana", "arn": ANA},
        additionalEventData={"MFAUsed": "No"},
    )

    assert of(signed)[0].arn == ANA
