import json

import pytest

from tesuri.model.errors import BadInput
from tesuri.subjects.aws.config_item import ConfigItems, read_config_items

GROUP = {
    "groupId": "sg-1",
    "groupName": "web",
    "ipPermissions": [
        {
            "ipProtocol": "tcp",
            "fromPort": 22,
            "toPort": 22,
            "ipv4Ranges": [{"cidrIp": "0.0.0.0/0"}],
            "ipRanges": ["0.0.0.0/0"],
        }
    ],
}


def item(kind: str, configuration: object, **parts: object) -> dict[str, object]:
    return {
        "resourceType": kind,
        "resourceId": "one",
        "configurationItemStatus": "OK",
        "configuration": configuration,
        "tags": {"service": "checkout"},
        **parts,
    }


def read(value: object) -> ConfigItems:
    return read_config_items(json.dumps(value).encode(), where="item.json")


@pytest.mark.parametrize("is_text", [False, True])
def test_the_configuration_is_a_mapping_or_text_that_is_one(is_text: bool) -> None:  # noqa: FBT001 - a parameter of the test
    configuration: object = json.dumps(GROUP) if is_text else GROUP
    (group,) = read(item("AWS::EC2::SecurityGroup", configuration)).resources

    assert group.properties["SecurityGroupIngress"] == [
        {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}
    ]
    assert group.tags == {"service": "checkout"}


def test_an_invocation_of_a_rule_a_list_and_a_deletion_are_understood() -> None:
    whole = item("AWS::EC2::SecurityGroup", GROUP, ARN="arn:aws:ec2:r:1:security-group/sg-1")
    invoked = {"invokingEvent": json.dumps({"configurationItem": whole})}
    gone = item("AWS::EC2::SecurityGroup", None, configurationItemStatus="ResourceDeleted")
    found = read({"configurationItems": [whole, gone]})

    assert [one.address for one in read(invoked).resources] == [
        "arn:aws:ec2:r:1:security-group/sg-1"
    ]
    assert (len(found.resources), found.deleted) == (1, 1)


def test_what_is_kept_beside_a_bucket_is_joined() -> None:
    grants = json.dumps({"grantList": [{"grantee": "AllUsers", "permission": "Read"}]})
    beside = {
        "AccessControlList": json.dumps(grants),
        "BucketPolicy": {"policyText": '{"Statement": []}'},
        "BucketVersioningConfiguration": '{"status": "Off"}',
        "PublicAccessBlockConfiguration": {"blockPublicAcls": True},
        "ServerSideEncryptionConfiguration": {
            "rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]
        },
    }
    (bucket,) = read(
        item("AWS::S3::Bucket", {"name": "web"}, supplementaryConfiguration=beside)
    ).resources

    assert bucket.properties["AccessControl"] == "PublicRead"
    assert bucket.properties["PolicyDocument"] == {"Statement": []}
    assert bucket.properties["VersioningConfiguration"] == {"Status": "Suspended"}
    assert bucket.properties["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": False,
        "IgnorePublicAcls": False,
        "RestrictPublicBuckets": False,
    }
    assert bucket.properties["BucketEncryption"] == {
        "ServerSideEncryptionConfiguration": [
            {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
        ]
    }


def test_published_names_and_attributes_beside_are_taken_as_they_are() -> None:
    stream = {"Name": "s", "StreamEncryption": {"EncryptionType": "KMS", "KeyId": "k"}}
    (found,) = read(item("AWS::Kinesis::Stream", stream)).resources
    attributes = '[{"key": "access_logs.s3.enabled", "value": "true"}]'
    balancer = item(
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        {"loadBalancerName": "web"},
        supplementaryConfiguration={"LoadBalancerAttributes": attributes},
    )

    assert found.properties["StreamEncryption"] == {"EncryptionType": "KMS", "KeyId": "k"}
    assert read(balancer).resources[0].properties["LoadBalancerAttributes"] == [
        {"Key": "access_logs.s3.enabled", "Value": "true"}
    ]


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({"a": 1}, "it has no resourceType and configuration"),
        ([], "it is empty"),
        (item("AWS::S3::Bucket", [1]), "its configuration is a list, not a mapping"),
    ],
)
def test_what_is_no_item_is_refused(value: object, sentence: str) -> None:
    with pytest.raises(BadInput, match=f"holds no AWS Config item: {sentence}"):
        read(value)
