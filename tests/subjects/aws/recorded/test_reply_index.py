"""Recordings are read family by family, and tell what they would tell all at once."""

import json
from collections import Counter

import pytest

from tesuri.model.resource import Resource
from tesuri.subjects.aws.joins import JOINS
from tesuri.subjects.aws.recorded import reply_index
from tesuri.subjects.aws.recorded.families import JOINED_BY, family_of
from tesuri.subjects.aws.recorded.reply_files import RecordedFile
from tesuri.subjects.aws.recorded.reply_index import ReplyIndex
from tesuri.subjects.aws.recorded.snapshot import told_by
from tesuri.subjects.aws.recorded.things import LISTINGS, MAPPED


def record(operation: str, region: str, data: object, **parameters: object) -> dict[str, object]:
    service, name = operation.split(".")
    told = {"service": service, "operation": name, "parameters": parameters, "region": region}
    return {**told, "account": "111122223333", "data": data}


RECORDS = [
    record(operation, region, data)
    for region in ("eu-west-1", "us-east-1")
    for operation, data in (
        ("ec2.DescribeVolumes", {"Volumes": [{"VolumeId": "vol-1"}], "NextToken": "t"}),
        ("s3.ListBuckets", {"Buckets": [{"Name": f"logs-{region}"}]}),
        ("ec2.DescribeVolumes", {"Volumes": [{"VolumeId": "vol-2"}]}),
        (
            "cloudtrail.DescribeTrails",
            {"trailList": [{"Name": "t", "S3BucketName": f"logs-{region}"}]},
        ),
    )
]


class Opened:
    """Files that count how often each was opened."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.times = Counter[str]()

    def listed(self) -> list[RecordedFile]:
        return [RecordedFile(name, lambda name=name: self.read(name)) for name in self.files]  # type: ignore[misc]  # a name is bound to each

    def read(self, name: str) -> bytes:
        self.times[name] += 1
        return self.files[name]


def resources(opened: Opened) -> list[Resource]:
    index = ReplyIndex()
    for file in opened.listed():
        index.add(file, file.read())
    return [one for told in told_by(index) for one in told.resources]


@pytest.mark.parametrize(
    "data",
    [
        json.dumps(RECORDS).encode(),
        json.dumps({"replies": RECORDS}).encode(),
        b"\n".join(json.dumps(one).encode() for one in RECORDS),
        json.dumps(RECORDS, indent=1).encode(),
    ],
)
def test_records_of_several_regions_in_one_file_are_joined_region_by_region(data: bytes) -> None:
    found = {(one.type, one.address): one for one in resources(Opened({"all.jsonl": data}))}

    assert len(found) == 8
    for region in ("eu-west-1", "us-east-1"):
        place = f"111122223333/{region}"
        assert ("AWS::EC2::Volume", f"{place}/vol-2") in found
        bucket = found["AWS::S3::Bucket", f"{place}/logs-{region}"]
        assert bucket.properties["Trails"] == ["t"]


def test_files_that_are_too_large_to_be_kept_are_opened_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    half = len(RECORDS) // 2
    files = {
        "a.json": json.dumps(RECORDS[:half]).encode(),
        "b.json": json.dumps(RECORDS[half:]).encode(),
    }
    kept = Opened(files)
    before = resources(kept)
    monkeypatch.setattr(reply_index, "KEPT_BYTES", 10)
    opened = Opened(files)

    assert [(one.type, one.address) for one in resources(opened)] == [
        (one.type, one.address) for one in before
    ]
    assert kept.times == {"a.json": 1, "b.json": 1}
    assert opened.times["a.json"] > 1


def test_what_is_joined_is_of_one_family() -> None:
    listed = {one.kind: family_of(one.operation) for one in LISTINGS}
    for join in JOINS:
        if join.part in listed and join.whole in listed:
            assert listed[join.part] == listed[join.whole]
    for kind, _, operations in JOINED_BY:
        assert {listed[kind]} == {family_of(one) for one in operations}
    assert listed["AWS::EC2::Volume"] != listed["AWS::EC2::SecurityGroup"]
    assert {family_of(one) for one in MAPPED} > {listed["AWS::IAM::User"]}


def test_a_reply_that_nests_too_deep_is_told_and_the_others_are_read() -> None:
    deep = '{"service":"s3","operation":"ListBuckets","data":{"Buckets":%s%s}}'
    lines = [deep % ("[" * 300, "]" * 300), json.dumps(RECORDS[1])]
    index = ReplyIndex()
    data = "\n".join(lines).encode()
    index.add(RecordedFile.held("a.jsonl", data), data)

    (bucket,) = [one for told in told_by(index) for one in told.resources]
    assert bucket.type == "AWS::S3::Bucket"
    assert ["nests deeper" in one.reason for one in index.unread] == [True]
