"""Which call a recording is of, whatever the tool called the file, the service or the operation."""

import json

import pytest

from tesuri.model.resource import UNKNOWN
from tesuri.subjects.aws.recorded.calls import call_named, call_of_file, call_that_answers
from tesuri.subjects.aws.recorded.snapshot import Snapshot, read_snapshot

INSTANCES = {"DBInstances": [{"DBInstanceIdentifier": "shop"}]}
GROUPS = {"SecurityGroups": [{"GroupId": "sg-1"}]}
NO_ENCRYPTION = (
    b"\nAn error occurred (ServerSideEncryptionConfigurationNotFoundError) when calling the "
    b"GetBucketEncryption operation: The server side encryption configuration was not found\n"
)
DENIED = b"An error occurred (AccessDenied) when calling the GetBucketEncryption operation: Access Denied"


@pytest.mark.parametrize(
    ("path", "operation", "number", "about"),
    [
        ("describe-db-instances.json", "rds.DescribeDBInstances", 0, ""),
        ("rds/describe_db_instances.json", "rds.DescribeDBInstances", 0, ""),
        ("ec2-describe-security-groups.json", "ec2.DescribeSecurityGroups", 0, ""),
        ("aws_ec2_describe-security-groups_2.json", "ec2.DescribeSecurityGroups", 2, ""),
        ("DescribeSecurityGroups-page3.json.gz", "ec2.DescribeSecurityGroups", 3, ""),
        ("describe-security-groups-eu-west-1.json", "ec2.DescribeSecurityGroups", 0, ""),
        ("s3api_list-buckets.json", "s3.ListBuckets", 0, ""),
        ("s3api/get-bucket-policy-web.logs.json", "s3.GetBucketPolicy", 0, "web.logs"),
        ("lambda/get-policy_fn.json", "lambda.GetPolicy", 0, "fn"),
        ("123456789012/elbv2/describe-load-balancers.json", "elbv2.DescribeLoadBalancers", 0, ""),
        ("describe-load-balancers.json", "*.DescribeLoadBalancers", 0, ""),
    ],
)
def test_a_file_is_called_after_its_command(
    path: str, operation: str, number: int, about: str
) -> None:
    found = call_of_file(path, None)

    assert found is not None
    assert (found.operation, found.number, found.about) == (operation, number, about)


def test_a_file_of_any_other_name_is_known_by_what_it_answers() -> None:
    assert call_that_answers(GROUPS) == "ec2.DescribeSecurityGroups"
    assert call_that_answers({"clusters": ["a"]}) == "eks.ListClusters"
    assert call_that_answers({"clusters": [{"clusterArn": "a"}]}) == "ecs.DescribeClusters"
    assert call_that_answers({"SecurityGroups": []}) == ""
    assert call_that_answers({"things": [{"GroupId": "sg-1"}]}) == ""
    assert call_of_file("ec2/everything.json", GROUPS) is not None
    assert call_of_file("ec2/everything.json", {"a": 1}) is None
    found = call_of_file(
        "describe-load-balancers.json", {"LoadBalancers": [{"LoadBalancerArn": "a"}]}
    )
    assert found is not None
    assert found.operation == "elbv2.DescribeLoadBalancers"


@pytest.mark.parametrize(
    ("service", "name", "operation"),
    [
        ("s3api", "list-buckets", "s3.ListBuckets"),
        ("RDS", "describe_db_instances", "rds.DescribeDBInstances"),
        (
            "configservice",
            "DescribeConfigurationRecorders",
            "config.DescribeConfigurationRecorders",
        ),
        ("ec2", "list_new_things", "ec2.ListNewThings"),
        ("ec2", "ListNewThings", "ec2.ListNewThings"),
    ],
)
def test_a_record_may_spell_its_call_as_the_command_or_the_method(
    service: str, name: str, operation: str
) -> None:
    assert call_named(service, name) == operation


def read(files: dict[str, object]) -> Snapshot:
    return read_snapshot(
        [
            (name, value if isinstance(value, bytes) else json.dumps(value).encode())
            for name, value in files.items()
        ]
    )


BUCKETS = {"Buckets": [{"Name": "logs"}, {"Name": "web"}]}


def test_a_printed_error_is_the_answer_about_the_bucket_that_the_file_is_called_after() -> None:
    found = read(
        {
            "list-buckets.json": BUCKETS,
            "get-bucket-encryption-web.json": NO_ENCRYPTION,
            "get-bucket-encryption-logs.json": DENIED,
        }
    )
    told = {one.address: one.properties.get("BucketEncryption") for one in found.resources}

    assert told == {"web": None, "logs": UNKNOWN}
    assert (
        found.reasons["logs", "BucketEncryption"] == "s3.GetBucketEncryption answered AccessDenied"
    )
    assert [one.reason for one in found.unread] == [
        "s3.GetBucketEncryption of logs answered AccessDenied"
    ]


def test_a_reply_about_a_thing_that_is_not_there_goes_to_no_other() -> None:
    versioned = {"Status": "Enabled"}
    found = read(
        {
            "s3/list-buckets.json": {"Buckets": [{"Name": "logs"}]},
            "s3/get-bucket-versioning-web.json": versioned,
        }
    )
    (bucket,) = found.resources

    assert bucket.properties["VersioningConfiguration"] is UNKNOWN
    assert len(found.unread) == 1


@pytest.mark.parametrize("root", ["111122223333/", "old/eu-west-1/", ""])
def test_folders_of_services_and_of_buckets_are_of_one_recording(root: str) -> None:
    files: dict[str, object] = {
        f"{root}s3/list-buckets.json": BUCKETS,
        f"{root}cloudtrail/describe-trails.json": {
            "trailList": [{"Name": "t", "S3BucketName": "logs"}]
        },
    }
    if root:
        files[f"{root}s3/web/get-bucket-versioning.json"] = {"Status": "Enabled"}
    found = {one.address.rpartition("/")[2]: one for one in read(files).resources}

    assert found["logs"].properties["Trails"] == ["t"]
    if root:
        assert found["web"].properties["VersioningConfiguration"] == {"Status": "Enabled"}
        assert found["logs"].properties["VersioningConfiguration"] is UNKNOWN


def test_pages_of_lists_that_stand_one_level_deeper_are_united_and_missing_ones_told() -> None:
    def page(identity: str, token: str) -> dict[str, object]:
        items = [{"Id": identity}]
        held = {"IsTruncated": bool(token), "NextMarker": token, "Items": items}
        return {"DistributionList": held}

    whole = {
        "cloudfront/list-distributions-1.json": page("a", "t"),
        "cloudfront/list-distributions-2.json": page("b", ""),
    }
    found = read(dict(whole))
    assert (len(found.resources), found.unread) == (2, ())

    cut = read({"cloudfront/list-distributions-1.json": page("a", "t")})
    assert ["further pages" in one.reason for one in cut.unread] == [True]
    more = read({"list-buckets.json": {"Buckets": [{"Name": "a"}], "ContinuationToken": "t"}})
    assert any("further pages" in one.reason for one in more.unread)
